//! Tickets and trackers as the window and `firewatchctl` show them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// The ticket of a follow-up, in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TicketRow {
    /// Its key; none before it was made.
    pub key: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// `queued`, `unknown`, `rejected`, `linked`, `conflict`, `deleted`, `forbidden`, or `elsewhere` while another machine makes it.
    pub state: String,
}

/// The ticket of a follow-up, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TicketView {
    /// Id of the follow-up.
    pub followup: String,
    /// Name of the tracker.
    pub tracker: String,
    /// Its key; none before it was made.
    pub key: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// As in a list.
    pub state: String,
    /// Its status there, by the tracker's own name.
    pub status: Option<String>,
    /// What stands in the way, with the cure.
    pub trouble: Option<String>,
    /// What the tracker said about single fields, by their name there.
    pub refused: BTreeMap<String, String>,
    /// Id of the act that the trouble is about: for trying again, or settling by hand.
    pub act: Option<String>,
    /// Acts about it that wait.
    pub waiting: u32,
    /// Fields that both sides changed.
    pub conflicts: Vec<ConflictRow>,
    /// Its description holds what cannot be written back, so it is never written over.
    pub opaque: bool,
    /// Its newest comments, oldest first.
    pub comments: Vec<RemarkRow>,
}

/// A field that both sides changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ConflictRow {
    /// `summary`, `description`, `status`, `assignee`, `priority` or `due`.
    pub field: String,
    /// What both last agreed on.
    pub base: String,
    /// What the follow-up says.
    pub ours: String,
    /// What the tracker says.
    pub theirs: String,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RemarkRow {
    /// Who wrote it.
    pub author: String,
    /// When, RFC 3339.
    pub at: String,
    /// What, as Markdown.
    pub text: String,
    /// Written from here.
    pub ours: bool,
}

/// A step that a ticket's status offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct WayRow {
    /// Id of the status it leads to.
    pub status: String,
    /// Name of that status.
    pub name: String,
    /// `new`, `indeterminate` or `done`.
    pub category: String,
}

/// A tracker as set up; never its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TrackerRow {
    /// Unique name.
    pub name: String,
    /// `jira_cloud` or `jira_datacenter`.
    pub kind: String,
    /// Base address.
    pub url: String,
    /// Key of the project.
    pub project: String,
    /// Type of new issues.
    pub issue_type: String,
    /// As whom.
    pub account: String,
    /// Where the token is: `keyring`, `variable NAME` or `session`.
    pub secret: String,
    /// New follow-ups become tickets by themselves.
    pub automatic: bool,
    /// New tickets carry a label, where the screen takes labels.
    pub label: bool,
    /// Last day of the token, as `2026-12-04`.
    pub expires: Option<String>,
    /// Days until then, where that is near; negative when it is over.
    pub expires_in_days: Option<f64>,
    /// Fields demanded for every new ticket that have no constant yet.
    pub demands: Vec<DemandRow>,
    /// Constants given for demanded fields, as the tracker takes them.
    pub constants: BTreeMap<String, String>,
    /// Follow-ups with a ticket here.
    pub links: u32,
    /// Tickets with conflicts.
    pub conflicts: u32,
    /// Acts that wait to be sent or to be looked for.
    pub waiting: u32,
    /// Acts that wait for the person.
    pub asking: u32,
    /// When everything was last read, unix seconds.
    pub read_at: Option<f64>,
    /// What stands in the way of all its tickets.
    pub trouble: Option<String>,
    /// Set while the person is asked whether so many links really broke.
    pub brake: Option<BrakeRow>,
    /// Owners that nobody there is known as.
    pub unknown_people: Vec<String>,
}

/// A field demanded for every new ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DemandRow {
    /// Id of the field there.
    pub field: String,
    /// Its name.
    pub name: String,
    /// Its kind, as `string`, `option`, `array`, `number`, `user`, `date`.
    pub kind: String,
    /// Names of allowed values; empty where anything goes.
    pub options: Vec<String>,
}

/// More links broke at once than is believable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct BrakeRow {
    /// Links there are.
    pub links: u32,
    /// Links that would be broken.
    pub lost: u32,
    /// When, unix seconds.
    pub at: f64,
}

/// What the person typed to add or change a tracker. The token travels once, into the keyring.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct TrackerForm {
    /// Unique name.
    pub name: String,
    /// `cloud` or `datacenter`.
    pub kind: String,
    /// Base address.
    pub url: String,
    /// Cloud: whose token it is.
    pub email: Option<String>,
    /// API token or personal access token; absent when changing keeps the one there is.
    pub token: Option<String>,
    /// Key of the project; empty only asks around.
    pub project: String,
    /// Name or id of the type of new issues.
    pub issue_type: String,
    /// The token may travel unencrypted.
    pub allow_plain_http: bool,
    /// Constants for demanded fields, by field: an option by its name.
    pub constants: BTreeMap<String, String>,
    /// Last day of the token, as `2026-12-04`.
    pub expires: Option<String>,
    /// New follow-ups become tickets by themselves; yes when absent.
    pub automatic: Option<bool>,
    /// New tickets carry a label; yes when absent.
    pub label: Option<bool>,
}

/// What a look around at a tracker found, for the wizard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TrackerFound {
    /// `Cloud` or `Server`.
    pub deployment: String,
    /// Version, where it says one.
    pub version: String,
    /// As whom we would be signed in.
    pub account: String,
    /// Zone of that account.
    pub zone: String,
    /// Projects: key and name.
    pub projects: Vec<ChoiceRow>,
    /// Types of issue of the project that was asked for: id and name.
    pub types: Vec<ChoiceRow>,
    /// Permissions in the project that the account lacks.
    pub lacking: Vec<String>,
    /// Fields demanded for every new ticket that have no constant yet.
    pub demands: Vec<DemandRow>,
    /// The tracker does not tell which fields its screen has: then everything is tried.
    pub screen_unknown: bool,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ChoiceRow {
    /// Key or id.
    pub key: String,
    /// Name.
    pub name: String,
}
