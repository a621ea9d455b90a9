//! What an SLO is called and where it belongs: name, journey, environment, annotations; the same for every format.

use std::collections::BTreeMap;

use firewatch_domain::indicator::Indicator;
use firewatch_domain::slo::{LONGEST_NAME, check_name, name_from};
use firewatch_domain::words::plain;

use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::ours::{ANNOTATION, ENVIRONMENT, JOURNEY, Ours, PREFIX, unwrapped};
use crate::outcome::{Context, Draft};
use crate::promise::Promise;

/// Annotations and labels that are held elsewhere in an SLO, or are another tool's copy of the whole object.
const NOT_KEPT: [&str; 4] = ["journey", "environment", "env", "kubectl.kubernetes.io/last-applied-configuration"];
/// Most annotations kept of one SLO.
const MOST: usize = 64;
/// Longest key and value kept.
const LONGEST_KEY: usize = 200;
const LONGEST_VALUE: usize = 2000;

/// Annotations and labels of an object, gathered from wherever its format puts them; what is gathered first wins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tags {
    annotations: BTreeMap<String, String>,
    labels: BTreeMap<String, Vec<String>>,
}

impl Tags {
    /// Annotations and labels of an object's metadata.
    pub(crate) fn of(metadata: &Field<'_>, notes: &mut Notes) -> Self {
        let mut tags = Self::default();
        tags.annotate(&metadata.get("annotations"), notes);
        tags.label(&metadata.get("labels"), notes);
        tags
    }

    /// Adds the annotations of a mapping.
    pub(crate) fn annotate(&mut self, field: &Field<'_>, notes: &mut Notes) {
        for (key, value) in room(field, self.annotations.len(), notes) {
            let text = plain(&value.texts().join(", "), LONGEST_VALUE);
            self.annotations.entry(key).or_insert(text);
        }
    }

    /// Adds the labels of a mapping; a label may hold several values.
    pub(crate) fn label(&mut self, field: &Field<'_>, notes: &mut Notes) {
        for (key, value) in room(field, self.labels.len(), notes) {
            let texts = value.texts().into_iter().take(MOST).map(|text| plain(text, LONGEST_VALUE)).collect();
            self.labels.entry(key).or_insert(texts);
        }
    }

    /// The journey it names.
    pub(crate) fn journey(&self) -> Option<String> {
        let annotated = [JOURNEY, "journey"].iter().find_map(|key| self.annotations.get(*key));
        let found = annotated.or_else(|| [JOURNEY, "journey"].iter().find_map(|key| self.single(key)));
        found.filter(|journey| !journey.is_empty()).cloned()
    }

    /// The environment it names; several are a warning, since budgets of environments never mix.
    pub(crate) fn environment(&self, at: &Field<'_>, notes: &mut Notes) -> Option<String> {
        const LABELS: [&str; 3] = [ENVIRONMENT, "environment", "env"];
        if let Some(key) = LABELS.iter().find(|key| self.labels.get(**key).is_some_and(|values| values.len() > 1)) {
            let message = format!("has several values for the label `{key}`; an SLO belongs to one environment, so none of them was taken");
            notes.warn(&at.get("labels"), message, "keep one, and write one SLO for each environment");
        }
        let found = self.annotations.get(ENVIRONMENT).or_else(|| LABELS.iter().find_map(|key| self.single(key)));
        found.filter(|environment| !environment.is_empty()).cloned()
    }

    /// The only value of a label.
    pub(crate) fn single(&self, key: &str) -> Option<&String> {
        self.labels.get(key).filter(|values| values.len() == 1).and_then(|values| values.first())
    }

    /// An annotation's value.
    pub(crate) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).map(String::as_str)
    }

    /// Annotations as they are kept: with labels beside them, without what an SLO holds elsewhere.
    pub(crate) fn kept(&self) -> BTreeMap<String, String> {
        let mut kept = self.annotations.clone();
        for (key, values) in &self.labels {
            kept.entry(key.clone()).or_insert_with(|| values.join(", "));
        }
        let held: Vec<String> = kept.iter().filter(|(key, _)| key.starts_with(ANNOTATION)).map(|(_, text)| text.clone()).collect();
        kept.retain(|key, value| !NOT_KEPT.contains(&key.as_str()) && !key.starts_with(PREFIX) && !value.is_empty());
        kept.extend(held.iter().filter_map(|text| unwrapped(text)).map(|(key, value)| (key.to_owned(), value.to_owned())));
        kept
    }
}

