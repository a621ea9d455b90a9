//! What is sent to Zoom and Slack, held against the vendors' own descriptions of their interfaces where those are present.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use firewatch_comms::Mailroom;
use firewatch_domain::destination::{Destination, DestinationKind};
use firewatch_domain::outbox::Act;
use firewatch_domain::ports::{Check, Courier, Post, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

struct One;

impl SecretStore for One {
    fn keep(&self, _: &str, _: SecretString) -> Result<SecretPlace, SecretError> {
        Err(SecretError::NotKept)
    }
    fn find(&self, _: &SecretPlace) -> Result<SecretString, SecretError> {
        Ok(SecretString::from("planted"))
    }
    fn forget(&self, _: &SecretPlace) -> Result<(), SecretError> {
        Ok(())
    }
    fn check(&self) -> Check {
        Check { name: "keyring", verdict: Verdict::Ok, message: String::new(), cure: String::new() }
    }
}

fn courier(kind: DestinationKind) -> Arc<dyn Courier> {
    Mailroom.courier(&Destination { id: "1".to_owned(), name: "ops".to_owned(), kind }, &One).unwrap()
}

/// A description; none, visibly, where it is not beside the checkout.
fn described(name: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/specs").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{name} is missing, and CI=true allows no skip");
        eprintln!("SKIP: the description {name} is missing");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// A path of a description such as `/users/{userId}/meetings` fits a path that was asked.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len() && pattern.iter().zip(&path).all(|(a, b)| a == b || a.starts_with('{') && !b.is_empty())
}

fn resolved<'a>(spec: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(spec, spec.pointer(reference.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

/// What of a value contradicts a schema: type, range, choice, what is required, what is not known at all.
fn faults(spec: &Value, schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    let schema = resolved(spec, schema);
    let fine = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => true,
    };
    if !fine {
        out.push(format!("{at}: {value} is no {}", schema["type"]));
    }
    if let Some(choices) = schema["enum"].as_array()
        && !choices.contains(value)
    {
        out.push(format!("{at}: {value} is none of {choices:?}"));
    }
    let length = value.as_str().map(|text| text.chars().count() as u64);
    if let (Some(length), Some(most)) = (length, schema["maxLength"].as_u64())
        && length > most
    {
        out.push(format!("{at}: {length} characters, at most {most}"));
    }
    let number = value.as_f64();
    let outside = |bound: &str, wrong: fn(f64, f64) -> bool| number.zip(schema[bound].as_f64()).is_some_and(|(n, b)| wrong(n, b));
    if outside("minimum", |n, b| n < b) || outside("maximum", |n, b| n > b) {
        out.push(format!("{at}: {value} is out of range"));
    }
    for item in value.as_array().into_iter().flatten() {
        faults(spec, &schema["items"], item, &format!("{at}[]"), out);
    }
    let Some(fields) = value.as_object() else { return };
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(required) {
            out.push(format!("{at}: {required} is missing"));
        }
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    for (name, field) in fields {
        match properties.get(name) {
            Some(property) => faults(spec, property, field, &format!("{at}.{name}"), out),
            None => out.push(format!("{at}.{name} is not described")),
        }
    }
}

/// The faults of a request: an operation that is not described, parameters, body.
fn judged(spec: &Value, base: &str, request: &Request) -> Vec<String> {
    let (method, path) = (request.method.as_str().to_lowercase(), request.url.path().trim_start_matches(base));
    let at = format!("{method} {path}");
    let known = spec["paths"].as_object().unwrap().iter().find(|(pattern, _)| fits(pattern, path));
    let Some(operation) = known.and_then(|(_, operations)| operations.get(&method)) else { return vec![format!("{at} is not described")] };
    let mut out = Vec::new();
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().map(|p| resolved(spec, p)).collect();
    let of = |place: &str| parameters.iter().filter(|p| p["in"] == place && p["name"] != "token").copied().collect::<Vec<_>>();
    check_pairs(&of("query"), &request.url.query_pairs().into_owned().collect::<Vec<_>>(), &format!("{at} ?"), &mut out);
    let form = of("formData");
    let kind = request.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if !form.is_empty() || kind.starts_with("application/x-www-form-urlencoded") {
        let body = Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(&request.body))).unwrap();
        check_pairs(&form, &body.query_pairs().into_owned().collect::<Vec<_>>(), &format!("{at} form"), &mut out);
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    if !schema.is_null() {
        faults(spec, schema, &serde_json::from_slice(&request.body).unwrap_or(Value::Null), &at, &mut out);
    }
    out
}

