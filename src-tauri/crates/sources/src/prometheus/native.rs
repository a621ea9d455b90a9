//! Native histograms: buckets that come with every sample, and how many events of one lie at or below a threshold.
//!
//! Both the events and those within the threshold are made into counters that never fall, so that gaps, births and restarts
//! are treated as those of any counter. Where the threshold lies inside a bucket, that bucket is divided linearly.

use std::fmt;

use firewatch_domain::indicator::same_bound;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Visitor};

use super::difference::Start;
use super::harvest::Track;
use super::wire::{Number, Sample, milliseconds};

/// A native histogram at a moment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Histogram {
    /// When, and the count of all events; NaN for what is no count.
    pub sample: Sample,
    /// Its buckets.
    pub shape: Shape,
}

/// Populated buckets: lower bound, upper bound, events.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shape(pub Vec<(f64, f64, f64)>);

/// A counter made of histograms.
pub(super) struct Stream {
    /// Its samples, restarts taken out.
    pub samples: Vec<Sample>,
    /// What is known before them.
    pub start: Start,
    /// A bucket had to be divided.
    pub interpolated: bool,
}

impl Shape {
    /// Events at or below a threshold, and whether a bucket had to be divided for it.
    pub(super) fn within(&self, threshold: f64) -> (f64, bool) {
        let (mut sum, mut divided) = (0.0, false);
        for (lower, upper, events) in &self.0 {
            if *upper <= threshold || same_bound(*upper, threshold) {
                sum += events;
            } else if *lower < threshold && !same_bound(*lower, threshold) {
                let share = if upper.is_finite() && lower.is_finite() { (threshold - lower) / (upper - lower) } else { 0.0 };
                sum += events * share;
                divided |= *events > 0.0;
            }
        }
        (sum, divided)
    }
}

/// The counters of events within the threshold, and of all.
pub(super) fn streams(track: &Track, threshold: f64) -> (Stream, Stream) {
    let mut before = match (track.start, &track.before) {
        (Start::Earlier { value, .. }, Some(shape)) => Some((value as f64, shape.within(threshold).0)),
        _ => None,
    };
    let start_of = |value: f64| match track.start {
        Start::Earlier { since_ms, .. } => Start::Earlier { since_ms, value: value as u64 },
        other => other,
    };
    let (good_start, all_start) = before.map_or((track.start, track.start), |(all, good)| (start_of(good), start_of(all)));
    // What was counted before each restart, of all events and of those within.
    let (mut all_lost, mut good_lost) = (0.0, 0.0);
    let (mut all, mut good, mut interpolated) = (Vec::new(), Vec::new(), false);
    for (sample, shape) in track.samples.iter().zip(&track.shapes) {
        let (within, divided) = shape.within(threshold);
        let odd = !sample.value.is_finite() || sample.value < 0.0 || !within.is_finite();
        if odd {
            all.push(Sample { value: f64::NAN, ..*sample });
            continue;
        }
        interpolated |= divided;
        let within = within.clamp(0.0, sample.value);
        if let Some((all_before, good_before)) = before
            && sample.value < all_before
        {
            (all_lost, good_lost) = (all_lost + all_before, good_lost + good_before);
        }
        before = Some((sample.value, within));
        // Coarser buckets may move events over the threshold; nothing that was counted is taken back.
        let least = good.last().map_or(0.0, |last: &Sample| last.value);
        all.push(Sample { value: all_lost + sample.value, ..*sample });
        good.push(Sample { value: (good_lost + within).max(least), ..*sample });
    }
    let stream = |samples, start| Stream { samples, start, interpolated };
    (stream(good, good_start), stream(all, all_start))
}

/// `[time, {"count": "7", "sum": "1.5", "buckets": [[0, "0.5", "1", "7"]]}]`
impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Histogram;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time and a histogram")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Histogram, A::Error> {
                let time: f64 = seq.next_element()?.ok_or_else(|| Error::invalid_length(0, &self))?;
                let body: Body = seq.next_element()?.ok_or_else(|| Error::invalid_length(1, &self))?;
                if seq.next_element::<IgnoredAny>()?.is_some() {
                    return Err(Error::invalid_length(3, &self));
                }
                let sample = Sample { ms: milliseconds(time)?, value: body.count.0 };
                let shape = Shape(body.buckets.into_iter().map(|b| (b.1.0, b.2.0, b.3.0)).collect());
                Ok(Histogram { sample, shape })
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

#[derive(Deserialize)]
struct Body {
    count: Number,
    /// Absent where nothing was observed yet.
    #[serde(default)]
    buckets: Vec<Bucket>,
}

/// Which ends belong to it, lower and upper bound, events.
#[derive(Deserialize)]
struct Bucket(#[expect(dead_code, reason = "which end belongs to a bucket changes no count")] u8, Number, Number, Number);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn shape(buckets: &[(f64, f64, f64)]) -> Shape {
        Shape(buckets.to_vec())
    }

    #[test]
    fn a_boundary_is_exact_and_a_bucket_is_divided() {
        let s = shape(&[(-0.001, 0.001, 1.0), (0.25, 0.5, 4.0), (0.5, 1.0, 10.0)]);
        assert_eq!(s.within(0.5), (5.0, false));
        assert_eq!(s.within(0.75), (10.0, true));
        assert_eq!(s.within(2.0), (15.0, false));
        assert_eq!(s.within(0.1), (1.0, false));
        assert_eq!(s.within(f64::INFINITY), (15.0, false));
    }

    #[test]
    fn restarts_are_those_of_the_whole_histogram() {
        let at = |minute: i64, value: f64| Sample { ms: minute * 60_000, value };
        let track = Track {
            text: Arc::from("{}"),
            le: None,
            native: true,
            samples: vec![at(1, 10.0), at(2, 20.0), at(3, 12.0), at(4, f64::NAN), at(5, 13.0)],
            shapes: [4.0, 5.0, 9.0, 0.0, 9.0].iter().map(|n| shape(&[(0.25, 0.5, *n), (0.5, 1.0, 1.0)])).collect(),
            before: None,
            start: Start::Unknown,
        };
        let (good, all) = streams(&track, 0.5);
        assert_eq!(all.samples.iter().map(|s| s.value).take(3).collect::<Vec<_>>(), [10.0, 20.0, 32.0]);
        assert!(all.samples[3].value.is_nan());
        // Nine within after the restart are nine more, though nine is more than five.
        assert_eq!(good.samples.iter().map(|s| s.value).collect::<Vec<_>>(), [4.0, 5.0, 14.0, 14.0]);
        assert!(!good.interpolated);
    }
}
