//! Under which journey a firing alert is folded: a pure function of its labels, the SLOs and who depends on whom.
//!
//! The rules in order, the first that holds decides: the alert names an SLO; it names a journey; it names a service; its labels
//! agree with an SLO's own selectors; it names a service that only one journey depends on. Environments never mix: an alert that
//! names one is folded only there, and one that names none only where there is no choice. An alert has one place or none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::dependencies::Dependencies;
use crate::selector::{Comparison, NAME, Selector};
use crate::slo::{Slo, name_from};

/// Labels that name an SLO, as Firewatch, people, Pyrra and Sloth write them.
const SLO_LABELS: [&str; 4] = ["firewatch_slo", "slo", "sloth_id", "slo_name"];
/// Labels that name a journey.
const JOURNEY_LABELS: [&str; 2] = ["firewatch_journey", "journey"];
/// Labels that name what runs.
const SERVICE_LABELS: [&str; 8] =
    ["firewatch_service", "service", "sloth_service", "service_name", "app", "application", "app_kubernetes_io_name", "job"];
/// Labels that name an environment.
const ENVIRONMENT_LABELS: [&str; 6] =
    ["firewatch_environment", "environment", "env", "deployment_environment", "deployment_environment_name", "stage"];
/// Labels of a selector that say what is meant; any of them must agree.
const TELLING: [&str; 7] = ["job", "service", "app", "container", "deployment", "ingress", "namespace"];

/// Which rule found the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The alert names the SLO.
    Slo,
    /// The alert names the journey.
    Journey,
    /// The alert names the service.
    Service,
    /// Its labels agree with the SLO's selectors.
    Selector,
    /// It names a service the journey depends on.
    Dependency,
}

impl Rule {
    /// For people, after *folded here because*.
    pub fn words(self) -> &'static str {
        match self {
            Self::Slo => "its labels name this SLO",
            Self::Journey => "its labels name this journey",
            Self::Service => "its labels name this service",
            Self::Selector => "its labels agree with the SLO's selectors",
            Self::Dependency => "this journey depends on its service",
        }
    }

    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slo => "slo",
            Self::Journey => "journey",
            Self::Service => "service",
            Self::Selector => "selector",
            Self::Dependency => "dependency",
        }
    }

    /// From how it is stored.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Slo, Self::Journey, Self::Service, Self::Selector, Self::Dependency].into_iter().find(|rule| rule.word() == word)
    }
}

/// Where an alert belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The journey in its environment.
    pub journey_key: String,
    /// The SLO, where the labels say which.
    pub slo: Option<String>,
    /// Which rule said so.
    pub rule: Rule,
}

/// What alerts are matched against, made once for many of them.
#[derive(Debug, Clone, Default)]
pub struct Folding {
    targets: Vec<Target>,
    names: HashMap<String, Vec<usize>>,
    journeys: HashMap<String, Vec<usize>>,
    services: HashMap<String, Vec<usize>>,
    dependants: HashMap<String, Vec<usize>>,
    telling: HashMap<(String, String), Vec<usize>>,
}

#[derive(Debug, Clone)]
struct Target {
    id: String,
    journey_key: String,
    environment: String,
    /// Labels one of its selectors fixes, selector by selector.
    fixed: Vec<BTreeMap<String, String>>,
}

