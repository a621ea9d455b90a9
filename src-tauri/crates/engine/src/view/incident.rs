//! Incidents as the window and `firewatchctl incident` show them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::FollowUpRow;

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
    /// Somebody starred it.
    pub starred: bool,
    /// Hash of its picture, where it is one.
    pub picture: Option<String>,
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

/// An item of the checklist, as the person keeps it for all incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChecklistRow {
    /// Id; empty when new.
    pub id: String,
    /// What to do.
    pub text: String,
    /// Role that owns it; empty for whoever is there.
    pub role: String,
    /// In which phase.
    pub phase: String,
    /// The incident cannot move on from the phase until it is done.
    pub blocking: bool,
    /// For which severities, `SEV0` to `SEV3`.
    pub severities: Vec<String>,
}

/// An item of an incident's checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct CheckRow {
    /// Id.
    pub id: String,
    /// What to do.
    pub text: String,
    /// Role that owns it; empty for whoever is there.
    pub role: String,
    /// Who has that role; empty for nobody.
    pub owner: String,
    /// In which phase.
    pub phase: String,
    /// The incident cannot move on from the phase until it is done.
    pub blocking: bool,
    /// Who did it.
    pub done_by: Option<String>,
    /// When, RFC 3339.
    pub done_at: Option<String>,
}

/// A role on its way to somebody who has not confirmed yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct OfferRow {
    /// To whom.
    pub person: String,
    /// Who handed it over.
    pub by: String,
    /// Since when, RFC 3339.
    pub at: String,
}

/// What was frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct EvidenceRow {
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// What it holds.
    pub text: String,
    /// When, RFC 3339.
    pub at: String,
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
    /// Hand-overs that were not confirmed yet, by role; the role is still whose it was.
    pub offered: BTreeMap<String, OfferRow>,
    /// What is to be done.
    pub checklist: Vec<CheckRow>,
    /// What was frozen, oldest first.
    pub evidence: Vec<EvidenceRow>,
    /// When it was declared, RFC 3339.
    pub declared_at: String,
    /// How often it was over and was not.
    pub reopened: u32,
    /// The incident it was merged into.
    pub merged_into: Option<String>,
    /// Incidents that were merged into this one; their entries are among its own.
    pub absorbed: Vec<String>,
    /// Customers still suffer: people are hurried.
    pub pressing: bool,
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
    /// How many entries come before these: the window asks for the end of a long timeline.
    pub entries_before: u32,
    /// How many entries correct or strike others: where it differs, earlier ones read otherwise.
    pub amended: u32,
    /// Follow-ups, in the order they were written.
    pub followups: Vec<FollowUpRow>,
    /// When the next status update is due, RFC 3339; none once it is over.
    pub update_due: Option<String>,
    /// Declared in the drill.
    pub drill: bool,
    /// A policy opened it, not a person.
    pub opened_by_policy: bool,
}
