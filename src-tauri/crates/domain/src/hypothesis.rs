//! What a follow-up should improve, and where it is measured.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A claim about an SLO that can be measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// The SLO: its name without the environment, or an id.
    pub slo: String,
    /// Environments in the order they are shipped to, such as staging, then production.
    pub environments: Vec<String>,
    /// How much better.
    pub aim: Aim,
    /// When it was shipped to each environment.
    #[serde(default)]
    pub shipped: BTreeMap<String, DateTime<Utc>>,
}

/// How much better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// So many times.
    Factor(f64),
}
