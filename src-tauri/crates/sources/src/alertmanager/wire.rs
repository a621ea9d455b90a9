//! The shapes of Alertmanager's API v2. What an alert must have and has not makes the whole answer unreadable: half a list would
//! look like fewer alerts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firewatch_domain::alert::{Alert, LONGEST_LABEL, MOST_LABELS, Standing};
use firewatch_domain::fault::{Fault, FaultKind};
use serde::Deserialize;

/// Annotations that say in a sentence what is wrong, the best first.
const SUMMARIES: [&str; 4] = ["summary", "message", "title", "description"];

#[derive(Deserialize)]
struct Told {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(rename = "startsAt")]
    starts_at: DateTime<Utc>,
    #[serde(default, rename = "generatorURL")]
    generator: Option<String>,
    status: Status,
}

#[derive(Deserialize)]
struct Status {
    state: State,
    #[serde(default, rename = "silencedBy")]
    silenced: Vec<String>,
    /// Muted by a time interval; servers before 0.28 do not say so.
    #[serde(default, rename = "mutedBy")]
    muted: Vec<String>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum State {
    Unprocessed,
    Active,
    Suppressed,
}

/// What the server says about itself.
#[derive(Deserialize)]
pub(super) struct About {
    #[serde(rename = "versionInfo")]
    version: BTreeMap<String, String>,
    cluster: Cluster,
}

#[derive(Deserialize)]
struct Cluster {
    status: String,
}

impl About {
    pub(super) fn version(&self) -> String {
        self.version.get("version").map_or_else(|| "of an unknown version".to_owned(), |v| cut(v))
    }

    pub(super) fn settling(&self) -> bool {
        self.cluster.status == "settling"
    }
}

/// Reads `/status`; none where something else answered.
pub(super) fn status(body: &[u8]) -> Option<About> {
    serde_json::from_slice(body).ok()
}

/// Reads `/alerts`.
pub(super) fn alerts(place: &str, body: &[u8]) -> Result<Vec<Alert>, Fault> {
    let told: Vec<Told> = serde_json::from_slice(body).map_err(|error| unreadable(place, body.len(), &error))?;
    Ok(told.into_iter().map(Told::alert).collect())
}

fn unreadable(place: &str, length: usize, error: &serde_json::Error) -> Fault {
    let message = if error.is_eof() {
        format!("The answer of {place} breaks off after {length} bytes; something between cuts it.")
    } else if error.is_syntax() {
        format!("The answer of {place} is damaged JSON (line {}, column {}).", error.line(), error.column())
    } else {
        format!("{place} answers JSON, but not the alerts of Alertmanager's API v2; check the address and the path.")
    };
    Fault::new(FaultKind::NotTheApi, message)
}

impl Told {
    fn alert(self) -> Alert {
        let standing = match self.status.state {
            State::Active | State::Unprocessed => Standing::Firing,
            State::Suppressed if self.status.silenced.is_empty() && self.status.muted.is_empty() => Standing::Inhibited,
            State::Suppressed => Standing::Silenced,
        };
        Alert {
            summary: summary(&self.annotations),
            labels: kept(self.labels),
            since_s: self.starts_at.timestamp(),
            url: self.generator.filter(|url| !url.is_empty() && url.len() <= 4096),
            standing,
        }
    }
}

/// The best annotation that says what is wrong.
pub(crate) fn summary(annotations: &BTreeMap<String, String>) -> String {
    SUMMARIES.iter().find_map(|name| annotations.get(*name)).map(|text| cut(text)).unwrap_or_default()
}

/// Labels within bounds.
pub(crate) fn kept(labels: BTreeMap<String, String>) -> BTreeMap<String, String> {
    labels.into_iter().take(MOST_LABELS).map(|(name, value)| (cut(&name), cut(&value))).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST_LABEL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(state: &str, more: &str) -> Result<Vec<Alert>, Fault> {
        let body = format!(
            r#"[{{"annotations":{{"description":"long","summary":"short"}},"endsAt":"2026-11-22T04:05:00.000Z","fingerprint":"f","receivers":[{{"name":"r"}}],
               "startsAt":"2026-11-22T04:00:00.123Z","updatedAt":"2026-11-22T04:00:01.000Z","status":{{"inhibitedBy":[],"silencedBy":[],"state":"{state}"{more}}},
               "generatorURL":"http://p:9090/graph?g0.expr=up","labels":{{"alertname":"A","job":"settings"}}}}]"#
        );
        alerts("am.example", body.as_bytes())
    }

    #[test]
    fn reads_what_fires_and_who_holds_it_back() {
        let of = |state: &str, more: &str| read(state, more).unwrap().remove(0);
        let alert = of("active", "");
        assert_eq!((alert.name(), alert.summary.as_str(), alert.since_s, alert.standing), ("A", "short", 1_795_320_000, Standing::Firing));
        assert_eq!(alert.url.as_deref(), Some("http://p:9090/graph?g0.expr=up"));
        assert_eq!(of("unprocessed", "").standing, Standing::Firing);
        assert_eq!(of("suppressed", "").standing, Standing::Inhibited);
        assert_eq!(of("suppressed", r#","mutedBy":["night"]"#).standing, Standing::Silenced);
    }

    #[test]
    fn half_a_list_is_no_list() {
        for (body, says) in [
            (r#"[{"labels":{"a":"b"}}]"#, "not the alerts"),
            (r#"[{"labels":{"a":1},"startsAt":"2026-11-22T04:00:00Z","status":{"state":"active"}}]"#, "not the alerts"),
            (r#"[{"labels":{},"startsAt":"yesterday","status":{"state":"active"}}]"#, "not the alerts"),
            (r#"[{"labels":{},"startsAt":"2026-11-22T04:00:00Z","status":{"state":"odd"}}]"#, "not the alerts"),
            (r#"{"status":"success","data":[]}"#, "not the alerts"),
            (r#"[{"labels":{"a":"#, "breaks off"),
            ("[{]", "damaged"),
        ] {
            let fault = alerts("am.example", body.as_bytes()).unwrap_err();
            assert!(fault.kind == FaultKind::NotTheApi && fault.message.contains(says), "{body}: {fault}");
        }
    }

    #[test]
    fn labels_are_bounded() {
        let many: BTreeMap<String, String> = (0..500).map(|i| (format!("l{i:03}"), "x".repeat(100_000))).collect();
        let kept = kept(many);
        assert_eq!((kept.len(), kept["l000"].len()), (MOST_LABELS, LONGEST_LABEL));
    }
}
