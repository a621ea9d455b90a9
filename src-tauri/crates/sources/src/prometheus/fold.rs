//! From the series of one indicator to its slices, carries and faults.
//!
//! A minute is answered once it is complete: the newest sample lies at or past its end, or so much time went by that none
//! will come. A half-filled minute never goes out as final.

use std::collections::HashSet;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Counts, Indicator, same_bound};
use firewatch_domain::minute::{MINUTE_S, Minute, Span};
use firewatch_domain::ports::{ReadRequest, Reading};

use super::difference::interval_ms;
use super::harvest::{Harvest, Track};
use super::sheet::{ENOUGH, Sheet};
use super::want::{Role, layout, leading};
use crate::exchange::skewed;

const MINUTE_MS: i64 = MINUTE_S * 1000;
/// Data older than this, and than three scrape intervals, is stale.
const STALE_MS: i64 = 150_000;
/// A span that ended longer ago than this is history: nobody expects it to reach the present.
pub(crate) const HISTORY_MS: i64 = 600_000;
/// Data may come from the future by this much.
const MOST_AHEAD_MS: i64 = 300_000;
/// What a fold needs besides the series.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// Our clock, in unix milliseconds.
    pub now_ms: i64,
    /// The source's usual scrape interval.
    pub usual_ms: i64,
    /// Who answered, for messages.
    pub place: &'a str,
}

/// The reading of one indicator.
pub(crate) fn reading(request: &ReadRequest, member: usize, harvest: &Harvest, moment: Moment<'_>) -> Result<Reading, Fault> {
    let share = harvest.share(member);
    let leading = share.iter().filter(|(role, _)| leads(&request.indicator, share, *role));
    let leads_of: Vec<&Track> = leading.map(|(_, track)| &harvest.tracks[*track]).collect();
    let historic = request.span.to.start_s() * 1000 + HISTORY_MS < moment.now_ms;
    let newest = leads_of.iter().filter_map(|track| track.samples.last()).map(|s| s.ms).max();
    let Some(newest) = newest else { return absent(request, member, harvest, moment, historic) };
    if newest - moment.now_ms > MOST_AHEAD_MS {
        return Err(skewed(moment.place, (moment.now_ms - newest) / 1000));
    }
    let bounds = bounds(share, harvest);
    check_boundary(&request.indicator, &bounds)?;
    let usual = usual(&leads_of, moment.usual_ms);
    let span = Span::new(request.span.from, end(request.span, newest, usual, moment.now_ms));
    let layout = layout(&request.indicator, bounds.clone());
    let mut sheet = Sheet::new(&request.indicator, span, layout.columns());
    for (role, track) in share {
        sheet.fill(*role, &harvest.tracks[*track], &bounds, leads(&request.indicator, share, *role), usual);
    }
    let (slices, odd) = sheet.slices();
    let renamed = share.iter().filter(|(_, track)| harvest.renamed.contains(track)).count();
    let mut reading = Reading {
        layout,
        from: span.from,
        slices,
        carries: sheet.carries,
        estimated: sheet.interpolated || renamed > 0,
        series: share.iter().map(|(_, track)| track).collect::<HashSet<_>>().len() as u64,
        remark: (renamed > 0)
            .then(|| format!("{renamed} series changed their names; what they counted in that minute is not known"))
            .or_else(|| remark(&request.indicator, share, &bounds, harvest, sheet.interpolated)),
        fault: None,
        adds: false,
    };
    let age = moment.now_ms - newest;
    let aged = (!historic && age > STALE_MS.max(3 * usual)).then_some(age);
    judge(&mut reading, request, &odd, aged, harvest, moment);
    Ok(reading)
}

/// Whether series of a role make a minute observed: those of all events, or of either half.
fn leads(indicator: &Indicator, share: &[(Role, usize)], role: Role) -> bool {
    match (indicator, role) {
        (Indicator::Halves { .. }, _) | (_, Role::Second | Role::Level | Role::Native) => true,
        // Without its counter, a histogram's own buckets say that it was there.
        (_, Role::Bucket) => share.iter().all(|(r, _)| *r != Role::Second),
        (_, Role::First) => false,
    }
}

fn absent(request: &ReadRequest, member: usize, harvest: &Harvest, moment: Moment<'_>, historic: bool) -> Result<Reading, Fault> {
    let selector = leading(&request.indicator);
    let minutes = request.span.to.min(Minute(moment.now_ms.div_euclid(MINUTE_MS))).since(request.span.from).max(0);
    let reading = |remark: Option<String>, fault: Option<Fault>| Reading {
        layout: layout(&request.indicator, Vec::new()),
        from: request.span.from,
        slices: vec![None; minutes as usize],
        carries: Vec::new(),
        estimated: false,
        series: 0,
        remark,
        fault,
        adds: false,
    };
    if let Some(warning) = &harvest.warning {
        return Ok(reading(None, Some(partial(moment.place, warning))));
    }
    if historic {
        return Ok(reading(Some(format!("no samples of {selector} in this part of history")), None));
    }
    let place = moment.place;
    if matches!(request.indicator, Indicator::Native { .. }) && !harvest.share(member).is_empty() {
        let message = format!(
            "{selector} at {place} is no native histogram: its samples are plain numbers. Name the _bucket series of a classic one instead, or let the server ingest native histograms."
        );
        return Err(Fault::new(FaultKind::QueryRefused, message));
    }
    Err(if request.seen_before {
        let message = format!("The series of {selector} are gone from {place}; is the target still scraped under these labels?");
        Fault::new(FaultKind::SeriesVanished, message)
    } else {
        let message = format!("{place} has no series for {selector}; check the name and the labels.");
        Fault::new(FaultKind::NoSeries, message)
    })
}

