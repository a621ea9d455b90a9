//! Holding and merging: updates go in, what somebody lacks comes out.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Any, ClientID, Doc, Map, MapRef, Number, OffsetKind, Options, Out, ReadTxn, StateVector, Transact, TransactionMut, Update, XmlFragment,
    XmlFragmentRef,
};

use crate::vet::{vetted, vetted_vector};
use crate::vocabulary::{self, SCHEMA};
use crate::{CaseError, Drawer};

/// Longest update that is taken, in bytes: a document of two thousand pages with some pictures.
pub const LONGEST_UPDATE: usize = 32 << 20;

/// The document of one incident in memory.
pub struct CaseFile {
    pub(crate) doc: Doc,
    pub(crate) text: XmlFragmentRef,
    pub(crate) meta: MapRef,
    drawers: [MapRef; Drawer::ALL.len()],
    /// Updates that came before those they follow.
    early: RefCell<Vec<Vec<u8>>>,
    /// The highest schema that any update said, also where another won over it.
    newest: Cell<u32>,
}

impl std::fmt::Debug for CaseFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseFile").field("client", &self.doc.client_id()).finish_non_exhaustive()
    }
}

/// What an update did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Whether it said something new.
    pub news: News,
    /// Client ids that wrote what was new in it.
    pub clients: Vec<u64>,
}

/// Whether an update said something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It said something new.
    New,
    /// All of it was known.
    Known,
    /// Some of it waits for an update that has not come yet.
    Waits,
}

impl CaseFile {
    /// An empty document. Edits of ours are `client`'s; no two documents that are alive at once may share one.
    pub fn new(client: u32) -> Self {
        Self::with(client, false)
    }

    /// The same, but text that was deleted stays inside, for looking back.
    pub fn keeping_deleted(client: u32) -> Self {
        Self::with(client, true)
    }

    fn with(client: u32, skip_gc: bool) -> Self {
        let mut options = Options::with_client_id(ClientID::new(u64::from(client)));
        options.offset_kind = OffsetKind::Utf16;
        options.skip_gc = skip_gc;
        // Taking an update in must not make an edit of our own out of it.
        options.cleanup_formatting = false;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_xml_fragment(vocabulary::TEXT);
        let meta = doc.get_or_insert_map(vocabulary::META);
        let drawers = Drawer::ALL.map(|drawer| doc.get_or_insert_map(drawer.root()));
        Self { doc, text, meta, drawers, early: RefCell::default(), newest: Cell::new(0) }
    }

    /// Takes an update in; one that comes before those it follows is put aside until they are here. After [`CaseError::Unfit`]
    /// this document must be thrown away; after any other error it is as it was.
    pub fn apply(&self, update: &[u8]) -> Result<Applied, CaseError> {
        let (read, schema) = decoded(update)?;
        if self.is_early(&read) {
            let mut early = self.early.borrow_mut();
            if early.iter().map(Vec::len).sum::<usize>() + update.len() > LONGEST_UPDATE {
                return Err(CaseError::TooLarge(update.len()));
            }
            if early.iter().any(|known| known == update) {
                return Ok(Applied { news: News::Known, clients: Vec::new() });
            }
            early.push(update.to_vec());
            return Ok(Applied { news: News::Waits, clients: Vec::new() });
        }
        let mut applied = self.integrate(read)?;
        self.newest.set(self.newest.get().max(schema.unwrap_or_default()));
        // Also while something else waits: it may wait for what was put aside.
        if applied.news != News::Known {
            self.retry_early(&mut applied)?;
            applied.news = if self.waits() { News::Waits } else { News::New };
        }
        Ok(applied)
    }

    pub(crate) fn integrate(&self, update: Update) -> Result<Applied, CaseError> {
        let worked = catch_unwind(AssertUnwindSafe(|| {
            let mut txn = self.doc.transact_mut();
            txn.apply_update(update).map_err(|error| error.to_string())?;
            let silent = txn.insert_set().is_empty() && txn.delete_set().is_empty();
            let news = if txn.has_missing_updates() {
                News::Waits
            } else if silent {
                News::Known
            } else {
                News::New
            };
            Ok(Applied { news, clients: txn.insert_set().client_ids().map(|client| client.get()).collect() })
        }));
        match worked {
            Ok(Ok(applied)) => Ok(applied),
            Ok(Err(why)) => Err(CaseError::Unfit(why)),
            Err(_) => Err(CaseError::Unfit("it broke the document's rules".to_owned())),
        }
    }

    /// Whether it leaves a hole: an edit of somebody whose edit before is not here yet.
    pub(crate) fn is_early(&self, update: &Update) -> bool {
        let here = self.doc.transact().state_vector();
        let said = update.insertions(true);
        said.iter().any(|(client, ranges)| {
            let mut known = here.get(client);
            ranges.iter().any(|range| {
                let hole = range.start > known;
                known = known.max(range.end);
                hole
            })
        })
    }

