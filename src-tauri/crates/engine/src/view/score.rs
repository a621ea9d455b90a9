//! How a drill went.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Seconds of the person's time after the first notification; none for what was not done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DrillScore {
    /// When the first notification was shown, by the story's clock, RFC 3339.
    pub notified_at: String,
    /// Simulated seconds per real second.
    pub pace: f64,
    /// Until somebody had it.
    pub acknowledged_s: Option<f64>,
    /// Until an incident was declared.
    pub declared_s: Option<f64>,
    /// Until the first status update was written.
    pub updated_s: Option<f64>,
}
