//! Quantiles of Student's t.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// Half the width of a two-sided interval of confidence `level`, in standard errors; none below one degree of freedom.
pub(super) fn half_width(level: f64, freedom: f64) -> Option<f64> {
    if freedom.is_nan() || freedom < 1.0 {
        return None;
    }
    let distribution = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(distribution.inverse_cdf(0.5 + level / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_in_the_tables() {
        for (level, freedom, width) in
            [(0.95, 1.0, 12.706), (0.95, 6.0, 2.447), (0.95, 12.0, 2.179), (0.99, 12.0, 3.055), (0.99, 2.0, 9.925)]
        {
            let found = half_width(level, freedom).unwrap();
            assert!((found - width).abs() < 1e-3, "{level} {freedom}: {found}");
        }
        assert_eq!(half_width(0.95, 0.5), None);
        assert_eq!(half_width(0.95, f64::NAN), None);
    }
}
