//! Where an SLO stands at a minute: sums over windows turned into budget, burn rates, rules and time to exhaustion.
//!
//! Formulas (g, b, t: good, bad, total; o: objective; B = 1 - o; W: window; w: look-back), Google SRE Workbook, chapter 5:
//! `sli = g/t`, `allowed = B*t`, `consumed = b/(B*t)` over W, `burn(w) = (b/t over w) / B`,
//! `time to exhaustion = remaining * W / burn(w)`. An undefined figure is `None`, never 0 or 1.
//!
//! Events are counted for occurrences, whole time slices for the other methods. A calendar period is judged by what it held
//! so far; [`Projected`] stands beside it and says what that makes of the whole period at the same traffic.

use std::collections::BTreeMap;

use crate::alerting::{LOOKBACKS, Rule, Severity};
use crate::exclusion::minutes_inside;
use crate::method::Grid;
use crate::minute::{MINUTE_S, Minute, Span};
use crate::objective::{Objective, WHOLE};
use crate::promise::Promise;
use crate::window::Window;

/// Below this observed share of a look-back its rule is frozen: it neither fires nor resolves.
pub const LEAST_COVERAGE: f64 = 0.5;
/// An exhausted budget is restored below this consumed share, in percent.
pub const RESTORED_BELOW: i64 = 98;
/// In the first part of a calendar period, one in so many, only what exhausts the projected period exhausts the budget: the
/// few events so far would let a single bad minute do it.
const YOUNG_PERIOD: i64 = 10;

/// What was counted over a span, in the units of the method ([`Slo::unit`](crate::slo::Slo::unit)): events, time slices, or trillionths of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Good units.
    pub good: u64,
    /// All units.
    pub total: u64,
    /// All events, whatever the method counts.
    pub events: u64,
    /// Minutes observed, without excluded ones.
    pub observed: i64,
    /// A carry or a sum by the server is inside.
    pub estimated: bool,
}

impl Tally {
    /// Bad units.
    pub fn bad(&self) -> u64 {
        self.total - self.good.min(self.total)
    }

    /// `good / total`.
    pub fn sli(&self) -> Option<f64> {
        (self.total > 0).then(|| self.good as f64 / self.total as f64)
    }

    /// Times too fast: `(bad / total) / (1 - objective)`.
    pub fn burn(&self, objective: Objective) -> Option<f64> {
        (self.total > 0).then(|| self.bad() as f64 * WHOLE as f64 / (self.total as f64 * objective.budget_ppb() as f64))
    }

    /// Units that may be bad: `(1 - objective) * total`.
    pub fn allowed(&self, objective: Objective) -> Option<f64> {
        (self.total > 0).then(|| self.total as f64 * objective.budget_ppb() as f64 / WHOLE as f64)
    }

    /// The whole budget is gone: `bad >= allowed`, exact, in integers.
    pub fn exhausts(&self, objective: Objective) -> bool {
        self.spends(objective, 1, 1)
    }

    /// `bad >= allowed * num / den`, exact, in integers.
    fn spends(&self, objective: Objective, num: i64, den: i64) -> bool {
        let spent = u128::from(self.bad()) * u128::from(WHOLE) * u128::from(den.unsigned_abs());
        let allowed = u128::from(self.total) * u128::from(objective.budget_ppb()) * u128::from(num.unsigned_abs());
        self.total > 0 && spent >= allowed
    }

    /// Good, bad and all as counted for people: events, or time slices (with decimals where their ratios are averaged).
    /// `unit` is [`Slo::unit`](crate::slo::Slo::unit).
    pub fn counts(&self, unit: u64) -> Counts {
        let unit = unit.max(1) as f64;
        Counts { good: self.good as f64 / unit, bad: self.bad() as f64 / unit, total: self.total as f64 / unit }
    }
}

/// A tally in whole events or time slices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counts {
    /// Good.
    pub good: f64,
    /// Bad.
    pub bad: f64,
    /// All.
    pub total: f64,
}

/// What a running calendar period makes of its budget, if the rest of it has the traffic it had so far and nothing bad.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projected {
    /// Units of the whole period: those so far, in proportion to its length.
    pub total: f64,
    /// Units of the whole period that may be bad.
    pub allowed: f64,
    /// Share of that which is gone.
    pub consumed: f64,
}

