//! What a source learned from earlier rounds, so that no poll repeats what cannot work. Lost at restart without harm.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::selector::{Selector, SeriesMatcher};

/// Compiled selectors kept at most.
const MOST_MATCHERS: usize = 20_000;
/// For so long an indicator is given a long look-back after the short one found nothing.
const SPARSE_MS: i64 = 3_600_000;
/// The scrape interval assumed until samples tell.
const ASSUMED_MS: i64 = 60_000;

/// Learned facts.
#[derive(Debug)]
pub(crate) struct Memory {
    matchers: HashMap<Selector, Arc<SeriesMatcher>>,
    /// Group to the number of members one query may serve.
    pub limits: HashMap<String, usize>,
    /// Indicators whose query was refused alone.
    pub suspects: HashSet<String>,
    /// Groups that picked too much when merged.
    pub apart: HashSet<String>,
    /// Selectors too wide to be read raw, with the minutes a rate needs.
    pub wide: HashMap<String, i64>,
    /// Usual scrape interval.
    pub usual_ms: i64,
    /// Indicators that had nothing within the short look-back of a poll, and until when that is remembered.
    sparse: HashMap<String, i64>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            matchers: HashMap::new(),
            limits: HashMap::new(),
            suspects: HashSet::new(),
            apart: HashSet::new(),
            wide: HashMap::new(),
            usual_ms: ASSUMED_MS,
            sparse: HashMap::new(),
        }
    }
}

impl Memory {
    /// Indicators that need the long look-back.
    pub(crate) fn sparse(&self, now_ms: i64) -> HashSet<String> {
        self.sparse.iter().filter(|(_, until)| now_ms < **until).map(|(name, _)| name.clone()).collect()
    }

    /// Notes indicators that had nothing within the short look-back.
    pub(crate) fn note_sparse(&mut self, names: impl Iterator<Item = String>, now_ms: i64) {
        self.sparse.retain(|_, until| now_ms < *until);
        self.sparse.extend(names.map(|name| (name, now_ms + SPARSE_MS)));
    }

    /// The compiled selector.
    pub(crate) fn matcher(&mut self, selector: &Selector) -> Result<Arc<SeriesMatcher>, Fault> {
        if let Some(found) = self.matchers.get(selector) {
            return Ok(Arc::clone(found));
        }
        if self.matchers.len() >= MOST_MATCHERS {
            self.matchers.clear();
        }
        let matcher = selector.matcher().map_err(|error| Fault::new(FaultKind::QueryRefused, error.to_string()))?;
        let matcher = Arc::new(matcher);
        self.matchers.insert(selector.clone(), Arc::clone(&matcher));
        Ok(matcher)
    }
}
