//! Settings, policies, doctor.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Settings {
    /// The person's name, author of entries.
    pub name: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Quiet hours hold all but pages.
    pub quiet_on: bool,
    /// Local time `22:00`.
    pub quiet_from: String,
    /// Local time `07:00`.
    pub quiet_to: String,
    /// Hold pages too during quiet hours.
    pub quiet_holds_pages: bool,
    /// Address that is pinged while all is watched; empty for none.
    pub heartbeat_url: String,
    /// Seconds between pings.
    pub heartbeat_interval_s: f64,
    /// Play the desktop's alert sound with a page.
    pub sound: bool,
    /// Start at login.
    pub start_at_login: bool,
    /// Closing the window keeps the watch in the tray.
    pub close_keeps_watch: bool,
    /// Link to the war room; `{incident}`, `{random}` and `{date}` are filled in. Empty for none.
    pub room_template: String,
    /// Roles of an incident beside those that are known.
    pub own_roles: Vec<String>,
    /// What SEV0 to SEV3 are called here, in this order; empty for no other name.
    pub severity_names: Vec<String>,
    /// Names and addresses under which the person stands in calendars of shifts, apart by commas; empty for the name above.
    pub on_call_as: String,
    /// Announcements wait while the person is certainly off shift.
    pub only_on_call: bool,
    /// IANA zone of the person's nights and of calendars that name none; empty for the machine's.
    pub zone: String,
    /// Night hours begin, local time `22:00`.
    pub night_from: String,
    /// Night hours end.
    pub night_to: String,
    /// Key that catches a line from anywhere, such as `Ctrl+Alt+Space`; empty for none.
    pub capture_key: String,
}

/// What is ordered when something holds for an SLO.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct PolicyRow {
    /// Id; empty when new.
    pub id: String,
    /// Journey it applies to; empty for all.
    pub journey: String,
    /// Service it applies to; empty for all.
    pub service: String,
    /// Environment it applies to; empty for all.
    pub environment: String,
    /// `consumed:50`, `days-left:3`, `burn-page`, `burn-ticket`, `exhausted` or `blind`.
    pub trigger: String,
    /// Minutes the trigger must hold.
    pub hold_minutes: u32,
    /// `notify`, `propose` or `open_incident`.
    pub action: String,
    /// Severity of the incident, `SEV0` to `SEV3`.
    pub severity: String,
    /// Switched on.
    pub enabled: bool,
}

/// One line of the doctor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DoctorLine {
    /// `notifications`, `tray`, `keyring`, `clock`, `database`, `source NAME`, `heartbeat`.
    pub part: String,
    /// `ok`, `degraded` or `broken`.
    pub verdict: String,
    /// What was seen.
    pub message: String,
    /// What to do; empty when ok.
    pub cure: String,
}
