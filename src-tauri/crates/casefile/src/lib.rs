//! The shared document of an incident: a Yjs document that holds its postmortem and, for those who share it, its entries,
//! follow-ups and comments. No network, no clock, no disk: bytes come in and go out.
//!
//! [`CaseFile`] holds and merges it, [`tree`] reads its text as plain values and writes such values into it, [`template`]
//! begins it, [`vocabulary`] says what this version knows, `nesting` what may stand in what. The document is the only truth; everything else is a view of it.

mod casefile;
mod error;
pub mod export;
pub mod history;
pub mod import;
pub mod live;
mod maps;
mod nesting;
pub mod presence;
pub mod seal;
pub mod template;
pub mod tree;
mod vet;
pub mod vocabulary;

pub use casefile::{Applied, CaseFile, LONGEST_UPDATE, News, client_of};
pub use error::CaseError;
pub use maps::Drawer;
pub use nesting::Strange;
