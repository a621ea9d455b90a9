//! A monitoring API we read: where, how often, as whom. Secrets are named here, never held.

use serde::{Deserialize, Serialize};
use url::Url;

/// A source as configured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceConfig {
    /// Stable id.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// Seconds between polls.
    pub interval_s: u64,
    /// Its firing alerts are read, too; a source of alerts alone always tells them.
    #[serde(default)]
    pub alerts: bool,
}

impl SourceConfig {
    /// Whether firing alerts are asked of it.
    pub fn tells_alerts(&self) -> bool {
        match self.kind {
            SourceKind::Alertmanager { .. } | SourceKind::Drill => true,
            SourceKind::Prometheus { .. } => self.alerts,
            SourceKind::Datadog { .. } | SourceKind::Probe => false,
        }
    }

    /// Whether it has alerts and nothing to count.
    pub fn only_alerts(&self) -> bool {
        matches!(self.kind, SourceKind::Alertmanager { .. })
    }
}

/// What a source is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SourceKind {
    /// The Prometheus HTTP API, also of Thanos, Mimir, `VictoriaMetrics`.
    Prometheus {
        /// Base address with any path prefix, without `/api/v1`.
        url: Url,
        /// As whom.
        auth: Auth,
        /// Headers without secrets.
        headers: Vec<(String, String)>,
        /// Headers whose values are secrets.
        secret_headers: Vec<(String, SecretPlace)>,
        /// Credentials may travel unencrypted.
        allow_plain_http: bool,
    },
    /// Alertmanager's API v2: firing alerts with their silences, and nothing to count.
    Alertmanager {
        /// Base address with any path prefix, without `/api/v2`.
        url: Url,
        /// As whom.
        auth: Auth,
        /// Headers without secrets.
        headers: Vec<(String, String)>,
        /// Headers whose values are secrets.
        secret_headers: Vec<(String, SecretPlace)>,
        /// Credentials may travel unencrypted.
        allow_plain_http: bool,
        /// Environment of alerts that name none.
        environment: Option<String>,
    },
    /// Datadog: metric queries, and the history of its own SLOs.
    Datadog {
        /// Base address of the site's API, such as `https://api.datadoghq.eu`.
        url: Url,
        /// Where the API key is.
        api_key: SecretPlace,
        /// Where the application key is.
        app_key: SecretPlace,
        /// Credentials may travel unencrypted.
        allow_plain_http: bool,
    },
    /// Our own HTTP probe.
    Probe,
    /// The replayed story.
    Drill,
}

/// How we identify ourselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "auth", rename_all = "snake_case")]
pub enum Auth {
    /// Not at all.
    None,
    /// User and password.
    Basic {
        /// User.
        user: String,
        /// Where the password is.
        password: SecretPlace,
    },
    /// A token.
    Bearer {
        /// Where the token is.
        token: SecretPlace,
    },
}

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum SecretPlace {
    /// In the operating system's keyring under this entry.
    Keyring {
        /// Entry name.
        entry: String,
    },
    /// In an environment variable, read at each start.
    Variable {
        /// Variable name.
        name: String,
    },
    /// In memory until the program quits.
    Session {
        /// Entry name.
        entry: String,
    },
}

impl SecretPlace {
    /// For people: `keyring`, `variable NAME`, `session`.
    pub fn text(&self) -> String {
        match self {
            Self::Keyring { .. } => "keyring".to_owned(),
            Self::Variable { name } => format!("variable {name}"),
            Self::Session { .. } => "session".to_owned(),
        }
    }
}

impl SourceKind {
    /// As stored and shown.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Prometheus { .. } => "prometheus",
            Self::Alertmanager { .. } => "alertmanager",
            Self::Datadog { .. } => "datadog",
            Self::Probe => "probe",
            Self::Drill => "drill",
        }
    }

    /// Every secret the source needs.
    pub fn secrets(&self) -> Vec<&SecretPlace> {
        let (auth, secret_headers) = match self {
            Self::Prometheus { auth, secret_headers, .. } | Self::Alertmanager { auth, secret_headers, .. } => (auth, secret_headers),
            Self::Datadog { api_key, app_key, .. } => return vec![api_key, app_key],
            Self::Probe | Self::Drill => return Vec::new(),
        };
        let auth = match auth {
            Auth::None => None,
            Auth::Basic { password, .. } => Some(password),
            Auth::Bearer { token } => Some(token),
        };
        auth.into_iter().chain(secret_headers.iter().map(|(_, place)| place)).collect()
    }
}

