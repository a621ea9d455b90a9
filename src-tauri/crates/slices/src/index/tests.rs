//! Every window against a slow truth of single minutes.

use super::*;
use crate::BUCKET;
use proptest::prelude::*;
use std::collections::HashMap;

/// The slow truth: every minute in a map, carries in a list.
#[derive(Default)]
struct Oracle {
    minutes: HashMap<i64, [u64; 2]>,
    carries: Vec<(i64, i64, [u64; 2])>,
    excluded: Vec<(i64, i64)>,
}

impl Oracle {
    fn sums(&self, from: i64, to: i64) -> Sums {
        let mut sums = Sums::default();
        for minute in (from..to).filter(|m| self.counts(*m)) {
            if let Some([part, other]) = self.minutes.get(&minute) {
                sums = sums.plus(Sums { part: *part, other: *other, observed: 1, carried: false });
            }
        }
        for (_, _, [part, other]) in self.carries.iter().filter(|c| from <= c.0 && c.1 <= to && (c.0..c.1).any(|m| self.counts(m))) {
            sums = sums.plus(Sums { part: *part, other: *other, observed: 0, carried: true });
        }
        sums
    }

    fn counts(&self, minute: i64) -> bool {
        !self.excluded.iter().any(|e| e.0 <= minute && minute < e.1)
    }

    fn slots(&self, grid: Grid, from: i64, to: i64) -> SlotSums {
        let mut sums = SlotSums::default();
        for start in (from..to).step_by(grid.minutes as usize) {
            let mut slot = Slot::default();
            for minute in (start..start + grid.minutes).filter(|m| self.counts(*m)) {
                slot.expected += 1;
                if let Some([part, other]) = self.minutes.get(&minute) {
                    slot.add(*part, *other);
                }
            }
            let judged = SlotSums { observed: slot.observed as u64, ..judge(slot) };
            sums.good += judged.good;
            sums.total += judged.total;
            sums.events += judged.events;
            sums.observed += judged.observed;
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

/// Nothing that could be had from sums of minutes: half of a slice must be there, and small ones count double.
fn judge(slot: Slot) -> SlotSums {
    if slot.expected == 0 || slot.observed * 2 < slot.expected {
        return SlotSums::default();
    }
    SlotSums { good: u64::from(slot.part < 9), total: 1 + u64::from(slot.other < 1 << 20), events: slot.other, observed: 0 }
}

fn aligned(grid: Grid, minute: i64) -> i64 {
    minute - (minute - grid.phase).rem_euclid(grid.minutes)
}

/// Disjoint spans, ascending, from lengths and pauses.
fn spans(lengths: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    let mut at = 0;
    lengths
        .into_iter()
        .map(|(pause, len)| {
            at += pause + len;
            (at - len, at)
        })
        .collect()
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
        excluded in proptest::collection::vec((1_i64..900, 1_i64..500), 0..4),
        slice in proptest::sample::select(&[1_i64, 5, 7, 60, 360, 400][..]), phase in 0_i64..60,
    ) {
        let grid = Grid { minutes: slice, phase: phase % slice };
        let mut oracle = Oracle { excluded: spans(excluded), ..Oracle::default() };
        let mut index = Index::new((0, 1));
        index.exclude(oracle.excluded.clone());
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
            let (from, to) = (aligned(grid, from), aligned(grid, to));
            prop_assert_eq!(index.slot_sums(grid, (from, to), judge, |b| Some(oracle.bucket(b))), oracle.slots(grid, from, to));
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
            let (from, to) = (aligned(grid, from), aligned(grid, to));
            prop_assert_eq!(index.slot_sums(grid, (from, to), judge, |b| Some(oracle.bucket(b))), oracle.slots(grid, from, to));
        }
    }
}
