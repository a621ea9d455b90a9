//! What a follow-up should improve: an SLO, where, and by how much. It is written down before the work, so that the data can say
//! afterwards whether it came true ([`crate::proof`]).

mod sentence;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::alerting::trim_number;

/// A claim that can be measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// The SLO: its name, with or without the environment, its title, or its id; empty for the one the follow-up is about.
    pub slo: String,
    /// Environments in the order they are shipped to, such as staging, then production; empty for every one the SLO is in.
    pub environments: Vec<String>,
    /// What is measured.
    #[serde(default)]
    pub measure: Measure,
    /// How much better.
    pub aim: Aim,
    /// When it was shipped to each environment.
    #[serde(default)]
    pub shipped: BTreeMap<String, DateTime<Utc>>,
}

/// What is measured of an SLO's indicator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The share of events that are bad.
    #[default]
    Errors,
    /// How long events take.
    Quantile {
        /// So many per cent of them take at most that long; none: as many as the SLO promises.
        percent: Option<f64>,
    },
}

/// How much better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    /// At least so many times, more than 1; 1 itself stands for any improvement.
    Factor(f64),
    /// Below a limit.
    Threshold {
        /// A share of bad events, 0 to 1, or seconds, as the measure says.
        limit: f64,
    },
}

/// Why a text is no hypothesis.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct HypothesisError(String);

impl Hypothesis {
    /// From a sentence, as people write it: `settings-first-load improves 10x on staging then production`, `SLO p95 under 500ms`,
    /// `errors fall by 90 %`, `settings first load, staging then production, 10× faster`.
    pub fn parse(text: &str) -> Result<Self, HypothesisError> {
        sentence::read(text)
    }

    /// Shipped to an environment at a time; a later word on the same one holds.
    pub fn ship(&mut self, environment: &str, at: DateTime<Utc>) {
        self.shipped.insert(environment.to_owned(), at);
    }

    /// What is claimed, without saying of what and where: `errors improve 10×`, `p95 under 500 ms`.
    pub fn claim(&self) -> String {
        format!("{} {}", self.measure, self.aim.in_words(self.measure))
    }
}

impl fmt::Display for Hypothesis {
    /// A sentence that reads back as the same hypothesis.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slo = if self.slo.is_empty() { "SLO" } else { &self.slo };
        write!(f, "{slo} {}", self.claim())?;
        if self.environments.is_empty() { Ok(()) } else { write!(f, " on {}", self.environments.join(" then ")) }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Errors => f.write_str("errors"),
            Self::Quantile { percent: Some(percent) } => write!(f, "p{}", trim_number(*percent)),
            Self::Quantile { percent: None } => f.write_str("latency"),
        }
    }
}

impl Aim {
    /// `improve 10×`, `under 0.5 %`, `under 500 ms`.
    pub fn in_words(self, measure: Measure) -> String {
        match (self, measure) {
            (Self::Factor(factor), _) if factor <= 1.0 => "improve".to_owned(),
            (Self::Factor(factor), _) => format!("improve {}×", trim_number(factor)),
            (Self::Threshold { limit }, measure) => format!("under {}", value_words(limit, measure)),
        }
    }
}

/// A value of a measure: `0.41 %`, `480 ms`, `1.2 s`.
pub fn value_words(value: f64, measure: Measure) -> String {
    let (number, unit) = match measure {
        Measure::Errors => (value * 100.0, "%"),
        Measure::Quantile { .. } if value < 1.0 => (value * 1000.0, "ms"),
        Measure::Quantile { .. } => (value, "s"),
    };
    // Three figures that count, never fewer than the whole ones.
    let decimals = if number == 0.0 { 0 } else { (2 - number.abs().log10().floor() as i32).clamp(0, 6) as usize };
    let text = format!("{number:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {unit}")
}

#[cfg(test)]
mod tests;
