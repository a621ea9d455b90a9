//! Calendars of shifts: added, read again in time, kept for when there is no network, and asked who is on call.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firewatch_documents::{CalendarError, read_shifts};
use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::oncall::{Calendar, CalendarPlace, Duty, Shift, on_call};
use firewatch_domain::ports::CalendarCopy;
use firewatch_domain::slo::check_name;
use firewatch_domain::words;
use firewatch_store::{CalendarRecord, StoreError};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch::Receiver;

use crate::roster::Roster;
use crate::show::rfc3339;
use crate::sources::NewSecret;
use crate::view::{CalendarForm, CalendarRow, DoctorLine, OnCallView, Settings, ShiftRow};
use crate::watch::pause;
use crate::{Engine, EngineError};

/// Seconds between two readings of an address, of a file, and after a failure.
const ADDRESS_S: i64 = 3600;
const FILE_S: i64 = 60;
const FAILED_S: i64 = 300;
/// Real time between two looks at what is due.
const TICK: Duration = Duration::from_secs(15);
/// Shifts shown ahead.
const SHOWN: chrono::Duration = chrono::Duration::days(14);
/// Where the standing seen last is remembered.
const SEEN: &str = "duty_seen";

impl Engine {
    /// Who is on call, now or at a time as RFC 3339 or unix seconds.
    pub fn on_call(&self, at: Option<&str>) -> Result<OnCallView, EngineError> {
        let at = at.map(crate::room::unix_s).transpose()?.and_then(|s| DateTime::from_timestamp(s, 0));
        self.read(|tx| {
            let chosen = Settings::of(tx)?;
            let held = self.off_shift(tx, &chosen)?;
            match at {
                Some(at) => Ok(seen(&Self::roster_around(tx, &chosen, at)?, at, held)),
                None => Ok(seen(&*self.roster(tx, &chosen)?, self.now(), held)),
            }
        })
    }

    /// Adds a calendar once it could be read. Nothing is kept when anything is wrong. `variable`: where its address came from.
    pub async fn add_calendar(self: &Arc<Self>, form: CalendarForm, variable: Option<String>) -> Result<OnCallView, EngineError> {
        let place = form.place.trim().to_owned();
        let checked = form.clone();
        self.blocking(move |engine| engine.check_calendar(&checked)).await?;
        let copy = self.world.calendars.read(&place, "").await.map_err(EngineError::Invalid)?;
        let CalendarCopy::New { bytes, mark } = copy else {
            return Err(EngineError::Invalid("the calendar came without anything in it".to_owned()));
        };
        self.blocking(move |engine| {
            parse(&bytes, engine.now()).map_err(|error| EngineError::Invalid(error.to_string()))?;
            let place = engine.keep_place(&place, variable)?;
            let optional = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
            let calendar = Calendar { name: form.name.clone(), place, zone: optional(&form.zone), over: optional(&form.over) };
            let added = engine.write(|tx| Ok(tx.add_calendar(&calendar, &bytes, &mark, engine.now_s())?));
            if let Err(error) = added {
                engine.forget_place(&calendar);
                return Err(error);
            }
            engine.bell.notify_one();
            engine.on_call(None)
        })
        .await
    }

    /// Removes a calendar with its copy and its address.
    pub async fn remove_calendar(self: &Arc<Self>, name: &str) -> Result<OnCallView, EngineError> {
        let name = name.to_owned();
        self.blocking(move |engine| {
            let others = engine.read(|tx| Ok(tx.calendars()?))?;
            if let Some(other) = others.iter().find(|r| r.calendar.over.as_deref() == Some(name.as_str())) {
                let other = &other.calendar.name;
                return Err(EngineError::Invalid(format!("`{other}` lies over this calendar; remove that one first")));
            }
            let removed = engine.write(|tx| Ok(tx.remove_calendar(&name)?))?;
            engine.forget_place(&removed);
            engine.bell.notify_one();
            engine.on_call(None)
        })
        .await
    }

    /// Reads every calendar again now; what fails keeps its copy and says so.
    pub async fn read_calendars(self: &Arc<Self>) -> Result<OnCallView, EngineError> {
        for record in self.blocking(|engine| engine.read(|tx| Ok(tx.calendars()?))).await? {
            self.read_calendar(record).await?;
        }
        self.blocking(|engine| engine.on_call(None)).await
    }

    /// Reads calendars in time and notices the changes of shift, until `stop` turns true.
    pub(crate) async fn keep_calendars(self: Arc<Self>, stop: Receiver<bool>) {
        while !*stop.borrow() && !self.drill {
            let records = self.blocking(|engine| engine.read(|tx| Ok(tx.calendars()?))).await.unwrap_or_default();
            for record in records.into_iter().filter(|record| is_due(record, self.now_s())) {
                if let Err(error) = self.read_calendar(record).await {
                    tracing::error!(%error, "a calendar of shifts could not be kept");
                }
            }
            if let Err(error) = self.notice_shift().await {
                tracing::error!(%error, "the shift could not be looked at");
            }
            pause(&stop, TICK, &self.hurry).await;
        }
    }

