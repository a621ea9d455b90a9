//! How events become a budget: by events, by whole time slices, or by the mean of the time slices' ratios (OpenSLO v1).

use serde::{Deserialize, Serialize};

use crate::minute::{Minute, Span};
use crate::objective::WHOLE;
use crate::window::Window;

/// Units of one whole time slice under [`Method::RatioTimeslices`]: its ratio is kept in parts per trillion, rounded half up,
/// so that sums over any window stay exact integers; a year of minutes fits 64 bits.
pub const RATIO_UNIT: u64 = 1_000_000_000_000;

/// The budgeting method.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Method {
    /// Good events over all events.
    #[default]
    Occurrences,
    /// Good time slices over all; a time slice is good when its ratio reaches the target.
    Timeslices {
        /// Length of a time slice in minutes.
        minutes: i64,
        /// Least ratio of a good time slice.
        target: Ratio,
    },
    /// Mean of the time slices' ratios.
    RatioTimeslices {
        /// Length of a time slice in minutes.
        minutes: i64,
    },
}

impl Method {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Occurrences => "occurrences",
            Self::Timeslices { .. } => "timeslices",
            Self::RatioTimeslices { .. } => "ratio_timeslices",
        }
    }

    /// Units in which [`Tally`](crate::evaluation::Tally) counts one event or one time slice.
    pub fn unit(self) -> u64 {
        if matches!(self, Self::RatioTimeslices { .. }) { RATIO_UNIT } else { 1 }
    }

    /// Length of a time slice in minutes, where there are any.
    pub fn slice_minutes(self) -> Option<i64> {
        match self {
            Self::Occurrences => None,
            Self::Timeslices { minutes, .. } | Self::RatioTimeslices { minutes } => Some(minutes.max(1)),
        }
    }
}

/// What was observed of one time slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Observed {
    /// Good events.
    pub good: u64,
    /// All events.
    pub total: u64,
    /// Minutes observed.
    pub minutes: i64,
    /// Minutes that could have been: those that are not excluded.
    pub expected: i64,
}

impl Method {
    /// What a time slice adds: good units and all units. `None` when it cannot be judged: less than half of its minutes were
    /// observed, or all of them are excluded. Without traffic the policy decides; left out it adds nothing.
    pub fn judge(self, empty: EmptySlices, slice: Observed) -> Option<(u64, u64)> {
        if slice.expected <= 0 || slice.minutes <= 0 || slice.minutes * 2 < slice.expected {
            return None;
        }
        let unit = self.unit();
        if slice.total == 0 {
            return Some(match empty {
                EmptySlices::LeaveOut => (0, 0),
                EmptySlices::Good => (unit, unit),
                EmptySlices::Bad => (0, unit),
            });
        }
        let good = slice.good.min(slice.total);
        Some(match self {
            Self::Occurrences => (good, slice.total),
            Self::Timeslices { target, .. } => (u64::from(target.reached(good, slice.total)), 1),
            Self::RatioTimeslices { .. } => (parts_per_trillion(good, slice.total), RATIO_UNIT),
        })
    }

    /// Where the time slices of a window lie, seen at `at`; `None` for occurrences.
    pub fn grid(self, window: Window, at: Minute) -> Option<Grid> {
        let minutes = self.slice_minutes()?;
        let phase = window.calendar().map_or(0, |_| window.period(at).from.0.rem_euclid(minutes));
        Some(Grid { minutes, phase })
    }
}

/// `good / total` in parts per trillion, rounded half up.
fn parts_per_trillion(good: u64, total: u64) -> u64 {
    let (good, total) = (u128::from(good), u128::from(total));
    ((2 * good * u128::from(RATIO_UNIT) + total) / (2 * total)) as u64
}

/// Time slices side by side: those of a rolling window begin at multiples of their length since the epoch, those of a
/// calendar window at the beginning of the period, so that none belongs to two periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grid {
    /// Length of a time slice in minutes; at least 1.
    pub minutes: i64,
    /// Minutes after a multiple of the length since the epoch.
    pub phase: i64,
}

impl Grid {
    /// The last boundary at or before a minute.
    pub fn floor(self, minute: Minute) -> Minute {
        minute.plus(-(minute.0 - self.phase).rem_euclid(self.minutes))
    }

    /// The first boundary at or after a minute.
    pub fn ceil(self, minute: Minute) -> Minute {
        minute.plus((self.phase - minute.0).rem_euclid(self.minutes))
    }

    /// The whole time slices inside a span.
    pub fn inside(self, span: Span) -> Span {
        Span::new(self.ceil(span.from), self.floor(span.to))
    }

    /// The whole time slices of the last `minutes` before the last boundary at or before `at`: one that is still running is
    /// not counted yet, and the number of those that are does not depend on where it stands.
    pub fn ending(self, at: Minute, minutes: i64) -> Span {
        self.inside(Span::ending(self.floor(at), minutes))
    }
}

