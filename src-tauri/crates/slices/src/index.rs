//! Sums over any window of one SLO's series, without reading the series again.
//!
//! The index holds two projected columns: cumulative sums of sealed buckets, the youngest minutes one by one, and a few
//! decoded edges, since the far edge of each window stays in the same bucket for hours. Carries count where a window
//! encloses their whole span. Excluded minutes are in no sum; a carry is left out only where all of its span is excluded,
//! since what happened when within it is not known.

use self::edge::Edge;
use self::slots::Slots;
use crate::chunk::Slices;
use crate::{bucket_of, bucket_start};

mod edge;
mod slots;

pub use self::slots::{Grid, Slot, SlotSums};

/// Decoded edges kept per series: look-backs up to six hours share the youngest sealed bucket, a day, three days and the window
/// have one each.
const EDGES: usize = 4;
/// Exclusions whose two edges are kept besides.
const EDGES_OF_EXCLUSIONS: usize = 8;

/// Sums over a span: two projected columns, observed minutes, and whether a carry is inside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// First projected column.
    pub part: u64,
    /// Second projected column.
    pub other: u64,
    /// Observed minutes.
    pub observed: u64,
    /// A carry is inside.
    pub carried: bool,
}

impl Sums {
    fn plus(self, more: Self) -> Self {
        Self {
            part: self.part.saturating_add(more.part),
            other: self.other.saturating_add(more.other),
            observed: self.observed.saturating_add(more.observed),
            carried: self.carried || more.carried,
        }
    }

    fn minus(self, less: Self) -> Self {
        Self {
            part: self.part.saturating_sub(less.part),
            other: self.other.saturating_sub(less.other),
            observed: self.observed.saturating_sub(less.observed),
            carried: self.carried,
        }
    }
}

/// A counter difference across a span, projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexedCarry {
    /// First minute.
    pub from: i64,
    /// First minute after.
    pub to: i64,
    /// First projected column.
    pub part: u64,
    /// Second projected column.
    pub other: u64,
}

/// A sealed bucket, kept small: a thousand SLOs over a month have over a hundred thousand of them.
#[derive(Debug, Clone, Copy)]
struct Sealed {
    bucket: i32,
    observed: u32,
    /// Sums of this bucket and all before it.
    part: u64,
    other: u64,
    all_observed: u32,
}

impl Sealed {
    fn through(&self) -> Sums {
        Sums { part: self.part, other: self.other, observed: u64::from(self.all_observed), carried: false }
    }

    fn become_sum(&mut self, sum: Sums) {
        (self.part, self.other, self.all_observed) = (sum.part, sum.other, sum.observed as u32);
    }
}

/// A single minute with the sums of all young ones up to it, so that no window adds them up one by one.
#[derive(Debug, Clone, Copy)]
struct Young {
    minute: i64,
    part: u64,
    other: u64,
}

/// The index of one series.
#[derive(Debug, Clone)]
pub struct Index {
    columns: (usize, usize),
    /// Ascending.
    sealed: Vec<Sealed>,
    /// Ascending.
    young: Vec<Young>,
    carries: Vec<IndexedCarry>,
    edges: Vec<(i64, Edge)>,
    /// Ascending, disjoint.
    excluded: Vec<(i64, i64)>,
    slots: Option<Slots>,
}

impl Index {
    /// An empty index over the columns `(part, other)`.
    pub fn new(columns: (usize, usize)) -> Self {
        Self { columns, sealed: Vec::new(), young: Vec::new(), carries: Vec::new(), edges: Vec::new(), excluded: Vec::new(), slots: None }
    }

    /// Leaves minutes out of all sums: half-open spans, ascending and disjoint.
    pub fn exclude(&mut self, spans: Vec<(i64, i64)>) {
        self.slots = None;
        self.excluded = spans;
    }

