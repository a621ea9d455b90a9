//! Shifts from iCalendar text (RFC 5545), as PagerDuty, Opsgenie, Grafana OnCall and ordinary calendars write them.
//!
//! Recurrences are expanded by the clock on the wall and only then become instants, so that a shift that begins at nine begins at
//! nine on both sides of a change of time. Whatever comes in is bounded: size, depth, occurrences.

mod event;
mod expansion;
mod person;
mod value;
mod windows;
mod zone;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use firewatch_domain::oncall::Shift;
use icalendar::parser::{Component, read_components};

use event::Event;
use expansion::Budget;
use zone::{Zone, Zones};

/// The longest file.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// Shifts taken from one calendar.
pub const MOST_SHIFTS: usize = 5000;
/// Components within components.
const DEEPEST: usize = 8;

/// Why a text is no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// It is too long.
    #[error("the calendar is longer than 5 MB; export a shorter span")]
    TooLong,
    /// It is something else, often a page that asks to sign in.
    #[error("this is no iCalendar file: it does not begin with BEGIN:VCALENDAR; check the address, or sign in again")]
    NoCalendar,
    /// It is damaged.
    #[error("line {line} of the calendar cannot be read (`{text}`); export it again")]
    Damaged {
        /// Line, counted after long lines were put together.
        line: usize,
        /// How it begins.
        text: String,
    },
}

/// A calendar as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shifts {
    /// What it calls itself.
    pub title: Option<String>,
    /// In order. Their calendar is left empty.
    pub shifts: Vec<Shift>,
    /// What was not understood or was cut, for people.
    pub remarks: Vec<String>,
}

/// Reads the shifts that touch a span. `zone`: of times that name none, unless the calendar says.
pub fn read_shifts(bytes: &[u8], zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Shifts, CalendarError> {
    if bytes.len() > MOST_BYTES {
        return Err(CalendarError::TooLong);
    }
    let text = unfolded(bytes);
    if !text.trim_start().get(..15).is_some_and(|start| start.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        return Err(CalendarError::NoCalendar);
    }
    check_depth(&text)?;
    let roots = read_components(&text).map_err(|error| damaged(&text, &error))?;
    let mut out = Shifts::default();
    for calendar in roots.iter().filter(|c| c.name.as_ref().eq_ignore_ascii_case("VCALENDAR")) {
        read_calendar(calendar, zone, (from, to), &mut out);
    }
    out.shifts.sort();
    out.shifts.dedup();
    out.remarks.dedup();
    out.remarks.truncate(20);
    Ok(out)
}

fn read_calendar(calendar: &Component<'_>, zone: Tz, span: (DateTime<Utc>, DateTime<Utc>), out: &mut Shifts) {
    let property = |name: &str| calendar.find_prop(name).map(|p| p.val.as_ref().trim().to_owned()).filter(|text| !text.is_empty());
    let title = property("X-WR-CALNAME").or_else(|| property("NAME"));
    let own = property("X-WR-TIMEZONE").and_then(|name| zone::named(&name));
    let mut budget = Budget::default();
    let zones = Zones::of(calendar, own.unwrap_or(zone), span.1, &mut budget);
    let mut series: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for (n, component) in calendar.components.iter().filter(|c| c.name.as_ref().eq_ignore_ascii_case("VEVENT")).enumerate() {
        match Event::read(component, &zones) {
            Ok(event) => {
                let uid = event.uid.clone().unwrap_or_else(|| format!("\u{0}{n}"));
                series.entry(uid).or_default().push(event);
            }
            Err(why) => out.remarks.push(why),
        }
    }
    for events in series.into_values() {
        for occurrence in expansion::occurrences(events, span, &mut budget, &mut out.remarks) {
            if out.shifts.len() >= MOST_SHIFTS {
                out.remarks.push(format!("more than {MOST_SHIFTS} shifts; the rest is left out"));
                return;
            }
            out.shifts.push(person::shift(&occurrence, title.as_deref()));
        }
    }
    out.remarks.extend(zones.unknown.borrow().iter().map(|name| {
        format!("the zone `{}` is not known; its times are read as {}", firewatch_domain::words::plain(name, 60), zones.usual_name())
    }));
    out.title = out.title.take().or(title.map(|text| firewatch_domain::words::plain(&value::unescaped(&text), 120)));
}

/// Long lines are folded by bytes, also in the middle of a letter, so they are put together before anything is decoded.
fn unfolded(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    while let Some((&byte, tail)) = rest.split_first() {
        let break_bytes = usize::from(rest.starts_with(b"\r\n")) + usize::from(byte == b'\n' || rest.starts_with(b"\r\n"));
        if break_bytes > 0 && matches!(rest.get(break_bytes), Some(b' ' | b'\t')) {
            rest = &rest[break_bytes + 1..];
            continue;
        }
        out.push(byte);
        rest = tail;
    }
    let text = String::from_utf8_lossy(&out).into_owned();
    // Empty lines, and blanks at the end of lines, are common and mean nothing.
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines.join("\r\n") + "\r\n"
}

fn check_depth(text: &str) -> Result<(), CalendarError> {
    let mut depth = 0_usize;
    for (n, line) in text.lines().enumerate() {
        let begins = |word: &str| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        depth = if begins("BEGIN:") { depth + 1 } else { depth.saturating_sub(usize::from(begins("END:"))) };
        if depth > DEEPEST {
            return Err(CalendarError::Damaged { line: n + 1, text: firewatch_domain::words::plain(line, 60) });
        }
    }
    Ok(())
}

/// The first line that is no property, or the last: the parser's own message quotes the whole file.
fn damaged(text: &str, _error: &str) -> CalendarError {
    let broken = text.lines().enumerate().find(|(_, line)| !line.contains(':'));
    let (n, line) = broken.or_else(|| text.lines().enumerate().last()).unwrap_or_default();
    CalendarError::Damaged { line: n + 1, text: firewatch_domain::words::plain(line, 60) }
}

/// One time somebody is on call, before it is known who.
struct Occurrence {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    summary: String,
    attendees: Vec<String>,
}

impl Occurrence {
    fn of(event: &Event, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self { from, to, summary: event.summary.clone(), attendees: event.attendees.clone() }
    }
}

impl Zones {
    fn usual_name(&self) -> String {
        match &*self.usual {
            Zone::Named(tz) => tz.name().to_owned(),
            Zone::Defined(_) => "the calendar's own zone".to_owned(),
        }
    }
}
