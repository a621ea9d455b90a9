//! Windows by table: what parses, and where the boundaries of the calendar lie.

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::*;

#[test]
fn rolling_windows_parse_and_print() {
    for (text, printed) in [("30d", "30d"), ("4w", "28d"), ("1h", "1h"), ("90m", "90m"), ("1d12h", "36h"), ("366d", "366d")] {
        assert_eq!(Window::parse(text).map(|w| w.to_string()), Ok(printed.to_owned()), "{text}");
    }
    for text in ["", "5m", "30", "d", "1M", "400d", "-1h", "1h5"] {
        assert!(Window::parse(text).is_err(), "{text}");
    }
}

fn calendar(duration: &str, start: &str, zone: &str) -> Window {
    Window::parse_calendar(duration, start, zone).unwrap()
}

fn minute(utc: &str) -> Minute {
    Minute::containing(utc.parse::<DateTime<Utc>>().unwrap())
}

/// The period that holds an instant, in UTC.
fn period(window: Window, inside: &str) -> (String, String) {
    let span = window.calendar().unwrap().period(minute(inside));
    let text = |m: Minute| m.start().format("%Y-%m-%dT%H:%MZ").to_string();
    (text(span.from), text(span.to))
}

#[test]
fn periods_by_table() {
    for (duration, start, zone, inside, from, to) in [
        // A day of 23, of 25 and of 24 hours.
        ("1d", "2024-01-01 00:00:00", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        ("1d", "2024-01-01 00:00:00", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        ("1d", "2024-01-01 00:00:00", "America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T05:00Z", "2026-03-09T04:00Z"),
        ("1d", "2024-01-01 00:00:00", "America/New_York", "2026-11-01T12:00:00Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
        // Weeks keep the local hour across the change; an hour with one digit is read.
        ("1w", "2026-01-05 9:00:00", "Europe/London", "2026-03-27T00:00:00Z", "2026-03-23T09:00Z", "2026-03-30T08:00Z"),
        // Half hours: India has no change, Lord Howe changes by half an hour, Nepal is 5:45 ahead.
        ("1d", "2026-01-01 00:00:00", "Asia/Kolkata", "2026-05-05T18:29:00Z", "2026-05-04T18:30Z", "2026-05-05T18:30Z"),
        ("1d", "2026-01-01 00:00:00", "Australia/Lord_Howe", "2026-04-05T00:00:00Z", "2026-04-04T13:00Z", "2026-04-05T13:30Z"),
        ("1d", "2026-01-01 00:00:00", "Australia/Lord_Howe", "2026-10-04T00:00:00Z", "2026-10-03T13:30Z", "2026-10-04T13:00Z"),
        ("1M", "2026-01-01 00:00:00", "Asia/Kathmandu", "2026-02-28T18:14:00Z", "2026-01-31T18:15Z", "2026-02-28T18:15Z"),
        // Month ends roll over, always reckoned from the anchor.
        ("1M", "2025-01-31 00:00:00", "UTC", "2025-03-02T00:00:00Z", "2025-01-31T00:00Z", "2025-03-03T00:00Z"),
        ("1M", "2025-01-31 00:00:00", "UTC", "2025-03-03T00:00:00Z", "2025-03-03T00:00Z", "2025-03-31T00:00Z"),
        ("1M", "2025-03-31 00:00:00", "UTC", "2025-04-30T00:00:00Z", "2025-03-31T00:00Z", "2025-05-01T00:00Z"),
        // Leap day, from both sides.
        ("1Y", "2024-02-29 00:00:00", "UTC", "2025-02-28T23:59:00Z", "2024-02-29T00:00Z", "2025-03-01T00:00Z"),
        ("1Y", "2024-02-29 00:00:00", "UTC", "2028-02-29T00:00:00Z", "2028-02-29T00:00Z", "2029-03-01T00:00Z"),
        ("1M", "2024-01-01 00:00:00", "UTC", "2024-02-15T00:00:00Z", "2024-02-01T00:00Z", "2024-03-01T00:00Z"),
        // Before the anchor.
        ("1Q", "2026-01-01 00:00:00", "Europe/Berlin", "2025-12-31T12:00:00Z", "2025-09-30T22:00Z", "2025-12-31T23:00Z"),
        ("2w", "2026-11-02 00:00:00", "UTC", "2026-11-01T23:59:00Z", "2026-10-19T00:00Z", "2026-11-02T00:00Z"),
        // A time that does not exist keeps the offset before the change, one that exists twice is the first.
        ("1d", "2026-01-01 02:30:00", "Europe/Berlin", "2026-03-29T02:00:00Z", "2026-03-29T01:30Z", "2026-03-30T00:30Z"),
        ("1d", "2026-01-01 02:30:00", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"),
        ("1d", "2026-01-01 02:30:00", "America/New_York", "2026-03-08T12:00:00Z", "2026-03-08T07:30Z", "2026-03-09T06:30Z"),
        // Midnight itself does not exist on this day.
        ("1d", "2024-01-01 00:00:00", "Africa/Cairo", "2024-04-26T12:00:00Z", "2024-04-25T22:00Z", "2024-04-26T21:00Z"),
        // Samoa skipped a whole day: its period is empty and never found.
        ("1d", "2011-01-01 00:00:00", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"),
    ] {
        let found = period(calendar(duration, start, zone), inside);
        assert_eq!(found, (from.to_owned(), to.to_owned()), "{duration} from {start} {zone} at {inside}");
    }
}

#[test]
fn a_period_is_counted_from_its_beginning_and_whole_at_its_end() {
    let month = calendar("1M", "2026-01-01", "UTC");
    let (start, end) = (minute("2026-11-01T00:00:00Z"), minute("2026-12-01T00:00:00Z"));
    assert_eq!(month.span(start.plus(1)), Span::new(start, start.plus(1)));
    assert_eq!(month.period(start.plus(1)), Span::new(start, end));
    assert_eq!(month.span(end), Span::new(start, end));
    assert_eq!(Window::parse("1h").unwrap().period(end), Span::ending(end, 60));
}

#[test]
fn calendars_parse_or_say_why_not() {
    assert_eq!(calendar("1M", "2026-01-01 00:00:00", "UTC").to_string(), "1M");
    assert_eq!(calendar("52w", "2026-01-01T07:30", "UTC").minutes(), 364 * DAY);
    for duration in ["1m", "0d", "M", "", "13M", "367d", "2Y", "-1d", "1h", "99999999999d", "1 M"] {
        assert!(matches!(Window::parse_calendar(duration, "2026-01-01", "UTC"), Err(WindowError::Calendar(_))), "{duration}");
    }
    for start in ["", "today", "2026-02-30 00:00:00", "2026-01-01 25:00:00", "2026-01-01 00:00:00Z", "99999-01-01"] {
        assert!(matches!(Window::parse_calendar("1d", start, "UTC"), Err(WindowError::Start(_))), "{start}");
    }
    for zone in ["", "CEST", "Europe/Bielefeld", "+01:00"] {
        assert!(matches!(Window::parse_calendar("1d", "2026-01-01", zone), Err(WindowError::Zone(_))), "{zone}");
    }
}

#[test]
fn windows_are_stored_as_before_and_calendars_beside_them() {
    let text = |w: &Window| serde_json::to_string(w).unwrap();
    assert_eq!(text(&Window::parse("30d").unwrap()), "43200");
    let month = calendar("1M", "2026-01-01 9:00:00", "Asia/Kolkata");
    assert_eq!(text(&month), r#"{"count":1,"unit":"month","start":"2026-01-01T09:00:00","zone":"Asia/Kolkata"}"#);
    assert_eq!(serde_json::from_str::<Window>(&text(&month)).unwrap(), month);
}

proptest! {
    #[test]
    fn every_minute_is_in_exactly_one_period(
        zone in proptest::sample::select(&["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo", "America/Sao_Paulo"][..]),
        duration in proptest::sample::select(&["1d", "3d", "1w", "1M", "5M", "1Q", "1Y"][..]),
        day in 1_i64..20_000, hour in 0_i64..24, at in 20_000_000_i64..35_000_000,
    ) {
        let start = (DateTime::<Utc>::UNIX_EPOCH + Duration::days(day) + Duration::hours(hour)).naive_utc();
        let mut calendar = Calendar::parse(duration, "2026-01-01", zone).unwrap();
        calendar.start = start;
        let period = calendar.period(Minute(at));
        prop_assert!(period.contains(Minute(at)));
        prop_assert_eq!(calendar.period(period.from), period);
        prop_assert_eq!(calendar.period(period.to.plus(-1)), period);
        prop_assert_eq!(calendar.period(period.to).from, period.to);
    }
}
