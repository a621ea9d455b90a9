//! Writing up: the shared document of an incident is opened, edited and told apart from what somebody already has.
//!
//! An edit is one transaction: it is answered when it is durable. Documents asked for lately stay in memory; what another
//! program wrote to the profile is taken in at the next use.

mod blocks;
mod found;
mod list;
mod papers;
mod past;
mod shelf;
mod standing;

use firewatch_casefile::template;
use firewatch_casefile::{Applied, CaseError, Drawer, News, Strange, history, vocabulary};
use firewatch_domain::postmortem::{PostmortemState, standing};
use firewatch_domain::words;
use firewatch_store::Tx;

use crate::{Engine, EngineError};

use shelf::Held;
pub use shelf::Shelf;

/// How an update came here: the person wrote it in the window.
pub const FROM_WINDOW: &str = "window";
/// The document was begun.
pub const FROM_TEMPLATE: &str = "template";
/// The core wrote it by itself.
pub const FROM_CORE: &str = "firewatch";

/// A document as opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Id of its incident.
    pub incident: String,
    /// Title of its incident.
    pub title: String,
    /// All of it, as a Yjs update (version 1).
    pub update: Vec<u8>,
    /// The schema it was written by.
    pub schema: u32,
    /// Why it may only be read, where it may.
    pub read_only: Option<String>,
    /// Why not even an editor that changes nothing may show it: it would take out what it cannot keep.
    pub strange: Option<String>,
    /// How it stands.
    pub state: PostmortemState,
    /// Updates on disk whose checksum no longer fits: their text is missing until a peer or a backup brings it back.
    pub damaged: u32,
}

impl Engine {
    /// Opens the postmortem of an incident, begun from the default template where there is none.
    pub fn open_postmortem(&self, id: &str) -> Result<Opened, EngineError> {
        self.begin_postmortem(id, template::DEFAULT)
    }

    /// The same with a template of choice, which counts only where there is none yet.
    pub fn begin_postmortem(&self, id: &str, key: &str) -> Result<Opened, EngineError> {
        self.edit_case(id, |tx, id, held| {
            let incident = self.incident_of(tx, id)?;
            if held.case.is_blank() {
                let seed = Self::postmortem_template(tx, key)?.seed();
                held.case.apply(&seed)?;
                held.last = tx.add_case_update(id, self.now_s(), history::TEMPLATE, FROM_TEMPLATE, &seed)?;
            }
            Ok(Opened {
                incident: id.to_owned(),
                title: incident.title.clone(),
                update: held.case.whole(),
                schema: held.case.schema(),
                read_only: barred(tx, id, held)?,
                strange: no_editor(held),
                state: standing(&incident.entries).state,
                damaged: held.damaged,
            })
        })
    }

    /// Takes in what the person wrote, as a Yjs update (version 1). It is durable when this answers.
    pub fn edit_postmortem(&self, id: &str, update: &[u8]) -> Result<(), EngineError> {
        self.edit_case(id, |tx, id, held| {
            if let Some(why) = barred(tx, id, held)? {
                return Err(EngineError::Invalid(why));
            }
            let author = Self::author(tx)?;
            let applied = self.take(tx, id, held, update, &author, FROM_WINDOW)?;
            self.name(tx, id, held, &applied.clients, &author)
        })
    }

    /// Takes in what came from elsewhere: a relay, a shared folder, a case file. Also where the document may only be read here.
    /// Answers whether it said something new.
    pub fn merge_case(&self, id: &str, update: &[u8], author: &str, origin: &str) -> Result<bool, EngineError> {
        self.edit_case(id, |tx, id, held| {
            let applied = self.take(tx, id, held, update, &words::plain(author, 80), origin)?;
            if applied.news == News::Known {
                return Ok(false);
            }
            held.look_through();
            if let Some(update) = held.case.mend_schema() {
                held.last = tx.add_case_update(id, self.now_s(), "firewatch", FROM_CORE, &update)?;
            }
            Ok(true)
        })
    }

    /// What somebody at a state vector lacks, as an update; all of it for an empty one.
    pub fn pull_postmortem(&self, id: &str, state_vector: &[u8]) -> Result<Vec<u8>, EngineError> {
        self.read_case(id, |_, _, held| match state_vector {
            [] => Ok(held.case.whole()),
            theirs => Ok(held.case.since(theirs)?),
        })
    }

    /// Why no editor may show what is in it now, where none may.
    pub fn postmortem_strange(&self, id: &str) -> Result<Option<String>, EngineError> {
        self.read_case(id, |_, _, held| Ok(no_editor(held)))
    }

    /// How far the document is here, for a peer to answer with what we lack.
    pub fn case_state_vector(&self, id: &str) -> Result<Vec<u8>, EngineError> {
        self.read_case(id, |_, _, held| Ok(held.case.state_vector()))
    }

