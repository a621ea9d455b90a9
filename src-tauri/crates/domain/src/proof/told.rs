//! A proof in words, and when it is looked at again.

use chrono::{DateTime, Duration, Utc};

use super::range::times;
use super::{Interval, Proof, Side, Verdict};
use crate::alerting::trim_number;
use crate::hypothesis::{Aim, Measure, value_words};
use crate::words::count;

/// Hours after shipping at which it is looked at by itself: as soon as two days have weight, each day of the first week, then each
/// week until the fourth.
const LOOKS_H: [i64; 11] = [0, 30, 48, 72, 96, 120, 144, 168, 336, 504, 672];
/// What has settled is looked at no more.
const SETTLED_H: i64 = 168;

/// When it is looked at next by itself, if ever. `last`: when that was done last, and with which verdict.
pub fn next_look(shipped: DateTime<Utc>, last: Option<(DateTime<Utc>, Verdict)>) -> Option<DateTime<Utc>> {
    let Some((at, verdict)) = last else { return Some(shipped) };
    let settled = verdict != Verdict::NotEnoughData && at - shipped >= Duration::hours(SETTLED_H);
    let looks = LOOKS_H.iter().map(|hours| shipped + Duration::hours(*hours));
    looks.filter(|look| !settled && *look > at).min()
}

impl Proof {
    /// `proven, 10.2×`.
    pub fn headline(&self) -> String {
        let factor = match (self.figures.factor, self.figures.interval.and_then(|interval| interval.low)) {
            (Some(factor), _) => format!(", {}", times(factor)),
            (None, Some(least)) if matches!(self.aim, Aim::Factor(_)) && least > 1.0 => format!(", at least {}", times(least)),
            _ => String::new(),
        };
        format!("{}{factor}", self.verdict.text())
    }

    /// `Errors 4.2 % before, 0.41 % after. 10.2× better, 9.8× to 10.6× (95 %): … 7 days, 1 234 567 events before, 1 301 555 after.`
    pub fn told(&self) -> String {
        let measure = match self.measure {
            Measure::Errors => "Errors".to_owned(),
            quantile @ Measure::Quantile { .. } => quantile.to_string(),
        };
        let side = |side: &Side| match (side.value, side.within) {
            (Some(value), _) => value_words(value, self.measure),
            (None, Some((beyond, None))) => format!("more than {}", value_words(beyond, self.measure)),
            (None, _) => "unknown".to_owned(),
        };
        let (before, after) = (&self.figures.before, &self.figures.after);
        let days = match self.figures.counted {
            0 => return self.why.clone(),
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        let events = format!("{} events before and {} after", count(before.total), count(after.total));
        format!("{measure} {} before, {} after. {} {days}, {events}.", side(before), side(after), self.why)
    }

    /// The method in one sentence.
    pub fn method(&self) -> &'static str {
        match self.measure {
            Measure::Errors => {
                "same hours of the week weighed alike (Mantel–Haenszel), days as the unit, Student's t on the log of the factor"
            }
            Measure::Quantile { .. } => "interpolated between boundaries, days as the unit, Student's t on the log of the factor",
        }
    }
}

impl Interval {
    /// `9.8 to 10.6`, in the words of a value; the confidence is not said.
    pub fn in_words(&self, words: impl Fn(f64) -> String) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("{} to {}", words(low), words(high)),
            (Some(low), None) => format!("at least {}", words(low)),
            (None, Some(high)) => format!("at most {}", words(high)),
            (None, None) => "anything".to_owned(),
        }
    }

    /// `95 %`.
    pub fn level_words(&self) -> String {
        format!("{} %", trim_number(self.level * 100.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_looked_at_daily_then_weekly_until_it_is_settled() {
        let shipped = DateTime::UNIX_EPOCH;
        let at = |hours: i64| shipped + Duration::hours(hours);
        assert_eq!(next_look(shipped, None), Some(shipped));
        assert_eq!(next_look(shipped, Some((at(0), Verdict::NotEnoughData))), Some(at(30)));
        // An early verdict is looked at again until the week is over.
        assert_eq!(next_look(shipped, Some((at(50), Verdict::Proven))), Some(at(72)));
        assert_eq!(next_look(shipped, Some((at(168), Verdict::Proven))), None);
        assert_eq!(next_look(shipped, Some((at(170), Verdict::NotEnoughData))), Some(at(336)));
        assert_eq!(next_look(shipped, Some((at(672), Verdict::NotEnoughData))), None);
    }
}
