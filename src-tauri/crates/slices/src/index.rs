//! Sums over any window of one SLO's series, without reading the series again.
//!
//! The index holds two projected columns: cumulative sums of sealed buckets, the youngest minutes one by one, and a few
//! decoded edges, since the far edge of each window stays in the same bucket for hours. Carries count where a window
//! encloses their whole span.

use crate::chunk::Slices;
use crate::{bucket_of, bucket_start};

/// Decoded edges kept per series: look-backs up to six hours share the youngest sealed bucket, a day, three days and the window
/// have one each.
const EDGES: usize = 4;

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

/// Cumulative sums of one decoded bucket, before each of its minutes and after the last; narrow, since a bucket's own sums
/// fit 32 bits nearly always.
#[derive(Debug, Clone)]
enum Edge {
    Narrow(Vec<(u32, u32, u16)>),
    Wide(Vec<Sums>),
}

impl Edge {
    fn of(slices: &Slices, columns: (usize, usize)) -> Self {
        let mut sums = Vec::with_capacity(slices.minutes().len() + 1);
        let mut sum = Sums::default();
        sums.push(sum);
        for minute in slices.minutes() {
            if let Some(figures) = minute {
                sum = sum.plus(Sums { part: figures[columns.0], other: figures[columns.1], observed: 1, carried: false });
            }
            sums.push(sum);
        }
        let narrow = |s: &Sums| Some((u32::try_from(s.part).ok()?, u32::try_from(s.other).ok()?, u16::try_from(s.observed).ok()?));
        match sums.iter().map(narrow).collect::<Option<Vec<_>>>() {
            Some(narrow) => Self::Narrow(narrow),
            None => Self::Wide(sums),
        }
    }

