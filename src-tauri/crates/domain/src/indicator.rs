//! How good and total are obtained from a source, and which columns of the slice series hold them.
//!
//! A series keeps what was counted, column by column, so that another threshold can be replayed later: a ratio keeps its
//! two counters, a histogram keeps one cumulative count per boundary and the total. What is no whole number at the source
//! (ratios, values the server calculates) is kept in [`MILLIONTHS`].

use serde::{Deserialize, Serialize};

use crate::promql::PromQl;
use crate::selector::Selector;

/// Parts of one event, where a source gives fractions: what is counted is this many times too large.
pub const MILLIONTHS: u64 = 1_000_000;

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
    /// A gauge held against a bound: every sample is an event, good when the comparison holds.
    Threshold {
        /// Selector of the gauge.
        gauge: Selector,
        /// How a good sample compares.
        op: Op,
        /// With what.
        bound: f64,
    },
    /// A metric that is a ratio already, 0 to 1: every sample weighs the same, kept in [`MILLIONTHS`]. NaN is no traffic.
    RawRatio {
        /// What the ratio is the share of.
        counts: Counts,
        /// Selector of the ratio.
        ratio: Selector,
    },
    /// Requests at most `threshold` in a native histogram; inside a bucket it is interpolated, and the SLO says *estimated*.
    Native {
        /// Selector of the histogram.
        histogram: Selector,
        /// Boundary in the histogram's own unit, as written.
        threshold: f64,
    },
    /// Whatever the server evaluates at the end of every minute, kept in [`MILLIONTHS`]; the SLO says *estimated*.
    #[serde(rename = "promql")]
    PromQl {
        /// What is evaluated.
        measure: Measure,
    },
    /// What Datadog counts, a minute at a time.
    Datadog {
        /// What is asked for.
        asks: Datadog,
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

/// What is asked of Datadog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Datadog {
    /// Two metric queries of counts, such as `sum:requests{env:prod}.as_count()`.
    Counts {
        /// What the first query counts.
        counts: Counts,
        /// Good or bad.
        part: String,
        /// All.
        total: String,
    },
    /// The history of an SLO that Datadog keeps: its counts, or the seconds up and down where it measures time.
    Slo {
        /// Datadog's id of it.
        id: String,
    },
}

impl Datadog {
    /// The longest query that is taken, in bytes.
    pub const LONGEST_QUERY: usize = 4_000;

    /// Whether a query counts events, as far as its text tells.
    pub fn counts_events(query: &str) -> bool {
        query.len() <= Self::LONGEST_QUERY && query.contains(".as_count()")
    }

    /// Roles and queries.
    pub fn queries(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Counts { counts, part, total } => vec![(role(*counts), part.clone()), ("total", total.clone())],
            Self::Slo { id } => vec![("slo", id.clone())],
        }
    }
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

/// What the server evaluates at the end of every minute; each query answers at most one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Measure {
    /// Two values that compare with each other: rates or increases over the same range.
    Counts {
        /// What the first query counts.
        counts: Counts,
        /// Good or bad.
        part: PromQl,
        /// All.
        total: PromQl,
    },
    /// A ratio, 0 to 1; every minute weighs the same, NaN is no traffic.
    Ratio {
        /// What the ratio is the share of.
        counts: Counts,
        /// The ratio.
        ratio: PromQl,
    },
    /// A value held against a bound; every minute is an event, NaN is no traffic.
    Threshold {
        /// The value.
        value: PromQl,
        /// How a good minute compares.
        op: Op,
        /// With what.
        bound: f64,
    },
}

