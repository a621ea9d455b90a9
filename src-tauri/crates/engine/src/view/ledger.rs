//! The ledger: what spent the budget. The public contract of `firewatchctl ledger --json`.

use serde::{Deserialize, Serialize};
use specta::Type;

/// One owner of bad events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct LedgerRow {
    /// `incident`, `unexplained` (an episode), `scattered` (spread thinly between the episodes) or `correction` (where more was
    /// counted good than there was, the window makes up for it).
    pub kind: String,
    /// In words: the incident's title, or when and how long.
    pub title: String,
    /// Incident, to open it.
    pub incident: Option<String>,
    /// RFC 3339.
    pub from: String,
    /// RFC 3339, exclusive.
    pub to: String,
    /// Bad events; slices for the slice methods. Negative only for a correction.
    pub bad: f64,
    /// All of them.
    pub total: f64,
    /// Share of the whole budget that this took; `null` while the budget is unknown.
    pub share: Option<f64>,
    /// A carry or a sum by the server is inside.
    pub estimated: bool,
}

/// What an exclusion holds; told apart, since it is in no figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ExcludedRow {
    /// Its id.
    pub exclusion: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// RFC 3339; the part within the window.
    pub from: String,
    /// RFC 3339, exclusive.
    pub to: String,
    /// Bad events that do not count.
    pub bad: f64,
    /// All events that do not count.
    pub total: f64,
}

/// Every bad event of the window with its owner: `bad` of the rows adds up to `bad`, always.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct LedgerView {
    /// Unique name of the SLO.
    pub name: String,
    /// RFC 3339, the exclusive end of the last minute counted.
    pub at: String,
    /// RFC 3339.
    pub window_start: String,
    /// RFC 3339.
    pub window_end: String,
    /// Bad events of the window, as in `status`.
    pub bad: Option<f64>,
    /// All events.
    pub total: Option<f64>,
    /// Events that may be bad.
    pub allowed: Option<f64>,
    /// Costliest first.
    pub rows: Vec<LedgerRow>,
    /// What exclusions hold, costliest first: in events, and in none of the figures above.
    pub excluded: Vec<ExcludedRow>,
}
