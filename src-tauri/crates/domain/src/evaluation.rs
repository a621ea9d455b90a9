//! Where an SLO stands at a minute: sums over windows turned into budget, burn rates, rules and time to exhaustion.
//!
//! Formulas (g, b, t: good, bad, total; o: objective; B = 1 - o; W: window; w: look-back), Google SRE Workbook, chapter 5:
//! `sli = g/t`, `allowed = B*t`, `consumed = b/(B*t)` over W, `burn(w) = (b/t over w) / B`,
//! `time to exhaustion = remaining * W / burn(w)`. An undefined figure is `None`, never 0 or 1.

use std::collections::BTreeMap;

use crate::alerting::{LOOKBACKS, Rule, Severity};
use crate::minute::{MINUTE_S, Minute, Span};
use crate::objective::{Objective, WHOLE};
use crate::window::Window;

/// Below this observed share of a look-back its rule is frozen: it neither fires nor resolves.
pub const LEAST_COVERAGE: f64 = 0.5;

/// What was counted over a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Good events.
    pub good: u64,
    /// All events.
    pub total: u64,
    /// Minutes observed.
    pub observed: i64,
    /// A carry or a sum by the server is inside.
    pub estimated: bool,
}

impl Tally {
    /// Bad events.
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

    /// Events that may be bad: `(1 - objective) * total`.
    pub fn allowed(&self, objective: Objective) -> Option<f64> {
        (self.total > 0).then(|| self.total as f64 * objective.budget_ppb() as f64 / WHOLE as f64)
    }

    /// The whole budget is gone: `bad >= allowed`, exact, in integers.
    pub fn exhausts(&self, objective: Objective) -> bool {
        self.total > 0 && u128::from(self.bad()) * u128::from(WHOLE) >= u128::from(self.total) * u128::from(objective.budget_ppb())
    }
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
    /// Observed share of the long look-back, since the first data.
    pub coverage: f64,
    /// Both exceed the factor.
    pub firing: bool,
    /// Too little observed to say.
    pub frozen: bool,
}

/// Where an SLO stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Exclusive end of the last minute counted.
    pub at: Minute,
    /// The window.
    pub window: Span,
    /// Counts over the window.
    pub tally: Tally,
    /// Share of the budget that is gone.
    pub consumed: Option<f64>,
    /// Burn rate by look-back in minutes.
    pub burn: BTreeMap<i64, Option<f64>>,
    /// Rules in the order of the definition.
    pub rules: Vec<RuleStanding>,
    /// Seconds until nothing is left at the pace of [`pace_lookback`].
    pub time_to_exhaustion_s: Option<f64>,
}

impl Standing {
    /// Observed share of the window.
    pub fn coverage(&self) -> f64 {
        self.tally.observed as f64 / self.window.len().max(1) as f64
    }

    /// Unobserved seconds of the window.
    pub fn unobserved_s(&self) -> i64 {
        (self.window.len() - self.tally.observed) * MINUTE_S
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
/// judged. `tally` sums any span, carries included where it encloses them.
pub fn evaluate(
    objective: Objective,
    window: Window,
    rules: &[Rule],
    at: Minute,
    born: Option<Minute>,
    mut tally: impl FnMut(Span) -> Tally,
) -> Standing {
    let span = window.span(at);
    let whole = tally(span);
    let consumed = whole.burn(objective);
    let mut rates = BTreeMap::new();
    for lookback in LOOKBACKS.into_iter().filter(|m| *m <= window.minutes()) {
        rates.insert(lookback, tally(Span::ending(at, lookback)).burn(objective));
    }
    let pace = pace_lookback(rules);
    let pace_burn = tally(Span::ending(at, pace)).burn(objective);
    let judged = rules.iter().map(|rule| judge(*rule, objective, at, born, &mut tally)).collect();
    Standing {
        at,
        window: span,
        tally: whole,
        consumed,
        burn: rates,
        rules: judged,
        time_to_exhaustion_s: time_to_exhaustion(consumed, pace_burn, window),
    }
}

fn judge(rule: Rule, objective: Objective, at: Minute, born: Option<Minute>, tally: &mut impl FnMut(Span) -> Tally) -> RuleStanding {
    let (long_span, short_span) = (Span::ending(at, rule.long), Span::ending(at, rule.short));
    let (long, short) = (tally(long_span), tally(short_span));
    let coverage = share_seen(long_span, long.observed, born);
    let frozen = coverage < LEAST_COVERAGE || share_seen(short_span, short.observed, born) < LEAST_COVERAGE;
    let exceeded = |t: &Tally| rule.exceeded(t.bad(), t.total, objective);
    let firing = !frozen && exceeded(&long) && exceeded(&short);
    RuleStanding { rule, long, short, coverage, firing, frozen }
}

fn share_seen(span: Span, observed: i64, born: Option<Minute>) -> f64 {
    let Some(born) = born else { return 0.0 };
    let expected = Span::new(span.from.max(born), span.to).len();
    if expected == 0 { 0.0 } else { observed as f64 / expected as f64 }
}

/// `remaining * W / burn`; only while something is left and it burns.
pub fn time_to_exhaustion(consumed: Option<f64>, burn: Option<f64>, window: Window) -> Option<f64> {
    let (remaining, burn) = (1.0 - consumed?, burn?);
    (remaining > 0.0 && burn > 0.0).then(|| remaining * (window.minutes() * MINUTE_S) as f64 / burn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steady(bad_per: u64) -> impl Fn(Span) -> Tally {
        move |span| Tally {
            good: span.len() as u64 * (10_000 - bad_per),
            total: span.len() as u64 * 10_000,
            observed: span.len(),
            estimated: false,
        }
    }

    fn at_three_nines(tally: impl Fn(Span) -> Tally) -> Standing {
        let window = Window::parse("30d").unwrap();
        evaluate(Objective::from_percent("99.9").unwrap(), window, &Rule::workbook(window), Minute(100_000), Some(Minute(0)), tally)
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
        let window = Window::parse("30d").unwrap();
        for (burn, seconds) in [(1.0, 2_592_000.0), (2.0, 1_296_000.0), (10.0, 259_200.0), (1000.0, 2592.0)] {
            assert_eq!(time_to_exhaustion(Some(0.0), Some(burn), window), Some(seconds));
        }
        assert_eq!(time_to_exhaustion(Some(1.2), Some(3.0), window), None);
        assert_eq!(time_to_exhaustion(Some(0.2), Some(0.0), window), None);
        assert_eq!(time_to_exhaustion(None, Some(1.0), window), None);
    }

    #[test]
    fn what_was_not_seen_freezes_the_rule_and_what_did_not_exist_does_not() {
        let window = Window::parse("30d").unwrap();
        let objective = Objective::from_percent("99.9").unwrap();
        let half_blind = |span: Span| Tally { good: 0, total: 100, observed: span.len() * 4 / 10, estimated: false };
        let standing = evaluate(objective, window, &Rule::workbook(window), Minute(100_000), Some(Minute(0)), half_blind);
        assert!(standing.rules.iter().all(|r| r.frozen && !r.firing) && standing.too_little_seen());
        let newborn = |span: Span| Tally { good: 0, total: 100, observed: span.len().min(6), estimated: false };
        let standing = evaluate(objective, window, &Rule::workbook(window), Minute(100_000), Some(Minute(99_994)), newborn);
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
