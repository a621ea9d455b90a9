//! Who is in a document: told by the window, told to relays and back. It lives in memory and is never kept.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use firewatch_casefile::presence::Presence;
use firewatch_domain::words;
use firewatch_store::StoreError;
use tokio::sync::broadcast::Receiver;

use crate::{Engine, EngineError};

/// Via which the person's own window speaks.
pub const WINDOW: &str = "window";

/// Documents whose people are held at once.
const MOST: usize = 200;

/// People by the id of their incident.
pub(crate) type Rooms = BTreeMap<String, Presence>;

/// Something that was said about who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Incident.
    pub incident: String,
    /// Via which it was heard: [`WINDOW`], or a relay's name.
    pub via: String,
    /// What, as an awareness update of the y-protocols.
    pub update: Vec<u8>,
}

impl Engine {
    /// The person's window says who is there, as an awareness update of the y-protocols.
    pub fn set_presence(&self, id: &str, update: &[u8]) -> Result<(), EngineError> {
        let incident = self.read(|tx| match self.incident_of(tx, id) {
            Ok(incident) => Ok(incident.id.clone()),
            Err(_) => Err(StoreError::Missing { what: "incident", name: words::plain(id, 60) }.into()),
        })?;
        self.hear_presence(&incident, update, WINDOW)
    }

    /// Everybody else who is there, as an awareness update; empty for nobody.
    pub fn presence(&self, id: &str) -> Result<Vec<u8>, EngineError> {
        let incident = self.read(|tx| Ok(self.incident_of(tx, id)?.id.clone()))?;
        let mut rooms = self.rooms();
        let now = self.world.clock.steady();
        let there = rooms.get_mut(&incident).and_then(|room| {
            room.expire(now);
            room.without(WINDOW)
        });
        Ok(there.unwrap_or_default())
    }

    /// What is said from now on, by the window and by relays.
    pub fn presence_spoken(&self) -> Receiver<Spoken> {
        self.spoken.subscribe()
    }

    /// Takes in what was heard via somewhere, and passes on what was news.
    pub(crate) fn hear_presence(&self, incident: &str, update: &[u8], via: &str) -> Result<(), EngineError> {
        let mut rooms = self.rooms();
        if rooms.len() >= MOST && !rooms.contains_key(incident) {
            rooms.retain(|_, room| !room.is_empty());
        }
        if rooms.len() >= MOST && !rooms.contains_key(incident) {
            return Ok(());
        }
        let news = rooms.entry(incident.to_owned()).or_default().take(update, via, self.world.clock.steady())?;
        drop(rooms);
        self.pass_on(incident, via, news);
        Ok(())
    }

    /// Nothing is heard via a relay any more: who was known by it alone is gone.
    pub(crate) fn presence_lost(&self, incident: &str, via: &str) {
        let left = self.rooms().get_mut(incident).and_then(|room| room.leave(via));
        self.pass_on(incident, via, left);
    }

    /// Nothing is heard via a relay any more, in any document.
    pub(crate) fn lose_presence(&self, via: &str) {
        let incidents: Vec<String> = self.rooms().keys().cloned().collect();
        for incident in &incidents {
            self.presence_lost(incident, via);
        }
    }

    /// Who is there beside those heard via a relay, for it to be told.
    pub(crate) fn presence_beside(&self, incident: &str, via: &str) -> Option<Vec<u8>> {
        let mut rooms = self.rooms();
        let room = rooms.get_mut(incident)?;
        room.expire(self.world.clock.steady());
        room.without(via)
    }

    fn pass_on(&self, incident: &str, via: &str, update: Option<Vec<u8>>) {
        if let Some(update) = update {
            // Nobody listening is no fault.
            self.spoken.send(Spoken { incident: incident.to_owned(), via: via.to_owned(), update }).ok();
        }
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
