//! Whatever answers in the server's place becomes a fault that names it, and no credential leaves its origin.

use std::io::Write as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::Counts;
use firewatch_domain::ports::{Connect, Verdict};
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::Connector;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::asking::{OneSecret, at, config, connect, ratio, request, tight};

const SECRET: &str = "s3cr3t-t0ken";
const NOW: i64 = 1_700_000_000;

fn place() -> SecretPlace {
    SecretPlace::Keyring { entry: "e".to_owned() }
}

/// A source with every kind of secret.
fn signed(url: &str) -> SourceConfig {
    let kind = SourceKind::Prometheus {
        url: url.parse().unwrap(),
        auth: Auth::Bearer { token: place() },
        headers: vec![("X-Scope-OrgID".to_owned(), "tenant".to_owned())],
        secret_headers: vec![("X-Api-Key".to_owned(), place())],
        allow_plain_http: false,
    };
    SourceConfig { kind, ..config(url) }
}

async fn fault_of(url: &str, now: DateTime<Utc>) -> Fault {
    let source = Connector { drill_start: None, limits: tight() }.connect(&signed(url), &OneSecret(SECRET)).unwrap();
    let minute = now.timestamp() / 60;
    let requests: Vec<_> = (0..3).map(|i| request(i, ratio(Counts::Bad, "e", &format!("t{i}")), minute - 3, minute)).collect();
    let answer = source.read(&requests, now).await;
    assert_eq!(answer.outcomes.len(), 3, "every request has its outcome");
    let fault =
        answer.outcomes.into_iter().map(|(_, outcome)| outcome.map_or_else(|f| f, |r| r.fault.expect("blind"))).next_back().unwrap();
    assert!(!fault.message.contains(SECRET) && !format!("{fault:?}").contains(SECRET));
    fault
}

fn plain(status: u16, kind: &str, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("date", "none").set_body_raw(body.to_owned(), kind)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn every_odd_answer_is_named() {
    let json = "application/json";
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    let torn = gzip(b"{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}");
    let packed = |body: Vec<u8>| {
        ResponseTemplate::new(200).insert_header("date", "none").insert_header("content-encoding", "gzip").set_body_raw(body, json)
    };
    let error = |text: &str| format!("{{\"status\":\"error\",\"errorType\":\"timeout\",\"error\":\"{text}\"}}");
    let cases = [
        (plain(200, "text/html", "<html><title>Sign in to Corp</title>"), FaultKind::NotTheApi, "Sign in to Corp"),
        (plain(200, json, "<!doctype html><body>hi"), FaultKind::NotTheApi, "web page"),
        (plain(200, json, ""), FaultKind::NotTheApi, "empty"),
        (plain(200, json, "{\"status\":\"success\",\"data\":{\"resu"), FaultKind::NotTheApi, "breaks off after 33 bytes"),
        (
            plain(200, json, "{\"status\":\"success\",\"data\":{\"result\":[{\"metric\":{},\"values\":[[1,2]]}]}}"),
            FaultKind::NotTheApi,
            "not that of",
        ),
        (plain(200, json, "{\"ok\":true}"), FaultKind::NotTheApi, "not that of"),
        (plain(200, "text/plain", "pong"), FaultKind::NotTheApi, "\"pong\""),
        (
            ResponseTemplate::new(200).insert_header("date", "none").set_body_raw(vec![0xff_u8, 0xfe, 0x00], json),
            FaultKind::NotTheApi,
            "no text",
        ),
        (plain(200, json, &error("out of luck")), FaultKind::QueryRefused, "out of luck"),
        (plain(400, json, &error("parse error at char 3")), FaultKind::QueryRefused, "parse error at char 3"),
        (plain(422, json, &error("query processing would load too many samples")), FaultKind::TooLarge, "too many samples"),
        (plain(401, "text/plain", "no"), FaultKind::SignInRefused, "401"),
        (plain(403, "text/plain", "no"), FaultKind::SignInRefused, "403"),
        (plain(404, "text/plain", "404 page not found"), FaultKind::NotTheApi, "404"),
        (plain(407, "text/plain", ""), FaultKind::SignInRefused, "proxy"),
        (plain(500, "text/plain", "oops"), FaultKind::ServerFailed, "500"),
        (plain(502, "text/html", "<html>Bad gateway"), FaultKind::ServerFailed, "502"),
        (plain(503, json, &error("query timed out")), FaultKind::ServerFailed, "query timed out"),
        (plain(429, "text/plain", ""), FaultKind::RateLimited, "429"),
        (plain(200, json, "{}").set_delay(Duration::from_secs(3)), FaultKind::TimedOut, "0.6 s"),
        (packed(bomb), FaultKind::TooLarge, "4 MB"),
        (packed(torn[..20].to_vec()), FaultKind::NotTheApi, "unpacked"),
    ];
    for (answer, kind, words) in cases {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let fault = fault_of(&server.uri(), at(NOW)).await;
        assert_eq!(fault.kind, kind, "{fault} (expected {words})");
        assert!(fault.message.contains(words), "{fault} lacks {words}");
        assert!(fault.message.contains("127.0.0.1") || fault.message.contains("prox"), "{fault} does not say where");
    }
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let fault = fault_of("http://127.0.0.1:1", at(NOW)).await;
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert!(fault.message.contains("refused") && fault.message.contains("127.0.0.1:1"), "{fault}");
    let fault = fault_of("https://no-such-name.invalid", at(NOW)).await;
    assert!(matches!(fault.kind, FaultKind::Unreachable | FaultKind::TimedOut), "{fault}");
}

#[tokio::test]
async fn credentials_never_follow_a_redirect_elsewhere() {
    let (server, other) = (MockServer::start().await, MockServer::start().await);
    Mock::given(any()).respond_with(plain(200, "application/json", "{}")).mount(&other).await;
    let to = format!("{}/api/v1/query?token={SECRET}", other.uri());
    Mock::given(any()).respond_with(ResponseTemplate::new(307).insert_header("location", to.as_str())).mount(&server).await;
    let fault = fault_of(&server.uri(), at(NOW)).await;
    assert_eq!(fault.kind, FaultKind::Redirected);
    assert!(other.received_requests().await.unwrap().is_empty());
    let first = &server.received_requests().await.unwrap()[0];
    assert_eq!(first.headers.get("authorization").unwrap(), &format!("Bearer {SECRET}"));
    assert_eq!(first.headers.get("x-scope-orgid").unwrap(), "tenant");
}

#[tokio::test]
async fn redirects_within_the_origin_keep_the_question() {
    let server = MockServer::start().await;
    Mock::given(path("/api/v1/query"))
        .respond_with(ResponseTemplate::new(301).insert_header("location", "/prom/query"))
        .mount(&server)
        .await;
    let body = "{\"status\":\"error\",\"error\":\"got here\"}";
    Mock::given(method("POST")).and(path("/prom/query")).respond_with(plain(200, "application/json", body)).mount(&server).await;
    assert!(fault_of(&server.uri(), at(NOW)).await.message.contains("got here"));
    let circle = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(302).insert_header("location", "/again")).mount(&circle).await;
    let fault = fault_of(&circle.uri(), at(NOW)).await;
    assert!(fault.kind == FaultKind::Redirected && fault.message.contains("circle"), "{fault}");
}

