//! Follow-ups as the window and `firewatchctl followup` show them.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::proof::{HypothesisView, ProofRow};
use crate::view::TicketRow;

/// A follow-up in a list: the public contract of `firewatchctl followup list --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct FollowUpRow {
    /// Id.
    pub id: String,
    /// Incident it comes out of.
    pub incident: Option<String>,
    /// Its title.
    pub incident_title: Option<String>,
    /// What is to be done, in one line.
    pub title: String,
    /// `prevent`, `detect`, `mitigate` or `investigate`.
    pub kind: String,
    /// `highest`, `high`, `medium`, `low` or `lowest`.
    pub priority: String,
    /// Who does it; empty for nobody.
    pub owner: String,
    /// Until the end of which day, as `2026-12-04`.
    pub due: Option<String>,
    /// How that stands: `later`, `soon`, `today` or `overdue`; none where it is settled or has no due date.
    pub deadline: Option<String>,
    /// The due date is a Saturday or a Sunday.
    pub due_on_weekend: bool,
    /// Minutes it took, or is thought to take.
    pub effort_min: Option<u32>,
    /// Labels.
    pub labels: Vec<String>,
    /// `open`, `doing`, `done` or `dropped`.
    pub status: String,
    /// Entry of the timeline it was made from.
    pub entry: Option<String>,
    /// Block of the postmortem it was made from.
    pub passage: Option<String>,
    /// Name of the SLO it should help; its id where the SLO is gone.
    pub slo: Option<String>,
    /// Journey it should help.
    pub journey: Option<String>,
    /// Phase that the incident does not enter before this is settled.
    pub required: Option<String>,
    /// Who wrote it.
    pub author: String,
    /// When, RFC 3339.
    pub created: String,
    /// When it last changed, RFC 3339.
    pub updated: String,
    /// Its ticket.
    pub ticket: Option<TicketRow>,
    /// What it should improve, as a sentence.
    pub hypothesis: Option<String>,
    /// What was measured of it last, in the last environment that it shipped to.
    pub proof: Option<ProofRow>,
}

/// A follow-up whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct FollowUpView {
    /// As in a list.
    #[serde(flatten)]
    pub row: FollowUpRow,
    /// What is to be done, at length, as Markdown.
    pub text: String,
    /// The text of the entry it was made from.
    pub entry_text: Option<String>,
    /// What it should improve, environment by environment, and what came of it.
    pub claimed: Option<HypothesisView>,
}

/// What is to be different; what is absent stays as it is. An empty text takes away what may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FollowUpForm {
    /// Title.
    pub title: Option<String>,
    /// Text, as Markdown.
    pub text: Option<String>,
    /// Kind.
    pub kind: Option<String>,
    /// Priority.
    pub priority: Option<String>,
    /// Owner.
    pub owner: Option<String>,
    /// Due date, as `2026-12-04`, a moment, `14d`, `today` or `tomorrow`.
    pub due: Option<String>,
    /// Effort, as `45m`, `2h`, `3d`.
    pub effort: Option<String>,
    /// All labels, apart by commas or spaces.
    pub labels: Option<String>,
    /// Labels to add, the same way.
    pub add_labels: Option<String>,
    /// Labels to take away.
    pub remove_labels: Option<String>,
    /// Status.
    pub status: Option<String>,
    /// Incident.
    pub incident: Option<String>,
    /// Entry it is made from.
    pub entry: Option<String>,
    /// Block of the postmortem it is made from.
    pub passage: Option<String>,
    /// SLO, by name or id.
    pub slo: Option<String>,
    /// Journey.
    pub journey: Option<String>,
    /// Phase that waits for it.
    pub required: Option<String>,
    /// What it should improve, as a sentence.
    pub hypothesis: Option<String>,
}
