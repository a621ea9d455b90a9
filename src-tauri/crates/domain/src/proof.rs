//! Whether a fix did what it should: the same indicator before and after it shipped, at the same hours of the week.
//!
//! **What is compared.** Hours from the moment of shipping, four weeks at most to each side. An hour after is laid beside the hour
//! of the same weekday and time of the week before (of the second week before for the second week, and so on); an hour counts where
//! half of it was observed on both sides, a day where six of its hours count. Excluded and unobserved minutes leave both sides.
//!
//! **How.** Hours differ in traffic and in how they usually go, so an hour weighs the same on both sides: `n·m / (n + m)` for `n`
//! events before and `m` after (Mantel and Haenszel 1959; Rothman, Greenland and Lash, *Modern Epidemiology*, ch. 15). The errors of
//! one day have causes in common, so that events are no independent samples: the **day** is the unit. Its share of errors varies
//! with a relative variance `φ` between days, found by moments from both sides together, on top of counting noise `1/(n·p)`; days
//! weigh by the inverse of both (Kleinman 1973). The logarithm of the factor `before / after` then has the variance
//! `Σ g² (φ + v)` of both sides, and an interval by Student's t with `2 (k − 1)` degrees of freedom, `k` being the effective number
//! of days. Without any error after, the limit of its share is Poisson's `ln(2/α) / n`.
//!
//! **When it is proven.** Where the interval at 95 % lies wholly above 1, and the aim does not lie wholly above the one at 99 %: no
//! change is ruled out, the aim is not. It is *not proven* where the aim is ruled out, and *not enough data* where neither or
//! nothing can be ruled out. In the first week, in which one looks again each day, 99 % stands in place of 95 %.
//!
//! A **quantile** is interpolated between boundaries, linearly as Prometheus does, of the days' shares taken together; its true
//! value lies somewhere between the two boundaries, and the interval is widened by that. The days' own quantiles tell how much it
//! varies; binomial ranks tell it at least.

mod hours;
mod judge;
mod quantile;
mod range;
mod ratio;
mod student;
mod told;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::hypothesis::{Aim, Measure};
use crate::indicator::Projection;

pub use hours::{Day, HOURS_OF_WEEK, Hour, Pair, Record};
pub use judge::{judge, standing};
pub use range::times;
pub use told::next_look;

/// What the data say of a hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It came true.
    Proven,
    /// It did not.
    NotProven,
    /// It cannot be told yet.
    NotEnoughData,
}

impl Verdict {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::NotProven => "not_proven",
            Self::NotEnoughData => "not_enough_data",
        }
    }

    /// For people.
    pub fn text(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::NotProven => "not proven",
            Self::NotEnoughData => "not enough data",
        }
    }
}

/// A verdict with the numbers it stands on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in one or two sentences.
    pub why: String,
    /// Where it was measured.
    pub environment: String,
    /// SLO whose indicator was compared, by id.
    pub slo: String,
    /// When it shipped.
    pub shipped: DateTime<Utc>,
    /// When this was reckoned.
    pub at: DateTime<Utc>,
    /// What was measured; a quantile names its per cent.
    pub measure: Measure,
    /// What was claimed.
    pub aim: Aim,
    /// The figures.
    pub figures: Figures,
}

/// Before and after in figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// `before / after`; none where either is not known, or nothing is bad after.
    pub factor: Option<f64>,
    /// What the factor lies in; for a limit, what the value after lies in.
    pub interval: Option<Interval>,
    /// Before it shipped.
    pub before: Side,
    /// After.
    pub after: Side,
    /// How many days count.
    #[serde(default)]
    pub counted: u32,
    /// Those days.
    pub days: Vec<DayFigures>,
    /// Before and after by the hour of the week, from Monday 00:00 UTC; shares of bad events, or quantiles.
    pub week: Vec<(Option<f64>, Option<f64>)>,
    /// Relative variance between days, for errors.
    pub spread: Option<f64>,
}

/// An interval. An end that is none is unbounded.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Confidence, two-sided: 0.95 or 0.99.
    pub level: f64,
    /// Both ends at 99 %, by which the aim is ruled out.
    pub wide: (Option<f64>, Option<f64>),
}

/// One side in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Share of bad events, or the quantile in the indicator's unit; none where it cannot be known.
    pub value: Option<f64>,
    /// The boundaries between which a quantile was interpolated; none above for one beyond the last.
    pub within: Option<(f64, Option<f64>)>,
    /// Bad events in the hours that count.
    pub bad: f64,
    /// All events in them.
    pub total: f64,
    /// Minutes in them.
    pub minutes: u64,
    /// Minutes left out by exclusions.
    pub excluded: u64,
}

/// A day in figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DayFigures {
    /// Days after shipping at which it begins, 0 for the first.
    pub day: u32,
    /// Before.
    pub before: Option<f64>,
    /// After.
    pub after: Option<f64>,
    /// Hours of it that count.
    pub hours: u32,
}

/// How the columns of a record are to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Which columns make good and total.
    pub projection: Projection,
    /// Columns per event: 1, or a million where a source gives fractions.
    pub scale: u64,
    /// Latency boundaries of the columns, ascending, in seconds; none where only good and total are known.
    pub bounds: Vec<f64>,
}

#[cfg(test)]
mod generator;
#[cfg(test)]
mod tests;
