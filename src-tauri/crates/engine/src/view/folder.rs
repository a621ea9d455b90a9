//! Watched folders.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::ImportLine;

/// A folder whose documents are the source of truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct FolderRow {
    /// Id.
    pub id: String,
    /// Absolute path.
    pub path: String,
    /// Source its SLOs are read from.
    pub source: String,
    /// Environment of documents that name none.
    pub environment: String,
    /// SLOs it defines.
    pub slos: u32,
    /// Names of SLOs whose file is gone: they are kept until they are removed by hand.
    pub gone: Vec<String>,
    /// Unix seconds of the last time its files were read.
    pub read_at: Option<f64>,
    /// Why the folder itself cannot be read.
    pub error: Option<String>,
    /// Documents that were rejected or taken with a remark, with file and line.
    pub remarks: Vec<ImportLine>,
}
