//! Planted cases: what a person would say of them is known.

use super::generator::{Dice, bad_of_total};
use super::*;
use crate::indicator::Meaning;
use crate::minute::{DAY, Minute};

const WEEK: i64 = HOURS_OF_WEEK as i64;
const SHIPPED: Minute = Minute(30_000_000);

/// A week before and a week after, an hour at a time: bad and all events.
fn planted(counts: impl Fn(i64) -> Option<(u64, u64)>) -> Record {
    let mut record = Record::new(SHIPPED, 2);
    for hour in -WEEK..WEEK {
        if let Some((bad, total)) = counts(hour) {
            record.set(hour, 60, vec![bad, total]);
        }
    }
    record
}

fn judged(record: &Record, aim: f64) -> (Verdict, String, Figures) {
    judge(record, &bad_of_total(), Measure::Errors, Aim::Factor(aim))
}

#[track_caller]
fn expect(found: &(Verdict, String, Figures), verdict: Verdict, said: &str) {
    assert!(found.0 == verdict && found.1.contains(said), "{:?}: {}", found.0, found.1);
}

#[test]
fn ten_point_two_times() {
    let mut dice = Dice::new(1);
    let rates: Vec<u64> = (0..2 * WEEK).map(|i| dice.poisson(if i < WEEK { 255.0 } else { 25.0 })).collect();
    let record = planted(|hour| Some((rates[(hour + WEEK) as usize], 5000)));
    let found = judged(&record, 10.0);
    expect(&found, Verdict::Proven, "10.2× better");
    let (factor, interval) = (found.2.factor.unwrap(), found.2.interval.unwrap());
    assert!((factor - 10.2).abs() < 0.3 && interval.low.unwrap() > 9.5 && interval.high.unwrap() < 11.0, "{factor} {interval:?}");
    assert_eq!((found.2.days.len(), found.2.before.minutes, found.2.after.total), (7, 10_080, 840_000.0));
    // The same fix measured against more than it does, and against less.
    expect(&judged(&record, 12.0), Verdict::NotProven, "that is better, but 12× is");
    expect(&judged(&record, 3.0), Verdict::Proven, "3× is within reach");
}

#[test]
fn a_fix_that_did_nothing_and_one_that_made_it_worse() {
    let same = planted(|hour| Some((100 + (hour.rem_euclid(3)) as u64, 5000)));
    expect(&judged(&same, 10.0), Verdict::NotProven, "no change is not ruled out, 10× is");
    let worse = planted(|hour| Some((if hour < 0 { 100 } else { 210 }, 5000)));
    expect(&judged(&worse, 10.0), Verdict::NotProven, "Worse, not better");
}

#[test]
fn samples_too_small_say_nothing() {
    let few = planted(|hour| (hour % 40 == 0).then_some((u64::from(hour < 0), 1)));
    assert_eq!(judged(&few, 2.0).0, Verdict::NotEnoughData);
    let rare = planted(|hour| Some((u64::from(hour == -5 || hour == -90), 3)));
    expect(&judged(&rare, 2.0), Verdict::NotEnoughData, "Only 2 of 504 failed before");
    let lull = planted(|hour| Some(if hour < 0 { (10, 500) } else { (0, 1) }));
    expect(&judged(&lull, 2.0), Verdict::NotEnoughData, "Only 168 events since");
    let calm = planted(|_| Some((0, 5000)));
    assert_eq!(judged(&calm, 2.0).0, Verdict::NotEnoughData);
}

#[test]
fn no_error_after_is_better_beyond_measure() {
    let record = planted(|hour| Some((if hour < 0 { 5 } else { 0 }, 500)));
    let found = judged(&record, 10.0);
    expect(&found, Verdict::Proven, "Better beyond measure");
    let interval = found.2.interval.unwrap();
    assert_eq!((found.2.factor, found.2.after.value, interval.high), (None, Some(0.0), None));
    // 840 errors would have come; 3.69 is the limit for none at 95 %.
    assert!((150.0..228.0).contains(&interval.low.unwrap()), "{interval:?}");
    let faint = planted(|hour| Some((u64::from(hour < 0 && hour % 14 == 0), 500)));
    assert!(judged(&faint, 10.0).2.interval.unwrap().low.unwrap() < 4.0);
}

