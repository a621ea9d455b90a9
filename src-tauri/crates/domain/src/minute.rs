//! The grain of all history: whole minutes since the Unix epoch, in UTC.
//!
//! A minute `m` is the half-open span `[m * 60 s, (m + 1) * 60 s)`. A counter sample exactly at its start belongs to the
//! minute before: a sample counts what happened *up to* its time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Seconds of a minute.
pub const MINUTE_S: i64 = 60;
/// Minutes of an hour.
pub const HOUR: i64 = 60;
/// Minutes of a day.
pub const DAY: i64 = 24 * HOUR;

/// A whole minute since the Unix epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Minute(pub i64);

impl Minute {
    /// The minute that contains `time`.
    pub fn containing(time: DateTime<Utc>) -> Self {
        Self(time.timestamp().div_euclid(MINUTE_S))
    }

    /// The minute whose counts a counter sample taken at `unix_ms` completes: the one that ends at or after it.
    pub fn of_sample(unix_ms: i64) -> Self {
        Self((unix_ms - 1).div_euclid(MINUTE_S * 1000))
    }

    /// Unix seconds of its start.
    pub fn start_s(self) -> i64 {
        self.0 * MINUTE_S
    }

    /// Start as a time.
    pub fn start(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.start_s(), 0).unwrap_or_default()
    }

    /// `n` minutes later; earlier when negative.
    pub fn plus(self, n: i64) -> Self {
        Self(self.0 + n)
    }

    /// Minutes from `earlier` to this one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

/// A half-open span of minutes, `from` inclusive, `to` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First minute inside.
    pub from: Minute,
    /// First minute after.
    pub to: Minute,
}

impl Span {
    /// The span `[from, to)`; empty when `to <= from`.
    pub fn new(from: Minute, to: Minute) -> Self {
        Self { from, to: to.max(from) }
    }

    /// The last `minutes` minutes before `end`.
    pub fn ending(end: Minute, minutes: i64) -> Self {
        Self::new(end.plus(-minutes), end)
    }

    /// Minutes inside.
    pub fn len(self) -> i64 {
        self.to.since(self.from)
    }

    /// Nothing inside.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether `minute` is inside.
    pub fn contains(self, minute: Minute) -> bool {
        self.from <= minute && minute < self.to
    }

    /// Whether all of `other` is inside.
    pub fn encloses(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// What both share.
    pub fn overlap(self, other: Self) -> Self {
        let from = self.from.max(other.from);
        Self::new(from, self.to.min(other.to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_on_the_boundary_closes_the_minute_before() {
        assert_eq!(Minute::of_sample(60_000), Minute(0));
        assert_eq!(Minute::of_sample(60_001), Minute(1));
        assert_eq!(Minute::of_sample(1), Minute(0));
    }

    #[test]
    fn spans_never_run_backwards() {
        let span = Span::new(Minute(10), Minute(3));
        assert!(span.is_empty());
        assert_eq!(Span::new(Minute(0), Minute(5)).overlap(Span::new(Minute(7), Minute(9))).len(), 0);
    }
}