#[tokio::test]
async fn too_many_requests_are_not_repeated_until_allowed() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(plain(429, "text/plain", "").insert_header("retry-after", "120")).mount(&server).await;
    let source = connect(&server.uri(), tight());
    let asked = async |now: i64| {
        let answer = source.read(&[request(1, ratio(Counts::Bad, "e", "t"), now / 60 - 3, now / 60)], at(now)).await;
        assert_eq!(answer.outcomes[0].1.as_ref().unwrap_err().kind, FaultKind::RateLimited);
        answer.cost.requests
    };
    assert_eq!(asked(NOW).await, 1);
    assert_eq!(asked(NOW + 119).await, 0);
    assert_eq!(asked(NOW + 121).await, 1);
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn clocks_that_disagree_are_told_with_their_difference() {
    let server = MockServer::start().await;
    let body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}";
    let date = at(NOW - 61 * 60).to_rfc2822().replace("+0000", "GMT");
    Mock::given(any()).respond_with(plain(200, "application/json", body).insert_header("date", date.as_str())).mount(&server).await;
    let fault = fault_of(&server.uri(), at(NOW)).await;
    assert_eq!(fault.kind, FaultKind::ClockSkew);
    assert!(fault.message.contains("61 min ahead of 127.0.0.1"), "{fault}");
}

#[tokio::test]
async fn a_server_that_refuses_post_is_asked_by_get_from_then_on() {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(plain(405, "text/plain", "")).mount(&server).await;
    let body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}";
    Mock::given(method("GET")).respond_with(plain(200, "application/json", body)).mount(&server).await;
    let source = connect(&server.uri(), tight());
    for requests in [2, 1] {
        let answer = source.read(&[request(1, ratio(Counts::Bad, "e", "t"), NOW / 60 - 3, NOW / 60)], at(NOW)).await;
        assert_eq!(answer.outcomes[0].1.as_ref().unwrap_err().kind, FaultKind::NoSeries);
        assert_eq!(answer.cost.requests, requests);
    }
}

#[tokio::test]
async fn addresses_and_secrets_are_checked_before_anything_is_sent() {
    let connector = Connector { drill_start: None, limits: tight() };
    let refused = |config: &SourceConfig, secret: &'static str| connector.connect(config, &OneSecret(secret)).err().unwrap();
    assert!(refused(&signed("http://prometheus.example"), SECRET).message.contains("unencrypted"));
    assert_eq!(refused(&signed("http://127.0.0.1:9090"), "  ").kind, FaultKind::SecretMissing);
    assert_eq!(refused(&signed("http://127.0.0.1:9090"), "a\nb").kind, FaultKind::SecretMissing);
    assert!(refused(&config("http://169.254.169.254/latest"), "").message.contains("link-local"));
}

#[tokio::test]
async fn the_test_button_tells_what_is_broken() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(plain(401, "text/plain", "")).mount(&server).await;
    let checks = connect(&server.uri(), tight()).test(at(NOW)).await;
    let last = checks.last().unwrap();
    assert_eq!((last.name, last.verdict), ("sign-in", Verdict::Broken));
    assert!(!last.cure.is_empty());
}

#[tokio::test]
async fn pages_hold_the_query() {
    let page = connect("http://127.0.0.1:9090/prom/", tight()).page("m{a=\"b c+d\"}").unwrap();
    assert_eq!(page, "http://127.0.0.1:9090/prom/graph?g0.expr=m%7Ba%3D%22b%20c%2Bd%22%7D&g0.tab=0");
}