/// As many keys of a mapping as there is room for.
fn room<'a>(field: &Field<'a>, taken: usize, notes: &mut Notes) -> Vec<(String, Field<'a>)> {
    let entries = field.entries();
    if entries.len() + taken > MOST {
        notes.warn(field, format!("holds more than {MOST} entries; the rest was left out"), "keep those that people read");
    }
    let kept = entries.into_iter().take(MOST.saturating_sub(taken));
    kept.map(|(key, value)| (plain(key, LONGEST_KEY), value)).filter(|(key, _)| !key.is_empty()).collect()
}

/// Everything of a draft but what is promised about which events.
#[derive(Debug, Clone)]
pub(crate) struct Belonging {
    /// Unique name, where one could be read.
    pub(crate) name: Option<String>,
    /// Name for people.
    pub(crate) title: String,
    /// What it means.
    pub(crate) description: String,
    /// Service, where one could be read.
    pub(crate) service: Option<String>,
    /// Journey, where one is named.
    pub(crate) journey: Option<String>,
    /// Environment, where one is named.
    pub(crate) environment: Option<String>,
    /// What annotations of our own say.
    pub(crate) ours: Ours,
    /// Annotations as they are kept.
    pub(crate) annotations: BTreeMap<String, String>,
}

impl Belonging {
    /// The draft, once all of it could be read.
    pub(crate) fn draft(self, indicator: Option<Indicator>, promise: Promise, context: &Context) -> Option<Draft> {
        let (name, service) = (self.name?, self.service?);
        Some(Draft {
            title: if self.title.is_empty() { name.clone() } else { self.title },
            name,
            description: self.description,
            journey: self.journey.unwrap_or_else(|| service.clone()),
            service,
            environment: self.environment.unwrap_or_else(|| context.environment.clone()),
            source: context.source.clone(),
            indicator: indicator?,
            objective: promise.objective?,
            window: promise.window?,
            method: promise.method?,
            empty: self.ours.empty,
            alerting: self.ours.alerting,
            stage: self.ours.stage,
            weight: self.ours.weight.unwrap_or(1),
            annotations: self.annotations,
        })
    }
}

/// The unique name in a field.
pub(crate) fn name(field: &Field<'_>, notes: &mut Notes) -> Option<String> {
    let text = field.required(notes, "name the object: lower case letters, digits and `-`")?;
    if text == "string" {
        notes.fault(field, "is `string`, the specification's placeholder", "write the object's own name");
        return None;
    }
    fitted(field, text, notes)
}

/// A text as a unique name: as it is, or changed with a warning.
pub(crate) fn fitted(at: &Field<'_>, text: &str, notes: &mut Notes) -> Option<String> {
    if check_name(text).is_ok() {
        return Some(text.to_owned());
    }
    let name = name_from(text);
    if check_name(&name).is_err() {
        notes.fault(at, format!("`{}` is no name", shown(text)), "use lower case letters, digits and `-`");
        return None;
    }
    let message =
        format!("`{}` is no name by RFC 1123 (lower case letters, digits, `-`, up to {LONGEST_NAME}); it became `{name}`", shown(text));
    notes.warn(at, message, "rename it in the file to keep both the same");
    Some(name)
}

/// Names one of several objectives of an SLO: by its display name where that tells them apart, else by its number.
pub(crate) fn name_ending(belonging: &mut Belonging, objective: &Field<'_>, index: usize, taken: &mut Vec<String>) {
    let display = objective.get("displayName").line_text();
    let worded = display.as_deref().map(name_from).filter(|ending| !ending.is_empty() && !taken.contains(ending));
    let ending = worded.unwrap_or_else(|| (index + 1).to_string());
    if let Some(title) = display {
        belonging.title = if belonging.title.is_empty() { title } else { format!("{}: {title}", belonging.title) };
    }
    belonging.name = belonging.name.as_deref().map(|name| suffixed(name, &ending));
    taken.push(ending);
}

/// A name with an ending, within the longest name.
fn suffixed(name: &str, ending: &str) -> String {
    let ending: String = ending.chars().take(LONGEST_NAME / 2).collect();
    let room = LONGEST_NAME.saturating_sub(ending.len() + 1);
    let base: String = name.chars().take(room).collect();
    name_from(&format!("{}-{ending}", base.trim_end_matches(['-', '.'])))
}

/// A service's name: any line of text.
pub(crate) fn service(field: &Field<'_>, notes: &mut Notes) -> Option<String> {
    const CURE: &str = "name the service the SLO belongs to";
    field.required(notes, CURE)?;
    let service = field.line_text();
    if service.is_none() {
        notes.fault(field, "holds nothing that can be seen", CURE);
    }
    service
}
