//! The verbs of Firewatch: watch, evaluate, announce, respond, drill.
//!
//! One [`Engine`] serves one profile. It reads sources through ports, keeps everything in the store, and decides with the
//! pure rules of `domain`. What one bad minute goes through: [`watch`] asks a source, [`read`] turns answers into slices and
//! states in one transaction, [`respond`] orders announcements and incidents inside it, [`announce`] tells the person after
//! the commit.

mod amend;
pub mod announce;
mod attachments;
pub mod attention;
mod awake;
pub mod backtest;
mod book;
mod capture;
mod case_files;
mod checklists;
mod command;
mod deliver;
mod destinations;
mod doctor;
pub mod drill;
mod editor;
mod engine;
mod error;
mod evaluate;
mod evidence;
mod excluded;
mod exclusions;
mod export;
mod folders;
mod folds;
mod followups;
mod forms;
mod handover;
mod hear;
mod hours;
mod incidents;
mod ledger;
pub mod lock;
mod lookups;
mod nudges;
mod oncall;
mod outbox;
mod page;
mod policies;
pub mod postmortems;
mod presence;
mod preview;
mod prove;
pub mod read;
mod relays;
mod remind;
pub mod respond;
mod room;
mod roster;
mod score;
mod search;
mod services;
pub mod settings;
mod show;
mod slos;
mod source_change;
mod sources;
mod taking;
mod tickets;
pub mod tighten;
mod trackers;
mod updates;
pub mod view;
pub mod watch;
mod write_out;

pub use engine::{Engine, World};
pub use error::EngineError;
pub use evaluate::evaluate_counts;
pub use presence::{Spoken, WINDOW};
pub use sources::{NewDatadog, NewKind, NewSecret, NewSource, parse_header};
pub use taking::Taken;
pub use tickets::SyncRow;
