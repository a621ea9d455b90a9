//! Values of properties: dates, times, durations, escaped text.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};

/// A date or a time as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// A whole day.
    Day(NaiveDate),
    /// By the clock on some wall.
    Wall(NaiveDateTime),
    /// In UTC.
    Utc(NaiveDateTime),
}

impl Written {
    /// `20260329`, `20260329T090000`, `20260329T090000Z`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() == 8 {
            return NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|day| is_sane(*day)).map(Self::Day);
        }
        let (wall, utc) = text.strip_suffix(['Z', 'z']).map_or((text, false), |wall| (wall, true));
        let at = NaiveDateTime::parse_from_str(wall, "%Y%m%dT%H%M%S").ok().filter(|at| is_sane(at.date()))?;
        Some(if utc { Self::Utc(at) } else { Self::Wall(at) })
    }

    /// The clock's reading, midnight for a day.
    pub(super) fn clock(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN),
            Self::Wall(at) | Self::Utc(at) => at,
        }
    }
}

/// Far from the ends of what dates can hold, so that nothing overflows.
fn is_sane(day: NaiveDate) -> bool {
    use chrono::Datelike;
    (1900..=2200).contains(&day.year())
}

/// Days and weeks are by the calendar, hours and less exact (RFC 5545, 3.3.6): `P1D`, `PT12H`, `P1DT30M`, `P2W`.
pub(super) fn duration(text: &str) -> Option<(Duration, Duration)> {
    let text = text.trim().strip_prefix('+').unwrap_or(text.trim()).strip_prefix('P')?;
    let (days, time) = text.split_once('T').map_or((text, ""), |parts| parts);
    let days = sum(days, &[('W', 7 * 86_400), ('D', 86_400)])?;
    let time = sum(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    Some((Duration::seconds(days), Duration::seconds(time))).filter(|_| (1..=400 * 86_400).contains(&(days + time)))
}

fn sum(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut total, mut digits) = (0_i64, String::new());
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let (_, unit) = units.iter().find(|(letter, _)| *letter == c)?;
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(*unit)?)?;
        digits.clear();
    }
    digits.is_empty().then_some(total)
}

/// `+0100`, `-033000`, as seconds.
pub(super) fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text.strip_prefix('+').unwrap_or(text)), |digits| (-1, digits));
    let part = |from: usize| digits.get(from..from + 2).and_then(|two| two.parse::<i32>().ok());
    let seconds = part(0)? * 3600 + part(2)? * 60 + part(4).unwrap_or(0);
    (seconds < 86_400).then_some(sign * seconds)
}

/// `\,`, `\;`, `\\` and `\n` as what they stand for.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            (c, _) => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_keep_days_and_hours_apart() {
        let read = |text| duration(text).map(|(days, time)| (days.num_days(), time.num_minutes()));
        assert_eq!(read("P1W"), Some((7, 0)));
        assert_eq!(read("P1DT30M"), Some((1, 30)));
        assert_eq!(read("PT12H"), Some((0, 720)));
        for bad in ["", "P", "1D", "-P1D", "P1H", "PT5", "P99999999999999999999D", "P500D"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn times_are_read_in_all_forms() {
        assert!(matches!(Written::read("20260329"), Some(Written::Day(_))));
        assert!(matches!(Written::read("20260329T023000"), Some(Written::Wall(_))));
        assert!(matches!(Written::read("20260329T023000Z"), Some(Written::Utc(_))));
        for bad in ["", "2026", "20261301", "99990101T000000Z", "20260329T02"] {
            assert_eq!(Written::read(bad), None, "{bad}");
        }
        assert_eq!(offset("+0100"), Some(3600));
        assert_eq!(offset("-033015"), Some(-12_615));
        assert_eq!(unescaped(r"a\, b\nc\\"), "a, b\nc\\");
    }
}
