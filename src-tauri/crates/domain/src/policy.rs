//! What is ordered beyond telling of turns: when something holds for an SLO (a share spent, days left, a burn, blindness), the
//! person is told, offered an incident, or an incident is opened. Once per crossing; armed again when it was seen to end.

use serde::{Deserialize, Serialize};

use crate::evaluation::Standing;
use crate::fault::FaultKind;
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

/// When a policy applies. Written as one word, with its level where it has one: `consumed:50`, `days-left:3`, `burn-page`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Trigger {
    /// So many percent of the budget are spent, or more.
    Consumed(u32),
    /// At the present pace nothing is left in so many days, or fewer.
    DaysLeft(u32),
    /// A rule holds, loud or not.
    BurnTicket,
    /// A page-level burn holds.
    BurnPage,
    /// The budget is exhausted.
    Exhausted,
    /// It cannot be seen, though it should.
    Blind,
}

/// Why a text is no trigger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no trigger; use consumed:50 (1 to 500 percent spent), days-left:3 (1 to 365 days), burn-page, burn-ticket, exhausted or blind"
)]
pub struct TriggerError(pub String);

impl Trigger {
    /// From its word.
    pub fn parse(text: &str) -> Result<Self, TriggerError> {
        let level = |from: &str, most: u32| from.parse().ok().filter(|n| (1..=most).contains(n));
        let found = match text.trim().split_once(':') {
            Some(("consumed", percent)) => level(percent, 500).map(Self::Consumed),
            Some(("days-left", days)) => level(days, 365).map(Self::DaysLeft),
            Some(_) => None,
            None => match text.trim() {
                "burn-ticket" => Some(Self::BurnTicket),
                // The second is how it was first called.
                "burn-page" | "page-burn" => Some(Self::BurnPage),
                "exhausted" => Some(Self::Exhausted),
                "blind" => Some(Self::Blind),
                _ => None,
            },
        };
        found.ok_or_else(|| TriggerError(text.chars().take(40).collect()))
    }

    /// Whether the turn by which it begins to hold is told anyway.
    pub fn is_told(self) -> bool {
        !matches!(self, Self::Consumed(_) | Self::DaysLeft(_))
    }

    /// What can be said of it now. A share or a forecast that has just been reached lets go a good way off only, so that a
    /// figure at the brim orders nothing twice; while blind nothing is known of either.
    pub fn sign(self, state: &State, standing: Option<&Standing>, now: Minute) -> Sign {
        let on = |holds: bool, since: Minute| if holds { Sign::Holds(since) } else { Sign::Ended };
        if let (Self::Blind, Sight::Blind { fault }) = (self, &state.sight) {
            // Neither a history that is being read nor a pause is a failure to see.
            return on(!matches!(fault.kind, FaultKind::ReadingHistory | FaultKind::Paused), state.sight_since);
        }
        if self != Self::Blind && state.sight != Sight::Seen {
            return Sign::Unclear;
        }
        match self {
            Self::Blind => Sign::Ended,
            Self::Exhausted => on(state.spent == Spent::Exhausted, state.spent_since),
            Self::BurnPage => on(state.burn == Burn::Page, state.level_since),
            Self::BurnTicket => on(state.burn != Burn::None, state.burn_since),
            Self::Consumed(percent) => match standing.and_then(|s| s.consumed).map(|c| c * 100.0) {
                Some(spent) if spent >= f64::from(percent) => Sign::Holds(now),
                Some(spent) if spent < f64::from(percent) * LET_GO_SHARE => Sign::Ended,
                Some(_) => Sign::Unclear,
                None => Sign::Ended,
            },
            Self::DaysLeft(days) => {
                let limit = f64::from(days) * 86_400.0;
                match standing.and_then(|s| s.time_to_exhaustion_s) {
                    _ if state.spent == Spent::Exhausted => Sign::Holds(now),
                    Some(seconds) if seconds <= limit => Sign::Holds(now),
                    Some(seconds) if seconds <= limit * LET_GO_TIME => Sign::Unclear,
                    _ => Sign::Ended,
                }
            }
        }
    }
}

/// A share is let go below this part of it: 50 % is reached anew after it was below 49 %.
const LET_GO_SHARE: f64 = 0.98;
/// A forecast is let go beyond this multiple of it.
const LET_GO_TIME: f64 = 1.25;

