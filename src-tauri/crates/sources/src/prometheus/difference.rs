//! From the samples of one counter to what happened, minute by minute, in whole numbers.
//!
//! Functions such as `increase()` extrapolate; differences of raw values do not. A value below the one before is a restart:
//! all of it is new. A difference across a gap cannot be split among its minutes and is marked *far*.

use firewatch_domain::minute::{Minute, Span};

use super::wire::Sample;

/// Two samples further apart than this many scrape intervals have a gap between them.
const CLOSE_INTERVALS: f64 = 2.2;
/// Samples this close never have a gap between them.
const CLOSEST_MS: i64 = 20_000;
/// Beyond 2^53 neighbouring whole numbers cannot be told apart.
const MOST: f64 = 9_007_199_254_740_992.0;

/// What is known before the first sample of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// Nothing: the first sample is where counting begins.
    Unknown,
    /// The series was born after its metric: it counts from 0.
    Born,
    /// A sample of long before, only its value known, not earlier than `since_ms`.
    Earlier {
        /// Unix milliseconds before which it was not looked for.
        since_ms: i64,
        /// Its value.
        value: u64,
    },
}

/// What one sample adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// From the minute after the earlier sample to the minute of this one, inclusive; at least that one minute.
    pub minutes: Span,
    /// Events since the earlier sample.
    pub delta: u64,
    /// Too far from the earlier sample to tell the minutes apart.
    pub far: bool,
}

/// A value as a count; `None` for what is no count.
pub(crate) fn count(value: f64) -> Option<u64> {
    (value.is_finite() && (0.0..=MOST).contains(&value)).then_some(value.floor() as u64)
}

/// How far apart two samples of a series may be without a gap.
pub(crate) fn close_ms(interval_ms: i64) -> i64 {
    ((interval_ms as f64 * CLOSE_INTERVALS) as i64).max(CLOSEST_MS)
}

/// The usual distance of a series' samples, and how many distances that rests on.
pub(crate) fn interval_ms(samples: &[Sample]) -> Option<(i64, usize)> {
    let mut distances: Vec<i64> = samples.windows(2).map(|pair| pair[1].ms - pair[0].ms).filter(|d| *d > 0).collect();
    let middle = distances.len().checked_sub(1)? / 2;
    let (_, median, _) = distances.select_nth_unstable(middle);
    Some((*median, distances.len()))
}

