//! What was caught from anywhere, and pictures.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A line or a picture that went into a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Captured {
    /// Incident it went into.
    pub incident: String,
    /// Its title.
    pub title: String,
    /// The entry.
    pub entry: String,
}

/// A picture for the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Picture {
    /// `image/png`, `image/jpeg` or `image/gif`.
    pub mime: String,
    /// Its bytes as base64.
    pub base64: String,
}
