//! Servers that are reached through others, or that have habits of their own: Grafana's data source proxy, Thanos, Mimir, Cortex.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::Counts;
use firewatch_domain::ports::{Connect, ReadRequest, Source, Verdict};
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::Connector;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::asking::{OneSecret, at, config, connect, ratio, request, sums, tight};
use crate::metrics::{Metrics, series};

const NOW: i64 = 1_700_000_045;
const TOKEN: &str = "glsa_right";

fn answered() -> Metrics {
    let samples = |per: i64| (0..=40).map(|i| (NOW - 600 + i * 15, (i * per) as f64)).collect::<Vec<_>>();
    let of = |code: &str, per| series(&format!("m{{job=\"shop\",code=\"{code}\"}}"), &samples(per));
    Metrics { series: vec![of("200", 10), of("500", 1)].into(), present: AtomicI64::new(i64::MAX), ..Metrics::default() }
}

fn asked() -> Vec<ReadRequest> {
    vec![request(1, ratio(Counts::Bad, "m{code=\"500\"}", "m"), NOW / 60 - 2, NOW / 60)]
}

/// Grafana below `/grafana` with one data source `prom-1`, in the words of its manual.
struct Grafana {
    behind: Metrics,
    ill: Option<(u16, &'static str)>,
}

impl Respond for Grafana {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let said = |code: u16, body: &str| ResponseTemplate::new(code).insert_header("date", "none").set_body_raw(body, "application/json");
        let path = request.url.path();
        let below = path.strip_prefix("/grafana/api/datasources/");
        let wanted =
            |rest: &str| rest.strip_prefix("proxy/uid/prom-1").or_else(|| rest.strip_prefix("uid/prom-1/resources")).map(str::to_owned);
        let token = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        match (below.map(wanted), token) {
            (None, _) => said(404, r#"{"accessErrorId":"","message":"Not found","title":""}"#),
            (_, token) if token != format!("Bearer {TOKEN}") => {
                said(401, r#"{"extra":null,"message":"Invalid API key","messageId":"api-key.invalid","statusCode":401,"traceID":""}"#)
            }
            (Some(None), _) => said(404, r#"{"message":"Data source not found","traceID":""}"#),
            (Some(Some(_)), _) if let Some((code, body)) = self.ill => said(code, body),
            // Grafana lets POST through for queries only.
            (Some(Some(path)), _) if request.method == "POST" && path != "/api/v1/query" => {
                said(403, r#"{"message":"non allow-listed POSTs not allowed on proxied Prometheus datasource"}"#)
            }
            (Some(Some(path)), _) if path == "/api/v1/query" => self.behind.respond(request),
            (Some(Some(_)), _) => said(404, "404 page not found"),
        }
    }
}

async fn grafana(ill: Option<(u16, &'static str)>) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Grafana { behind: answered(), ill }).mount(&server).await;
    server
}

fn signed(url: &str, token: &'static str) -> Arc<dyn Source> {
    let place = SecretPlace::Keyring { entry: "e".to_owned() };
    let kind = SourceKind::Prometheus {
        url: url.parse().unwrap(),
        auth: Auth::Bearer { token: place },
        headers: Vec::new(),
        secret_headers: Vec::new(),
        allow_plain_http: false,
    };
    Connector { drill_start: None, limits: tight() }.connect(&SourceConfig { kind, ..config(url) }, &OneSecret(token)).unwrap()
}

async fn fault_of(source: &dyn Source) -> Fault {
    match source.read(&asked(), at(NOW)).await.outcomes.remove(0).1 {
        Ok(reading) => reading.fault.expect("blind"),
        Err(fault) => fault,
    }
}

#[tokio::test]
async fn a_data_source_of_grafana_is_read_like_the_server_behind_it() {
    let server = grafana(None).await;
    for path in ["api/datasources/proxy/uid/prom-1", "api/datasources/uid/prom-1/resources", "connections/datasources/edit/prom-1"] {
        let source = signed(&format!("{}/grafana/{path}", server.uri()), TOKEN);
        let reading = source.read(&asked(), at(NOW)).await.outcomes.remove(0).1.unwrap();
        assert_eq!(sums(&reading), [8, 88], "{path}");
        let page = source.page("m{code=\"500\"}").unwrap();
        assert!(page.starts_with(&format!("{}/grafana/explore?schemaVersion=1&panes=%7B", server.uri())), "{page}");
        assert!(page.contains("prom-1") && page.contains("m%7Bcode%3D%5C%22500%5C%22%7D"), "{page}");
    }
}

#[tokio::test]
async fn grafana_and_what_is_behind_it_are_told_apart_by_their_words() {
    let prom = "api/datasources/proxy/uid/prom-1";
    let denied = r#"{"accessErrorId":"ACE01","message":"You'll need additional permissions to perform this action. Permissions needed: datasources:query","title":"Access denied"}"#;
    let timeout = r#"{"status":"error","errorType":"timeout","error":"query timed out"}"#;
    for (path, token, ill, kind, words) in [
        (prom, "glsa_old", None, FaultKind::SignInRefused, "Invalid API key"),
        (prom, TOKEN, Some((401, "Unauthorized")), FaultKind::SignInRefused, "What is behind the data source `prom-1`"),
        (prom, TOKEN, Some((403, denied)), FaultKind::SignInRefused, "datasources:query"),
        ("api/datasources/proxy/uid/gone", TOKEN, None, FaultKind::NotTheApi, "does not have the data source `gone`"),
        ("api/datasources/proxy/7", TOKEN, None, FaultKind::NotTheApi, "does not have the data source (404"),
        (prom, TOKEN, Some((502, "")), FaultKind::ServerFailed, "cannot reach what is behind the data source `prom-1`"),
        (prom, TOKEN, Some((504, "<html>")), FaultKind::ServerFailed, "cannot reach what is behind"),
        (prom, TOKEN, Some((503, timeout)), FaultKind::ServerFailed, "query timed out"),
        (prom, TOKEN, Some((404, "404 page not found")), FaultKind::NotTheApi, "no monitoring API"),
        (prom, TOKEN, Some((200, "<!doctype html><title>Grafana</title>")), FaultKind::NotTheApi, "titled \"Grafana\""),
    ] {
        let server = grafana(ill).await;
        let fault = fault_of(signed(&format!("{}/grafana/{path}", server.uri()), token).as_ref()).await;
        assert_eq!(fault.kind, kind, "{fault}");
        assert!(fault.message.contains(words), "{fault} lacks {words}");
        assert!(!fault.message.contains("glsa"), "{fault}");
    }
}

#[tokio::test]
async fn the_test_of_a_grafana_source_is_truthful() {
    let server = grafana(None).await;
    let address = format!("{}/grafana/api/datasources/proxy/uid/prom-1", server.uri());
    let checks = signed(&address, "glsa_old").test(at(NOW)).await;
    let last = checks.last().unwrap();
    assert_eq!((last.name, last.verdict), ("sign-in", Verdict::Broken));
    assert!(last.message.contains("service account"), "{last:?}");
    // Grafana lets neither the build information nor the labels through here; the test says what it could not see.
    let checks = signed(&address, TOKEN).test(at(NOW)).await;
    assert!(checks.iter().any(|c| c.name == "version" && c.verdict == Verdict::Degraded), "{checks:?}");
}

#[tokio::test]
async fn parameters_of_the_address_go_along_with_every_question() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Grafana { behind: answered(), ill: None }).mount(&server).await;
    let mut config = config(&format!("{}/thanos?dedup=true&partial_response=false", server.uri()));
    let SourceKind::Prometheus { headers, .. } = &mut config.kind else { unreachable!() };
    headers.push(("X-Scope-OrgID".to_owned(), "team-a|team-b".to_owned()));
    let source = Connector { drill_start: None, limits: tight() }.connect(&config, &OneSecret("")).unwrap();
    source.read(&asked(), at(NOW)).await;
    source.test(at(NOW)).await;
    let requests = server.received_requests().await.unwrap();
    assert!(requests.len() >= 3, "{requests:?}");
    for request in requests {
        let text = format!("{}&{}", request.url.query().unwrap_or_default(), String::from_utf8_lossy(&request.body));
        assert!(text.contains("dedup=true") && text.contains("partial_response=false"), "{} {text}", request.url);
        assert!(request.url.path().starts_with("/thanos/api/v1/"), "{}", request.url);
        assert_eq!(request.headers.get("x-scope-orgid").unwrap(), "team-a|team-b");
    }
}

#[tokio::test]
async fn secrets_do_not_travel_in_addresses() {
    let connector = Connector { drill_start: None, limits: tight() };
    let fault = connector.connect(&config("http://127.0.0.1:9/?api_key=abc"), &OneSecret("")).err().unwrap();
    assert!(fault.message.contains("`api_key` looks like a secret") && !fault.message.contains("abc"), "{fault}");
}

#[tokio::test]
async fn stores_out_of_reach_blind_without_being_searched_for() {
    let json = "application/json";
    let failed = r#"{"status":"error","errorType":"execution","error":"expand series set: proxy Series(): Addr: 10.0.0.7:10901 rpc error: code = Unavailable desc = connection refused"}"#;
    let many = r#"{"status":"error","errorType":"execution","error":"the query exceeded the maximum number of series (limit: 100000 series) (err-mimir-max-series-per-query)"}"#;
    let org = "no org id\n";
    let busy = r#"{"status":"error","errorType":"too_many_requests","error":"too many outstanding requests"}"#;
    for (status, body, kind, words, most) in [
        (422, failed, FaultKind::Partial, "code = Unavailable", 1),
        (422, many, FaultKind::TooLarge, "err-mimir-max-series", 40),
        (401, org, FaultKind::SignInRefused, "X-Scope-OrgID", 1),
        (429, busy, FaultKind::RateLimited, "429", 1),
    ] {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(status).insert_header("date", "none").set_body_raw(body, json))
            .mount(&server)
            .await;
        let source = connect(&server.uri(), tight());
        let many: Vec<ReadRequest> =
            (0..16).map(|i| request(i, ratio(Counts::Bad, "e", &format!("t{i}")), NOW / 60 - 3, NOW / 60)).collect();
        let answer = source.read(&many, at(NOW)).await;
        for (_, outcome) in answer.outcomes {
            let fault = outcome.unwrap_err();
            assert_eq!(fault.kind, kind, "{fault}");
            assert!(fault.message.contains(words), "{fault}");
        }
        assert!(answer.cost.requests <= most, "{:?} for {status}", answer.cost);
    }
}
