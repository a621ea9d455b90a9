//! Services, what they need, and what of it burns.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Something a service needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NeedRow {
    /// The service it needs.
    pub service: String,
    /// Declared here, and can be taken back here.
    pub declared: bool,
    /// Named by the definition of an SLO (`firewatch.dev/depends-on`).
    pub defined: bool,
}

/// A service that SLOs name, or that was described.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ServiceRow {
    /// Its unique name, as SLOs and alerts write it.
    pub name: String,
    /// Name for people; empty: the unique one.
    pub title: String,
    /// It is run by somebody else.
    pub third_party: bool,
    /// SLOs about it, over all environments.
    pub slos: u32,
    /// What it needs.
    pub needs: Vec<NeedRow>,
    /// Who needs it.
    pub needed_by: Vec<String>,
}

/// A service that the subject depends on, directly or through others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DependencyRow {
    /// Service.
    pub service: String,
    /// Name for people.
    pub title: String,
    /// It is run by somebody else.
    pub third_party: bool,
    /// Steps from the subject, 1 for what it needs itself.
    pub depth: u32,
    /// The service in between that needs it, where the subject does not itself.
    pub via: Option<String>,
    /// Worst state of its SLOs in this environment; none: nothing watches it here.
    pub state: Option<String>,
    /// Its worst SLO, to open it.
    pub slo_id: Option<String>,
    /// Unix seconds since when it burns.
    pub burn_since: Option<f64>,
    /// Seconds by which it began to burn before the subject; negative: after.
    pub earlier_s: Option<f64>,
    /// Firing alerts about its SLOs.
    pub alerts: u32,
}

/// What a journey or an SLO depends on, who burned first at the top.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DependencyView {
    /// Services the graph starts from.
    pub of: Vec<String>,
    /// Unix seconds since when the subject burns.
    pub burn_since: Option<f64>,
    /// What the order of burning says, in a sentence; none where nothing it depends on burns.
    pub first: Option<String>,
    /// What it depends on.
    pub rows: Vec<DependencyRow>,
}
