//! Histories by chance: what is promised, what happened minute by minute, and what became known when.

use std::collections::BTreeMap;

use firewatch_domain::alerting::{Alerting, Rule, Scaling, Severity};
use firewatch_domain::method::{EmptySlices, Method, Ratio};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::objective::Objective;
use firewatch_domain::promise::Promise;
use firewatch_domain::window::{Calendar, Unit, Window};

use crate::dice::Dice;

/// Something becomes known.
#[derive(Debug, Clone)]
pub enum News {
    /// Minutes are counted, now or anew: good and all.
    Counted(Vec<(i64, u64, u64)>),
    /// A difference across a span that was not observed: good and all.
    Carried(i64, i64, u64, u64),
    /// These minutes do not count from now on; the list is whole each time.
    Excluded(Vec<(i64, i64)>),
}

/// A history.
#[derive(Debug, Clone)]
pub struct History {
    /// What is promised.
    pub promise: Promise,
    /// First minute.
    pub start: i64,
    /// By the minute at whose end it is known, in order.
    pub news: BTreeMap<i64, Vec<News>>,
    /// Minutes at whose end it is looked at.
    pub looks: Vec<i64>,
}

impl History {
    /// The history of a seed.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let promise = promise(&mut dice);
        let longest = promise.window.minutes().min(2000);
        let length = dice.from(30, longest + longest / 2 + 60);
        let start = start(&mut dice, promise.window);
        let end = start + length;
        let first_look = end - dice.from(5, 25).min(length);
        let mut news: BTreeMap<i64, Vec<News>> = BTreeMap::new();
        let mut tell = |at: i64, what: News| news.entry(at.clamp(first_look, end)).or_default().push(what);
        let minutes = minutes(&mut dice, start, length, promise.objective);
        for run in minutes.chunk_by(|a, b| a.0 + 1 == b.0) {
            if let Some(before) = run.first().map(|m| m.0).filter(|from| *from > start) {
                let gap_from = minutes.iter().rev().find(|m| m.0 < before).map_or(start, |m| m.0 + 1);
                if dice.once_in(2) && gap_from < before {
                    let total = dice.from(0, 5000) as u64;
                    let good = total - (dice.from(0, 400) as u64).min(total);
                    tell(before + 1, News::Carried(gap_from, before, good, total));
                }
            }
        }
        let (before, after): (Vec<_>, Vec<_>) = minutes.into_iter().partition(|m| m.0 < first_look);
        tell(first_look, News::Counted(before));
        for minute in after {
            tell(minute.0 + 1, News::Counted(vec![minute]));
        }
        for _ in 0..dice.from(0, 4) {
            let at = dice.from(first_look, end + 1);
            let from = dice.from(start, at.max(start + 1));
            let late = (from..at.min(from + dice.from(1, 30))).map(|m| {
                let total = dice.from(0, 300) as u64;
                (m, total - dice.from(0, 20).unsigned_abs().min(total), total)
            });
            let late = late.collect();
            tell(at, News::Counted(late));
        }
        if dice.once_in(3) {
            let mut spans = Vec::new();
            for _ in 0..dice.from(1, 4) {
                let from = dice.from(start - 20, end);
                spans.push((from, from + dice.from(1, 90)));
                tell(dice.from(first_look, end + 1), News::Excluded(spans.clone()));
            }
            if dice.once_in(3) {
                tell(end, News::Excluded(spans.split_off(spans.len() / 2)));
            }
        }
        Self { promise, start, news, looks: (first_look..=end).collect() }
    }

    /// The span of everything that happens.
    pub fn span(&self) -> Span {
        Span::new(Minute(self.start), Minute(self.looks.last().copied().unwrap_or(self.start)))
    }
}

/// Somewhere in 2026; for calendar windows often near a change of the clocks.
fn start(dice: &mut Dice, window: Window) -> i64 {
    // 29 March, 25 October, 8 March, 5 April, 4 October, new year, in minutes since the epoch.
    let edges = [29_579_040, 29_881_440, 29_548_800, 29_589_120, 29_851_200, 29_453_760];
    match window {
        Window::Calendar(_) if !dice.once_in(3) => dice.one(&edges) + dice.from(-2000, 500),
        _ => dice.from(29_453_760, 29_979_360),
    }
}

