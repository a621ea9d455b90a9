//! Calendars written after the forms the vendors document, asked who is on call around the changes of time; and hostile ones.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use firewatch_documents::{CalendarError, Shifts, read_shifts};
use firewatch_domain::oncall::{Calendar, CalendarPlace, Shift, on_call};
use proptest::prelude::*;

/// PagerDuty: every shift written out in UTC, the person in the title and as an attendee, long lines folded.
const PAGERDUTY: &str = "BEGIN:VCALENDAR\r\nPRODID;X-RICAL-TZSOURCE=TZINFO:-//com.denhaven2/NONSGML ri_cal gem//EN\r\nCALSCALE:GREGORIAN\r\n\
VERSION:2.0\r\nX-WR-CALNAME:On Call Schedule for Settings\r\nBEGIN:VEVENT\r\nDTEND;VALUE=DATE-TIME:20260330T070000Z\r\n\
DTSTART;VALUE=DATE-TIME:20260323T080000Z\r\nATTENDEE:jane@example.com\r\nUID:Q1S46N8B8ADP9D\r\n\
URL:https://example.pagerduty.com/schedules#KXQAOAO\r\nSUMMARY:On Call - Jane Doe - Sett\r\n ings first respond\r\n\ters\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nDTEND;VALUE=DATE-TIME:20260406T070000Z\r\nDTSTART;VALUE=DATE-TIME:20260330T070000Z\r\nATTENDEE:kim@example.com\r\n\
UID:Q1S46N8B8ADP9E\r\nSUMMARY:On Call - Kim Åström - Settings first responders\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// Opsgenie: rotations in the schedule's zone, with exceptions, an override and a cancelled night.
const OPSGENIE: &str = "BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:Settings_schedule
X-WR-TIMEZONE:America/New_York
BEGIN:VEVENT
UID:night
DTSTART;TZID=America/New_York:20240101T180000
DTEND;TZID=America/New_York:20240102T080000
RRULE:FREQ=DAILY
EXDATE;TZID=America/New_York:20260310T180000
SUMMARY:lee@example.com
END:VEVENT
BEGIN:VEVENT
UID:night
RECURRENCE-ID;TZID=America/New_York:20260312T180000
DTSTART;TZID=America/New_York:20260312T180000
DTEND;TZID=America/New_York:20260313T080000
SUMMARY:ola@example.com
END:VEVENT
BEGIN:VEVENT
UID:night
RECURRENCE-ID:20260314T220000Z
DTSTART:20260314T220000Z
DTEND:20260315T120000Z
STATUS:CANCELLED
SUMMARY:lee@example.com
END:VEVENT
BEGIN:VEVENT
UID:day
DTSTART;TZID=America/New_York:20240101T080000
DTEND;TZID=America/New_York:20240101T180000
RRULE:FREQ=WEEKLY;BYDAY=SU,MO,TU,WE,TH,FR,SA
SUMMARY:mia@example.com
END:VEVENT
END:VCALENDAR
";

/// Grafana OnCall: rules in UTC, levels before the name; overrides come as a second calendar.
const GRAFANA: &str = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:My calendar product//amixr
BEGIN:VEVENT
UID:oncall-a
DTSTART:20260323T000000Z
DTEND:20260324T000000Z
RRULE:FREQ=DAILY;INTERVAL=2;WKST=MO
SUMMARY:[L1] ana
END:VEVENT
BEGIN:VEVENT
UID:oncall-b
DTSTART:20260324T000000Z
DTEND:20260325T000000Z
RRULE:FREQ=HOURLY;INTERVAL=48
SUMMARY:[L1] ben
END:VEVENT
BEGIN:VEVENT
UID:oncall-c
DTSTART:20260323T080000Z
DTEND:20260323T160000Z
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20260330T160000Z
SUMMARY:[L2] cy
END:VEVENT
END:VCALENDAR
";

const GRAFANA_OVERRIDES: &str = "BEGIN:VCALENDAR
BEGIN:VEVENT
UID:over
DTSTART:20260329T060000Z
DTEND:20260329T180000Z
SUMMARY:dee
END:VEVENT
END:VCALENDAR
";