/// One rule against the counts.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleStanding {
    /// The rule.
    pub rule: Rule,
    /// Over the long look-back.
    pub long: Tally,
    /// Over the short look-back.
    pub short: Tally,
    /// Observed share of the long look-back, since the first data, without excluded minutes.
    pub coverage: f64,
    /// Both exceed the factor, and the long look-back holds enough events.
    pub firing: bool,
    /// Too little observed to say.
    pub frozen: bool,
    /// Too few events to say anything.
    pub too_few: bool,
}

/// Where an SLO stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Exclusive end of the last minute counted.
    pub at: Minute,
    /// The window, of a calendar period the part that has passed.
    pub window: Span,
    /// What of it is counted: the same, or its whole time slices.
    pub counted: Span,
    /// Minutes of the counted span that are excluded.
    pub excluded: i64,
    /// Counts over the window.
    pub tally: Tally,
    /// Share of the budget that is gone.
    pub consumed: Option<f64>,
    /// The whole budget is gone.
    pub exhausted: bool,
    /// So much of it is there that one that was exhausted counts as restored: less than [`RESTORED_BELOW`] is gone.
    pub restored: bool,
    /// The same for the whole of a running calendar period.
    pub projected: Option<Projected>,
    /// Burn rate by look-back in minutes.
    pub burn: BTreeMap<i64, Option<f64>>,
    /// Rules in the order of the definition.
    pub rules: Vec<RuleStanding>,
    /// Seconds until nothing is left at the pace of [`pace_lookback`].
    pub time_to_exhaustion_s: Option<f64>,
}

impl Standing {
    /// Minutes that could have been observed.
    pub fn expected(&self) -> i64 {
        self.counted.len() - self.excluded
    }

    /// Observed share of the window, without excluded minutes.
    pub fn coverage(&self) -> f64 {
        self.tally.observed as f64 / self.expected().max(1) as f64
    }

    /// Unobserved seconds of the window.
    pub fn unobserved_s(&self) -> i64 {
        (self.expected() - self.tally.observed).max(0) * MINUTE_S
    }

    /// Seconds until nothing is left at a burn rate, traffic as it is; `None` when a calendar period ends first.
    pub fn exhausted_in_s(&self, window: Window, burn: Option<f64>) -> Option<f64> {
        if let Window::Rolling(minutes) = window {
            return time_to_exhaustion(self.consumed, burn, minutes);
        }
        let period = window.period(self.at);
        let left_s = (period.to.since(self.at) * MINUTE_S) as f64;
        time_to_exhaustion(self.projected.map(|p| p.consumed), burn, period.len()).filter(|seconds| *seconds < left_s)
    }

    /// The nearest page rule could not be judged for want of observed minutes.
    pub fn too_little_seen(&self) -> bool {
        self.rules.iter().find(|r| r.rule.severity == Severity::Page).is_some_and(|r| r.frozen)
    }
}

/// The look-back by which the time to exhaustion is reckoned: the long one of the quickest page rule.
pub fn pace_lookback(rules: &[Rule]) -> i64 {
    rules.iter().filter(|r| r.severity == Severity::Page).map(|r| r.long).min().unwrap_or(60)
}

/// Evaluates at `at`. `born` is the first minute ever observed: what came before does not count as missed when a rule is
/// judged. `excluded` are the minutes left out, ascending and disjoint ([`crate::exclusion::merged`]). `tally` sums a span
/// without them, carries included where it encloses them; under a slice method it is asked only for whole time slices of
/// [`Promise::grid`].
pub fn evaluate(promise: &Promise, at: Minute, born: Option<Minute>, excluded: &[Span], tally: impl FnMut(Span) -> Tally) -> Standing {
    let mut look = Look { grid: promise.grid(at), at, born, excluded, tally };
    let (window, period) = (promise.window.span(at), promise.window.period(at));
    let spending = look.spending(promise, window, period);
    let (exhausted, restored) = (spending.exhausted(promise.objective), spending.restored(promise.objective));
    let Spending { counted, left_out, tally: whole, pace } = spending;
    let consumed = whole.burn(promise.objective);
    let lookbacks = LOOKBACKS.into_iter().filter(|m| *m <= promise.window.minutes());
    let burn = lookbacks.map(|lookback| (lookback, look.back(lookback).0.burn(promise.objective))).collect();
    let pace_burn = look.back(pace_lookback(&promise.rules)).0.burn(promise.objective);
    let rules = promise.rules.iter().map(|rule| look.judge(*rule, promise)).collect();
    let projected = promise.window.calendar().and_then(|_| pace.project(&whole, promise.objective));
    let standing = Standing {
        at,
        window,
        counted,
        excluded: left_out,
        tally: whole,
        consumed,
        exhausted,
        restored,
        projected,
        burn,
        rules,
        time_to_exhaustion_s: None,
    };
    Standing { time_to_exhaustion_s: standing.exhausted_in_s(promise.window, pace_burn), ..standing }
}

