//! From texts to outcomes: which format an object is of, what refers to what, and which names stand twice.

use std::collections::HashMap;

use crate::field::{Field, shown};
use crate::node::{Node, Value};
use crate::notes::Notes;
use crate::openslo::{self, Read};
use crate::outcome::{Context, Outcome, Remark, Verdict};
use crate::parse::{self, Document};
use crate::references::References;
use crate::{openslo_alpha, pyrra, slo_generator, sloth};

const FORMATS: &str = "Firewatch reads openslo/v1, openslo/v1alpha, openslo.com/v2alpha, sloth.slok.dev/v1, Sloth's prometheus/v1, \
                       pyrra.dev/v1alpha1 and sre.google.com/v2";

/// Reads the text of one file.
pub fn read(file: &str, text: &str, context: &Context) -> Vec<Outcome> {
    read_all(&[(file.to_owned(), text.to_owned())], context)
}

/// Reads the texts of several files together, as pairs of name and text, so that they may refer to each other.
pub fn read_all(files: &[(String, String)], context: &Context) -> Vec<Outcome> {
    let documents: Vec<(&str, Document)> = files.iter().flat_map(|(file, text)| parsed(file, text)).collect();
    let objects: Vec<(&str, Result<&Node, &Remark>)> = documents.iter().flat_map(|(file, document)| opened(file, document)).collect();
    let references = References::index(objects.iter().filter_map(|(_, object)| object.ok()));
    let mut outcomes = Vec::new();
    for (file, object) in objects {
        let read = match object {
            Ok(node) => dispatch(&Field::root(node), &references, context),
            Err(remark) => vec![(remark.line.unwrap_or(1), None, Verdict::Rejected(vec![remark.clone()]))],
        };
        outcomes.extend(read.into_iter().map(|(line, name, verdict)| Outcome { file: file.to_owned(), line: Some(line), name, verdict }));
    }
    refuse_twins(&mut outcomes);
    outcomes
}

fn parsed<'f>(file: &'f str, text: &str) -> impl Iterator<Item = (&'f str, Document)> {
    parse::documents(text).into_iter().map(move |document| (file, document))
}

/// The objects of a document: itself, or the items of a list or of a Kubernetes `List`.
fn opened<'a>(file: &'a str, document: &'a Document) -> Vec<(&'a str, Result<&'a Node, &'a Remark>)> {
    let mut objects = Vec::new();
    match document {
        Ok(node) => open(node, &mut objects),
        Err(remark) => return vec![(file, Err(remark))],
    }
    objects.into_iter().map(|node| (file, Ok(node))).collect()
}

fn open<'a>(node: &'a Node, objects: &mut Vec<&'a Node>) {
    let listed = node.text_of("kind").is_some_and(|kind| kind.ends_with("List"));
    let items = if listed { node.get("items") } else { Some(node) };
    match items.map(|items| &items.value) {
        Some(Value::List(items)) if !items.is_empty() => items.iter().for_each(|item| open(item, objects)),
        _ => objects.push(node),
    }
}

fn dispatch<'a>(object: &Field<'a>, references: &References<'a>, context: &Context) -> Read {
    let refuse = |at: &Field<'_>, message: &str, cure: &str| {
        let mut notes = Notes::default();
        notes.fault(at, message, cure);
        let name = object.get("metadata").get("name").line_text();
        vec![(object.line(), name, notes.verdict(None))]
    };
    if !object.is_map() {
        return refuse(object, "this is no object with fields", "write an SLO, or leave the file out");
    }
    let version = object.get("apiVersion");
    let kind = object.get("kind").raw().unwrap_or_default();
    match version.raw() {
        Some("openslo/v1" | "openslo.com/v2alpha") => openslo::read(object, references, context),
        Some("openslo/v1alpha") => openslo_alpha::read(object, context),
        Some("sloth.slok.dev/v1") => sloth::read_kubernetes(object, context),
        Some("pyrra.dev/v1alpha1") => pyrra::read(object, context),
        Some(_) if kind == "PrometheusRule" => refuse(&object.get("kind"), "is `PrometheusRule`: rules, not an SLO", RULES),
        Some(_) if kind.ends_with("List") => refuse(&object.get("items"), "holds no items", "add objects, or leave the file out"),
        Some(other) if other.starts_with("openslo") => {
            refuse(&version, &format!("`{}` is a version of OpenSLO that is not read", shown(other)), "write the objects in openslo/v1")
        }
        Some("sre.google.com/v2") => slo_generator::read(object, context),
        Some(other) if other.starts_with("sre.google.com/") => {
            refuse(&version, &format!("`{}` is a version of slo-generator that is not read", shown(other)), "write it in sre.google.com/v2")
        }
        Some(other) => refuse(&version, &format!("`{}` is no format that is known", shown(other)), FORMATS),
        None if object.get("version").is_given() && object.get("slos").is_given() => sloth::read_own(object, context),
        None if rules_key(object).is_given() => refuse(&rules_key(object), "holds rules, not an SLO", RULES),
        None if object.get("panels").is_given() => refuse(&object.get("panels"), "belongs to a dashboard, not to an SLO", FORMATS),
        None if object.get("backends").is_given() => {
            refuse(&object.get("backends"), "is slo-generator's configuration, not an SLO", "import the SLOs it is used with")
        }
        None => refuse(&version, "is missing, so the format is not known", FORMATS),
    }
}

/// Rule files, as Prometheus reads them and as slo-libsonnet prints them.
fn rules_key<'a>(object: &Field<'a>) -> Field<'a> {
    object.get_any(&["groups", "recordingrule", "recordingrules", "alerts", "rules"])
}

const RULES: &str = "import the specification they were generated from";

/// Names are unique within a profile: the second SLO of a name is rejected, other objects are remarked on.
fn refuse_twins(outcomes: &mut [Outcome]) {
    let mut first: HashMap<(Option<String>, String), (String, Option<u32>)> = HashMap::new();
    for outcome in outcomes {
        let kind = match &outcome.verdict {
            Verdict::Imported(_) | Verdict::Warned(..) => None,
            Verdict::Understood { kind, .. } => Some(kind.clone()),
            Verdict::Rejected(_) => continue,
        };
        let Some(name) = outcome.name.clone() else { continue };
        let key = (kind, name);
        let Some((file, line)) = first.get(&key) else {
            first.insert(key, (outcome.file.clone(), outcome.line));
            continue;
        };
        let place = format!("{} line {}", shown(file), line.unwrap_or(1));
        let remark = Remark {
            line: outcome.line,
            message: format!("the name `{}` stands twice in this import, first in {place}", shown(&key.1)),
            cure: match &key.0 {
                Some(_) => "the first is used; remove or rename the other".to_owned(),
                None => "rename or remove one of them; the SLOs of two environments need two names".to_owned(),
            },
        };
        match &mut outcome.verdict {
            Verdict::Understood { remarks, .. } => remarks.push(remark),
            verdict => *verdict = Verdict::Rejected(vec![remark]),
        }
    }
}
