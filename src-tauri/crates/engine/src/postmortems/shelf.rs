//! Documents that were asked for lately, in memory.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use firewatch_casefile::{CaseError, CaseFile, Strange};
use firewatch_store::Tx;

use crate::{Engine, EngineError};

/// Documents held at once.
const MOST: usize = 6;

/// Documents by the id of their incident.
#[derive(Debug, Default)]
pub struct Shelf {
    held: BTreeMap<String, Held>,
    uses: u64,
    /// How far each log was when its sittings were last joined: its last update, and whether that was over.
    tidied: BTreeMap<String, (i64, bool)>,
    /// Words of documents, none for those without text, each with the end of the log they were counted at.
    pub words: BTreeMap<String, (i64, Option<f64>)>,
}

/// A document in memory, and how far it is along its log.
#[derive(Debug)]
pub struct Held {
    /// The document.
    pub case: CaseFile,
    /// Position of the last update that is in it.
    pub last: i64,
    /// Updates on disk that could not be taken in.
    pub damaged: u32,
    /// What keeps an editor of this version from opening it.
    pub strange: Option<Strange>,
    used: u64,
}

impl Shelf {
    /// Whether a document is held under exactly this id.
    pub fn holds(&self, incident: &str) -> bool {
        self.held.contains_key(incident)
    }

    /// The document of an incident, as far as the log of this transaction goes. `client` gives an id for edits of ours.
    pub fn held(&mut self, tx: &Tx<'_>, incident: &str, client: impl FnOnce() -> u32) -> Result<&mut Held, EngineError> {
        self.uses += 1;
        if !self.held.contains_key(incident) {
            self.make_room();
            let case = CaseFile::new(client());
            self.held.insert(incident.to_owned(), Held { case, last: 0, damaged: 0, strange: None, used: 0 });
        }
        let uses = self.uses;
        let Some(held) = self.held.get_mut(incident) else {
            return Err(EngineError::Lost("a document just opened is gone".to_owned()));
        };
        held.used = uses;
        held.catch_up(tx, incident)?;
        Ok(held)
    }

    /// Throws a document away; the next use reads it anew.
    pub fn forget(&mut self, incident: &str) {
        self.held.remove(incident);
    }

    /// How far a log was when its sittings were last joined.
    pub fn tidied(&self, incident: &str) -> Option<(i64, bool)> {
        self.tidied.get(incident).copied()
    }

    /// Its sittings were joined as far as this.
    pub fn note_tidied(&mut self, incident: &str, looked: (i64, bool)) {
        self.tidied.insert(incident.to_owned(), looked);
    }

    fn make_room(&mut self) {
        if self.held.len() >= MOST
            && let Some(oldest) = self.held.iter().min_by_key(|(_, held)| held.used).map(|(id, _)| id.clone())
        {
            self.held.remove(&oldest);
        }
    }
}

impl Held {
    fn catch_up(&mut self, tx: &Tx<'_>, incident: &str) -> Result<(), EngineError> {
        let missed = tx.case_updates(incident, self.last)?;
        if missed.is_empty() {
            return Ok(());
        }
        for update in missed {
            self.last = update.id;
            match update.bytes.as_deref().map(|bytes| self.case.apply(bytes)) {
                Some(Ok(_)) => {}
                // Half of it may be in: nothing may be built on this document.
                Some(Err(CaseError::Unfit(why))) => return Err(CaseError::Unfit(why).into()),
                Some(Err(_)) | None => {
                    self.damaged += 1;
                    tracing::error!(incident, update = update.id, "an update of a document is damaged on disk and left out");
                }
            }
        }
        self.look_through();
        Ok(())
    }

    /// Looks for what an editor would take out, after something came from elsewhere.
    pub fn look_through(&mut self) {
        self.strange = self.case.strange();
    }
}

impl Engine {
    pub(crate) fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
