//! One SLO opened: arithmetic, burn-rate table, charts, links.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{SloRow, SloStatus};

/// One line of arithmetic: a figure, its formula with words, the same with numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Arithmetic {
    /// Which figure: `sli`, `allowed`, `consumed`, `remaining`, `time_to_exhaustion`, `coverage`.
    pub figure: String,
    /// Its value as shown.
    pub value: String,
    /// `consumed = bad / allowed`.
    pub formula: String,
    /// `1 204 / 1 810 = 66.5 %`.
    pub numbers: String,
}

/// One row of the burn-rate table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BurnRow {
    /// `page` or `ticket`.
    pub severity: String,
    /// Long look-back as `1h`.
    pub long: String,
    /// Short look-back as `5m`.
    pub short: String,
    /// Threshold.
    pub factor: f64,
    /// Burn rate over the long look-back.
    pub long_rate: Option<f64>,
    /// Burn rate over the short look-back.
    pub short_rate: Option<f64>,
    /// Bad events over the long look-back.
    pub long_bad: f64,
    /// All events over the long look-back.
    pub long_total: f64,
    /// Bad events over the short look-back.
    pub short_bad: f64,
    /// All events over the short look-back.
    pub short_total: f64,
    /// Observed share of the long look-back.
    pub coverage: f64,
    /// Both exceed the threshold.
    pub firing: bool,
    /// Too little observed: the alert keeps its state.
    pub frozen: bool,
    /// Share of the budget spent when this rule fires.
    pub share: f64,
}

/// A query of the indicator, with the page of the source that shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct IndicatorQuery {
    /// `good`, `bad`, `total`, `buckets` or `probe`.
    pub role: String,
    /// As sent.
    pub query: String,
    /// Page of the source that graphs it, where it has one.
    pub url: Option<String>,
}

/// A link of the definition, already held to http and https.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Link {
    /// `runbook`, `dashboard`, …
    pub label: String,
    /// Full address, shown before opening.
    pub url: String,
}

/// When the budget is gone at one pace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Forecast {
    /// The look-back whose pace it is, as `1h`.
    pub lookback: String,
    /// Burn rate over it.
    pub rate: Option<f64>,
    /// Seconds until nothing is left; `null` when it does not burn or nothing is left.
    pub seconds: Option<f64>,
}

/// The budget as time: seconds of a full outage at the window's average traffic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TimeBudget {
    /// `(1 − objective) × window`.
    pub allowed_s: f64,
    /// What is left of it, signed; `null` without traffic.
    pub left_s: Option<f64>,
}

/// What a person should know before trusting the figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Note {
    /// `low_traffic`, `estimated`, `remark`, `empty`.
    pub kind: String,
    /// In words.
    pub text: String,
}

/// A past change of state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TurnRow {
    /// Unix seconds.
    pub at: f64,
    /// What changed, in words.
    pub text: String,
    /// State word after it.
    pub state: String,
}

/// Everything the detail needs but the charts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SloDetail {
    /// As in the list.
    pub row: SloRow,
    /// As in `firewatchctl status`.
    pub status: SloStatus,
    /// Description of the definition.
    pub description: String,
    /// Every figure opened.
    pub arithmetic: Vec<Arithmetic>,
    /// When the budget is gone, by several paces; empty before anything was read.
    pub forecasts: Vec<Forecast>,
    /// The budget as time; `null` while history is still read.
    pub time_budget: Option<TimeBudget>,
    /// What to know before trusting the figures.
    pub notes: Vec<Note>,
    /// Unix seconds at which the source last answered.
    pub read_at: Option<f64>,
    /// Burn-rate rules against their thresholds.
    pub burn_table: Vec<BurnRow>,
    /// Queries.
    pub queries: Vec<IndicatorQuery>,
    /// Runbook and other links.
    pub links: Vec<Link>,
    /// Latest changes of state, newest first.
    pub turns: Vec<TurnRow>,
    /// Announcement-relevant facts: acknowledged, snoozed.
    pub journey_key: String,
    /// Acknowledged and not worsened since.
    pub acknowledged: bool,
    /// Snoozed until (unix seconds).
    pub snoozed_until: Option<f64>,
    /// Open incident that carries this SLO.
    pub incident_id: Option<String>,
}
