//! War rooms and messages: Slack, Teams, Zoom, a folder. Each courier sends an act once and says truly how that ended; it never
//! repeats by itself, follows no redirect, and puts no secret into a word it says.

mod folder;
mod line;
mod mailroom;
mod slack;
mod teams;
mod webhook;
mod zoom;

pub use mailroom::Mailroom;
