//! All SLOs as the engine holds them, loaded when first asked for.

use std::collections::{BTreeMap, HashMap};

use firewatch_domain::minute::{DAY, Minute};
use firewatch_slices::bucket_of;
use firewatch_slices::index::Index;
use firewatch_slices::varint::take_all;
use firewatch_store::{StoreError, Tx};

use crate::page::{Page, carried_into};

/// History kept beyond the window, for replays.
const KEPT_BEYOND: i64 = 90 * DAY;
/// No history is kept for longer.
const MOST_KEPT: i64 = 400 * DAY;

/// Pages by SLO id.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pages: Option<BTreeMap<String, Page>>,
    /// The bucket in which older rows were last sealed; they need to be looked for once in each.
    sealed_in: Option<i64>,
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

    /// The pages with their sums, for whoever needs those of all: loaded in one pass where many are missing.
    pub fn whole(&mut self, tx: &Tx<'_>, now: Minute) -> Result<&mut BTreeMap<String, Page>, StoreError> {
        let pages = self.pages(tx, now)?;
        let mut missing = HashMap::new();
        for (id, page) in pages.iter().filter(|(_, page)| !page.has_sums()) {
            if let Some((series, index)) = page.bare_index() {
                missing.insert(series.id, (id.clone(), series.layout.columns(), index));
            }
        }
        if missing.len() > 1 {
            for (id, index) in load_sums(tx, missing)? {
                pages.entry(id).and_modify(|page| page.take_sums(index));
            }
        }
        Ok(pages)
    }

    /// The page of one SLO, loaded anew if it is not held.
    pub fn page(&mut self, tx: &Tx<'_>, id: &str, now: Minute) -> Result<&mut Page, StoreError> {
        let pages = self.pages(tx, now)?;
        if !pages.contains_key(id) {
            pages.insert(id.to_owned(), Page::load(tx, tx.slo(id)?, &tx.exclusions()?, now)?);
        }
        pages.get_mut(id).ok_or_else(|| StoreError::Missing { what: "SLO", name: id.to_owned() })
    }

    /// Whether pages are held.
    pub fn is_open(&self) -> bool {
        self.pages.is_some()
    }

    /// Once in a bucket: seals the rows of the buckets before and lets go of what is kept no longer.
    pub fn turn(&mut self, tx: &Tx<'_>, now: Minute) -> Result<(), StoreError> {
        if self.sealed_in.replace(bucket_of(now.0)) == Some(bucket_of(now.0)) {
            return Ok(());
        }
        let mut sealed: HashMap<i64, Vec<_>> = HashMap::new();
        for (series, applied) in tx.seal_before(now)? {
            sealed.entry(series).or_default().push(applied);
        }
        for page in self.pages(tx, now)?.values_mut() {
            let Some(series) = page.series.as_ref().map(|s| s.id) else { continue };
            page.apply(sealed.remove(&series).as_deref().unwrap_or_default());
            let before = now.plus(-(page.slo.window.minutes() + KEPT_BEYOND).min(MOST_KEPT));
            tx.forget_before(series, before)?;
            page.forget_before(before);
        }
        Ok(())
    }

    /// Reads everything anew at the next use.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// Sums by the key they are wanted under: SLO id, columns, and an empty index by series.
type Missing = HashMap<i64, (String, usize, Index)>;

fn load_sums(tx: &Tx<'_>, mut missing: Missing) -> Result<Vec<(String, Index)>, StoreError> {
    let mut damaged = None;
    let mut sealed: (i64, Vec<(i64, Vec<u64>, u64)>) = (0, Vec::new());
    let mut take = |missing: &Missing, series: i64, figures: &[u8]| {
        let columns = missing.get(&series)?.1;
        take_all(figures, columns).map_err(|error| damaged = Some(error)).ok()
    };
    let close = |missing: &mut Missing, (series, buckets): (i64, Vec<(i64, Vec<u64>, u64)>)| {
        if let Some((.., index)) = missing.get_mut(&series) {
            index.seal_all(buckets);
        }
    };
    tx.all_chunk_sums(|series, bucket, sums, observed| {
        let Some(sums) = take(&missing, series, sums) else { return };
        if sealed.0 != series {
            close(&mut missing, std::mem::replace(&mut sealed, (series, Vec::new())));
        }
        sealed.1.push((bucket, sums, observed));
    })?;
    close(&mut missing, sealed);
    tx.all_young(|series, minute, figures| {
        let Some(figures) = take(&missing, series, figures) else { return };
        if let Some((.., index)) = missing.get_mut(&series) {
            index.set(minute, Some(&figures));
        }
    })?;
    if let Some(damaged) = damaged {
        return Err(damaged.into());
    }
    missing
        .into_iter()
        .map(|(series, (id, columns, mut index))| {
            carried_into(tx, series, columns, &mut index)?;
            Ok((id, index))
        })
        .collect()
}
