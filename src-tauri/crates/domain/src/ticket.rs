//! Tickets: the half of a follow-up that lives in a tracker too, and how the two halves stand to each other.
//!
//! A [`Ticket`] keeps three versions of the same [`Fields`]: what both sides last agreed on (`base`), what the follow-up says
//! (computed by [`fields_of`], never stored here), and what the tracker was last seen to say (`theirs`). [`merge`] compares the
//! three field by field; all rules are pure.

mod merge;
mod projection;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::followup::{FollowUp, FollowUpStatus, Priority};

pub use merge::{Merge, Pick, merge, resolve};
pub use projection::projection;

/// Comments of a ticket that are kept, the newest.
pub const MOST_REMARKS: usize = 50;

/// A field that both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The one line.
    Summary,
    /// The text, as Markdown.
    Description,
    /// Where it stands, by category.
    Status,
    /// Who does it.
    Assignee,
    /// How soon it matters.
    Priority,
    /// Until which day.
    Due,
    /// Labels, ours of the tracker's kind left out.
    Labels,
}

impl Field {
    /// All, in the order they are shown.
    pub const ALL: [Self; 7] = [Self::Summary, Self::Description, Self::Status, Self::Assignee, Self::Priority, Self::Due, Self::Labels];

    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Description => "description",
            Self::Status => "status",
            Self::Assignee => "assignee",
            Self::Priority => "priority",
            Self::Due => "due",
            Self::Labels => "labels",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.word() == text)
    }
}

/// The synced half of a follow-up, as a plain value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    /// The one line.
    pub summary: String,
    /// The text, as Markdown.
    pub description: String,
    /// Where it stands. A tracker knows no *dropped*: it counts as *done* when compared.
    pub status: FollowUpStatus,
    /// Who does it, by the name people use here; empty for nobody.
    pub assignee: String,
    /// How soon it matters.
    pub priority: Priority,
    /// Until which day.
    pub due: Option<NaiveDate>,
    /// Labels.
    pub labels: BTreeSet<String>,
}

impl Fields {
    /// Whether both mean the same in a field: descriptions by their plain text, states by their category.
    pub fn same(&self, other: &Self, field: Field) -> bool {
        match field {
            Field::Summary => self.summary.trim() == other.summary.trim(),
            Field::Description => self.description == other.description || projection(&self.description) == projection(&other.description),
            Field::Status => category(self.status) == category(other.status),
            Field::Assignee => self.assignee.trim() == other.assignee.trim(),
            Field::Priority => self.priority == other.priority,
            Field::Due => self.due == other.due,
            Field::Labels => self.labels == other.labels,
        }
    }

    /// Takes a field of another.
    pub fn take(&mut self, from: &Self, field: Field) {
        match field {
            Field::Summary => self.summary.clone_from(&from.summary),
            Field::Description => self.description.clone_from(&from.description),
            Field::Status => self.status = from.status,
            Field::Assignee => self.assignee.clone_from(&from.assignee),
            Field::Priority => self.priority = from.priority,
            Field::Due => self.due = from.due,
            Field::Labels => self.labels.clone_from(&from.labels),
        }
    }

    /// A field as people read it; empty for nothing.
    pub fn shown(&self, field: Field) -> String {
        match field {
            Field::Summary => self.summary.clone(),
            Field::Description => self.description.clone(),
            Field::Status => self.status.word().to_owned(),
            Field::Assignee => self.assignee.clone(),
            Field::Priority => self.priority.word().to_owned(),
            Field::Due => self.due.map(|due| due.to_string()).unwrap_or_default(),
            Field::Labels => self.labels.iter().map(String::as_str).collect::<Vec<_>>().join(" "),
        }
    }
}

/// The synced half of a follow-up.
pub fn fields_of(followup: &FollowUp) -> Fields {
    Fields {
        summary: followup.title.clone(),
        description: followup.text.clone(),
        status: followup.status,
        assignee: followup.owner.clone(),
        priority: followup.priority,
        due: followup.due,
        labels: followup.labels.clone(),
    }
}

/// Writes fields back into a follow-up. A state of the same category stays as it is, so that *dropped* is not read as *done*.
pub fn put_fields(followup: &mut FollowUp, fields: &Fields) {
    let before = fields_of(followup);
    for field in Field::ALL.into_iter().filter(|field| !before.same(fields, *field)) {
        match field {
            Field::Summary => followup.title.clone_from(&fields.summary),
            Field::Description => followup.text.clone_from(&fields.description),
            Field::Status => followup.status = fields.status,
            Field::Assignee => followup.owner.clone_from(&fields.assignee),
            Field::Priority => followup.priority = fields.priority,
            Field::Due => followup.due = fields.due,
            Field::Labels => followup.labels.clone_from(&fields.labels),
        }
    }
}

