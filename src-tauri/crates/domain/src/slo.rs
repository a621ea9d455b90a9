//! A service level objective: an indicator, a promise about it, and where it belongs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alerting::{Alerting, Rule};
use crate::indicator::Indicator;
use crate::method::{EmptySlices, Method};
use crate::objective::Objective;
use crate::window::Window;

/// Longest unique name, as for a DNS label.
pub const LONGEST_NAME: usize = 63;

/// A service level objective.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slo {
    /// Stable id.
    pub id: String,
    /// Unique within the profile: lower case letters, digits, `-` and `.`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it means.
    pub description: String,
    /// Journey it belongs to; its service's where the document names none.
    pub journey: String,
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// Name of the source it is read from.
    pub source: String,
    /// Where its events come from.
    pub indicator: Indicator,
    /// What is promised.
    pub objective: Objective,
    /// Over which window.
    pub window: Window,
    /// How events become a budget.
    #[serde(default)]
    pub method: Method,
    /// What a time slice without traffic counts as.
    #[serde(default)]
    pub empty: EmptySlices,
    /// When it alerts.
    #[serde(default)]
    pub alerting: Alerting,
    /// Whether it may tell anybody.
    #[serde(default)]
    pub stage: Stage,
    /// Weight within its journey.
    #[serde(default = "one")]
    pub weight: u32,
    /// Runbook, dashboard and other annotations of the definition.
    pub annotations: BTreeMap<String, String>,
}

/// Whether an SLO may tell anybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is evaluated and shown; it announces nothing and orders nothing.
    Testing,
    /// It announces, and policies act on it.
    #[default]
    Active,
}

impl Stage {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Testing => "testing",
            Self::Active => "active",
        }
    }
}

/// The weight of an SLO that names none.
fn one() -> u32 {
    1
}

impl Slo {
    /// The burn-rate rules that hold: its own, else the Workbook's fitted to its window.
    pub fn rules(&self) -> Vec<Rule> {
        self.alerting.rules_for(self.window, self.method)
    }

    /// Units in which a tally counts one event or one time slice: more than 1 where a source gives fractions of events, or
    /// where the ratios of time slices are averaged.
    pub fn unit(&self) -> u64 {
        match self.method {
            Method::Occurrences => self.indicator.scale(),
            method => method.unit(),
        }
    }

    /// Key under which announcements fold, and which is acknowledged and snoozed.
    pub fn journey_key(&self) -> String {
        journey_key(&self.journey, &self.environment)
    }
}

/// Journey and environment as one key: budgets of environments never mix, nor do their announcements.
pub fn journey_key(journey: &str, environment: &str) -> String {
    format!("{environment}/{journey}")
}

/// Why a text is no unique name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a name: use up to 63 lower case letters, digits, `-` and `.`, such as settings-first-load")]
pub struct NameError(pub String);

/// Checks a unique name.
pub fn check_name(name: &str) -> Result<(), NameError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let good = name.len() <= LONGEST_NAME && name.chars().all(fits) && edge(name.chars().next()) && edge(name.chars().last());
    if good { Ok(()) } else { Err(NameError(name.chars().take(80).collect())) }
}

/// The nearest unique name to a text from outside: lower case, everything else a dash.
pub fn name_from(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase).take(200) {
        let fits = c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.';
        if fits {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let trimmed: String = name.trim_matches(['-', '.']).chars().take(LONGEST_NAME).collect();
    trimmed.trim_end_matches(['-', '.']).to_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::selector::Selector;

    pub(crate) fn an_slo() -> Slo {
        Slo {
            id: "id".to_owned(),
            name: "name".to_owned(),
            title: "Name".to_owned(),
            description: String::new(),
            journey: "journey".to_owned(),
            service: "service".to_owned(),
            environment: "production".to_owned(),
            source: "prom".to_owned(),
            indicator: Indicator::Gauge { up: Selector::parse("up").unwrap() },
            objective: Objective::from_percent("99.9").unwrap(),
            window: Window::parse("30d").unwrap(),
            method: Method::default(),
            empty: EmptySlices::default(),
            alerting: Alerting::default(),
            stage: Stage::default(),
            weight: 1,
            annotations: BTreeMap::new(),
        }
    }

    #[test]
    fn names() {
        assert!(check_name("settings-first-load").is_ok());
        for bad in ["", "-a", "a-", "A", "a b", "a/b", &"a".repeat(64)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        assert_eq!(name_from("My Service: p99 (EU)"), "my-service-p99-eu");
        assert!(check_name(&name_from(&"Ünï-".repeat(40))).is_ok());
    }
}
