//! Connecting to a server on this machine, and the requests the engine would make.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{Check, Connect, ReadRequest, Reading, SecretError, SecretStore, Source, Verdict};
use firewatch_domain::selector::Selector;
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::{Connector, Limits};
use secrecy::SecretString;

/// A store that knows one secret under every name.
pub struct OneSecret(pub &'static str);

impl SecretStore for OneSecret {
    fn keep(&self, _: &str, _: SecretString) -> Result<SecretPlace, SecretError> {
        Err(SecretError::NotKept)
    }
    fn find(&self, _: &SecretPlace) -> Result<SecretString, SecretError> {
        Ok(SecretString::from(self.0))
    }
    fn forget(&self, _: &SecretPlace) -> Result<(), SecretError> {
        Ok(())
    }
    fn check(&self) -> Check {
        Check { name: "secrets", verdict: Verdict::Ok, message: String::new(), cure: String::new() }
    }
}

/// Bounds that make tests of slowness fast.
pub fn tight() -> Limits {
    Limits {
        connect: Duration::from_millis(500),
        answer: Duration::from_millis(600),
        history: Duration::from_millis(900),
        body: 4 * 1024 * 1024,
    }
}

/// A configuration without sign-in.
pub fn config(url: &str) -> SourceConfig {
    let kind = SourceKind::Prometheus {
        url: url.parse().unwrap(),
        auth: Auth::None,
        headers: Vec::new(),
        secret_headers: Vec::new(),
        allow_plain_http: false,
    };
    SourceConfig { id: "s".to_owned(), name: "s".to_owned(), kind, interval_s: 30, alerts: false }
}

/// A source of a server, within bounds.
pub fn connect(url: &str, limits: Limits) -> Arc<dyn Source> {
    Connector { drill_start: None, limits }.connect(&config(url), &OneSecret("unused")).unwrap()
}

/// A ratio of two selectors.
pub fn ratio(counts: Counts, part: &str, total: &str) -> Indicator {
    Indicator::Ratio { counts, part: Selector::parse(part).unwrap(), total: Selector::parse(total).unwrap() }
}

/// A request for the minutes `[from, to)` of an indicator that was read before.
pub fn request(key: u64, indicator: Indicator, from: i64, to: i64) -> ReadRequest {
    ReadRequest { key, indicator, span: Span::new(Minute(from), Minute(to)), seen_before: false, series: Some(4) }
}

/// A moment by unix seconds.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// Sums of slices and carries, column by column.
pub fn sums(reading: &Reading) -> Vec<u64> {
    let rows = reading.slices.iter().flatten().chain(reading.carries.iter().map(|c| &c.columns));
    let mut sums = vec![0; reading.layout.columns()];
    for row in rows {
        sums.iter_mut().zip(row).for_each(|(sum, n)| *sum += n);
    }
    sums
}
