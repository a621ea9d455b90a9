//! Every answer of a Jira has one meaning for an act, and nothing is sent twice by itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::sync::Arc;

use firewatch_domain::destination::{Destination, DestinationKind};
use firewatch_domain::outbox::{Act, Delivered};
use firewatch_domain::ports::{Check, Courier, Post, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use firewatch_trackers::Office;
use secrecy::SecretString;
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

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

struct Nobody;

impl Post for Nobody {
    fn courier(&self, destination: &Destination, _: &dyn SecretStore) -> Result<Arc<dyn Courier>, String> {
        Err(format!("{} is not ours", destination.name))
    }
}

fn courier(url: &str) -> Arc<dyn Courier> {
    let token = SecretPlace::Session { entry: "one".to_owned() };
    let kind = DestinationKind::JiraCloud { url: url.to_owned(), email: "bot@example.com".to_owned(), token, allow_plain_http: false };
    let destination = Destination { id: "1".to_owned(), name: "jira".to_owned(), kind };
    Office::before(Arc::new(Nobody)).courier(&destination, &One).unwrap()
}

fn act(kind: &str, payload: Value) -> Act {
    Act::new("act-7".to_owned(), "jira", "0199aa", kind, payload, "r", 1_800_000_000)
}

fn word(end: &Delivered) -> &'static str {
    match end {
        Delivered::Done(_) => "done",
        Delivered::Refused(_) | Delivered::RefusedFields { .. } => "refused",
        Delivered::NotSent { holds_all: true, .. } => "held",
        Delivered::NotSent { .. } => "again",
        Delivered::Unsure(_) => "unsure",
    }
}

#[tokio::test]
async fn the_table_of_answers_holds() {
    let html = |code: u16| ResponseTemplate::new(code).set_body_raw("<html>sign in</html>", "text/html");
    let bare = ResponseTemplate::new;
    let made = bare(201).set_body_json(json!({ "id": "10001", "key": "OPS-7", "self": "x" }));
    let fields = bare(400).set_body_json(json!({ "errorMessages": [], "errors": { "customfield_1": "Team is required." } }));
    // What came, and what it means for making, for setting, for a comment.
    let table = [
        (made, ["done", "done", "done"]),
        (bare(201).set_body_string("fine"), ["unsure", "done", "unsure"]),
        (html(200), ["unsure", "held", "unsure"]),
        (html(302), ["held", "held", "held"]),
        (bare(302).insert_header("location", "https://login.example/"), ["held", "held", "held"]),
        (fields, ["refused", "refused", "refused"]),
        (bare(409), ["refused", "refused", "refused"]),
        (bare(413), ["refused", "refused", "refused"]),
        (bare(422), ["refused", "refused", "refused"]),
        (bare(401), ["held", "held", "held"]),
        (bare(403), ["held", "held", "held"]),
        (bare(404), ["refused", "refused", "refused"]),
        (bare(410), ["refused", "refused", "refused"]),
        (bare(429).insert_header("retry-after", "7"), ["held", "held", "held"]),
        (bare(429).insert_header("ratelimit-reason", "jira-per-issue-on-write"), ["again", "again", "again"]),
        (bare(503).insert_header("retry-after", "7"), ["unsure", "again", "unsure"]),
        (bare(500), ["unsure", "again", "unsure"]),
        (bare(502), ["unsure", "again", "unsure"]),
        (bare(504), ["unsure", "again", "unsure"]),
        (bare(408), ["unsure", "again", "unsure"]),
    ];
    let create = json!({ "project": "10000", "type": "10001", "summary": "x", "marker": "0199aa" });
    let acts = [
        act("ticket_create", create),
        act("ticket_mark", json!({ "issue": "10001", "marker": "0199aa" })),
        act("ticket_comment", json!({ "issue": "10001", "text": "hello" })),
    ];
    for (row, (template, expected)) in table.into_iter().enumerate() {
        for (act, expected) in acts.iter().zip(expected) {
            let server = MockServer::start().await;
            Mock::given(method("POST")).respond_with(template.clone()).mount(&server).await;
            Mock::given(method("PUT")).respond_with(template.clone()).mount(&server).await;
            let end = courier(&server.uri()).deliver(act).await;
            assert_eq!(word(&end), expected, "row {row}, {}: {end:?}", act.kind);
            assert_eq!(server.received_requests().await.unwrap().len(), 1, "row {row}, {}: sent more than once", act.kind);
            assert!(!format!("{end:?}").contains("planted"), "the token is a secret: {end:?}");
        }
    }
}

#[tokio::test]
async fn field_messages_stay_at_their_fields_and_a_wait_is_a_wait() {
    let server = MockServer::start().await;
    let body = json!({ "errorMessages": [], "errors": { "customfield_1": "Team is required.", "labels": "Field 'labels' cannot be set. It is not on the appropriate screen, or unknown." } });
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(400).set_body_json(body)).mount(&server).await;
    let create = act("ticket_create", json!({ "project": "1", "type": "1", "summary": "x", "marker": "m" }));
    let Delivered::RefusedFields { reason, fields } = courier(&server.uri()).deliver(&create).await else { panic!("it was refused") };
    assert!(reason.contains("constant") && reason.contains("test the tracker again"), "{reason}");
    assert_eq!(fields["customfield_1"], "Team is required.");
    let nobody = courier("http://127.0.0.1:1").deliver(&create).await;
    assert_eq!(word(&nobody), "held", "{nobody:?}");
    let limited = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(429).insert_header("retry-after", "7")).mount(&limited).await;
    let end = courier(&limited.uri()).deliver(&create).await;
    assert!(matches!(end, Delivered::NotSent { wait_s: Some(7), .. }), "{end:?}");
}