/// Whole days in a zone whose clocks are set by half an hour.
const DAYS: &str = "BEGIN:VCALENDAR
X-WR-TIMEZONE:Australia/Lord_Howe
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20260928
DTEND;VALUE=DATE:20261005
RRULE:FREQ=WEEKLY;INTERVAL=2
SUMMARY:eva
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20261005
DTEND;VALUE=DATE:20261012
RRULE:FREQ=WEEKLY;INTERVAL=2
EXDATE;VALUE=DATE:20270503
SUMMARY:fay
END:VEVENT
END:VCALENDAR
";

/// Outlook: Windows' name of the zone without its definition, a length instead of an end; a zone of the calendar's own; one that
/// never changes.
const OUTLOOK: &str = "BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Team clock
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:gus
DTSTART;TZID=\"W. Europe Standard Time\":20261019T090000
DURATION:P7D
RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2
SUMMARY:gus
END:VEVENT
BEGIN:VEVENT
UID:hal
DTSTART;TZID=\"W. Europe Standard Time\":20261026T090000
DURATION:P1W
RDATE;TZID=\"W. Europe Standard Time\":20261109T090000
SUMMARY:hal
END:VEVENT
BEGIN:VEVENT
UID:ivy
DTSTART;TZID=\"Team clock\":20260323T090000
DTEND;TZID=\"Team clock\":20260330T090000
SUMMARY:ivy
END:VEVENT
BEGIN:VEVENT
UID:ivy2
DTSTART;TZID=\"Team clock\":20270329T090000
DTEND;TZID=\"Team clock\":20270405T090000
RRULE:FREQ=WEEKLY;INTERVAL=30
SUMMARY:ivy
END:VEVENT
BEGIN:VEVENT
UID:jo
DTSTART;TZID=Asia/Kolkata:20260328T000000
DTEND;TZID=Asia/Kolkata:20260328T120000
RRULE:FREQ=DAILY;UNTIL=20260329T183000Z
SUMMARY:jo
END:VEVENT
END:VCALENDAR
";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn read(text: &str, around: DateTime<Utc>) -> Shifts {
    let days = Duration::days(45);
    read_shifts(text.as_bytes(), Tz::UTC, around - days, around + days).unwrap()
}

/// Who is on call at an instant by one calendar, and by one that lies over it.
fn who(text: &str, over: Option<&str>, instant: &str) -> String {
    let at = at(instant);
    let place = CalendarPlace::File { path: String::new() };
    let calendar = |name: &str, over: Option<&str>| Calendar {
        name: name.to_owned(),
        place: place.clone(),
        zone: None,
        over: over.map(str::to_owned),
    };
    let of = |text: &str, name: &str| -> Vec<Shift> {
        read(text, at).shifts.into_iter().map(|shift| Shift { calendar: name.to_owned(), ..shift }).collect()
    };
    let mut shifts = of(text, "primary");
    shifts.extend(over.map(|over| of(over, "swaps")).unwrap_or_default());
    let people = on_call(&shifts, &[calendar("primary", None), calendar("swaps", Some("primary"))], at);
    people.iter().map(|shift| shift.person.clone()).collect::<Vec<_>>().join(", ")
}

