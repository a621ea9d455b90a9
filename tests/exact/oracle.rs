//! The slow truth: every minute in a map, every window a loop, every comparison in whole numbers. It takes nothing from the engine
//! but the definition it is to judge.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Timelike, Utc};
use firewatch_domain::alerting::{Rule, Severity};
use firewatch_domain::method::{EmptySlices, Method};
use firewatch_domain::promise::Promise;
use firewatch_domain::window::{Calendar, Unit, Window};

use crate::history::News;

const BILLION: u128 = 1_000_000_000;
const TRILLION: u128 = 1_000_000_000_000;
const LOOKBACKS: [i64; 7] = [5, 30, 60, 120, 360, 1440, 4320];

/// What is known of a history.
#[derive(Debug)]
pub struct Oracle {
    promise: Promise,
    minutes: BTreeMap<i64, (u64, u64)>,
    carries: BTreeMap<(i64, i64), (u64, u64)>,
    left_out: BTreeSet<i64>,
    /// The calendar period that was walked to last.
    period: Cell<(i64, i64)>,
    /// Per rule: since when it does not hold, `None` while it does; absent when it is off.
    held: BTreeMap<usize, Option<i64>>,
    exhausted: bool,
}

/// What was counted, in the units of the method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub good: u128,
    pub total: u128,
    pub events: u128,
    pub observed: i64,
    pub expected: i64,
}

impl Sum {
    pub fn bad(&self) -> u128 {
        self.total - self.good
    }
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub firing: bool,
    pub frozen: bool,
    pub long: Sum,
    pub short: Sum,
}

/// Where it stands at a minute.
#[derive(Debug, Clone)]
pub struct Truth {
    pub window: Sum,
    pub start: i64,
    pub exhausted: bool,
    pub burn: BTreeMap<i64, Sum>,
    pub rules: Vec<Said>,
    /// Of the whole calendar period: how many times the events so far, as a fraction.
    pub scale: Option<(i64, i64)>,
    /// 0 none, 1 ticket, 2 page; and whether the budget is spent: with their memories.
    pub held: (u8, bool),
}

impl Oracle {
    pub fn new(promise: Promise) -> Self {
        Self {
            promise,
            minutes: BTreeMap::new(),
            carries: BTreeMap::new(),
            left_out: BTreeSet::new(),
            period: Cell::new((0, 0)),
            held: BTreeMap::new(),
            exhausted: false,
        }
    }

    pub fn learn(&mut self, news: &News) {
        match news {
            News::Counted(minutes) => self.minutes.extend(minutes.iter().map(|(m, good, total)| (*m, (*good, *total)))),
            News::Carried(from, to, good, total) => drop(self.carries.insert((*from, *to), (*good, *total))),
            News::Excluded(spans) => self.left_out = spans.iter().flat_map(|(from, to)| *from..*to).collect(),
        }
    }

    /// Looks at the end of minute `at - 1`.
    pub fn look(&mut self, at: i64) -> Truth {
        let promise = self.promise.clone();
        let (start, period_end) = self.window(at);
        let (from, to) = self.counted(start, at);
        let window = self.sum(from, to);
        let (num, den) = match promise.window {
            Window::Calendar(_) => {
                let so_far = window.expected;
                (so_far + period_end - to, so_far)
            }
            Window::Rolling(_) => (1, 1),
        };
        let young = den * 10 < num;
        let (num, den) = if young { (num, den) } else { (1, 1) };
        let budget = BILLION - u128::from(promise.objective.ppb());
        let spends = |percent: u128| {
            let spent = window.bad() * BILLION * 100 * u128::from(den.unsigned_abs());
            window.total > 0 && spent >= window.total * budget * percent * u128::from(num.unsigned_abs())
        };
        let burn = LOOKBACKS.iter().filter(|m| **m <= nominal(promise.window)).map(|m| (*m, self.back(*m, at))).collect();
        let rules: Vec<Said> = promise.rules.iter().map(|rule| self.judge(rule, at, budget)).collect();
        self.exhausted = spends(100) || (self.exhausted && spends(98));
        let scale = matches!(promise.window, Window::Calendar(_)).then_some((window.expected + period_end - to, window.expected));
        let held = (self.hold(&rules, at), self.exhausted);
        Truth { window, start, exhausted: spends(100), burn, rules, scale, held }
    }

