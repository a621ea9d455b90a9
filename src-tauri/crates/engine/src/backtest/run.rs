//! One definition replayed over one history, as shown.

use firewatch_domain::alerting::{Severity, trim_number};
use firewatch_domain::history::History;
use firewatch_domain::minute::{MINUTE_S, Minute, Span};
use firewatch_domain::objective::Objective;
use firewatch_domain::replay::{Alert, Replay, Stretch, replay};
use firewatch_domain::slo::Slo;
use firewatch_domain::sums::Sums;
use firewatch_domain::window::lookback_text;
use firewatch_domain::words;

use super::{Clocks, rfc};
use crate::view::{BacktestAlert, BacktestRule, BacktestRun, BacktestSpan};

/// A definition replayed: for people and scripts, and for reckoning on.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// As shown.
    pub view: BacktestRun,
    /// As found.
    pub found: Replay,
    /// What should be known beside the figures.
    pub notes: Vec<String>,
}

/// The stretch to replay: the last `minutes` before `to`, at most all there is; all of it where `None`.
pub fn over(history: &History, to: Option<Minute>, minutes: Option<i64>) -> Span {
    let all = history.span();
    let to = to.unwrap_or(all.to);
    let from = minutes.map_or(all.from, |minutes| all.from.max(to.plus(-minutes)));
    Span::new(from.min(to), to)
}

/// Replays `span` of a history against a definition.
pub fn replayed(slo: &Slo, history: &History, span: Span, clocks: Clocks) -> Replayed {
    of_sums(slo, &mut Sums::of(history, &slo.promise()), span, clocks)
}

/// The same over sums that are there already.
pub(crate) fn of_sums(slo: &Slo, sums: &mut Sums, span: Span, clocks: Clocks) -> Replayed {
    let found = replay(&slo.promise(), sums, span);
    let view = BacktestRun {
        objective: slo.objective.ratio(),
        window: slo.window.to_string(),
        method: slo.method.word().to_owned(),
        under_s: slo.indicator.threshold(),
        from: rfc(found.over.from),
        to: rfc(found.over.to),
        alerts: found.alerts.iter().map(shown).collect(),
        rules: found
            .rules
            .iter()
            .map(|r| BacktestRule {
                rule: r.rule.written(),
                severity: r.rule.severity.word().to_owned(),
                long: lookback_text(r.rule.long),
                short: lookback_text(r.rule.short),
                factor: r.rule.factor(),
                reachable: r.rule.reachable(slo.objective),
                alerts: r.alerts.iter().map(shown).collect(),
            })
            .collect(),
        exhausted: found.exhausted.iter().map(|s| BacktestSpan { start: rfc(s.start), end: s.end.map(rfc) }).collect(),
        consumed_max: found.consumed_max.map(|(share, _)| share),
        consumed_max_at: found.consumed_max.map(|(_, at)| rfc(at)),
        consumed: found.consumed_end,
        coverage: found.coverage,
        blind_s: (found.blind * MINUTE_S) as f64,
        full_from: found.full_from.map(rfc),
        pages: count(&found, Severity::Page),
        tickets: count(&found, Severity::Ticket),
        nights_woken: clocks.nights(wakers(&found)) as u32,
        left: Vec::new(),
    };
    let notes = notes(slo.objective, &found);
    Replayed { view, found, notes }
}

fn shown(alert: &Alert) -> BacktestAlert {
    let Stretch { start, end } = alert.stretch;
    BacktestAlert {
        severity: alert.severity.word().to_owned(),
        start: rfc(start),
        end: end.map(rfc),
        spent: alert.spent,
        warming: alert.warming,
    }
}

fn count(found: &Replay, severity: Severity) -> u32 {
    found.alerts.iter().filter(|a| a.severity == severity).count() as u32
}

/// What wakes people: pages, and budgets that are gone.
fn wakers(found: &Replay) -> impl Iterator<Item = Minute> + '_ {
    let pages = found.alerts.iter().filter(|a| a.severity == Severity::Page).map(|a| a.stretch.start);
    pages.chain(found.exhausted.iter().map(|s| s.start))
}

fn notes(objective: Objective, found: &Replay) -> Vec<String> {
    let mut notes = Vec::new();
    if found.over.is_empty() {
        notes.push("there is no history to replay".to_owned());
        return notes;
    }
    match found.full_from {
        Some(full) if full <= found.over.from => {}
        Some(full) => {
            notes.push(format!("before {} the window reaches back before the first data; figures are over what is there", rfc(full)));
        }
        None => notes.push("the data is shorter than the window; figures are over what is there".to_owned()),
    }
    for rule in found.rules.iter().filter(|r| !r.rule.reachable(objective)).map(|r| r.rule) {
        let needed = trim_number(rule.factor() * (1.0 - objective.ratio()) * 100.0);
        notes.push(format!("`{}` can never fire at {objective}: it needs more than {needed} % errors", rule.written()));
    }
    if let Some(seen) = found.coverage.filter(|seen| *seen < 1.0) {
        notes.push(format!("{} of the stretch was observed", words::percent(seen)));
    }
    notes
}
