//! Slack as it answers on good and bad days: what each answer means for an act, and that nothing is sent twice by itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::sync::Arc;
use std::time::Duration;

use firewatch_comms::Mailroom;
use firewatch_domain::destination::{Destination, DestinationKind};
use firewatch_domain::outbox::{Act, Delivered, Found};
use firewatch_domain::ports::{Check, Courier, Post, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{any, body_string_contains, header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// One secret for everything.
struct One(String);

impl SecretStore for One {
    fn keep(&self, _: &str, _: SecretString) -> Result<SecretPlace, SecretError> {
        Err(SecretError::NotKept)
    }
    fn find(&self, _: &SecretPlace) -> Result<SecretString, SecretError> {
        Ok(SecretString::from(self.0.clone()))
    }
    fn forget(&self, _: &SecretPlace) -> Result<(), SecretError> {
        Ok(())
    }
    fn check(&self) -> Check {
        Check { name: "keyring", verdict: Verdict::Ok, message: String::new(), cure: String::new() }
    }
}

fn place() -> SecretPlace {
    SecretPlace::Session { entry: "one".to_owned() }
}

fn courier(kind: DestinationKind, secret: &str) -> Arc<dyn Courier> {
    Mailroom.courier(&Destination { id: "1".to_owned(), name: "ops".to_owned(), kind }, &One(secret.to_owned())).unwrap()
}

fn webhook(address: &str) -> Arc<dyn Courier> {
    courier(DestinationKind::SlackWebhook { address: place() }, address)
}

fn bot(api: &str) -> Arc<dyn Courier> {
    courier(DestinationKind::SlackBot { api: api.to_owned(), channel: "C1".to_owned(), token: place() }, "xoxb-planted")
}

fn act(text: &str) -> Act {
    let mut act = Act::new("act-7".to_owned(), "ops", "incident", "post_update", json!({ "text": text }), "r", 1_800_000_000);
    act.sent_s = Some(1_800_000_000);
    act
}

async fn answering(template: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).mount(&server).await;
    server
}

/// A server that takes the whole request and closes without a word.
async fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut taken = [0; 4096];
            let _bytes = stream.read(&mut taken).await;
            stream.shutdown().await.ok();
        }
    });
    address
}

/// The end in a word, for tables.
fn word(delivered: &Delivered) -> &'static str {
    match delivered {
        Delivered::Done(_) => "done",
        Delivered::Refused(_) | Delivered::RefusedFields { .. } => "refused",
        Delivered::NotSent { .. } => "not sent",
        Delivered::Unsure(_) => "unsure",
    }
}

