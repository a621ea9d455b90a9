//! What a figure lies in, and what that rules out.

use super::student::half_width;
use super::{Interval, Verdict};
use crate::hypothesis::Measure;
use crate::hypothesis::{Aim, value_words};

/// Confidence by which the aim is ruled out.
const WIDE: f64 = 0.99;
/// Confidence by which no change is, once a week is over.
const SETTLED: f64 = 0.95;

/// A figure with what it lies in; an infinite end is unbounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    /// The figure, if it is known.
    pub point: Option<f64>,
    claim: (f64, f64),
    wide: (f64, f64),
    level: f64,
}

/// How sure one has to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sureness {
    pub level: f64,
    claim: f64,
    wide: f64,
}

impl Sureness {
    /// `settled`: a week has passed since it shipped; before that one looks again each day, and each look may err. None below one
    /// degree of freedom.
    pub fn of(settled: bool, freedom: f64) -> Option<Self> {
        let level = if settled { SETTLED } else { WIDE };
        Some(Self { level, claim: half_width(level, freedom)?, wide: half_width(WIDE, freedom)? })
    }
}

impl Range {
    /// Around a figure whose true value is between `low` and `high` for another reason, such as interpolation. `error`: relative
    /// standard error.
    pub fn around(point: Option<f64>, (low, high): (f64, f64), error: f64, sure: Sureness) -> Self {
        let ends = |width: f64| (low * (-width * error).exp(), high * (width * error).exp());
        Self { point, claim: ends(sure.claim), wide: ends(sure.wide), level: sure.level }
    }

    /// A share of which not one event was seen in `1 / per_event` of them: Poisson's limit, wider by what days differ.
    pub fn of_none(per_event: f64, error: f64, sure: Sureness) -> Self {
        let high = |level: f64, width: f64| (0.0, (2.0 / (1.0 - level)).ln() * per_event * (width * error).exp());
        Self { point: Some(0.0), claim: high(sure.level, sure.claim), wide: high(WIDE, sure.wide), level: sure.level }
    }

    /// This one divided by another, which is 0 at its lower end.
    pub fn over_none(self, other: Self) -> Self {
        let over = |a: (f64, f64), b: (f64, f64)| (a.0 / b.1, f64::INFINITY);
        Self { point: None, claim: over(self.claim, other.claim), wide: over(self.wide, other.wide), level: self.level }
    }

    /// As it is kept.
    pub fn interval(&self) -> Interval {
        let end = |end: f64| end.is_finite().then_some(end);
        Interval { low: end(self.claim.0), high: end(self.claim.1), level: self.level, wide: (end(self.wide.0), end(self.wide.1)) }
    }

    /// What a factor says of an aim.
    pub fn of_factor(&self, aim: f64) -> (Verdict, String) {
        let found = match self.point {
            Some(factor) => format!("{} better", times(factor)),
            None => "Better beyond measure".to_owned(),
        };
        let sure = self.sure(times);
        let aimed = if aim > 1.0 { times(aim) } else { "any improvement".to_owned() };
        if self.wide.1 < aim {
            let change = if self.claim.0 > 1.0 { "that is better, but" } else { "no change is not ruled out," };
            let found = if self.claim.1 < 1.0 { format!("Worse, not better: {}", times(self.point.unwrap_or(0.0))) } else { found };
            let change = if self.claim.1 < 1.0 { "so" } else { change };
            return (Verdict::NotProven, format!("{found}, {sure}: {change} {aimed} is."));
        }
        if self.claim.0 > 1.0 {
            let aimed = if aim > 1.0 { format!(", and {aimed} is within reach") } else { String::new() };
            return (Verdict::Proven, format!("{found}, {sure}: no change is ruled out{aimed}."));
        }
        let said = format!("{found}, {sure}: neither no change nor {aimed} is ruled out. More days will tell.");
        (Verdict::NotEnoughData, said)
    }

    /// Whether all of it is below a limit.
    pub fn is_under(&self, limit: f64) -> bool {
        self.claim.1 < limit
    }

    /// Whether all of it is above a limit.
    pub fn is_over(&self, limit: f64) -> bool {
        self.wide.0 > limit
    }

    fn sure(&self, words: impl Fn(f64) -> String) -> String {
        let level = self.level * 100.0;
        match self.claim {
            (low, high) if high.is_finite() => format!("{} to {} ({level:.0} %)", words(low), words(high)),
            (low, _) => format!("at least {} ({level:.0} %)", words(low)),
        }
    }
}

/// What shares or times say of a limit. `under`, `over`: whether all that the value after may be is below it, or above; `before`: whether
/// all that the value before may be was below it already.
pub(super) fn of_limit(limit: f64, measure: Measure, value: Option<f64>, under: bool, over: bool, before: bool) -> (Verdict, String) {
    let limit = Aim::Threshold { limit }.in_words(measure);
    let found = value.map_or("Beyond the last boundary".to_owned(), |value| format!("{measure} at {}", value_words(value, measure)));
    match (under, over, before) {
        (true, _, true) => (Verdict::NotProven, format!("{found}: {limit}, as it was before. Nothing changed on that side of the limit.")),
        (true, _, false) => (Verdict::Proven, format!("{found}: surely {limit}, which it surely was not before.")),
        (false, true, _) => (Verdict::NotProven, format!("{found}: surely not {limit}.")),
        (false, false, _) => {
            (Verdict::NotEnoughData, format!("{found}: too near the limit to tell whether it is {limit}. More days will tell."))
        }
    }
}

/// `10.2×`, `1.86×`, `210×`.
pub fn times(factor: f64) -> String {
    match factor.abs() {
        f if f >= 100.0 => format!("{factor:.0}×"),
        f if f >= 2.0 => format!("{}×", format!("{factor:.1}").trim_end_matches(".0")),
        _ => format!("{}×", crate::alerting::trim_number(factor)),
    }
}
