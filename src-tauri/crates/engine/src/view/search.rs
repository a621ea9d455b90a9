//! What a search finds.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Something that was found: the public contract of `firewatchctl search --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HitRow {
    /// `incident`, `entry`, `followup`, `slo` or `postmortem`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Incident it belongs to.
    pub incident: Option<String>,
    /// That incident's title.
    pub incident_title: Option<String>,
    /// Its title; empty where it has none.
    pub title: String,
    /// Where it was hit.
    pub excerpt: String,
    /// The title in pieces.
    pub title_pieces: Vec<Piece>,
    /// The excerpt in pieces.
    pub excerpt_pieces: Vec<Piece>,
    /// Of a follow-up: where it stands and whether it was proven. Of a postmortem: its state.
    pub note: Option<String>,
    /// When it was written, RFC 3339.
    pub at: String,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Piece {
    /// Text, and never markup.
    pub text: String,
    /// It is what was looked for.
    pub hit: bool,
}

/// An earlier incident that looks like another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Alike {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub phase: String,
    /// When it was declared, RFC 3339.
    pub at: String,
    /// SLOs that both concern.
    pub shared_slos: Vec<String>,
    /// What was done about it.
    pub followups: Vec<AlikeFollowUp>,
}

/// What was done about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AlikeFollowUp {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Where it stands.
    pub status: String,
    /// `proven, 10.2×`; none where nothing was measured.
    pub verdict: Option<String>,
}
