//! What the person at the desk is told: one message per turn and journey, folded, counted, held or summed up.

use serde::{Deserialize, Serialize};

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Good news.
    Low,
    /// In working hours.
    Normal,
    /// Now.
    Critical,
}

impl Urgency {
    /// As stored and shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::Critical => "critical",
        }
    }
}

/// A message as it stands on the desktop. Texts are plain, cut and free of markup and control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Toasts with the same key replace each other.
    pub key: String,
    /// Headline.
    pub title: String,
    /// One to three sentences.
    pub body: String,
    /// How much it matters.
    pub urgency: Urgency,
    /// A later message of the same key, without sound or pop-up where the server can.
    pub silent: bool,
    /// Play the desktop's alert sound.
    pub sound: bool,
    /// It is about something that can be acknowledged, declared and snoozed.
    pub actions: bool,
}