/// A calendar, one that lies over it, and who is on call at instants.
type Case = (&'static str, Option<&'static str>, &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    (
        PAGERDUTY,
        None,
        &[
            ("2026-03-23T07:59:59Z", ""),
            ("2026-03-23T08:00:00Z", "Jane Doe"),
            ("2026-03-29T00:59:59Z", "Jane Doe"),
            ("2026-03-29T01:00:00Z", "Jane Doe"),
            ("2026-03-30T06:59:59Z", "Jane Doe"),
            ("2026-03-30T07:00:00Z", "Kim Åström"),
            ("2026-04-06T07:00:00Z", ""),
        ],
    ),
    (
        OPSGENIE,
        None,
        &[
            ("2026-03-07T12:59:59Z", "lee@example.com"),
            ("2026-03-07T13:00:00Z", "mia@example.com"),
            ("2026-03-07T22:59:59Z", "mia@example.com"),
            ("2026-03-07T23:00:00Z", "lee@example.com"),
            // The clocks go forward at 07:00 UTC: the night is an hour shorter.
            ("2026-03-08T11:59:59Z", "lee@example.com"),
            ("2026-03-08T12:00:00Z", "mia@example.com"),
            ("2026-03-08T21:59:59Z", "mia@example.com"),
            ("2026-03-08T22:00:00Z", "lee@example.com"),
            ("2026-03-11T03:00:00Z", ""),
            ("2026-03-12T22:00:00Z", "ola@example.com"),
            ("2026-03-13T11:59:59Z", "ola@example.com"),
            ("2026-03-15T02:00:00Z", ""),
            // They go back at 06:00 UTC on 1 November: half past one comes twice, the night is an hour longer.
            ("2026-11-01T05:30:00Z", "lee@example.com"),
            ("2026-11-01T06:30:00Z", "lee@example.com"),
            ("2026-11-01T12:59:59Z", "lee@example.com"),
            ("2026-11-01T13:00:00Z", "mia@example.com"),
            ("2026-11-01T22:59:59Z", "mia@example.com"),
            ("2026-11-01T23:00:00Z", "lee@example.com"),
        ],
    ),
    (
        GRAFANA,
        Some(GRAFANA_OVERRIDES),
        &[
            ("2026-03-28T23:59:59Z", "ben"),
            ("2026-03-29T00:00:00Z", "ana"),
            ("2026-03-29T05:59:59Z", "ana"),
            ("2026-03-29T06:00:00Z", "dee"),
            ("2026-03-29T18:00:00Z", "ana"),
            ("2026-03-30T00:00:00Z", "ben"),
            ("2026-03-30T08:00:00Z", "cy, ben"),
            ("2026-03-30T16:00:00Z", "ben"),
            ("2026-03-31T12:00:00Z", "ana"),
        ],
    ),
    (
        DAYS,
        None,
        &[
            ("2026-09-27T13:29:59Z", ""),
            ("2026-09-27T13:30:00Z", "eva"),
            ("2026-10-03T15:45:00Z", "eva"),
            ("2026-10-04T12:59:59Z", "eva"),
            ("2026-10-04T13:00:00Z", "fay"),
            ("2026-10-11T12:59:59Z", "fay"),
            ("2026-10-11T13:00:00Z", "eva"),
            ("2027-04-04T13:00:00Z", "eva"),
            ("2027-04-04T13:29:59Z", "eva"),
            ("2027-04-04T13:30:00Z", "fay"),
            ("2027-05-05T00:00:00Z", ""),
        ],
    ),
    (
        OUTLOOK,
        None,
        &[
            ("2026-10-19T06:59:59Z", ""),
            ("2026-10-19T07:00:00Z", "gus"),
            ("2026-10-25T00:30:00Z", "gus"),
            ("2026-10-25T01:30:00Z", "gus"),
            ("2026-10-26T07:59:59Z", "gus"),
            ("2026-10-26T08:00:00Z", "hal"),
            ("2026-11-02T08:00:00Z", "gus"),
            ("2026-11-09T08:00:00Z", "hal"),
            ("2026-11-16T08:00:00Z", ""),
            ("2026-03-23T08:00:00Z", "ivy"),
            ("2026-03-30T06:59:59Z", "ivy"),
            ("2026-03-30T07:00:00Z", ""),
            // 30 weeks later the clocks are back: nine o'clock is at 08:00 UTC, on 25 October still 07:00.
            ("2027-10-25T06:59:59Z", ""),
            ("2027-10-25T07:00:00Z", "ivy"),
            ("2027-11-01T07:59:59Z", "ivy"),
            ("2027-11-01T08:00:00Z", ""),
            ("2026-03-28T18:29:59Z", "ivy"),
            ("2026-03-28T18:30:00Z", "ivy, jo"),
            ("2026-03-29T06:30:00Z", "ivy"),
            ("2026-03-29T18:30:00Z", "ivy, jo"),
            ("2026-03-30T18:30:00Z", ""),
        ],
    ),
];

