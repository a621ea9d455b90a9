//! One decoded bucket as cumulative sums.

use super::Sums;
use crate::chunk::Slices;

/// Cumulative sums of one decoded bucket, before each of its minutes and after the last; narrow, since a bucket's own sums
/// fit 32 bits nearly always.
#[derive(Debug, Clone)]
pub(super) enum Edge {
    Narrow(Vec<(u32, u32, u16)>),
    Wide(Vec<Sums>),
}

impl Edge {
    pub(super) fn of(slices: &Slices, columns: (usize, usize)) -> Self {
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

    pub(super) fn before(&self, minute: usize) -> Sums {
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
