//! Exclusions as the window and the CLI see them: the public contract of `firewatchctl exclude --json`.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What is to be excluded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ExclusionForm {
    /// Name or id of one SLO; else the journey and environment below, with all their SLOs.
    pub slo: Option<String>,
    /// Journey.
    pub journey: String,
    /// Environment.
    pub environment: String,
    /// Unix seconds; the whole minute counts.
    pub from: f64,
    /// Unix seconds, exclusive; the whole minute counts.
    pub to: f64,
    /// Why.
    pub reason: String,
}

/// An exclusion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ExclusionRow {
    /// Stable id.
    pub id: String,
    /// Journey, where it is about one.
    pub journey: Option<String>,
    /// Environment of the journey.
    pub environment: Option<String>,
    /// Names of the SLOs concerned; empty when they were removed since.
    pub slos: Vec<String>,
    /// RFC 3339.
    pub from: String,
    /// RFC 3339, exclusive.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// RFC 3339, when it was said.
    pub at: String,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// RFC 3339, when it was taken back.
    pub undone_at: Option<String>,
}
