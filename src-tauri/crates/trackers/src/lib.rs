//! Tickets in Jira Cloud (REST v3) and Jira Data Center (REST v2), behind the ports of `domain`.
//!
//! [`Office`] makes couriers and readers. A courier sends an act once and says truly how that ended; whatever ended unclear is
//! looked for by the marker that each ticket carries. Nothing follows a redirect, repeats by itself, or puts a secret into a word.
//! [`text`] turns our Markdown into what each flavour writes, and back.

mod answer;
mod comment;
mod create;
mod discover;
mod edit;
mod jira;
mod move_on;
mod office;
mod read;
mod search;
pub mod text;
mod wire;

pub use office::Office;
