//! What is promised: a target ratio, kept exactly.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Parts per billion of one whole.
pub const WHOLE: u64 = 1_000_000_000;

/// A target ratio in parts per billion, so that 99.9 % is exact and budgets compare as integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Objective(u64);

/// Why a text or number is no objective.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectiveError {
    /// Not a decimal number.
    #[error("`{0}` is not a number; write a percentage such as 99.9")]
    NotANumber(String),
    /// A ratio where a percentage is asked for.
    #[error("an objective of {0} % would allow nearly everything; objectives are percentages, so write {1} for the ratio {0}")]
    LooksLikeARatio(String, String),
    /// 100 % or more leaves no budget; 0 or less promises nothing.
    #[error("an objective must be above 0 and below 100 %, {0} is not: at 100 % there is no budget to spend")]
    OutOfRange(String),
    /// Finer than a billionth.
    #[error("`{0}` has more than seven decimals; use fewer")]
    TooFine(String),
}

impl Objective {
    /// From parts per billion.
    pub fn from_ppb(ppb: u64) -> Result<Self, ObjectiveError> {
        if ppb == 0 || ppb >= WHOLE {
            return Err(ObjectiveError::OutOfRange(format!("{ppb} ppb")));
        }
        Ok(Self(ppb))
    }

    /// From a percentage as people type it: `99.9`, `99,9` is refused, `0.999` is refused with the cure.
    pub fn from_percent(text: &str) -> Result<Self, ObjectiveError> {
        let digits = text.trim().trim_end_matches('%').trim_end();
        let ppb = decimal_scaled(digits, 7).ok_or_else(|| unreadable(digits))?;
        if ppb > 0 && ppb <= WHOLE / 100 {
            return Err(ObjectiveError::LooksLikeARatio(digits.to_owned(), percent_text(ppb * 100)));
        }
        Self::from_ppb(ppb).map_err(|_| ObjectiveError::OutOfRange(digits.to_owned()))
    }

    /// From a ratio as documents write it: `0.999`.
    pub fn from_ratio(text: &str) -> Result<Self, ObjectiveError> {
        let digits = text.trim();
        let ppb = decimal_scaled(digits, 9).ok_or_else(|| unreadable(digits))?;
        Self::from_ppb(ppb).map_err(|_| ObjectiveError::OutOfRange(digits.to_owned()))
    }

    /// Parts per billion.
    pub fn ppb(self) -> u64 {
        self.0
    }

    /// Parts per billion that may fail.
    pub fn budget_ppb(self) -> u64 {
        WHOLE - self.0
    }

    /// As a ratio, 0 to 1.
    pub fn ratio(self) -> f64 {
        self.0 as f64 / WHOLE as f64
    }
}

impl TryFrom<u64> for Objective {
    type Error = ObjectiveError;
    fn try_from(ppb: u64) -> Result<Self, ObjectiveError> {
        Self::from_ppb(ppb)
    }
}

impl From<Objective> for u64 {
    fn from(objective: Objective) -> Self {
        objective.0
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", percent_text(self.0))
    }
}

/// `999000000` as `99.9`.
fn percent_text(ppb: u64) -> String {
    let whole = ppb / 10_000_000;
    let fraction = format!("{:07}", ppb % 10_000_000);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
}

/// A non-negative decimal times `10^scale` as an integer; `None` when it is no such number or finer than the scale.
pub(crate) fn decimal_scaled(text: &str, scale: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > scale || whole.len() > 6 {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let padded = format!("{fraction:0<scale$}");
    let fraction: u64 = if scale == 0 { 0 } else { padded.parse().ok()? };
    Some(whole * 10_u64.pow(scale as u32) + fraction)
}

fn unreadable(text: &str) -> ObjectiveError {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => ObjectiveError::TooFine(text.to_owned()),
        Ok(_) => ObjectiveError::OutOfRange(text.to_owned()),
        Err(_) => ObjectiveError::NotANumber(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact() {
        for (text, ppb) in
            [("99.9", 999_000_000), ("99.999", 999_990_000), ("95", 950_000_000), (" 99.5 %", 995_000_000), ("1.5", 15_000_000)]
        {
            assert_eq!(Objective::from_percent(text).map(Objective::ppb), Ok(ppb), "{text}");
        }
        assert_eq!(Objective::from_ratio("0.999").map(Objective::ppb), Ok(999_000_000));
        assert_eq!(Objective::from_ratio("0.999").map(|o| o.to_string()), Ok("99.9 %".to_owned()));
    }

    #[test]
    fn a_ratio_is_refused_with_the_cure() {
        for (text, cure) in [("0.999", "99.9"), ("1", "100"), ("0.5", "50")] {
            let error = Objective::from_percent(text).unwrap_err();
            assert!(matches!(&error, ObjectiveError::LooksLikeARatio(_, c) if c == cure), "{error:?}");
        }
        for text in ["100", "0", "-3", "x", "", "NaN", "inf", "99.99999999", "1e2", "250"] {
            assert!(Objective::from_percent(text).is_err(), "{text}");
        }
    }
}
