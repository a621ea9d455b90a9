//! Incidents as the window and `firewatchctl incident` show them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// The derived times of an incident, RFC 3339.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct IncidentTimes {
    /// When customers began to suffer.
    pub impact_start: Option<String>,
    /// When a machine or a person noticed.
    pub detected: Option<String>,
    /// When a person took it.
    pub acknowledged: Option<String>,
    /// When customers stopped suffering.
    pub mitigated: Option<String>,
    /// When it was over.
    pub resolved: Option<String>,
}

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct EntryRow {
    /// Id.
    pub id: String,
    /// RFC 3339, as claimed.
    pub at: String,
    /// Who.
    pub author: String,
    /// `declared`, `note`, `phase`, `severity`, `role`, `slo`, `turn`, …
    pub kind: String,
    /// As shown.
    pub text: String,
    /// What it said first, where it was corrected.
    pub before: Option<String>,
    /// Why it does not hold, where it was struck.
    pub struck: Option<String>,
}

/// A line of investigation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct StreamRow {
    /// Id.
    pub id: String,
    /// What it looks into.
    pub title: String,
    /// Who owns it; empty for nobody.
    pub owner: String,
    /// When it was last heard, RFC 3339.
    pub heard_at: String,
    /// What was heard last.
    pub said: String,
    /// What it found, once it is closed.
    pub outcome: Option<String>,
    /// When it counts as gone quiet, RFC 3339.
    pub quiet_at: String,
}

/// Where people meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RoomRow {
    /// Link.
    pub url: String,
    /// Passcode, a number to dial; empty for none.
    pub note: String,
    /// Nobody meets there any more.
    pub closed: bool,
}

/// An incident whole: the public contract of `firewatchctl incident show --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct IncidentView {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// `SEV0` to `SEV3`.
    pub severity: String,
    /// Phase.
    pub phase: String,
    /// Person by role.
    pub roles: BTreeMap<String, String>,
    /// Names of the SLOs concerned.
    pub slos: Vec<String>,
    /// Derived times.
    pub times: IncidentTimes,
    /// Times that somebody corrected, by name, with why.
    pub corrected_times: BTreeMap<String, String>,
    /// Lines of investigation.
    pub streams: Vec<StreamRow>,
    /// Where people meet.
    pub room: Option<RoomRow>,
    /// The timeline, oldest first.
    pub entries: Vec<EntryRow>,
    /// Follow-ups; none exist yet in this version.
    pub followups: Vec<String>,
    /// When the next status update is due, RFC 3339; none once it is over.
    pub update_due: Option<String>,
    /// Declared in the drill.
    pub drill: bool,
    /// A policy opened it, not a person.
    pub opened_by_policy: bool,
}