    /// Puts or replaces the sums of a sealed bucket, and forgets its single minutes.
    pub fn seal(&mut self, bucket: i64, columns: &[u64], observed: u64) {
        let own = Sums { part: figure(columns, self.columns.0), other: figure(columns, self.columns.1), observed, carried: false };
        let found = self.sealed.binary_search_by_key(&(bucket as i32), |s| s.bucket);
        let (Ok(at) | Err(at)) = found;
        let before = self.through(at);
        let old = found.map_or(Sums::default(), |at| self.sealed[at].through().minus(before));
        if found.is_err() {
            let empty =
                Sealed { bucket: bucket as i32, observed: 0, part: before.part, other: before.other, all_observed: before.observed as u32 };
            self.sealed.insert(at, empty);
        }
        self.sealed[at].observed = observed as u32;
        for later in &mut self.sealed[at..] {
            later.become_sum(later.through().minus(old).plus(own));
        }
        self.edges.retain(|(b, _)| *b != bucket);
        self.drop_young(bucket_start(bucket), bucket_start(bucket + 1));
        self.touch(bucket_start(bucket), bucket_start(bucket + 1));
    }

    /// Puts the sums of many sealed buckets at once, oldest first, into an empty index.
    pub fn seal_all(&mut self, buckets: impl IntoIterator<Item = (i64, Vec<u64>, u64)>) {
        let mut sum = Sums::default();
        for (bucket, columns, observed) in buckets {
            sum = sum.plus(Sums {
                part: figure(&columns, self.columns.0),
                other: figure(&columns, self.columns.1),
                observed,
                carried: false,
            });
            let mut sealed = Sealed { bucket: bucket as i32, observed: observed as u32, part: 0, other: 0, all_observed: 0 };
            sealed.become_sum(sum);
            self.sealed.push(sealed);
        }
        self.sealed.shrink_to_fit();
    }

    /// Sets a young minute; `None` makes it unobserved. Minutes of sealed buckets go through [`Index::seal`].
    pub fn set(&mut self, minute: i64, columns: Option<&[u64]>) {
        self.drop_young(minute, minute + 1);
        self.touch(minute, minute + 1);
        let Some(columns) = columns else { return };
        let (part, other) = (figure(columns, self.columns.0), figure(columns, self.columns.1));
        let at = self.young.partition_point(|y| y.minute < minute);
        let before = self.young_sums(at);
        self.young.insert(at, Young { minute, part: before.part, other: before.other });
        for later in &mut self.young[at..] {
            (later.part, later.other) = (later.part.saturating_add(part), later.other.saturating_add(other));
        }
    }

    /// Sums of the first `count` young minutes.
    fn young_sums(&self, count: usize) -> Sums {
        let last = count.checked_sub(1).and_then(|last| self.young.get(last));
        last.map_or(Sums::default(), |y| Sums { part: y.part, other: y.other, observed: count as u64, carried: false })
    }

    /// Sums of the young minutes before `minute`.
    fn young_before(&self, minute: i64) -> Sums {
        let Some(first) = self.young.first() else { return Sums::default() };
        // Minutes follow one another with hardly a hole, so the place is guessed first.
        let guess = usize::try_from(minute.saturating_sub(first.minute)).unwrap_or(0);
        match (self.young.get(guess), self.young.last()) {
            (Some(there), _) if there.minute == minute => self.young_sums(guess),
            (None, Some(last)) if last.minute < minute => self.young_sums(self.young.len()),
            _ => self.young_sums(self.young.partition_point(|y| y.minute < minute)),
        }
    }

    /// Forgets the young minutes of `[from, to)`.
    fn drop_young(&mut self, from: i64, to: i64) {
        let less = self.young_before(to).minus(self.young_before(from));
        if less.observed == 0 {
            return;
        }
        self.young.retain(|y| y.minute < from || y.minute >= to);
        for later in self.young.iter_mut().filter(|y| y.minute >= to) {
            (later.part, later.other) = (later.part.saturating_sub(less.part), later.other.saturating_sub(less.other));
        }
    }