impl std::fmt::Display for Trigger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Consumed(percent) => write!(f, "consumed:{percent}"),
            Self::DaysLeft(days) => write!(f, "days-left:{days}"),
            Self::BurnTicket => f.write_str("burn-ticket"),
            Self::BurnPage => f.write_str("burn-page"),
            Self::Exhausted => f.write_str("exhausted"),
            Self::Blind => f.write_str("blind"),
        }
    }
}

impl TryFrom<String> for Trigger {
    type Error = TriggerError;
    fn try_from(text: String) -> Result<Self, TriggerError> {
        Self::parse(&text)
    }
}

impl From<Trigger> for String {
    fn from(trigger: Trigger) -> Self {
        trigger.to_string()
    }
}

/// What can be said of a trigger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It holds, since then.
    Holds(Minute),
    /// It does not.
    Ended,
    /// Neither: it is near its level, or cannot be known. What was, stays.
    Unclear,
}

/// What it orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Tell the person.
    Notify,
    /// Offer an incident, to be opened by one key.
    Propose {
        /// How grave.
        grade: Grade,
    },
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
    /// Only this service.
    pub service: Option<String>,
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

/// A trigger that holds for an SLO, kept until it was seen to end: so an order is carried out once per crossing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Since when.
    pub since: Minute,
    /// What it orders was carried out.
    pub ordered: bool,
}

