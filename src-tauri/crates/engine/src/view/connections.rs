//! Sources, suggestions, imports, probes.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A source as configured; never its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SourceRow {
    /// Id.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// `prometheus`, `alertmanager`, `datadog`, `probe` or `drill`.
    pub kind: String,
    /// Base address; empty for probe and drill.
    pub url: String,
    /// Seconds between polls.
    pub interval_s: f64,
    /// `none`, `basic`, `bearer`, `headers` or `keys`.
    pub auth: String,
    /// Where the secret is: `keyring`, `variable NAME`, `session` or `none`.
    pub secret: String,
    /// Credentials travel unencrypted by the person's choice.
    pub plain_http: bool,
    /// `ok`, `failing`, `unknown` or `paused`.
    pub health: String,
    /// Last error in words.
    pub error: Option<String>,
    /// Unix seconds of the last good read.
    pub last_read_at: Option<f64>,
    /// Round trips of the last poll.
    pub last_requests: Option<u32>,
    /// Milliseconds of the last poll.
    pub last_poll_ms: Option<f64>,
    /// Bytes received by the last poll.
    pub last_bytes: Option<f64>,
    /// SLOs that read from it.
    pub slos: u32,
    /// It tells firing alerts.
    pub alerts: bool,
}

/// What the person typed to add a source. Secrets travel once, into the keyring.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Type)]
pub struct SourceForm {
    /// `prometheus` or `alertmanager`.
    pub kind: String,
    /// Read the firing alerts of a Prometheus, too.
    pub alerts: bool,
    /// Environment of an Alertmanager's alerts that name none.
    pub environment: Option<String>,
    /// Unique name.
    pub name: String,
    /// Base address, with any path prefix.
    pub url: String,
    /// Seconds between polls.
    pub interval_s: f64,
    /// `none`, `basic` or `bearer`.
    pub auth: String,
    /// User of Basic.
    pub user: Option<String>,
    /// Password or token.
    pub secret: Option<String>,
    /// Further headers as `Name: value`.
    pub headers: Vec<String>,
    /// Credentials over plain http are allowed.
    pub allow_plain_http: bool,
}

/// What the person typed to add Datadog. Keys travel once, into the keyring.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Type)]
pub struct DatadogForm {
    /// Unique name.
    pub name: String,
    /// Site such as `datadoghq.eu`, or the whole address of its API.
    pub site: String,
    /// Seconds between polls.
    pub interval_s: f64,
    /// API key.
    pub api_key: String,
    /// Application key.
    pub app_key: String,
    /// Keys over plain http are allowed.
    pub allow_plain_http: bool,
}

/// One check of the truthful test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct TestLine {
    /// `address`, `answer`, `version`, `query`, `clock`, `series`.
    pub check: String,
    /// `ok`, `degraded` or `broken`.
    pub verdict: String,
    /// What was seen.
    pub message: String,
    /// What to do; empty when ok.
    pub cure: String,
}

/// What the source was seen to do just now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SourceTest {
    /// All checks are ok.
    pub ok: bool,
    /// In order.
    pub lines: Vec<TestLine>,
}

/// An SLO proposed from what the source already has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct Suggestion {
    /// Key to accept it by.
    pub key: String,
    /// Proposed unique name.
    pub name: String,
    /// Proposed title.
    pub title: String,
    /// Service.
    pub service: String,
    /// What it was made from: `counters`, `histogram`, `probe_success`, `sloth rules`, `pyrra rules`, `grpc`, `datadog slo`.
    pub origin: String,
    /// The indicator in words.
    pub indicator: String,
    /// Proposed objective as a percentage.
    pub objective_percent: f64,
    /// Proposed window.
    pub window: String,
    /// Ratio of the last hour, where it could be read.
    pub recent_sli: Option<f64>,
    /// An SLO with this name exists already.
    pub exists: bool,
}

/// A suggestion as the person accepted it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Type)]
pub struct AcceptedSuggestion {
    /// Key of the suggestion.
    pub key: String,
    /// Proposed unique name; kept while the title is, else one is made from the new title.
    pub name: String,
    /// Title, maybe changed.
    pub title: String,
    /// Objective as a percentage.
    pub objective_percent: f64,
    /// Window as `30d`.
    pub window: String,
    /// Environment.
    pub environment: String,
    /// Journey; the service where empty.
    pub journey: String,
}

/// A URL to probe.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Type)]
pub struct ProbeForm {
    /// Unique name.
    pub name: String,
    /// Address to GET.
    pub url: String,
    /// Good when answered within this many milliseconds.
    pub under_ms: f64,
    /// Objective as a percentage.
    pub objective_percent: f64,
    /// Window as `30d`.
    pub window: String,
    /// Seconds between probes.
    pub interval_s: f64,
    /// Environment.
    pub environment: String,
}

/// A file the person dropped.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, Type)]
pub struct DroppedFile {
    /// Its name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What became of one document of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ImportLine {
    /// File name.
    pub file: String,
    /// Line in the file, from 1.
    pub line: Option<u32>,
    /// Name of the document, where it has one.
    pub name: Option<String>,
    /// `imported`, `warned` or `rejected`.
    pub outcome: String,
    /// Reasons and cures, one a line; empty when imported cleanly.
    pub messages: Vec<String>,
    /// Id of the SLO created or updated.
    pub id: Option<String>,
}
