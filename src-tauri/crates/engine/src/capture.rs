//! A line or a picture caught from anywhere, into the timeline of the open incident; taken back by a strike.

use std::sync::Arc;

use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::entry::Event;
use firewatch_domain::incident::Incident;
use firewatch_domain::picture::media_type;
use firewatch_domain::words;
use firewatch_store::{Topic, Tx};
use serde::{Deserialize, Serialize};

use crate::incidents::required;
use crate::view::{Captured, DoctorLine, IncidentView};
use crate::{Engine, EngineError};

const LAST: &str = "captured";
const KEY_TROUBLE: &str = "capture_key_trouble";
/// Longest line.
const LONGEST: usize = 20_000;
/// The window offers to take it back for so many seconds, the command line for longer.
const OFFERED_S: i64 = 60;
const UNDONE_S: i64 = 3600;

/// What was caught last.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Last {
    incident: String,
    entry: String,
    at_s: i64,
}

impl Engine {
    /// Writes a line into the open incident: of several the gravest, of equally grave ones the newest.
    pub fn capture(&self, text: &str) -> Result<Captured, EngineError> {
        let text = required(text, "line", LONGEST)?;
        self.write(|tx| {
            let incident = self.open_one(tx)?;
            let author = Self::author(tx)?;
            self.append(tx, &incident.id, &author, &Event::Note { text })?;
            self.remember_capture(tx, &incident.id)
        })
    }

    /// Puts a picture into the open incident.
    pub fn capture_picture(&self, bytes: &[u8], text: &str) -> Result<Captured, EngineError> {
        let mime = media_type(bytes).map_err(|error| EngineError::Invalid(error.to_string()))?;
        self.write(|tx| {
            let incident = self.open_one(tx)?;
            self.keep_picture(tx, &incident.id, bytes, mime, text)?;
            self.remember_capture(tx, &incident.id)
        })
    }

    /// Strikes what was caught last.
    pub fn undo_capture(&self) -> Result<IncidentView, EngineError> {
        let last = self.read(|tx| Ok(tx.meta_json::<Option<Last>>(LAST)?))?;
        let last = last.filter(|last| self.now_s() - last.at_s <= UNDONE_S);
        let last = last
            .ok_or_else(|| EngineError::Invalid("nothing was caught within the last hour; strike the entry in its timeline".to_owned()))?;
        let view = self.strike_entry(&last.incident, &last.entry, "taken back")?;
        self.write(|tx| {
            tx.clear_meta(LAST)?;
            tx.touch(Topic::Frame);
            Ok(())
        })?;
        Ok(view)
    }

    /// Keeps why the key that catches from anywhere could not be taken; empty when all is well.
    pub fn note_capture_key(&self, trouble: &str) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.set_meta(KEY_TROUBLE, trouble)?))
    }

    /// What stands in the way of the key, for the doctor.
    pub(crate) fn capture_key_line(&self) -> Result<Option<DoctorLine>, EngineError> {
        let trouble = self.read(|tx| Ok(tx.meta(KEY_TROUBLE)?))?.filter(|text| !text.is_empty());
        Ok(trouble.map(|message| DoctorLine {
            part: "capture key".to_owned(),
            verdict: "degraded".to_owned(),
            message,
            cure: "choose another key in the settings, or bind one of your own to `firewatch --capture`".to_owned(),
        }))
    }

    /// What was caught a moment ago, to be taken back.
    pub(crate) fn just_captured(&self, tx: &Tx<'_>) -> Result<Option<Captured>, EngineError> {
        let last = tx.meta_json::<Option<Last>>(LAST)?;
        let fresh = last.filter(|last| (0..=OFFERED_S).contains(&(self.now_s() - last.at_s)));
        let Some(last) = fresh else { return Ok(None) };
        let incident = self.incident_of(tx, &last.incident)?;
        Ok(Some(captured(&incident, last.entry)))
    }

    fn open_one(&self, tx: &Tx<'_>) -> Result<Arc<Incident>, EngineError> {
        let open = self.open_incidents(tx)?.into_iter().next();
        open.ok_or_else(|| {
            EngineError::Invalid("no incident is open; declare one first, then what is caught goes into its timeline".to_owned())
        })
    }

    fn remember_capture(&self, tx: &Tx<'_>, incident: &str) -> Result<Captured, EngineError> {
        let incident = self.incident_of(tx, incident)?;
        let entry = incident.entries.last().map(|entry| entry.id.clone()).unwrap_or_default();
        tx.set_meta_json(LAST, &Last { incident: incident.id.clone(), entry: entry.clone(), at_s: self.now_s() })?;
        tx.touch(Topic::Frame);
        Ok(captured(&incident, entry))
    }

    /// Says on the desktop what became of a capture: the person was in another window.
    pub async fn tell_of_capture(&self, outcome: &Result<Captured, EngineError>) {
        let (title, body) = match outcome {
            Ok(captured) => (
                format!("Noted in {}", words::plain(&captured.title, 100)),
                "Take it back in the window, or with firewatch --capture-undo.".to_owned(),
            ),
            Err(error) => ("Nothing was noted".to_owned(), words::plain(&error.to_string(), 300)),
        };
        self.tell_aside(title, body).await;
    }

    /// Says on the desktop whether what was caught last was taken back.
    pub async fn tell_of_undo(&self, outcome: &Result<IncidentView, EngineError>) {
        let (title, body) = match outcome {
            Ok(incident) => {
                (format!("Taken back in {}", words::plain(&incident.title, 100)), "The line stays in the timeline, struck out.".to_owned())
            }
            Err(error) => ("Nothing was taken back".to_owned(), words::plain(&error.to_string(), 300)),
        };
        self.tell_aside(title, body).await;
    }

    async fn tell_aside(&self, title: String, body: String) {
        let urgency = Urgency::Low;
        self.tell(&Toast { key: "capture".to_owned(), title, body, urgency, silent: false, sound: false, actions: false }).await;
    }
}

fn captured(incident: &Incident, entry: String) -> Captured {
    Captured { incident: incident.id.clone(), title: incident.title.clone(), entry }
}
