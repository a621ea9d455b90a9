//! Evidence as it was frozen: the same shape as its stored bytes, so that what is shown is what was hashed.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AlertRow, AlertSource, FoldedCount, IndicatorQuery, SloStatus};

/// Everything that was known of the SLOs concerned at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Evidence {
    /// Version of this shape.
    pub version: u32,
    /// When it was frozen, RFC 3339.
    pub at: String,
    /// First minute of the slices, RFC 3339.
    pub from: String,
    /// Their exclusive end, RFC 3339.
    pub to: String,
    /// The SLOs concerned, as they stood.
    pub slos: Vec<EvidenceSlo>,
    /// Alerts that were folded under their journeys, at most 100 of each.
    pub alerts: Vec<AlertRow>,
    /// How many there were.
    pub alert_count: FoldedCount,
    /// Sources of alerts, each with what kept us from seeing them.
    pub alert_sources: Vec<AlertSource>,
    /// What could not be frozen, and why.
    pub missing: Vec<String>,
}

/// An SLO as it stood: figures, thresholds, queries, and its slices minute by minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct EvidenceSlo {
    /// Title.
    pub title: String,
    /// State, budget, burn rates, rules with their thresholds.
    pub status: SloStatus,
    /// What counts as good, where a latency decides: in the unit of its buckets.
    pub threshold: Option<f64>,
    /// The queries behind it, as they were asked.
    pub queries: Vec<IndicatorQuery>,
    /// Why it could not be seen, or why the last reading failed.
    pub fault: Option<String>,
    /// Its definition, as stored.
    pub definition: String,
    /// Seconds between two slices.
    pub step_s: f64,
    /// Good events by slice from `from` on; `null` where nothing was observed.
    pub good: Vec<Option<f64>>,
    /// All events, likewise.
    pub total: Vec<Option<f64>>,
}

/// Evidence with the name it is kept under, and whether its bytes still make that name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct EvidenceView {
    /// SHA-256 of the bytes, in hexadecimal.
    pub hash: String,
    /// What it holds.
    pub evidence: Evidence,
}
