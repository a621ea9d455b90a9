//! The pure step from one state to the next, and the turns it makes: the only things that notify.
//!
//! A failed or missing read is an input like any other. The second fault in a row blinds; while blind, budget and burn are
//! frozen as they were. A burn rule that held is let go only after it was seen not to hold for [`RELEASE`] minutes, and a
//! budget counts as restored only a little below the brim, so that nothing flaps at a threshold.

use serde::{Deserialize, Serialize};

use crate::evaluation::Standing;
use crate::fault::{Fault, FaultKind};
use crate::minute::Minute;
use crate::state::{Burn, Latch, Sight, Spent, State};

/// Faults in a row that blind.
pub const FAULTS_TO_BLIND: u32 = 2;
/// Minutes a rule must be seen not to hold before it is let go.
pub const RELEASE: i64 = 3;

/// What came of looking.
#[derive(Debug, Clone, PartialEq)]
pub enum Look<'a> {
    /// Fresh figures.
    Seen(&'a Standing),
    /// Fresh figures, but history is still being read: the burn is known, the budget is not.
    Reading(&'a Standing, &'a Fault),
    /// Something was in the way.
    Fault(&'a Fault),
}

/// A change on one of the axes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "turn", rename_all = "snake_case")]
pub enum Turn {
    /// It cannot be seen any more.
    WentBlind {
        /// Why.
        fault: Fault,
    },
    /// It can be seen again.
    SawAgain,
    /// It burns faster than before.
    BurnRose {
        /// Before.
        from: Burn,
        /// Now.
        to: Burn,
    },
    /// It burns slower, but burns.
    BurnEased {
        /// Now.
        to: Burn,
    },
    /// It burns no more.
    BurnEnded,
    /// Nothing is left.
    Exhausted,
    /// Something is left again.
    Restored,
}

impl Turn {
    /// For the worse.
    pub fn worsens(&self) -> bool {
        matches!(self, Self::WentBlind { .. } | Self::BurnRose { .. } | Self::Exhausted)
    }

    /// Whether anybody is told: every worsening, and the ends; seeing again unchanged and easing tell nobody.
    pub fn told(&self) -> bool {
        !matches!(self, Self::SawAgain | Self::BurnEased { .. })
    }

    /// Worth waking somebody.
    pub fn pages(&self) -> bool {
        matches!(self, Self::BurnRose { to: Burn::Page, .. } | Self::Exhausted)
    }

    /// As stored.
    pub fn word(&self) -> &'static str {
        match self {
            Self::WentBlind { .. } => "went_blind",
            Self::SawAgain => "saw_again",
            Self::BurnRose { .. } => "burn_rose",
            Self::BurnEased { .. } => "burn_eased",
            Self::BurnEnded => "burn_ended",
            Self::Exhausted => "exhausted",
            Self::Restored => "restored",
        }
    }
}

/// One step.
pub fn step(before: &State, look: &Look<'_>, now: Minute) -> (State, Vec<Turn>) {
    match look {
        Look::Fault(fault) => faulted(before, fault, now),
        Look::Reading(standing, fault) => reading(before, standing, fault, now),
        Look::Seen(standing) => seen(before, standing, now),
    }
}

/// Stays (or goes, untold) blind with its progress; a burn is told all the same, since it cannot wait for old history.
fn reading(before: &State, standing: &Standing, fault: &Fault, now: Minute) -> (State, Vec<Turn>) {
    let mut after = before.clone();
    let mut turns = Vec::new();
    (after.faults, after.last_fault) = (0, None);
    if before.sight == Sight::Seen {
        after.sight_since = now;
    }
    after.sight = Sight::Blind { fault: fault.clone() };
    after.latches = latched(&before.latches, standing, false);
    let burn = after.latches.iter().map(|l| Burn::from(l.rule.severity)).max().unwrap_or(Burn::None);
    turn_burn(&mut after, &mut turns, before.burn, burn, now);
    (after, turns)
}

fn faulted(before: &State, fault: &Fault, now: Minute) -> (State, Vec<Turn>) {
    let mut after = before.clone();
    after.faults = before.faults.saturating_add(1);
    after.last_fault = Some(fault.clone());
    match &before.sight {
        Sight::Blind { .. } => {
            after.sight = Sight::Blind { fault: fault.clone() };
            (after, Vec::new())
        }
        Sight::Seen if after.faults >= FAULTS_TO_BLIND || blinds_at_once(fault.kind) => {
            after.sight = Sight::Blind { fault: fault.clone() };
            after.sight_since = now;
            (after, vec![Turn::WentBlind { fault: fault.clone() }])
        }
        Sight::Seen => (after, Vec::new()),
    }
}

