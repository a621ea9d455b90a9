//! One SLO as it stands: the public contract of `firewatchctl status --json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::FoldedAlerts;

/// What is left of what may go wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BudgetFigures {
    /// Events that may be bad in this window; `null` without traffic.
    pub allowed: Option<f64>,
    /// Share of the budget that is gone; above 1 when overdrawn.
    pub consumed: Option<f64>,
    /// `1 - consumed`, signed.
    pub remaining: Option<f64>,
    /// Of a calendar period: the same for the whole period, if the rest has the traffic so far; the three above are of the
    /// events so far.
    pub projected: Option<ProjectedBudget>,
}

/// What a running calendar period makes of its budget at the traffic so far and with nothing bad in the rest of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ProjectedBudget {
    /// Events of the whole period; time slices for the slice methods.
    pub total: f64,
    /// How many of them may be bad.
    pub allowed: f64,
    /// Share of that which is gone.
    pub consumed: f64,
    /// `1 - consumed`, signed.
    pub remaining: f64,
}

/// The calendar of a window that does not roll.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct CalendarFigures {
    /// Wall-clock anchor, as `2026-01-01 00:00:00`.
    pub start: String,
    /// IANA zone of the wall clock.
    pub zone: String,
    /// RFC 3339, the exclusive end of the period that is running.
    pub period_end: String,
    /// Share of the period that has passed, 0 to 1.
    pub passed: f64,
}

/// One burn-rate rule and whether its condition holds now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct AlertFigures {
    /// `page` or `ticket`.
    pub severity: String,
    /// Long look-back, as `1h`.
    pub long: String,
    /// Short look-back, as `5m`.
    pub short: String,
    /// Both look-backs must burn strictly faster than this.
    pub factor: f64,
    /// The condition holds.
    pub firing: bool,
    /// Too little was observed to say; the alert keeps its state.
    pub frozen: bool,
    /// Fewer events than the definition asks for before a rule fires.
    pub too_few: bool,
}

/// One SLO as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SloStatus {
    /// Stable id.
    pub id: String,
    /// Unique name within the profile.
    pub name: String,
    /// Journey it belongs to.
    pub journey: String,
    /// Service it belongs to.
    pub service: String,
    /// Environment it binds to.
    pub environment: String,
    /// Source it is read from.
    pub source: String,
    /// RFC 3339, the exclusive end of the last minute counted.
    pub at: String,
    /// `blind`, `exhausted`, `burning` or `calm`.
    pub state: String,
    /// `seen` or `blind`.
    pub sight: String,
    /// `within` or `exhausted`.
    pub spent: String,
    /// `none`, `ticket` or `page`.
    pub burn: String,
    /// Why it is in this state, in words.
    pub reason: Option<String>,
    /// Target ratio, 0 to 1.
    pub objective: f64,
    /// Window as `30d`; `1M` and the like are calendar periods.
    pub window: String,
    /// Budgeting method: `occurrences`, `timeslices` or `ratio_timeslices`.
    pub method: String,
    /// RFC 3339.
    pub window_start: String,
    /// RFC 3339: `at`; of a calendar window the end of its period.
    pub window_end: String,
    /// Good events; time slices for the slice methods.
    pub good: Option<f64>,
    /// Bad events.
    pub bad: Option<f64>,
    /// All events.
    pub total: Option<f64>,
    /// `good / total`; `null` without traffic.
    pub sli: Option<f64>,
    /// The budget.
    pub budget: BudgetFigures,
    /// Burn rate by look-back (`5m`, `30m`, `1h`, `2h`, `6h`, `1d`, `3d`, those not longer than the window).
    pub burn_rates: BTreeMap<String, Option<f64>>,
    /// Seconds until nothing is left at the present pace; `null` when it does not burn or nothing is left.
    pub time_to_exhaustion_s: Option<f64>,
    /// Observed share of the window, 0 to 1.
    pub coverage: f64,
    /// Unobserved seconds of the window.
    pub unobserved_s: f64,
    /// Age of the newest data in seconds; `null` before the first.
    pub data_age_s: Option<f64>,
    /// The server summed, or a carry is inside: the counts are estimates.
    pub estimated: bool,
    /// What the source said beside the newest reading, such as a boundary that some histograms lack.
    pub remark: Option<String>,
    /// Length of a time slice, as `5m`; `null` for occurrences.
    pub slice: Option<String>,
    /// What a time slice without traffic counts as: `leave_out`, `good` or `bad`.
    pub empty: String,
    /// `testing` or `active`.
    pub stage: String,
    /// The calendar; `null` for a rolling window.
    pub calendar: Option<CalendarFigures>,
    /// Excluded seconds of the window.
    pub excluded_s: f64,
    /// Burn-rate rules.
    pub alerts: Vec<AlertFigures>,
    /// Alerts of other systems that are folded under its journey.
    pub folded_alerts: FoldedAlerts,
    /// Share of history already read, 0 to 1; `null` once it is all there.
    pub history: Option<f64>,
}
