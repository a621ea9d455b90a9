//! Alertmanager's API v2: answers as the vendor's description has them are read, and whatever answers in its place is named.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use firewatch_domain::alert::Standing;
use firewatch_domain::fault::FaultKind;
use firewatch_domain::ports::{Connect, Source, Verdict};
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::{Connector, Limits, MOST_ALERTS};
use serde_json::{Value, json};
use wiremock::matchers::{any, bearer_token, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::asking::{OneSecret, config, tight};

const SPEC: &str = "../shared/specs/alertmanager-v2.swagger2.yaml";

fn now() -> DateTime<Utc> {
    "2026-11-22T04:00:00Z".parse().unwrap()
}

fn source(url: &str, limits: Limits) -> Arc<dyn Source> {
    let kind = SourceKind::Alertmanager {
        url: url.parse().unwrap(),
        auth: Auth::Bearer { token: SecretPlace::Keyring { entry: "e".to_owned() } },
        headers: Vec::new(),
        secret_headers: Vec::new(),
        allow_plain_http: false,
        environment: None,
    };
    let config = SourceConfig { kind, ..config(url) };
    Connector { drill_start: None, limits }.connect(&config, &OneSecret("t0ken")).unwrap()
}

fn alert(pod: usize, state: &str, silenced: bool) -> Value {
    let by = if silenced { json!(["s"]) } else { json!([]) };
    json!({ "annotations": {}, "endsAt": "2026-11-22T04:05:00Z", "fingerprint": format!("{pod:016x}"), "receivers": [{ "name": "r" }],
        "startsAt": "2026-11-22T03:00:00Z", "updatedAt": "2026-11-22T03:59:00Z", "generatorURL": "http://p.example/graph",
        "status": { "inhibitedBy": [], "silencedBy": by, "mutedBy": [], "state": state }, "labels": { "alertname": "A", "pod": format!("p{pod}") } })
}

async fn serving(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer.insert_header("date", "none")).mount(&server).await;
    server
}

/// What the vendor's description says an alert has, by hand: required fields and the states.
#[test]
fn what_we_read_is_what_the_vendor_describes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(SPEC);
    let Ok(text) = std::fs::read_to_string(&file) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{} is missing", file.display());
        return;
    };
    let part = |from: &str| text.split(from).nth(1).unwrap_or_default().chars().take(1500).collect::<String>();
    let (status, gettable) = (part("\n  alertStatus:"), part("\n  gettableAlert:"));
    for state in ["unprocessed", "active", "suppressed"] {
        assert!(status.contains(&format!("'{state}'")), "{state} is no state: {status}");
    }
    let sample = alert(1, "active", false);
    for field in ["receivers", "fingerprint", "startsAt", "updatedAt", "endsAt", "annotations", "status"] {
        assert!(gettable.contains(&format!("- {field}")) && sample.get(field).is_some(), "{field}: {gettable}");
    }
    for field in ["silencedBy", "inhibitedBy", "mutedBy"] {
        assert!(status.contains(field) && sample["status"].get(field).is_some(), "{field}");
    }
    assert!(text.contains("basePath: \"/api/v2/\"") || text.contains("basePath: /api/v2"), "another version");
}

#[tokio::test]
async fn alerts_come_whole_with_their_token_and_are_bounded() {
    let server = MockServer::start().await;
    let many: Vec<Value> = (0..MOST_ALERTS + 5).map(|i| alert(i, if i == 7 { "suppressed" } else { "active" }, i == 7)).collect();
    let answer = ResponseTemplate::new(200).insert_header("date", "none").set_body_json(many);
    Mock::given(method("GET")).and(path("/am/api/v2/alerts")).and(bearer_token("t0ken")).respond_with(answer).mount(&server).await;
    for tail in ["/am", "/am/", "/am/api/v2", "/am/#/alerts"] {
        let heard = source(&format!("{}{tail}", server.uri()), Limits::default()).alerts(now()).await.unwrap().unwrap();
        assert_eq!((heard.told, heard.alerts.len()), (MOST_ALERTS as u64 + 5, MOST_ALERTS), "{tail}");
        // The silenced one is least urgent, and first to go.
        assert!(heard.alerts.iter().all(|a| a.standing == Standing::Firing));
    }
}

#[tokio::test]
async fn whatever_answers_in_its_place_is_named_and_is_no_empty_list() {
    let text = |status: u16, kind: &str, body: &str| ResponseTemplate::new(status).set_body_raw(body.to_owned(), kind);
    let json = "application/json";
    for (answer, kind, says) in [
        (text(200, "text/html", "<html><title>Sign in</title>"), FaultKind::NotTheApi, "Sign in"),
        (text(200, json, ""), FaultKind::NotTheApi, "empty"),
        (text(200, json, "{\"status\":\"success\",\"data\":{}}"), FaultKind::NotTheApi, "not the alerts"),
        (text(200, json, "[{\"labels\":{}}]"), FaultKind::NotTheApi, "not the alerts"),
        (text(200, json, "[{\"labels\":"), FaultKind::NotTheApi, "breaks off"),
        (text(200, json, "\"all good\""), FaultKind::NotTheApi, "all good"),
        (text(401, "text/plain", "no"), FaultKind::SignInRefused, "401"),
        (text(404, "text/plain", "404 page not found"), FaultKind::NotTheApi, "404"),
        (text(429, "text/plain", ""), FaultKind::RateLimited, "429"),
        (text(500, json, "\"boom\""), FaultKind::ServerFailed, "500"),
        (text(302, "text/plain", "").insert_header("location", "https://login.example/"), FaultKind::Redirected, "login.example"),
        (text(200, json, &format!("[{}]", " ".repeat(5 << 20))), FaultKind::TooLarge, "4 MB of alerts"),
    ] {
        let server = serving(answer).await;
        let source = source(&server.uri(), tight());
        let fault = source.alerts(now()).await.unwrap().unwrap_err();
        assert!(fault.kind == kind && fault.message.contains(says), "{kind:?} {says}: {fault:?}");
        assert!(source.test(now()).await.iter().any(|check| check.verdict == Verdict::Broken), "{kind:?}");
    }
}

#[tokio::test]
async fn a_prometheus_tells_what_fires_and_nothing_that_is_pending() {
    let body = json!({ "status": "success", "data": { "alerts": [
        { "labels": { "alertname": "A", "job": "x" }, "annotations": { "summary": "s" }, "state": "firing", "activeAt": "2026-11-22T03:00:00Z", "value": "1e+00" },
        { "labels": { "alertname": "B" }, "annotations": {}, "state": "pending", "activeAt": "2026-11-22T03:59:00Z", "value": "1e+00" } ] } });
    let server = serving(ResponseTemplate::new(200).set_body_json(body)).await;
    let source = Connector { drill_start: None, limits: tight() }.connect(&config(&server.uri()), &OneSecret("")).unwrap();
    let heard = source.alerts(now()).await.unwrap().unwrap();
    assert_eq!((heard.alerts.len(), heard.alerts[0].name(), heard.alerts[0].standing), (1, "A", Standing::Evaluated));
    assert!(heard.alerts[0].url.as_deref().is_some_and(|url| url.contains("ALERTS")));
    let server = serving(ResponseTemplate::new(200).set_body_json(json!({ "status": "success", "data": {} }))).await;
    let source = Connector { drill_start: None, limits: tight() }.connect(&config(&server.uri()), &OneSecret("")).unwrap();
    assert_eq!(source.alerts(now()).await.unwrap().unwrap_err().kind, FaultKind::NotTheApi);
}
