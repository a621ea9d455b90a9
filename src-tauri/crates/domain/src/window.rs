//! Over what a promise holds: the last so many minutes, or a period of the calendar.
//!
//! A calendar period follows Nobl9's rule (nobl9-go, `twindow`), the only public one that is precise: `start` is wall-clock
//! time in a zone and an anchor, not a beginning. Boundary `k` is `start + k * count units` for every integer `k`, also before
//! `start`, always reckoned from the anchor; a day that a month does not have rolls over into the next month (31 January and
//! one month is 3 March 2025). The sum is made in wall-clock time and then converted, so a day may have 23 or 25 hours. A
//! local time that does not exist, or exists twice, is read as in RFC 5545, 3.3.5: with the offset before the change, and as
//! the first of both. Seconds of the anchor are dropped: the grain of history is a minute.

use std::fmt;

use chrono::{Datelike, Days, Duration, MappedLocalTime, Months, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::minute::{DAY, HOUR, MINUTE_S, Minute, Span};

/// The longest window, rolling or calendar, in days.
const LONGEST_DAYS: i64 = 366;

/// Over what a promise holds. Stored as minutes when rolling, else as the calendar's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Window {
    /// The last so many minutes.
    Rolling(i64),
    /// The calendar period that is running.
    Calendar(Calendar),
}

/// Periods of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Calendar {
    /// Units of one period; at least 1.
    pub count: u32,
    /// Unit.
    pub unit: Unit,
    /// Wall-clock time of one boundary; every other follows from it.
    pub start: NaiveDateTime,
    /// Zone of the wall clock.
    pub zone: Tz,
}

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A day of the wall clock: 23, 24 or 25 hours.
    Day,
    /// Seven days.
    Week,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

/// Why a text or a combination is no window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// No rolling duration.
    #[error("`{0}` is not a window; write a rolling duration from 1h to 366d, such as 30d or 4w")]
    Rolling(String),
    /// No calendar duration.
    #[error("`{0}` is no calendar period of at most a year; write 1d, 1w, 1M, 1Q or 1Y (`m` means minutes)")]
    Calendar(String),
    /// No wall-clock time.
    #[error("`{0}` is no time to start from; write 2026-01-01 00:00:00, without a zone")]
    Start(String),
    /// No zone of the IANA database.
    #[error("`{0}` is no time zone; write an IANA name such as Europe/Berlin or UTC")]
    Zone(String),
}

impl Window {
    /// A rolling window of whole minutes, 1 hour to 366 days.
    pub fn from_minutes(minutes: i64) -> Result<Self, WindowError> {
        if (HOUR..=LONGEST_DAYS * DAY).contains(&minutes) {
            Ok(Self::Rolling(minutes))
        } else {
            Err(WindowError::Rolling(lookback_text(minutes)))
        }
    }

    /// A rolling window from `30d`, `4w`, `1h`.
    pub fn parse(text: &str) -> Result<Self, WindowError> {
        let minutes = parse_minutes(text).ok_or_else(|| WindowError::Rolling(text.to_owned()))?;
        Self::from_minutes(minutes).map_err(|_| WindowError::Rolling(text.to_owned()))
    }

    /// A calendar window from `1M`, `2026-01-01 00:00:00` and `Europe/Berlin`, as documents write them.
    pub fn parse_calendar(duration: &str, start: &str, zone: &str) -> Result<Self, WindowError> {
        Calendar::parse(duration, start, zone).map(Self::Calendar)
    }

    /// Its nominal length in minutes: a month is 30 days, a quarter 90, a year 365. Shares of a budget are reckoned by it.
    pub fn minutes(self) -> i64 {
        match self {
            Self::Rolling(minutes) => minutes,
            Self::Calendar(calendar) => calendar.nominal_minutes(),
        }
    }

    /// What is counted at `at`, the exclusive end of the last minute counted: the last minutes, or the period from its
    /// beginning. At a boundary this is the whole period that ended: its last minute is the last one counted.
    pub fn span(self, at: Minute) -> Span {
        match self {
            Self::Rolling(minutes) => Span::ending(at, minutes),
            Self::Calendar(calendar) => Span::new(calendar.period(at.plus(-1)).from, at),
        }
    }

    /// The whole period that [`Window::span`] belongs to; the same span when rolling.
    pub fn period(self, at: Minute) -> Span {
        match self {
            Self::Rolling(minutes) => Span::ending(at, minutes),
            Self::Calendar(calendar) => calendar.period(at.plus(-1)),
        }
    }

    /// The calendar, when it is none of the rolling ones.
    pub fn calendar(self) -> Option<Calendar> {
        match self {
            Self::Rolling(_) => None,
            Self::Calendar(calendar) => Some(calendar),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rolling(minutes) => f.write_str(&lookback_text(*minutes)),
            Self::Calendar(calendar) => calendar.fmt(f),
        }
    }
}

