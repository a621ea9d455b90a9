//! The engine's own way from slices to figures: the index of a series as the store feeds it, and the domain's evaluation.

use std::collections::{BTreeMap, BTreeSet};

use firewatch_domain::evaluation::{Standing, Tally, evaluate};
use firewatch_domain::exclusion::merged;
use firewatch_domain::method::Observed;
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::promise::Promise;
use firewatch_slices::chunk::Slices;
use firewatch_slices::index::{Grid, Index, Slot, SlotSums};
use firewatch_slices::{BUCKET, bucket_of, bucket_start};

use crate::history::News;

/// A series as it lies in the store, and its index.
#[derive(Debug)]
pub struct Series {
    promise: Promise,
    index: Index,
    rows: BTreeMap<i64, [u64; 2]>,
    young: BTreeSet<i64>,
    chunks: BTreeMap<i64, Vec<u8>>,
    excluded: Vec<Span>,
    born: Option<i64>,
}

impl Series {
    pub fn new(promise: Promise) -> Self {
        let index = Index::new((0, 1));
        Self { promise, index, rows: BTreeMap::new(), young: BTreeSet::new(), chunks: BTreeMap::new(), excluded: Vec::new(), born: None }
    }

    /// Takes over what became known at the end of minute `at - 1`.
    pub fn learn(&mut self, news: &News, at: i64) {
        match news {
            News::Counted(minutes) => self.count(minutes, at),
            News::Carried(from, to, good, total) => self.index.carry(*from, *to, &[*good, *total]),
            News::Excluded(spans) => {
                self.excluded = merged(spans.iter().map(|(from, to)| Span::new(Minute(*from), Minute(*to))).collect());
                self.index.exclude(self.excluded.iter().map(|s| (s.from.0, s.to.0)).collect());
            }
        }
    }

    /// Writes minutes: those of old buckets into chunks, young ones one by one; old buckets that were young are sealed.
    fn count(&mut self, minutes: &[(i64, u64, u64)], at: i64) {
        self.born = self.born.into_iter().chain(minutes.iter().map(|m| m.0)).min();
        let mut old: BTreeSet<i64> = self.young.iter().map(|m| bucket_of(*m)).filter(|b| *b < bucket_of(at)).collect();
        for (minute, good, total) in minutes {
            self.rows.insert(*minute, [*good, *total]);
            if bucket_of(*minute) < bucket_of(at) {
                old.insert(bucket_of(*minute));
            } else {
                self.young.insert(*minute);
                self.index.set(*minute, Some(&[*good, *total]));
            }
        }
        for bucket in old {
            let mut slices = Slices::unobserved(2, BUCKET as usize);
            for (minute, figures) in self.rows.range(bucket_start(bucket)..bucket_start(bucket + 1)) {
                slices.set((minute - bucket_start(bucket)) as usize, Some(figures)).unwrap();
            }
            self.index.seal(bucket, &slices.sums(), slices.observed());
            self.chunks.insert(bucket, slices.encode());
            self.young.retain(|minute| bucket_of(*minute) != bucket);
        }
    }

    pub fn standing(&mut self, at: i64) -> Standing {
        let (index, chunks, promise) = (&mut self.index, &self.chunks, &self.promise);
        let load = |bucket: i64| chunks.get(&bucket).map(|bytes| Slices::decode(bytes).unwrap());
        let grid = promise.grid(Minute(at));
        let judge = |slot: Slot| {
            let seen = Observed { good: slot.part, total: slot.other, minutes: slot.observed, expected: slot.expected };
            let (good, total) = promise.method.judge(promise.empty, seen).unwrap_or_default();
            SlotSums { good, total, events: slot.other, observed: 0 }
        };
        evaluate(promise, Minute(at), self.born.map(Minute), &self.excluded, |span| match grid {
            None => {
                let sums = index.sums(span.from.0, span.to.0, load);
                let (good, total) = (sums.part, sums.other);
                Tally { good, total, events: total, observed: sums.observed as i64, estimated: sums.carried }
            }
            Some(grid) => {
                let lines = Grid { minutes: grid.minutes, phase: grid.phase };
                let sums = index.slot_sums(lines, (span.from.0, span.to.0), judge, load);
                Tally { good: sums.good, total: sums.total, events: sums.events, observed: sums.observed as i64, estimated: false }
            }
        })
    }
}
