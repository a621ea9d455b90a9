//! Hours of work on an incident.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Somebody worked for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct HoursRow {
    /// Id.
    pub id: String,
    /// Who.
    pub person: String,
    /// When it began, RFC 3339.
    pub from: String,
    /// How long, in minutes; up to now while it runs.
    pub minutes: u32,
    /// Minutes of it at night.
    pub night_minutes: u32,
    /// On what.
    pub note: String,
    /// Only this profile has it.
    pub private: bool,
    /// The clock runs.
    pub running: bool,
}

/// What one person did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct HoursPerson {
    /// Who.
    pub person: String,
    /// Minutes.
    pub minutes: u32,
    /// Of them at night.
    pub night_minutes: u32,
}

/// All hours of an incident that this profile knows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct HoursView {
    /// Each spell, oldest first.
    pub rows: Vec<HoursRow>,
    /// By person, most first.
    pub people: Vec<HoursPerson>,
    /// Minutes of everybody.
    pub minutes: u32,
    /// Of them at night.
    pub night_minutes: u32,
    /// Of them known to this profile alone.
    pub private_minutes: u32,
}

/// Hours to be written down.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct HoursForm {
    /// How long: `1h30m`, `90m`, `1:30`, `1.5`.
    pub length: String,
    /// Who; empty for the person at this desk.
    pub person: String,
    /// When it began, RFC 3339 or unix seconds; empty for so long before now.
    pub from: String,
    /// On what.
    pub note: String,
    /// IANA zone of the person's night; empty for that of the settings.
    pub zone: String,
    /// Share it at once.
    pub share: bool,
}