impl Policy {
    /// Whether it is switched on and about this SLO.
    pub fn applies(&self, slo: &Slo) -> bool {
        let only = |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|w| w == have);
        self.enabled && only(&self.journey, &slo.journey) && only(&self.service, &slo.service) && only(&self.environment, &slo.environment)
    }

    /// The hold after a look, and whether the order is due now: once, when the trigger has held long enough.
    pub fn step(&self, before: Option<Hold>, sign: Sign, now: Minute) -> (Option<Hold>, bool) {
        let held = match (sign, before) {
            (Sign::Ended, _) | (Sign::Unclear, None) => return (None, false),
            (Sign::Unclear, Some(held)) => held,
            // A state that began anew while nobody looked is another fire; a level that is still reached is not.
            (Sign::Holds(since), Some(held)) if since <= held.since || !self.trigger.is_told() => held,
            (Sign::Holds(since), _) => Hold { since, ordered: false },
        };
        let due = !held.ordered && sign != Sign::Unclear && now.since(held.since) >= self.hold_minutes;
        (Some(Hold { ordered: held.ordered || due, ..held }), due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Tally;
    use crate::fault::Fault;
    use crate::minute::Span;

    #[test]
    fn grades_parse_as_people_type_them() {
        assert_eq!(Grade::parse("sev2"), Some(Grade::Sev2));
        assert_eq!(Grade::parse("0"), Some(Grade::Sev0));
        assert_eq!(Grade::parse("SEV4"), None);
        assert_eq!(serde_json::to_string(&Grade::Sev1).unwrap(), "\"SEV1\"");
    }

    #[test]
    fn triggers_are_written_as_they_are_read() {
        for word in ["consumed:50", "days-left:3", "burn-page", "burn-ticket", "exhausted", "blind"] {
            assert_eq!(Trigger::parse(word).map(|t| t.to_string()), Ok(word.to_owned()));
        }
        assert_eq!(Trigger::parse("page-burn"), Ok(Trigger::BurnPage));
        for bad in ["", "consumed", "consumed:0", "consumed:501", "days-left:x", "days-left:-1", "blind:3", "burn"] {
            assert!(Trigger::parse(bad).is_err(), "{bad}");
        }
    }

    fn policy(trigger: Trigger, hold_minutes: i64) -> Policy {
        Policy {
            id: "p".to_owned(),
            journey: None,
            service: None,
            environment: None,
            trigger,
            hold_minutes,
            action: Action::Notify,
            enabled: true,
        }
    }

    fn seen() -> State {
        State { sight: Sight::Seen, ..State::new(Minute(0)) }
    }

    fn standing(consumed: Option<f64>, time_to_exhaustion_s: Option<f64>) -> Standing {
        Standing {
            at: Minute(0),
            window: Span::new(Minute(-1), Minute(0)),
            counted: Span::new(Minute(-1), Minute(0)),
            excluded: 0,
            tally: Tally::default(),
            consumed,
            exhausted: false,
            restored: true,
            projected: None,
            burn: std::collections::BTreeMap::new(),
            rules: Vec::new(),
            time_to_exhaustion_s,
        }
    }

    /// The minutes at which a policy orders, for a figure that changes from minute to minute.
    fn orders(policy: &Policy, looks: impl IntoIterator<Item = (State, Standing)>) -> Vec<i64> {
        let (mut held, mut due) = (None, Vec::new());
        for (minute, (state, standing)) in looks.into_iter().enumerate() {
            let now = Minute(minute as i64);
            let (next, orders) = policy.step(held, policy.trigger.sign(&state, Some(&standing), now), now);
            held = next;
            due.extend(orders.then_some(now.0));
        }
        due
    }

    #[test]
    fn a_share_is_ordered_once_per_crossing_and_armed_again_a_good_way_below() {
        let spent = [0.4, 0.5, 0.51, 0.495, 0.5, 0.499, 0.6, 0.48, 0.49, 0.5];
        let looks = spent.map(|c| (seen(), standing(Some(c), None)));
        assert_eq!(orders(&policy(Trigger::Consumed(50), 0), looks.clone()), [1, 9]);
        assert_eq!(orders(&policy(Trigger::Consumed(50), 2), looks), [4], "held from minute 1; the dip to 49.5 % is none");
    }

    #[test]
    fn days_left_are_ordered_once_and_armed_again_when_there_is_time() {
        let day = 86_400.0;
        let left = [Some(9.0), Some(3.0), Some(3.5), Some(2.0), None, Some(2.9)];
        let looks = left.map(|days| (seen(), standing(Some(0.1), days.map(|d: f64| d * day))));
        assert_eq!(orders(&policy(Trigger::DaysLeft(3), 0), looks), [1, 5]);
        let gone = State { spent: Spent::Exhausted, ..seen() };
        assert_eq!(orders(&policy(Trigger::DaysLeft(3), 0), [(gone, standing(Some(1.2), None))]), [0]);
    }

    #[test]
    fn burn_exhaustion_and_blindness_follow_the_state_and_its_times() {
        let burns = |burn, since| State { burn, burn_since: Minute(since), level_since: Minute(since), ..seen() };
        let looks = [burns(Burn::None, 0), burns(Burn::Ticket, 1), burns(Burn::Page, 2), burns(Burn::Page, 2), burns(Burn::Page, 4)];
        let looks = looks.map(|state| (state, standing(None, None)));
        assert_eq!(orders(&policy(Trigger::BurnTicket, 0), looks.clone()), [1, 2, 4], "each began anew");
        assert_eq!(orders(&policy(Trigger::BurnPage, 1), looks), [3], "the last has not held yet");
        let blind = |kind| State { sight: Sight::Blind { fault: Fault::new(kind, "x") }, sight_since: Minute(0), ..seen() };
        let blinds = policy(Trigger::Blind, 2);
        let cannot = || (blind(FaultKind::Unreachable), standing(None, None));
        assert_eq!(orders(&blinds, [cannot(), cannot(), cannot(), cannot()]), [2]);
        let excused = [FaultKind::ReadingHistory, FaultKind::Paused].map(|kind| (blind(kind), standing(None, None)));
        assert_eq!(orders(&policy(Trigger::Blind, 0), excused), [0_i64; 0]);
        let gone = State { spent: Spent::Exhausted, spent_since: Minute(0), ..seen() };
        let hidden = State { sight: Sight::Blind { fault: Fault::new(FaultKind::TimedOut, "x") }, ..gone.clone() };
        let looks = [&gone, &hidden, &gone, &gone].map(|state| (state.clone(), standing(Some(1.0), None)));
        assert_eq!(orders(&policy(Trigger::Exhausted, 0), looks), [0], "blindness neither ends nor repeats it");
    }

    #[test]
    fn scopes_bind_and_a_policy_may_be_off() {
        let slo = Slo { journey: "settings".to_owned(), service: "api".to_owned(), ..crate::slo::tests::an_slo() };
        let only = |journey: Option<&str>, service: Option<&str>| Policy {
            journey: journey.map(str::to_owned),
            service: service.map(str::to_owned),
            ..policy(Trigger::Blind, 0)
        };
        assert!(only(None, None).applies(&slo) && only(Some("settings"), Some("api")).applies(&slo));
        assert!(!only(Some("other"), None).applies(&slo) && !only(None, Some("other")).applies(&slo));
        assert!(!Policy { enabled: false, ..only(None, None) }.applies(&slo));
    }
}