fn check_pairs(parameters: &[&Value], pairs: &[(String, String)], at: &str, out: &mut Vec<String>) {
    let given: BTreeSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    for parameter in parameters.iter().filter(|p| p["required"] == true) {
        if !given.contains(parameter["name"].as_str().unwrap_or_default()) {
            out.push(format!("{at}: {} is missing", parameter["name"]));
        }
    }
    for (name, text) in pairs {
        let Some(parameter) = parameters.iter().find(|p| p["name"] == name.as_str()) else {
            out.push(format!("{at}: {name} is not described"));
            continue;
        };
        let kind = parameter["type"].as_str().or(parameter["schema"]["type"].as_str()).unwrap_or("string");
        let fine = match kind {
            "integer" => text.parse::<i64>().is_ok(),
            "number" => text.parse::<f64>().is_ok(),
            "boolean" => text == "true" || text == "false",
            _ => true,
        };
        if !fine {
            out.push(format!("{at}: {name} `{text}` is no {kind}"));
        }
        let choices = parameter["enum"].as_array().or(parameter["schema"]["enum"].as_array());
        if choices.is_some_and(|choices| !choices.iter().any(|choice| choice == text.as_str())) {
            out.push(format!("{at}: {name} `{text}` is no choice"));
        }
    }
}

async fn all_faults(server: &MockServer, spec: &Value, base: &str) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let asked: Vec<&Request> = requests.iter().filter(|r| r.url.path().starts_with(base)).collect();
    assert!(asked.len() >= 3, "only {} requests were seen", asked.len());
    asked.into_iter().flat_map(|request| judged(spec, base, request)).collect()
}

fn act(kind: &str, payload: Value) -> Act {
    let mut act = Act::new("act-7".to_owned(), "ops", "incident", kind, payload, "r", 1_800_000_000);
    act.sent_s = Some(1_800_000_000);
    act
}

#[tokio::test]
async fn zoom_is_asked_as_it_describes() {
    let Some(spec) = described("zoom-meetings.cut.json") else { return };
    let server = MockServer::start().await;
    let body =
        json!({ "access_token": "t", "id": 81_234_567_890_u64, "join_url": "https://zoom.us/j/8", "meetings": [], "next_page_token": "" });
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(body)).mount(&server).await;
    let zoom = courier(DestinationKind::Zoom {
        api: format!("{}/v2", server.uri()),
        sign_in: server.uri(),
        account: "a".to_owned(),
        client: "c".to_owned(),
        user: "me".to_owned(),
        secret: SecretPlace::Session { entry: "one".to_owned() },
    });
    let topics = ["SEV1: Settings <slow> & \"broken\"".to_owned(), "x".repeat(4000), String::new()];
    for topic in topics {
        zoom.deliver(&act("open_room", json!({ "topic": topic }))).await;
    }
    zoom.probe(&act("open_room", json!({})), 90).await;
    zoom.deliver(&act("end_room", json!({ "meeting": "81234567890" }))).await;
    zoom.test().await;
    assert_eq!(all_faults(&server, &spec, "/v2").await, Vec::<String>::new());
}

#[tokio::test]
async fn slack_is_asked_as_it_describes() {
    let Some(spec) = described("slack-web-2020.cut.json") else { return };
    let server = MockServer::start().await;
    let body = json!({ "ok": true, "ts": "1.2", "messages": [], "response_metadata": { "next_cursor": "" } });
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_json(body)).mount(&server).await;
    let token = SecretPlace::Session { entry: "one".to_owned() };
    let slack = courier(DestinationKind::SlackBot { api: format!("{}/api", server.uri()), channel: "C1".to_owned(), token });
    for text in ["We look into it.", "<!channel> & \u{1F525}", &"long ".repeat(4000)] {
        slack.deliver(&act("post_update", json!({ "text": text }))).await;
    }
    slack.probe(&act("post_update", json!({ "text": "x" })), 90).await;
    slack.test().await;
    assert_eq!(all_faults(&server, &spec, "/api").await, Vec::<String>::new());
}

#[test]
fn the_judge_finds_faults() {
    let spec = json!({ "paths": {} });
    let schema = json!({
        "type": "object", "required": ["topic"],
        "properties": { "topic": { "type": "string", "maxLength": 3 }, "type": { "type": "integer", "enum": [1, 2] } }
    });
    let found = |value: Value| {
        let mut out = Vec::new();
        faults(&spec, &schema, &value, "", &mut out);
        out.len()
    };
    assert_eq!(found(json!({ "topic": "abc", "type": 2 })), 0);
    for bad in
        [json!({}), json!({ "topic": "abcd" }), json!({ "topic": 5 }), json!({ "topic": "a", "type": 9 }), json!({ "topic": "a", "x": 1 })]
    {
        assert_eq!(found(bad.clone()), 1, "{bad}");
    }
    assert!(fits("/users/{userId}/meetings", "/users/me/meetings") && !fits("/users/{userId}", "/users/me/meetings"));
}