/// Boundaries that were seen, ascending, without infinity.
fn bounds(share: &[(Role, usize)], harvest: &Harvest) -> Vec<f64> {
    let seen = share.iter().filter(|(role, _)| *role == Role::Bucket).filter_map(|(_, track)| harvest.tracks[*track].le);
    let mut bounds: Vec<f64> = seen.filter(|le| le.is_finite()).collect();
    bounds.sort_by(f64::total_cmp);
    bounds.dedup_by(|a, b| same_bound(*a, *b));
    bounds
}

/// A threshold between boundaries cannot be counted.
pub(crate) fn check_boundary(indicator: &Indicator, bounds: &[f64]) -> Result<(), Fault> {
    let Indicator::Latency { buckets, threshold, .. } = indicator else { return Ok(()) };
    if bounds.iter().any(|bound| same_bound(*bound, *threshold)) {
        return Ok(());
    }
    let below = bounds.iter().rev().find(|bound| *bound < threshold);
    let above = bounds.iter().find(|bound| *bound > threshold);
    let near = match (below, above) {
        (Some(below), Some(above)) => format!("its neighbours are {below} and {above}; choose one of them"),
        (Some(only), None) | (None, Some(only)) => format!("the nearest is {only}; choose it"),
        (None, None) => "the selector finds no buckets with `le`; check it".to_owned(),
    };
    Err(Fault::new(FaultKind::NoSuchBoundary, format!("{threshold} is no boundary of the histogram {buckets}: {near}.")))
}

/// Usual distance of the samples that lead.
fn usual(leads: &[&Track], fallback_ms: i64) -> i64 {
    let mut known: Vec<i64> =
        leads.iter().filter_map(|t| interval_ms(&t.samples)).filter(|(_, n)| *n >= ENOUGH).map(|(ms, _)| ms).collect();
    known.sort_unstable();
    known.get(known.len() / 2).copied().unwrap_or(fallback_ms)
}

/// First minute that is not complete yet.
fn end(span: Span, newest_ms: i64, usual_ms: i64, now_ms: i64) -> Minute {
    let by_sample = Minute(newest_ms.div_euclid(MINUTE_MS));
    let by_clock = Minute((now_ms - 2 * usual_ms).div_euclid(MINUTE_MS));
    let present = Minute(now_ms.div_euclid(MINUTE_MS));
    by_sample.max(by_clock).min(present).min(span.to).max(span.from)
}

fn remark(indicator: &Indicator, share: &[(Role, usize)], bounds: &[f64], harvest: &Harvest, interpolated: bool) -> Option<String> {
    match indicator {
        Indicator::Ratio { counts: Counts::Good, .. } | Indicator::Halves { .. } if share.iter().all(|(role, _)| *role != Role::First) => {
            Some("no good series: counted as 0".to_owned())
        }
        Indicator::Latency { threshold, .. } => {
            let holding = |bound: f64| {
                let same = |track: &Track| track.le.is_some_and(|le| same_bound(le, bound));
                share.iter().filter(|(role, track)| *role == Role::Bucket && same(&harvest.tracks[*track])).count()
            };
            let most = bounds.iter().map(|bound| holding(*bound)).max()?;
            let here = holding(*threshold);
            (here < most).then(|| format!("{here} of {most} histograms have the boundary {threshold}; the others count as slower"))
        }
        Indicator::Native { .. } if interpolated => indicator.inexact().map(str::to_owned),
        _ => None,
    }
}

/// What makes the indicator blind although something was read.
fn judge(reading: &mut Reading, request: &ReadRequest, odd: &[Minute], aged: Option<i64>, harvest: &Harvest, moment: Moment<'_>) {
    if let Some(warning) = &harvest.warning {
        reading.fault = Some(partial(moment.place, warning));
        reading.slices.fill(None);
        reading.carries.clear();
        return;
    }
    let last = reading.from.plus(reading.slices.len() as i64);
    if let Some(minute) = odd.last() {
        let message =
            format!("{} gives {}; minute {} is left out.", moment.place, oddity(&request.indicator), minute.start().format("%H:%M"));
        let historic = request.span.to.start_s() * 1000 + HISTORY_MS < moment.now_ms;
        if !historic && last.since(*minute) <= 2 {
            reading.fault = Some(Fault::new(FaultKind::NotANumber, message));
        } else {
            reading.remark = Some(message);
        }
    }
    if let Some(age) = aged.filter(|_| reading.fault.is_none()) {
        let message = format!("The newest sample at {} is {} old; is the target still scraped?", moment.place, age_text(age));
        reading.fault = Some(Fault::new(FaultKind::Stale, message));
    }
}

/// What a value that was left out is not.
fn oddity(indicator: &Indicator) -> &'static str {
    match indicator {
        Indicator::RawRatio { .. } => "a value that is no ratio from 0 to 1 (divide percentages by 100 in a recording rule)",
        Indicator::Gauge { .. } | Indicator::Threshold { .. } => "a value that is no number (NaN or infinite)",
        _ => "a value that cannot be counted (NaN, infinite, negative or beyond 2^53)",
    }
}

pub(super) fn partial(place: &str, warning: &str) -> Fault {
    Fault::new(FaultKind::Partial, format!("{place} says that parts are missing: {warning}"))
}

fn age_text(ms: i64) -> String {
    let seconds = ms / 1000;
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}