/// Why an address cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an absolute address.
    #[error("`{0}` is not an address; write it as https://prometheus.example.com or http://127.0.0.1:9090")]
    NotAnAddress(String),
    /// Not http or https.
    #[error("only http and https can be read, not `{0}:`")]
    Scheme(String),
    /// User or password inside.
    #[error("the address holds a user name or password; leave it out and give it apart, so that it goes to the keyring")]
    Credentials,
    /// A secret among the parameters.
    #[error(
        "the parameter `{0}` looks like a secret, which would be kept in plain text; leave it out and give the secret as token or header"
    )]
    SecretParameter(String),
    /// Credentials over plain http.
    #[error("the password or token would travel unencrypted to {0}; use https, or allow plain http for this source")]
    PlainHttp(String),
    /// Not the address of a relay.
    #[error("`{0}` is not the address of a relay; write it as wss://relay.example.com, or name a folder")]
    NotARelay(String),
    /// A relay over plain ws.
    #[error("what incidents say would travel unencrypted to {0}; use wss, or allow plain ws for this relay")]
    PlainRelay(String),
}

/// Checks the address of a source. `with_secret`: something secret would be sent there.
pub fn check_address(text: &str, with_secret: bool, allow_plain_http: bool) -> Result<Url, AddressError> {
    let url = Url::parse(text.trim()).map_err(|_| AddressError::NotAnAddress(text.chars().take(120).collect()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(AddressError::Scheme(url.scheme().to_owned()));
    }
    let host =
        url.host_str().filter(|h| !h.is_empty()).ok_or_else(|| AddressError::NotAnAddress(text.chars().take(120).collect()))?.to_owned();
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    if with_secret && url.scheme() == "http" && !allow_plain_http && !is_loopback(&url) {
        return Err(AddressError::PlainHttp(host));
    }
    Ok(url)
}

/// Checks the address of a source whose parameters are kept and sent with every question, such as `?dedup=true` of Thanos.
pub fn check_source_address(text: &str, with_secret: bool, allow_plain_http: bool) -> Result<Url, AddressError> {
    let url = check_address(text, with_secret, allow_plain_http)?;
    let secret =
        |name: &str| ["token", "secret", "password", "api_key", "apikey", "application_key"].iter().any(|sign| name.contains(sign));
    match url.query_pairs().find(|(name, _)| secret(&name.to_lowercase())) {
        Some((name, _)) => Err(AddressError::SecretParameter(name.chars().take(40).collect())),
        None => Ok(url),
    }
}

/// Whether the address never leaves this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_kept_unless_they_are_secrets() {
        assert!(check_source_address("https://thanos.example/?dedup=true&partial_response=false", true, false).is_ok());
        let refused = check_source_address("https://p.example/?Auth_Token=x", false, false);
        assert_eq!(refused, Err(AddressError::SecretParameter("Auth_Token".to_owned())));
    }

    #[test]
    fn addresses() {
        assert!(check_address("https://p.example/prom", true, false).is_ok());
        assert!(check_address("http://127.0.0.1:9090", true, false).is_ok());
        assert!(check_address("http://p.example", false, false).is_ok());
        assert_eq!(check_address("http://p.example", true, false), Err(AddressError::PlainHttp("p.example".to_owned())));
        assert!(check_address("http://p.example", true, true).is_ok());
        assert_eq!(check_address("https://u:p@h.example", false, true), Err(AddressError::Credentials));
        assert_eq!(check_address("file:///etc/passwd", false, true), Err(AddressError::Scheme("file".to_owned())));
        assert!(matches!(check_address("prometheus:9090", false, true), Err(AddressError::Scheme(_))));
        assert!(matches!(check_address("nonsense", false, true), Err(AddressError::NotAnAddress(_))));
    }
}
