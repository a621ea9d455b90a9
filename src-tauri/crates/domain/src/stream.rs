//! Lines of investigation: who looks into what, and when they were last heard.

use chrono::{DateTime, Duration, Utc};

use crate::policy::Grade;

/// A line of investigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Id within the incident.
    pub id: String,
    /// What it looks into.
    pub title: String,
    /// Who owns it; empty for nobody.
    pub owner: String,
    /// When it was last heard.
    pub heard_at: DateTime<Utc>,
    /// What was heard last.
    pub said: String,
    /// What it found, once it is closed.
    pub outcome: Option<String>,
}

impl Stream {
    /// Whether it has not been heard for longer than the gravity of the incident allows.
    pub fn quiet(&self, severity: Grade, now: DateTime<Utc>) -> bool {
        self.outcome.is_none() && now - self.heard_at >= patience(severity)
    }
}

/// How long a stream may be silent.
pub fn patience(severity: Grade) -> Duration {
    Duration::minutes(match severity {
        Grade::Sev0 => 10,
        Grade::Sev1 => 15,
        Grade::Sev2 => 30,
        Grade::Sev3 => 120,
    })
}
