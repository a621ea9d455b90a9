//! Names inside the document, and which of them this version knows. They are those of the editor (TipTap), so that it reads and
//! writes the same document. What is not listed here is kept and passed on, and makes the document read-only: an editor
//! deletes what its schema lacks, for everybody.

/// The schema this version writes.
pub const SCHEMA: u32 = 1;

/// Root of the text.
pub const TEXT: &str = "postmortem";
/// Root of what is said about the document.
pub const META: &str = "meta";
/// Its schema.
pub const META_SCHEMA: &str = "schema";
/// The template it was begun from.
pub const META_TEMPLATE: &str = "template";

/// A block that the incident feeds; attributes `kind`, `slo` and, once the document is published, `data`.
pub const LIVE_BLOCK: &str = "liveBlock";

/// Nodes this version knows.
pub const NODES: &[&str] = &[
    "paragraph",
    "heading",
    "bulletList",
    "orderedList",
    "listItem",
    "taskList",
    "taskItem",
    "blockquote",
    "codeBlock",
    "horizontalRule",
    "hardBreak",
    "image",
    "table",
    "tableRow",
    "tableHeader",
    "tableCell",
    "mention",
    LIVE_BLOCK,
];

/// Marks this version knows.
pub const MARKS: &[&str] = &["bold", "italic", "strike", "code", "underline", "link"];

/// The mark a formatting key stands for: marks that overlap themselves are written as `name--hash`.
pub fn mark_of(key: &str) -> &str {
    match key.rsplit_once("--") {
        Some((name, hash)) if hash.len() == 8 && !name.is_empty() => name,
        _ => key,
    }
}
