//! Which service needs which: a directed graph that may hold circles, and what of it burned first.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::slo::Slo;

/// The annotation of a definition that says what its service needs, separated by commas.
pub const DEPENDS_ON: &str = "firewatch.dev/depends-on";
/// Services followed from one root; a larger graph is cut, nearest first.
pub const MOST_REACHED: usize = 500;

/// Who depends on whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dependencies {
    needs: BTreeMap<String, BTreeSet<String>>,
}

/// A service on the way from a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// The service.
    pub service: String,
    /// Steps from the nearest root; 0 for a root itself.
    pub depth: u32,
    /// The service that needs it, on the shortest way; none for a root.
    pub via: Option<String>,
}

impl Dependencies {
    /// From declared pairs, and from what the definitions of SLOs say.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (String, String)>, slos: impl IntoIterator<Item = &'a Slo>) -> Self {
        let mut all = Self::default();
        for (service, needed) in pairs {
            all.add(&service, &needed);
        }
        for slo in slos {
            for needed in named_by(slo) {
                all.add(&slo.service, &needed);
            }
        }
        all
    }

    fn add(&mut self, service: &str, needed: &str) {
        if service != needed {
            self.needs.entry(service.to_owned()).or_default().insert(needed.to_owned());
        }
    }

    /// What a service needs itself.
    pub fn of(&self, service: &str) -> impl Iterator<Item = &str> {
        self.needs.get(service).into_iter().flatten().map(String::as_str)
    }

    /// Every service that is named on either side.
    pub fn services(&self) -> BTreeSet<&str> {
        self.needs.iter().flat_map(|(service, needed)| std::iter::once(service).chain(needed)).map(String::as_str).collect()
    }

    /// Roots and everything they need, directly or through others, each once and by the shortest way; circles end where they began.
    pub fn reach<'a>(&self, roots: impl IntoIterator<Item = &'a str>) -> Vec<Reached> {
        let mut queue: VecDeque<Reached> =
            roots.into_iter().map(|root| Reached { service: root.to_owned(), depth: 0, via: None }).collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut reached = Vec::new();
        while let Some(next) = queue.pop_front() {
            if reached.len() == MOST_REACHED {
                break;
            }
            if !seen.insert(next.service.clone()) {
                continue;
            }
            let via = Some(next.service.clone());
            let needed = self.of(&next.service).filter(|needed| !seen.contains(*needed));
            queue.extend(needed.map(|needed| Reached { service: needed.to_owned(), depth: next.depth + 1, via: via.clone() }));
            reached.push(next);
        }
        reached
    }
}

/// What the definition of an SLO says its service needs.
pub fn named_by(slo: &Slo) -> Vec<String> {
    let text = slo.annotations.get(DEPENDS_ON).map_or("", String::as_str);
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).take(200).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(pairs: &[(&str, &str)]) -> Dependencies {
        Dependencies::new(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())), [])
    }

    fn names(reached: &[Reached]) -> Vec<(&str, u32)> {
        reached.iter().map(|r| (r.service.as_str(), r.depth)).collect()
    }

    #[test]
    fn everything_is_reached_once_by_the_shortest_way() {
        let graph = graph(&[("settings", "api"), ("api", "db"), ("settings", "db"), ("db", "disk"), ("other", "api")]);
        let reached = graph.reach(["settings"]);
        assert_eq!(names(&reached), [("settings", 0), ("api", 1), ("db", 1), ("disk", 2)]);
        assert_eq!(reached[3].via.as_deref(), Some("db"));
    }

    #[test]
    fn circles_end() {
        let graph = graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "c")]);
        assert_eq!(names(&graph.reach(["a"])), [("a", 0), ("b", 1), ("c", 2)]);
        assert_eq!(names(&graph.reach(["a", "b"])), [("a", 0), ("b", 0), ("c", 1)]);
    }

    #[test]
    fn a_large_graph_is_cut() {
        let wide = Dependencies::new((0..5_000).map(|i| ("hub".to_owned(), format!("s{i:05}"))), []);
        assert_eq!(wide.reach(["hub"]).len(), MOST_REACHED);
        let long = Dependencies::new((0..5_000).map(|i| (format!("s{i:05}"), format!("s{:05}", i + 1))), []);
        assert_eq!(long.reach(["s00000"]).len(), MOST_REACHED);
    }

    proptest::proptest! {
        #[test]
        fn reach_ends_and_holds_each_once(pairs in proptest::collection::vec((0_u8..20, 0_u8..20), 0..120), root in 0_u8..20) {
            let graph = Dependencies::new(pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())), []);
            let reached = graph.reach([root.to_string().as_str()]);
            let unique: BTreeSet<&str> = reached.iter().map(|r| r.service.as_str()).collect();
            proptest::prop_assert_eq!(unique.len(), reached.len());
            // Nothing that is needed by something reached is missing.
            for one in &reached {
                for needed in graph.of(&one.service) {
                    proptest::prop_assert!(unique.contains(needed));
                }
            }
        }
    }
}
