//! A place in a document: its value if there is one, its path and its line, so that every remark can name it.

use firewatch_domain::words::plain;

use crate::node::{Node, Value};
use crate::notes::Notes;

/// Longest piece of a document that is quoted in a remark.
const SHOWN: usize = 80;
/// Longest text kept of titles, names of services and the like.
const LONGEST_LINE: usize = 250;
/// Longest description kept.
const LONGEST_PARAGRAPH: usize = 4000;

/// A place in a document.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    node: Option<&'a Node>,
    path: String,
    line: u32,
    referred: bool,
}

impl<'a> Field<'a> {
    /// The root of an object.
    pub(crate) fn root(node: &'a Node) -> Self {
        Self { node: Some(node), path: String::new(), line: node.line, referred: false }
    }

    /// The root of an object that is referred to: it may stand in another file, so lines are the reference's.
    pub(crate) fn referred(node: &'a Node, called: &str, line: u32) -> Self {
        Self { node: Some(node), path: called.to_owned(), line, referred: true }
    }

    /// A field below; it may be absent.
    pub(crate) fn get(&self, key: &str) -> Self {
        let node = self.node.and_then(|n| n.get(key));
        self.below(node, self.path_to(key))
    }

    /// The first of several spellings of a field that is present; the first spelling when none is.
    pub(crate) fn get_any(&self, keys: &[&str]) -> Self {
        let found = keys.iter().map(|key| self.get(key)).find(Self::is_given);
        found.unwrap_or_else(|| self.get(keys.first().copied().unwrap_or_default()))
    }

    /// Path from the object's root, such as `spec.objectives[0].target`.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Its line, or that of the nearest parent.
    pub(crate) fn line(&self) -> u32 {
        self.line
    }

    /// Whether something stands there.
    pub(crate) fn is_given(&self) -> bool {
        self.node.is_some_and(|n| n.value != Value::Null)
    }

    /// Whether it is a mapping.
    pub(crate) fn is_map(&self) -> bool {
        self.node.is_some_and(|n| matches!(n.value, Value::Map(_)))
    }

    /// The scalar's text as it stands, without a remark when there is none.
    pub(crate) fn raw(&self) -> Option<&'a str> {
        self.node.and_then(Node::text)
    }

    /// A scalar that means something to us; absent is fine, another shape or a placeholder is a fault.
    pub(crate) fn text(&self, notes: &mut Notes) -> Option<&'a str> {
        let node = self.node.filter(|n| n.value != Value::Null)?;
        let Some(text) = node.text() else {
            notes.fault(self, format!("is {}, a plain value is expected", node.sort()), "write one value");
            return None;
        };
        if has_placeholder(text) {
            let message = format!("holds a placeholder: `{}`", plain(text, SHOWN));
            notes.fault(self, message, "fill it in before the import, for example with envsubst");
            return None;
        }
        Some(text)
    }

    /// A scalar that must be there and not be blank.
    pub(crate) fn required(&self, notes: &mut Notes, cure: &str) -> Option<&'a str> {
        if !self.is_given() || self.raw().is_some_and(|text| text.trim().is_empty()) {
            notes.fault(self, "is missing", cure);
            return None;
        }
        self.text(notes)
    }

    /// One line of text for people, which may be absent and may hold anything.
    pub(crate) fn line_text(&self) -> Option<String> {
        self.raw().map(|text| plain(text, LONGEST_LINE)).filter(|text| !text.is_empty())
    }

    /// A paragraph for people; line breaks stay.
    pub(crate) fn paragraph(&self) -> String {
        let lines = self.raw().unwrap_or_default().lines().map(|line| plain(line, LONGEST_PARAGRAPH));
        let text: String = lines.collect::<Vec<_>>().join("\n").chars().take(LONGEST_PARAGRAPH).collect();
        text.trim().to_owned()
    }

    /// The items of a list; absent is an empty list, another shape is a fault.
    pub(crate) fn items(&self, notes: &mut Notes) -> Vec<Self> {
        match self.node.map(|n| (n, &n.value)) {
            None | Some((_, Value::Null)) => Vec::new(),
            Some((_, Value::List(items))) => {
                items.iter().enumerate().map(|(i, node)| self.below(Some(node), format!("{}[{i}]", self.path))).collect()
            }
            Some((node, _)) => {
                notes.fault(self, format!("is {}, a list is expected", node.sort()), "start each item with `- `");
                Vec::new()
            }
        }
    }

    /// Keys and fields of a mapping; nothing for any other shape.
    pub(crate) fn entries(&self) -> Vec<(&'a str, Self)> {
        match self.node.map(|n| &n.value) {
            Some(Value::Map(entries)) => {
                entries.iter().map(|(key, node)| (key.as_str(), self.below(Some(node), self.path_to(key)))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn below(&self, node: Option<&'a Node>, path: String) -> Self {
        let line = node.filter(|_| !self.referred).map_or(self.line, |n| n.line);
        Self { node, path, line, referred: self.referred }
    }

    fn path_to(&self, key: &str) -> String {
        let joint = if self.path.is_empty() || self.path.ends_with(' ') { "" } else { "." };
        format!("{}{joint}{key}", self.path)
    }

    /// The texts of a scalar, or of a list of scalars.
    pub(crate) fn texts(&self) -> Vec<&'a str> {
        match self.node.map(|n| &n.value) {
            Some(Value::Scalar(text)) => vec![text.as_str()],
            Some(Value::List(items)) => items.iter().filter_map(Node::text).collect(),
            _ => Vec::new(),
        }
    }
}

/// A piece of a document as it may stand in a remark.
pub(crate) fn shown(text: &str) -> String {
    plain(text, SHOWN)
}

/// `${NAME}`, which some tool was to fill in.
fn has_placeholder(text: &str) -> bool {
    text.split("${").skip(1).any(|rest| {
        let name: String = rest.chars().take_while(|c| *c != '}').take(100).collect();
        rest.len() > name.len() && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
    })
}
