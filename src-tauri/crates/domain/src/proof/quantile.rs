//! Quantiles from counts per boundary: interpolated, with the boundaries between which the true one lies.

use super::hours::Day;

/// A quantile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quantile {
    /// Interpolated between its boundaries; none beyond the last.
    pub value: Option<f64>,
    /// Boundary below; 0 below the first.
    pub low: f64,
    /// Boundary above; none beyond the last.
    pub high: Option<f64>,
}

/// Shares of events at most as long as each boundary.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Distribution {
    shares: Vec<f64>,
}

/// A day's distributions before and after, hours weighed alike on both sides.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DayOf {
    /// Days after shipping.
    pub number: usize,
    /// Before and after.
    pub sides: [Distribution; 2],
    /// Events before and after.
    pub events: [f64; 2],
}

impl Distribution {
    /// Of cumulative counts, one for each boundary and the total; none without an event.
    pub fn of(counts: &[f64]) -> Option<Self> {
        let (total, below) = counts.split_last().filter(|(total, _)| **total > 0.0)?;
        let mut shares: Vec<f64> = below.iter().map(|count| (count / total).clamp(0.0, 1.0)).collect();
        // Counters of buckets are read one after the other, so that one may lag behind.
        let mut most = 0.0_f64;
        for share in &mut shares {
            most = most.max(*share);
            *share = most;
        }
        Some(Self { shares })
    }

    /// The mean of several.
    pub fn mean<'a>(of: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let (mut shares, mut count) = (Vec::new(), 0.0);
        for one in of {
            shares.resize(one.shares.len(), 0.0);
            shares.iter_mut().zip(&one.shares).for_each(|(sum, share)| *sum += share);
            count += 1.0;
        }
        (count > 0.0).then(|| Self { shares: shares.into_iter().map(|sum| sum / count).collect() })
    }

    /// The value that a share of the events stays at or below.
    pub fn quantile(&self, bounds: &[f64], share: f64) -> Quantile {
        let at = self.shares.iter().position(|below| *below >= share);
        let Some(at) = at else {
            return Quantile { value: None, low: bounds.last().copied().unwrap_or(0.0), high: None };
        };
        let (low, below) = if at == 0 { (0.0, 0.0) } else { (bounds[at - 1], self.shares[at - 1]) };
        let (high, through) = (bounds[at], self.shares[at]);
        let value = if through > below { low + (high - low) * ((share - below) / (through - below)).clamp(0.0, 1.0) } else { high };
        Quantile { value: Some(value), low, high: Some(high) }
    }
}

impl Quantile {
    /// The value, or the last boundary for one beyond it.
    pub fn at_least(&self) -> f64 {
        self.value.unwrap_or(self.low).max(f64::MIN_POSITIVE)
    }
}

impl DayOf {
    /// Of a day's hours; none where a side has no event.
    pub fn of(day: &Day<'_>) -> Option<Self> {
        let mut sums = [Vec::new(), Vec::new()];
        let mut events = [0.0; 2];
        for pair in &day.pairs {
            let sides = [&pair.before.figures, &pair.after.figures];
            let totals = sides.map(|figures| figures.last().copied().unwrap_or(0) as f64);
            if totals[0] <= 0.0 || totals[1] <= 0.0 {
                continue;
            }
            for (side, figures) in sides.into_iter().enumerate() {
                let weight = totals[1 - side] / (totals[0] + totals[1]);
                sums[side].resize(figures.len(), 0.0);
                sums[side].iter_mut().zip(figures).for_each(|(sum, count)| *sum += weight * *count as f64);
                events[side] += totals[side];
            }
        }
        let [before, after] = sums.map(|sums| Distribution::of(&sums));
        Some(Self { number: day.number, sides: [before?, after?], events })
    }
}

/// Relative variances of both quantiles: what their logarithms differ between days, or by ranks alone if that is more.
pub(super) fn variances(days: &[DayOf], means: [&Distribution; 2], bounds: &[f64], share: f64) -> [f64; 2] {
    let count = days.len() as f64;
    let squares = [0, 1].map(|side| {
        let logs: Vec<f64> = days.iter().map(|day| day.sides[side].quantile(bounds, share).at_least().ln()).collect();
        let mean = logs.iter().sum::<f64>() / count;
        logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>()
    });
    let between = (squares[0] + squares[1]) / (2.0 * count - 2.0).max(1.0) / count;
    [0, 1].map(|side| {
        let events: f64 = days.iter().map(|day| day.events[side]).sum();
        let off = (share * (1.0 - share) / events).sqrt();
        let at = |share: f64| means[side].quantile(bounds, share.clamp(0.0, 1.0)).at_least().ln();
        let ranks = ((at(share + off) - at((share - off).max(f64::EPSILON))) / 2.0).powi(2);
        between.max(ranks)
    })
}
