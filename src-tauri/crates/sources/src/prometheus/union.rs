//! One query for what many indicators need.
//!
//! Indicators are grouped so that the union of their selectors picks little more than they do one by one: the same metric
//! names, constrained by the same labels. The series are told apart on our side.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use firewatch_domain::selector::{Comparison, Matcher, NAME, Selector, quoted};

/// A query is not longer than this, in bytes.
const LONGEST_QUERY: usize = 60_000;
/// In the address of a GET much less fits.
const LONGEST_ADDRESS: usize = 5_000;
/// More groups than this are merged, as far as labels allow.
const MANY_GROUPS: usize = 8;
/// Groups merged into one at most.
const MOST_MERGED: usize = 64;

/// Somebody's selectors.
#[derive(Debug, Clone)]
pub(crate) struct Want<'a> {
    /// Whose; an index chosen by the caller.
    pub id: usize,
    /// What is needed.
    pub selectors: Vec<&'a Selector>,
}

/// Wants that one query can serve, and what they have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Metric names and constrained labels: what is remembered about the group is kept under this.
    pub key: String,
    /// Ids of its wants.
    pub members: Vec<usize>,
}

/// How an answer of this planning is bounded.
pub(crate) struct Bounds<'a> {
    /// Queries travel in addresses.
    pub get_only: bool,
    /// Groups that picked too much when merged.
    pub apart: &'a HashSet<String>,
}

struct Draft<'a> {
    key: String,
    /// Asked for as written, with nobody else.
    alone: bool,
    labels: BTreeSet<&'a str>,
    values: BTreeSet<(&'a str, &'a str)>,
    members: Vec<usize>,
}

/// Groups wants into as few queries as are tight.
pub(crate) fn groups(wants: &[Want<'_>], bounds: &Bounds<'_>) -> Vec<Group> {
    let drafts = merged(drafts(wants), bounds.apart);
    let longest = if bounds.get_only { LONGEST_ADDRESS } else { LONGEST_QUERY };
    let place: BTreeMap<usize, &Want<'_>> = wants.iter().map(|want| (want.id, want)).collect();
    let mut groups = Vec::new();
    for draft in drafts {
        let mut seen: HashSet<(&str, &str)> = HashSet::new();
        let mut length = 0;
        let mut members = Vec::new();
        for id in draft.members {
            let Some(want) = place.get(&id) else { continue };
            let texts = want.selectors.iter().flat_map(|s| texts(s));
            let added: usize = texts.filter(|text| seen.insert(*text)).map(|(_, value)| value.len() * 5 / 4 + 1).sum();
            if length + added > longest && !members.is_empty() {
                groups.push(Group { key: draft.key.clone(), members: std::mem::take(&mut members) });
                seen.clear();
                length = 0;
            }
            length += added;
            members.push(id);
        }
        groups.push(Group { key: draft.key, members });
    }
    groups
}

/// The queries that pick everything the selectors pick: one union, or one each where no metric name is given.
pub(crate) fn queries(selectors: &[&Selector]) -> Vec<String> {
    if selectors.iter().any(|s| s.metric.is_none()) {
        let distinct: BTreeSet<String> = selectors.iter().map(ToString::to_string).collect();
        return distinct.into_iter().collect();
    }
    let names: BTreeSet<&str> = selectors.iter().filter_map(|s| s.metric.as_deref()).collect();
    let mut conditions = Vec::new();
    let lone = if names.len() == 1 { names.first().copied() } else { None };
    if lone.is_none() {
        conditions.push(format!("{NAME}=~{}", alternation(&names)));
    }
    for label in common_labels(selectors) {
        let values: BTreeSet<&str> = selectors.iter().filter_map(|s| s.equal(label)).collect();
        conditions.push(match values.first() {
            Some(only) if values.len() == 1 => format!("{label}={}", quoted(only)),
            _ => format!("{label}=~{}", alternation(&values)),
        });
    }
    conditions.extend(common_others(selectors).iter().map(|m| format!("{}{}{}", m.label, m.comparison.sign(), quoted(&m.value))));
    vec![format!("{}{{{}}}", lone.unwrap_or_default(), conditions.join(","))]
}

/// Labels that every selector binds to a value.
pub(crate) fn common_labels<'a>(selectors: &[&'a Selector]) -> BTreeSet<&'a str> {
    let Some((first, rest)) = selectors.split_first() else { return BTreeSet::new() };
    let bound = first.matchers.iter().filter(|m| m.comparison == Comparison::Equal && !m.value.is_empty());
    bound.map(|m| m.label.as_str()).filter(|label| rest.iter().all(|s| s.equal(label).is_some())).collect()
}

