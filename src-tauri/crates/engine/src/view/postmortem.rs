//! Postmortems as the window and `firewatchctl postmortem` show them. The text itself travels as bytes of its own.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Somebody who is to read a postmortem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ReviewerRow {
    /// Who.
    pub person: String,
    /// They read it and hold it to be right.
    pub approved: bool,
}

/// A point of the checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ReviewPoint {
    /// What is looked at.
    pub text: String,
    /// Who looked at it; null while nobody has.
    pub done_by: Option<String>,
}

/// A line of the list: every incident that has, or could have, a postmortem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct PostmortemRow {
    /// Incident.
    pub incident: String,
    /// Its title.
    pub title: String,
    /// `SEV0` to `SEV3`.
    pub severity: String,
    /// Phase of the incident.
    pub phase: String,
    /// Declared in the drill.
    pub drill: bool,
    /// `none`, `draft`, `in_review`, `published`.
    pub state: String,
    /// When it was last written in, RFC 3339.
    pub edited_at: Option<String>,
    /// By whom.
    pub edited_by: Option<String>,
    /// Words in its text.
    pub words: f64,
    /// Who is to read it.
    pub reviewers: Vec<ReviewerRow>,
}

/// How a postmortem stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct PostmortemStanding {
    /// Incident.
    pub incident: String,
    /// `none`, `draft`, `in_review`, `published`.
    pub state: String,
    /// When it was published, RFC 3339.
    pub published_at: Option<String>,
    /// Who is to read it.
    pub reviewers: Vec<ReviewerRow>,
    /// What is looked at before it is published.
    pub checklist: Vec<ReviewPoint>,
}

/// A template to begin with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TemplateRow {
    /// Its key.
    pub id: String,
    /// As shown.
    pub title: String,
    /// What it is for.
    pub about: String,
    /// The person's own.
    pub own: bool,
}

/// What a live block shows now; `data` is the JSON text of `Shown`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BlockData {
    /// Kind of block.
    pub kind: String,
    /// SLO it was asked for; null for the incident's first.
    pub slo: Option<String>,
    /// A JSON text; its `kind` is the block's.
    pub data: String,
}

/// A moment of a document's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct HistoryRow {
    /// Its name: that of its last update.
    pub id: String,
    /// First edit, RFC 3339.
    pub from: String,
    /// Last edit, RFC 3339.
    pub at: String,
    /// Who wrote in it.
    pub authors: Vec<String>,
    /// Updates it is kept in.
    pub edits: f64,
}

/// A block at two moments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ComparedBlock {
    /// `same`, `added`, `removed`, `changed`.
    pub change: String,
    /// Its place at the earlier moment.
    pub before_at: Option<f64>,
    /// What it said then.
    pub before: Option<String>,
    /// Its place at the later moment.
    pub after_at: Option<f64>,
    /// What it says then.
    pub after: Option<String>,
}

/// A stretch of the text that one person wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct WrittenBy {
    /// Which block, from 0.
    pub block: f64,
    /// Who; empty where nobody said.
    pub author: String,
    /// When it came here, RFC 3339.
    pub at: String,
    /// The words.
    pub text: String,
}

/// A document that was written out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Document {
    /// `md`, `html`, `json`, `jira`.
    pub format: String,
    /// A name for its file.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportedText {
    /// Incident.
    pub incident: String,
    /// Blocks that came in.
    pub blocks: f64,
    /// What was left out, in sentences.
    pub notes: Vec<String>,
}
