//! What can be typed about monitoring APIs.

use clap::{Args as Arguments, Subcommand};

/// Monitoring APIs.
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Add one.
    #[command(subcommand)]
    Add(AddCommand),
    /// List them with their health.
    List,
    /// Ask one and tell the truth.
    Test {
        /// Its name.
        name: String,
    },
    /// Remove one with its secrets; its SLOs stay and go blind.
    Remove {
        /// Its name.
        name: String,
    },
}

/// Add a source.
#[derive(Debug, Subcommand)]
pub enum AddCommand {
    /// The Prometheus HTTP API (also Thanos, Mimir, `VictoriaMetrics`).
    Prometheus(PrometheusArgs),
    /// Alertmanager's API v2: firing alerts, folded under the journeys they belong to.
    Alertmanager(AlertmanagerArgs),
    /// Datadog: metric queries and the SLOs it keeps.
    Datadog(DatadogArgs),
}

/// An Alertmanager.
#[derive(Debug, Arguments)]
pub struct AlertmanagerArgs {
    /// Where and as whom.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Environment of alerts whose labels name none.
    #[arg(long)]
    pub environment: Option<String>,
}

/// A Prometheus.
#[derive(Debug, Arguments)]
pub struct PrometheusArgs {
    /// Where and as whom.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Read its firing alerts, too; an Alertmanager knows of silences beside.
    #[arg(long)]
    pub alerts: bool,
}

/// A server, and as whom it is asked.
#[derive(Debug, Arguments)]
pub struct PlaceArgs {
    /// Unique name.
    pub name: String,
    /// Base address with any path prefix.
    pub url: String,
    /// Time between polls.
    #[arg(long, default_value = "30s")]
    pub interval: String,
    /// A header without secrets, as `Name: value`.
    #[arg(long, value_name = "K:V")]
    pub header: Vec<String>,
    /// A header whose value is read from a variable, as `Name=VAR`.
    #[arg(long, value_name = "K=VAR")]
    pub header_env: Vec<String>,
    /// User of Basic; with `--token-env` holding the password.
    #[arg(long)]
    pub user: Option<String>,
    /// Variable that holds the token or password; it goes to the keyring.
    #[arg(long, value_name = "VAR")]
    pub token_env: Option<String>,
    /// Let credentials travel over plain http.
    #[arg(long)]
    pub allow_plain_http: bool,
}

/// A Datadog.
#[derive(Debug, Arguments)]
pub struct DatadogArgs {
    /// Unique name.
    pub name: String,
    /// Address of its API, where it is not that of a site.
    pub url: Option<String>,
    /// Its site, such as datadoghq.eu or us5.datadoghq.com.
    #[arg(long, default_value = "datadoghq.com", conflicts_with = "url")]
    pub site: String,
    /// Time between polls; queries are rationed.
    #[arg(long, default_value = "60s")]
    pub interval: String,
    /// Variable that holds the API key; it goes to the keyring.
    #[arg(long, value_name = "VAR", default_value = "DD_API_KEY")]
    pub token_env: String,
    /// Variable that holds the application key; it goes to the keyring.
    #[arg(long, value_name = "VAR", default_value = "DD_APP_KEY")]
    pub app_key_env: String,
    /// Let keys travel over plain http.
    #[arg(long)]
    pub allow_plain_http: bool,
}
