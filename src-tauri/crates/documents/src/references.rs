//! OpenSLO objects of one import by kind and name, so that an SLO of one file finds its indicator in another.

use std::collections::{HashMap, HashSet};

use crate::field::{Field, shown};
use crate::node::{Node, Value};
use crate::notes::Notes;

/// Versions whose objects refer to each other.
const VERSIONS: [&str; 2] = ["openslo/v1", "openslo.com/v2alpha"];

/// Objects that others may refer to, and the indicators that are referred to.
#[derive(Debug, Default)]
pub(crate) struct References<'a> {
    objects: HashMap<(&'a str, &'a str), &'a Node>,
    indicators: HashSet<&'a str>,
}

impl<'a> References<'a> {
    /// Indexes the objects of an import; of two with one name the first counts.
    pub(crate) fn index(objects: impl Iterator<Item = &'a Node>) -> Self {
        let mut index = Self::default();
        for node in objects.filter(|node| node.text_of("apiVersion").is_some_and(|v| VERSIONS.contains(&v))) {
            let name = node.get("metadata").and_then(|m| m.text_of("name"));
            if let (Some(kind), Some(name)) = (node.text_of("kind"), name) {
                index.objects.entry((kind, name)).or_insert(node);
            }
            let spec = node.get("spec");
            index.indicators.extend(["indicatorRef", "sliRef"].iter().filter_map(|key| spec.and_then(|spec| spec.text_of(key))));
            let objectives = spec.and_then(|spec| spec.get("objectives")).map(|o| &o.value);
            if let Some(Value::List(items)) = objectives {
                index.indicators.extend(items.iter().filter_map(|item| item.text_of("indicatorRef")));
            }
        }
        index
    }

    /// The object of a kind that a field names; its absence is a fault.
    pub(crate) fn required(&self, kind: &'static str, reference: &Field<'a>, notes: &mut Notes) -> Option<Field<'a>> {
        let name = reference.text(notes)?;
        let Some(node) = self.objects.get(&(kind, name)) else {
            let message = format!("refers to the {kind} `{}`, which is not in this import", shown(name));
            notes.fault(reference, message, format!("import the file that defines the {kind} together with this one"));
            return None;
        };
        Some(Field::referred(node, &format!("{kind} {}: ", shown(name)), reference.line()))
    }

    /// The object of a kind and name.
    pub(crate) fn get(&self, kind: &str, name: &str) -> Option<Field<'a>> {
        self.objects.get(&(kind, name)).map(|node| Field::root(node))
    }

    /// Whether any SLO refers to this indicator.
    pub(crate) fn uses_indicator(&self, name: &str) -> bool {
        self.indicators.contains(name)
    }
}
