//! How good and total are obtained from a source, and which columns of the slice series hold them.
//!
//! A series keeps what was counted, column by column, so that another threshold can be replayed later: a ratio keeps its
//! two counters, a histogram keeps one cumulative count per boundary and the total.

use serde::{Deserialize, Serialize};

use crate::selector::Selector;

/// Where an indicator's events come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Indicator {
    /// Good (or bad) and all events as counters.
    Ratio {
        /// What the first counter counts.
        counts: Counts,
        /// Selector of the good or bad counter.
        part: Selector,
        /// Selector of the counter of all events.
        total: Selector,
    },
    /// Good (or bad) events and the other half, without a counter of all.
    Halves {
        /// Selector of the good counter.
        good: Selector,
        /// Selector of the bad counter.
        bad: Selector,
    },
    /// Requests at most `threshold` in a classic histogram.
    Latency {
        /// Selector of the `_bucket` series, without `le`.
        buckets: Selector,
        /// Selector of the `_count` series.
        total: Selector,
        /// Boundary in the histogram's own unit, as written; compared as a number.
        threshold: f64,
    },
    /// A boolean gauge such as `probe_success`: every sample is an event, a sample of 1 is a good one.
    Gauge {
        /// Selector of the gauge.
        up: Selector,
    },
    /// HTTP availability and latency of a URL, probed by us.
    Probe {
        /// Address to GET.
        url: String,
        /// Good when a status below 400 arrived within this many milliseconds.
        under_ms: u64,
        /// Seconds between probes.
        interval_s: u64,
    },
    /// An integration of the replayed story.
    Drill {
        /// Its key in the story.
        key: String,
        /// Boundary in seconds for latency; none for availability.
        threshold: Option<f64>,
    },
}

/// What the first counter of a ratio counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Good events.
    Good,
    /// Bad events.
    Bad,
}

/// What the columns of a series mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "layout", rename_all = "snake_case")]
pub enum Layout {
    /// `[good, total]`
    GoodTotal,
    /// `[bad, total]`
    BadTotal,
    /// `[good, bad]`
    GoodBad,
    /// `[count <= bounds[0], …, total]`
    Buckets {
        /// Upper bounds, ascending, without infinity.
        bounds: Vec<f64>,
    },
}

impl Layout {
    /// Columns of a slice.
    pub fn columns(&self) -> usize {
        match self {
            Self::GoodTotal | Self::BadTotal | Self::GoodBad => 2,
            Self::Buckets { bounds } => bounds.len() + 1,
        }
    }

    /// Which columns make good and total for an indicator; `None` when its threshold is no boundary.
    pub fn projection(&self, indicator: &Indicator) -> Option<Projection> {
        let last = self.columns() - 1;
        match self {
            Self::GoodTotal => Some(Projection { part: 0, other: last, meaning: Meaning::GoodOfTotal }),
            Self::BadTotal => Some(Projection { part: 0, other: last, meaning: Meaning::BadOfTotal }),
            Self::GoodBad => Some(Projection { part: 0, other: last, meaning: Meaning::GoodAndBad }),
            Self::Buckets { bounds } => {
                let threshold = indicator.threshold()?;
                let part = bounds.iter().position(|bound| same_bound(*bound, threshold))?;
                Some(Projection { part, other: last, meaning: Meaning::GoodOfTotal })
            }
        }
    }
}

/// Two columns and how to read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projection {
    /// First column.
    pub part: usize,
    /// Second column.
    pub other: usize,
    /// How to read them.
    pub meaning: Meaning,
}

/// How two columns make good and total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// First is good, second is all.
    GoodOfTotal,
    /// First is bad, second is all.
    BadOfTotal,
    /// First is good, second is bad.
    GoodAndBad,
}

impl Projection {
    /// Good and total from the sums of both columns. More good (or bad) than total is clamped: a broken definition must
    /// not make a negative count.
    pub fn good_and_total(self, part: u64, other: u64) -> (u64, u64) {
        match self.meaning {
            Meaning::GoodOfTotal => (part.min(other), other),
            Meaning::BadOfTotal => (other.saturating_sub(part), other),
            Meaning::GoodAndBad => (part, part + other),
        }
    }
}

/// Boundaries are compared as numbers, since `le="1"` and `le="1.0"` are one boundary.
pub fn same_bound(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

impl Indicator {
    /// Its latency boundary, in the unit of its buckets (seconds for probe and drill).
    pub fn threshold(&self) -> Option<f64> {
        match self {
            Self::Latency { threshold, .. } => Some(*threshold),
            Self::Probe { under_ms, .. } => Some(*under_ms as f64 / 1000.0),
            Self::Drill { threshold, .. } => *threshold,
            Self::Ratio { .. } | Self::Halves { .. } | Self::Gauge { .. } => None,
        }
    }

    /// Roles and queries, as shown and as linked to the source's own page.
    pub fn queries(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Ratio { counts, part, total } => {
                let role = if *counts == Counts::Good { "good" } else { "bad" };
                vec![(role, part.to_string()), ("total", total.to_string())]
            }
            Self::Halves { good, bad } => vec![("good", good.to_string()), ("bad", bad.to_string())],
            Self::Latency { buckets, total, .. } => vec![("buckets", buckets.to_string()), ("total", total.to_string())],
            Self::Gauge { up } => vec![("up", up.to_string())],
            Self::Probe { url, .. } => vec![("probe", url.clone())],
            Self::Drill { key, .. } => vec![("drill", key.clone())],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_must_be_a_boundary() {
        let layout = Layout::Buckets { bounds: vec![0.1, 0.5, 1.0] };
        let at = |threshold| Indicator::Drill { key: "k".to_owned(), threshold: Some(threshold) };
        assert_eq!(layout.projection(&at(0.5)).map(|p| (p.part, p.other)), Some((1, 3)));
        assert_eq!(layout.projection(&at(0.4)), None);
    }

    #[test]
    fn counts_never_go_negative() {
        let p = |meaning| Projection { part: 0, other: 1, meaning };
        assert_eq!(p(Meaning::GoodOfTotal).good_and_total(12, 10), (10, 10));
        assert_eq!(p(Meaning::BadOfTotal).good_and_total(12, 10), (0, 10));
        assert_eq!(p(Meaning::GoodAndBad).good_and_total(12, 10), (12, 22));
    }
}
