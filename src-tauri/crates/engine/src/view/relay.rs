//! Relays as the window and `firewatchctl` show them.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A relay as asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RelayForm {
    /// Unique name.
    pub name: String,
    /// `hocuspocus`, `y_websocket` or `folder`; empty finds out.
    pub kind: String,
    /// `wss://…`, or the path of a folder.
    pub at: String,
    /// Its token, where it asks for one.
    pub token: Option<String>,
    /// It may all travel unencrypted.
    pub allow_plain_http: bool,
    /// Share every incident; else only those chosen.
    pub all: bool,
    /// Ids of those chosen.
    pub incidents: Vec<String>,
}

/// A relay and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RelayRow {
    /// Unique name.
    pub name: String,
    /// `hocuspocus`, `y_websocket` or `folder`.
    pub kind: String,
    /// Its address, or the folder.
    pub at: String,
    /// Where the token is: `keyring`, `variable NAME`, `session`, `none`.
    pub secret: String,
    /// The person allowed it to be reached unencrypted.
    pub allow_plain_http: bool,
    /// Every incident is shared.
    pub all: bool,
    /// `connected`, `connecting`, `waiting`, `refused`, or `off` while no engine runs.
    pub state: String,
    /// Since when, unix seconds.
    pub since: Option<f64>,
    /// Why, with the cure; none while all is well.
    pub why: Option<String>,
    /// Incidents that are shared there, or could be, the newest first.
    pub incidents: Vec<RelayIncident>,
}

/// An incident at a relay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RelayIncident {
    /// Its id.
    pub id: String,
    /// Its title; none while it is only there.
    pub title: Option<String>,
    /// It is shared from here.
    pub shared: bool,
    /// `connected`, `connecting`, `waiting`, `refused`, `offered` while others share it and we do not, or `off`.
    pub state: String,
    /// Since when, unix seconds.
    pub since: Option<f64>,
    /// Why, with the cure.
    pub why: Option<String>,
}
