//! All SLOs as the engine holds them, loaded when first asked for.

use std::collections::BTreeMap;

use firewatch_domain::minute::Minute;
use firewatch_store::{StoreError, Tx};

use crate::page::Page;

/// Pages by SLO id.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pages: Option<BTreeMap<String, Page>>,
}

impl Book {
    /// The pages, loaded on first use.
    pub fn pages(&mut self, tx: &Tx<'_>, now: Minute) -> Result<&mut BTreeMap<String, Page>, StoreError> {
        if self.pages.is_none() {
            let exclusions = tx.exclusions()?;
            let slos = tx.slos()?.into_iter();
            self.pages =
                Some(slos.map(|slo| Ok((slo.id.clone(), Page::load(tx, slo, &exclusions, now)?))).collect::<Result<_, StoreError>>()?);
        }
        Ok(self.pages.get_or_insert_default())
    }

    /// The page of one SLO, loaded anew if it is not held.
    pub fn page(&mut self, tx: &Tx<'_>, id: &str, now: Minute) -> Result<&mut Page, StoreError> {
        let pages = self.pages(tx, now)?;
        if !pages.contains_key(id) {
            pages.insert(id.to_owned(), Page::load(tx, tx.slo(id)?, &tx.exclusions()?, now)?);
        }
        pages.get_mut(id).ok_or_else(|| StoreError::Missing { what: "SLO", name: id.to_owned() })
    }

    /// Reads everything anew at the next use.
    pub fn forget(&mut self) {
        self.pages = None;
    }
}
