//! Chart data: the burn-down of the present window, the indicator step by step, and what was seen of it.

use firewatch_domain::entry::Event;
use firewatch_domain::evaluation::{Standing, Tally};
use firewatch_domain::exclusion::minutes_inside;
use firewatch_domain::incident::Incident;
use firewatch_domain::minute::{HOUR, MINUTE_S, Minute, Span};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};

use crate::excluded::in_force;
use crate::page::Page;
use crate::view::{ChartDeed, ChartMark, ChartSpan, SloCharts};
use crate::{Engine, EngineError};

/// Points of a chart, at most about this many.
const POINTS: i64 = 240;
/// Turns looked through for those of the range.
const TURNS: u32 = 400;

impl Engine {
    /// The last `hours` of an SLO, at most its window; all of the window without. The burn-down starts full where the window starts
    /// and ends at the figure of the list: each point is what is left of the present window's budget once everything from the
    /// window's start up to it is counted.
    pub fn slo_charts(&self, id: &str, hours: Option<f64>) -> Result<SloCharts, EngineError> {
        if hours.is_some_and(|hours| !hours.is_finite() || hours <= 0.0) {
            return Err(EngineError::Invalid("a chart shows more than 0 hours; give how many, or none for the whole window".to_owned()));
        }
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let slo = tx.find_slo(id)?;
            let incidents = self.claiming(tx, &slo.id)?;
            let mut book = self.book();
            let page = book.page(tx, &slo.id, now)?;
            let Some(at) = page.at() else {
                return Ok(SloCharts { objective: slo.objective.ratio(), step_s: 60.0, ..SloCharts::default() });
            };
            let window = page.promise.counted(at);
            let range = hours.map_or(window, |hours| window.overlap(Span::ending(at, ((hours * HOUR as f64) as i64).max(1))));
            let mut charts = drawn(tx, page, window, range)?;
            if slo.window.calendar().is_some() {
                let period = slo.window.period(at);
                charts.period_to = Some(period.to.start_s() as f64);
                charts.projected = page.standing(tx)?.and_then(|s| projected(&s, period)).filter(|_| charts.allowed.is_some());
            }
            for incident in &incidents {
                let felt = incident.felt(&slo.id, at).into_iter().map(|span| span.overlap(range)).filter(|span| !span.is_empty());
                charts.deeds.extend(deeds(incident).filter(|deed| range.contains(Minute((deed.at / 60.0) as i64))));
                charts.incidents.extend(felt.map(|span| chart_span(&incident.id, &incident.title, span)));
            }
            charts.deeds.sort_by(|a, b| a.at.total_cmp(&b.at));
            for exclusion in in_force(tx, page)? {
                let span = exclusion.span.overlap(range);
                charts.exclusions.extend((!span.is_empty()).then(|| chart_span(&exclusion.id, &exclusion.reason, span)));
            }
            let turns = tx.turns(&slo.id, TURNS)?.into_iter().filter(|turn| range.contains(turn.at));
            charts.turns = turns.map(|t| ChartMark { at: t.at.start_s() as f64, text: t.text, state: t.state }).collect();
            charts.turns.reverse();
            Ok(charts)
        })
    }
}

/// What was done to the system, as an incident tells it; what was struck does not hold.
fn deeds(incident: &Incident) -> impl Iterator<Item = ChartDeed> {
    incident.entries.iter().filter(|entry| !incident.struck.contains_key(&entry.id)).filter_map(|entry| {
        let Some(Event::Marked { mark, text }) = Event::of(entry) else { return None };
        let text = incident.corrected.get(&entry.id).cloned().unwrap_or(text);
        Some(ChartDeed {
            at: entry.at.timestamp() as f64,
            mark: mark.word().to_owned(),
            text: words::plain(&text, 200),
            incident: incident.id.clone(),
        })
    })
}

/// `1 − (consumed × elapsed + burn × rest) / period`: what was spent so far keeps its weight, the rest burns as the last hour did.
fn projected(standing: &Standing, period: Span) -> Option<f64> {
    let (consumed, burn) = (standing.consumed?, standing.burn.get(&HOUR).copied().flatten()?);
    let (elapsed, rest) = (standing.at.since(period.from) as f64, period.to.since(standing.at) as f64);
    Some(1.0 - (consumed * elapsed + burn * rest) / (elapsed + rest).max(1.0))
}

fn chart_span(id: &str, text: &str, span: Span) -> ChartSpan {
    ChartSpan { id: id.to_owned(), text: words::plain(text, 200), from: span.from.start_s() as f64, to: span.to.start_s() as f64 }
}

fn drawn(tx: &Tx<'_>, page: &mut Page, window: Span, range: Span) -> Result<SloCharts, StoreError> {
    let (objective, unit) = (page.slo.objective, page.slo.unit() as f64);
    let allowed = page.tally(tx, window)?.allowed(objective).filter(|_| page.history().is_none());
    let step = (range.len() + POINTS - 1) / POINTS;
    let mut charts = SloCharts {
        allowed: allowed.map(|allowed| allowed / unit),
        objective: objective.ratio(),
        step_s: (step * MINUTE_S) as f64,
        window_from: window.from.start_s() as f64,
        ..SloCharts::default()
    };
    let minutes = seen(tx, page, range)?;
    let mut from = range.from;
    while from < range.to {
        let span = Span::new(from, range.to.min(from.plus(step)));
        let tally = page.tally(tx, span)?;
        // From the window's start, not step by step: what was carried across steps is in no step, but is in their sum.
        let spent = page.tally(tx, Span::new(window.from, span.to))?.bad();
        let inside = &minutes[span.from.since(range.from) as usize..span.to.since(range.from) as usize];
        let observed = inside.iter().flatten().count() as f64;
        let any = observed > 0.0;
        charts.t.push(span.to.start_s() as f64);
        charts.remaining.push(allowed.map(|allowed| 1.0 - spent as f64 / allowed));
        charts.spent.push(spent as f64 / unit);
        charts.sli.push(tally.sli().filter(|_| any));
        charts.low.push(inside.iter().flatten().filter_map(Tally::sli).reduce(f64::min));
        charts.total.push(any.then_some(tally.total as f64 / unit));
        charts.bad.push(any.then_some(tally.bad() as f64 / unit));
        let excluded = minutes_inside(&page.excluded, span) as f64;
        charts.unobserved.push(span.len() as f64 - excluded - observed);
        charts.empty.push(inside.iter().flatten().filter(|m| m.total == 0).count() as f64);
        charts.excluded.push(excluded);
        from = span.to;
    }
    Ok(charts)
}

/// The minutes of a range, `None` where unobserved or excluded.
fn seen(tx: &Tx<'_>, page: &Page, range: Span) -> Result<Vec<Option<Tally>>, StoreError> {
    let mut minutes = page.minutes(tx, range)?;
    for excluded in page.excluded.iter().map(|e| e.overlap(range)).filter(|e| !e.is_empty()) {
        minutes[excluded.from.since(range.from) as usize..excluded.to.since(range.from) as usize].fill(None);
    }
    Ok(minutes)
}
