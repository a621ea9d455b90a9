//! Ratios of two things measured in turn: their median, and how sure one can be of it.

/// Values measured in turn: ours, then the other's.
#[derive(Debug, Clone, Default)]
pub struct Pairs(Vec<(f64, f64)>);

/// The median of the ratios with its 95 % interval.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    /// Median.
    pub median: f64,
    /// 2.5th percentile of resampled medians.
    pub low: f64,
    /// 97.5th percentile of resampled medians.
    pub high: f64,
}

const RESAMPLES: usize = 4_000;

impl Pairs {
    /// Adds a pair.
    pub fn push(&mut self, ours: f64, theirs: f64) {
        self.0.push((ours, theirs));
    }

    /// Our median.
    pub fn ours(&self) -> f64 {
        median(self.0.iter().map(|pair| pair.0).collect())
    }

    /// The other's median.
    pub fn theirs(&self) -> f64 {
        median(self.0.iter().map(|pair| pair.1).collect())
    }

    /// Ours over the other's, pair by pair, bootstrapped with a fixed seed.
    pub fn ratio(&self) -> Ratio {
        let ratios: Vec<f64> = self.0.iter().map(|(ours, theirs)| ours / theirs).collect();
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        let mut draw = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            ratios.get((seed % ratios.len().max(1) as u64) as usize).copied().unwrap_or(f64::NAN)
        };
        let mut medians: Vec<f64> = (0..RESAMPLES).map(|_| median((0..ratios.len()).map(|_| draw()).collect())).collect();
        medians.sort_by(f64::total_cmp);
        Ratio { median: median(ratios.clone()), low: medians[RESAMPLES / 40], high: medians[RESAMPLES - 1 - RESAMPLES / 40] }
    }

    /// Every pair, as a line to print: nothing is dropped.
    pub fn words(&self, unit: &str) -> String {
        let pairs: Vec<String> = self.0.iter().map(|(ours, theirs)| format!("{ours:.0}/{theirs:.0}")).collect();
        format!("{} pairs in {unit}: {}", self.0.len(), pairs.join(" "))
    }
}

/// The middle value.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}