    async fn read_calendar(self: &Arc<Self>, record: CalendarRecord) -> Result<(), EngineError> {
        let name = record.calendar.name.clone();
        let read = match self.address_of(&record.calendar).await {
            Ok(at) => self.world.calendars.read(at.expose_secret(), &record.mark).await,
            Err(why) => Err(why),
        };
        self.blocking(move |engine| {
            let now_s = engine.now_s();
            engine.write(|tx| {
                match &read {
                    Ok(CalendarCopy::Same) => tx.calendar_was_read(&name, None, now_s)?,
                    Ok(CalendarCopy::New { bytes, mark }) => match parse(bytes, engine.now()) {
                        Ok(()) => tx.calendar_was_read(&name, Some((bytes, mark)), now_s)?,
                        Err(error) => tx.calendar_failed(&name, &error.to_string(), now_s)?,
                    },
                    Err(why) => tx.calendar_failed(&name, why, now_s)?,
                }
                Ok(())
            })
        })
        .await
    }

    /// The path, or the address out of the keyring, which is asked on a thread of its own.
    async fn address_of(self: &Arc<Self>, calendar: &Calendar) -> Result<SecretString, String> {
        match &calendar.place {
            CalendarPlace::File { path } => Ok(SecretString::from(path.clone())),
            CalendarPlace::Address { secret } => {
                let (world, place) = (self.world.clone(), secret.clone());
                let found = tokio::task::spawn_blocking(move || world.secrets.find(&place)).await;
                found.map_err(|_| "the keyring could not be asked".to_owned())?.map_err(|error| error.to_string())
            }
        }
    }

    fn check_calendar(&self, form: &CalendarForm) -> Result<(), EngineError> {
        let field = |field: &str, message: String| EngineError::Field { field: field.to_owned(), message };
        check_name(&form.name).map_err(|error| field("name", error.to_string()))?;
        let place = form.place.trim();
        if place.is_empty() {
            return Err(field("place", "enter the path of an .ics file, or the secret address the schedule is exported under".to_owned()));
        }
        let zone = form.zone.trim();
        if !zone.is_empty() && zone.parse::<chrono_tz::Tz>().is_err() {
            let shown = words::plain(zone, 60);
            return Err(field("zone", format!("`{shown}` is no time zone; write an IANA name such as Europe/Berlin")));
        }
        self.read(|tx| {
            let known = tx.calendars()?;
            if known.iter().any(|record| record.calendar.name == form.name) {
                return Err(StoreError::Taken { what: "calendar", name: form.name.clone() }.into());
            }
            let over = form.over.trim();
            let primary = known.iter().any(|record| record.calendar.name == over && record.calendar.over.is_none());
            if over.is_empty() || primary {
                return Ok(());
            }
            Err(field("over", format!("there is no calendar `{}` that can be overridden; add it first", words::plain(over, 60))))
        })
    }

    fn keep_place(&self, place: &str, variable: Option<String>) -> Result<CalendarPlace, EngineError> {
        if !place.contains("://") {
            let path = std::path::absolute(place).map_or_else(|_| place.to_owned(), |path| path.display().to_string());
            return Ok(CalendarPlace::File { path });
        }
        let secret = NewSecret { value: SecretString::from(place.to_owned()), variable };
        Ok(CalendarPlace::Address { secret: self.keep_secret(&format!("calendar/{}", self.world.ids.fresh()), &secret, false)? })
    }

    fn forget_place(&self, calendar: &Calendar) {
        let CalendarPlace::Address { secret } = &calendar.place else { return };
        if let Err(error) = self.world.secrets.forget(secret) {
            tracing::warn!(%error, calendar = %calendar.name, "an address could not be removed from the keyring");
        }
    }

    /// Tells the person when a shift of theirs begins or ends, once, and that the note for it is there.
    async fn notice_shift(self: &Arc<Self>) -> Result<(), EngineError> {
        let toast = self
            .blocking(|engine| {
                let now = engine.now();
                engine.write(|tx| {
                    let duty = engine.roster(tx, &Settings::of(tx)?)?.duty(now);
                    let (word, title) = match &duty {
                        Duty::On { until, .. } => ("on", format!("Your shift has begun; it ends {}", words::clock(*until, now))),
                        Duty::Off { .. } => ("off", "Your shift is over".to_owned()),
                        Duty::Unknown { .. } => return Ok(None),
                    };
                    let before = tx.meta(SEEN)?;
                    if before.as_deref() == Some(word) {
                        return Ok(None);
                    }
                    tx.set_meta(SEEN, word)?;
                    tx.touch(firewatch_store::Topic::Frame);
                    // The first look after a calendar was added is no change of shift.
                    Ok(before.map(|_| title))
                })
            })
            .await?;
        let Some(title) = toast else { return Ok(()) };
        self.bell.notify_one();
        self.tell(&Toast {
            key: "shift".to_owned(),
            title,
            body: "The hand-over note is on the page On call.".to_owned(),
            urgency: Urgency::Normal,
            silent: false,
            sound: false,
            actions: false,
        })
        .await;
        Ok(())
    }

