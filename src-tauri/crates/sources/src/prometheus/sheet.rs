//! The columns of one indicator by minute, filled series by series.

use firewatch_domain::indicator::{Indicator, same_bound};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::Carry;

use super::difference::{Start, Step, close_ms, interval_ms, walk};
use super::harvest::Track;
use super::level::worth;
use super::native;
use super::want::Role;
use super::wire::Sample;

/// Distances needed before a series' own interval is believed.
pub(super) const ENOUGH: usize = 3;

/// Columns by minute, filled series by series.
pub(super) struct Sheet<'i> {
    indicator: &'i Indicator,
    span: Span,
    columns: usize,
    counts: Vec<u64>,
    seen: Vec<bool>,
    odd: Vec<bool>,
    /// What cannot be told apart by minutes.
    pub carries: Vec<Carry>,
    /// Something in it was interpolated.
    pub interpolated: bool,
}

impl<'i> Sheet<'i> {
    /// An empty one.
    pub(super) fn new(indicator: &'i Indicator, span: Span, columns: usize) -> Self {
        let minutes = span.len() as usize;
        Self {
            indicator,
            interpolated: false,
            span,
            columns,
            counts: vec![0; minutes * columns],
            seen: vec![false; minutes],
            odd: vec![false; minutes],
            carries: Vec::new(),
        }
    }

    /// Adds one series; `leads` when its presence makes minutes observed.
    pub(super) fn fill(&mut self, role: Role, track: &Track, bounds: &[f64], leads: bool, usual: i64) {
        let last = self.columns - 1;
        let column = match (role, track.le) {
            (Role::First, _) => Some(0),
            (Role::Second | Role::Level | Role::Native, _) => Some(last),
            // The boundary of infinity holds all events; it counts only where no counter does.
            (Role::Bucket, Some(le)) if le.is_infinite() => leads.then_some(last),
            (Role::Bucket, Some(le)) => bounds.iter().position(|bound| same_bound(*bound, le)),
            (Role::Bucket, None) => None,
        };
        let Some(column) = column else { return };
        // A short look sees too few distances, and a gap must not pass for a slow scrape.
        let interval = match interval_ms(&track.samples) {
            Some((own, n)) if n >= ENOUGH => own,
            Some((own, _)) => own.min(usual),
            None => usual,
        };
        let close = close_ms(interval);
        match role {
            Role::Level => self.gauge(track, close),
            Role::Native => {
                let (good, all) = native::streams(track, self.indicator.threshold().unwrap_or_default());
                self.interpolated |= good.interpolated;
                self.counter(&good.samples, good.start, 0, false, close);
                self.counter(&all.samples, all.start, last, true, close);
            }
            Role::First | Role::Second | Role::Bucket => self.counter(&track.samples, track.start, column, leads, close),
        }
    }

    fn counter(&mut self, samples: &[Sample], start: Start, column: usize, leads: bool, close: i64) {
        let (span, columns) = (self.span, self.columns);
        let (counts, seen, carries) = (&mut self.counts, &mut self.seen, &mut self.carries);
        let add = |step: Step| {
            let to = step.minutes.to.plus(-1);
            if leads && !step.far {
                let covered = step.minutes.overlap(span);
                (covered.from.0..covered.to.0).for_each(|m| seen[(m - span.from.0) as usize] = true);
            }
            if !span.contains(to) || step.delta == 0 {
                return;
            }
            if step.far {
                carry(carries, step.minutes, column, columns, step.delta);
            } else {
                counts[to.since(span.from) as usize * columns + column] += step.delta;
            }
        };
        let odd = &mut self.odd;
        let strange = |minute: Minute| {
            if span.contains(minute) {
                odd[minute.since(span.from) as usize] = true;
            }
        };
        walk(samples, close, start, add, strange);
    }

    fn gauge(&mut self, track: &Track, close: i64) {
        let mut earlier: Option<i64> = None;
        for sample in &track.samples {
            if earlier.is_some_and(|ms| sample.ms <= ms) {
                continue;
            }
            let minute = Minute::of_sample(sample.ms);
            let since = earlier.filter(|ms| sample.ms - ms <= close).map_or(minute, |ms| Minute::of_sample(ms).plus(1).min(minute));
            let covered = Span::new(since, minute.plus(1)).overlap(self.span);
            (covered.from.0..covered.to.0).for_each(|m| self.seen[(m - self.span.from.0) as usize] = true);
            if self.span.contains(minute) {
                let at = minute.since(self.span.from) as usize;
                match worth(self.indicator, sample.value) {
                    Some([part, all]) => {
                        self.counts[at * 2] += part;
                        self.counts[at * 2 + 1] += all;
                    }
                    None => self.odd[at] = true,
                }
            }
            earlier = Some(sample.ms);
        }
    }

    /// The slices, and the minutes left out because something in them was no number. What was counted in minutes that are
    /// not answered stays known as a carry.
    pub(super) fn slices(&mut self) -> (Vec<Option<Vec<u64>>>, Vec<Minute>) {
        let (mut slices, mut strange) = (Vec::with_capacity(self.seen.len()), Vec::new());
        for (i, row) in self.counts.chunks_exact(self.columns).enumerate() {
            let minute = self.span.from.plus(i as i64);
            if self.odd[i] {
                strange.push(minute);
            }
            let answered = self.seen[i] && !self.odd[i];
            slices.push(answered.then(|| row.to_vec()));
            for (column, delta) in row.iter().enumerate().filter(|(_, delta)| !answered && **delta > 0) {
                carry(&mut self.carries, Span::new(minute, minute.plus(1)), column, self.columns, *delta);
            }
        }
        (slices, strange)
    }
}

/// Adds to the carry that ends in the same minute. Carries with different ends stay apart: a later reading replaces those
/// that end in the minutes it answers, and no others.
fn carry(carries: &mut Vec<Carry>, span: Span, column: usize, columns: usize, delta: u64) {
    if let Some(there) = carries.iter_mut().find(|c| c.span.to == span.to) {
        there.span.from = there.span.from.min(span.from);
        there.columns[column] += delta;
        return;
    }
    let mut fresh = vec![0; columns];
    fresh[column] = delta;
    carries.push(Carry { span, columns: fresh });
}