    /// Takes in what was put aside and need not wait any more.
    fn retry_early(&self, applied: &mut Applied) -> Result<(), CaseError> {
        loop {
            let mut early = self.early.borrow_mut();
            let ready = early.iter().position(|update| decoded(update).is_ok_and(|(update, _)| !self.is_early(&update)));
            let Some(ready) = ready else {
                applied.clients.sort_unstable();
                applied.clients.dedup();
                return Ok(());
            };
            let update = early.swap_remove(ready);
            drop(early);
            let (read, schema) = decoded(&update)?;
            applied.clients.extend(self.integrate(read)?.clients);
            self.newest.set(self.newest.get().max(schema.unwrap_or_default()));
        }
    }

    /// Makes an edit of our own; answers what it answered and the update that carries it.
    pub fn edit<T>(&self, work: impl FnOnce(&mut TransactionMut<'_>) -> T) -> (T, Vec<u8>) {
        let mut txn = self.doc.transact_mut();
        let value = work(&mut txn);
        let update = txn.encode_update_v1();
        (value, update)
    }

    /// Everything but what waits, as one update.
    pub fn whole(&self) -> Vec<u8> {
        self.doc.transact().encode_diff_v1(&StateVector::default())
    }

    /// What somebody at a state vector lacks, as an update.
    pub fn since(&self, state_vector: &[u8]) -> Result<Vec<u8>, CaseError> {
        vetted_vector(state_vector)?;
        let theirs = StateVector::decode_v1(state_vector).map_err(|error| CaseError::StateVector(error.to_string()))?;
        Ok(self.doc.transact().encode_diff_v1(&theirs))
    }

    /// How far it is, for somebody to answer with what we lack.
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// The client id of our own edits.
    pub fn client(&self) -> u64 {
        self.doc.client_id().get()
    }

    /// No text was ever written into it, though entries and the like may lie in its drawers already.
    pub fn is_blank(&self) -> bool {
        let txn = self.doc.transact();
        self.text.len(&txn) == 0 && self.meta.len(&txn) == 0
    }

    /// Clients whose edits are in an update and not here.
    pub fn clients_of(&self, update: &[u8]) -> Result<Vec<u64>, CaseError> {
        let (update, _) = decoded(update)?;
        let here = self.doc.transact().state_vector();
        let said = update.insertions(true);
        let new = said.iter().filter(|(client, ranges)| ranges.iter().any(|range| range.end > here.get(client)));
        Ok(new.map(|(client, _)| client.get()).collect())
    }

    /// Some of what came waits for an update that has not.
    pub fn waits(&self) -> bool {
        !self.early.borrow().is_empty() || self.doc.transact().has_missing_updates()
    }

    /// The schema it was written by; ours while it does not say. Of two that were said apart from each other, the higher.
    pub fn schema(&self) -> u32 {
        self.said_schema().unwrap_or(SCHEMA).max(self.newest.get())
    }

    /// Says the schema once more where a lower one that was said apart won over it; answers the edit.
    pub fn mend_schema(&self) -> Option<Vec<u8>> {
        let (schema, said) = (self.newest.get(), self.said_schema()?);
        (said < schema && schema < u32::MAX).then(|| self.edit(|txn| self.meta.insert(txn, vocabulary::META_SCHEMA, schema)).1)
    }

    fn said_schema(&self) -> Option<u32> {
        match self.meta.get(&self.doc.transact(), vocabulary::META_SCHEMA) {
            Some(Out::Any(Any::Number(Number::Int(schema)))) => Some(u32::try_from(schema).unwrap_or(u32::MAX)),
            Some(Out::Any(Any::Number(Number::Float(schema)))) => Some(schema as u32),
            // One that says it in a way we do not know is newer.
            Some(_) => Some(u32::MAX),
            None => None,
        }
    }

    /// The template it was begun from, where it says.
    pub fn template(&self) -> Option<String> {
        match self.meta.get(&self.doc.transact(), vocabulary::META_TEMPLATE) {
            Some(Out::Any(Any::String(name))) => Some(name.to_string()),
            _ => None,
        }
    }

    pub(crate) fn drawer(&self, drawer: Drawer) -> &MapRef {
        &self.drawers[drawer as usize]
    }
}

/// A client id for edits, made from an id that nobody else has.
pub fn client_of(fresh: &str) -> u32 {
    crc32fast::hash(fresh.as_bytes()).max(1)
}

/// Reads an update without putting it anywhere; with the schema that it says, if any.
pub(crate) fn decoded(update: &[u8]) -> Result<(Update, Option<u32>), CaseError> {
    if update.len() > LONGEST_UPDATE {
        return Err(CaseError::TooLarge(update.len()));
    }
    let schema = vetted(update)?;
    match catch_unwind(|| Update::decode_v1(update)) {
        Ok(Ok(update)) => Ok((update, schema)),
        Ok(Err(why)) => Err(CaseError::Undecodable(why.to_string())),
        Err(_) => Err(CaseError::Undecodable("it is no update".to_owned())),
    }
}