/// A status as trackers sort it: `new`, `indeterminate` or `done`.
pub fn category(status: FollowUpStatus) -> &'static str {
    match status {
        FollowUpStatus::Open => "new",
        FollowUpStatus::Doing => "indeterminate",
        FollowUpStatus::Done | FollowUpStatus::Dropped => "done",
    }
}

/// How a follow-up and its ticket are joined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The ticket is to be made.
    #[default]
    Queued,
    /// It may have been made; it is looked for.
    Unknown,
    /// It is there, and both halves are kept alike.
    Linked,
    /// The tracker will not make it as it is.
    Rejected,
    /// It was deleted there, or hidden from this account.
    Deleted,
    /// This account may not see its project any more.
    Forbidden,
}

impl LinkState {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Unknown => "unknown",
            Self::Linked => "linked",
            Self::Rejected => "rejected",
            Self::Deleted => "deleted",
            Self::Forbidden => "forbidden",
        }
    }

    /// It was there and cannot be reached.
    pub fn broken(self) -> bool {
        matches!(self, Self::Deleted | Self::Forbidden)
    }
}

/// A field that both sides changed, differently: nothing is written to either until the person chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field.
    pub field: Field,
    /// What both last agreed on, as read by people.
    pub base: String,
    /// What the follow-up says.
    pub ours: String,
    /// What the tracker says.
    pub theirs: String,
}

/// A comment of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Its id there.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as Markdown.
    pub text: String,
    /// Written from here.
    #[serde(default)]
    pub ours: bool,
}

/// A follow-up's ticket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// The follow-up.
    pub followup: String,
    /// Name of the tracker.
    pub tracker: String,
    /// Id there, which never changes; empty until it was first read.
    #[serde(default)]
    pub id: String,
    /// Key there, for people; changes when it moves.
    #[serde(default)]
    pub key: String,
    /// Its page.
    #[serde(default)]
    pub url: String,
    /// What both sides last agreed on; none for one that was joined by hand and not compared yet.
    #[serde(default)]
    pub base: Option<Fields>,
    /// What the tracker was last seen to say.
    #[serde(default)]
    pub theirs: Option<Fields>,
    /// Fields that both changed.
    #[serde(default)]
    pub conflicts: Vec<Conflict>,
    /// What stands in the way of keeping it alike, with the cure.
    #[serde(default)]
    pub trouble: Option<String>,
    /// How they are joined.
    #[serde(default)]
    pub state: LinkState,
    /// The tracker's own time of its last change, as it writes it; newer reads win.
    #[serde(default)]
    pub updated: Option<DateTime<Utc>>,
    /// Counts what was written to it from here: what was read while something was on its way proves nothing.
    #[serde(default)]
    pub written: u64,
    /// To be read before the next round: something was written, or it was never read.
    #[serde(default)]
    pub stale: bool,
    /// Its description holds what cannot be written back, so it is never overwritten.
    #[serde(default)]
    pub opaque: bool,
    /// Its status there, by its own name.
    #[serde(default)]
    pub status_name: String,
    /// Its newest comments, oldest first.
    #[serde(default)]
    pub remarks: Vec<Remark>,
    /// Id of its priority there, as last seen.
    #[serde(default)]
    pub their_priority: Option<String>,
    /// Id of its assignee there, as last seen.
    #[serde(default)]
    pub their_assignee: Option<String>,
    /// Ids of comments that were written from here.
    #[serde(default)]
    pub own_remarks: BTreeSet<String>,
}

impl Ticket {
    /// One that is to be made.
    pub fn new(followup: &str, tracker: &str) -> Self {
        Self { followup: followup.to_owned(), tracker: tracker.to_owned(), ..Self::default() }
    }

    /// Its state in one word, conflicts included.
    pub fn word(&self) -> &'static str {
        if self.state == LinkState::Linked && !self.conflicts.is_empty() { "conflict" } else { self.state.word() }
    }

    /// How it is addressed there: by id once that is known.
    pub fn address(&self) -> &str {
        if self.id.is_empty() { &self.key } else { &self.id }
    }
}

/// The label that marks a follow-up's ticket, where its screen takes labels.
pub fn marker_label(followup: &str) -> String {
    let digits: String = followup.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    format!("fw-{digits}")
}
