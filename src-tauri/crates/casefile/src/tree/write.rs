//! From plain values into the document. Attributes and marks go in in the order of their names: the same values make the same bytes.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use yrs::types::Attrs;
use yrs::{Any, Text, TransactionMut, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlTextPrelim};

use super::{DEEPEST, Mark, Node};
use crate::CaseFile;

impl CaseFile {
    /// Puts blocks in before the block at `index`, or at the end; answers the update that carries them.
    pub fn insert_blocks(&self, index: usize, blocks: &[Node]) -> Vec<u8> {
        self.edit(|txn| {
            let at = (index as u64).min(u64::from(self.text.len(txn))) as u32;
            fill(&self.text, txn, at, blocks, 0);
        })
        .1
    }
}

/// Writes nodes into a parent from a position on; runs that stand together share one text.
fn fill(parent: &impl XmlFragment, txn: &mut TransactionMut<'_>, mut at: u32, nodes: &[Node], depth: usize) {
    if depth >= DEEPEST {
        return;
    }
    let mut rest = nodes;
    while let Some(first) = rest.first() {
        let together = rest.iter().take_while(|node| node.is_text()).count();
        if together > 0 {
            let text = parent.insert(txn, at, XmlTextPrelim::new(""));
            for run in &rest[..together] {
                write_run(&text, txn, run);
            }
            rest = &rest[together..];
        } else {
            let element = parent.insert(txn, at, XmlElementPrelim::empty(first.kind.as_str()));
            write_attributes(&element, txn, &first.attrs);
            fill(&element, txn, 0, &first.content, depth + 1);
            rest = &rest[1..];
        }
        at += 1;
    }
}

fn write_run(into: &yrs::XmlTextRef, txn: &mut TransactionMut<'_>, run: &Node) {
    let words = run.text.as_deref().unwrap_or_default();
    if words.is_empty() {
        return;
    }
    let from = into.len(txn);
    into.insert_with_attributes(txn, from, words, HashMap::new());
    let length = into.len(txn) - from;
    let mut marks: Vec<&Mark> = run.marks.iter().collect();
    marks.sort_by(|a, b| a.kind.cmp(&b.kind));
    for mark in marks {
        let value = any(&Value::Object(mark.attrs.clone()));
        into.format(txn, from, length, Attrs::from([(Arc::from(mark.kind.as_str()), value)]));
    }
}

fn write_attributes(element: &XmlElementRef, txn: &mut TransactionMut<'_>, attrs: &Map<String, Value>) {
    let mut sorted: Vec<_> = attrs.iter().filter(|(_, value)| !value.is_null()).collect();
    sorted.sort_by(|a, b| a.0.cmp(b.0));
    for (name, value) in sorted {
        element.insert_attribute(txn, name.as_str(), any(value));
    }
}

fn any(value: &Value) -> Any {
    match value {
        Value::Null => Any::Null,
        Value::Bool(truth) => Any::Bool(*truth),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Any::Number(yrs::Number::Int(whole)),
            None => Any::Number(yrs::Number::Float(number.as_f64().unwrap_or_default())),
        },
        Value::String(text) => Any::String(Arc::from(text.as_str())),
        Value::Array(items) => Any::Array(items.iter().map(any).collect()),
        Value::Object(fields) => Any::Map(Arc::new(fields.iter().map(|(name, value)| (name.clone(), any(value))).collect())),
    }
}