/// Other conditions that all share word by word.
fn common_others<'a>(selectors: &[&'a Selector]) -> Vec<&'a Matcher> {
    let other = |m: &Matcher| m.comparison != Comparison::Equal || m.value.is_empty();
    let Some((first, rest)) = selectors.split_first() else { return Vec::new() };
    first.matchers.iter().filter(|m| other(m) && rest.iter().all(|s| s.matchers.contains(m))).collect()
}

fn drafts<'a>(wants: &[Want<'a>]) -> Vec<Draft<'a>> {
    let mut drafts: BTreeMap<String, Draft<'a>> = BTreeMap::new();
    for want in wants {
        let labels = common_labels(&want.selectors);
        let (key, alone) = family_of(want, &labels);
        let draft = drafts.entry(key.clone()).or_insert_with(|| Draft { key, alone, labels, values: BTreeSet::new(), members: Vec::new() });
        let labels = &draft.labels;
        let values = want.selectors.iter().flat_map(|s| texts(s)).filter(|(label, _)| labels.contains(label));
        draft.values.extend(values);
        draft.members.push(want.id);
    }
    drafts.into_values().collect()
}

/// What a want is grouped by.
pub(crate) fn family(want: &Want<'_>) -> String {
    family_of(want, &common_labels(&want.selectors)).0
}

/// The same, and whether it is asked for alone.
fn family_of(want: &Want<'_>, labels: &BTreeSet<&str>) -> (String, bool) {
    let names: BTreeSet<&str> = want.selectors.iter().filter_map(|s| s.metric.as_deref()).collect();
    let nameless = want.selectors.iter().any(|s| s.metric.is_none());
    let whole = |name: &&str| want.selectors.iter().any(|s| s.metric.as_deref() == Some(*name) && s.matchers.is_empty());
    // A selector without a name, or some part of a metric bound by no label, is asked for as it is written.
    let alone = nameless || labels.is_empty() && !names.iter().all(whole);
    let key = if alone {
        want.selectors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    } else {
        format!("{} by {}", join(&names), join(labels))
    };
    (key, alone)
}

/// Merges groups bound to the very same label values, which costs nothing, and, when there are many, groups bound by the
/// same labels, which costs little where metrics are named after their service.
fn merged<'a>(drafts: Vec<Draft<'a>>, apart: &HashSet<String>) -> Vec<Draft<'a>> {
    let mut same: BTreeMap<String, Draft<'a>> = BTreeMap::new();
    for draft in drafts {
        let key = if draft.alone { draft.key.clone() } else { format!("{:?}", draft.values) };
        join_into(&mut same, key, draft);
    }
    if same.len() <= MANY_GROUPS {
        return same.into_values().collect();
    }
    let mut wide: BTreeMap<String, Draft<'a>> = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for draft in same.into_values() {
        let lone = draft.alone || apart.contains(&draft.key);
        let family = if lone { draft.key.clone() } else { format!("by {}", join(&draft.labels)) };
        let count = counts.entry(family.clone()).or_default();
        let key = format!("{family} {}", *count / MOST_MERGED);
        *count += 1;
        join_into(&mut wide, key, draft);
    }
    wide.into_values().collect()
}

fn join_into<'a>(drafts: &mut BTreeMap<String, Draft<'a>>, key: String, draft: Draft<'a>) {
    match drafts.get_mut(&key) {
        Some(there) => {
            there.values.extend(draft.values);
            there.members.extend(draft.members);
        }
        None => {
            drafts.insert(key, draft);
        }
    }
}

/// Everything that makes a union longer: names and bound values.
fn texts(selector: &Selector) -> impl Iterator<Item = (&str, &str)> {
    let bound = selector.matchers.iter().filter(|m| m.comparison == Comparison::Equal && !m.value.is_empty());
    selector.metric.iter().map(|name| (NAME, name.as_str())).chain(bound.map(|m| (m.label.as_str(), m.value.as_str())))
}

