//! Which series an indicator needs, and what each is for.

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Counts, Indicator, Layout};
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
    /// A boolean gauge.
    Up,
}

/// The selectors of an indicator; a fault for one that is not read from a metrics server.
pub(crate) fn selectors(indicator: &Indicator) -> Result<Vec<(Role, &Selector)>, Fault> {
    match indicator {
        Indicator::Ratio { part, total, .. } => Ok(vec![(Role::First, part), (Role::Second, total)]),
        Indicator::Halves { good, bad } => Ok(vec![(Role::First, good), (Role::Second, bad)]),
        Indicator::Latency { buckets, total, .. } => Ok(vec![(Role::Bucket, buckets), (Role::Second, total)]),
        Indicator::Gauge { up } => Ok(vec![(Role::Up, up)]),
        Indicator::Probe { .. } | Indicator::Drill { .. } => Err(Fault::new(
            FaultKind::QueryRefused,
            "This SLO is not read from a metrics server; choose the source it was made for, or give it selectors.",
        )),
    }
}

/// The columns of an indicator's slices, for the boundaries that were seen.
pub(crate) fn layout(indicator: &Indicator, bounds: Vec<f64>) -> Layout {
    match indicator {
        Indicator::Ratio { counts: Counts::Bad, .. } => Layout::BadTotal,
        Indicator::Halves { .. } => Layout::GoodBad,
        Indicator::Latency { threshold, .. } if bounds.is_empty() => Layout::Buckets { bounds: vec![*threshold] },
        Indicator::Latency { .. } => Layout::Buckets { bounds },
        Indicator::Ratio { counts: Counts::Good, .. } | Indicator::Gauge { .. } | Indicator::Probe { .. } | Indicator::Drill { .. } => {
            Layout::GoodTotal
        }
    }
}

/// The selector whose absence blinds the indicator, for messages.
pub(crate) fn leading(indicator: &Indicator) -> String {
    match indicator {
        Indicator::Ratio { total, .. } | Indicator::Latency { total, .. } => total.to_string(),
        Indicator::Halves { good, bad } => format!("{good} or {bad}"),
        Indicator::Gauge { up } => up.to_string(),
        Indicator::Probe { url, .. } => url.clone(),
        Indicator::Drill { key, .. } => key.clone(),
    }
}
