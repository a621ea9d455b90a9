//! Somebody who types into a postmortem: an editor's document beside the core, as the window has it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Doc, OffsetKind, Options, Origin, ReadTxn, Text, Transact, Update, XmlElementPrelim, XmlFragment, XmlFragmentRef, XmlTextPrelim,
    XmlTextRef,
};

const CORE: &str = "core";

/// An editor.
pub struct Typist {
    pub doc: Doc,
    pub text: XmlFragmentRef,
    out: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Typist {
    /// An editor that shows a document.
    pub fn new(client: u64, whole: &[u8]) -> Result<Self> {
        let mut options = Options::with_client_id(yrs::ClientID::new(client));
        options.offset_kind = OffsetKind::Utf16;
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_xml_fragment("postmortem");
        let out: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let sink = Arc::clone(&out);
        let heard = doc.observe_update_v1("out", move |txn, event| {
            if txn.origin() != Some(&Origin::from(CORE)) {
                sink.lock().unwrap_or_else(PoisonError::into_inner).push(event.update.clone());
            }
        });
        heard.context("hear the editor")?;
        let typist = Self { doc, text, out };
        typist.show(whole)?;
        Ok(typist)
    }

    /// Shows what the core has.
    pub fn show(&self, update: &[u8]) -> Result<()> {
        self.doc.transact_mut_with(CORE).apply_update(Update::decode_v1(update)?)?;
        Ok(())
    }

    /// How far it is.
    pub fn state_vector(&self) -> Vec<u8> {
        self.doc.transact().state_vector().encode_v1()
    }

    /// A new paragraph at the end, to type into.
    pub fn paragraph(&self) -> XmlTextRef {
        let mut txn = self.doc.transact_mut();
        let paragraph = self.text.push_back(&mut txn, XmlElementPrelim::empty("paragraph"));
        paragraph.push_back(&mut txn, XmlTextPrelim::new(""))
    }

    /// Types at the end of a text.
    pub fn type_into(&self, text: &XmlTextRef, words: &str) {
        text.push(&mut self.doc.transact_mut(), words);
    }

    /// What it has said since, as the window sends it.
    pub fn said(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.out.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