impl Folding {
    /// Against these SLOs, in whatever order, and these dependencies.
    pub fn new<'a>(slos: impl IntoIterator<Item = &'a Slo>, dependencies: &Dependencies) -> Self {
        let mut slos: Vec<&Slo> = slos.into_iter().collect();
        slos.sort_by(|a, b| a.name.cmp(&b.name));
        let mut folding = Self::default();
        for (at, slo) in slos.iter().enumerate() {
            let fixed = fixed(slo);
            for pair in fixed.iter().flatten().filter(|(label, _)| TELLING.contains(&label.as_str())) {
                let known = folding.telling.entry((pair.0.clone(), pair.1.clone())).or_default();
                if known.last() != Some(&at) {
                    known.push(at);
                }
            }
            folding.names.entry(name_from(&slo.name)).or_default().push(at);
            folding.journeys.entry(name_from(&slo.journey)).or_default().push(at);
            folding.services.entry(name_from(&slo.service)).or_default().push(at);
            folding.targets.push(Target {
                id: slo.id.clone(),
                journey_key: slo.journey_key(),
                environment: environment(&slo.environment),
                fixed,
            });
        }
        let services: BTreeSet<&str> = slos.iter().map(|slo| slo.service.as_str()).collect();
        for service in services {
            let own = folding.services.get(&name_from(service)).cloned().unwrap_or_default();
            for reached in dependencies.reach([service]).into_iter().filter(|reached| reached.depth > 0) {
                folding.dependants.entry(name_from(&reached.service)).or_default().extend(&own);
            }
        }
        folding
    }

    /// Where an alert belongs; none where the labels do not say, or leave a choice. `usual`: the environment of an alert that names none.
    pub fn place(&self, labels: &BTreeMap<String, String>, usual: Option<&str>) -> Option<Place> {
        let value = |label: &str| labels.get(label).filter(|v| !v.is_empty());
        let named = ENVIRONMENT_LABELS.iter().find_map(|label| value(label)).map(String::as_str).or(usual).map(environment);
        let within = |found: &[usize]| -> Vec<usize> {
            let here = found.iter().copied().filter(|at| named.as_ref().is_none_or(|e| self.targets[*at].environment == *e));
            here.collect()
        };
        let listed = |of: &HashMap<String, Vec<usize>>, name: &str| within(of.get(&name_from(name)).map_or(&[][..], Vec::as_slice));

        let sloth = value("sloth_service").zip(value("sloth_slo")).map(|(service, slo)| format!("{service}-{slo}"));
        let names = SLO_LABELS.iter().filter_map(|label| value(label).cloned()).chain(sloth);
        if let Some(place) = names.into_iter().find_map(|name| self.settle(&listed(&self.names, &name), Rule::Slo)) {
            return Some(place);
        }
        let journeys = JOURNEY_LABELS.iter().filter_map(|label| value(label));
        if let Some(place) = journeys.into_iter().find_map(|name| self.settle(&listed(&self.journeys, name), Rule::Journey)) {
            return Some(Place { slo: None, ..place });
        }
        let services = || SERVICE_LABELS.iter().filter_map(|label| value(label)).map(|name| name.rsplit('/').next().unwrap_or(name));
        if let Some(place) = services().find_map(|name| self.settle(&listed(&self.services, name), Rule::Service)) {
            return Some(place);
        }
        if let Some(place) = self.settle(&self.agreeing(labels, &within), Rule::Selector) {
            return Some(place);
        }
        services().find_map(|name| self.only_journey(&listed(&self.dependants, name))).map(|journey_key| Place {
            journey_key,
            slo: None,
            rule: Rule::Dependency,
        })
    }

    /// The one place of some SLOs. Several environments leave a choice. Of several journeys the one most of them belong to, then
    /// the first by name; several SLOs of one journey make the journey the place.
    fn settle(&self, found: &[usize], rule: Rule) -> Option<Place> {
        let environments: BTreeSet<&str> = found.iter().map(|at| self.targets[*at].environment.as_str()).collect();
        if environments.len() != 1 {
            return None;
        }
        let mut journeys: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for at in found {
            journeys.entry(&self.targets[*at].journey_key).or_default().push(*at);
        }
        let most = journeys.values().map(Vec::len).max()?;
        let (journey, members) = journeys.into_iter().find(|(_, members)| members.len() == most)?;
        let slo = (members.len() == 1).then(|| self.targets[members[0]].id.clone());
        Some(Place { journey_key: journey.to_owned(), slo, rule })
    }

    fn only_journey(&self, found: &[usize]) -> Option<String> {
        let journeys: BTreeSet<&str> = found.iter().map(|at| self.targets[*at].journey_key.as_str()).collect();
        (journeys.len() == 1).then(|| journeys.into_iter().map(str::to_owned).collect())
    }

    /// SLOs of which one selector contradicts no label and agrees on most of them. A namespace alone says where, not what: it
    /// counts only where all that it fits is one journey.
    fn agreeing(&self, labels: &BTreeMap<String, String>, within: &dyn Fn(&[usize]) -> Vec<usize>) -> Vec<usize> {
        let told = TELLING.iter().filter_map(|label| Some(((*label).to_owned(), labels.get(*label)?.clone())));
        let fitting: BTreeSet<usize> = told.filter_map(|pair| self.telling.get(&pair)).flat_map(|found| within(found)).collect();
        let scored = fitting.into_iter().filter_map(|at| {
            let of = |fixed: &BTreeMap<String, String>| agreement(fixed, labels);
            self.targets[at].fixed.iter().filter_map(of).max().map(|score| (score, at))
        });
        let scored: Vec<((bool, usize), usize)> = scored.collect();
        let Some(best) = scored.iter().map(|(score, _)| *score).max() else { return Vec::new() };
        let found: Vec<usize> = scored.into_iter().filter(|(score, _)| *score == best).map(|(_, at)| at).collect();
        if !best.0 && self.only_journey(&found).is_none() { Vec::new() } else { found }
    }
}

/// Whether more than the namespace agrees, and how many labels do; none when one contradicts or none that tells agrees.
fn agreement(fixed: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> Option<(bool, usize)> {
    let shared = || fixed.iter().filter_map(|(label, value)| Some((label.as_str(), value == labels.get(label)?)));
    let telling: Vec<&str> = shared().filter(|(label, agrees)| *agrees && TELLING.contains(label)).map(|(label, _)| label).collect();
    (shared().all(|(_, agrees)| agrees) && !telling.is_empty()).then(|| (telling.iter().any(|l| *l != "namespace"), shared().count()))
}

/// What the selectors of an SLO fix.
fn fixed(slo: &Slo) -> Vec<BTreeMap<String, String>> {
    let selectors = slo.indicator.queries().into_iter().filter_map(|(_, query)| Selector::parse(&query).ok());
    selectors
        .map(|selector| {
            let equal = selector.matchers.into_iter().filter(|m| m.comparison == Comparison::Equal && m.label != NAME);
            equal.map(|m| (m.label, m.value)).collect()
        })
        .collect()
}

/// An environment by its usual name, so that `prod` and `production` are one.
pub fn environment(name: &str) -> String {
    let name = name.trim().to_lowercase();
    match name.as_str() {
        "prod" | "prd" | "live" => "production".to_owned(),
        "stg" | "stage" => "staging".to_owned(),
        "dev" => "development".to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests;
