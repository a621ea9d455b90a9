//! The Watch page: journeys and SLOs, worst first, and what the frame shows around every page.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AlertSource, Captured, FoldedCount};

/// One row of the Watch list. Detail is fetched apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SloRow {
    /// Stable id.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// Name for people; the unique name where none was given.
    pub title: String,
    /// Journey.
    pub journey: String,
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// Source name.
    pub source: String,
    /// `blind`, `exhausted`, `burning` or `calm`.
    pub state: String,
    /// `none`, `ticket` or `page`.
    pub burn: String,
    /// Why, in words.
    pub reason: Option<String>,
    /// Target ratio, 0 to 1.
    pub objective: f64,
    /// Window as `30d`.
    pub window: String,
    /// Signed share of the budget that is left.
    pub remaining: Option<f64>,
    /// Share of the budget the present burn takes within the next long window of its rule.
    pub next_loss: Option<f64>,
    /// Burn rate over the shortest page rule's long look-back.
    pub burn_rate: Option<f64>,
    /// Seconds until nothing is left.
    pub time_to_exhaustion_s: Option<f64>,
    /// Unix seconds of the newest data, for an age that ticks.
    pub data_at: Option<f64>,
    /// Bad events in the window.
    pub bad: Option<f64>,
    /// All events in the window.
    pub total: Option<f64>,
    /// Events that may be bad.
    pub allowed: Option<f64>,
    /// Share of history already read; `null` once it is all there.
    pub history: Option<f64>,
    /// The counts are estimates.
    pub estimated: bool,
    /// Weight within its journey.
    pub weight: u32,
    /// Firing alerts that are about this SLO alone; those about its journey are counted there.
    #[serde(default)]
    pub alerts: u32,
}

/// Burn of an SLO over the last day, for the sketch in its row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Spark {
    /// SLO.
    pub id: String,
    /// Burn rates of 24 hourly steps, oldest first.
    pub points: Vec<Option<f64>>,
}

/// A journey with the state of its worst SLO.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct JourneyRow {
    /// Key for acknowledge and snooze: journey and environment.
    pub key: String,
    /// Journey name.
    pub journey: String,
    /// Environment.
    pub environment: String,
    /// Worst state of its SLOs.
    pub state: String,
    /// SLOs in it.
    pub slos: u32,
    /// Shortest time to exhaustion.
    pub time_to_exhaustion_s: Option<f64>,
    /// Someone acknowledged it and it has not worsened since.
    pub acknowledged: bool,
    /// Snoozed here until (unix seconds).
    pub snoozed_until: Option<f64>,
    /// Share of the budgets that is left, by the weights of its SLOs; `null` where one of them cannot be known.
    pub remaining: Option<f64>,
    /// Alerts folded under it.
    pub alerts: FoldedCount,
}

/// The incident the strip on top shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct OpenIncident {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// `SEV0` to `SEV3`.
    pub severity: String,
    /// Phase.
    pub phase: String,
    /// Unix seconds of its declaration.
    pub declared_at: f64,
    /// When the next status update is due, unix seconds.
    pub update_due: Option<f64>,
    /// When each open stream counts as gone quiet, unix seconds; none once nobody is hurried any more.
    pub quiet_at: Vec<f64>,
}

/// What the frame shows around every page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Frame {
    /// The engine's time in unix seconds (the drill's clock runs faster).
    pub now: f64,
    /// Simulated seconds per real second; 1 outside the drill.
    pub pace: f64,
    /// This profile is the drill's.
    pub drill: bool,
    /// The drill's story line as of now, if it is the drill.
    pub drill_step: Option<String>,
    /// No source has been added yet: show the first-start choice.
    pub first_start: bool,
    /// Polling is paused until (unix seconds).
    pub paused_until: Option<f64>,
    /// When the machine was last away: (asleep or off) from, to; unix seconds.
    pub away: Option<Away>,
    /// Announcements are held because the person is off shift: since when it says so, in words; none while they are not.
    pub off_shift: Option<String>,
    /// What was caught into a timeline a moment ago and can be taken back.
    pub captured: Option<Captured>,
    /// Unread announcements in the inbox.
    pub unread: u32,
    /// Acts that wait to go out.
    pub outbox_waiting: u32,
    /// Acts that wait for the person: refused, or unknown with nobody to ask.
    pub outbox_stuck: u32,
    /// Worst state over everything, the tray's face.
    pub face: String,
    /// Open incidents, worst first.
    pub incidents: Vec<OpenIncident>,
    /// What SEV0 to SEV3 are called here, in this order; empty for no other name.
    pub severity_names: Vec<String>,
    /// Incidents that policies propose and nobody opened or put away, newest first.
    pub proposals: Vec<Proposed>,
    /// Things that do not work as they should, each with its cure (no notifications, no tray, no keyring, database recovered).
    pub degraded: Vec<Degraded>,
    /// The window was closed before and the person was told that watching goes on.
    pub told_about_tray: bool,
}

/// An incident that a policy proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Proposed {
    /// Id of its announcement, to take it or to put it away.
    pub id: String,
    /// What is asked.
    pub title: String,
    /// Why.
    pub body: String,
    /// `SEV0` to `SEV3`.
    pub severity: String,
    /// Unix seconds.
    pub at: f64,
}

/// A span in which this machine did not watch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Away {
    /// Unix seconds.
    pub from: f64,
    /// Unix seconds.
    pub to: f64,
}

/// Something that works less than it should.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Degraded {
    /// `notifications`, `tray`, `keyring`, `clock`, `database`, `source:NAME`, …
    pub part: String,
    /// What is wrong.
    pub message: String,
    /// What the person can do.
    pub cure: String,
}

/// Everything the Watch list needs, in one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct WatchPage {
    /// The frame at the same moment.
    pub frame: Frame,
    /// Journeys, worst first.
    pub journeys: Vec<JourneyRow>,
    /// SLOs, worst first.
    pub slos: Vec<SloRow>,
    /// Alerts that are folded nowhere.
    pub elsewhere: FoldedCount,
    /// Sources that tell alerts.
    pub alert_sources: Vec<AlertSource>,
}

/// One announcement in the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct InboxItem {
    /// Id.
    pub id: String,
    /// Journey key it belongs to.
    pub journey_key: String,
    /// Unix seconds of the turn.
    pub at: f64,
    /// `critical`, `normal` or `low`.
    pub urgency: String,
    /// Headline.
    pub title: String,
    /// Body.
    pub body: String,
    /// `waiting`, `shown`, `folded` or `held` (by quiet hours or snooze).
    pub delivery: String,
    /// Which rule decided that, in words.
    pub why: String,
    /// Unix seconds of acknowledgement.
    pub acknowledged_at: Option<f64>,
    /// Not opened yet.
    pub unread: bool,
    /// SLO it is about, to open it.
    pub slo_id: Option<String>,
    /// Severity of the incident that is proposed.
    pub proposal: Option<String>,
    /// The incident that was opened for the proposal.
    pub incident_id: Option<String>,
}
