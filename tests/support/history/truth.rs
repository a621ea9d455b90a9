//! What a history's counters say when they are read sample by sample, by the rule of all exact readers: differences per series, and
//! after a fall the new value.

use std::ops::AddAssign;

use super::BOUNDARIES;

/// Everything that was scraped of one job.
#[derive(Debug, Clone)]
pub struct Truth {
    /// The samples that exist, in order.
    pub samples: Vec<Sample>,
    /// The stretch without samples, as it was asked for.
    pub gap: Option<(i64, i64)>,
}

/// The counters of a job at one scrape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Unix seconds.
    pub at: i64,
    /// `code="200"`.
    pub good: u64,
    /// `code="500"`.
    pub bad: u64,
    /// Requests within each of the [`BOUNDARIES`].
    pub within: [u64; BOUNDARIES.len()],
}

/// What happened in a stretch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests that succeeded.
    pub good: u64,
    /// Requests that failed.
    pub bad: u64,
    /// Requests within each of the [`BOUNDARIES`].
    pub within: [u64; BOUNDARIES.len()],
}

impl Counts {
    /// All requests.
    pub fn total(&self) -> u64 {
        self.good + self.bad
    }

    /// Requests within `boundary` seconds, which must be one of the [`BOUNDARIES`].
    pub fn within(&self, boundary: f64) -> Option<u64> {
        BOUNDARIES.iter().position(|known| (known - boundary).abs() < 1e-9).map(|index| self.within[index])
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.good += other.good;
        self.bad += other.bad;
        for (mine, others) in self.within.iter_mut().zip(other.within) {
            *mine += others;
        }
    }
}

impl Truth {
    /// The sum of the counter differences between the samples from `from` to `to`, both inclusive.
    pub fn between(&self, from: i64, to: i64) -> Counts {
        let mut sum = Counts::default();
        for pair in self.samples.windows(2).filter(|pair| pair[0].at >= from && pair[1].at <= to) {
            sum += difference(&pair[0], &pair[1]);
        }
        sum
    }

    /// The difference across the gap: from the last sample before it to the first after it, with their times.
    pub fn across_gap(&self) -> Option<(i64, i64, Counts)> {
        let (from, _) = self.gap?;
        let pair = self.samples.windows(2).find(|pair| pair[0].at < from && pair[1].at >= from)?;
        Some((pair[0].at, pair[1].at, difference(&pair[0], &pair[1])))
    }

    /// The last sample.
    pub fn last(&self) -> Option<&Sample> {
        self.samples.last()
    }
}

fn difference(before: &Sample, after: &Sample) -> Counts {
    let mut within = [0; BOUNDARIES.len()];
    for (index, count) in within.iter_mut().enumerate() {
        *count = rise(before.within[index], after.within[index]);
    }
    Counts { good: rise(before.good, after.good), bad: rise(before.bad, after.bad), within }
}

fn rise(before: u64, after: u64) -> u64 {
    after.checked_sub(before).unwrap_or(after)
}
