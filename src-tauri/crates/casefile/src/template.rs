//! What a postmortem begins with. A template is seeded as one fixed update: its client id is made from what it says, so that two
//! machines that begin the same one apart, and meet later, hold it once.

mod ours;

use yrs::Map;

use crate::CaseFile;
use crate::tree::Node;
use crate::vocabulary::{LIVE_BLOCK, META_SCHEMA, META_TEMPLATE, SCHEMA};

pub use ours::{DEFAULT, all};

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its key.
    pub key: String,
    /// As shown.
    pub title: String,
    /// What it is for, in a sentence.
    pub about: String,
    /// What the document begins with.
    pub blocks: Vec<Node>,
    /// What is checked before it is published.
    pub checklist: Vec<String>,
}

impl Template {
    /// The update that begins a document with it: the same bytes on every machine.
    pub fn seed(&self) -> Vec<u8> {
        let seeded = CaseFile::new(self.client());
        seeded.edit(|txn| {
            seeded.meta.insert(txn, META_SCHEMA, SCHEMA);
            seeded.meta.insert(txn, META_TEMPLATE, self.key.as_str());
        });
        seeded.insert_blocks(0, &self.blocks);
        seeded.whole()
    }

    /// From what it says and the schema: another wording is another author, and never the same author who says something else.
    fn client(&self) -> u32 {
        let says = serde_json::to_vec(&(SCHEMA, &self.key, &self.blocks)).unwrap_or_default();
        crc32fast::hash(&says).max(1)
    }
}

/// Fenced code marked `firewatch` becomes a live block: its first word is the kind, the rest the SLO it is about. For templates
/// that people write as Markdown.
pub fn live_fences(blocks: Vec<Node>) -> Vec<Node> {
    let live = |block: Node| {
        if block.kind != "codeBlock" || block.text_of("language") != Some("firewatch") {
            return block;
        }
        let said = block.words();
        let (kind, slo) = said.trim().split_once(char::is_whitespace).unwrap_or((said.trim(), ""));
        let node = Node::new(LIVE_BLOCK, Vec::new()).with("kind", kind);
        if slo.trim().is_empty() { node } else { node.with("slo", slo.trim()) }
    };
    blocks.into_iter().map(live).collect()
}