/// Faults that are no blip: the person did it, or the figures themselves say so.
fn blinds_at_once(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::SourceGone | FaultKind::Paused | FaultKind::ReadingHistory | FaultKind::LowCoverage)
}

fn seen(before: &State, standing: &Standing, now: Minute) -> (State, Vec<Turn>) {
    let mut after = before.clone();
    let mut turns = Vec::new();
    (after.faults, after.last_fault) = (0, None);
    let was_blind = matches!(before.sight, Sight::Blind { .. });
    if was_blind {
        after.sight = Sight::Seen;
        after.sight_since = now;
    }
    after.latches = latched(&before.latches, standing, was_blind);
    let burn = after.latches.iter().map(|l| Burn::from(l.rule.severity)).max().unwrap_or(Burn::None);
    let spent = budget(before.spent, standing.exhausted, standing.restored);
    turn_burn(&mut after, &mut turns, before.burn, burn, now);
    turn_spent(&mut after, &mut turns, before.spent, spent, now);
    if was_blind && turns.is_empty() {
        turns.push(Turn::SawAgain);
    }
    (after, turns)
}

fn turn_burn(after: &mut State, turns: &mut Vec<Turn>, from: Burn, to: Burn, now: Minute) {
    if from == to {
        return;
    }
    after.burn = to;
    after.level_since = now;
    if from == Burn::None {
        after.burn_since = now;
    }
    turns.push(match to {
        Burn::None => Turn::BurnEnded,
        to if to > from => Turn::BurnRose { from, to },
        to => Turn::BurnEased { to },
    });
}

fn turn_spent(after: &mut State, turns: &mut Vec<Turn>, from: Spent, to: Spent, now: Minute) {
    if from == to {
        return;
    }
    after.spent = to;
    after.spent_since = now;
    turns.push(if to == Spent::Exhausted { Turn::Exhausted } else { Turn::Restored });
}

/// The budget after a look: whether it is exhausted, and whether enough is there to call it restored.
pub(crate) fn budget(before: Spent, exhausted: bool, restored: bool) -> Spent {
    match before {
        Spent::Within if exhausted => Spent::Exhausted,
        Spent::Exhausted if restored => Spent::Within,
        same => same,
    }
}