    fn judge(&self, rule: &Rule, at: i64, budget: u128) -> Said {
        let (long, short) = (self.back(rule.long, at), self.back(rule.short, at));
        let enough = |minutes: i64| {
            let (from, to) = self.lookback(minutes, at);
            let Some(born) = self.minutes.keys().next() else { return false };
            if from.max(*born) >= to {
                return false;
            }
            let since = self.sum(from.max(*born), to);
            since.expected == 0 || 2 * since.observed >= since.expected
        };
        let faster = |s: &Sum| s.bad() * u128::from(rule.factor_den) * BILLION > s.total * u128::from(rule.factor_num) * budget;
        let frozen = !enough(rule.long) || !enough(rule.short);
        let firing = !frozen && long.events >= u128::from(self.promise.minimum_events) && faster(&long) && faster(&short);
        Said { firing, frozen, long, short }
    }

    /// A rule that fired is let go after three minutes of not firing; what cannot be judged stays.
    fn hold(&mut self, rules: &[Said], at: i64) -> u8 {
        for (i, said) in rules.iter().enumerate() {
            if said.firing {
                self.held.insert(i, None);
            } else if let (Some(quiet), false) = (self.held.get(&i).copied(), said.frozen) {
                let since = quiet.unwrap_or(at);
                if at - since >= 3 {
                    self.held.remove(&i)
                } else {
                    self.held.insert(i, Some(since))
                };
            }
        }
        let level = |i: &usize| if self.promise.rules[*i].severity == Severity::Page { 2 } else { 1 };
        self.held.keys().map(level).max().unwrap_or(0)
    }

    fn counts(&self, minute: i64) -> bool {
        !self.left_out.contains(&minute)
    }

    fn slice(&self) -> Option<i64> {
        match self.promise.method {
            Method::Occurrences => None,
            Method::Timeslices { minutes, .. } | Method::RatioTimeslices { minutes } => Some(minutes),
        }
    }

    /// Begin of the window, and end of the period, at `at`.
    fn window(&self, at: i64) -> (i64, i64) {
        match self.promise.window {
            Window::Rolling(minutes) => (at - minutes, at),
            Window::Calendar(calendar) => {
                let (from, to) = self.period.get();
                if !(from..to).contains(&(at - 1)) {
                    let quarter = (at - 1).div_euclid(15) * 15;
                    let from = (0..40_000).map(|i| quarter - 15 * i).find(|m| boundary(&calendar, *m));
                    let to = (1..40_000).map(|i| quarter + 15 * i).find(|m| boundary(&calendar, *m));
                    self.period.set((from.unwrap(), to.unwrap()));
                }
                self.period.get()
            }
        }
    }

    /// The minutes that are counted: all, or whole time slices.
    fn counted(&self, start: i64, at: i64) -> (i64, i64) {
        match (self.slice(), self.promise.window) {
            (None, _) => (start, at),
            (Some(n), Window::Calendar(_)) => (start, start + (at - start) / n * n),
            (Some(_), Window::Rolling(minutes)) => self.lookback(minutes, at),
        }
    }

    fn lookback(&self, minutes: i64, at: i64) -> (i64, i64) {
        let Some(n) = self.slice() else { return (at - minutes, at) };
        let anchor = if matches!(self.promise.window, Window::Calendar(_)) { self.window(at).0 } else { 0 };
        let to = anchor + (at - anchor).div_euclid(n) * n;
        (to - minutes / n * n, to)
    }

    fn back(&self, minutes: i64, at: i64) -> Sum {
        let (from, to) = self.lookback(minutes, at);
        self.sum(from, to)
    }

