//! Working an incident: streams, marks, corrections, and the room where people meet.

use firewatch_domain::entry::{Entry, Event, Hlc, Mark, Moment};
use firewatch_domain::incident::Incident;
use firewatch_domain::outbox::{Act, ActState};
use firewatch_domain::slo::name_from;
use firewatch_domain::words;
use firewatch_store::Tx;
use serde_json::json;
use url::Url;

use crate::incidents::required;
use crate::view::{IncidentView, Settings};
use crate::{Engine, EngineError};

/// Longest line of a stream, a mark, a correction.
const LONGEST: usize = 4000;
/// Characters of an incident's title in a room's address.
const SLUG: usize = 40;

impl Engine {
    /// Begins a line of investigation.
    pub fn open_stream(&self, id: &str, title: &str, owner: &str) -> Result<IncidentView, EngineError> {
        let title = required(title, "stream", 120)?;
        let stream = self.world.ids.fresh();
        self.act(id, &Event::StreamOpened { stream, title, owner: words::plain(owner, 80) })
    }

    /// Gives a stream to somebody.
    pub fn own_stream(&self, id: &str, stream: &str, owner: &str) -> Result<IncidentView, EngineError> {
        let owner = words::plain(owner, 80);
        self.act_on_stream(id, stream, |stream| Event::StreamOwned { stream, owner })
    }

    /// Writes down what was heard from a stream.
    pub fn hear_stream(&self, id: &str, stream: &str, text: &str) -> Result<IncidentView, EngineError> {
        let text = required(text, "text", LONGEST)?;
        self.act_on_stream(id, stream, |stream| Event::StreamSaid { stream, text })
    }

    /// Closes a stream with what it found.
    pub fn close_stream(&self, id: &str, stream: &str, outcome: &str) -> Result<IncidentView, EngineError> {
        let outcome = words::plain(outcome, LONGEST);
        self.act_on_stream(id, stream, |stream| Event::StreamClosed { stream, outcome })
    }

    /// Marks what was done to the system: `deploy`, `mitigation` or `rollback`.
    pub fn mark(&self, id: &str, mark: &str, text: &str) -> Result<IncidentView, EngineError> {
        let known = Mark::parse(mark)
            .ok_or_else(|| EngineError::Invalid(format!("`{}` is no mark; use deploy, mitigation or rollback", words::plain(mark, 40))))?;
        self.act(id, &Event::Marked { mark: known, text: required(text, "text", LONGEST)? })
    }

    /// Lets an entry read otherwise. The first text stays in the list.
    pub fn correct_entry(&self, id: &str, entry: &str, text: &str) -> Result<IncidentView, EngineError> {
        let text = required(text, "text", LONGEST)?;
        self.act_on_entry(id, entry, &Event::Corrected { text }, |event| match event {
            Some(Event::Note { .. } | Event::Update { .. } | Event::Marked { .. } | Event::StreamSaid { .. }) => Ok(()),
            _ => Err("only what a person wrote can be corrected; strike it and do it again".to_owned()),
        })
    }

    /// Strikes an entry: it stays in the list and counts no more.
    pub fn strike_entry(&self, id: &str, entry: &str, reason: &str) -> Result<IncidentView, EngineError> {
        let reason = required(reason, "reason", 400)?;
        self.act_on_entry(id, entry, &Event::Struck { reason }, |event| match event {
            Some(Event::Declared { .. }) => Err("the declaration cannot be struck; cancel the incident".to_owned()),
            Some(Event::Struck { .. }) => Err("a strike cannot be struck; write what holds as a new entry".to_owned()),
            _ => Ok(()),
        })
    }

    /// Stars an entry, or takes the star back.
    pub fn star_entry(&self, id: &str, entry: &str, starred: bool) -> Result<IncidentView, EngineError> {
        self.act_on_entry(id, entry, &Event::Starred { starred }, |_| Ok(()))
    }