    fn before(&self, minute: usize) -> Sums {
        match self {
            Self::Narrow(sums) => sums.get(minute).or(sums.last()).map_or(Sums::default(), |&(part, other, observed)| Sums {
                part: u64::from(part),
                other: u64::from(other),
                observed: u64::from(observed),
                carried: false,
            }),
            Self::Wide(sums) => sums.get(minute).or(sums.last()).copied().unwrap_or_default(),
        }
    }
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

/// The index of one series.
#[derive(Debug, Clone)]
pub struct Index {
    columns: (usize, usize),
    /// Ascending.
    sealed: Vec<Sealed>,
    /// Ascending: minute, first and second projected column.
    young: Vec<(i64, u64, u64)>,
    carries: Vec<IndexedCarry>,
    edges: Vec<(i64, Edge)>,
}

impl Index {
    /// An empty index over the columns `(part, other)`.
    pub fn new(columns: (usize, usize)) -> Self {
        Self { columns, sealed: Vec::new(), young: Vec::new(), carries: Vec::new(), edges: Vec::new() }
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
        let inside = bucket_start(bucket)..bucket_start(bucket + 1);
        self.young.retain(|(minute, ..)| !inside.contains(minute));
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
        let found = self.young.binary_search_by_key(&minute, |y| y.0);
        let figures = columns.map(|columns| (minute, figure(columns, self.columns.0), figure(columns, self.columns.1)));
        match (found, figures) {
            (Ok(at), Some(figures)) => self.young[at] = figures,
            (Err(at), Some(figures)) => self.young.insert(at, figures),
            (Ok(at), None) => drop(self.young.remove(at)),
            (Err(_), None) => {}
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
        self.young.retain(|(young, ..)| *young >= bucket_start(bucket));
        self.carries.retain(|c| c.to > minute);
        self.edges.retain(|(b, _)| *b >= bucket);
    }

    /// The first observed bucket or minute.
    pub fn first(&self) -> Option<i64> {
        let sealed = self.sealed.iter().find(|s| s.observed > 0).map(|s| bucket_start(i64::from(s.bucket)));
        sealed.into_iter().chain(self.young.first().map(|y| y.0)).min()
    }

    /// Sums over `[from, to)`. `load` decodes a sealed bucket; it is asked only for edges that are not kept yet, and what it
    /// cannot give counts as unobserved.
    pub fn sums(&mut self, from: i64, to: i64, mut load: impl FnMut(i64) -> Option<Slices>) -> Sums {
        if to <= from {
            return Sums::default();
        }
        let sealed = self.sealed_before(to, &mut load).minus(self.sealed_before(from, &mut load));
        let first = self.young.partition_point(|y| y.0 < from);
        let young = self.young[first..].iter().take_while(|y| y.0 < to);
        let young = young.fold(Sums::default(), |sum, &(_, part, other)| sum.plus(Sums { part, other, observed: 1, carried: false }));
        let inside = self.carries.iter().filter(|c| from <= c.from && c.to <= to);
        let carried = inside.fold(Sums::default(), |sum, c| sum.plus(Sums { part: c.part, other: c.other, observed: 0, carried: true }));
        sealed.plus(young).plus(carried)
    }

    /// Sums of all sealed minutes before `minute`.
    fn sealed_before(&mut self, minute: i64, load: &mut impl FnMut(i64) -> Option<Slices>) -> Sums {
        let bucket = bucket_of(minute);
        match self.sealed.binary_search_by_key(&(bucket as i32), |s| s.bucket) {
            Ok(at) => {
                let before = self.through(at);
                let inside = (minute - bucket_start(bucket)) as usize;
                if inside == 0 || self.sealed[at].observed == 0 { before } else { before.plus(self.edge(bucket, inside, load)) }
            }
            Err(at) => self.through(at),
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
        if self.edges.len() >= EDGES {
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
mod tests {
    use super::*;
    use crate::BUCKET;
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// The slow truth: every minute in a map, carries in a list.
    #[derive(Default)]
    struct Oracle {
        minutes: HashMap<i64, [u64; 2]>,
        carries: Vec<(i64, i64, [u64; 2])>,
    }

    impl Oracle {
        fn sums(&self, from: i64, to: i64) -> Sums {
            let mut sums = Sums::default();
            for minute in from..to {
                if let Some([part, other]) = self.minutes.get(&minute) {
                    sums = sums.plus(Sums { part: *part, other: *other, observed: 1, carried: false });
                }
            }
            for (_, _, [part, other]) in self.carries.iter().filter(|c| from <= c.0 && c.1 <= to) {
                sums = sums.plus(Sums { part: *part, other: *other, observed: 0, carried: true });
            }
            sums
        }

        fn bucket(&self, bucket: i64) -> Slices {
            let mut slices = Slices::unobserved(2, BUCKET as usize);
            for i in 0..BUCKET {
                slices.set(i as usize, self.minutes.get(&(bucket_start(bucket) + i)).map(<[u64; 2]>::as_slice)).unwrap();
            }
            slices
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_window_equals_the_slow_truth(
            seed in proptest::collection::vec((0_i64..2500, 0_u64..9, 0_u64..(1 << 40)), 1..300),
            sealed_to in 0_i64..6,
            revisions in proptest::collection::vec((0_i64..2500, 0_u64..9), 0..10),
            carries in proptest::collection::vec((0_i64..2400, 1_i64..90, 0_u64..50), 0..4),
            windows in proptest::collection::vec((0_i64..2600, 0_i64..2600), 1..40),
        ) {
            let mut oracle = Oracle::default();
            let mut index = Index::new((0, 1));
            for (minute, part, other) in seed {
                oracle.minutes.insert(minute, [part, other + part]);
            }
            for (minute, [part, other]) in &oracle.minutes {
                index.set(*minute, Some(&[*part, *other]));
            }
            for bucket in 0..sealed_to {
                let slices = oracle.bucket(bucket);
                index.seal(bucket, &slices.sums(), slices.observed());
            }
            for (from, len, part) in carries {
                if oracle.carries.iter().all(|c| (c.0, c.1) != (from, from + len)) {
                    oracle.carries.push((from, from + len, [part, part * 2]));
                    index.carry(from, from + len, &[part, part * 2]);
                }
            }
            for &(from, to) in &windows {
                prop_assert_eq!(index.sums(from, to, |b| Some(oracle.bucket(b))), oracle.sums(from, to));
            }
            for (minute, part) in revisions {
                oracle.minutes.insert(minute, [part, part + 1]);
                if bucket_of(minute) < sealed_to {
                    let slices = oracle.bucket(bucket_of(minute));
                    index.seal(bucket_of(minute), &slices.sums(), slices.observed());
                } else {
                    index.set(minute, Some(&[part, part + 1]));
                }
            }
            for (from, to) in windows {
                prop_assert_eq!(index.sums(from, to, |b| Some(oracle.bucket(b))), oracle.sums(from, to));
            }
        }
    }
}