fn promise(dice: &mut Dice) -> Promise {
    let window = window(dice);
    let method = match dice.from(0, 5) {
        0..=1 => Method::Occurrences,
        2..=3 => {
            let target = dice.one(&["0.95", "0.99", "0.999", "1", "0.5"]);
            Method::Timeslices { minutes: dice.one(&[1, 1, 2, 5, 7, 10]), target: Ratio::parse(target).unwrap() }
        }
        _ => Method::RatioTimeslices { minutes: dice.one(&[1, 1, 3, 5, 10]) },
    };
    let scaling = dice.one(&[Scaling::ConstantShare, Scaling::ConstantShare, Scaling::ConstantFactor]);
    let own = dice.once_in(3).then(|| (0..dice.from(1, 4)).map(|_| rule(dice, window, method)).collect());
    let alerting = Alerting { scaling, rules: own, minimum_events: dice.one(&[0, 0, 1, 100, 5000]) };
    Promise {
        objective: Objective::from_percent(dice.one(&["90", "95", "99", "99.5", "99.9", "99.99", "99.999"])).unwrap(),
        window,
        method,
        empty: dice.one(&[EmptySlices::LeaveOut, EmptySlices::Good, EmptySlices::Bad]),
        rules: alerting.rules_for(window, method),
        minimum_events: alerting.minimum_events,
    }
}

fn rule(dice: &mut Dice, window: Window, method: Method) -> Rule {
    let least = 2 * method.slice_minutes().unwrap_or(1);
    let short = dice.from(least, 40.max(least + 1));
    let long = dice.from(short, window.minutes().min(400).max(short + 1));
    let severity = dice.one(&[Severity::Page, Severity::Ticket]);
    Rule { severity, long, short, factor_num: dice.from(1, 200) as u64, factor_den: 10 }
}

/// Anchors at midnight (or an hour that every day has) on a day that every month has: what the table of the domain's own tests
/// holds for the rest.
fn window(dice: &mut Dice) -> Window {
    if !dice.once_in(3) {
        return Window::from_minutes(dice.one(&[60, 60, 61, 90, 120, 180, 240, 360, 1440])).unwrap();
    }
    let zone = dice.one(&["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Kolkata"]);
    let (count, unit) = dice.one(&[(1, Unit::Day), (2, Unit::Day), (1, Unit::Week), (1, Unit::Month), (1, Unit::Quarter)]);
    let day = dice.from(1, 29) as u32;
    let date = chrono::NaiveDate::from_ymd_opt(dice.from(2024, 2028) as i32, dice.from(1, 13) as u32, day).unwrap();
    let hour = dice.one(&[0, 0, 0, 5, 17]);
    Window::Calendar(Calendar { count, unit, start: date.and_hms_opt(hour, 0, 0).unwrap(), zone: zone.parse().unwrap() })
}

/// Minute, good and all: steady, with bursts, silences, gaps, and ratios that lie exactly on a threshold.
fn minutes(dice: &mut Dice, start: i64, length: i64, objective: Objective) -> Vec<(i64, u64, u64)> {
    let mut minutes = Vec::new();
    let mut at = start;
    while at < start + length {
        let until = (at + dice.from(1, 120)).min(start + length);
        let traffic = dice.one(&[0, 1, 3, 100, 1000, 10_000]);
        let tie = objective.budget_ppb() * dice.one(&[10, 20, 60, 144]);
        let (kind, share) = (dice.from(0, 9), dice.from(0, 1_000_000_000) as u64);
        while at < until {
            let total = if traffic > 3 && dice.once_in(2) { dice.from(1, traffic * 2) } else { traffic } as u64;
            let bad = match kind {
                0..=2 => 0,
                3 => total,
                4 => dice.from(0, total as i64 + 1) as u64,
                5 => u64::from(dice.once_in(10)).min(total),
                // In tens of thousands a factor in tenths may be met to the event.
                6 => ((u128::from(total) * u128::from(tie)) / 10_000_000_000).min(u128::from(total)) as u64,
                _ => (u128::from(total) * u128::from(share) / 10_000_000_000) as u64,
            };
            // The last kind of stretch is seen in part, the one before not at all.
            if kind < 7 || (kind == 8 && dice.once_in(2)) {
                minutes.push((at, total - bad, total));
            }
            at += 1;
        }
    }
    minutes
}
