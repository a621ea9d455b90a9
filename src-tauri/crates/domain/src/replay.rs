//! What a definition would have done over a stretch of history, minute by minute: its alerts, what was spent before each,
//! when the budget was gone.
//!
//! Every minute is judged by the functions the live engine judges by. At minute `m` a look-back is the last whole minutes
//! before `m`, so a fault of one minute shows at the end of that minute. A stretch of alerting begins with the first minute
//! at which a rule is seen to hold, and ends with the first at which it is seen not to, provided that it stays so for
//! [`RELEASE`](crate::turn::RELEASE) minutes: then the live engine lets go of it, and what comes later is another alert. In the same way an
//! exhausted budget ends with the first minute at which something was left, provided that it came below
//! [`RESTORED_BELOW`](crate::evaluation::RESTORED_BELOW) before it was gone again. While too little was seen nothing begins or ends.

mod nights;
mod stretch;

pub use nights::nights_woken;
pub use stretch::Stretch;

use crate::alerting::{Rule, Severity};
use crate::evaluation::Look;
use crate::exclusion::minutes_inside;
use crate::method::Grid;
use crate::minute::{Minute, Span};
use crate::promise::Promise;
use crate::state::Spent;
use crate::sums::Sums;
use crate::turn::budget;
use stretch::{Seen, Watch};

/// One alert of a replay.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// How loud.
    pub severity: Severity,
    /// From when to when.
    pub stretch: Stretch,
    /// Share of the budget that was gone when it began.
    pub spent: Option<f64>,
    /// Its longest look-back reached back before the first data: it was judged over what is there.
    pub warming: bool,
}

/// One rule and when it held.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleReplay {
    /// The rule.
    pub rule: Rule,
    /// Its alerts.
    pub alerts: Vec<Alert>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// Replayed stretch.
    pub over: Span,
    /// Alerts by severity, whichever rule held, in order of time.
    pub alerts: Vec<Alert>,
    /// The same rule by rule.
    pub rules: Vec<RuleReplay>,
    /// When nothing was left of the budget.
    pub exhausted: Vec<Stretch>,
    /// The largest share of the budget that was ever gone, and when first.
    pub consumed_max: Option<(f64, Minute)>,
    /// Share that was gone at the end.
    pub consumed_end: Option<f64>,
    /// Observed share of the stretch, since the first data, without excluded minutes.
    pub coverage: Option<f64>,
    /// Minutes at which too little was seen to judge.
    pub blind: i64,
    /// Since when the whole window lies within the data; what came before was judged over what is there.
    pub full_from: Option<Minute>,
}

/// Replays `over`, looking back beyond its start where there is history.
pub fn replay(promise: &Promise, sums: &mut Sums, over: Span) -> Replay {
    let Promise { objective, window, ref rules, .. } = *promise;
    let over = over.overlap(Span::new(sums.born().unwrap_or(sums.span().from), over.to));
    let born = sums.born();
    let severities = [Severity::Page, Severity::Ticket];
    let mut by_rule: Vec<Watch> = rules.iter().map(|_| Watch::default()).collect();
    let mut by_severity = [Watch::default(), Watch::default()];
    let mut gone = Watch::default();
    let mut spent = Spent::Within;
    let mut result = Replay {
        over,
        alerts: Vec::new(),
        rules: Vec::new(),
        exhausted: Vec::new(),
        consumed_max: None,
        consumed_end: None,
        coverage: seen_share(sums, over),
        blind: 0,
        full_from: born.map(|born| born.plus(window.minutes())).filter(|full| *full <= over.to),
    };
    let quickest = rules.iter().position(|rule| rule.severity == Severity::Page);
    let mut seen = vec![Seen::Quiet; rules.len()];
    let excluded = sums.excluded();
    let mut calendar = Calendar { promise, period: None };
    for m in over.from.0 + 1..=over.to.0 {
        let at = Minute(m);
        let (window, period, grid) = calendar.at(at);
        let mut look = Look { grid, at, born, excluded: &excluded, tally: |span| sums.tally(span, grid) };
        for (rule, seen) in rules.iter().zip(&mut seen) {
            let judged = look.judge(*rule, promise);
            *seen = if judged.frozen {
                Seen::Nothing
            } else if judged.firing {
                Seen::Holding
            } else {
                Seen::Quiet
            };
        }
        let spending = look.spending(promise, window, period);
        let (exhausts, consumed) = (spending.exhausted(objective), spending.tally.burn(objective));
        result.consumed_end = consumed;
        if let Some(share) = consumed
            && result.consumed_max.is_none_or(|(most, _)| share > most)
        {
            result.consumed_max = Some((share, at));
        }
        // As the live engine: an SLO that cannot judge its quickest page rule is blind as a whole, and keeps its state.
        if quickest.is_some_and(|i| seen[i] == Seen::Nothing) {
            result.blind += 1;
            continue;
        }
        for (watch, seen) in by_rule.iter_mut().zip(&seen) {
            watch.look(at, *seen, consumed);
        }
        for (watch, severity) in by_severity.iter_mut().zip(severities) {
            let holds = rules.iter().zip(&by_rule).any(|(rule, watch)| rule.severity == severity && watch.held());
            watch.look(at, if holds { Seen::Holding } else { Seen::Quiet }, consumed);
        }
        spent = budget(spent, exhausts, spending.restored(objective));
        gone.keep(at, exhausts, spent == Spent::Exhausted, consumed);
    }
    let born = born.unwrap_or(over.from);
    let longest = |severity| rules.iter().filter(|r| r.severity == severity).map(|r| r.long).max().unwrap_or(0);
    let alerts = |watch: Watch, severity, long| {
        let ended = watch.ended().into_iter();
        let alert = ended.map(move |(stretch, spent)| Alert { severity, stretch, spent, warming: stretch.start.since(born) < long });
        alert.collect::<Vec<_>>()
    };
    for (watch, severity) in by_severity.into_iter().zip(severities) {
        result.alerts.extend(alerts(watch, severity, longest(severity)));
    }
    result.alerts.sort_by_key(|alert| (alert.stretch.start, std::cmp::Reverse(alert.severity)));
    result.rules = rules
        .iter()
        .zip(by_rule)
        .map(|(rule, watch)| RuleReplay { rule: *rule, alerts: alerts(watch, rule.severity, rule.long) })
        .collect();
    result.exhausted = gone.ended().into_iter().map(|(stretch, _)| stretch).collect();
    result
}

/// Window, period and time slices minute after minute; a period of the calendar is reckoned once.
struct Calendar<'a> {
    promise: &'a Promise,
    period: Option<Span>,
}

impl Calendar<'_> {
    fn at(&mut self, at: Minute) -> (Span, Span, Option<Grid>) {
        let window = self.promise.window;
        if window.calendar().is_none() {
            let span = window.span(at);
            return (span, span, self.promise.grid(at));
        }
        let last = at.plus(-1);
        let period = match self.period {
            Some(period) if period.contains(last) => period,
            _ => *self.period.insert(window.period(at)),
        };
        let grid = self.promise.method.slice_minutes().map(|minutes| Grid { minutes, phase: period.from.0.rem_euclid(minutes) });
        (Span::new(period.from, at), period, grid)
    }
}

fn seen_share(sums: &Sums, over: Span) -> Option<f64> {
    let span = Span::new(over.from.max(sums.born()?), over.to);
    let expected = span.len() - minutes_inside(&sums.excluded(), span);
    (expected > 0).then(|| sums.observed(span) as f64 / expected as f64)
}