    /// Adds a carry; one with the same span is replaced.
    pub fn carry(&mut self, from: i64, to: i64, columns: &[u64]) {
        let carry = IndexedCarry { from, to, part: figure(columns, self.columns.0), other: figure(columns, self.columns.1) };
        self.carries.retain(|c| (c.from, c.to) != (from, to));
        self.carries.push(carry);
    }

    /// Forgets carries that end inside a span that is being read again.
    pub fn drop_carries(&mut self, from: i64, to: i64) {
        self.carries.retain(|c| c.to <= from || c.to > to);
    }

    /// Forgets everything before a minute's bucket.
    pub fn forget_before(&mut self, minute: i64) {
        let bucket = bucket_of(minute);
        let gone = self.sealed.partition_point(|s| i64::from(s.bucket) < bucket);
        let less = self.through(gone);
        self.sealed.drain(..gone);
        for kept in &mut self.sealed {
            kept.become_sum(kept.through().minus(less));
        }
        self.drop_young(i64::MIN, bucket_start(bucket));
        self.carries.retain(|c| c.to > minute);
        self.edges.retain(|(b, _)| *b >= bucket);
        self.slots = None;
    }

    /// The first observed bucket or minute.
    pub fn first(&self) -> Option<i64> {
        let sealed = self.sealed.iter().find(|s| s.observed > 0).map(|s| bucket_start(i64::from(s.bucket)));
        sealed.into_iter().chain(self.young.first().map(|y| y.minute)).min()
    }

    /// Sums over `[from, to)`. `load` decodes a sealed bucket; it is asked only for edges that are not kept yet, and what it
    /// cannot give counts as unobserved.
    pub fn sums(&mut self, from: i64, to: i64, mut load: impl FnMut(i64) -> Option<Slices>) -> Sums {
        if to <= from {
            return Sums::default();
        }
        let mut sums = self.observed_in(from, to, &mut load);
        let first = self.excluded.partition_point(|e| e.1 <= from);
        for i in first..self.excluded.len() {
            let (start, end) = (self.excluded[i].0.max(from), self.excluded[i].1.min(to));
            if end <= start {
                break;
            }
            sums = sums.minus(self.observed_in(start, end, &mut load));
        }
        let inside = self.carries.iter().filter(|c| from <= c.from && c.to <= to && !self.is_excluded(c.from, c.to));
        inside.fold(sums, |sum, c| sum.plus(Sums { part: c.part, other: c.other, observed: 0, carried: true }))
    }

    /// Sums over the whole time slices in `[from, to)`, both of which lie on the grid. `judge` says what a time slice adds; it
    /// must be the same at each call, since what it said is kept.
    pub fn slot_sums(
        &mut self,
        grid: Grid,
        (from, to): (i64, i64),
        judge: impl Fn(Slot) -> SlotSums,
        mut load: impl FnMut(i64) -> Option<Slices>,
    ) -> SlotSums {
        let mut slots = self.slots.take().filter(|slots| slots.grid() == grid).unwrap_or_else(|| Slots::new(grid));
        let sums = match self.first() {
            Some(first) if from < to => slots.sums(first, from, to, |start, end| self.judged(grid, start, end, &judge, &mut load)),
            _ => SlotSums::default(),
        };
        self.slots = Some(slots);
        sums
    }