#[test]
fn excluded_and_blind_minutes_leave_both_sides() {
    // The nights after were not seen, and nights before were terrible: they must not make the days look better.
    let night = |hour: i64| hour.rem_euclid(24) < 8;
    let blind = planted(|hour| match (night(hour), hour < 0) {
        (true, true) => Some((4000, 5000)),
        (true, false) => None,
        (false, _) => Some((100, 5000)),
    });
    let found = judged(&blind, 10.0);
    assert_eq!((found.0, found.2.factor), (Verdict::NotProven, Some(1.0)));
    assert_eq!((found.2.before.minutes, found.2.after.minutes), (7 * 16 * 60, 7 * 16 * 60));
    let mut excluded = Record::new(SHIPPED, 2);
    (-7 * DAY..7 * DAY).for_each(|minute| excluded.leave_out(SHIPPED.plus(minute)));
    expect(&judged(&excluded, 10.0), Verdict::NotEnoughData, "Every minute since it shipped is excluded");
    assert_eq!(excluded.excluded, (10_080, 10_080));
    expect(&judged(&planted(|hour| (hour < 0).then_some((9, 99))), 2.0), Verdict::NotEnoughData, "Nothing was counted yet");
    expect(&judged(&planted(|hour| (hour >= 0).then_some((9, 99))), 2.0), Verdict::NotEnoughData, "nothing to compare with");
}

#[test]
fn traffic_that_moves_to_better_hours_is_no_improvement() {
    // Nights fail ten times as often as days; after shipping nobody comes at night any more.
    let counts = |hour: i64| {
        let night = hour.rem_euclid(24) < 12;
        let total: u64 = if night == (hour < 0) { 50_000 } else { 500 };
        Some((total / if night { 10 } else { 100 }, total))
    };
    let found = judged(&planted(counts), 2.0);
    let plain = (found.2.before.bad / found.2.before.total) / (found.2.after.bad / found.2.after.total);
    assert!(plain > 5.0, "{plain}");
    assert_eq!(found.0, Verdict::NotProven);
    assert!((found.2.factor.unwrap() - 1.0).abs() < 1e-9, "{:?}", found.2.factor);
}

#[test]
fn days_that_differ_widen_the_interval() {
    let mut dice = Dice::new(3);
    let loads: Vec<f64> = (0..14).map(|_| (2.0 * (dice.unit() - 0.5)).exp()).collect();
    let wild = planted(|hour| Some(((100.0 * loads[((hour + WEEK) / 24) as usize] / if hour < 0 { 1.0 } else { 1.5 }) as u64, 5000)));
    let steady = planted(|hour| Some((if hour < 0 { 100 } else { 66 }, 5000)));
    let width = |record: &Record| judged(record, 1.0).2.interval.map(|i| i.high.unwrap() / i.low.unwrap()).unwrap();
    assert!(width(&wild) > 1.5 && width(&steady) < 1.1, "{} {}", width(&wild), width(&steady));
    assert_eq!(judged(&steady, 1.5).0, Verdict::Proven);
}

#[test]
fn the_first_days_need_more() {
    let record = |days: i64| planted(|hour| (hour < days * 24).then_some((if hour < 0 { 100 } else { 10 }, 5000)));
    expect(&judged(&record(1), 10.0), Verdict::NotEnoughData, "It takes two days");
    let found = judged(&record(2), 10.0);
    expect(&found, Verdict::Proven, "(99 %)");
    expect(&judged(&record(7), 10.0), Verdict::Proven, "(95 %)");
}

#[test]
fn later_weeks_are_laid_beside_earlier_ones() {
    let mut record = Record::new(SHIPPED, 2);
    // The second week before was twice as bad, and so is the second week after: weeks pair outwards.
    for hour in -2 * WEEK..2 * WEEK {
        let far = !(-WEEK..WEEK).contains(&hour);
        record.set(hour, 60, vec![if hour < 0 { 100 } else { 25 } * if far { 2 } else { 1 }, 5000]);
    }
    let found = judged(&record, 4.0);
    assert_eq!((found.0, found.2.days.len()), (Verdict::Proven, 14));
    assert!(found.2.days.iter().all(|day| (day.before.unwrap() / day.after.unwrap() - 4.0).abs() < 1e-9));
}

#[test]
fn minutes_find_their_hours() {
    let mut record = Record::new(SHIPPED, 2);
    for minute in -7 * DAY..7 * DAY {
        record.add(SHIPPED.plus(minute), [u64::from(minute < 0), 10]);
    }
    record.add(SHIPPED.plus(-29 * DAY), [1, 1]);
    assert_eq!(record.minutes(), (10_080, 10_080));
    let figures = judged(&record, 2.0).2;
    assert_eq!((figures.before.bad, figures.before.total, figures.after.bad), (10_080.0, 100_800.0, 0.0));
    assert!(figures.week.iter().all(|cell| *cell == (Some(0.1), Some(0.0))));
}