impl Calendar {
    /// From `1M`, `2026-01-01 00:00:00` (one-digit hours too) and an IANA zone.
    pub fn parse(duration: &str, start: &str, zone: &str) -> Result<Self, WindowError> {
        let wrong = || WindowError::Calendar(duration.to_owned());
        let text = duration.trim();
        let unit = text.chars().last().and_then(Unit::of_letter).ok_or_else(wrong)?;
        let count: u32 = text.strip_suffix(unit.letter()).and_then(|count| count.parse().ok()).ok_or_else(wrong)?;
        let zone = zone.trim().parse().map_err(|_| WindowError::Zone(zone.to_owned()))?;
        let calendar = Self { count, unit, start: parse_start(start)?, zone };
        let fits = count > 0 && i64::from(count) <= LONGEST_DAYS && calendar.nominal_minutes() <= LONGEST_DAYS * DAY;
        if fits { Ok(calendar) } else { Err(wrong()) }
    }

    /// The period that holds a minute.
    pub fn period(&self, minute: Minute) -> Span {
        let mut k = (minute.since(self.boundary(0))).div_euclid(self.nominal_minutes());
        while self.boundary(k) > minute {
            k -= 1;
        }
        while self.boundary(k + 1) <= minute {
            k += 1;
        }
        Span::new(self.boundary(k), self.boundary(k + 1))
    }

    /// Boundary `k`: the anchor and `k` periods, in wall-clock time, converted.
    pub fn boundary(&self, k: i64) -> Minute {
        let units = k * i64::from(self.count.max(1));
        let local = match self.unit {
            Unit::Day => days_later(self.start, units),
            Unit::Week => days_later(self.start, 7 * units),
            Unit::Month => months_later(self.start, units),
            Unit::Quarter => months_later(self.start, 3 * units),
            Unit::Year => months_later(self.start, 12 * units),
        };
        Minute(instant(local, self.zone).div_euclid(MINUTE_S))
    }

    fn nominal_minutes(&self) -> i64 {
        let days = match self.unit {
            Unit::Day => 1,
            Unit::Week => 7,
            Unit::Month => 30,
            Unit::Quarter => 90,
            Unit::Year => 365,
        };
        i64::from(self.count.max(1)) * days * DAY
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

impl Unit {
    /// As in durations: `d w M Q Y`.
    pub fn letter(self) -> char {
        match self {
            Self::Day => 'd',
            Self::Week => 'w',
            Self::Month => 'M',
            Self::Quarter => 'Q',
            Self::Year => 'Y',
        }
    }

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    fn of_letter(letter: char) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year].into_iter().find(|unit| unit.letter() == letter)
    }
}

/// Wall-clock time as OpenSLO writes it; `T` for the space, a one-digit hour and missing seconds or time are taken, too.
fn parse_start(text: &str) -> Result<NaiveDateTime, WindowError> {
    let spaced = text.trim().replacen('T', " ", 1);
    let time = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"].iter().find_map(|format| NaiveDateTime::parse_from_str(&spaced, format).ok());
    let day = || NaiveDate::parse_from_str(&spaced, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    let sane = |time: &NaiveDateTime| (1900..=2200).contains(&time.year());
    time.or_else(day).filter(sane).ok_or_else(|| WindowError::Start(text.to_owned()))
}

fn days_later(start: NaiveDateTime, days: i64) -> NaiveDateTime {
    start.checked_add_signed(Duration::days(days)).unwrap_or(start)
}

/// Months later on the same day of the month; a day the month does not have rolls over into the next.
fn months_later(start: NaiveDateTime, months: i64) -> NaiveDateTime {
    let first = start.date().with_day(1).unwrap_or(start.date());
    let step = Months::new(months.unsigned_abs() as u32);
    let month = if months < 0 { first.checked_sub_months(step) } else { first.checked_add_months(step) };
    let date = month.and_then(|month| month.checked_add_days(Days::new(u64::from(start.day0()))));
    date.map_or(start, |date| date.and_time(start.time()))
}

/// Unix seconds of a wall-clock time.
fn instant(local: NaiveDateTime, zone: Tz) -> i64 {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(time) | MappedLocalTime::Ambiguous(time, _) => time.timestamp(),
        // The offset in force a day before is the one before the change: no zone changes twice within a day.
        MappedLocalTime::None => {
            let day_before = zone.from_local_datetime(&(local - Duration::days(1))).earliest();
            let offset_s = day_before.map_or(0, |time| time.naive_local().and_utc().timestamp() - time.with_timezone(&Utc).timestamp());
            local.and_utc().timestamp() - offset_s
        }
    }
}

/// `m h d w` durations, also summed as `1h30m`, in whole minutes.
pub fn parse_minutes(text: &str) -> Option<i64> {
    let text = text.trim();
    let mut total: i64 = 0;
    let mut number = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            'm' => 1,
            'h' => HOUR,
            'd' => DAY,
            'w' => 7 * DAY,
            _ => return None,
        };
        let count: i64 = number.parse().ok().filter(|n| *n < 1_000_000)?;
        total += count * unit;
        number.clear();
    }
    (number.is_empty() && total > 0).then_some(total)
}

/// `90` as `90m`, `1440` as `1d`: the largest unit that divides it.
pub fn lookback_text(minutes: i64) -> String {
    match minutes {
        m if m != 0 && m % DAY == 0 => format!("{}d", m / DAY),
        m if m != 0 && m % HOUR == 0 => format!("{}h", m / HOUR),
        m => format!("{m}m"),
    }
}

#[cfg(test)]
mod tests;
