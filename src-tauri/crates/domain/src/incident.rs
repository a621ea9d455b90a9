//! An incident: entries folded, in clock order, into what people see. The same entries fold to the same incident, in
//! whatever order and however often they arrive.

mod fold;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::checklist::Item;
use crate::entry::{Cause, Entry, Moment, SloRef};
use crate::hours::Spell;
use crate::impact::Impact;
use crate::policy::Grade;
use crate::stream::{Stream, patience};

pub use fold::{fold, fold_family};

/// Where an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// What is it?
    Investigating,
    /// We know.
    Identified,
    /// We act.
    Mitigating,
    /// We watch whether it holds.
    Monitoring,
    /// It is over.
    Resolved,
    /// We learned.
    Reviewed,
    /// It was none.
    Cancelled,
    /// It belongs to another.
    Merged,
}

impl Phase {
    /// All, in order.
    pub const ALL: [Self; 8] = [
        Self::Investigating,
        Self::Identified,
        Self::Mitigating,
        Self::Monitoring,
        Self::Resolved,
        Self::Reviewed,
        Self::Cancelled,
        Self::Merged,
    ];

    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Mitigating => "mitigating",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Reviewed => "reviewed",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == text.trim().to_ascii_lowercase())
    }

    /// Somebody should still be at it.
    pub fn open(self) -> bool {
        matches!(self, Self::Investigating | Self::Identified | Self::Mitigating | Self::Monitoring)
    }
}

/// The derived times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// When customers began to suffer: the fire's start, when a fire opened it.
    pub impact_start: Option<DateTime<Utc>>,
    /// When it was noticed.
    pub detected: Option<DateTime<Utc>>,
    /// When a person took it.
    pub acknowledged: Option<DateTime<Utc>>,
    /// When customers stopped suffering.
    pub mitigated: Option<DateTime<Utc>>,
    /// When it was over.
    pub resolved: Option<DateTime<Utc>>,
}

/// An incident as folded.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// How grave.
    pub severity: Grade,
    /// Phase.
    pub phase: Phase,
    /// Person by role.
    pub roles: BTreeMap<String, String>,
    /// SLOs concerned.
    pub slos: Vec<SloRef>,
    /// Spans in which an SLO suffered, as somebody laid them to it; beside what its own times say.
    pub impacts: Vec<Impact>,
    /// Hand-overs that were not confirmed yet, by role: the role is still whose it was.
    pub offered: BTreeMap<String, Offer>,
    /// What is to be done.
    pub checklist: Vec<Item>,
    /// What of it was done: who and when, by item.
    pub done: BTreeMap<String, Done>,
    /// What was kept as it was known, oldest first.
    pub evidence: Vec<Evidence>,
    /// How often it was over and was not.
    pub reopened: u32,
    /// The incident it was merged into.
    pub merged_into: Option<String>,
    /// Incidents that were merged into this one; their entries are among its own.
    pub absorbed: Vec<String>,
    /// When the last status update was written.
    pub updated_at: Option<DateTime<Utc>>,
    /// What opened it, if a policy did.
    pub cause: Option<Cause>,
    /// Declared in the drill.
    pub drill: bool,
    /// Times.
    pub times: Times,
    /// What the entries say of the times, before anything is corrected.
    told: Times,
    /// The phase last entered, before a merge counts.
    entered: Phase,
    /// What it was last said to be merged into.
    joined: Option<String>,
    /// Times that somebody corrected, and why; the times above follow them.
    pub timed: BTreeMap<Moment, (DateTime<Utc>, String)>,
    /// Lines of investigation, in the order they were begun.
    pub streams: Vec<Stream>,
    /// Hours of work that were shared.
    pub efforts: Vec<Spell>,
    /// Where people meet.
    pub room: Option<Room>,
    /// Entries whose text reads otherwise now, by id.
    pub corrected: BTreeMap<String, String>,
    /// Entries somebody starred.
    pub starred: BTreeSet<String>,
    /// Entries that do not hold, by id, with why.
    pub struck: BTreeMap<String, String>,
    /// When it was declared.
    pub declared_at: DateTime<Utc>,
    /// Entries in clock order, each once.
    pub entries: Vec<Entry>,
}

/// A role on its way to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// To whom.
    pub person: String,
    /// Who offered it.
    pub by: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// An item of the checklist that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was kept as it was known at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// What it holds, in words.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where people meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Link.
    pub url: String,
    /// Passcode, a number to dial; empty for none.
    pub note: String,
    /// Destination that made it; empty for a link.
    pub destination: String,
    /// Its id at the destination; empty for a link.
    pub meeting: String,
    /// Nobody meets there any more.
    pub closed: bool,
}

impl Incident {
    /// People are still hurried: it is open, and customers still suffer. What is left after the mitigation may take weeks.
    pub fn pressing(&self) -> bool {
        self.phase.open() && self.phase != Phase::Monitoring
    }

    /// When each open stream counts as gone quiet; none once nobody is hurried.
    pub fn quieting(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let open = self.streams.iter().filter(|stream| self.pressing() && stream.outcome.is_none());
        open.map(|stream| stream.heard_at + patience(self.severity))
    }

    /// Streams that have not been heard for too long, while anybody is hurried.
    pub fn quiet(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Stream> {
        self.streams.iter().filter(move |stream| self.pressing() && stream.quiet(self.severity, now))
    }
}
