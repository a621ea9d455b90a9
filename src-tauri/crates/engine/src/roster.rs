//! The shifts of all calendars, expanded from their copies and kept until a copy, a name or the hour changes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Duration, Utc};
use firewatch_documents::{Shifts, read_shifts};
use firewatch_domain::oncall::{Calendar, Duty, Shift, Stretch, duty, stretches_of};
use firewatch_domain::words;
use firewatch_store::{CalendarRecord, Tx};

use crate::view::Settings;
use crate::{Engine, EngineError};

/// Looked back for the shift that ended.
const BACK: Duration = Duration::days(35);
/// Looked ahead.
const AHEAD: Duration = Duration::days(90);

/// Shifts as last expanded.
pub(crate) struct Roster {
    hour: i64,
    pub records: Vec<CalendarRecord>,
    pub names: Vec<String>,
    zone: chrono_tz::Tz,
    pub calendars: Vec<Calendar>,
    pub shifts: Vec<Shift>,
    /// What was not understood, by calendar.
    pub remarks: BTreeMap<String, Vec<String>>,
    /// The person's own stretches.
    pub mine: Vec<Stretch>,
}

impl Roster {
    /// How the person stands at an instant.
    pub(crate) fn duty(&self, now: DateTime<Utc>) -> Duty {
        let read: Vec<_> = self.records.iter().map(|r| r.read_s.and_then(|s| DateTime::from_timestamp(s, 0))).collect();
        duty(&self.mine, &self.calendars, &self.names, &read, now)
    }
}

impl Engine {
    /// The shifts of now.
    pub(crate) fn roster(&self, tx: &Tx<'_>, chosen: &Settings) -> Result<Arc<Roster>, EngineError> {
        let (records, names, zone, hour) = (tx.calendars()?, chosen.on_call_names(), chosen.person_zone(), self.now_s().div_euclid(3600));
        let mut kept = self.roster.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |r: &&Arc<Roster>| r.hour == hour && r.records == records && r.names == names && r.zone == zone;
        if let Some(roster) = kept.as_ref().filter(same) {
            return Ok(Arc::clone(roster));
        }
        let roster = Arc::new(Roster { hour, ..expanded(tx, records, names, zone, (self.now() - BACK, self.now() + AHEAD))? });
        *kept = Some(Arc::clone(&roster));
        Ok(roster)
    }

    /// The shifts around another time.
    pub(crate) fn roster_around(tx: &Tx<'_>, chosen: &Settings, at: DateTime<Utc>) -> Result<Roster, EngineError> {
        expanded(tx, tx.calendars()?, chosen.on_call_names(), chosen.person_zone(), (at - BACK, at + BACK))
    }

    /// Why announcements wait, if they do: only while the person chose it and is certainly off shift.
    pub(crate) fn off_shift(&self, tx: &Tx<'_>, chosen: &Settings) -> Result<Option<String>, EngineError> {
        if !chosen.only_on_call || self.drill {
            return Ok(None);
        }
        let now = self.now();
        Ok(match self.roster(tx, chosen)?.duty(now) {
            Duty::Off { next: Some(next) } => Some(format!("off shift: announcements held until {}", words::clock(next, now))),
            Duty::Off { next: None } => Some("off shift: announcements held; no shift of yours is known within 90 days".to_owned()),
            Duty::On { .. } | Duty::Unknown { .. } => None,
        })
    }
}

fn expanded(
    tx: &Tx<'_>,
    records: Vec<CalendarRecord>,
    names: Vec<String>,
    zone: chrono_tz::Tz,
    (from, to): Stretch,
) -> Result<Roster, EngineError> {
    let (mut shifts, mut remarks) = (Vec::new(), BTreeMap::new());
    for record in &records {
        let calendar = &record.calendar;
        let Some(bytes) = tx.calendar_copy(&calendar.name)? else { continue };
        let usual = calendar.zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(zone);
        let read =
            read_shifts(&bytes, usual, from, to).unwrap_or_else(|error| Shifts { remarks: vec![error.to_string()], ..Shifts::default() });
        shifts.extend(read.shifts.into_iter().map(|shift| Shift { calendar: calendar.name.clone(), ..shift }));
        remarks.insert(calendar.name.clone(), read.remarks);
    }
    let calendars: Vec<Calendar> = records.iter().map(|record| record.calendar.clone()).collect();
    let mine = stretches_of(&shifts, &calendars, &names);
    Ok(Roster { hour: 0, records, names, zone, calendars, shifts, remarks, mine })
}
