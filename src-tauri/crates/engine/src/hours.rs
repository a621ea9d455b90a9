//! Hours of work: entered or timed, night hours apart, private until they are shared. What is private is a row of this profile and
//! no entry; sharing writes the entry and forgets the row in one transaction, under one id, so that nothing is counted twice.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use firewatch_domain::entry::Event;
use firewatch_domain::hours::{LONGEST_MIN, Night, Spell, Total, read_minutes, totals};
use firewatch_domain::incident::Incident;
use firewatch_domain::words;
use firewatch_store::{EffortRecord, Tx};

use crate::show::rfc3339;
use crate::view::{HoursForm, HoursPerson, HoursRow, HoursView, Settings};
use crate::{Engine, EngineError};

/// Longest note.
const LONGEST_NOTE: usize = 400;

impl Engine {
    /// All hours of an incident: those that were shared, and this profile's own.
    pub fn hours(&self, id: &str) -> Result<HoursView, EngineError> {
        self.read(|tx| {
            let incident = self.incident_of(tx, id)?;
            self.hours_of(tx, &incident)
        })
    }

    /// Writes hours down.
    pub fn add_hours(&self, id: &str, form: &HoursForm) -> Result<HoursView, EngineError> {
        let minutes = read_minutes(&form.length).ok_or_else(|| {
            let shown = words::plain(&form.length, 40);
            field("length", format!("`{shown}` is no length of work; write it as 1h30m, 90m or 1.5, at most 48 h"))
        })?;
        let from = match form.from.trim() {
            "" => self.now_s() - i64::from(minutes) * 60,
            text => crate::room::unix_s(text)?,
        };
        let from = DateTime::from_timestamp(from, 0)
            .filter(|at| *at <= self.now())
            .ok_or_else(|| field("from", "hours are written down after they were worked; give a beginning in the past".to_owned()))?;
        self.change_hours(id, |tx, incident| {
            let night = night(tx, &form.zone)?;
            let spell = Spell {
                id: self.world.ids.fresh(),
                person: Self::person(tx, &form.person)?,
                from_s: from.timestamp(),
                minutes,
                night: night.minutes(from, minutes),
                note: words::plain(&form.note, LONGEST_NOTE),
            };
            if form.share {
                return self.share(tx, &incident.id, spell);
            }
            Ok(tx.put_effort(&EffortRecord { incident: incident.id.clone(), spell, running: false })?)
        })
    }

    /// Starts the person's clock on an incident.
    pub fn start_hours(&self, id: &str, note: &str) -> Result<HoursView, EngineError> {
        self.change_hours(id, |tx, incident| {
            let person = Self::author(tx)?;
            if tx.efforts(&incident.id)?.iter().any(|record| record.running && record.spell.person == person) {
                return Err(EngineError::Invalid("your clock runs already on this incident; stop it first".to_owned()));
            }
            let spell = Spell {
                id: self.world.ids.fresh(),
                person,
                from_s: self.now_s(),
                minutes: 0,
                night: 0,
                note: words::plain(note, LONGEST_NOTE),
            };
            Ok(tx.put_effort(&EffortRecord { incident: incident.id.clone(), spell, running: true })?)
        })
    }

    /// Stops the person's clock. What took less than half a minute was nothing.
    pub fn stop_hours(&self, id: &str) -> Result<HoursView, EngineError> {
        self.change_hours(id, |tx, incident| {
            let person = Self::author(tx)?;
            let running = tx.efforts(&incident.id)?.into_iter().find(|record| record.running && record.spell.person == person);
            let record =
                running.ok_or_else(|| EngineError::Invalid("your clock does not run on this incident; start it first".to_owned()))?;
            let spell = self.so_far(&record.spell, night(tx, "")?);
            if spell.minutes == 0 {
                return Ok(tx.remove_effort(&spell.id)?);
            }
            Ok(tx.put_effort(&EffortRecord { spell, running: false, ..record })?)
        })
    }

    /// Shares private hours: they become an entry of the incident.
    pub fn share_hours(&self, id: &str, row: &str) -> Result<HoursView, EngineError> {
        self.change_hours(id, |tx, incident| {
            let record = own(tx, incident, row)?;
            if record.running {
                return Err(EngineError::Invalid("the clock still runs; stop it first".to_owned()));
            }
            self.share(tx, &incident.id, record.spell)
        })
    }