#[test]
fn the_right_person_around_the_changes_of_time() {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (text, over, instants) in CASES {
        for (instant, expected) in *instants {
            asked += 1;
            let found = who(text, *over, instant);
            if found != *expected {
                wrong.push(format!("{instant}: `{found}` instead of `{expected}`"));
            }
        }
    }
    assert!(asked >= 40, "{asked}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn this_and_all_later_shifts_move_together() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260301T080000Z\nDTEND:20260301T160000Z\nRRULE:FREQ=DAILY\nSUMMARY:ana\nEND:VEVENT\n\
BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260310T080000Z\nDTSTART:20260310T100000Z\nDTEND:20260310T180000Z\nSUMMARY:ben\n\
END:VEVENT\nEND:VCALENDAR";
    for (instant, expected) in [
        ("2026-03-09T08:00:00Z", "ana"),
        ("2026-03-10T09:59:59Z", ""),
        ("2026-03-10T10:00:00Z", "ben"),
        ("2026-03-20T17:59:59Z", "ben"),
        ("2026-03-20T18:00:00Z", ""),
    ] {
        assert_eq!(who(text, None, instant), expected, "{instant}");
    }
}

#[test]
fn a_letter_folded_in_its_middle_is_put_together() {
    let mut bytes = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260301T080000Z\r\nDTEND:20260301T160000Z\r\nSUMMARY:Bj\xC3\r\n \xB6rn\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".to_vec();
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"));
    assert_eq!(read_shifts(&bytes, Tz::UTC, from, to).unwrap().shifts[0].person, "Björn");
    bytes.truncate(60);
    assert!(matches!(read_shifts(&bytes, Tz::UTC, from, to), Err(CalendarError::Damaged { .. })));
}

#[test]
fn what_is_no_calendar_says_so() {
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-03-02T00:00:00Z"));
    let read = |bytes: &[u8]| read_shifts(bytes, Tz::UTC, from, to);
    assert_eq!(read(b"<!doctype html><title>Sign in</title>"), Err(CalendarError::NoCalendar));
    assert_eq!(read(b""), Err(CalendarError::NoCalendar));
    assert_eq!(read(&vec![b' '; 6 * 1024 * 1024]), Err(CalendarError::TooLong));
    let nested = "BEGIN:VCALENDAR\n".to_owned() + &"BEGIN:VEVENT\n".repeat(100_000);
    assert!(matches!(read(nested.as_bytes()), Err(CalendarError::Damaged { line: 9, .. })));
}

#[test]
fn endless_rules_end_and_are_named() {
    let event = |n: usize, rule: &str| {
        format!("BEGIN:VEVENT\nUID:{n}\nDTSTART:19900101T000000Z\nDTEND:19900101T010000Z\nRRULE:{rule}\nSUMMARY:e{n}\nEND:VEVENT\n")
    };
    for rule in [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=4000000000",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,10,20,30,40,50;BYSECOND=1,2,3,4,5,6",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=NEVER",
        "nonsense",
        "",
    ] {
        let text = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", (0..20).map(|n| event(n, rule)).collect::<String>());
        let shifts = read(&text, at("2026-06-01T00:00:00Z"));
        assert!(shifts.shifts.len() <= 5000 && shifts.remarks.len() <= 20, "{rule}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damage_never_panics(at_byte in 0_usize..2000, with in proptest::collection::vec(any::<u8>(), 0..12), take in 0_usize..40) {
        for text in [PAGERDUTY, OPSGENIE, OUTLOOK] {
            let mut bytes = text.as_bytes().to_vec();
            let begin = at_byte.min(bytes.len());
            let end = (begin + take).min(bytes.len());
            bytes.splice(begin..end, with.iter().copied());
            let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-04-02T00:00:00Z"));
            let _read = read_shifts(&bytes, Tz::UTC, from, to);
        }
    }
}