/// How a good value compares with its bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Below.
    Lt,
    /// At most.
    Lte,
    /// Above.
    Gt,
    /// At least.
    Gte,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lt, Self::Lte, Self::Gt, Self::Gte];

    /// Whether `value` is good. Exact, as the server's own comparison.
    pub fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Lt => value < bound,
            Self::Lte => value <= bound,
            Self::Gt => value > bound,
            Self::Gte => value >= bound,
        }
    }

    /// As in documents: `lt`, `lte`, `gt`, `gte`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
        }
    }

    /// As in PromQL.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Gt => ">",
            Self::Gte => ">=",
        }
    }

    /// From its word or sign.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.word() == text || op.sign() == text)
    }
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Meaning {
    /// First is good, second is all.
    #[default]
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
            Self::Latency { threshold, .. } | Self::Native { threshold, .. } => Some(*threshold),
            Self::Probe { under_ms, .. } => Some(*under_ms as f64 / 1000.0),
            Self::Drill { threshold, .. } => *threshold,
            Self::Ratio { .. }
            | Self::Halves { .. }
            | Self::Gauge { .. }
            | Self::Threshold { .. }
            | Self::RawRatio { .. }
            | Self::PromQl { .. }
            | Self::Datadog { .. } => None,
        }
    }

    /// How many of what its columns hold make one event: 1 where events are whole, [`MILLIONTHS`] where the source gives
    /// fractions. Ratios and burn rates need no division; counts that are shown do.
    pub fn scale(&self) -> u64 {
        if matches!(self, Self::RawRatio { .. } | Self::PromQl { .. }) { MILLIONTHS } else { 1 }
    }

    /// Why its counts can only be estimates, for a person; `None` where counting raw samples is exact.
    pub fn inexact(&self) -> Option<&'static str> {
        match self {
            Self::PromQl { .. } => {
                Some("the server evaluates the query once a minute: rates extrapolate, and what lies between two evaluations is not seen")
            }
            Self::Native { .. } => {
                Some("the threshold lies inside a bucket of the native histogram: what is in that bucket is interpolated")
            }
            _ => None,
        }
    }

    /// The same with another latency boundary, in its own unit; unchanged where no counts per boundary are kept.
    pub fn with_threshold(mut self, boundary: f64) -> Self {
        match &mut self {
            Self::Latency { threshold, .. } | Self::Drill { threshold: Some(threshold), .. } => *threshold = boundary,
            Self::Probe { under_ms, .. } => *under_ms = (boundary * 1000.0).round() as u64,
            _ => {}
        }
        self
    }

    /// Whether both count the same events, so that the history of one serves the other: alike but for the latency boundary.
    pub fn counts_as(&self, other: &Self) -> bool {
        match other.threshold() {
            Some(boundary) if self.threshold().is_some() => self.clone().with_threshold(boundary) == *other,
            _ => self == other,
        }
    }

    /// Roles and queries, as shown and as linked to the source's own page.
    pub fn queries(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Ratio { counts, part, total } => vec![(role(*counts), part.to_string()), ("total", total.to_string())],
            Self::Halves { good, bad } => vec![("good", good.to_string()), ("bad", bad.to_string())],
            Self::Latency { buckets, total, .. } => vec![("buckets", buckets.to_string()), ("total", total.to_string())],
            Self::Gauge { up } => vec![("up", up.to_string())],
            Self::Threshold { gauge, op, bound } => vec![("good", format!("{gauge} {} {bound}", op.sign()))],
            Self::RawRatio { counts, ratio } => vec![(role(*counts), ratio.to_string())],
            Self::Native { histogram, .. } => vec![("histogram", histogram.to_string())],
            Self::PromQl { measure } => measure.queries(),
            Self::Datadog { asks } => asks.queries(),
            Self::Probe { url, .. } => vec![("probe", url.clone())],
            Self::Drill { key, .. } => vec![("drill", key.clone())],
        }
    }
}

impl Measure {
    /// Roles and queries.
    pub fn queries(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Counts { counts, part, total } => vec![(role(*counts), part.to_string()), ("total", total.to_string())],
            Self::Ratio { counts, ratio } => vec![(role(*counts), ratio.to_string())],
            Self::Threshold { value, op, bound } => vec![("good", format!("{} {} {bound}", value.enclosed(), op.sign()))],
        }
    }
}

fn role(counts: Counts) -> &'static str {
    match counts {
        Counts::Good => "good",
        Counts::Bad => "bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_kept_whole() {
        let query = |text| PromQl::parse(text).unwrap();
        let gauge = Selector::parse("queue{job=\"a\"}").unwrap();
        for indicator in [
            Indicator::Threshold { gauge: gauge.clone(), op: Op::Lte, bound: 0.1 },
            Indicator::RawRatio { counts: Counts::Bad, ratio: gauge.clone() },
            Indicator::Native { histogram: gauge, threshold: 0.2 },
            Indicator::PromQl { measure: Measure::Counts { counts: Counts::Good, part: query("a"), total: query("b") } },
            Indicator::PromQl { measure: Measure::Ratio { counts: Counts::Good, ratio: query("a / b") } },
            Indicator::PromQl { measure: Measure::Threshold { value: query("a"), op: Op::Gt, bound: -1.5 } },
            Indicator::Datadog { asks: Datadog::Counts { counts: Counts::Bad, part: "sum:a{*}".to_owned(), total: "sum:b{*}".to_owned() } },
            Indicator::Datadog { asks: Datadog::Slo { id: "abc".to_owned() } },
        ] {
            let text = serde_json::to_string(&indicator).unwrap();
            assert_eq!(serde_json::from_str::<Indicator>(&text).unwrap(), indicator, "{text}");
            assert!(!indicator.queries().is_empty());
        }
    }

    #[test]
    fn comparisons_are_those_of_the_server() {
        let holding = |value: f64| Op::ALL.map(|op| op.holds(value, 2.0));
        assert_eq!(holding(1.0), [true, true, false, false]);
        assert_eq!(holding(2.0), [false, true, false, true]);
        assert_eq!(holding(3.0), [false, false, true, true]);
        assert_eq!(holding(f64::NAN), [false; 4]);
        assert_eq!(Op::ALL.map(|op| Op::parse(op.word())), Op::ALL.map(Some));
        assert_eq!(Op::parse("=="), None);
    }

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