    /// What each time slice of a span adds.
    fn judged(
        &self,
        grid: Grid,
        from: i64,
        to: i64,
        judge: impl Fn(Slot) -> SlotSums,
        load: &mut impl FnMut(i64) -> Option<Slices>,
    ) -> Vec<SlotSums> {
        let mut slots = vec![Slot::default(); ((to - from) / grid.minutes) as usize];
        let mut excluded = self.excluded[self.excluded.partition_point(|e| e.1 <= from)..].iter().peekable();
        let mut counts = Vec::with_capacity((to - from) as usize);
        for minute in from..to {
            excluded.next_if(|e| e.1 <= minute);
            let counted = excluded.peek().is_none_or(|e| minute < e.0);
            slots[((minute - from) / grid.minutes) as usize].expected += i64::from(counted);
            counts.push(counted);
        }
        let mut add = |minute: i64, part: u64, other: u64| {
            let at = (minute - from) as usize;
            if counts[at] {
                slots[at / grid.minutes as usize].add(part, other);
            }
        };
        for bucket in bucket_of(from)..=bucket_of(to - 1) {
            let sealed = self.sealed.binary_search_by_key(&(bucket as i32), |s| s.bucket).is_ok_and(|at| self.sealed[at].observed > 0);
            let Some(slices) = sealed.then(|| load(bucket)).flatten() else { continue };
            for (i, figures) in slices.minutes().iter().enumerate() {
                let minute = bucket_start(bucket) + i as i64;
                if let (Some(figures), true) = (figures, (from..to).contains(&minute)) {
                    add(minute, figures[self.columns.0], figures[self.columns.1]);
                }
            }
        }
        let first = self.young.partition_point(|y| y.minute < from);
        let mut before = self.young_sums(first);
        for young in self.young[first..].iter().take_while(|y| y.minute < to) {
            add(young.minute, young.part.saturating_sub(before.part), young.other.saturating_sub(before.other));
            (before.part, before.other) = (young.part, young.other);
        }
        slots.into_iter().map(|slot| SlotSums { observed: slot.observed as u64, ..judge(slot) }).collect()
    }

    fn touch(&mut self, from: i64, to: i64) {
        if let Some(slots) = &mut self.slots {
            slots.touch(from, to);
        }
    }

    fn is_excluded(&self, from: i64, to: i64) -> bool {
        self.excluded.iter().any(|e| e.0 <= from && to <= e.1)
    }

    /// Sums of observed minutes, carries and exclusions aside.
    fn observed_in(&mut self, from: i64, to: i64, load: &mut impl FnMut(i64) -> Option<Slices>) -> Sums {
        let sealed = self.sealed_before(to, load).minus(self.sealed_before(from, load));
        sealed.plus(self.young_before(to).minus(self.young_before(from)))
    }

    /// Sums of all sealed minutes before `minute`.
    fn sealed_before(&mut self, minute: i64, load: &mut impl FnMut(i64) -> Option<Slices>) -> Sums {
        let bucket = bucket_of(minute);
        match self.place(bucket) {
            Ok(at) => {
                let before = self.through(at);
                let inside = (minute - bucket_start(bucket)) as usize;
                if inside == 0 || self.sealed[at].observed == 0 { before } else { before.plus(self.edge(bucket, inside, load)) }
            }
            Err(at) => self.through(at),
        }
    }

    /// Where a sealed bucket is, or would be. Buckets follow one another with hardly a hole, so its place is guessed first.
    fn place(&self, bucket: i64) -> Result<usize, usize> {
        let Some(first) = self.sealed.first() else { return Err(0) };
        let guess = usize::try_from(bucket.saturating_sub(i64::from(first.bucket))).map_err(|_| 0_usize)?;
        match self.sealed.get(guess) {
            Some(there) if i64::from(there.bucket) == bucket => Ok(guess),
            _ => self.sealed.binary_search_by_key(&(bucket as i32), |s| s.bucket),
        }
    }

    /// Sums of the first `count` sealed buckets.
    fn through(&self, count: usize) -> Sums {
        count.checked_sub(1).map_or(Sums::default(), |last| self.sealed[last].through())
    }

    fn edge(&mut self, bucket: i64, inside: usize, load: &mut impl FnMut(i64) -> Option<Slices>) -> Sums {
        if let Some((_, edge)) = self.edges.iter().find(|(b, _)| *b == bucket) {
            return edge.before(inside);
        }
        let Some(slices) = load(bucket) else { return Sums::default() };
        let edge = Edge::of(&slices, self.columns);
        let sums = edge.before(inside);
        if self.edges.len() >= EDGES + 2 * self.excluded.len().min(EDGES_OF_EXCLUSIONS) {
            self.edges.remove(0);
        }
        self.edges.push((bucket, edge));
        sums
    }
}

fn figure(columns: &[u64], at: usize) -> u64 {
    columns.get(at).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