#[tokio::test]
async fn every_answer_of_a_webhook_has_one_meaning() {
    let html = ResponseTemplate::new(200).set_body_raw("<html>sign in</html>", "text/html");
    let cases = [
        (ResponseTemplate::new(200).set_body_string("ok"), "done"),
        (html, "unsure"),
        (ResponseTemplate::new(200).set_body_string(""), "unsure"),
        (ResponseTemplate::new(400).set_body_string("invalid_payload"), "refused"),
        (ResponseTemplate::new(403).set_body_string("action_prohibited"), "refused"),
        (ResponseTemplate::new(404).set_body_string("no_service"), "not sent"),
        (ResponseTemplate::new(410).set_body_string("channel_is_archived"), "not sent"),
        (ResponseTemplate::new(429).insert_header("retry-after", "7"), "not sent"),
        (ResponseTemplate::new(429), "not sent"),
        (ResponseTemplate::new(302).insert_header("location", "https://login.example/"), "not sent"),
        (ResponseTemplate::new(500).set_body_string("rollup_error"), "unsure"),
        (ResponseTemplate::new(503), "unsure"),
    ];
    for (i, (template, expected)) in cases.into_iter().enumerate() {
        let server = answering(template).await;
        let outcome = webhook(&format!("{}/services/T/B/planted", server.uri())).deliver(&act("hello")).await;
        assert_eq!(word(&outcome), expected, "case {i}: {outcome:?}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1, "case {i} was sent more than once");
        assert!(!format!("{outcome:?}").contains("planted"), "the address is a secret: {outcome:?}");
    }
}

#[tokio::test]
async fn a_wait_is_told_and_a_lost_reply_is_unsure() {
    let server = answering(ResponseTemplate::new(429).insert_header("retry-after", "7")).await;
    let outcome = webhook(&format!("{}/hook", server.uri())).deliver(&act("hello")).await;
    assert!(matches!(outcome, Delivered::NotSent { wait_s: Some(7), holds_all: true, .. }), "{outcome:?}");
    let lost = webhook(&silent().await).deliver(&act("hello")).await;
    assert_eq!(word(&lost), "unsure", "{lost:?}");
    let nobody = webhook("http://127.0.0.1:1/hook").deliver(&act("hello")).await;
    assert_eq!(word(&nobody), "not sent", "{nobody:?}");
    assert_eq!(webhook("http://127.0.0.1:1/hook").probe(&act("hello"), 900).await, Found::CannotAsk);
}

#[tokio::test]
async fn hostile_text_mentions_nobody() {
    let server = answering(ResponseTemplate::new(200).set_body_string("ok")).await;
    webhook(&format!("{}/hook", server.uri())).deliver(&act("<!channel> & <@U1> <https://x|y>")).await;
    let body: Value = server.received_requests().await.unwrap()[0].body_json().unwrap();
    assert_eq!(body["text"], "&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://x|y&gt;");
    assert!(!body.to_string().contains("<!channel>"));
}

#[tokio::test]
async fn a_bot_is_told_no_inside_a_200() {
    let cases = [
        (json!({ "ok": true, "channel": "C1", "ts": "1800000001.000200" }), "done"),
        (json!({ "ok": true }), "unsure"),
        (json!({ "ok": false, "error": "channel_not_found" }), "refused"),
        (json!({ "ok": false, "error": "msg_too_long" }), "refused"),
        (json!({ "ok": false, "error": "invalid_auth" }), "not sent"),
        (json!({ "ok": false, "error": "missing_scope", "needed": "chat:write" }), "not sent"),
        (json!({ "ok": false, "error": "ratelimited" }), "not sent"),
        (json!({ "ok": false, "error": "fatal_error" }), "unsure"),
    ];
    for (body, expected) in cases {
        let server = MockServer::start().await;
        Mock::given(path("/chat.postMessage"))
            .and(header("authorization", "Bearer xoxb-planted"))
            .and(body_string_contains("firewatch-act-7"))
            .respond_with(ResponseTemplate::new(200).set_body_json(&body))
            .mount(&server)
            .await;
        let outcome = bot(&server.uri()).deliver(&act("hello")).await;
        assert_eq!(word(&outcome), expected, "{body}: {outcome:?}");
        assert!(!format!("{outcome:?}").contains("planted"));
    }
}

#[tokio::test]
async fn a_lost_reply_is_looked_up_in_the_channel() {
    let with_marker = |ts: &str| json!({ "ts": ts, "blocks": [{ "type": "section", "block_id": "firewatch-act-7" }] });
    let foreign = json!({ "ts": "1.0", "text": "firewatch-act-7" });
    let cases = [
        (vec![foreign.clone(), with_marker("2.0")], 5, "There"),
        (vec![foreign.clone()], 5, "NotSeen"),
        (vec![foreign], 90, "NotThere"),
        (vec![with_marker("2.0"), with_marker("3.0")], 5, "Several"),
    ];
    for (messages, age_s, expected) in cases {
        let server = MockServer::start().await;
        let body = json!({ "ok": true, "messages": messages, "response_metadata": { "next_cursor": "" } });
        Mock::given(path("/conversations.history")).respond_with(ResponseTemplate::new(200).set_body_json(body)).mount(&server).await;
        let found = bot(&server.uri()).probe(&act("hello"), age_s).await;
        assert!(format!("{found:?}").starts_with(expected), "{found:?}");
    }
    let refusing = answering(ResponseTemplate::new(200).set_body_json(json!({ "ok": false, "error": "missing_scope" }))).await;
    assert_eq!(bot(&refusing.uri()).probe(&act("hello"), 90).await, Found::CannotAsk);
    let down = answering(ResponseTemplate::new(500).set_delay(Duration::from_millis(10))).await;
    assert!(matches!(bot(&down.uri()).probe(&act("hello"), 90).await, Found::Failed(_)));
}