fn join(words: &BTreeSet<&str>) -> String {
    words.iter().copied().collect::<Vec<_>>().join(",")
}

/// Values as one anchored regular expression, quoted.
fn alternation(values: &BTreeSet<&str>) -> String {
    quoted(&values.iter().map(|value| escaped(value)).collect::<Vec<_>>().join("|"))
}

/// A value without meaning as a regular expression; only what both RE2 and Prometheus' fast path for plain alternations take.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(texts: &[&str]) -> Vec<Selector> {
        texts.iter().map(|t| Selector::parse(t).unwrap()).collect()
    }

    fn union(texts: &[&str]) -> Vec<String> {
        let selectors = parsed(texts);
        queries(&selectors.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_union_is_as_tight_as_what_all_share() {
        assert_eq!(union(&["m{job=\"a\"}", "m{job=\"a\",code=~\"5..\"}"]), ["m{job=\"a\"}"]);
        assert_eq!(
            union(&["m{job=\"a\",path!=\"/x\"}", "n{job=\"b.c\",path!=\"/x\",code=\"5\"}"]),
            ["{__name__=~\"m|n\",job=~\"a|b\\\\.c\",path!=\"/x\"}"]
        );
        assert_eq!(union(&["{job=\"a\"}", "m{job=\"b\"}"]), ["m{job=\"b\"}", "{job=\"a\"}"]);
        assert_eq!(union(&["m"]), ["m{}"]);
    }

    fn groups_of(wants: &[Vec<Selector>]) -> Vec<Group> {
        let wants: Vec<Want<'_>> =
            wants.iter().enumerate().map(|(id, selectors)| Want { id, selectors: selectors.iter().collect() }).collect();
        groups(&wants, &Bounds { get_only: false, apart: &HashSet::new() })
    }

    #[test]
    fn a_thousand_alike_are_one_query() {
        let wants: Vec<_> =
            (0..1000).map(|i| parsed(&[&format!("m{{job=\"s{i:04}\",code=\"500\"}}"), &format!("m{{job=\"s{i:04}\"}}")])).collect();
        assert_eq!(groups_of(&wants).len(), 1);
    }

    #[test]
    fn different_families_stay_apart() {
        let ratio = parsed(&["m{job=\"a\",code=\"500\"}", "m{job=\"a\"}"]);
        let latency = parsed(&["l_bucket{job=\"b\"}", "l_count{job=\"b\"}"]);
        let bare = parsed(&["x", "y"]);
        assert_eq!(groups_of(&[ratio, latency, bare]).len(), 3);
    }

    #[test]
    fn metrics_named_after_their_service_share_queries() {
        let wants: Vec<_> =
            (0..200).map(|i| parsed(&[&format!("s{i}_errors{{job=\"s{i}\"}}"), &format!("s{i}_all{{job=\"s{i}\"}}")])).collect();
        let groups = groups_of(&wants);
        assert!(groups.len() <= 4, "{}", groups.len());
        assert_eq!(groups.iter().map(|g| g.members.len()).sum::<usize>(), 200);
    }

    #[test]
    fn whole_metrics_share_a_query() {
        let wants: Vec<_> = (0..50).map(|i| parsed(&[&format!("e{i}"), &format!("t{i}")])).collect();
        assert_eq!(groups_of(&wants).len(), 1);
        let parts: Vec<_> = (0..5).map(|i| parsed(&[&format!("t{i}{{code=~\"5..\"}}")])).collect();
        assert_eq!(groups_of(&parts).len(), 5);
    }

    #[test]
    fn queries_stay_within_their_length() {
        let wants: Vec<_> = (0..3000).map(|i| parsed(&[&format!("m{{job=\"a-rather-long-service-name-{i:06}\"}}")])).collect();
        for group in groups_of(&wants) {
            let selectors: Vec<&Selector> = group.members.iter().map(|id| &wants[*id][0]).collect();
            assert!(queries(&selectors)[0].len() <= LONGEST_QUERY + 200);
        }
    }
}
