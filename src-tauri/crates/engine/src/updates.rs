//! Status updates: written once, kept in the timeline, sent to each destination by an act of its own.

use firewatch_domain::entry::Event;
use firewatch_domain::update::{self, SloLine};
use firewatch_domain::words;
use serde_json::json;

use crate::incidents::required;
use crate::view::{ActRow, IncidentView, SloRow, UpdateDraft};
use crate::{Engine, EngineError};

/// Longest update, in characters.
const LONGEST: usize = 20_000;

impl Engine {
    /// Posts a status update of an incident, exactly as given. With no destination it is only kept, for the clipboard.
    pub fn post_update(&self, id: &str, text: &str, destinations: &[String]) -> Result<IncidentView, EngineError> {
        let text = required(text, "update", LONGEST)?;
        self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            let author = Self::author(tx)?;
            for name in destinations {
                let destination = tx.destination(name)?;
                if !destination.kind.takes_updates() {
                    return Err(EngineError::Invalid(format!("`{}` takes no updates; choose a channel", words::plain(name, 60))));
                }
                self.queue(tx, name, &incident.id, "post_update", json!({ "text": text }))?;
            }
            self.append(tx, &incident.id, &author, &Event::Update { text, to: destinations.to_vec() })?;
            self.view_of(tx, &incident.id)
        })
    }

    /// A first draft of the next update, for editing.
    pub fn draft_update(&self, id: &str) -> Result<UpdateDraft, EngineError> {
        let rows = self.watch_page()?.slos;
        self.read(|tx| {
            let incident = self.incident_of(tx, id)?;
            let concerned = rows.iter().filter(|row| incident.slos.iter().any(|slo| slo.id == row.id));
            let lines: Vec<SloLine> = concerned.map(line).collect();
            let draft = update::draft(&incident, &lines, self.now());
            Ok(UpdateDraft { business: draft.business, technical: draft.technical })
        })
    }

    /// Acts about an incident or a follow-up, oldest first.
    pub fn acts_about(&self, object: &str) -> Result<Vec<ActRow>, EngineError> {
        self.read(|tx| Ok(tx.acts_about(object)?.iter().map(crate::outbox::row).collect()))
    }
}

fn line(row: &SloRow) -> SloLine {
    SloLine { title: row.title.clone(), state: row.state.clone(), reason: row.reason.clone(), counts: row.bad.zip(row.total) }
}