/// Walks over a series, calling `add` for every step and `odd` for every sample that is no count. Samples are in the order of
/// time; repeated ones are passed over.
pub(crate) fn walk(samples: &[Sample], close_ms: i64, start: Start, mut add: impl FnMut(Step), mut odd: impl FnMut(Minute)) {
    let mut earlier: Option<(i64, u64)> = match start {
        Start::Earlier { since_ms, value } => Some((since_ms, value)),
        Start::Unknown | Start::Born => None,
    };
    let mut latest = i64::MIN;
    for sample in samples {
        if sample.ms <= latest {
            continue;
        }
        latest = sample.ms;
        let minute = Minute::of_sample(sample.ms);
        let Some(value) = count(sample.value) else {
            odd(minute);
            continue;
        };
        if let Some((ms, before)) = earlier {
            let delta = value.checked_sub(before).unwrap_or(value);
            let from = Minute::of_sample(ms).plus(1).min(minute);
            let minutes = Span::new(from, minute.plus(1));
            // A gap that fits into one minute leaves nothing to tell apart.
            add(Step { minutes, delta, far: sample.ms - ms > close_ms && minutes.len() > 1 });
        } else if start == Start::Born {
            add(Step { minutes: Span::new(minute, minute.plus(1)), delta: value, far: false });
        }
        earlier = Some((sample.ms, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(pairs: &[(i64, f64)]) -> Vec<Sample> {
        pairs.iter().map(|(s, value)| Sample { ms: s * 1000, value: *value }).collect()
    }

    /// First minute, minute after the last, delta, far.
    type Row = (i64, i64, u64, bool);

    fn steps(pairs: &[(i64, f64)], start: Start) -> (Vec<Row>, Vec<i64>) {
        let (mut steps, mut odd) = (Vec::new(), Vec::new());
        let add = |s: Step| steps.push((s.minutes.from.0, s.minutes.to.0, s.delta, s.far));
        walk(&samples(pairs), close_ms(60_000), start, add, |m| odd.push(m.0));
        (steps, odd)
    }

    #[test]
    fn differences_go_to_the_minute_of_the_later_sample() {
        let (got, odd) = steps(&[(60, 10.0), (120, 13.0), (180, 13.0), (241, 20.0)], Start::Unknown);
        assert_eq!(got, [(1, 2, 3, false), (2, 3, 0, false), (3, 5, 7, false)]);
        assert!(odd.is_empty());
    }

    #[test]
    fn several_samples_of_one_minute_add_there() {
        let (got, _) = steps(&[(61, 0.0), (75, 2.0), (90, 5.0)], Start::Unknown);
        assert_eq!(got, [(1, 2, 2, false), (1, 2, 3, false)]);
    }

    #[test]
    fn a_restart_counts_all_of_the_new_value() {
        assert_eq!(steps(&[(60, 100.0), (120, 7.0), (180, 9.0)], Start::Unknown).0, [(1, 2, 7, false), (2, 3, 2, false)]);
        assert_eq!(steps(&[(60, 100.0), (120, 0.0)], Start::Unknown).0, [(1, 2, 0, false)]);
    }

    #[test]
    fn a_gap_is_far_and_spans_its_minutes() {
        assert_eq!(steps(&[(60, 5.0), (960, 50.0)], Start::Unknown).0, [(1, 16, 45, true)]);
        // 120 s apart is one missed scrape; 133 s is a gap.
        assert!(!steps(&[(60, 5.0), (180, 6.0)], Start::Unknown).0[0].3);
        assert!(steps(&[(60, 5.0), (193, 6.0)], Start::Unknown).0[0].3);
    }

    #[test]
    fn a_gap_within_one_minute_is_none() {
        let mut far = Vec::new();
        walk(&samples(&[(65, 1.0), (115, 4.0)]), close_ms(5_000), Start::Unknown, |s| far.push((s.far, s.delta)), |_| ());
        assert_eq!(far, [(false, 3)]);
    }

    #[test]
    fn births_count_from_nothing_only_when_known() {
        assert_eq!(steps(&[(60, 4.0), (120, 5.0)], Start::Born).0, [(0, 1, 4, false), (1, 2, 1, false)]);
        assert_eq!(steps(&[(60, 4.0)], Start::Unknown).0, []);
        assert_eq!(steps(&[(7200, 4.0)], Start::Earlier { since_ms: 3_600_000, value: 1 }).0, [(60, 120, 3, true)]);
        assert_eq!(steps(&[(7200, 4.0)], Start::Earlier { since_ms: 3_600_000, value: 9 }).0, [(60, 120, 4, true)]);
    }

    #[test]
    fn what_is_no_count_is_odd_and_loses_nothing() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e17] {
            let (got, odd) = steps(&[(60, 10.0), (120, bad), (180, 15.0)], Start::Unknown);
            assert_eq!((got, odd), (vec![(1, 3, 5, false)], vec![1]), "{bad}");
        }
    }

    #[test]
    fn repeated_and_fractional_samples() {
        assert_eq!(steps(&[(60, 1.9), (60, 9.0), (120, 3.2), (110, 1.0)], Start::Unknown).0, [(1, 2, 2, false)]);
    }

    #[test]
    fn the_usual_distance_is_the_median() {
        assert_eq!(interval_ms(&samples(&[(0, 0.0), (60, 0.0), (121, 0.0), (1080, 0.0), (1140, 0.0)])), Some((60_000, 4)));
        assert_eq!(interval_ms(&samples(&[(0, 0.0)])), None);
    }
}
