//! What a source learned from earlier rounds, so that no poll repeats what cannot work. Lost at restart without harm.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::selector::{Selector, SeriesMatcher};

/// Compiled selectors kept at most.
const MOST_MATCHERS: usize = 20_000;
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
        }
    }
}

impl Memory {
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