    /// How calendars of shifts stand, for the doctor; nothing where there are none.
    pub(crate) fn schedule_lines(&self) -> Result<Vec<DoctorLine>, EngineError> {
        let view = self.on_call(None)?;
        let mut lines: Vec<DoctorLine> = view.calendars.iter().filter_map(broken).collect();
        let chosen = self.settings()?;
        if view.calendars.is_empty() && !chosen.only_on_call {
            return Ok(lines);
        }
        let (verdict, message, cure) = match (view.held, view.why.filter(|_| chosen.only_on_call)) {
            (Some(held), _) => {
                ("degraded", held, "they wait in the inbox; switch the limit off in the settings to be told always".to_owned())
            }
            (None, Some(why)) => {
                ("degraded", format!("announcements are not held, since it cannot be said whether you are on call: {why}"), why)
            }
            (None, None) => (
                "ok",
                format!("{} calendars; you are {} call", view.calendars.len(), if view.duty == "on" { "on" } else { "off" }),
                String::new(),
            ),
        };
        lines.push(DoctorLine { part: "shifts".to_owned(), verdict: verdict.to_owned(), message, cure });
        Ok(lines)
    }
}

fn broken(row: &CalendarRow) -> Option<DoctorLine> {
    let message = row.error.clone()?;
    let kept = row.read_at.as_ref().map_or_else(String::new, |at| format!("; the copy of {at} is used meanwhile"));
    let (part, cure) = (format!("calendar {}", row.name), "check the file or the address on the page On call".to_owned());
    Some(DoctorLine { part, verdict: "degraded".to_owned(), message: format!("{message}{kept}"), cure })
}

fn is_due(record: &CalendarRecord, now_s: i64) -> bool {
    let wait = match (&record.error, &record.calendar.place) {
        (Some(_), _) => FAILED_S,
        (None, CalendarPlace::File { .. }) => FILE_S,
        (None, CalendarPlace::Address { .. }) => ADDRESS_S,
    };
    // A clock that went back makes it due, too.
    record.tried_s.is_none_or(|tried| !(tried..tried + wait).contains(&now_s))
}

fn parse(bytes: &[u8], now: DateTime<Utc>) -> Result<(), CalendarError> {
    read_shifts(bytes, chrono_tz::Tz::UTC, now, now).map(|_| ())
}

fn seen(roster: &Roster, at: DateTime<Utc>, held: Option<String>) -> OnCallView {
    let row = |shift: &Shift| ShiftRow {
        person: shift.person.clone(),
        calendar: shift.calendar.clone(),
        level: shift.level,
        from: rfc3339(shift.from),
        to: rfc3339(shift.to),
        mine: shift.is_of(&roster.names),
    };
    let mut coming: Vec<&Shift> = roster.shifts.iter().filter(|shift| shift.from > at && shift.from <= at + SHOWN).collect();
    coming.sort_by_key(|shift| (shift.from, shift.to));
    let (duty, until, why) = match roster.duty(at) {
        Duty::On { until, .. } => ("on", Some(until), None),
        Duty::Off { next } => ("off", next, None),
        Duty::Unknown { why } => ("unknown", None, Some(why)),
    };
    OnCallView {
        at: rfc3339(at),
        people: on_call(&roster.shifts, &roster.calendars, at).into_iter().map(row).collect(),
        coming: coming.into_iter().take(60).map(row).collect(),
        duty: duty.to_owned(),
        until: until.map(rfc3339),
        why,
        held,
        names: roster.names.clone(),
        calendars: roster.records.iter().map(|record| calendar_row(roster, record)).collect(),
    }
}

fn calendar_row(roster: &Roster, record: &CalendarRecord) -> CalendarRow {
    let calendar = &record.calendar;
    let own = || roster.shifts.iter().filter(|shift| shift.calendar == calendar.name);
    let people: BTreeSet<String> = own().map(|shift| shift.person.clone()).collect();
    CalendarRow {
        name: calendar.name.clone(),
        place: match &calendar.place {
            CalendarPlace::File { path } => words::plain(path, 200),
            CalendarPlace::Address { secret } => format!("address: {}", secret.text()),
        },
        zone: calendar.zone.clone().unwrap_or_default(),
        over: calendar.over.clone().unwrap_or_default(),
        read_at: record.read_s.and_then(|s| DateTime::from_timestamp(s, 0)).map(rfc3339),
        error: record.error.clone(),
        shifts: own().count() as u32,
        people: people.into_iter().take(50).collect(),
        remarks: roster.remarks.get(&calendar.name).cloned().unwrap_or_default(),
    }
}
