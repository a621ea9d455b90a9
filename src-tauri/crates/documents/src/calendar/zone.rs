//! Zones of times: by their name, by the name Windows has for them, or as the calendar defines them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::str::FromStr;

use chrono::{DateTime, Duration, MappedLocalTime, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use icalendar::parser::Component;

use super::expansion::{self, Budget};
use super::value::{Written, offset};
use super::windows::WINDOWS;

/// A zone.
#[derive(Debug, PartialEq)]
pub(super) enum Zone {
    /// One of the IANA's.
    Named(Tz),
    /// As the calendar defines it: in order, never empty.
    Defined(Vec<Onset>),
}

/// The clock is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Onset {
    /// When.
    at: NaiveDateTime,
    /// Seconds east of Greenwich before.
    before: i32,
    /// After.
    after: i32,
}

impl Zone {
    /// The instant at which the clocks there show `wall`: the earlier of two; where they never show it, by the offset before the
    /// clocks were put forward (RFC 5545, 3.3.5).
    pub(super) fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Self::Named(tz) => match tz.from_local_datetime(&wall) {
                MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.to_utc(),
                MappedLocalTime::None => {
                    let before = (1..=26).find_map(|hours| tz.from_local_datetime(&(wall - Duration::hours(hours))).latest());
                    let east = before.map_or(0, |at| at.offset().fix().local_minus_utc());
                    (wall - Duration::seconds(i64::from(east))).and_utc()
                }
            },
            Self::Defined(onsets) => {
                let mut offsets: Vec<i32> = onsets.iter().flat_map(|onset| [onset.before, onset.after]).collect();
                offsets.sort_unstable();
                offsets.dedup();
                let at = |east: i32| wall - Duration::seconds(i64::from(east));
                let fits = offsets.iter().rev().find(|east| self.east(at(**east)) == **east);
                at(*fits.or(offsets.first()).unwrap_or(&0)).and_utc()
            }
        }
    }

    /// What the clocks there show at an instant.
    pub(super) fn wall(&self, at: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Self::Named(tz) => at.with_timezone(tz).naive_local(),
            Self::Defined(_) => at.naive_utc() + Duration::seconds(i64::from(self.east(at.naive_utc()))),
        }
    }

    fn east(&self, at: NaiveDateTime) -> i32 {
        let Self::Defined(onsets) = self else { return 0 };
        let past = onsets.iter().rev().find(|onset| onset.at <= at);
        past.map_or_else(|| onsets.first().map_or(0, |first| first.before), |onset| onset.after)
    }
}

/// The zones a calendar speaks of.
pub(super) struct Zones {
    /// Of times that name none.
    pub(super) usual: Rc<Zone>,
    utc: Rc<Zone>,
    defined: BTreeMap<String, Rc<Zone>>,
    /// Names that nobody knows.
    pub(super) unknown: RefCell<BTreeSet<String>>,
}

impl Zones {
    /// Those that a calendar defines, beside all that have a known name. Definitions are followed up to `until`.
    pub(super) fn of(calendar: &Component<'_>, usual: Tz, until: DateTime<Utc>, budget: &mut Budget) -> Self {
        let mut defined = BTreeMap::new();
        for zone in calendar.components.iter().filter(|c| c.name.as_ref().eq_ignore_ascii_case("VTIMEZONE")) {
            let Some(name) = zone.find_prop("TZID").map(|p| clean(p.val.as_ref()).to_owned()) else { continue };
            let location = zone.find_prop("X-LIC-LOCATION").and_then(|p| named(p.val.as_ref()));
            let known = named(&name).or(location).map(Zone::Named);
            if let Some(zone) = known.or_else(|| as_defined(zone, until.naive_utc(), budget)) {
                defined.insert(name, Rc::new(zone));
            }
        }
        Self { usual: Rc::new(Zone::Named(usual)), utc: Rc::new(Zone::Named(Tz::UTC)), defined, unknown: RefCell::default() }
    }

