//! The history of an SLO that Datadog keeps: counts for a metric SLO, seconds up and down for one that measures time.

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::Layout;
use firewatch_domain::minute::{MINUTE_S, Minute, Span};
use firewatch_domain::ports::{ReadRequest, Reading};

use super::fold::{Counts, SETTLE_MS, reading};
use super::wire::{Counted, History, HistoryData, Point, SloKind, in_order, open, unsound};
use crate::exchange::{Setback, refused_query};

const UP: i64 = 0;
const DOWN: i64 = 1;
const NO_DATA: i64 = 2;

/// Reads the answer to a question about an SLO's history.
pub(super) fn read(place: &str, body: &[u8], request: &ReadRequest, now_ms: i64) -> Result<Reading, Setback> {
    let history: History = open(place, body)?;
    if let Some(error) = history.errors.into_iter().flatten().next() {
        return Err(refused_query(place, error.error.as_deref().unwrap_or("it gave no reason")));
    }
    let Some(data) = history.data else { return Err(unsound(place, "no data of the SLO")) };
    if let Some(error) = data.overall.iter().find_map(|o| o.errors.as_ref()?.first()) {
        let message = format!("{place} could not work out all of this SLO: {}", error.error_message);
        return Err(Setback::part(Fault::new(FaultKind::Partial, message)));
    }
    match (data.kind, &data.series) {
        (SloKind::Metric, Some(series)) => counted(place, series, request, now_ms),
        (SloKind::Metric, None) => Err(unsound(place, "no counts of an SLO that counts")),
        (SloKind::Monitor | SloKind::TimeSlice, _) => timed(place, &data, request, now_ms),
    }
}

fn counted(place: &str, series: &Counted, request: &ReadRequest, now_ms: i64) -> Result<Reading, Setback> {
    let (times, good, all) = (&series.times, &series.numerator.values, &series.denominator.values);
    if times.len() != good.len() || times.len() != all.len() {
        return Err(unsound(place, "counts that do not belong to its times"));
    }
    in_order(place, times.iter().copied())?;
    let of = |values: &[Option<f64>]| {
        let points: Vec<Point> = times.iter().copied().zip(values.iter().copied()).collect();
        let mut counts = Counts::default();
        counts.add(&points, Some(step_ms(series.interval)));
        counts
    };
    reading(place, request, Layout::GoodTotal, &of(good), &of(all), now_ms).map_err(Setback::part)
}

/// Intervals are milliseconds by the description and seconds by habit.
pub(super) fn step_ms(interval: i64) -> i64 {
    if interval >= 1000 { interval } else { interval.saturating_mul(1000) }
}

/// Every minute is sixty seconds; those of which nothing is known are left out of both sides.
fn timed(place: &str, data: &HistoryData, request: &ReadRequest, now_ms: i64) -> Result<Reading, Setback> {
    let history = data.overall.as_ref().and_then(|overall| overall.history.as_ref());
    let Some(history) = history.filter(|history| !history.is_empty()) else {
        let message = format!("{place} tells no history of this SLO; its monitors may be new, or without data.");
        return Err(Setback::part(Fault::new(FaultKind::NoSeries, message)));
    };
    in_order(place, history.iter().map(|(second, _)| *second))?;
    if history.iter().any(|(second, _)| *second > 1e11) {
        return Err(unsound(place, "points that are out of their order or of no time"));
    }
    let mut states = Vec::with_capacity(history.len());
    for (second, state) in history {
        let state = [UP, DOWN, NO_DATA].into_iter().find(|known| (*known as f64 - state).abs() < f64::EPSILON);
        let state = state.ok_or_else(|| unsound(place, "a state that is neither up nor down"))?;
        // As Datadog has it: no data is up where slices of time are measured.
        let state = if state == NO_DATA && data.kind == SloKind::TimeSlice { UP } else { state };
        states.push((*second as i64, state));
    }
    let settled = Minute((now_ms - SETTLE_MS).div_euclid(MINUTE_S * 1000));
    let span = Span::new(request.span.from, request.span.to.min(settled));
    let seconds = seconds(&states, span);
    let slices = seconds.into_iter().map(|[up, down]| (up + down > 0).then(|| vec![up, up + down]));
    Ok(Reading {
        layout: Layout::GoodTotal,
        from: span.from,
        slices: slices.collect(),
        carries: Vec::new(),
        estimated: false,
        series: 1,
        remark: Some("this SLO of Datadog measures time: its events are seconds".to_owned()),
        fault: None,
        adds: false,
    })
}

/// Seconds up and down in each minute of a span.
fn seconds(states: &[(i64, i64)], span: Span) -> Vec<[u64; 2]> {
    let mut minutes = vec![[0; 2]; span.len() as usize];
    for (i, (since, state)) in states.iter().enumerate() {
        let until = states.get(i + 1).map_or(span.to.start_s(), |(next, _)| *next).min(span.to.start_s());
        let mut at = (*since).max(span.from.start_s());
        while at < until && *state != NO_DATA {
            let minute = at.div_euclid(MINUTE_S);
            let end = until.min((minute + 1) * MINUTE_S);
            minutes[(minute - span.from.0) as usize][*state as usize] += (end - at).unsigned_abs();
            at = end;
        }
    }
    minutes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_fall_into_their_minutes() {
        let span = Span::new(Minute(10), Minute(13));
        let states = [(500, UP), (630, DOWN), (650, UP), (700, NO_DATA), (710, UP), (721, NO_DATA)];
        assert_eq!(seconds(&states, span), [[40, 20], [50, 0], [1, 0]]);
        assert_eq!(seconds(&[(660, DOWN)], span), [[0, 0], [0, 60], [0, 60]]);
        assert_eq!(seconds(&[(0, UP), (9_000, DOWN)], span), [[60, 0]; 3]);
    }
}
