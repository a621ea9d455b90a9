//! Which series an indicator needs, and what each is for.

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Counts, Indicator, Layout, Measure};
use firewatch_domain::selector::Selector;

/// What a series is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    /// First column of a pair.
    First,
    /// Second column of a pair, or all of them for a histogram.
    Second,
    /// One boundary of a histogram.
    Bucket,
    /// A gauge of which every sample is judged.
    Level,
    /// A native histogram.
    Native,
}

/// The selectors of an indicator: none where the server evaluates; a fault for one that is not read from a metrics server.
pub(crate) fn selectors(indicator: &Indicator) -> Result<Vec<(Role, &Selector)>, Fault> {
    match indicator {
        Indicator::Ratio { part, total, .. } => Ok(vec![(Role::First, part), (Role::Second, total)]),
        Indicator::Halves { good, bad } => Ok(vec![(Role::First, good), (Role::Second, bad)]),
        Indicator::Latency { buckets, total, .. } => Ok(vec![(Role::Bucket, buckets), (Role::Second, total)]),
        Indicator::Gauge { up } => Ok(vec![(Role::Level, up)]),
        Indicator::Threshold { gauge, .. } => Ok(vec![(Role::Level, gauge)]),
        Indicator::RawRatio { ratio, .. } => Ok(vec![(Role::Level, ratio)]),
        Indicator::Native { histogram, .. } => Ok(vec![(Role::Native, histogram)]),
        Indicator::PromQl { .. } => Ok(Vec::new()),
        Indicator::Datadog { .. } | Indicator::Probe { .. } | Indicator::Drill { .. } => Err(Fault::new(
            FaultKind::QueryRefused,
            "This SLO is not read from a metrics server; choose the source it was made for, or give it selectors.",
        )),
    }
}

/// The columns of an indicator's slices, for the boundaries that were seen.
pub(crate) fn layout(indicator: &Indicator, bounds: Vec<f64>) -> Layout {
    match indicator {
        Indicator::Ratio { counts: Counts::Bad, .. } | Indicator::RawRatio { counts: Counts::Bad, .. } => Layout::BadTotal,
        Indicator::PromQl { measure: Measure::Counts { counts: Counts::Bad, .. } | Measure::Ratio { counts: Counts::Bad, .. } } => {
            Layout::BadTotal
        }
        Indicator::Halves { .. } => Layout::GoodBad,
        Indicator::Latency { threshold, .. } if bounds.is_empty() => Layout::Buckets { bounds: vec![*threshold] },
        Indicator::Latency { .. } => Layout::Buckets { bounds },
        _ => Layout::GoodTotal,
    }
}

/// The selector whose absence blinds the indicator, for messages.
pub(crate) fn leading(indicator: &Indicator) -> String {
    match indicator {
        Indicator::Ratio { total, .. } | Indicator::Latency { total, .. } => total.to_string(),
        Indicator::Halves { good, bad } => format!("{good} or {bad}"),
        Indicator::Gauge { up: gauge } | Indicator::Threshold { gauge, .. } => gauge.to_string(),
        Indicator::RawRatio { ratio, .. } => ratio.to_string(),
        Indicator::Native { histogram, .. } => histogram.to_string(),
        Indicator::PromQl { measure } => measure.queries().pop().map_or_else(String::new, |(_, query)| query),
        Indicator::Datadog { asks } => asks.queries().pop().map_or_else(String::new, |(_, query)| query),
        Indicator::Probe { url, .. } => url.clone(),
        Indicator::Drill { key, .. } => key.clone(),
    }
}
