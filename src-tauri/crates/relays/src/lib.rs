//! Carries case files between machines: over a websocket to a relay that speaks the y-protocols ([`Hocuspocus`](hocuspocus) and
//! y-websocket servers, as they are), or through a folder that something else keeps alike ([`folder`]).
//!
//! Bytes go out and come in; what they mean for a document is decided by whoever holds it. What comes is bounded, and a line that
//! speaks nonsense is given up.

pub mod folder;
pub mod hocuspocus;
mod line;
mod socket;
pub mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use firewatch_domain::ports::{Carrier, CaseFolder, Line, SecretStore};
use firewatch_domain::relay::{Relay, RelayFault, RelayKind};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::folder::Folder;
use crate::line::{Framing, OpenLine, recognised};
use crate::socket::Socket;

/// Reaches relays over the network and folders on disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lines;

#[async_trait]
impl Carrier for Lines {
    async fn open(&self, relay: &Relay, secrets: Arc<dyn SecretStore>, document: &str) -> Result<Box<dyn Line>, RelayFault> {
        let token = token_of(relay, secrets).await?;
        match &relay.kind {
            RelayKind::Hocuspocus { url, .. } => {
                let socket = Socket::open(url, None).await?;
                Ok(Box::new(OpenLine::let_in(socket, document, token.as_ref()).await?))
            }
            RelayKind::YWebsocket { url, .. } => {
                let socket = Socket::open(&room(url, document)?, token.as_ref()).await?;
                Ok(Box::new(OpenLine::new(socket, Framing::Bare)))
            }
            RelayKind::Folder { path } => Err(RelayFault::Refused(format!("`{path}` is a folder, no relay that answers"))),
        }
    }

    async fn recognise(&self, url: &Url) -> Result<&'static str, RelayFault> {
        // Each of the two takes what the other wants for something it need not answer.
        recognised(Socket::open(&room(url, "firewatch")?, None).await?, "firewatch").await
    }

    fn folder(&self, path: &str) -> Arc<dyn CaseFolder> {
        Arc::new(Folder::new(path))
    }
}

/// The keyring is asked on a thread of its own.
async fn token_of(relay: &Relay, secrets: Arc<dyn SecretStore>) -> Result<Option<SecretString>, RelayFault> {
    let Some(place) = relay.kind.secret().cloned() else { return Ok(None) };
    let found = tokio::task::spawn_blocking(move || secrets.find(&place)).await;
    let found = found.map_err(|_| RelayFault::Away("the keyring could not be asked for the relay's token".to_owned()))?;
    // A keyring that is locked now may be open in a minute.
    Ok(Some(found.map_err(|error| RelayFault::Away(error.to_string()))?))
}

/// The address of a document at a y-websocket server.
fn room(url: &Url, document: &str) -> Result<Url, RelayFault> {
    let mut url = url.clone();
    match url.path_segments_mut() {
        Ok(mut path) => drop(path.pop_if_empty().push(document)),
        Err(()) => return Err(RelayFault::Refused("the address takes no path".to_owned())),
    }
    Ok(url)
}

/// A token as a header says it.
fn bearer(token: &SecretString) -> String {
    format!("Bearer {}", token.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_one_step_further_on_the_path() {
        for (base, whole) in [
            ("ws://r.example", "ws://r.example/firewatch-1"),
            ("ws://r.example/", "ws://r.example/firewatch-1"),
            ("ws://r.example/team?x=1", "ws://r.example/team/firewatch-1?x=1"),
            ("ws://r.example/team/", "ws://r.example/team/firewatch-1"),
        ] {
            assert_eq!(room(&Url::parse(base).unwrap(), "firewatch-1").unwrap().as_str(), whole);
        }
    }
}