/// Page loads of which the given shares stay within 0.1, 0.25, 0.5, 1 and 2.5 seconds.
fn loads(before: [u64; 5], after: [u64; 5]) -> (Record, Reading) {
    let mut record = Record::new(SHIPPED, 6);
    for hour in -WEEK..WEEK {
        let shares = if hour < 0 { before } else { after };
        record.set(hour, 60, shares.into_iter().chain([1000]).collect());
    }
    let projection = Projection { part: 3, other: 5, meaning: Meaning::GoodOfTotal };
    (record, Reading { projection, scale: 1, bounds: vec![0.1, 0.25, 0.5, 1.0, 2.5] })
}

const P95: Measure = Measure::Quantile { percent: Some(95.0) };

#[test]
fn a_quantile_is_interpolated_and_knows_its_error() {
    let (record, reading) = loads([0, 0, 100, 500, 990], [900, 990, 995, 999, 1000]);
    let (verdict, why, figures) = judge(&record, &reading, P95, Aim::Factor(10.0));
    assert_eq!(verdict, Verdict::Proven, "{why}");
    // 95 % lie between 1 and 2.5 s, (950 - 500) / (990 - 500) of the way; after, between 0.1 and 0.25 s.
    assert!((figures.before.value.unwrap() - (1.0 + 1.5 * 450.0 / 490.0)).abs() < 1e-9);
    assert!((figures.after.value.unwrap() - (0.1 + 0.15 * 50.0 / 90.0)).abs() < 1e-9);
    assert_eq!((figures.before.within, figures.after.within), (Some((1.0, Some(2.5))), Some((0.1, Some(0.25)))));
    let interval = figures.interval.unwrap();
    assert!(interval.low.unwrap() <= 4.0 && interval.high.unwrap() >= 25.0, "{interval:?}");
    // Within the same bucket nothing can be told.
    let (record, reading) = loads([0, 0, 100, 500, 990], [0, 0, 100, 900, 990]);
    assert_eq!(judge(&record, &reading, P95, Aim::Factor(2.0)).0, Verdict::NotEnoughData);
    // Beyond the last boundary there is no value, yet an improvement can be told.
    let (record, reading) = loads([0, 0, 0, 100, 500], [900, 990, 995, 999, 1000]);
    let (verdict, _, figures) = judge(&record, &reading, P95, Aim::Factor(10.0));
    assert_eq!((verdict, figures.before.value, figures.factor), (Verdict::Proven, None, None));
    assert_eq!(figures.before.within, Some((2.5, None)));
}

#[test]
fn limits_are_judged_by_shares() {
    let limit = |limit| Aim::Threshold { limit };
    let slow = [0, 0, 100, 500, 990];
    let (record, reading) = loads(slow, [0, 600, 960, 999, 1000]);
    assert_eq!(judge(&record, &reading, P95, limit(0.5)).0, Verdict::Proven);
    // Between boundaries the one that speaks against the answer holds.
    assert_eq!(judge(&record, &reading, P95, limit(0.4)).0, Verdict::NotEnoughData);
    assert_eq!(judge(&record, &reading, P95, limit(0.2)).0, Verdict::NotProven);
    // Under the limit before, too: nothing was proven.
    let (record, reading) = loads([0, 600, 960, 999, 1000], [0, 600, 990, 999, 1000]);
    assert_eq!(judge(&record, &reading, P95, limit(0.5)).0, Verdict::NotProven);
    let (record, reading) = loads([0, 600, 1000, 1000, 1000], [0, 600, 1000, 1000, 1000]);
    assert_eq!(judge(&record, &reading, P95, limit(0.5)).0, Verdict::NotProven);
    let errors = |before: u64, after: u64, limit: f64| {
        let record = planted(|hour| Some((if hour < 0 { before } else { after }, 10_000)));
        judge(&record, &bad_of_total(), Measure::Errors, Aim::Threshold { limit }).0
    };
    assert_eq!(errors(100, 10, 0.005), Verdict::Proven);
    assert_eq!(errors(100, 0, 0.005), Verdict::Proven);
    assert_eq!(errors(100, 90, 0.005), Verdict::NotProven);
    assert_eq!(errors(10, 5, 0.005), Verdict::NotProven);
    assert_eq!(errors(100, 50, 0.005), Verdict::NotEnoughData);
}

#[test]
fn without_counts_per_boundary_there_is_no_quantile() {
    let record = planted(|_| Some((100, 5000)));
    let (verdict, why, _) = judge(&record, &bad_of_total(), P95, Aim::Factor(2.0));
    assert_eq!(verdict, Verdict::NotEnoughData);
    assert!(why.contains("no quantile"), "{why}");
}
