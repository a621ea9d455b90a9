//! Finding the indicators a series belongs to without holding it against all of them.
//!
//! Selectors are shelved by metric name, and within a name by the bound label that tells most of them apart.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use firewatch_domain::selector::{Comparison, NAME, Selector, SeriesMatcher};

use super::want::Role;
use super::wire::Labels;

/// Who wants a series, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    /// Member of the round.
    pub member: usize,
    /// What the series is for.
    pub role: Role,
    matcher: Arc<SeriesMatcher>,
}

/// Selectors on their shelves.
#[derive(Debug, Default)]
pub(crate) struct Index {
    slots: Vec<Slot>,
    shelves: HashMap<String, Shelf>,
    nameless: Vec<usize>,
}

#[derive(Debug, Default)]
struct Shelf {
    label: Option<String>,
    by_value: HashMap<String, Vec<usize>>,
    rest: Vec<usize>,
}

/// A selector to be shelved.
pub(crate) struct Entry<'a> {
    /// Member of the round.
    pub member: usize,
    /// What its series are for.
    pub role: Role,
    /// The selector.
    pub selector: &'a Selector,
    /// The selector, compiled.
    pub matcher: Arc<SeriesMatcher>,
}

impl Index {
    /// Shelves selectors.
    pub(crate) fn new(entries: &[Entry<'_>]) -> Self {
        let mut index = Self::default();
        let mut names: HashMap<&str, Vec<usize>> = HashMap::new();
        for (i, entry) in entries.iter().enumerate() {
            index.slots.push(Slot { member: entry.member, role: entry.role, matcher: Arc::clone(&entry.matcher) });
            match entry.selector.metric.as_deref() {
                Some(name) => names.entry(name).or_default().push(i),
                None => index.nameless.push(i),
            }
        }
        for (name, members) in names {
            index.shelves.insert(name.to_owned(), shelf(entries, &members));
        }
        index
    }

    /// Slots that pick a series.
    pub(crate) fn picks<'s>(&'s self, labels: &Labels<'_>) -> Vec<&'s Slot> {
        let mut found = Vec::new();
        let mut hold = |candidates: &[usize]| {
            for i in candidates {
                let slot = &self.slots[*i];
                if slot.matcher.picks_by(|label| labels.get(label)) {
                    found.push(slot);
                }
            }
        };
        if let Some(shelf) = self.shelves.get(labels.get(NAME)) {
            if let Some(candidates) = shelf.label.as_deref().and_then(|label| shelf.by_value.get(labels.get(label))) {
                hold(candidates);
            }
            hold(&shelf.rest);
        }
        hold(&self.nameless);
        found
    }
}

fn shelf(entries: &[Entry<'_>], members: &[usize]) -> Shelf {
    let mut values: HashMap<&str, HashSet<&str>> = HashMap::new();
    for i in members {
        for m in entries[*i].selector.matchers.iter().filter(|m| m.comparison == Comparison::Equal && !m.value.is_empty()) {
            values.entry(&m.label).or_default().insert(&m.value);
        }
    }
    let best = values.iter().max_by_key(|(label, values)| (values.len(), std::cmp::Reverse(**label))).map(|(label, _)| *label);
    let mut shelf = Shelf { label: best.map(str::to_owned), ..Shelf::default() };
    for i in members {
        match best.and_then(|label| entries[*i].selector.equal(label)) {
            Some(value) => shelf.by_value.entry(value.to_owned()).or_default().push(*i),
            None => shelf.rest.push(*i),
        }
    }
    shelf
}
