//! Where acts go: a chat channel, a folder, a video service, a tracker. Secrets are named here, never held.

use serde::{Deserialize, Serialize};

use crate::source::SecretPlace;

/// Slack's API.
pub const SLACK_API: &str = "https://slack.com/api";
/// Zoom's API.
pub const ZOOM_API: &str = "https://api.zoom.us/v2";
/// Zoom's sign-in.
pub const ZOOM_SIGN_IN: &str = "https://zoom.us";

/// A destination as configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Stable id.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// What it is.
    pub kind: DestinationKind,
}

/// What a destination is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DestinationKind {
    /// A Slack incoming webhook; its address is the secret. Nothing comes back that could be asked for later.
    SlackWebhook {
        /// Where the address is.
        address: SecretPlace,
    },
    /// A Slack bot in a channel.
    SlackBot {
        /// Base of the API, without a slash at its end.
        api: String,
        /// Channel id or name.
        channel: String,
        /// Where the token is.
        token: SecretPlace,
    },
    /// A Teams workflow; its address is the secret.
    TeamsWorkflow {
        /// Where the address is.
        address: SecretPlace,
    },
    /// Files in a folder, one for each update.
    Folder {
        /// The folder.
        path: String,
    },
    /// Zoom by server-to-server OAuth.
    Zoom {
        /// Base of the API, without a slash at its end.
        api: String,
        /// Base of the sign-in, without a slash at its end.
        sign_in: String,
        /// Account.
        account: String,
        /// Client id.
        client: String,
        /// User who owns the meetings; `me` is the owner of the app.
        user: String,
        /// Where the client secret is.
        secret: SecretPlace,
    },
    /// Jira Cloud: REST v3, an API token with its e-mail address.
    JiraCloud {
        /// Base address, without a slash at its end.
        url: String,
        /// Whose token it is.
        email: String,
        /// Where the token is.
        token: SecretPlace,
        /// The token may travel unencrypted.
        allow_plain_http: bool,
    },
    /// Jira Data Center: REST v2, a personal access token.
    JiraDatacenter {
        /// Base address with any context path, without a slash at its end.
        url: String,
        /// Where the token is.
        token: SecretPlace,
        /// The token may travel unencrypted.
        allow_plain_http: bool,
    },
}

impl DestinationKind {
    /// As stored and shown.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SlackWebhook { .. } => "slack_webhook",
            Self::SlackBot { .. } => "slack_bot",
            Self::TeamsWorkflow { .. } => "teams_workflow",
            Self::Folder { .. } => "folder",
            Self::Zoom { .. } => "zoom",
            Self::JiraCloud { .. } => "jira_cloud",
            Self::JiraDatacenter { .. } => "jira_datacenter",
        }
    }

    /// Whether status updates can be posted there.
    pub fn takes_updates(&self) -> bool {
        !matches!(self, Self::Zoom { .. }) && !self.is_tracker()
    }

    /// Whether tickets are made there.
    pub fn is_tracker(&self) -> bool {
        matches!(self, Self::JiraCloud { .. } | Self::JiraDatacenter { .. })
    }

    /// The secret it needs.
    pub fn secret(&self) -> Option<&SecretPlace> {
        match self {
            Self::SlackWebhook { address } | Self::TeamsWorkflow { address } => Some(address),
            Self::SlackBot { token, .. } | Self::JiraCloud { token, .. } | Self::JiraDatacenter { token, .. } => Some(token),
            Self::Zoom { secret, .. } => Some(secret),
            Self::Folder { .. } => None,
        }
    }
}
