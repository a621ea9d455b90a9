//! When two incidents are one: opened twice for the same burn, or joined by hand. Which of them survives follows from the entries
//! alone, so every replica that has seen the same entries tells the same story.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;
use serde_json::json;

use crate::entry::{Entry, Event, Hlc};

/// Two machines look at the same burn at different moments; its start differs by a few polls, not by more.
pub const SAME_BURN: Duration = Duration::minutes(15);

/// A declaration, as far as it decides who survives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Begun {
    /// The clock of the declaration.
    pub hlc: Hlc,
    /// The incident.
    pub incident: String,
}

/// The families among some incidents: each member that does not survive, with the one that does. `merges` are pairs of the
/// incident that was merged and the one it was merged into.
///
/// Of those that were never merged into another, the earliest declared survives; where each was merged into another (two people, two
/// directions), the earliest of all. Neither the order of the pairs nor their repetition matters.
pub fn survivors(begun: &[Begun], merges: &[(String, String)]) -> BTreeMap<String, String> {
    let by_id: BTreeMap<&str, &Begun> = begun.iter().map(|b| (b.incident.as_str(), b)).collect();
    // What is not here yet is no family yet.
    let known: Vec<(&str, &str)> = merges
        .iter()
        .map(|(from, into)| (from.as_str(), into.as_str()))
        .filter(|(a, b)| by_id.contains_key(a) && by_id.contains_key(b))
        .collect();
    let mut family: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, into) in &known {
        let mut joined: BTreeSet<&str> = BTreeSet::from([*from, *into]);
        for end in [from, into] {
            joined.extend(family.get(end).into_iter().flatten());
        }
        for member in joined.clone() {
            family.insert(member, joined.clone());
        }
    }
    let merged: BTreeSet<&str> = known.iter().filter(|(from, into)| from != into).map(|(from, _)| *from).collect();
    let mut gone = BTreeMap::new();
    for (member, all) in &family {
        let earliest = |only: &dyn Fn(&str) -> bool| all.iter().copied().filter(|id| only(id)).min_by_key(|id| by_id.get(id));
        let survivor = earliest(&|id| !merged.contains(id)).or_else(|| earliest(&|_| true));
        if let Some(survivor) = survivor.filter(|s| s != member) {
            gone.insert((*member).to_owned(), survivor.to_owned());
        }
    }
    gone
}

/// Whether two declarations were made for the same burn: the same SLO by name (ids differ between profiles), the same start.
pub fn same_burn(a: &Entry, b: &Entry) -> bool {
    match (burn(a), burn(b)) {
        (Some((slo, since_s)), Some((other, other_s))) => {
            a.incident != b.incident && slo == other && since_s.abs_diff(other_s) <= SAME_BURN.num_seconds().unsigned_abs()
        }
        _ => false,
    }
}

/// The entry that joins two incidents opened for the same burn: the later declared is merged into the earlier. It follows from the
/// two declarations alone, so that every replica writes the very same one, however often.
pub fn joined(a: &Entry, b: &Entry) -> Entry {
    let (first, second) = if (&a.hlc, &a.id) <= (&b.hlc, &b.id) { (a, b) } else { (b, a) };
    let event = Event::Merged { into: first.incident.clone(), reason: "opened for the same burn".to_owned() };
    let (kind, payload) = event.stored();
    Entry {
        id: format!("{}+{}", second.id, first.id),
        incident: second.incident.clone(),
        at: a.at.max(b.at),
        hlc: Hlc::after(Some(&second.hlc), second.hlc.wall_ms, &second.hlc.replica),
        author: "firewatch".to_owned(),
        kind,
        version: 1,
        payload: if payload.is_null() { json!({}) } else { payload },
        corrects: None,
    }
}

fn burn(entry: &Entry) -> Option<(String, i64)> {
    let Some(Event::Declared { cause: Some(cause), slos, .. }) = Event::of(entry) else { return None };
    let name = slos.into_iter().find(|slo| slo.id == cause.slo)?.name;
    Some((name, cause.since_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(ids: &[&str]) -> Vec<Begun> {
        let clock = |n: usize| Hlc { wall_ms: n as i64, counter: 0, replica: "r".to_owned() };
        ids.iter().enumerate().map(|(n, id)| Begun { hlc: clock(n), incident: (*id).to_owned() }).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    fn gone(ids: &[&str], merges: &[(&str, &str)]) -> Vec<(String, String)> {
        survivors(&begun(ids), &pairs(merges)).into_iter().collect()
    }

    #[test]
    fn the_one_that_others_were_merged_into_survives() {
        assert_eq!(gone(&["a", "b"], &[("a", "b")]), pairs(&[("a", "b")]));
        assert_eq!(gone(&["a", "b", "c"], &[("a", "b"), ("b", "c")]), pairs(&[("a", "c"), ("b", "c")]));
    }

    #[test]
    fn two_directions_and_two_targets_have_one_end() {
        assert_eq!(gone(&["a", "b"], &[("a", "b"), ("b", "a")]), pairs(&[("b", "a")]));
        assert_eq!(gone(&["a", "b", "c"], &[("a", "c"), ("a", "b")]), pairs(&[("a", "b"), ("c", "b")]));
        assert_eq!(gone(&["a"], &[("a", "a")]), []);
    }

    #[test]
    fn what_has_not_arrived_merges_nothing() {
        assert_eq!(gone(&["a"], &[("a", "b")]), []);
    }

    proptest::proptest! {
        #[test]
        fn no_order_of_merges_matters(mut merges in proptest::collection::vec((0_usize..6, 0_usize..6), 0..10), turn in 0_usize..10) {
            let ids = ["a", "b", "c", "d", "e", "f"];
            let named = |m: &[(usize, usize)]| m.iter().map(|(a, b)| (ids[*a], ids[*b])).collect::<Vec<_>>();
            let first = gone(&ids, &named(&merges));
            let by = turn.min(merges.len());
            merges.rotate_left(by);
            merges.extend(merges.clone());
            proptest::prop_assert_eq!(gone(&ids, &named(&merges)), first.clone());
            // Nobody's survivor is gone itself.
            proptest::prop_assert!(first.iter().all(|(_, survivor)| first.iter().all(|(id, _)| id != survivor)));
        }
    }
}
