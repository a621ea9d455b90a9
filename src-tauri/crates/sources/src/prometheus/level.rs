//! What one value of a gauge is worth: an event, or a share of one.

use firewatch_domain::indicator::{Indicator, MILLIONTHS};

/// Ratios calculated in floating point may pass their ends by this much.
const SLACK: f64 = 1e-9;

/// What a value adds to both columns; `None` where it means nothing. A ratio that is NaN is 0/0, no traffic: it adds nothing.
pub(super) fn worth(indicator: &Indicator, value: f64) -> Option<[u64; 2]> {
    match indicator {
        Indicator::Threshold { op, bound, .. } => value.is_finite().then(|| [u64::from(op.holds(value, *bound)), 1]),
        Indicator::RawRatio { .. } => share(value),
        _ => value.is_finite().then(|| [u64::from((value - 1.0).abs() < f64::EPSILON), 1]),
    }
}

/// A ratio in millionths of one, rounded half away from zero; nothing for NaN, `None` for what is no ratio.
pub(super) fn share(value: f64) -> Option<[u64; 2]> {
    if value.is_nan() {
        return Some([0, 0]);
    }
    let whole = MILLIONTHS as f64;
    (-SLACK..=1.0 + SLACK).contains(&value).then(|| [(value.clamp(0.0, 1.0) * whole).round() as u64, MILLIONTHS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_kept_in_millionths() {
        for (value, worth) in [
            (0.0, Some([0, 1_000_000])),
            (1.0, Some([1_000_000, 1_000_000])),
            (0.999_500_4, Some([999_500, 1_000_000])),
            (1.000_000_000_5, Some([1_000_000, 1_000_000])),
            (-1e-12, Some([0, 1_000_000])),
            (f64::NAN, Some([0, 0])),
            (1.1, None),
            (-0.1, None),
            (99.9, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(share(value), worth, "{value}");
        }
    }
}
