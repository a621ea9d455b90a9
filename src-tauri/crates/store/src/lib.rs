//! The memory of Firewatch: one SQLite file per profile, opened with care.
//!
//! There is one writer; every write is a transaction that names what it changed, and listeners hear the topics after the
//! commit, never the data. Each table has its file, all as methods of [`Tx`], so that a verb of the engine reads as one
//! transaction. Nothing here decides anything: rules live in `domain`, orders in `engine`.

mod alerts;
mod announcements;
mod attachments;
mod attention;
mod backup;
mod calendars;
mod case_updates;
mod dependencies;
mod destinations;
mod efforts;
mod entries;
mod error;
mod exclusions;
mod figures;
mod folders;
mod followups;
mod meta;
mod open;
mod outbox;
mod policies;
mod proofs;
mod relays;
mod revisions;
mod search;
mod series;
mod slices;
mod slos;
mod sources;
mod states;
mod tickets;
mod trackers;
mod tx;
mod young;

pub use alerts::{AlertRead, AlertRecord, FoldedAlert, Whose};
pub use announcements::{Announcement, Delivery, Showing};
pub use attachments::Attachment;
pub use attention::Attention;
pub use calendars::CalendarRecord;
pub use case_updates::{CaseHead, CaseUpdate};
pub use dependencies::ServiceRecord;
pub use efforts::EffortRecord;
pub use error::StoreError;
pub use folders::{FileRecord, FolderRecord};
pub use meta::Away;
pub use open::{Recovery, SCHEMA, Store};
pub use revisions::Revision;
pub use search::{FoundPaper, Hit};
pub use series::SeriesRow;
pub use slices::{Applied, Slab};
pub use slos::SloRecord;
pub use sources::{Health, SourceRecord};
pub use states::TurnRecord;
pub use tx::{Topic, Tx};
