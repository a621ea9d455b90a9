//! Where case files are shared: a live relay that speaks the y-protocols over a websocket, or a folder that something else carries
//! between machines. Secrets are named here, never held.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::source::{AddressError, SecretPlace, is_loopback};

/// A relay as configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// Stable id.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// What it is.
    pub kind: RelayKind,
    /// What is shared there.
    pub shares: Shares,
}

/// What a relay is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RelayKind {
    /// A Hocuspocus server: the document's name before every message, the token in a message of its own.
    Hocuspocus {
        /// `wss://…`
        url: Url,
        /// Where the token is.
        token: Option<SecretPlace>,
        /// It may all travel unencrypted.
        allow_plain_http: bool,
    },
    /// A y-websocket server: the document's name at the end of the address, the token as a header for whoever guards it.
    YWebsocket {
        /// `wss://…`
        url: Url,
        /// Where the token is.
        token: Option<SecretPlace>,
        /// It may all travel unencrypted.
        allow_plain_http: bool,
    },
    /// A folder: each machine appends to files of its own.
    Folder {
        /// The folder.
        path: String,
    },
}

impl RelayKind {
    /// As stored and shown.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hocuspocus { .. } => "hocuspocus",
            Self::YWebsocket { .. } => "y_websocket",
            Self::Folder { .. } => "folder",
        }
    }

    /// The address or the folder.
    pub fn at(&self) -> String {
        match self {
            Self::Hocuspocus { url, .. } | Self::YWebsocket { url, .. } => url.to_string(),
            Self::Folder { path } => path.clone(),
        }
    }

    /// The secret it needs.
    pub fn secret(&self) -> Option<&SecretPlace> {
        match self {
            Self::Hocuspocus { token, .. } | Self::YWebsocket { token, .. } => token.as_ref(),
            Self::Folder { .. } => None,
        }
    }

    /// The person allowed it to be reached unencrypted.
    pub fn allows_plain(&self) -> bool {
        matches!(self, Self::Hocuspocus { allow_plain_http: true, .. } | Self::YWebsocket { allow_plain_http: true, .. })
    }
}

/// What is shared at a relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "shares", rename_all = "snake_case")]
pub enum Shares {
    /// Every incident here, and every one that others share there.
    All,
    /// These alone, by id; one of them may be on other machines only, until it has come.
    Chosen {
        /// Their ids.
        incidents: BTreeSet<String>,
    },
}

impl Shares {
    /// Whether an incident is shared.
    pub fn hold(&self, incident: &str) -> bool {
        match self {
            Self::All => true,
            Self::Chosen { incidents } => incidents.contains(incident),
        }
    }
}

/// How a connection stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// It is being made.
    #[default]
    Connecting,
    /// Both sides know what the other does.
    Connected,
    /// It cannot be reached; it is tried again, and everything waits meanwhile.
    Waiting,
    /// The other side says no, or speaks nonsense; a person has to do something.
    Refused,
}

impl LineState {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
        }
    }
}

/// How a connection stands, since when, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How.
    pub state: LineState,
    /// Since when, unix seconds.
    pub since_s: i64,
    /// Why, with the cure; none while all is well.
    pub why: Option<String>,
}

/// What is said about one document, on either side. The bytes are Yjs's (version 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// How far the speaker is (sync step 1): the other answers with what is missing.
    StateVector(Vec<u8>),
    /// What the listener lacked (sync step 2).
    Missing(Vec<u8>),
    /// Something new.
    Update(Vec<u8>),
    /// Who is there, as an awareness update.
    Presence(Vec<u8>),
    /// Who is there?
    AskPresence,
    /// The server kept, or would not keep, what was sent to it.
    Kept(bool),
}

/// Why a line does not stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelayFault {
    /// Nobody answers, or the connection broke: tried again by itself.
    #[error("{0}")]
    Away(String),
    /// The other side says no, or speaks nonsense. Tried again, but seldom; nothing is lost meanwhile.
    #[error("{0}")]
    Refused(String),
}

/// Whether a text may be the id of an incident, and with that the name of a document and of a folder.
pub fn is_shared_id(text: &str) -> bool {
    (8..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Checks the address of a relay. What incidents say is private, so plain `ws://` beyond this machine needs the person's word even
/// without a token.
pub fn check_relay_address(text: &str, allow_plain: bool) -> Result<Url, AddressError> {
    let shown = || text.trim().chars().take(120).collect::<String>();
    let url = Url::parse(text.trim()).map_err(|_| AddressError::NotARelay(shown()))?;
    if !matches!(url.scheme(), "ws" | "wss") || url.host_str().is_none_or(str::is_empty) {
        return Err(AddressError::NotARelay(shown()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    if let Some((name, _)) = url.query_pairs().find(|(name, _)| secret_name(name)) {
        return Err(AddressError::SecretParameter(name.chars().take(40).collect()));
    }
    if url.scheme() == "ws" && !allow_plain && !is_loopback(&url) {
        return Err(AddressError::PlainRelay(url.host_str().unwrap_or_default().to_owned()));
    }
    Ok(url)
}

fn secret_name(name: &str) -> bool {
    let name = name.to_lowercase();
    ["token", "secret", "password", "key", "auth"].iter().any(|sign| name.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert!(check_relay_address("wss://relay.example/team", false).is_ok());
        assert!(check_relay_address(" ws://127.0.0.1:1234 ", false).is_ok());
        assert_eq!(check_relay_address("ws://relay.example", false), Err(AddressError::PlainRelay("relay.example".to_owned())));
        assert!(check_relay_address("ws://relay.example", true).is_ok());
        assert_eq!(check_relay_address("wss://u:p@relay.example", false), Err(AddressError::Credentials));
        assert!(matches!(check_relay_address("wss://relay.example?token=x", false), Err(AddressError::SecretParameter(_))));
        for text in ["https://relay.example", "relay.example", "ws://", ""] {
            assert!(matches!(check_relay_address(text, true), Err(AddressError::NotARelay(_))), "{text}");
        }
    }

    #[test]
    fn a_definition_is_read_back_as_it_was_written() {
        let chosen = Shares::Chosen { incidents: BTreeSet::from(["i".to_owned()]) };
        for (kind, shares) in [
            (RelayKind::Folder { path: "/srv/firewatch".to_owned() }, Shares::All),
            (
                RelayKind::Hocuspocus {
                    url: Url::parse("wss://r.example").unwrap(),
                    token: Some(SecretPlace::Variable { name: "T".to_owned() }),
                    allow_plain_http: false,
                },
                chosen,
            ),
        ] {
            let relay = Relay { id: "1".to_owned(), name: "team".to_owned(), kind, shares };
            assert_eq!(serde_json::from_str::<Relay>(&serde_json::to_string(&relay).unwrap()).unwrap(), relay);
        }
    }
}
