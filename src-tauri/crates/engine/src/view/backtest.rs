//! What history says of a definition, as it is or changed: the public contract of `firewatchctl backtest --json`.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What is to be tried; what is not named stays as the definition has it. Texts as people type them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ChangeForm {
    /// Percentage, as `99.9`.
    pub objective: Option<String>,
    /// Latency boundary, as `500ms`.
    pub under: Option<String>,
    /// Window, as `30d`; calendar periods as `1w`, `1M`, `1Q` with `zone`.
    pub window: Option<String>,
    /// `occurrences`, `timeslices:5m:95` (length and target) or `ratio_timeslices:5m`.
    pub method: Option<String>,
    /// What a time slice without traffic counts as: `leave_out`, `good` or `bad`.
    pub empty: Option<String>,
    /// Rules instead of the present ones, as `page:14.4@1h/5m`.
    pub rules: Vec<String>,
}

/// What the window asks to be replayed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BacktestForm {
    /// Name or id.
    pub slo: String,
    /// What to try.
    pub change: ChangeForm,
    /// How far back, in days.
    pub days: f64,
    /// IANA zone by whose clocks nights are counted; the machine's where none is given.
    pub zone: Option<String>,
}

/// An alert that would have been.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BacktestAlert {
    /// `page` or `ticket`.
    pub severity: String,
    /// RFC 3339: the first minute end at which a rule held.
    pub start: String,
    /// The first at which it no longer did; `null` while it holds.
    pub end: Option<String>,
    /// Share of the budget that was gone at its start.
    pub spent: Option<f64>,
    /// A look-back reached back before the first data: judged over what is there.
    pub warming: bool,
}

/// One rule by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BacktestRule {
    /// As typed: `page:14.4@1h/5m`.
    pub rule: String,
    /// `page` or `ticket`.
    pub severity: String,
    /// Long look-back as `1h`.
    pub long: String,
    /// Short look-back as `5m`; the long one again for a single window.
    pub short: String,
    /// Threshold.
    pub factor: f64,
    /// False when no history could ever fire it.
    pub reachable: bool,
    /// When it held.
    pub alerts: Vec<BacktestAlert>,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BacktestSpan {
    /// RFC 3339.
    pub start: String,
    /// RFC 3339; `null` while it lasts.
    pub end: Option<String>,
}

/// One definition replayed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BacktestRun {
    /// Target ratio.
    pub objective: f64,
    /// Window.
    pub window: String,
    /// Budgeting method.
    pub method: String,
    /// Latency boundary in seconds, for latency.
    pub under_s: Option<f64>,
    /// RFC 3339: start of the replayed stretch, not before the first data.
    pub from: String,
    /// Its exclusive end.
    pub to: String,
    /// Alerts by severity, whichever rule held.
    pub alerts: Vec<BacktestAlert>,
    /// Rule by rule.
    pub rules: Vec<BacktestRule>,
    /// When nothing was left of the budget.
    pub exhausted: Vec<BacktestSpan>,
    /// Largest share of the budget that was ever gone.
    pub consumed_max: Option<f64>,
    /// When first.
    pub consumed_max_at: Option<String>,
    /// Share that was gone at the end.
    pub consumed: Option<f64>,
    /// Observed share of the stretch.
    pub coverage: Option<f64>,
    /// Seconds in which too little was seen to judge.
    pub blind_s: f64,
    /// Since when the whole window lies within the data; earlier figures are over what is there.
    pub full_from: Option<String>,
    /// Alerts that page.
    pub pages: u32,
    /// Alerts that do not.
    pub tickets: u32,
    /// Nights, 22:00 to 07:00, in which a page or an exhausted budget would have woken somebody.
    pub nights_woken: u32,
    /// Share of the budget left, step by step; empty outside the window's own chart.
    pub left: Vec<Option<f64>>,
}

/// What a definition makes of an incident that was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BacktestIncident {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// RFC 3339: when customers began to suffer, else when it was noticed.
    pub start: String,
    /// When it was over.
    pub end: Option<String>,
    /// First warning of the definition as it stands; `null` when it misses the incident.
    pub warned: Option<String>,
    /// First warning of what is tried.
    pub would_warn: Option<String>,
    /// How much earlier, in seconds; negative when later.
    pub earlier_s: Option<f64>,
    /// `earlier`, `later`, `same`, `caught` (only what is tried warns), `missed` (only the present one does), `neither`.
    pub verdict: String,
}

/// A definition as tried beside the same as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Backtest {
    /// Unique name.
    pub name: String,
    /// What is tried.
    #[serde(flatten)]
    pub run: BacktestRun,
    /// As it stands.
    pub compared_with: BacktestRun,
    /// Incidents of this SLO.
    pub incidents: Vec<BacktestIncident>,
    /// What should be known beside the figures.
    pub notes: Vec<String>,
    /// Zone by whose clocks nights were counted.
    pub zone: String,
    /// Ends of the steps of `left`, unix seconds.
    pub t: Vec<f64>,
    /// Latency boundaries that can be tried, in seconds.
    pub boundaries: Vec<f64>,
}