    /// Puts entries, follow-ups or comments into the shared document by their ids; what is there already is not said again.
    pub fn share_in_case(&self, id: &str, drawer: Drawer, texts: &[(String, String)]) -> Result<(), EngineError> {
        self.edit_case(id, |tx, id, held| {
            let texts = texts.iter().map(|(id, text)| (id.as_str(), text.as_str()));
            if let Some(update) = held.case.put(drawer, texts) {
                held.last = tx.add_case_update(id, self.now_s(), &Self::author(tx)?, FROM_CORE, &update)?;
            }
            Ok(())
        })
    }

    /// What lies in a drawer of the shared document, by id.
    pub fn shared_in_case(&self, id: &str, drawer: Drawer) -> Result<Vec<(String, String)>, EngineError> {
        self.read_case(id, |_, _, held| Ok(held.case.list(drawer)))
    }

    /// One transaction over a document. When it fails, the document in memory is thrown away: what is kept is the truth.
    pub(crate) fn edit_case<T>(
        &self,
        id: &str,
        work: impl FnOnce(&Tx<'_>, &str, &mut Held) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut shelf = self.shelf();
        let mut touched = None;
        let done = self.write(|tx| self.on_shelf(&mut shelf, &mut touched, tx, id, work));
        if let (Err(_), Some(incident)) = (&done, touched) {
            shelf.forget(&incident);
        }
        done
    }

    /// A look at a document, which changes nothing.
    pub(crate) fn read_case<T>(
        &self,
        id: &str,
        work: impl FnOnce(&Tx<'_>, &str, &mut Held) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut shelf = self.shelf();
        let mut touched = None;
        let done = self.read(|tx| self.on_shelf(&mut shelf, &mut touched, tx, id, work));
        if let (Err(EngineError::Case(CaseError::Unfit(_))), Some(incident)) = (&done, touched) {
            shelf.forget(&incident);
        }
        done
    }

    fn on_shelf<T>(
        &self,
        shelf: &mut Shelf,
        touched: &mut Option<String>,
        tx: &Tx<'_>,
        id: &str,
        work: impl FnOnce(&Tx<'_>, &str, &mut Held) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        // A keystroke does not look for its incident among all of them.
        let incident = if shelf.holds(id) { id.to_owned() } else { self.incident_of(tx, id)?.id.clone() };
        *touched = Some(incident.clone());
        let held = shelf.held(tx, &incident, || firewatch_casefile::client_of(&self.world.ids.fresh()))?;
        work(tx, &incident, held)
    }

    /// Puts an update in and into the log, in the running transaction.
    pub(crate) fn take(
        &self,
        tx: &Tx<'_>,
        incident: &str,
        held: &mut Held,
        update: &[u8],
        author: &str,
        origin: &str,
    ) -> Result<Applied, EngineError> {
        let applied = held.case.apply(update)?;
        if applied.news != News::Known {
            held.last = tx.add_case_update(incident, self.now_s(), author, origin, update)?;
        }
        Ok(applied)
    }

    /// Writes down who edits under some client ids, for everybody who will hold the document.
    pub(crate) fn name(&self, tx: &Tx<'_>, incident: &str, held: &mut Held, clients: &[u64], author: &str) -> Result<(), EngineError> {
        let ids: Vec<String> = clients.iter().map(u64::to_string).collect();
        let new = ids.iter().filter(|id| held.case.get(Drawer::People, id).is_none()).map(|id| (id.as_str(), author));
        if let Some(update) = held.case.put(Drawer::People, new.collect::<Vec<_>>()) {
            held.last = tx.add_case_update(incident, self.now_s(), author, FROM_CORE, &update)?;
        }
        Ok(())
    }
}

/// Why a document may only be read here, where it may.
pub(crate) fn barred(tx: &Tx<'_>, incident: &str, held: &Held) -> Result<Option<String>, EngineError> {
    if let Some(why) = no_editor(held) {
        return Ok(Some(why));
    }
    let published = standing(&tx.entries_of(incident, "postmortem_state")?).state == PostmortemState::Published;
    Ok(published.then(|| "this postmortem is published; set it back to draft to write in it".to_owned()))
}

/// Why no editor of this version may open a document, not even to show it.
fn no_editor(held: &Held) -> Option<String> {
    let (schema, known) = (held.case.schema(), vocabulary::SCHEMA);
    if schema > known {
        return Some(format!(
            "this postmortem was written by a newer Firewatch (schema {schema}, this one knows {known}); install the newer version to write in it"
        ));
    }
    let cure = match held.strange.as_ref()? {
        Strange::Unknown(_) => "install the newer version to write in it",
        Strange::Misplaced { .. } | Strange::TooDeep => {
            "have it put right where it was written; here it is kept as it is, and can be exported"
        }
    };
    held.strange.as_ref().map(|strange| format!("this postmortem is only read: {strange}; {cure}"))
}