    /// Forgets private hours. What was shared is struck in the timeline instead.
    pub fn remove_hours(&self, id: &str, row: &str) -> Result<HoursView, EngineError> {
        self.change_hours(id, |tx, incident| Ok(tx.remove_effort(&own(tx, incident, row)?.spell.id)?))
    }

    fn change_hours(&self, id: &str, change: impl FnOnce(&Tx<'_>, &Incident) -> Result<(), EngineError>) -> Result<HoursView, EngineError> {
        self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            change(tx, &incident)?;
            let after = self.incident_of(tx, &incident.id)?;
            self.hours_of(tx, &after)
        })
    }

    fn share(&self, tx: &Tx<'_>, incident: &str, spell: Spell) -> Result<(), EngineError> {
        tx.remove_effort(&spell.id)?;
        let author = Self::author(tx)?;
        self.append(tx, incident, &author, &Event::Effort { spell })?;
        Ok(())
    }

    fn person(tx: &Tx<'_>, given: &str) -> Result<String, EngineError> {
        let given = words::plain(given, 80);
        if given.is_empty() { Self::author(tx) } else { Ok(given) }
    }

    /// A running spell as if it were stopped now.
    fn so_far(&self, spell: &Spell, night: Night) -> Spell {
        let seconds = (self.now_s() - spell.from_s).max(0);
        let minutes = u32::try_from((seconds + 30) / 60).unwrap_or(LONGEST_MIN).min(LONGEST_MIN);
        let from = DateTime::from_timestamp(spell.from_s, 0).unwrap_or_default();
        Spell { minutes, night: night.minutes(from, minutes), ..spell.clone() }
    }

    pub(crate) fn hours_of(&self, tx: &Tx<'_>, incident: &Incident) -> Result<HoursView, EngineError> {
        let night = night(tx, "")?;
        let private = tx.efforts(&incident.id)?.into_iter().map(|record| {
            let spell = if record.running { self.so_far(&record.spell, night) } else { record.spell };
            (spell, true, record.running)
        });
        let mut all: Vec<(Spell, bool, bool)> = incident.efforts.iter().map(|spell| (spell.clone(), false, false)).chain(private).collect();
        all.sort_by_key(|(spell, ..)| (spell.from_s, spell.id.clone()));
        let (total, people) = totals(all.iter().map(|(spell, ..)| spell));
        let (own, _) = totals(all.iter().filter(|(_, private, _)| *private).map(|(spell, ..)| spell));
        let mut people: Vec<(String, Total)> = people.into_iter().collect();
        people.sort_by_key(|(_, total)| std::cmp::Reverse(total.minutes));
        let person = |(person, total): (String, Total)| HoursPerson { person, minutes: total.minutes, night_minutes: total.night };
        Ok(HoursView {
            rows: all.into_iter().map(|(spell, private, running)| row(spell, private, running)).collect(),
            people: people.into_iter().map(person).collect(),
            minutes: total.minutes,
            night_minutes: total.night,
            private_minutes: own.minutes,
        })
    }
}

fn row(spell: Spell, private: bool, running: bool) -> HoursRow {
    let from: DateTime<Utc> = DateTime::from_timestamp(spell.from_s, 0).unwrap_or_default();
    HoursRow {
        id: spell.id,
        person: spell.person,
        from: rfc3339(from),
        minutes: spell.minutes,
        night_minutes: spell.night,
        note: spell.note,
        private,
        running,
    }
}

fn own(tx: &Tx<'_>, incident: &Incident, row: &str) -> Result<EffortRecord, EngineError> {
    let shared = || EngineError::Invalid("these hours are no private ones of this incident; strike the entry instead".to_owned());
    tx.effort(row).ok().filter(|record| record.incident == incident.id).ok_or_else(shared)
}

fn night(tx: &Tx<'_>, zone: &str) -> Result<Night, EngineError> {
    let chosen = Settings::of(tx)?.night();
    match zone.trim() {
        "" => Ok(chosen),
        name => {
            let zone: Tz = name.parse().map_err(|_| {
                field("zone", format!("`{}` is no time zone; write an IANA name such as Europe/Berlin", words::plain(name, 60)))
            })?;
            Ok(Night { zone, ..chosen })
        }
    }
}

fn field(field: &str, message: String) -> EngineError {
    EngineError::Field { field: field.to_owned(), message }
}
