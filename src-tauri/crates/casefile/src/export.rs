//! Giving the text out: Markdown, a page of HTML, the markup of Jira and Confluence, JSON. All are made from the same plain values,
//! with live blocks filled in and pictures beside.

mod html;
mod markdown;
mod normal;
mod page;
mod wiki;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::tree::Node;
use crate::vocabulary::LIVE_BLOCK;

pub(crate) use html::escaped;
pub use normal::normal;

/// A postmortem ready to be written out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// What is said above the text, such as severity and state: a label and its value.
    pub facts: Vec<(String, String)>,
    /// The text; live blocks hold what they show as their content.
    pub blocks: Vec<Node>,
    /// Pictures by their hash.
    pub images: BTreeMap<String, String>,
}

impl Paper {
    /// `CommonMark` with the extensions of GitHub. What they cannot say (cells over several columns, lists in cells) is HTML inside;
    /// every block is read back and must come out as it was.
    pub fn markdown(&self) -> String {
        markdown::written(self)
    }

    /// One page of HTML that needs nothing else: styles, pictures and charts are inside, nothing in it runs or loads.
    pub fn html(&self) -> String {
        page::written(self)
    }

    /// The markup of Jira and Confluence (wiki renderer).
    pub fn wiki(&self) -> String {
        wiki::written(self)
    }

    /// The editor's JSON with the facts beside; what live blocks show is in their `data`.
    pub fn json(&self) -> Value {
        let facts: BTreeMap<&str, &str> = self.facts.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
        json!({
            "title": self.title,
            "facts": facts,
            "document": { "type": "doc", "content": as_edited(&self.blocks) },
            "images": self.images,
        })
    }

    /// What stands above the text in Markdown, as it reads back.
    pub fn front(&self) -> Vec<Node> {
        markdown::front(self)
    }

    /// Where a picture's bytes are, if they are here and are a picture.
    fn picture(&self, node: &Node) -> Option<&str> {
        let hash = node.text_of("src")?.strip_prefix("sha256:")?;
        self.images.get(hash).map(String::as_str).filter(|address| crate::import::is_picture(address))
    }
}

/// Blocks as the editor holds them: live ones have no content.
fn as_edited(blocks: &[Node]) -> Vec<Node> {
    let edited =
        |block: &Node| Node { content: if block.kind == LIVE_BLOCK { Vec::new() } else { as_edited(&block.content) }, ..block.clone() };
    blocks.iter().map(edited).collect()
}
