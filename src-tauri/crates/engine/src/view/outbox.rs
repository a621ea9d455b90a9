//! Acts toward the outside world, and where they go.

use serde::{Deserialize, Serialize};
use specta::Type;

/// An act as shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ActRow {
    /// Id.
    pub id: String,
    /// Name of the destination.
    pub destination: String,
    /// What it is about: id of an incident or a follow-up.
    pub object: String,
    /// What is done, such as `post_update`.
    pub act: String,
    /// `queued`, `sending`, `done`, `rejected` or `unknown`.
    pub state: String,
    /// Times it was sent, or tried to be.
    pub attempts: u32,
    /// What stands in the way.
    pub reason: Option<String>,
    /// When it was meant, RFC 3339.
    pub created: String,
    /// When it is tried or looked for next; none when it waits for the person.
    pub due: Option<String>,
    /// Its id on the other side.
    pub receipt: Option<String>,
    /// Its address on the other side.
    pub url: Option<String>,
    /// What a person needs beside it: a passcode, a number to dial.
    pub note: Option<String>,
    /// What is sent, where it is text.
    pub text: Option<String>,
}

/// A status update to begin with, in both lengths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct UpdateDraft {
    /// What customers feel, and until when.
    pub business: String,
    /// With figures, people, and what was tried.
    pub technical: String,
}

/// A destination as configured; never its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DestinationRow {
    /// Unique name.
    pub name: String,
    /// `slack_webhook`, `slack_bot`, `teams_workflow`, `folder` or `zoom`.
    pub kind: String,
    /// Channel, folder or account, for people.
    pub detail: String,
    /// Where the secret is: `keyring`, `variable NAME`, `session` or `none`.
    pub secret: String,
    /// Status updates can be posted there.
    pub takes_updates: bool,
    /// Acts that wait for it, or for the person.
    pub open: u32,
}

/// What the person typed to add a destination. The secret travels once, into the keyring.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct DestinationForm {
    /// Unique name.
    pub name: String,
    /// `slack_webhook`, `slack_bot`, `teams_workflow`, `folder` or `zoom`.
    pub kind: String,
    /// Token, client secret, or the webhook's address.
    pub secret: Option<String>,
    /// Slack: channel id.
    pub channel: Option<String>,
    /// Folder: its path.
    pub path: Option<String>,
    /// Zoom: account id.
    pub account: Option<String>,
    /// Zoom: client id.
    pub client: Option<String>,
    /// Zoom: user who owns the meetings.
    pub user: Option<String>,
    /// Another base of the API, for proxies and tests.
    pub api: Option<String>,
    /// Another base of the sign-in.
    pub sign_in: Option<String>,
}
