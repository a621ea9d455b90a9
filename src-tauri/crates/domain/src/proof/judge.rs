//! From a record of hours to a verdict.

use super::hours::{Day, HOURS_OF_WEEK, Record};
use super::quantile::{DayOf, Distribution, Quantile, variances};
use super::range::{Range, Sureness, of_limit};
use super::ratio::{Even, Shares, shares};
use super::{DayFigures, Figures, Reading, Side, Verdict};
use crate::hypothesis::{Aim, Measure};
use crate::indicator::same_bound;
use crate::words::count;

/// Days that count, at least.
const LEAST_DAYS: usize = 2;
/// Bad events, or events beyond a quantile, without which figures say nothing.
const LEAST_EVENTS: f64 = 10.0;
/// The first day after which a week is over.
const LAST_OF_WEEK: usize = 6;

/// What a record says of a claim. `measure`: a quantile names its per cent.
pub fn judge(record: &Record, reading: &Reading, measure: Measure, aim: Aim) -> (Verdict, String, Figures) {
    let days = record.days();
    let mut figures = frame(record, &days, reading, measure);
    if days.len() < LEAST_DAYS {
        return (Verdict::NotEnoughData, too_few_days(record, days.len()), figures);
    }
    let settled = days.iter().any(|day| day.number >= LAST_OF_WEEK);
    let (verdict, why) = match measure {
        Measure::Errors => of_errors(&days, reading, aim, settled, &mut figures),
        Measure::Quantile { percent } => of_quantile(&days, reading, percent.unwrap_or(50.0), aim, settled, &mut figures),
    };
    (verdict, why, figures)
}

/// How it stands: the measure over the week before the record's moment.
pub fn standing(record: &Record, reading: &Reading, measure: Measure) -> Side {
    let (mut side, mut sums) = (Side::default(), Vec::new());
    for hour in record.week_before() {
        let (bad, total) = reading.bad_of_total(&hour.figures);
        (side.bad, side.total, side.minutes) = (side.bad + bad, side.total + total, side.minutes + u64::from(hour.minutes));
        add(&mut sums, &hour.figures);
    }
    side.value = reading.value(&sums, measure);
    side.excluded = record.excluded.0;
    side
}