/// Looking back from one minute.
pub(crate) struct Look<'a, F> {
    pub grid: Option<Grid>,
    pub at: Minute,
    pub born: Option<Minute>,
    pub excluded: &'a [Span],
    pub tally: F,
}

/// What a window counts.
pub(crate) struct Spending {
    /// What of the window is counted: the same, or its whole time slices.
    pub counted: Span,
    /// Minutes of it that are excluded.
    pub left_out: i64,
    /// The counts.
    pub tally: Tally,
    pace: Pace,
}

impl Spending {
    /// The whole budget is gone.
    pub fn exhausted(&self, objective: Objective) -> bool {
        self.pace.spends(&self.tally, objective, 100)
    }

    /// Enough of it is there to call it restored.
    pub fn restored(&self, objective: Objective) -> bool {
        !self.pace.spends(&self.tally, objective, RESTORED_BELOW)
    }
}

impl<F: FnMut(Span) -> Tally> Look<'_, F> {
    fn back(&mut self, minutes: i64) -> (Tally, Span) {
        let span = self.grid.map_or(Span::ending(self.at, minutes), |grid| grid.ending(self.at, minutes));
        ((self.tally)(span), span)
    }

    /// What the window counts; `window` and `period` are those of its minute.
    pub fn spending(&mut self, promise: &Promise, window: Span, period: Span) -> Spending {
        let calendar = promise.window.calendar().is_some();
        let counted = self.grid.map_or(window, |grid| if calendar { grid.inside(window) } else { grid.ending(self.at, window.len()) });
        let left_out = minutes_inside(self.excluded, counted);
        let pace = Pace { so_far: counted.len() - left_out, in_all: period.to.since(counted.from) - left_out };
        Spending { counted, left_out, tally: (self.tally)(counted), pace }
    }

    pub fn judge(&mut self, rule: Rule, promise: &Promise) -> RuleStanding {
        let ((long, long_span), (short, short_span)) = (self.back(rule.long), self.back(rule.short));
        let coverage = self.share_seen(long_span, long.observed);
        let frozen = coverage < LEAST_COVERAGE || self.share_seen(short_span, short.observed) < LEAST_COVERAGE;
        let too_few = long.events < promise.minimum_events;
        let exceeded = |t: &Tally| rule.exceeded(t.bad(), t.total, promise.objective);
        let firing = !frozen && !too_few && exceeded(&long) && exceeded(&short);
        RuleStanding { rule, long, short, coverage, firing, frozen, too_few }
    }

    /// Observed share of what could have been observed. Where everything is excluded nothing is missing: the rule is judged,
    /// and does not hold.
    fn share_seen(&self, span: Span, observed: i64) -> f64 {
        let Some(born) = self.born else { return 0.0 };
        let since = Span::new(span.from.max(born), span.to);
        let expected = since.len() - minutes_inside(self.excluded, since);
        match expected {
            0 if since.is_empty() => 0.0,
            0 => 1.0,
            expected => observed as f64 / expected as f64,
        }
    }
}

/// Minutes of a period that were counted, and those it will have when nothing more is excluded. Alike when rolling.
#[derive(Debug, Clone, Copy)]
struct Pace {
    so_far: i64,
    in_all: i64,
}