    /// Corrects a time of an incident, or takes the correction back with no time. `at`: RFC 3339 or unix seconds.
    pub fn set_time(&self, id: &str, moment: &str, at: Option<&str>, reason: &str) -> Result<IncidentView, EngineError> {
        let known = Moment::parse(&moment.replace('-', "_")).ok_or_else(|| {
            let all: Vec<&str> = Moment::ALL.iter().map(|m| m.word()).collect();
            EngineError::Invalid(format!("`{}` is no time of an incident; use {}", words::plain(moment, 40), all.join(", ")))
        })?;
        let at_s = at.map(unix_s).transpose()?;
        let reason = if at_s.is_some() { required(reason, "reason", 400)? } else { words::plain(reason, 400) };
        self.act(id, &Event::Timed { moment: known, at_s, reason })
    }

    /// Opens the room: by the template of the settings with no `by`, at a given link, or by a destination such as Zoom. A
    /// destination answers through the outbox; until it does there is no link, and never an invented one.
    pub fn open_room(&self, id: &str, by: &str) -> Result<IncidentView, EngineError> {
        let by = by.trim();
        self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            let author = Self::author(tx)?;
            if let Ok(destination) = tx.destination(by) {
                if destination.kind.takes_updates() {
                    return Err(EngineError::Invalid(format!("`{}` opens no rooms; choose Zoom or a link", words::plain(by, 60))));
                }
                let topic = format!("{}: {}", incident.severity.word(), words::plain(&incident.title, 160));
                self.queue(tx, by, &incident.id, "open_room", json!({ "topic": topic }))?;
            } else {
                let template = if by.is_empty() { Settings::of(tx)?.room_template } else { by.to_owned() };
                let url = room_link(&template, &incident, &self.world.ids.fresh())?;
                let event = Event::RoomOpened { url, note: String::new(), destination: String::new(), meeting: String::new() };
                self.append(tx, &incident.id, &author, &event)?;
            }
            self.view_of(tx, &incident.id)
        })
    }

    /// Closes the room; one that a destination made is ended there, too.
    pub fn close_room(&self, id: &str) -> Result<IncidentView, EngineError> {
        self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            let author = Self::author(tx)?;
            self.close_room_of(tx, &incident, &author)?;
            self.view_of(tx, &incident.id)
        })
    }

    /// The room ends with the incident.
    pub(crate) fn close_room_of(&self, tx: &Tx<'_>, incident: &Incident, author: &str) -> Result<(), EngineError> {
        let Some(room) = incident.room.as_ref().filter(|room| !room.closed) else { return Ok(()) };
        if !room.destination.is_empty() {
            self.queue(tx, &room.destination, &incident.id, "end_room", json!({ "meeting": room.meeting }))?;
        }
        self.append(tx, &incident.id, author, &Event::RoomClosed)
    }

    /// What follows from an act that is done: a room that was made is written into its incident, once.
    pub(crate) fn take_receipt(&self, tx: &Tx<'_>, act: &Act) -> Result<(), EngineError> {
        let (ActState::Done, "open_room", Some(receipt)) = (act.state, act.kind.as_str(), &act.receipt) else { return Ok(()) };
        let Some(url) = receipt.url.clone() else { return Ok(()) };
        let event = Event::RoomOpened {
            url,
            note: receipt.note.clone().unwrap_or_default(),
            destination: act.destination.clone(),
            meeting: receipt.id.clone(),
        };
        self.append(tx, &act.object, "firewatch", &event)?;
        // Made after the incident was over: nobody will come, so it ends there, too.
        let incident = self.incident_of(tx, &act.object)?;
        if incident.phase.open() { Ok(()) } else { self.close_room_of(tx, &incident, "firewatch") }
    }

    fn act_on_stream(&self, id: &str, stream: &str, event: impl FnOnce(String) -> Event) -> Result<IncidentView, EngineError> {
        let known = self.read(|tx| {
            let incident = self.incident_of(tx, id)?;
            let fits = |s: &&firewatch_domain::stream::Stream| s.id == stream || s.title.eq_ignore_ascii_case(stream.trim());
            let found = incident.streams.iter().find(fits).map(|s| s.id.clone());
            found.ok_or_else(|| EngineError::Invalid(format!("the incident has no stream `{}`", words::plain(stream, 60))))
        })?;
        self.act(id, &event(known))
    }

    fn act_on_entry(
        &self,
        id: &str,
        entry: &str,
        event: &Event,
        allowed: impl Fn(Option<Event>) -> Result<(), String>,
    ) -> Result<IncidentView, EngineError> {
        self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            let target = incident.entries.iter().find(|e| e.id == entry);
            let missing = || EngineError::Invalid(format!("the incident has no entry `{}`", words::plain(entry, 60)));
            let target = target.ok_or_else(missing)?;
            allowed(Event::of(target)).map_err(EngineError::Invalid)?;
            let (kind, payload) = event.stored();
            let hlc = Hlc::after(tx.latest_hlc()?.as_ref(), self.now().timestamp_millis(), &self.replica(tx)?);
            tx.append_entry(&Entry {
                id: self.world.ids.fresh(),
                // Beside what it is about, wherever that incident was merged to.
                incident: target.incident.clone(),
                at: self.now(),
                hlc,
                author: Self::author(tx)?,
                kind,
                version: 1,
                payload,
                corrects: Some(entry.to_owned()),
            })?;
            self.view_of(tx, &incident.id)
        })
    }
}

