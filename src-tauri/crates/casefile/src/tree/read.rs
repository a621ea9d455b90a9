//! From the document to plain values.

use serde_json::{Map, Value};
use yrs::types::Attrs;
use yrs::types::text::YChange;
use yrs::{Any, Out, ReadTxn, Text, Transact, Xml, XmlElementRef, XmlFragment, XmlOut, XmlTextRef};

use super::{DEEPEST, Mark, Node};
use crate::CaseFile;
use crate::vocabulary::mark_of;

/// What stands for something within a text that is no text.
const EMBED: &str = "embed";

impl CaseFile {
    /// The text: its blocks in order.
    pub fn blocks(&self) -> Vec<Node> {
        let txn = self.doc.transact();
        children(&self.text, &txn, 0)
    }
}

fn children<T: ReadTxn>(parent: &impl XmlFragment, txn: &T, depth: usize) -> Vec<Node> {
    if depth >= DEEPEST {
        return Vec::new();
    }
    let mut nodes = Vec::new();
    for child in parent.children(txn) {
        match child {
            XmlOut::Element(element) => nodes.push(node(&element, txn, depth)),
            XmlOut::Text(text) => runs(&text, txn, &mut nodes),
            XmlOut::Fragment(fragment) => nodes.extend(children(&fragment, txn, depth + 1)),
        }
    }
    nodes
}

fn node<T: ReadTxn>(element: &XmlElementRef, txn: &T, depth: usize) -> Node {
    let attrs = element.attributes(txn).map(|(name, value)| (name.to_owned(), plain(value)));
    let mut attrs: Vec<(String, Value)> = attrs.collect();
    attrs.sort_by(|a, b| a.0.cmp(&b.0));
    Node {
        kind: element.try_tag().map(ToString::to_string).unwrap_or_default(),
        attrs: attrs.into_iter().collect(),
        content: children(element, txn, depth + 1),
        ..Node::default()
    }
}

/// The runs of a text; neighbours with the same marks become one.
fn runs<T: ReadTxn>(text: &XmlTextRef, txn: &T, into: &mut Vec<Node>) {
    for piece in text.diff(txn, YChange::identity) {
        let marks = piece.attributes.as_deref().map(marks).unwrap_or_default();
        let Out::Any(Any::String(words)) = piece.insert else {
            // Something that is no text, within a text: no editor of ours writes it.
            into.push(Node { marks, ..Node::new(EMBED, Vec::new()) });
            continue;
        };
        match into.last_mut() {
            Some(Node { text: Some(before), marks: same, .. }) if *same == marks => before.push_str(&words),
            _ => into.push(Node::marked(&words, marks)),
        }
    }
}

fn marks(attrs: &Attrs) -> Vec<Mark> {
    let mut keys: Vec<_> = attrs.iter().filter(|(_, value)| !matches!(value, Any::Null | Any::Undefined)).collect();
    keys.sort_by(|a, b| a.0.cmp(b.0));
    keys.into_iter().map(|(key, value)| Mark { kind: mark_of(key).to_owned(), attrs: fields(value) }).collect()
}

fn fields(value: &Any) -> Map<String, Value> {
    match json(value, 0) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn plain(value: Out) -> Value {
    match value {
        Out::Any(any) => json(&any, 0),
        _ => Value::Null,
    }
}

fn json(any: &Any, depth: usize) -> Value {
    if depth >= DEEPEST {
        return Value::Null;
    }
    match any {
        Any::Null | Any::Undefined | Any::Buffer(_) => Value::Null,
        Any::Bool(truth) => Value::Bool(*truth),
        Any::Number(yrs::Number::Int(whole)) => Value::from(*whole),
        Any::Number(yrs::Number::Float(number)) if number.fract() == 0.0 && number.abs() < 9e15 => Value::from(*number as i64),
        Any::Number(yrs::Number::Float(number)) => Value::from(*number),
        Any::String(text) => Value::String(text.to_string()),
        Any::Array(items) => items.iter().map(|item| json(item, depth + 1)).collect(),
        Any::Map(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(b.0));
            sorted.into_iter().map(|(name, value)| (name.clone(), json(value, depth + 1))).collect()
        }
    }
}
