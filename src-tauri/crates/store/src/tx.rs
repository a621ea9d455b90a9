//! One transaction, and the topics it touched.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

/// What a commit changed, for those who show it. A hint to look again, never the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// SLOs, their states and figures.
    Watch,
    /// Incidents and entries.
    Incidents,
    /// Sources and their health.
    Sources,
    /// Announcements.
    Inbox,
    /// Settings and policies.
    Settings,
    /// Acts toward the outside world.
    Outbox,
    /// Awake, paused, drill.
    Frame,
    /// Firing alerts.
    Alerts,
    /// Follow-ups.
    FollowUps,
    /// Shared documents.
    Postmortem,
    /// Where documents are shared, and how that stands.
    Relays,
}

impl Topic {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Watch,
        Self::Incidents,
        Self::Sources,
        Self::Inbox,
        Self::Settings,
        Self::Outbox,
        Self::Frame,
        Self::Alerts,
        Self::FollowUps,
        Self::Postmortem,
        Self::Relays,
    ];

    /// As on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Watch => "watch",
            Self::Incidents => "incidents",
            Self::Sources => "sources",
            Self::Inbox => "inbox",
            Self::Settings => "settings",
            Self::Outbox => "outbox",
            Self::Frame => "frame",
            Self::Alerts => "alerts",
            Self::FollowUps => "followups",
            Self::Postmortem => "postmortem",
            Self::Relays => "relays",
        }
    }
}

/// A transaction, or a consistent read.
#[derive(Debug)]
pub struct Tx<'a> {
    pub(crate) conn: &'a Connection,
    topics: RefCell<BTreeSet<Topic>>,
    reads: bool,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(conn: &'a Connection) -> Self {
        Self { conn, topics: RefCell::new(BTreeSet::new()), reads: false }
    }

    pub(crate) fn reading(conn: &'a Connection) -> Self {
        Self { reads: true, ..Self::new(conn) }
    }

    /// What is seen here was committed: it may be kept.
    pub fn sees_only_committed(&self) -> bool {
        self.reads
    }

    /// Says that this transaction changed something.
    pub fn touch(&self, topic: Topic) {
        self.topics.borrow_mut().insert(topic);
    }

    pub(crate) fn into_topics(self) -> BTreeSet<Topic> {
        self.topics.into_inner()
    }
}