    /// The zone of a time with a `TZID`, or without one.
    pub(super) fn of_time(&self, written: Written, tzid: Option<&str>) -> Rc<Zone> {
        match (written, tzid) {
            (Written::Utc(_), _) => Rc::clone(&self.utc),
            (_, None) => Rc::clone(&self.usual),
            (_, Some(name)) => {
                let name = clean(name);
                self.defined.get(name).cloned().or_else(|| Some(Rc::new(Zone::Named(named(name)?)))).unwrap_or_else(|| {
                    self.unknown.borrow_mut().insert(name.to_owned());
                    Rc::clone(&self.usual)
                })
            }
        }
    }
}

fn clean(name: &str) -> &str {
    name.trim().trim_matches('"')
}

/// A zone by name: the IANA's, also at the end of a path as some programs write it, or Windows' name for it.
pub(super) fn named(name: &str) -> Option<Tz> {
    let name = clean(name);
    let exact = Tz::from_str(name).ok().or_else(|| TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(name)));
    let at_end = || {
        let parts: Vec<&str> = name.trim_start_matches('/').split('/').collect();
        let tails = (1..parts.len()).map(|from| parts[from..].join("/"));
        tails.into_iter().find_map(|tail| Tz::from_str(&tail).ok())
    };
    let windows = || WINDOWS.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(name)).and_then(|(_, iana)| Tz::from_str(iana).ok());
    exact.or_else(windows).or_else(at_end)
}

fn as_defined(zone: &Component<'_>, until: NaiveDateTime, budget: &mut Budget) -> Option<Zone> {
    let mut onsets = Vec::new();
    for part in &zone.components {
        let text = |name: &str| part.find_prop(name).map(|p| p.val.as_ref().to_owned());
        let (Some(before), Some(after)) = (text("TZOFFSETFROM").and_then(|t| offset(&t)), text("TZOFFSETTO").and_then(|t| offset(&t)))
        else {
            continue;
        };
        let Some(first) = text("DTSTART").and_then(|t| Written::read(&t)).map(Written::clock) else { continue };
        let mut walls = vec![first];
        if let Some(rule) = text("RRULE") {
            // The rule's end is in UTC; the offset before the change is the one in force there.
            let wall = |at: NaiveDateTime| at + Duration::seconds(i64::from(before));
            walls.extend(expansion::walls(&rule, first, &wall, (first, until + Duration::days(366)), budget).unwrap_or_default());
        }
        for more in part.properties.iter().filter(|p| p.name.as_ref() == "RDATE") {
            walls.extend(more.val.as_ref().split(',').filter_map(Written::read).map(Written::clock));
        }
        onsets.extend(walls.into_iter().map(|wall| Onset { at: wall - Duration::seconds(i64::from(before)), before, after }));
    }
    onsets.sort_unstable();
    onsets.dedup();
    (!onsets.is_empty()).then_some(Zone::Defined(onsets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_windows_name_leads_to_a_zone() {
        for (windows, iana) in WINDOWS {
            assert!(named(windows).is_some(), "{windows} → {iana}");
        }
        assert_eq!(named("W. Europe Standard Time"), Some(Tz::Europe__Berlin));
        assert_eq!(named("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Salta"), Some(Tz::America__Argentina__Salta));
        assert_eq!(named("\"europe/berlin\""), Some(Tz::Europe__Berlin));
        assert_eq!(named("Middle-earth/Shire"), None);
    }

    #[test]
    fn clocks_that_skip_and_repeat() {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let utc = |zone: Tz, wall: &str| Zone::Named(zone).instant(at(wall)).format("%d %H:%M").to_string();
        assert_eq!(utc(Tz::Europe__Berlin, "2026-03-29 02:30"), "29 01:30");
        assert_eq!(utc(Tz::Europe__Berlin, "2026-10-25 02:30"), "25 00:30");
        assert_eq!(utc(Tz::Australia__Lord_Howe, "2026-10-04 02:15"), "03 15:45");
        assert_eq!(utc(Tz::Pacific__Apia, "2011-12-30 12:00"), "30 22:00");
    }
}
