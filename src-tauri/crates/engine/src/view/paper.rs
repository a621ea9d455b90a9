//! An incident written out.

use serde::{Deserialize, Serialize};
use specta::Type;

/// An incident as a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct IncidentPaper {
    /// `md`, `html` or `json`.
    pub format: String,
    /// A name for its file.
    pub name: String,
    /// The document.
    pub text: String,
}