/// A link from a template: `{incident}`, `{random}` and `{date}` are filled in. Only schemes that open a meeting.
pub(crate) fn room_link(template: &str, incident: &Incident, fresh: &str) -> Result<String, EngineError> {
    let template = template.trim();
    if template.is_empty() {
        return Err(EngineError::Invalid("no room is set up; enter a link or a template in the settings".to_owned()));
    }
    // A fresh id is a UUID: nobody guesses its digits.
    let random: String = fresh.chars().filter(char::is_ascii_alphanumeric).collect();
    let slug: String = name_from(&incident.title).chars().take(SLUG).collect();
    let date = incident.declared_at.format("%Y%m%d").to_string();
    let text = template.replace("{incident}", slug.trim_matches('-')).replace("{random}", &random).replace("{date}", &date);
    let link = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "https" | "zoommtg" | "msteams"));
    link.map(String::from).ok_or_else(|| {
        EngineError::Invalid(format!(
            "`{}` is no link to a meeting; write https://meet.example.com/{{incident}}-{{random}}",
            words::plain(&text, 120)
        ))
    })
}

pub(crate) fn unix_s(text: &str) -> Result<i64, EngineError> {
    let text = text.trim();
    let rfc = || chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp());
    text.parse::<i64>()
        .ok()
        .or_else(rfc)
        .ok_or_else(|| EngineError::Invalid(format!("`{}` is not a time; write it as 2026-11-22T04:00:00Z", words::plain(text, 40))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use firewatch_domain::incident::fold;
    use firewatch_domain::policy::Grade;

    fn incident(title: &str) -> Incident {
        let event =
            Event::Declared { title: title.to_owned(), severity: Grade::Sev2, slos: vec![], cause: None, drill: false, impact_s: None };
        let (kind, payload) = event.stored();
        let at = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let hlc = Hlc { wall_ms: 1, counter: 0, replica: "r".to_owned() };
        let entry = Entry {
            id: "1".to_owned(),
            incident: "i".to_owned(),
            at,
            hlc,
            author: "me".to_owned(),
            kind,
            version: 1,
            payload,
            corrects: None,
        };
        fold([entry]).unwrap()
    }

    #[test]
    fn rooms_come_from_templates() {
        let slow = incident("Settings <b>slow</b>: EU!");
        let link = |template: &str| room_link(template, &slow, "0190-ab");
        assert_eq!(link("https://meet.example.com/{incident}-{random}").unwrap(), "https://meet.example.com/settings-b-slow-b-eu-0190ab");
        assert_eq!(link("https://m.example/{date}").unwrap(), "https://m.example/20270115");
        for bad in ["", "javascript:alert(1)", "file:///etc/passwd", "http://m.example/x", "nonsense"] {
            assert!(link(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_read_in_both_forms() {
        assert_eq!(unix_s("2027-01-15T08:00:00Z").unwrap(), 1_800_000_000);
        assert_eq!(unix_s(" 1800000000 ").unwrap(), 1_800_000_000);
        assert!(unix_s("yesterday").is_err());
    }
}
