//! Chart data of one SLO: bounded, ready to draw, each point with the counts it was made of.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A span drawn on the charts; unix seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartSpan {
    /// Incident or exclusion, to open it.
    pub id: String,
    /// Its title or reason.
    pub text: String,
    /// Start.
    pub from: f64,
    /// End, exclusive.
    pub to: f64,
}

/// A moment drawn on the charts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartMark {
    /// Unix seconds.
    pub at: f64,
    /// What turned, in words.
    pub text: String,
    /// State word after it.
    pub state: String,
}

/// Something that was done to the system, drawn on the charts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartDeed {
    /// Unix seconds.
    pub at: f64,
    /// `deploy`, `mitigation` or `rollback`.
    pub mark: String,
    /// In words.
    pub text: String,
    /// Incident it was written into.
    pub incident: String,
}

/// Chart data, at most a few hundred steps. Every column has one figure per step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct SloCharts {
    /// Unix seconds, ascending, the end of each step.
    pub t: Vec<f64>,
    /// What is left of the present window's budget when everything up to `t` is counted, from the window's start:
    /// `1 − spent / allowed`; `null` while history is still read. The last one is the figure of `status`.
    pub remaining: Vec<Option<f64>>,
    /// Bad from the window's start up to `t`, as `status` counts it.
    pub spent: Vec<f64>,
    /// `good / total` within the step; `null` without traffic or sight.
    pub sli: Vec<Option<f64>>,
    /// The worst minute of the step, as `good / total`; `null` where a minute has no ratio of its own.
    pub low: Vec<Option<f64>>,
    /// Counted within the step; `null` where unobserved.
    pub total: Vec<Option<f64>>,
    /// Bad within the step.
    pub bad: Vec<Option<f64>>,
    /// Minutes of the step that were not observed.
    pub unobserved: Vec<f64>,
    /// Observed minutes of the step without traffic.
    pub empty: Vec<f64>,
    /// Minutes of the step that are excluded.
    pub excluded: Vec<f64>,
    /// What may be bad in the whole window; `null` while unknown.
    pub allowed: Option<f64>,
    /// Target ratio, to draw the line.
    pub objective: f64,
    /// Step in seconds.
    pub step_s: f64,
    /// Unix seconds at which the window begins.
    pub window_from: f64,
    /// Unix seconds at which the running calendar period ends; `null` when the window rolls.
    pub period_to: Option<f64>,
    /// What will be left at the period's end if it goes on at the pace of the last hour, with the traffic it had so far.
    pub projected: Option<f64>,
    /// Exclusions with their reasons.
    pub exclusions: Vec<ChartSpan>,
    /// Incidents, as long as they were felt here.
    pub incidents: Vec<ChartSpan>,
    /// Turns.
    pub turns: Vec<ChartMark>,
    /// Deploys, mitigations and rollbacks of the incidents, in order.
    pub deeds: Vec<ChartDeed>,
}
