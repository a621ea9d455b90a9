//! What a turn orders beyond telling: today, opening an incident when a budget is gone or a page-level burn holds.

use serde::{Deserialize, Serialize};

use crate::minute::Minute;
use crate::slo::Slo;
use crate::state::{Burn, Sight, Spent, State};

/// How grave an incident is; SEV0 is the gravest. Names on screen may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Grade {
    /// Everything is down.
    Sev0,
    /// A journey is down.
    Sev1,
    /// A journey suffers.
    Sev2,
    /// Something is off.
    Sev3,
}

impl Grade {
    /// All, gravest first.
    pub const ALL: [Self; 4] = [Self::Sev0, Self::Sev1, Self::Sev2, Self::Sev3];

    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sev0 => "SEV0",
            Self::Sev1 => "SEV1",
            Self::Sev2 => "SEV2",
            Self::Sev3 => "SEV3",
        }
    }

    /// From `SEV2`, `sev2` or `2`.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = text.trim().to_ascii_uppercase();
        Self::ALL.into_iter().find(|g| g.word() == digit || g.word().trim_start_matches("SEV") == digit)
    }
}

/// When a policy applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The budget is exhausted.
    Exhausted,
    /// A page-level burn holds.
    PageBurn,
}

impl Trigger {
    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::PageBurn => "page_burn",
        }
    }
}

/// What it orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Tell the person, as every turn does.
    Notify,
    /// Open an incident.
    OpenIncident {
        /// How grave.
        grade: Grade,
    },
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Id.
    pub id: String,
    /// Only this journey.
    pub journey: Option<String>,
    /// Only this environment.
    pub environment: Option<String>,
    /// When.
    pub trigger: Trigger,
    /// Minutes the trigger must hold.
    pub hold_minutes: i64,
    /// What.
    pub action: Action,
    /// Switched on.
    pub enabled: bool,
}

impl Policy {
    /// Since when its trigger holds for this SLO, if the policy applies and it has held long enough. The minute is the key
    /// under which an order is carried out once: the same fire never opens two incidents.
    pub fn due(&self, slo: &Slo, state: &State, now: Minute) -> Option<Minute> {
        let only = |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|w| w == have);
        if !self.enabled || !only(&self.journey, &slo.journey) || !only(&self.environment, &slo.environment) || state.sight != Sight::Seen {
            return None;
        }
        let since = match self.trigger {
            Trigger::Exhausted => (state.spent == Spent::Exhausted).then_some(state.spent_since),
            Trigger::PageBurn => (state.burn == Burn::Page).then_some(state.level_since),
        }?;
        (now.since(since) >= self.hold_minutes).then_some(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_parse_as_people_type_them() {
        assert_eq!(Grade::parse("sev2"), Some(Grade::Sev2));
        assert_eq!(Grade::parse("0"), Some(Grade::Sev0));
        assert_eq!(Grade::parse("SEV4"), None);
        assert_eq!(serde_json::to_string(&Grade::Sev1).unwrap(), "\"SEV1\"");
    }
}