impl Pace {
    fn project(self, tally: &Tally, objective: Objective) -> Option<Projected> {
        let scale = self.in_all as f64 / self.so_far.max(1) as f64;
        let allowed = tally.allowed(objective)? * scale;
        Some(Projected { total: tally.total as f64 * scale, allowed, consumed: tally.bad() as f64 / allowed })
    }

    /// Whether so many percent of the budget are gone.
    fn spends(self, tally: &Tally, objective: Objective, percent: i64) -> bool {
        let young = self.so_far * YOUNG_PERIOD < self.in_all;
        let (num, den) = if young { (self.in_all, self.so_far) } else { (1, 1) };
        tally.spends(objective, num * percent, den * 100)
    }
}

/// `remaining * W / burn` in seconds, W in minutes; only while something is left and it burns.
pub fn time_to_exhaustion(consumed: Option<f64>, burn: Option<f64>, window_minutes: i64) -> Option<f64> {
    let (remaining, burn) = (1.0 - consumed?, burn?);
    (remaining > 0.0 && burn > 0.0).then(|| remaining * (window_minutes * MINUTE_S) as f64 / burn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(bad_per: u64) -> impl Fn(Span) -> Tally {
        move |span| Tally {
            good: span.len() as u64 * (10_000 - bad_per),
            total: span.len() as u64 * 10_000,
            events: span.len() as u64 * 10_000,
            observed: span.len(),
            estimated: false,
        }
    }

    fn at_three_nines(tally: impl Fn(Span) -> Tally) -> Standing {
        let window = Window::parse("30d").unwrap();
        evaluate(&Promise::plain(Objective::from_percent("99.9").unwrap(), window), Minute(100_000), Some(Minute(0)), &[], tally)
    }

    #[test]
    fn steady_ratios_fire_as_the_workbook_says() {
        for (bad, page, ticket) in [
            (5, false, false),
            (10, false, false),
            (11, false, true),
            (30, false, true),
            (31, false, true),
            (60, false, true),
            (61, true, true),
            (145, true, true),
            (10_000, true, true),
        ] {
            let standing = at_three_nines(steady(bad));
            let fires = |s| standing.rules.iter().any(|r| r.rule.severity == s && r.firing);
            assert_eq!((fires(Severity::Page), fires(Severity::Ticket)), (page, ticket), "{bad} in 10,000");
        }
    }

    #[test]
    fn the_published_times_to_exhaustion() {
        for (burn, seconds) in [(1.0, 2_592_000.0), (2.0, 1_296_000.0), (10.0, 259_200.0), (1000.0, 2592.0)] {
            assert_eq!(time_to_exhaustion(Some(0.0), Some(burn), 43_200), Some(seconds));
        }
        assert_eq!(time_to_exhaustion(Some(1.2), Some(3.0), 43_200), None);
        assert_eq!(time_to_exhaustion(Some(0.2), Some(0.0), 43_200), None);
        assert_eq!(time_to_exhaustion(None, Some(1.0), 43_200), None);
    }

    #[test]
    fn what_was_not_seen_freezes_the_rule_and_what_did_not_exist_does_not() {
        let window = Window::parse("30d").unwrap();
        let promise = Promise::plain(Objective::from_percent("99.9").unwrap(), window);
        let half_blind = |span: Span| Tally { good: 0, total: 100, events: 100, observed: span.len() * 4 / 10, estimated: false };
        let standing = evaluate(&promise, Minute(100_000), Some(Minute(0)), &[], half_blind);
        assert!(standing.rules.iter().all(|r| r.frozen && !r.firing) && standing.too_little_seen());
        let newborn = |span: Span| Tally { good: 0, total: 100, events: 100, observed: span.len().min(6), estimated: false };
        let standing = evaluate(&promise, Minute(100_000), Some(Minute(99_994)), &[], newborn);
        assert!(standing.rules[0].firing);
    }

    #[test]
    fn no_traffic_is_no_figure() {
        let standing = at_three_nines(|span| Tally { observed: span.len(), ..Tally::default() });
        assert_eq!((standing.consumed, standing.tally.sli(), standing.time_to_exhaustion_s), (None, None, None));
        assert!(standing.burn.values().all(Option::is_none));
        assert!(!standing.tally.exhausts(Objective::from_percent("99.9").unwrap()));
    }
}