    fn sum(&self, from: i64, to: i64) -> Sum {
        let mut sum = Sum { expected: to - from - self.left_out.range(from..to).count() as i64, ..Sum::default() };
        let seen: Vec<(i64, (u64, u64))> = self.minutes.range(from..to).map(|(m, c)| (*m, *c)).filter(|(m, _)| self.counts(*m)).collect();
        sum.observed = seen.len() as i64;
        sum.events = seen.iter().map(|(_, c)| u128::from(c.1)).sum();
        let Some(n) = self.slice() else {
            let inside = self.carries.iter().filter(|((a, b), _)| from <= *a && *b <= to && (*a..*b).any(|m| self.counts(m)));
            let carried: Vec<(u64, u64)> = inside.map(|(_, counts)| *counts).collect();
            sum.events += carried.iter().map(|c| u128::from(c.1)).sum::<u128>();
            sum.total = sum.events;
            sum.good = seen.iter().map(|(_, c)| c).chain(&carried).map(|c| u128::from(c.0)).sum();
            return sum;
        };
        for slice in seen.chunk_by(|a, b| (a.0 - from) / n == (b.0 - from) / n) {
            let first = from + (slice[0].0 - from) / n * n;
            let (good, total) = self.slice_worth(first, n, slice);
            sum.good += good;
            sum.total += total;
        }
        sum
    }

    fn slice_worth(&self, first: i64, n: i64, seen: &[(i64, (u64, u64))]) -> (u128, u128) {
        let could = (first..first + n).filter(|m| self.counts(*m)).count();
        if seen.len() * 2 < could {
            return (0, 0);
        }
        let good: u128 = seen.iter().map(|(_, c)| u128::from(c.0)).sum();
        let total: u128 = seen.iter().map(|(_, c)| u128::from(c.1)).sum();
        let whole = if matches!(self.promise.method, Method::RatioTimeslices { .. }) { TRILLION } else { 1 };
        match (total, self.promise.empty, self.promise.method) {
            (0, EmptySlices::LeaveOut, _) => (0, 0),
            (0, EmptySlices::Good, _) => (whole, whole),
            (0, EmptySlices::Bad, _) => (0, whole),
            (_, _, Method::Timeslices { target, .. }) => (u128::from(good * BILLION >= total * u128::from(target.ppb())), 1),
            // Half up: the whole part, and one more when the rest is at least a half.
            _ => (good * TRILLION / total + u128::from(good * TRILLION % total * 2 >= total), TRILLION),
        }
    }
}

/// The length by which look-backs are chosen.
fn nominal(window: Window) -> i64 {
    match window {
        Window::Rolling(minutes) => minutes,
        Window::Calendar(c) => {
            let days = [(Unit::Day, 1), (Unit::Week, 7), (Unit::Month, 30), (Unit::Quarter, 90), (Unit::Year, 365)];
            i64::from(c.count) * 1440 * days.iter().find(|(unit, _)| *unit == c.unit).unwrap().1
        }
    }
}

/// Whether a minute is a boundary, by looking at the clock on the wall.
fn boundary(calendar: &Calendar, minute: i64) -> bool {
    let utc: DateTime<Utc> = DateTime::from_timestamp(minute * 60, 0).unwrap();
    let wall = utc.with_timezone(&calendar.zone).naive_local();
    let anchor = calendar.start;
    if (wall.hour(), wall.minute()) != (anchor.hour(), anchor.minute()) {
        return false;
    }
    let count = i64::from(calendar.count);
    let days = (wall.date() - anchor.date()).num_days();
    let months = i64::from(wall.year() - anchor.year()) * 12 + i64::from(wall.month()) - i64::from(anchor.month());
    match calendar.unit {
        Unit::Day => days % count == 0,
        Unit::Week => days % (7 * count) == 0,
        Unit::Month => wall.day() == anchor.day() && months % count == 0,
        Unit::Quarter => wall.day() == anchor.day() && months % (3 * count) == 0,
        Unit::Year => wall.day() == anchor.day() && months % (12 * count) == 0,
    }
}
