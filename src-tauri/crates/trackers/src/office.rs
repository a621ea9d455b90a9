//! Making couriers and readers from destinations; what is no tracker is handed on.

use std::sync::Arc;

use async_trait::async_trait;
use firewatch_domain::destination::{Destination, DestinationKind};
use firewatch_domain::outbox::{Act, Delivered, Found};
use firewatch_domain::ports::{Check, Courier, Post, SecretStore, Tracker};
use firewatch_domain::source::{SecretPlace, check_address, is_loopback};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::jira::{Auth, Flavour, Jira, client};

/// Makes the couriers of trackers, and lets another make all others.
pub struct Office {
    others: Arc<dyn Post>,
}

impl Office {
    /// `others`: who makes the couriers of everything that is no tracker.
    pub fn before(others: Arc<dyn Post>) -> Self {
        Self { others }
    }
}

impl Post for Office {
    fn courier(&self, destination: &Destination, secrets: &dyn SecretStore) -> Result<Arc<dyn Courier>, String> {
        if destination.kind.is_tracker() { Ok(Arc::new(jira(destination, secrets)?)) } else { self.others.courier(destination, secrets) }
    }

    fn tracker(&self, destination: &Destination, secrets: &dyn SecretStore) -> Result<Arc<dyn Tracker>, String> {
        Ok(Arc::new(jira(destination, secrets)?))
    }
}

fn jira(destination: &Destination, secrets: &dyn SecretStore) -> Result<Jira, String> {
    let (url, plain_http, flavour, auth) = match &destination.kind {
        DestinationKind::JiraCloud { url, email, token, allow_plain_http } => {
            (url, *allow_plain_http, Flavour::Cloud, Auth::Basic(email.clone(), found(secrets, token)?))
        }
        DestinationKind::JiraDatacenter { url, token, allow_plain_http } => {
            (url, *allow_plain_http, Flavour::Datacenter, Auth::Bearer(found(secrets, token)?))
        }
        _ => return Err(format!("`{}` is no tracker", destination.name)),
    };
    let checked = check_address(url, true, plain_http).map_err(|error| error.to_string())?;
    let place = checked.host_str().unwrap_or("Jira").to_owned();
    Ok(Jira { client: client(is_loopback(&checked))?, base: url.trim_end_matches('/').to_owned(), flavour, auth, place })
}

fn found(secrets: &dyn SecretStore, place: &SecretPlace) -> Result<SecretString, String> {
    let secret = secrets.find(place).map_err(|error| format!("the token could not be read: {error}"))?;
    let trimmed = secret.expose_secret().trim();
    if trimmed.is_empty() { Err("the token is empty; enter it again".to_owned()) } else { Ok(SecretString::from(trimmed)) }
}

#[async_trait]
impl Courier for Jira {
    async fn before(&self, act: &Act) -> Option<Value> {
        if act.kind == "ticket_create" { self.highest_key(act).await } else { None }
    }

    async fn deliver(&self, act: &Act) -> Delivered {
        let ended = match act.kind.as_str() {
            "ticket_create" => self.create(act).await,
            "ticket_edit" => self.edit(act).await,
            "ticket_assign" => self.assign(act).await,
            "ticket_transition" => self.move_on(act).await,
            "ticket_comment" => self.comment(act).await,
            "ticket_mark" => self.mark(act).await,
            other => Err(Delivered::Refused(format!("a tracker cannot do `{other}`"))),
        };
        ended.map_or_else(|end| end, Delivered::Done)
    }

    async fn probe(&self, act: &Act, age_s: i64) -> Found {
        match act.kind.as_str() {
            "ticket_create" => self.find_created(act, age_s).await,
            "ticket_comment" => self.find_comment(act, age_s).await,
            "ticket_transition" => self.find_moved(act).await,
            // Setting a value again leaves the same behind, and the sender looks before it sets.
            "ticket_edit" | "ticket_assign" | "ticket_mark" => Found::NotThere,
            _ => Found::CannotAsk,
        }
    }

    async fn test(&self) -> Vec<Check> {
        self.check("", "").await
    }
}
