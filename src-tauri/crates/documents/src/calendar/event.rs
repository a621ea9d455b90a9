//! One `VEVENT` as read.

use std::rc::Rc;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use firewatch_domain::words;
use icalendar::parser::{Component, Property};

use super::value::{Written, duration, unescaped};
use super::zone::{Zone, Zones};

/// How long an event lasts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    /// Until this much later by the clock on the wall, so that a week is a week across a change of time; then so much longer.
    Wall(Duration, Duration),
    /// Until an instant, for an event that does not come again.
    Until(DateTime<Utc>),
}

/// A date or time in its zone.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) written: Written,
    zone: Rc<Zone>,
}

impl Moment {
    pub(super) fn instant(&self) -> DateTime<Utc> {
        self.zone.instant(self.written.clock())
    }

    /// Whether it names an occurrence that begins at an instant, on a day by the clocks of `zone`.
    pub(super) fn names(&self, begins: DateTime<Utc>, zone: &Zone) -> bool {
        match self.written {
            Written::Day(day) => zone.wall(begins).date() == day,
            Written::Wall(_) | Written::Utc(_) => self.instant() == begins,
        }
    }
}

/// An event.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) uid: Option<String>,
    pub(super) sequence: i64,
    pub(super) summary: String,
    pub(super) attendees: Vec<String>,
    pub(super) cancelled: bool,
    pub(super) start: NaiveDateTime,
    pub(super) zone: Rc<Zone>,
    pub(super) length: Length,
    pub(super) rule: Option<String>,
    pub(super) more: Vec<(Moment, Option<DateTime<Utc>>)>,
    pub(super) without: Vec<Moment>,
    /// The occurrence it stands for, and whether for all later ones, too.
    pub(super) instead_of: Option<(Moment, bool)>,
}

impl Event {
    /// Reads one; the error is for people.
    pub(super) fn read(component: &Component<'_>, zones: &Zones) -> Result<Self, String> {
        let summary = component.find_prop("SUMMARY").map(|p| unescaped(p.val.as_ref())).unwrap_or_default();
        let place = || format!("the event “{}”", words::plain(&summary, 60));
        let start = component.find_prop("DTSTART").ok_or_else(|| format!("{} has no start; it is left out", place()))?;
        let start = moment(start, zones).ok_or_else(|| format!("{} has a start that cannot be read; it is left out", place()))?;
        let rule = component.find_prop("RRULE").map(|p| p.val.as_ref().to_owned());
        let more: Vec<_> = listed(component, "RDATE", zones);
        let comes_again = rule.is_some() || !more.is_empty();
        let length = length(component, &start, comes_again, zones).ok_or_else(|| format!("{} never lasts; it is left out", place()))?;
        let instead_of = component.find_prop("RECURRENCE-ID").and_then(|p| {
            let later = parameter(p, "RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
            Some((moment(p, zones)?, later))
        });
        let text = |name: &str| component.find_prop(name).map(|p| p.val.as_ref().trim().to_owned());
        Ok(Self {
            uid: text("UID").filter(|uid| !uid.is_empty()),
            sequence: text("SEQUENCE").and_then(|n| n.parse().ok()).unwrap_or_default(),
            attendees: attendees(component),
            cancelled: text("STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED")),
            start: start.written.clock(),
            zone: start.zone,
            length,
            rule,
            more,
            without: listed(component, "EXDATE", zones).into_iter().map(|(moment, _)| moment).collect(),
            instead_of,
            summary,
        })
    }

    /// When an occurrence that begins at `wall` ends.
    pub(super) fn end(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        match self.length {
            Length::Wall(by_clock, longer) => self.zone.instant(wall + by_clock) + longer,
            Length::Until(at) => at,
        }
    }
}

fn length(component: &Component<'_>, start: &Moment, comes_again: bool, zones: &Zones) -> Option<Length> {
    if let Some(end) = component.find_prop("DTEND").and_then(|p| moment(p, zones)) {
        let wall = start.zone.wall(end.instant());
        let wall = if let (Written::Day(_), Written::Day(day)) = (start.written, end.written) { day.and_time(wall.time()) } else { wall };
        let by_clock = wall - start.written.clock();
        let length = if comes_again { Length::Wall(by_clock, Duration::zero()) } else { Length::Until(end.instant()) };
        return Some(length).filter(|_| end.instant() > start.instant() && by_clock <= Duration::days(400));
    }
    if let Some(text) = component.find_prop("DURATION") {
        return duration(text.val.as_ref()).map(|(days, time)| Length::Wall(days, time));
    }
    // A day without an end lasts for the day (RFC 5545, 3.6.1).
    matches!(start.written, Written::Day(_)).then(|| Length::Wall(Duration::days(1), Duration::zero()))
}

fn moment(property: &Property<'_>, zones: &Zones) -> Option<Moment> {
    let written = Written::read(property.val.as_ref())?;
    let tzid = parameter(property, "TZID");
    Some(Moment { written, zone: zones.of_time(written, tzid.as_deref()) })
}

/// The dates of a list, over all lines of it; periods with their end.
fn listed(component: &Component<'_>, name: &str, zones: &Zones) -> Vec<(Moment, Option<DateTime<Utc>>)> {
    let lines = component.properties.iter().filter(|p| p.name.as_ref().eq_ignore_ascii_case(name));
    let values =
        lines.flat_map(|p| p.val.as_ref().split(',').map(|text| (text.trim().to_owned(), parameter(p, "TZID"))).collect::<Vec<_>>());
    values
        .filter_map(|(text, tzid)| {
            let (begin, end) = text.split_once('/').map_or((text.as_str(), None), |(begin, end)| (begin, Some(end)));
            let of = |text: &str| {
                let written = Written::read(text)?;
                Some(Moment { written, zone: zones.of_time(written, tzid.as_deref()) })
            };
            let begin = of(begin)?;
            let end = end.and_then(|end| match duration(end) {
                Some((days, time)) => Some(begin.instant() + days + time),
                None => of(end).map(|end| end.instant()),
            });
            Some((begin, end))
        })
        .take(super::MOST_SHIFTS)
        .collect()
}

fn parameter(property: &Property<'_>, key: &str) -> Option<String> {
    let found = property.params.iter().find(|p| p.key.as_ref().eq_ignore_ascii_case(key))?;
    found.val.as_ref().map(|val| val.as_ref().trim_matches('"').to_owned())
}

/// Names and addresses of those who attend.
fn attendees(component: &Component<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for attendee in component.properties.iter().filter(|p| p.name.as_ref().eq_ignore_ascii_case("ATTENDEE")).take(50) {
        let address = attendee.val.as_ref().trim();
        let address = address.get(..7).filter(|s| s.eq_ignore_ascii_case("mailto:")).map_or(address, |_| &address[7..]);
        let named = parameter(attendee, "CN").into_iter().chain([address.to_owned()]);
        for name in named.map(|name| words::plain(&name, 120)).filter(|name| !name.is_empty()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}
