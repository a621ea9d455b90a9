//! Sums over any span of a [`History`] in two look-ups, in the units of a budgeting method.

use std::collections::BTreeMap;

use crate::evaluation::Tally;
use crate::exclusion::{merged, minutes_inside};
use crate::history::History;
use crate::indicator::Projection;
use crate::method::{Grid, Observed};
use crate::minute::{Minute, Span};
use crate::promise::Promise;

/// Cumulative counts before each minute of a history and after its last; under a slice method, before each time slice, too.
#[derive(Debug, Clone)]
pub struct Sums {
    span: Span,
    before: Vec<Before>,
    carries: Vec<(Span, u64, u64)>,
    excluded: Vec<Span>,
    projection: Projection,
    promise: Promise,
    /// By grid: time slices of a calendar window may lie otherwise in each period.
    slots: BTreeMap<Grid, Vec<Slot>>,
    estimated: bool,
    born: Option<Minute>,
    newest: Option<Minute>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Before {
    part: u64,
    other: u64,
    observed: u32,
}

/// Sums of all time slices before one.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    good: u64,
    total: u64,
    events: u64,
    observed: u32,
}

impl Sums {
    /// Of a history, as a promise counts it.
    pub fn of(history: &History, promise: &Promise) -> Self {
        let excluded = merged(history.excluded.clone());
        let mut before = Vec::with_capacity(history.minutes.len() + 1);
        let mut sum = Before::default();
        before.push(sum);
        let mut left_out = excluded.iter().copied().peekable();
        for (minute, figures) in (history.from.0..).map(Minute).zip(&history.minutes) {
            while left_out.next_if(|span| span.to <= minute).is_some() {}
            let counts = left_out.peek().is_none_or(|span| !span.contains(minute));
            if let Some((part, other)) = figures.filter(|_| counts) {
                sum.part = sum.part.saturating_add(part);
                sum.other = sum.other.saturating_add(other);
                sum.observed += 1;
            }
            before.push(sum);
        }
        let gone = |span: Span| !span.is_empty() && minutes_inside(&excluded, span) == span.len();
        Self {
            span: history.span(),
            before,
            carries: history.carries.iter().filter(|(span, ..)| !gone(*span)).copied().collect(),
            excluded,
            projection: Projection { part: 0, other: 1, meaning: history.meaning },
            promise: promise.clone(),
            slots: BTreeMap::new(),
            estimated: history.estimated,
            born: history.born(),
            newest: history.newest(),
        }
    }

    /// The whole stretch.
    pub fn span(&self) -> Span {
        self.span
    }

    /// First minute ever observed.
    pub fn born(&self) -> Option<Minute> {
        self.born
    }

    /// Exclusive end of the last observed minute.
    pub fn newest(&self) -> Option<Minute> {
        self.newest
    }

    /// Minutes left out, ascending and disjoint.
    pub fn excluded(&self) -> Vec<Span> {
        self.excluded.clone()
    }

    /// What was counted over a span: its events (a carry where the span encloses all of it), or the time slices of a grid.
    pub fn tally(&mut self, span: Span, grid: Option<Grid>) -> Tally {
        match grid {
            None => self.events(span),
            Some(grid) => self.slices(span, grid),
        }
    }

    /// Minutes observed in a span, without those left out.
    pub fn observed(&self, span: Span) -> i64 {
        i64::from(self.before(span.to).observed - self.before(span.from).observed)
    }

    fn events(&self, span: Span) -> Tally {
        let (first, last) = (self.before(span.from), self.before(span.to));
        let (mut part, mut other, mut estimated) = (last.part - first.part, last.other - first.other, self.estimated);
        for (_, more, all) in self.carries.iter().filter(|(carry, ..)| span.encloses(*carry)) {
            part = part.saturating_add(*more);
            other = other.saturating_add(*all);
            estimated = true;
        }
        let (good, total) = self.projection.good_and_total(part, other);
        Tally { good, total, events: total, observed: i64::from(last.observed - first.observed), estimated }
    }

    fn slices(&mut self, span: Span, grid: Grid) -> Tally {
        if !self.slots.contains_key(&grid) {
            let judged = self.judged(grid);
            self.slots.insert(grid, judged);
        }
        let slots = &self.slots[&grid];
        let start = grid.floor(self.span.from);
        let at = |minute: Minute| {
            let number = grid.floor(minute).since(start).div_euclid(grid.minutes).clamp(0, slots.len() as i64 - 1);
            slots[number as usize]
        };
        let (first, last) = (at(span.from), at(span.to));
        Tally {
            good: last.good - first.good,
            total: last.total - first.total,
            events: last.events - first.events,
            observed: i64::from(last.observed - first.observed),
            estimated: self.estimated,
        }
    }

    fn judged(&self, grid: Grid) -> Vec<Slot> {
        let mut slots = vec![Slot::default()];
        let mut sum = Slot::default();
        let mut from = grid.floor(self.span.from);
        while from < self.span.to {
            let span = Span::new(from, from.plus(grid.minutes));
            let (first, last) = (self.before(span.from), self.before(span.to));
            let (good, total) = self.projection.good_and_total(last.part - first.part, last.other - first.other);
            let minutes = i64::from(last.observed - first.observed);
            let seen = Observed { good, total, minutes, expected: span.len() - minutes_inside(&self.excluded, span) };
            let (good, all) = self.promise.method.judge(self.promise.empty, seen).unwrap_or_default();
            sum =
                Slot { good: sum.good + good, total: sum.total + all, events: sum.events + total, observed: sum.observed + minutes as u32 };
            slots.push(sum);
            from = span.to;
        }
        slots
    }

    fn before(&self, minute: Minute) -> Before {
        let at = minute.since(self.span.from).clamp(0, self.before.len() as i64 - 1);
        self.before[at as usize]
    }
}