/// What a time slice without traffic counts as. One that was not observed never counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptySlices {
    /// Neither good nor bad.
    #[default]
    LeaveOut,
    /// Good.
    Good,
    /// Bad.
    Bad,
}

impl EmptySlices {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::LeaveOut => "leave_out",
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// A ratio in parts per billion, 0 to 1 inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Ratio(u64);

/// Why a number is no ratio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a ratio lies between 0 and 1 and has at most nine decimals, {0} does not")]
pub struct RatioError(pub String);

impl Ratio {
    /// From parts per billion.
    pub fn from_ppb(ppb: u64) -> Result<Self, RatioError> {
        if ppb <= WHOLE { Ok(Self(ppb)) } else { Err(RatioError(format!("{ppb} ppb"))) }
    }

    /// From a decimal as documents write it: `0.95`, `1`.
    pub fn parse(text: &str) -> Result<Self, RatioError> {
        let ppb = crate::objective::decimal_scaled(text.trim(), 9).ok_or_else(|| RatioError(text.to_owned()))?;
        Self::from_ppb(ppb).map_err(|_| RatioError(text.to_owned()))
    }

    /// Parts per billion.
    pub fn ppb(self) -> u64 {
        self.0
    }

    /// As a number, 0 to 1.
    pub fn value(self) -> f64 {
        self.0 as f64 / WHOLE as f64
    }

    /// Whether `good` of `total` reaches it; exact, in integers.
    pub fn reached(self, good: u64, total: u64) -> bool {
        u128::from(good) * u128::from(WHOLE) >= u128::from(total) * u128::from(self.0)
    }
}

impl TryFrom<u64> for Ratio {
    type Error = RatioError;
    fn try_from(ppb: u64) -> Result<Self, RatioError> {
        Self::from_ppb(ppb)
    }
}

impl From<Ratio> for u64 {
    fn from(ratio: Ratio) -> Self {
        ratio.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_exact_and_reached_at_equality() {
        let target = Ratio::parse("0.95").unwrap();
        assert!(target.reached(95, 100) && !target.reached(949, 1000));
        assert!(Ratio::parse("1").is_ok() && Ratio::parse("0").is_ok());
        for text in ["1.1", "-0.5", "x", "", "0.1234567891"] {
            assert!(Ratio::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_slice_is_judged_by_what_was_seen_of_it() {
        let slices = Method::Timeslices { minutes: 5, target: Ratio::parse("0.99").unwrap() };
        let ratios = Method::RatioTimeslices { minutes: 5 };
        let seen = |good, total, minutes| Observed { good, total, minutes, expected: 5 };
        for (method, empty, slice, adds) in [
            (slices, EmptySlices::LeaveOut, seen(99, 100, 5), Some((1, 1))),
            (slices, EmptySlices::LeaveOut, seen(98, 100, 5), Some((0, 1))),
            (slices, EmptySlices::LeaveOut, seen(0, 0, 5), Some((0, 0))),
            (slices, EmptySlices::Good, seen(0, 0, 5), Some((1, 1))),
            (slices, EmptySlices::Bad, seen(0, 0, 5), Some((0, 1))),
            (slices, EmptySlices::Bad, seen(0, 0, 0), None),
            (slices, EmptySlices::Good, seen(99, 100, 2), None),
            (slices, EmptySlices::Good, seen(99, 100, 3), Some((1, 1))),
            (ratios, EmptySlices::LeaveOut, seen(2, 3, 5), Some((666_666_666_667, RATIO_UNIT))),
            (ratios, EmptySlices::Bad, seen(0, 0, 5), Some((0, RATIO_UNIT))),
            (ratios, EmptySlices::LeaveOut, seen(9, 3, 5), Some((RATIO_UNIT, RATIO_UNIT))),
        ] {
            assert_eq!(method.judge(empty, slice), adds, "{method:?} {empty:?} {slice:?}");
        }
        assert_eq!(slices.judge(EmptySlices::Good, Observed { good: 1, total: 1, minutes: 1, expected: 2 }), Some((1, 1)));
    }

    #[test]
    fn a_grid_holds_as_many_slices_wherever_it_stands() {
        let grid = Grid { minutes: 10, phase: 3 };
        for at in 1000..1020 {
            let span = grid.ending(Minute(at), 60);
            assert_eq!((span.len(), (span.to.0 - 3) % 10), (60, 0));
            assert!(span.to <= Minute(at) && span.to > Minute(at - 10));
        }
        assert_eq!(grid.ending(Minute(1000), 5).len(), 0);
        assert_eq!(grid.inside(Span::new(Minute(1), Minute(30))), Span::new(Minute(3), Minute(23)));
    }
}
