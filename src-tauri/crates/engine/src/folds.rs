//! Incidents as last folded, kept between looks: an incident of ten thousand entries is folded once, and then entry by entry.
//!
//! Entries are only ever appended, so the position of the last one says whether anything is new. What an open transaction has
//! written may still be taken back and is folded aside, never kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use firewatch_domain::entry::{Entry, Event};
use firewatch_domain::incident::{Incident, fold_family};
use firewatch_domain::merging::{Begun, survivors};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};

use crate::view::IncidentView;
use crate::{Engine, EngineError};

/// Incidents shown at once.
const MOST: usize = 500;
/// Kinds that may change which incidents are one.
const JOINING: [&str; 3] = ["declared", "merged", "struck"];

/// What is kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folds {
    /// Position of the last entry that is in it.
    upto: i64,
    /// Ids, newest declared first.
    order: Vec<String>,
    /// Those that were merged, with the incident that speaks for them.
    gone: BTreeMap<String, String>,
    incidents: BTreeMap<String, Arc<Incident>>,
}

impl Folds {
    /// Takes in what was appended since.
    fn catch_up(&mut self, tx: &Tx<'_>) -> Result<(), EngineError> {
        if self.upto == 0 {
            self.upto = tx.last_entry()?;
            return self.sort_families(tx);
        }
        let (upto, more) = tx.entries_after(self.upto)?;
        self.upto = upto;
        let joining = more.iter().any(|entry| JOINING.contains(&entry.kind.as_str()));
        let mut grown: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        for entry in more {
            grown.entry(self.survivor(&entry.incident)).or_default().push(entry);
        }
        for (id, entries) in grown {
            if let Some(incident) = self.incidents.remove(&id) {
                let folded = localised(tx, Arc::unwrap_or_clone(incident).with(entries))?;
                self.incidents.insert(id, Arc::new(folded));
            }
        }
        if joining { self.sort_families(tx) } else { Ok(()) }
    }

    /// Which incidents there are and which are one; those whose family changed are folded anew when somebody asks.
    fn sort_families(&mut self, tx: &Tx<'_>) -> Result<(), EngineError> {
        let declared = tx.entries_of_kind("declared")?;
        let struck: BTreeSet<String> = tx.entries_of_kind("struck")?.into_iter().filter_map(|entry| entry.corrects).collect();
        let merges: Vec<(String, String)> = tx
            .entries_of_kind("merged")?
            .into_iter()
            .filter(|entry| !struck.contains(&entry.id))
            .filter_map(|entry| match Event::of(&entry) {
                Some(Event::Merged { into, .. }) => Some((entry.incident, into)),
                _ => None,
            })
            .collect();
        let mut begun: BTreeMap<String, Begun> = BTreeMap::new();
        for entry in declared {
            begun.entry(entry.incident.clone()).or_insert(Begun { hlc: entry.hlc, incident: entry.incident });
        }
        let mut begun: Vec<Begun> = begun.into_values().collect();
        begun.sort();
        let gone = survivors(&begun, &merges);
        let before = std::mem::take(&mut self.gone);
        self.incidents.retain(|id, _| members(&before, id) == members(&gone, id));
        (self.gone, self.order) = (gone, begun.into_iter().rev().map(|b| b.incident).collect());
        Ok(())
    }

