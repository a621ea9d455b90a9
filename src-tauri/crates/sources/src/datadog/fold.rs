//! From points of Datadog to minutes.
//!
//! A point counts what happened from its time on, for as long as its step. A minute without a point between two others had no traffic;
//! where points are missing for longer, nothing tells quiet from a silent agent, and the minutes are unobserved. Points coarser than a
//! minute are spread over their minutes evenly and add up to what Datadog said; the SLO says *estimated*.

use std::collections::BTreeMap;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::Layout;
use firewatch_domain::minute::{MINUTE_S, Minute, Span};
use firewatch_domain::ports::{ReadRequest, Reading};

use super::wire::Point;

const MINUTE_MS: i64 = MINUTE_S * 1000;
/// Datadog goes on adding to a minute for this long.
pub(super) const SETTLE_MS: i64 = 120_000;
/// Minutes between two points that are taken for quiet.
const LONGEST_QUIET: i64 = 15;
/// Data older than this is stale.
const STALE_MS: i64 = 600_000;
/// A span that ended longer ago is history.
const HISTORY_MS: i64 = 900_000;
/// The largest count that is exact.
const MOST: f64 = 9_007_199_254_740_992.0;

/// Counts of one query by minute.
#[derive(Debug, Default)]
pub(super) struct Counts {
    minutes: BTreeMap<i64, u64>,
    /// Minutes whose value is no count.
    odd: Vec<i64>,
    /// Length of a point in minutes; 1 unless coarser.
    coarse: i64,
    /// Some values were no whole numbers.
    fractions: bool,
    /// First minute after the newest point.
    end: Option<i64>,
}

impl Counts {
    /// Adds a series; several of one query are groups, and add up. `step_ms` where the answer says one.
    pub(super) fn add(&mut self, points: &[Point], step_ms: Option<i64>) {
        let known: Vec<(i64, f64)> = points.iter().filter_map(|(ms, value)| Some((ms.round() as i64, (*value)?))).collect();
        let between = points.windows(2).map(|pair| (pair[1].0 - pair[0].0).round() as i64).min();
        let step = (between.or(step_ms).unwrap_or(MINUTE_MS) / MINUTE_MS).clamp(1, 24 * 60);
        self.coarse = self.coarse.max(step);
        for (ms, value) in known {
            let first = ms.div_euclid(MINUTE_MS);
            self.end = self.end.max(Some(first + step));
            if !(0.0..=MOST).contains(&value) {
                self.odd.extend(first..first + step);
                continue;
            }
            let count = value.round();
            self.fractions |= (value - count).abs() > 1e-6;
            let (each, more) = (count as u64 / step as u64, count as u64 % step as u64);
            for i in 0..step {
                *self.minutes.entry(first + i).or_default() += each + u64::from((i as u64) < more);
            }
        }
    }

    fn at(&self, minute: i64) -> u64 {
        self.minutes.get(&minute).copied().unwrap_or(0)
    }
}

/// The reading of one indicator from its two queries.
pub(super) fn reading(
    place: &str,
    request: &ReadRequest,
    layout: Layout,
    part: &Counts,
    total: &Counts,
    now_ms: i64,
) -> Result<Reading, Fault> {
    let historic = request.span.to.start_s() * 1000 + HISTORY_MS < now_ms;
    let Some(newest) = total.end else { return absent(place, request, layout, historic) };
    let settled = (now_ms - SETTLE_MS).div_euclid(MINUTE_MS);
    let end = if historic { request.span.to.0 } else { request.span.to.0.min(settled).min(newest) };
    let span = Span::new(request.span.from, Minute(end));
    let odd = |minute: i64| total.odd.contains(&minute) || part.odd.contains(&minute);
    let seen: Vec<i64> = total.minutes.keys().copied().collect();
    let quiet = |minute: i64| {
        let next = seen.partition_point(|m| *m < minute);
        let before = next.checked_sub(1).and_then(|i| seen.get(i));
        matches!((before, seen.get(next)), (Some(before), Some(after)) if after - before <= LONGEST_QUIET + 1)
    };
    let slice = |minute: i64| {
        let known = !odd(minute) && (total.minutes.contains_key(&minute) || quiet(minute));
        known.then(|| vec![part.at(minute), total.at(minute)])
    };
    let slices = (span.from.0..span.to.0).map(slice).collect();
    let coarse = part.coarse.max(total.coarse);
    let fractions = part.fractions || total.fractions;
    let latest_odd = (span.from.0..span.to.0).rev().find(|minute| odd(*minute));
    let fault = match latest_odd {
        Some(minute) if !historic && end - minute <= 2 => {
            let message = format!("{place} gives a value that cannot be counted (negative, or beyond 2^53).");
            Some(Fault::new(FaultKind::NotANumber, message))
        }
        _ if !historic && now_ms - newest * MINUTE_MS > STALE_MS => Some(stale(place, newest)),
        _ => None,
    };
    Ok(Reading {
        layout,
        from: span.from,
        slices,
        carries: Vec::new(),
        estimated: coarse > 1 || fractions,
        series: 2,
        remark: remark(coarse, fractions),
        fault,
        adds: false,
    })
}

fn stale(place: &str, newest: i64) -> Fault {
    let since = Minute(newest).start().format("%H:%M");
    let cure = "if silence means no traffic, write default_zero(…) around the query; else look after the agent.";
    Fault::new(FaultKind::Stale, format!("{place} has no data since {since} UTC; {cure}"))
}

fn remark(coarse: i64, fractions: bool) -> Option<String> {
    match (coarse > 1, fractions) {
        (true, _) => Some(format!("Datadog answers in steps of {coarse} minutes; the counts are spread evenly over them")),
        (false, true) => Some("Datadog gives fractions of events, which are rounded".to_owned()),
        (false, false) => None,
    }
}

fn absent(place: &str, request: &ReadRequest, layout: Layout, historic: bool) -> Result<Reading, Fault> {
    let queries = request.indicator.queries();
    let query = queries.last().map_or("", |(_, query)| query.as_str());
    if historic {
        return Ok(Reading {
            layout,
            from: request.span.from,
            slices: vec![None; request.span.len() as usize],
            carries: Vec::new(),
            estimated: false,
            series: 0,
            remark: Some(format!("no points of {query} in this part of history")),
            fault: None,
            adds: false,
        });
    }
    Err(if request.seen_before {
        let message = format!("{place} has no points of {query} any more; does the agent still send it under these tags?");
        Fault::new(FaultKind::SeriesVanished, message)
    } else {
        Fault::new(FaultKind::NoSeries, format!("{place} has no points of {query}; check the metric's name and its tags."))
    })
}
