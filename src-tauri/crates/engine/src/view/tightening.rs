//! Objectives proposed from replayed history, with their arithmetic.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Arithmetic;

/// What proposals are asked for: along the journey of an SLO or of an incident's SLOs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct TighteningForm {
    /// Name or id of an SLO: proposals for it alone.
    pub slo: Option<String>,
    /// Id of an incident: proposals along the journeys of its SLOs.
    pub incident: Option<String>,
    /// How far back, in days.
    pub days: f64,
    /// IANA zone by whose clocks nights are counted; the machine's where none is given.
    pub zone: Option<String>,
}

/// Another objective, boundary, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Tightening {
    /// SLO id.
    pub slo: String,
    /// Unique name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// `tighter` or `looser`.
    pub direction: String,
    /// Proposed objective as typed: `99`.
    pub objective_percent: String,
    /// Proposed latency boundary in seconds.
    pub under_s: Option<f64>,
    /// Present objective as typed.
    pub present_objective_percent: String,
    /// Present latency boundary in seconds.
    pub present_under_s: Option<f64>,
    /// What it would have meant, in one sentence.
    pub sentence: String,
    /// How that comes about.
    pub arithmetic: Vec<Arithmetic>,
    /// Incident that would have been warned of earlier, unless it was only a budget that was gone.
    pub incident: Option<String>,
    /// What would have been warned of.
    pub about: Option<String>,
    /// How much earlier, in seconds; `null` when nothing warned of it at all, or for looser ones.
    pub earlier_s: Option<f64>,
    /// Alerts in the stretch.
    pub alerts: u32,
    /// Alerts of the definition as it stands.
    pub present_alerts: u32,
}

/// What history proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Tightenings {
    /// Best first.
    pub proposals: Vec<Tightening>,
    /// By what rule they were chosen and ranked.
    pub rule: String,
    /// Definitions that were tried.
    pub tried: u32,
    /// Days of history that were there to replay, of the longest series.
    pub days: f64,
    /// What should be known beside them.
    pub notes: Vec<String>,
}

/// A proposal taken over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct AdoptForm {
    /// Name or id of the SLO.
    pub slo: String,
    /// Objective as typed: `99`.
    pub objective_percent: String,
    /// Latency boundary in seconds; the present one where none is given.
    pub under_s: Option<f64>,
    /// Incident it came from, in whose timeline it is written.
    pub incident: Option<String>,
    /// Why, for the history of the definition.
    pub why: String,
}

/// What was adopted, and what takes it back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Adopted {
    /// SLO id.
    pub slo: String,
    /// Unique name.
    pub name: String,
    /// `95 % under 1 s → 99 % under 0.5 s`.
    pub change: String,
    /// Adopting this takes it back.
    pub undo: AdoptForm,
}
