//! How events become a budget: by events, by whole time slices, or by the mean of the time slices' ratios (OpenSLO v1).

use serde::{Deserialize, Serialize};

use crate::objective::WHOLE;

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

    /// Length of a time slice in minutes, where there are any.
    pub fn slice_minutes(self) -> Option<i64> {
        match self {
            Self::Occurrences => None,
            Self::Timeslices { minutes, .. } | Self::RatioTimeslices { minutes } => Some(minutes.max(1)),
        }
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
}
