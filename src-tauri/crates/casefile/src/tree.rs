//! The text as plain values, in the shape the editor's JSON has: nodes with attributes and content, texts with marks.
//!
//! Reading is tolerant: what this version does not know comes out as it is. Writing goes the same way back. Both are bounded in
//! depth, so that a hostile document cannot exhaust the stack.

mod read;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Deepest nesting that is read; what lies deeper is left out of views, never out of the document.
pub const DEEPEST: usize = 64;

/// A node of the text, or a run of text (`kind` is then `text`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its name.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attributes.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attrs: Map<String, Value>,
    /// What is inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Self>,
    /// The text of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Marks of a run, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// A mark on a run of text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Its name.
    #[serde(rename = "type")]
    pub kind: String,
    /// Attributes.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attrs: Map<String, Value>,
}

impl Mark {
    /// A mark without attributes.
    pub fn new(kind: &str) -> Self {
        Self { kind: kind.to_owned(), attrs: Map::new() }
    }

    /// Where a link leads.
    pub fn href(&self) -> Option<&str> {
        self.attrs.get("href")?.as_str()
    }

    /// A link.
    pub fn link(href: &str) -> Self {
        let mut link = Self::new("link");
        link.attrs.insert("href".to_owned(), href.into());
        link
    }
}

impl Node {
    /// A node with content.
    pub fn new(kind: &str, content: Vec<Self>) -> Self {
        Self { kind: kind.to_owned(), content, ..Self::default() }
    }

    /// The same with an attribute.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.attrs.insert(name.to_owned(), value.into());
        self
    }

    /// A run of text.
    pub fn text(text: &str) -> Self {
        Self { kind: "text".to_owned(), text: Some(text.to_owned()), ..Self::default() }
    }

    /// A run of text with marks.
    pub fn marked(text: &str, marks: Vec<Mark>) -> Self {
        Self { marks, ..Self::text(text) }
    }

    /// A paragraph of plain text.
    pub fn paragraph(text: &str) -> Self {
        Self::new("paragraph", if text.is_empty() { Vec::new() } else { vec![Self::text(text)] })
    }

    /// Whether it is a run of text.
    pub fn is_text(&self) -> bool {
        self.text.is_some()
    }

    /// An attribute that is a text.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.attrs.get(name)?.as_str()
    }

    /// An attribute that is a number; texts that read as one count.
    pub fn number_of(&self, name: &str) -> Option<f64> {
        let value = self.attrs.get(name)?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
    }

    /// An attribute that is true.
    pub fn is(&self, name: &str) -> bool {
        self.attrs.get(name).is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"))
    }

    /// All words in it, blocks apart by line ends.
    pub fn words(&self) -> String {
        let mut out = String::new();
        self.gather(&mut out);
        out.trim_end().to_owned()
    }

    fn gather(&self, out: &mut String) {
        match self.kind.as_str() {
            "hardBreak" => out.push('\n'),
            "mention" => {
                out.push('@');
                out.push_str(self.text_of("label").filter(|label| !label.is_empty()).or(self.text_of("id")).unwrap_or_default());
            }
            "image" => out.push_str(self.text_of("alt").unwrap_or_default()),
            _ => out.push_str(self.text.as_deref().unwrap_or_default()),
        }
        for child in &self.content {
            child.gather(out);
        }
        let inline = self.is_text() || matches!(self.kind.as_str(), "hardBreak" | "mention");
        if !inline && !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    }
}