fn of_errors(days: &[Day<'_>], reading: &Reading, aim: Aim, settled: bool, figures: &mut Figures) -> (Verdict, String) {
    let even: Vec<Even> = days.iter().filter_map(|day| Even::of(day, |columns| reading.bad_of_total(columns))).collect();
    let [before, after] = [figures.before, figures.after];
    if before.total <= 0.0 || after.total <= 0.0 {
        let which = if before.total <= 0.0 { "before" } else { "after" };
        return (Verdict::NotEnoughData, format!("There was no traffic {which}: nothing to compare."));
    }
    let Some(found) = shares(&even) else {
        return (Verdict::NotEnoughData, "No hour had traffic both before and after: nothing to compare.".to_owned());
    };
    (figures.before.value, figures.after.value, figures.spread) = (Some(found.share[0]), Some(found.share[1]), Some(found.spread));
    for day in &mut figures.days {
        let even = even.iter().find(|even| even.number == day.day as usize);
        (day.before, day.after) = (even.map(|even| even.share(0)), even.map(|even| even.share(1)));
    }
    let Some(sure) = Sureness::of(settled, found.freedom) else {
        return (Verdict::NotEnoughData, "So few days have weight that nobody knows how much days differ. More days will tell.".to_owned());
    };
    let sides = [0, 1].map(|side| range(&found, side, sure));
    match aim {
        Aim::Factor(aim) => {
            if before.bad < LEAST_EVENTS {
                let why = format!("Only {} of {} failed before: too few to improve on.", count(before.bad), count(before.total));
                return (Verdict::NotEnoughData, why);
            }
            if found.share[0] * after.total < LEAST_EVENTS {
                let why = format!("Only {} events since: too few to tell whether fewer of them fail.", count(after.total));
                return (Verdict::NotEnoughData, why);
            }
            let factor = factor(&found, sides, sure);
            figures.factor = factor.point;
            figures.interval = Some(factor.interval());
            factor.of_factor(aim)
        }
        Aim::Threshold { limit } => {
            figures.factor = (found.share[1] > 0.0).then(|| found.share[0] / found.share[1]);
            figures.interval = Some(sides[1].interval());
            let (under, over) = (sides[1].is_under(limit), sides[1].is_over(limit));
            of_limit(limit, Measure::Errors, figures.after.value, under, over, sides[0].is_under(limit))
        }
    }
}

fn of_quantile(days: &[Day<'_>], reading: &Reading, percent: f64, aim: Aim, settled: bool, figures: &mut Figures) -> (Verdict, String) {
    let (share, measure) = (percent / 100.0, Measure::Quantile { percent: Some(percent) });
    if reading.bounds.is_empty() {
        let why = "Only good and total are kept of this indicator: without counts per boundary it has no quantile.";
        return (Verdict::NotEnoughData, why.to_owned());
    }
    let beyond = 1.0 - share;
    let all: Vec<DayOf> = days.iter().filter_map(DayOf::of).collect();
    let of: Vec<DayOf> = all.into_iter().filter(|day| day.events.iter().all(|events| events * beyond >= LEAST_EVENTS)).collect();
    let means = [0, 1].map(|side| Distribution::mean(of.iter().map(|day| &day.sides[side])));
    let ([Some(before), Some(after)], true) = (&means, of.len() >= LEAST_DAYS) else {
        let needed = count((LEAST_EVENTS / beyond).ceil());
        return (Verdict::NotEnoughData, format!("{measure} needs two days with at least {needed} events on either side."));
    };
    let sides = [before, after].map(|side| side.quantile(&reading.bounds, share));
    figures.before = told(figures.before, sides[0]);
    figures.after = told(figures.after, sides[1]);
    for day in &mut figures.days {
        let of = of.iter().find(|of| of.number == day.day as usize);
        let value = |side: usize| of.and_then(|of| of.sides[side].quantile(&reading.bounds, share).value);
        (day.before, day.after) = (value(0), value(1));
    }
    let Some(sure) = Sureness::of(settled, 2.0 * (of.len() as f64 - 1.0)) else {
        return (Verdict::NotEnoughData, too_few_words(of.len()));
    };
    let variance = variances(&of, [before, after], &reading.bounds, share);
    figures.factor = sides[0].value.zip(sides[1].value).map(|(before, after)| before / after);
    match aim {
        Aim::Factor(aim) => {
            let low = sides[1].high.map_or(0.0, |after| sides[0].low / after);
            let high = sides[0].high.map_or(f64::INFINITY, |before| before / sides[1].low);
            let factor = Range::around(figures.factor, (low, high), (variance[0] + variance[1]).sqrt(), sure);
            figures.interval = Some(factor.interval());
            factor.of_factor(aim)
        }
        Aim::Threshold { limit } => {
            let ends = (sides[1].low, sides[1].high.unwrap_or(f64::INFINITY));
            figures.interval = Some(Range::around(sides[1].value, ends, variance[1].sqrt(), sure).interval());
            let limits = Limits::of(days, reading, limit, beyond, settled);
            of_limit(limit, measure, sides[1].value, limits.under, limits.over, limits.before)
        }
    }
}

/// Whether a quantile is on one side of a limit, by the share of events beyond it: that needs no interpolation where the limit is
/// a boundary, and else the boundary that speaks against the answer.
struct Limits {
    under: bool,
    over: bool,
    before: bool,
}

impl Limits {
    fn of(days: &[Day<'_>], reading: &Reading, limit: f64, beyond: f64, settled: bool) -> Self {
        let bounds = &reading.bounds;
        let below = bounds.iter().rposition(|bound| *bound < limit || same_bound(*bound, limit));
        let above = bounds.iter().position(|bound| *bound > limit || same_bound(*bound, limit));
        let ranges = |column: Option<usize>| {
            let longer = |columns: &[u64]| {
                let total = columns.last().copied().unwrap_or(0) as f64;
                (total - column.and_then(|column| columns.get(column)).copied().unwrap_or(0) as f64, total)
            };
            let even: Vec<Even> = days.iter().filter_map(|day| Even::of(day, longer)).collect();
            let found = shares(&even)?;
            let sure = Sureness::of(settled, found.freedom)?;
            Some([0, 1].map(|side| range(&found, side, sure)))
        };
        let most = ranges(below);
        let under = |side: usize| most.is_some_and(|sides| sides[side].is_under(beyond));
        let over = above.and_then(|above| ranges(Some(above))).is_some_and(|sides| sides[1].is_over(beyond));
        Self { under: under(1), over, before: under(0) }
    }
}

/// What one share lies in.
fn range(found: &Shares, side: usize, sure: Sureness) -> Range {
    let (share, error) = (found.share[side], found.variance[side].sqrt());
    if share > 0.0 { Range::around(Some(share), (share, share), error, sure) } else { Range::of_none(found.per_event[side], error, sure) }
}

/// What their factor lies in.
fn factor(found: &Shares, sides: [Range; 2], sure: Sureness) -> Range {
    if found.share[1] <= 0.0 {
        return sides[0].over_none(sides[1]);
    }
    let factor = found.share[0] / found.share[1];
    Range::around(Some(factor), (factor, factor), (found.variance[0] + found.variance[1]).sqrt(), sure)
}

/// What can be said of any record: sums, days, hours of the week.
fn frame(record: &Record, days: &[Day<'_>], reading: &Reading, measure: Measure) -> Figures {
    let mut figures = Figures::default();
    let mut week = vec![(Vec::new(), Vec::new()); HOURS_OF_WEEK];
    for day in days {
        figures.days.push(DayFigures { day: day.number as u32, before: None, after: None, hours: day.pairs.len() as u32 });
        for pair in &day.pairs {
            let cell = &mut week[pair.hour_of_week];
            for (side, hour, sum) in [(&mut figures.before, pair.before, &mut cell.0), (&mut figures.after, pair.after, &mut cell.1)] {
                let (bad, total) = reading.bad_of_total(&hour.figures);
                (side.bad, side.total, side.minutes) = (side.bad + bad, side.total + total, side.minutes + u64::from(hour.minutes));
                add(sum, &hour.figures);
            }
        }
    }
    figures.counted = days.len() as u32;
    (figures.before.excluded, figures.after.excluded) = record.excluded;
    figures.week = week.iter().map(|(before, after)| (reading.value(before, measure), reading.value(after, measure))).collect();
    figures
}

impl Reading {
    /// Bad and all events of what was counted.
    pub(super) fn bad_of_total(&self, columns: &[u64]) -> (f64, f64) {
        let figure = |at: usize| columns.get(at).copied().unwrap_or(0);
        let (good, total) = self.projection.good_and_total(figure(self.projection.part), figure(self.projection.other));
        (total.saturating_sub(good) as f64 / self.scale as f64, total as f64 / self.scale as f64)
    }

    /// The measure of what was counted; none where nothing was.
    fn value(&self, columns: &[u64], measure: Measure) -> Option<f64> {
        match measure {
            Measure::Errors => {
                let (bad, total) = self.bad_of_total(columns);
                (total > 0.0).then(|| bad / total)
            }
            Measure::Quantile { percent } => {
                let counts: Vec<f64> = columns.iter().map(|count| *count as f64).collect();
                Distribution::of(&counts).filter(|_| !self.bounds.is_empty())?.quantile(&self.bounds, percent.unwrap_or(50.0) / 100.0).value
            }
        }
    }
}

fn add(sums: &mut Vec<u64>, figures: &[u64]) {
    sums.resize(figures.len().max(sums.len()), 0);
    for (sum, figure) in sums.iter_mut().zip(figures) {
        *sum = sum.saturating_add(*figure);
    }
}

fn told(side: Side, quantile: Quantile) -> Side {
    Side { value: quantile.value, within: Some((quantile.low, quantile.high)), ..side }
}

fn too_few_days(record: &Record, found: usize) -> String {
    let (before, after) = record.minutes();
    match (before, after, record.excluded) {
        (_, 0, (_, left_out)) if left_out > 0 => "Every minute since it shipped is excluded: there is nothing to compare.".to_owned(),
        (0, _, (left_out, _)) if left_out > 0 => "Every minute before it shipped is excluded: there is nothing to compare.".to_owned(),
        (_, 0, _) => "Nothing was counted yet since it shipped.".to_owned(),
        (0, _, _) => "Nothing was counted in the four weeks before it shipped: there is nothing to compare with.".to_owned(),
        _ => too_few_words(found),
    }
}

fn too_few_words(found: usize) -> String {
    let had = if found == 0 { "there is none yet" } else { "there is one" };
    format!("It takes two days, each with six hours that were seen both after it shipped and a week before; {had}. More days will tell.")
}
