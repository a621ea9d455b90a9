//! Firing alerts as they are folded under journeys and SLOs.

use serde::{Deserialize, Serialize};
use specta::Type;

/// How many alerts are folded at a place, each label set once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoldedCount {
    /// That fire and are held back by nobody.
    pub firing: u32,
    /// That somebody silenced.
    pub silenced: u32,
    /// That another alert inhibits.
    pub inhibited: u32,
}

/// What is folded where an SLO belongs, as in `firewatchctl status`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FoldedAlerts {
    /// Firing alerts folded under its journey in its environment.
    pub firing: u32,
    /// Of these, the ones that are about this SLO alone.
    pub own: u32,
    /// Silenced ones of the journey.
    pub silenced: u32,
    /// Inhibited ones of the journey.
    pub inhibited: u32,
    /// Why alerts cannot be seen now; the counts are those told last.
    pub unseen: Option<String>,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LabelRow {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// One firing alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct AlertRow {
    /// Identity of its label set.
    pub fingerprint: String,
    /// `alertname`.
    pub name: String,
    /// Label `severity`, empty where it has none.
    pub severity: String,
    /// What it says.
    pub summary: String,
    /// `firing`, `silenced` or `inhibited`.
    pub standing: String,
    /// Unix seconds.
    pub since: f64,
    /// Its other labels.
    pub labels: Vec<LabelRow>,
    /// Where it came from; only http and https.
    pub url: Option<String>,
    /// Sources that tell of it.
    pub sources: Vec<String>,
    /// Journey in its environment it is folded under.
    pub journey_key: Option<String>,
    /// SLO it is about, where its labels say which.
    pub slo_id: Option<String>,
    /// Why it is folded there, in words.
    pub why: Option<String>,
}

/// How well alerts of a source can be seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct AlertSource {
    /// Source.
    pub name: String,
    /// Unix seconds of the last good read.
    pub read_at: Option<f64>,
    /// Why they cannot be seen; what is shown is what was told last.
    pub fault: Option<String>,
    /// Alerts it told of.
    pub told: f64,
    /// More than are listed were told of: how many are listed at most.
    pub cut_at: Option<f64>,
}

/// A page of the alerts at one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct AlertPage {
    /// How many there are.
    pub count: FoldedCount,
    /// Some of them, firing ones and the oldest first.
    pub rows: Vec<AlertRow>,
    /// How many come before these.
    pub offset: u32,
    /// Sources that tell alerts; none: nothing can be folded.
    pub sources: Vec<AlertSource>,
}
