//! Whole columns over a stretch of minutes, side by side: what a replay reads months of. No minute is built by itself.

use crate::chunk::{head, inflated};
use crate::varint::{Damaged, take, unzigzag};

/// Some columns of consecutive minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Which minutes were observed.
    pub seen: Vec<bool>,
    /// The columns asked for, in that order; 0 where a minute was not observed.
    pub columns: Vec<Vec<u64>>,
}

impl Columns {
    /// `len` unobserved minutes of `columns` columns.
    pub fn unobserved(columns: usize, len: usize) -> Self {
        Self { seen: vec![false; len], columns: vec![vec![0; len]; columns] }
    }

    /// Some columns of a chunk, by their numbers. Damaged bytes are an error.
    pub fn decode(bytes: &[u8], wanted: &[usize]) -> Result<Self, Damaged> {
        let raw = inflated(bytes)?;
        let mut rest = raw.as_slice();
        let (count, seen) = head(&mut rest)?;
        if wanted.iter().any(|column| *column >= count) {
            return Err(Damaged);
        }
        let mut found = Self { columns: vec![vec![0; seen.len()]; wanted.len()], seen };
        for column in 0..count {
            let places: Vec<usize> = (0..wanted.len()).filter(|i| wanted[*i] == column).collect();
            let mut before = 0_u64;
            for (minute, _) in found.seen.iter().enumerate().filter(|(_, seen)| **seen) {
                before = before.wrapping_add(unzigzag(take(&mut rest)?) as u64);
                for place in &places {
                    found.columns[*place][minute] = before;
                }
            }
        }
        if rest.is_empty() { Ok(found) } else { Err(Damaged) }
    }

    /// Takes over minutes of another stretch that lie inside this one; `at`: where its first minute falls.
    pub fn take_over(&mut self, at: i64, other: &Self) {
        let skipped = (-at).max(0) as usize;
        let start = at.max(0) as usize;
        let len = other.seen.len().saturating_sub(skipped).min(self.seen.len().saturating_sub(start));
        if len == 0 {
            return;
        }
        self.seen[start..start + len].copy_from_slice(&other.seen[skipped..skipped + len]);
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            mine[start..start + len].copy_from_slice(&theirs[skipped..skipped + len]);
        }
    }

    /// Sets one minute, if it lies inside.
    pub fn set(&mut self, at: i64, figures: impl IntoIterator<Item = u64>) {
        let Some(seen) = usize::try_from(at).ok().and_then(|at| self.seen.get_mut(at)) else { return };
        *seen = true;
        for (column, figure) in self.columns.iter_mut().zip(figures) {
            column[at as usize] = figure;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::Slices;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn columns_are_those_of_the_minutes(
            minutes in proptest::collection::vec(proptest::option::weighted(0.8, (0_u64..500, any::<u64>(), 0_u64..9)), 0..400),
            wanted in proptest::collection::vec(0_usize..3, 0..4), at in -450_i64..450,
        ) {
            let mut slices = Slices::unobserved(3, minutes.len());
            for (i, figures) in minutes.iter().enumerate() {
                slices.set(i, figures.map(|f| [f.0, f.1, f.2]).as_ref().map(<[u64; 3]>::as_slice)).unwrap();
            }
            let found = Columns::decode(&slices.encode(), &wanted).unwrap();
            let mut stretch = Columns::unobserved(wanted.len(), 400);
            stretch.take_over(at, &found);
            for (i, figures) in slices.minutes().iter().enumerate() {
                prop_assert_eq!(found.seen[i], figures.is_some());
                let place = usize::try_from(at + i as i64).ok().filter(|p| *p < 400);
                for (column, number) in wanted.iter().enumerate() {
                    let figure = figures.as_ref().map_or(0, |f| f[*number]);
                    prop_assert_eq!(found.columns[column][i], figure);
                    prop_assert!(place.is_none_or(|p| stretch.columns[column][p] == figure && stretch.seen[p] == figures.is_some()));
                }
            }
        }

        #[test]
        fn damage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Columns::decode(&bytes, &[0, 1]);
        }
    }
}