    fn survivor(&self, id: &str) -> String {
        self.gone.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// By id, or by the beginning of an id when only one fits.
    pub(crate) fn find(&self, id: &str) -> Result<String, EngineError> {
        if self.order.iter().any(|known| known == id) {
            return Ok(id.to_owned());
        }
        let mut fitting = self.order.iter().filter(|known| id.len() >= 4 && known.starts_with(id));
        let missing = || StoreError::Missing { what: "incident", name: words::plain(id, 60) };
        let found = fitting.next().ok_or_else(missing)?;
        if fitting.next().is_some() {
            return Err(EngineError::Invalid(format!("several incidents begin with `{}`; give more of the id", words::plain(id, 60))));
        }
        Ok(found.clone())
    }

    /// One incident, folded with those merged into it. One that was merged itself is told alone.
    pub(crate) fn incident(&mut self, tx: &Tx<'_>, id: &str) -> Result<Arc<Incident>, EngineError> {
        if let Some(kept) = self.incidents.get(id) {
            return Ok(Arc::clone(kept));
        }
        let mut entries = tx.entries(id)?;
        for (merged, _) in self.gone.iter().filter(|(_, survivor)| *survivor == id) {
            entries.extend(tx.entries(merged)?);
        }
        let missing = || StoreError::Missing { what: "incident", name: words::plain(id, 60) };
        let mut incident = fold_family(id, entries).ok_or_else(missing)?;
        if let Some(survivor) = self.gone.get(id) {
            // Told anew each time: what is written into it is kept as its survivor's.
            incident = incident.absorbed_by(survivor);
            return Ok(Arc::new(localised(tx, incident)?));
        }
        let incident = Arc::new(localised(tx, incident)?);
        self.incidents.insert(id.to_owned(), Arc::clone(&incident));
        Ok(incident)
    }
}

impl Engine {
    /// The folds as this transaction sees them. What a write transaction adds is not kept.
    pub(crate) fn folds(&self, tx: &Tx<'_>) -> Result<Folded<'_>, EngineError> {
        let mut kept = self.folds.lock().unwrap_or_else(PoisonError::into_inner);
        if tx.sees_only_committed() {
            kept.catch_up(tx)?;
            return Ok(Folded::Kept(kept));
        }
        let mut aside = kept.clone();
        drop(kept);
        aside.catch_up(tx)?;
        Ok(Folded::Aside(Box::new(aside)))
    }

    /// The incident that stands: by id or the beginning of one; for a merged one, the incident it was merged into.
    pub(crate) fn incident_of(&self, tx: &Tx<'_>, id: &str) -> Result<Arc<Incident>, EngineError> {
        let mut folds = self.folds(tx)?;
        let found = folds.find(id)?;
        let standing = folds.survivor(&found);
        folds.incident(tx, &standing)
    }

    /// What a verb answers with.
    pub(crate) fn view_of(&self, tx: &Tx<'_>, id: &str) -> Result<IncidentView, EngineError> {
        let incident = self.incident_of(tx, id)?;
        self.shown(tx, &incident, self.answered_with())
    }

    /// Lets every act on an incident answer with the last entries of its timeline only: who shows ten thousand of them knows the
    /// others already.
    pub fn answer_with_last(&self, entries: usize) {
        self.last_entries.store(entries, Ordering::Relaxed);
    }

    pub(crate) fn answered_with(&self) -> Option<usize> {
        Some(self.last_entries.load(Ordering::Relaxed)).filter(|most| *most > 0)
    }

    /// All of them, newest declared first.
    pub(crate) fn all_incidents(&self, tx: &Tx<'_>) -> Result<Vec<Arc<Incident>>, EngineError> {
        let mut folds = self.folds(tx)?;
        let ids: Vec<String> = folds.order.iter().take(MOST).cloned().collect();
        let told = ids.iter().map(|id| match folds.incident(tx, id) {
            // Declared in words this version does not know: kept, and shown by the version that does.
            Err(EngineError::Store(StoreError::Missing { .. })) => Ok(None),
            told => told.map(Some),
        });
        told.filter_map(Result::transpose).collect()
    }

    pub(crate) fn open_incidents(&self, tx: &Tx<'_>) -> Result<Vec<Arc<Incident>>, EngineError> {
        let mut open: Vec<Arc<Incident>> = self.all_incidents(tx)?.into_iter().filter(|i| i.phase.open()).collect();
        open.sort_by_key(|i| (i.severity, std::cmp::Reverse(i.declared_at)));
        Ok(open)
    }
}

/// The kept folds, or a copy for a transaction that may yet be taken back.
pub(crate) enum Folded<'a> {
    /// What is kept.
    Kept(std::sync::MutexGuard<'a, Folds>),
    /// A copy.
    Aside(Box<Folds>),
}

impl std::ops::Deref for Folded<'_> {
    type Target = Folds;

    fn deref(&self) -> &Folds {
        match self {
            Self::Kept(folds) => folds,
            Self::Aside(folds) => folds,
        }
    }
}

impl std::ops::DerefMut for Folded<'_> {
    fn deref_mut(&mut self) -> &mut Folds {
        match self {
            Self::Kept(folds) => folds,
            Self::Aside(folds) => folds,
        }
    }
}

/// The pairs of a family that an incident is in.
fn members<'a>(gone: &'a BTreeMap<String, String>, id: &str) -> Vec<(&'a String, &'a String)> {
    gone.iter().filter(|(merged, survivor)| *merged == id || *survivor == id).collect()
}

/// SLOs that another replica wrote down have its ids; here they are those of the same name.
fn localised(tx: &Tx<'_>, mut incident: Incident) -> Result<Incident, StoreError> {
    let impacts = incident.impacts.iter_mut().map(|impact| &mut impact.slo);
    for slo in incident.slos.iter_mut().chain(impacts) {
        if let Some(here) = tx.slo_id_here(&slo.id, &slo.name)? {
            slo.id = here;
        }
    }
    let mut seen = BTreeSet::new();
    incident.slos.retain(|slo| seen.insert(slo.id.clone()));
    Ok(incident)
}
