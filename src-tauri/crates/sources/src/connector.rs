//! Making sources from their configuration.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::ports::{Connect, SecretStore, Source};
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind, check_source_address};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::alertmanager::Alertmanager;
use crate::datadog::Datadog;
use crate::drill::Drill;
use crate::exchange::{Credentials, Exchange, Front};
use crate::limits::Limits;
use crate::probe::Probe;
use crate::prometheus::Prometheus;

/// Makes the real sources.
#[derive(Debug, Clone, Copy, Default)]
pub struct Connector {
    /// When the replayed story starts; without it no drill can be connected.
    pub drill_start: Option<DateTime<Utc>>,
    /// Bounds of every request.
    pub limits: Limits,
}

impl Connect for Connector {
    fn connect(&self, config: &SourceConfig, secrets: &dyn SecretStore) -> Result<Arc<dyn Source>, Fault> {
        match &config.kind {
            SourceKind::Prometheus { url, auth, headers, secret_headers, allow_plain_http } => {
                check_url(url, !config.kind.secrets().is_empty(), *allow_plain_http)?;
                let headers = header_map(headers, secret_headers, secrets)?;
                Ok(Arc::new(Prometheus::new(Exchange::new(url, credentials(auth, secrets)?, headers, self.limits)?)))
            }
            SourceKind::Alertmanager { url, auth, headers, secret_headers, allow_plain_http, .. } => {
                check_url(url, !config.kind.secrets().is_empty(), *allow_plain_http)?;
                let headers = header_map(headers, secret_headers, secrets)?;
                Ok(Arc::new(Alertmanager::new(Exchange::new(url, credentials(auth, secrets)?, headers, self.limits)?)))
            }
            SourceKind::Datadog { url, api_key, app_key, allow_plain_http } => {
                check_url(url, true, *allow_plain_http)?;
                let keys = [("DD-API-KEY".to_owned(), api_key.clone()), ("DD-APPLICATION-KEY".to_owned(), app_key.clone())];
                let headers = header_map(&[], &keys, secrets)?;
                let exchange = Exchange::new(url, Credentials::None, headers, self.limits)?;
                Ok(Arc::new(Datadog::new(exchange.speaking(Front::Datadog))))
            }
            SourceKind::Probe => Ok(Arc::new(Probe::new(self.limits)?)),
            SourceKind::Drill => match self.drill_start {
                Some(start) => Ok(Arc::new(Drill::new(start))),
                None => Err(Fault::new(FaultKind::SourceGone, "No drill is running; start one, or remove this source.")),
            },
        }
    }
}

fn check_url(url: &Url, with_secret: bool, allow_plain_http: bool) -> Result<(), Fault> {
    let checked = check_source_address(url.as_str(), with_secret, allow_plain_http);
    checked.map(drop).map_err(|error| Fault::new(FaultKind::Unreachable, error.to_string()))
}

fn credentials(auth: &Auth, secrets: &dyn SecretStore) -> Result<Credentials, Fault> {
    Ok(match auth {
        Auth::None => Credentials::None,
        Auth::Basic { user, password } => Credentials::Basic(user.clone(), found(secrets, password, "password")?),
        Auth::Bearer { token } => {
            let token = found(secrets, token, "token")?;
            header_value(token.expose_secret(), "the token")?;
            // A copied token often ends in a line break.
            Credentials::Bearer(SecretString::from(token.expose_secret().trim()))
        }
    })
}

fn header_map(plain: &[(String, String)], secret: &[(String, SecretPlace)], secrets: &dyn SecretStore) -> Result<HeaderMap, Fault> {
    let mut map = HeaderMap::new();
    for (name, value) in plain {
        map.insert(header_name(name)?, header_value(value, name)?);
    }
    for (name, place) in secret {
        let value = found(secrets, place, name)?;
        let mut value = header_value(value.expose_secret(), name)?;
        value.set_sensitive(true);
        map.insert(header_name(name)?, value);
    }
    Ok(map)
}

/// A secret, refused when it is empty: an emptied keyring entry must not look like a refused sign-in.
fn found(secrets: &dyn SecretStore, place: &SecretPlace, what: &str) -> Result<SecretString, Fault> {
    let secret =
        secrets.find(place).map_err(|error| Fault::new(FaultKind::SecretMissing, format!("The {what} could not be read: {error}.")))?;
    if secret.expose_secret().trim().is_empty() {
        let message = format!("The {what} in {} is empty; enter it again.", place.text());
        return Err(Fault::new(FaultKind::SecretMissing, message));
    }
    Ok(secret)
}

fn header_name(name: &str) -> Result<HeaderName, Fault> {
    let shown: String = name.chars().take(60).collect();
    HeaderName::from_bytes(name.trim().as_bytes())
        .map_err(|_| Fault::new(FaultKind::QueryRefused, format!("`{shown}` is no header name; correct the source's headers.")))
}

fn header_value(value: &str, what: &str) -> Result<HeaderValue, Fault> {
    let message = || format!("The value of {what} holds a line break or another sign that cannot be sent; enter it again.");
    HeaderValue::from_str(value.trim()).map_err(|_| Fault::new(FaultKind::SecretMissing, message()))
}
