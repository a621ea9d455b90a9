//! One bucket of a series as bytes: which minutes were observed, and each column as differences, deflated.
//!
//! Layout before deflating, all varints: version, columns, minutes; then the lengths of alternating runs (unobserved first);
//! then, column by column, the zigzag differences between consecutive observed minutes.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use crate::varint::{Damaged, put, take, unzigzag, zigzag};

const VERSION: u64 = 1;
/// No chunk is larger than this before deflating; damaged or hostile bytes stop here.
const LARGEST: u64 = 16 << 20;
const MOST_MINUTES: usize = 4096;
const MOST_COLUMNS: usize = 1024;

/// The slices of a bucket: minute by minute the columns, or `None` where unobserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slices {
    columns: usize,
    minutes: Vec<Option<Box<[u64]>>>,
}

impl Slices {
    /// `len` unobserved minutes of `columns` columns.
    pub fn unobserved(columns: usize, len: usize) -> Self {
        Self { columns, minutes: vec![None; len] }
    }

    /// Columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Minute by minute.
    pub fn minutes(&self) -> &[Option<Box<[u64]>>] {
        &self.minutes
    }

    /// Sets a minute; figures of another width are refused.
    pub fn set(&mut self, minute: usize, figures: Option<&[u64]>) -> Result<(), Damaged> {
        if figures.is_some_and(|f| f.len() != self.columns) {
            return Err(Damaged);
        }
        *self.minutes.get_mut(minute).ok_or(Damaged)? = figures.map(Into::into);
        Ok(())
    }

    /// Adds to a minute; an unobserved one becomes observed.
    pub fn add(&mut self, minute: usize, figures: &[u64]) -> Result<(), Damaged> {
        if figures.len() != self.columns {
            return Err(Damaged);
        }
        match self.minutes.get_mut(minute).ok_or(Damaged)? {
            Some(have) => have.iter_mut().zip(figures).for_each(|(a, b)| *a = a.saturating_add(*b)),
            none => *none = Some(figures.into()),
        }
        Ok(())
    }

    /// Observed minutes.
    pub fn observed(&self) -> u64 {
        self.minutes.iter().flatten().count() as u64
    }

    /// Column sums.
    pub fn sums(&self) -> Vec<u64> {
        let mut sums = vec![0_u64; self.columns];
        for figures in self.minutes.iter().flatten() {
            sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum = sum.saturating_add(*figure));
        }
        sums
    }

    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(self.minutes.len() * self.columns * 2 + 16);
        put(&mut raw, VERSION);
        put(&mut raw, self.columns as u64);
        put(&mut raw, self.minutes.len() as u64);
        let mut seen = false;
        let mut run = 0;
        for minute in &self.minutes {
            if minute.is_some() == seen {
                run += 1;
            } else {
                put(&mut raw, run);
                (seen, run) = (!seen, 1);
            }
        }
        put(&mut raw, run);
        for column in 0..self.columns {
            let mut before = 0_u64;
            for figures in self.minutes.iter().flatten() {
                put(&mut raw, zigzag(figures[column].wrapping_sub(before) as i64));
                before = figures[column];
            }
        }
        deflated(&raw)
    }

    /// From bytes; damaged ones are an error, never a panic, and never take more than bounded memory.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let raw = inflated(bytes)?;
        let mut rest = raw.as_slice();
        let (columns, seen) = head(&mut rest)?;
        let mut minutes: Vec<Option<Box<[u64]>>> = seen.iter().map(|s| s.then(|| vec![0; columns].into_boxed_slice())).collect();
        for column in 0..columns {
            let mut before = 0_u64;
            for figures in minutes.iter_mut().flatten() {
                before = before.wrapping_add(unzigzag(take(&mut rest)?) as u64);
                figures[column] = before;
            }
        }
        if rest.is_empty() { Ok(Self { columns, minutes }) } else { Err(Damaged) }
    }
}

/// The bytes before deflating.
pub(crate) fn inflated(bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    let mut raw = Vec::with_capacity(bytes.len() * 4);
    DeflateDecoder::new(bytes).take(LARGEST).read_to_end(&mut raw).map_err(|_| Damaged)?;
    Ok(raw)
}

/// How many columns there are, and which minutes were observed.
pub(crate) fn head(rest: &mut &[u8]) -> Result<(usize, Vec<bool>), Damaged> {
    let (version, columns, len) = (take(rest)?, take(rest)? as usize, take(rest)? as usize);
    if version != VERSION || columns > MOST_COLUMNS || len > MOST_MINUTES {
        return Err(Damaged);
    }
    Ok((columns, runs(rest, len)?))
}

fn runs(rest: &mut &[u8], len: usize) -> Result<Vec<bool>, Damaged> {
    let mut seen = Vec::with_capacity(len);
    let mut observed = false;
    loop {
        let run = take(rest)? as usize;
        if run > len - seen.len() {
            return Err(Damaged);
        }
        seen.resize(seen.len() + run, observed);
        if seen.len() == len {
            return Ok(seen);
        }
        if run == 0 && !seen.is_empty() {
            return Err(Damaged);
        }
        observed = !observed;
    }
}

fn deflated(raw: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(raw.len() / 2), Compression::default());
    // Writing to a vector cannot fail; an empty result would be refused as damaged when read back.
    encoder.write_all(raw).and_then(|()| encoder.finish()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slices() -> impl Strategy<Value = Slices> {
        (1_usize..5).prop_flat_map(|columns| {
            let figures = proptest::collection::vec(prop_oneof![0_u64..500, any::<u64>()], columns);
            proptest::collection::vec(proptest::option::weighted(0.8, figures), 0..400).prop_map(move |minutes| {
                let mut slices = Slices::unobserved(columns, minutes.len());
                for (i, figures) in minutes.iter().enumerate() {
                    slices.set(i, figures.as_deref()).unwrap();
                }
                slices
            })
        })
    }

    proptest! {
        #[test]
        fn slices_survive(slices in slices()) {
            prop_assert_eq!(Slices::decode(&slices.encode()), Ok(slices));
        }

        #[test]
        fn damage_never_panics(slices in slices(), at in any::<prop::sample::Index>(), flip in 1_u8..=255, cut in any::<prop::sample::Index>()) {
            let mut bytes = slices.encode();
            let i = at.index(bytes.len());
            bytes[i] ^= flip;
            let _ = Slices::decode(&bytes);
            let _ = Slices::decode(&bytes[..cut.index(bytes.len())]);
        }
    }

    #[test]
    fn a_bucket_of_steady_traffic_takes_about_a_byte_a_figure() {
        let mut slices = Slices::unobserved(2, 360);
        for minute in 0..360_usize {
            let noise = (minute as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58;
            slices.set(minute, Some(&[u64::from(minute % 7 == 0), 600 + noise])).unwrap();
        }
        assert!(slices.encode().len() < 720, "{}", slices.encode().len());
    }
}