/// Which rules hold now. A frozen rule stays as it was; one that no longer holds is let go after [`RELEASE`] minutes, at
/// once when we were blind meanwhile: then the minutes in between have been read back and speak for themselves.
fn latched(before: &[Latch], standing: &Standing, was_blind: bool) -> Vec<Latch> {
    let mut latches = Vec::new();
    for judged in &standing.rules {
        let held = before.iter().find(|l| l.rule == judged.rule);
        if judged.firing {
            latches.push(Latch { rule: judged.rule, quiet_since: None });
            continue;
        }
        let Some(held) = held else { continue };
        if judged.frozen {
            latches.push(held.clone());
            continue;
        }
        let quiet_since = held.quiet_since.unwrap_or(standing.at);
        if standing.at.since(quiet_since) < RELEASE && !was_blind {
            latches.push(Latch { rule: held.rule, quiet_since: Some(quiet_since) });
        }
    }
    latches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{Tally, evaluate};
    use crate::minute::Span;
    use crate::objective::Objective;
    use crate::promise::Promise;
    use crate::state::Word;
    use crate::window::Window;

    /// 1,000 events a minute; `bad` of them fail in the last hour, none before, and the window holds `spent` bad in all.
    fn look(at: i64, bad: u64, spent: u64) -> Standing {
        let (objective, window) = (Objective::from_percent("99.9").unwrap(), Window::parse("30d").unwrap());
        evaluate(&Promise::plain(objective, window), Minute(at), Some(Minute(0)), &[], |span: Span| {
            let total = span.len() as u64 * 1000;
            let bad = if span.len() > 4320 { spent } else { bad * (span.len() as u64).min(60) };
            Tally { good: total - bad.min(total), total, events: total, observed: span.len(), estimated: false }
        })
    }

    fn run(state: &State, look: &Look<'_>, now: i64) -> (State, Vec<Turn>) {
        step(state, look, Minute(now))
    }

    fn calm() -> State {
        run(&State::new(Minute(0)), &Look::Seen(&look(100, 0, 0)), 100).0
    }

    #[test]
    fn every_worsening_turns_once_and_every_end_once() {
        let state = calm();
        let (state, turns) = run(&state, &Look::Seen(&look(101, 20, 100)), 101);
        assert_eq!(turns, [Turn::BurnRose { from: Burn::None, to: Burn::Page }]);
        let (state, turns) = run(&state, &Look::Seen(&look(102, 20, 50_000)), 102);
        assert_eq!((state.word(), turns), (Word::Exhausted, vec![Turn::Exhausted]));
        let (state, turns) = run(&state, &Look::Seen(&look(103, 20, 50_000)), 103);
        assert_eq!(turns, []);
        let mut state = state;
        let mut seen = Vec::new();
        for minute in 104..120 {
            let (next, turns) = run(&state, &Look::Seen(&look(minute, 0, 50_000)), minute);
            state = next;
            seen.extend(turns);
        }
        assert_eq!((seen, state.word()), (vec![Turn::BurnEnded], Word::Exhausted));
        let (state, turns) = run(&state, &Look::Seen(&look(130, 20, 50_000)), 130);
        assert_eq!(turns, [Turn::BurnRose { from: Burn::None, to: Burn::Page }]);
        assert_eq!(state.word(), Word::Exhausted);
    }

    #[test]
    fn one_fault_is_a_blip_two_blind_and_seeing_again_unchanged_is_silent() {
        let fault = Fault::new(FaultKind::Unreachable, "refused");
        let (state, turns) = run(&calm(), &Look::Fault(&fault), 101);
        assert_eq!((state.word(), turns.len()), (Word::Calm, 0));
        let (state, turns) = run(&state, &Look::Fault(&fault), 102);
        assert_eq!((state.word(), turns.len()), (Word::Blind, 1));
        let (state, turns) = run(&state, &Look::Fault(&fault), 103);
        assert_eq!(turns, []);
        let (state, turns) = run(&state, &Look::Seen(&look(104, 0, 0)), 104);
        assert_eq!((state.word(), turns), (Word::Calm, vec![Turn::SawAgain]));
        assert!(!Turn::SawAgain.told());
    }

    #[test]
    fn alerts_freeze_while_blind() {
        let (state, _) = run(&calm(), &Look::Seen(&look(101, 20, 100)), 101);
        let fault = Fault::new(FaultKind::TimedOut, "no answer");
        let (state, _) = run(&state, &Look::Fault(&fault), 102);
        let (state, turns) = run(&state, &Look::Fault(&fault), 103);
        assert_eq!(state.burn, Burn::Page);
        assert_eq!(turns.len(), 1);
        let (state, turns) = run(&state, &Look::Seen(&look(110, 20, 100)), 110);
        assert_eq!((state.word(), turns), (Word::Burning, vec![Turn::SawAgain]));
    }

    #[test]
    fn a_budget_at_the_brim_does_not_flap() {
        let brim = 43_200;
        let mut state = calm();
        let mut turns = Vec::new();
        for minute in 0..50 {
            let spent = brim + u64::from(minute % 2 == 0) * 5 - 2;
            let (next, more) = run(&state, &Look::Seen(&look(200 + minute, 0, spent)), 200 + minute);
            state = next;
            turns.extend(more);
        }
        assert_eq!(turns, [Turn::Exhausted]);
    }

    proptest::proptest! {
        #[test]
        fn turns_tell_exactly_what_changed(script in proptest::collection::vec((0_u8..4, 0_u64..30, 0_u64..90_000), 1..60)) {
            let fault = Fault::new(FaultKind::Unreachable, "refused");
            let mut state = calm();
            for (i, (what, bad, spent)) in script.into_iter().enumerate() {
                let now = 300 + i as i64;
                let standing = look(now, bad, spent);
                let input = if what == 0 { Look::Fault(&fault) } else { Look::Seen(&standing) };
                let (next, turns) = run(&state, &input, now);
                let worse = next.burn > state.burn || next.spent > state.spent || next.fault().is_some() && state.fault().is_none();
                proptest::prop_assert_eq!(turns.iter().any(Turn::worsens), worse);
                if next.fault().is_some() {
                    proptest::prop_assert_eq!((next.burn, next.spent), (state.burn, state.spent));
                }
                state = next;
            }
        }
    }
}
