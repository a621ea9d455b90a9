//! Making couriers from destinations.

use std::path::Path;
use std::sync::Arc;

use firewatch_domain::destination::{Destination, DestinationKind};
use firewatch_domain::ports::{Courier, Post, SecretStore};
use firewatch_domain::source::{SecretPlace, check_address, is_loopback};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::folder::Folder;
use crate::line::client;
use crate::slack::SlackBot;
use crate::teams::TeamsWorkflow;
use crate::webhook::SlackWebhook;
use crate::zoom::{Place, Zoom};

/// Makes the real couriers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mailroom;

impl Post for Mailroom {
    fn courier(&self, destination: &Destination, secrets: &dyn SecretStore) -> Result<Arc<dyn Courier>, String> {
        Ok(match &destination.kind {
            DestinationKind::SlackWebhook { address } => {
                let address = secret_address(secrets, address)?;
                Arc::new(SlackWebhook::new(client(is_loopback(&address))?, address))
            }
            DestinationKind::SlackBot { api, channel, token } => {
                let base = checked(api)?;
                Arc::new(SlackBot::new(client(is_loopback(&base))?, api, channel, found(secrets, token)?))
            }
            DestinationKind::TeamsWorkflow { address } => {
                let address = secret_address(secrets, address)?;
                Arc::new(TeamsWorkflow::new(client(is_loopback(&address))?, address))
            }
            DestinationKind::JiraCloud { .. } | DestinationKind::JiraDatacenter { .. } => {
                return Err(format!("`{}` is a tracker; it has couriers of its own", destination.name));
            }
            DestinationKind::Folder { path } => Arc::new(Folder::new(Path::new(path).to_owned())),
            DestinationKind::Zoom { api, sign_in, account, client: id, user, secret } => {
                let base = checked(api)?;
                checked(sign_in)?;
                let place =
                    Place { api: api.clone(), sign_in: sign_in.clone(), account: account.clone(), client: id.clone(), user: user.clone() };
                Arc::new(Zoom::new(client(is_loopback(&base))?, place, found(secrets, secret)?))
            }
        })
    }
}

fn checked(address: &str) -> Result<Url, String> {
    check_address(address, true, false).map_err(|error| error.to_string())
}

/// An address that is itself the secret, so no message may repeat it.
fn secret_address(secrets: &dyn SecretStore, place: &SecretPlace) -> Result<Url, String> {
    let text = found(secrets, place)?;
    check_address(text.expose_secret(), true, false)
        .map_err(|_| "the webhook's address cannot be used; it must be an https address, enter it again".to_owned())
}

fn found(secrets: &dyn SecretStore, place: &SecretPlace) -> Result<SecretString, String> {
    let secret = secrets.find(place).map_err(|error| format!("the secret could not be read: {error}"))?;
    let trimmed = secret.expose_secret().trim();
    if trimmed.is_empty() { Err("the secret is empty; enter it again".to_owned()) } else { Ok(SecretString::from(trimmed)) }
}
