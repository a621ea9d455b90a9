//! Datadog as its vendor describes it: every request and every answer of these tests is judged by that description.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use firewatch_domain::fault::FaultKind;
use firewatch_domain::indicator::{Counts, Datadog, Indicator};
use firewatch_domain::ports::{Connect, ReadRequest, Source, Verdict};
use firewatch_domain::source::{SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::Connector;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::asking::{OneSecret, at, config, request, sums, tight};
use crate::openapi::Description;

const NOW: i64 = 1_700_000_045;
const MINUTE: i64 = NOW / 60;

/// An organisation: what its metrics count by minute, and its SLOs.
struct Organisation {
    description: Description,
    metrics: BTreeMap<&'static str, Vec<(i64, Option<f64>)>>,
    slos: Vec<Value>,
    histories: BTreeMap<&'static str, Value>,
    /// Paths that are refused, with status and document.
    refused: Mutex<BTreeMap<String, (u16, Value)>>,
    /// Requests and answers that do not fit the description.
    misfits: Mutex<Vec<String>>,
}

impl Organisation {
    fn new() -> Option<Arc<Self>> {
        let description = Description::read("datadog-v1.cut.json")?;
        let steady = |n: f64| (MINUTE - 1500..MINUTE - 1).map(|m| (m, Some(n))).collect::<Vec<_>>();
        let sparse = vec![
            (MINUTE - 30, Some(4.0)),
            (MINUTE - 20, Some(6.0)),
            (MINUTE - 19, None),
            (MINUTE - 10, Some(1.0)),
            (MINUTE - 3, Some(2.0)),
        ];
        let metrics = BTreeMap::from([
            ("all", steady(60.0)),
            ("bad", steady(2.0)),
            ("sparse", sparse),
            ("halves", steady(1.5)),
            ("negative", (MINUTE - 20..MINUTE - 1).map(|m| (m, Some(if m == MINUTE - 3 { -5.0 } else { 5.0 }))).collect()),
            ("old", vec![(MINUTE - 40, Some(5.0)), (MINUTE - 39, Some(5.0))]),
        ]);
        let (slos, histories, empty) = (Vec::new(), BTreeMap::new(), Mutex::default());
        Some(Arc::new(Self { description, metrics, slos, histories, refused: empty, misfits: Mutex::default() }))
    }

    fn series(&self, index: usize, query: &str, from: i64, to: i64) -> Option<Value> {
        let name = query.split(['{', ':']).nth(1).unwrap_or_default();
        let step = if query.contains("rollup(sum, 300)") { 5 } else { 1 };
        let mut points: BTreeMap<i64, Option<f64>> = BTreeMap::new();
        for (minute, value) in self.metrics.get(name)?.iter().filter(|(m, _)| m * 60 >= from && m * 60 < to) {
            let sum = points.entry(minute.div_euclid(step) * step).or_insert(None);
            *sum = value.map_or(*sum, |v| Some(sum.unwrap_or(0.0) + v));
        }
        let points: Vec<Value> = points.iter().map(|(m, v)| json!([m * 60_000, v])).collect();
        (!points.is_empty()).then(|| {
            json!({ "aggr": "sum", "metric": name, "expression": query, "query_index": index, "interval": step * 60, "length": points.len(),
                    "scope": "*", "tag_set": [], "pointlist": points })
        })
    }

    fn answer(&self, path: &str, request: &Request) -> Value {
        let parameter =
            |name: &str| request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
        let number = |name: &str| parameter(name).parse::<i64>().unwrap_or(0);
        match path {
            "/api/v1/validate" => json!({ "valid": true }),
            "/api/v1/query" => {
                let text = parameter("query");
                // A comma before an aggregation parts two queries.
                let queries: Vec<String> =
                    text.replace(",sum:", "\nsum:").replace(",default_zero(", "\ndefault_zero(").lines().map(str::to_owned).collect();
                let series = queries.iter().enumerate().filter_map(|(i, q)| self.series(i, q, number("from"), number("to")));
                json!({ "status": "ok", "res_type": "time_series", "query": text, "from_date": number("from") * 1000, "to_date": number("to") * 1000,
                        "series": series.collect::<Vec<_>>() })
            }
            "/api/v1/slo" => {
                let page = self.slos.iter().skip(number("offset") as usize).take(number("limit") as usize).cloned().collect::<Vec<_>>();
                json!({ "data": page, "errors": [], "metadata": { "page": { "total_count": self.slos.len(), "total_filtered_count": self.slos.len() } } })
            }
            _ => {
                let id = request.url.path().split('/').nth(4).unwrap_or_default();
                self.histories.get(id).cloned().unwrap_or(Value::Null)
            }
        }
    }
}

struct Api(Arc<Organisation>);

impl Respond for Api {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let said = |status: u16, body: &Value| ResponseTemplate::new(status).insert_header("date", "none").set_body_json(body);
        let misfit = |why: String| self.0.misfits.lock().unwrap().push(why);
        let path = match self.0.description.request(request) {
            Ok(path) => path,
            Err(why) => {
                misfit(why);
                return said(400, &json!({ "errors": ["Bad Request"] }));
            }
        };
        if let Some((status, body)) = self.0.refused.lock().unwrap().get(request.url.path()) {
            return said(*status, body).insert_header("x-ratelimit-reset", "77");
        }
        let body = self.0.answer(&path, request);
        if body.is_null() {
            return said(404, &json!({ "errors": ["SLO not found"] }));
        }
        if let Err(why) = self.0.description.answer(&path, &body) {
            misfit(format!("answer: {why}"));
        }
        said(200, &body)
    }
}

async fn serve(organisation: &Arc<Organisation>) -> (MockServer, Arc<dyn Source>) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(Api(Arc::clone(organisation))).mount(&server).await;
    let place = |entry: &str| SecretPlace::Keyring { entry: entry.to_owned() };
    let kind =
        SourceKind::Datadog { url: server.uri().parse().unwrap(), api_key: place("a"), app_key: place("b"), allow_plain_http: false };
    let config = SourceConfig { kind, ..config(&server.uri()) };
    let source = Connector { drill_start: None, limits: tight() }.connect(&config, &OneSecret("k3y")).unwrap();
    (server, source)
}

fn counts(part: &str, total: &str) -> Indicator {
    let query = |name: &str| if name.contains(':') { name.to_owned() } else { format!("sum:{name}{{env:prod}}.as_count()") };
    Indicator::Datadog { asks: Datadog::Counts { counts: Counts::Bad, part: query(part), total: query(total) } }
}

fn slo(id: &str) -> Indicator {
    Indicator::Datadog { asks: Datadog::Slo { id: id.to_owned() } }
}

fn fits(organisation: &Organisation) {
    let misfits = organisation.misfits.lock().unwrap();
    assert!(misfits.is_empty(), "{misfits:?}");
}

#[tokio::test]
async fn counts_are_exact_and_many_share_a_request() {
    let Some(organisation) = Organisation::new() else { return };
    let (_server, source) = serve(&organisation).await;
    let requests: Vec<ReadRequest> = (0..16).map(|key| request(key, counts("bad", "all"), MINUTE - 10, MINUTE)).collect();
    let answer = source.read(&requests, at(NOW)).await;
    assert_eq!(answer.cost.requests, 2);
    for (_, outcome) in answer.outcomes {
        let reading = outcome.unwrap();
        // The last two minutes are still being added to.
        assert_eq!((reading.slices.len(), sums(&reading)), (8, vec![16, 480]));
        assert!(!reading.estimated && reading.fault.is_none(), "{reading:?}");
    }
    // More than a day comes in pieces and adds up.
    let long = [request(1, counts("bad", "all"), MINUTE - 1500, MINUTE)];
    let reading = source.read(&long, at(NOW)).await.outcomes.remove(0).1.unwrap();
    assert_eq!(sums(&reading), [2 * 1498, 60 * 1498]);
    fits(&organisation);
}

#[tokio::test]
async fn quiet_is_not_blind_and_silence_is_not_quiet() {
    let Some(organisation) = Organisation::new() else { return };
    let (_server, source) = serve(&organisation).await;
    let read =
        async |indicator: Indicator, from: i64| source.read(&[request(1, indicator, from, MINUTE)], at(NOW)).await.outcomes.remove(0).1;
    let reading = read(counts("none", "sparse"), MINUTE - 35).await.unwrap();
    // Nothing before the first point, quiet between points, and the end where the newest point ends.
    assert_eq!((reading.slices.len(), sums(&reading)), (33, vec![0, 13]));
    assert_eq!(reading.slices.iter().take_while(|slice| slice.is_none()).count(), 5);
    assert!(reading.slices[6..].iter().all(Option::is_some), "{reading:?}");
    let stale = read(counts("bad", "old"), MINUTE - 45).await.unwrap();
    let fault = stale.fault.unwrap();
    assert!(fault.kind == FaultKind::Stale && fault.message.contains("default_zero"), "{fault}");
    let gone = read(counts("bad", "nothing"), MINUTE - 5).await.unwrap_err();
    assert_eq!(gone.kind, FaultKind::NoSeries);
    let odd = read(counts("none", "negative"), MINUTE - 10).await.unwrap();
    assert_eq!(odd.fault.unwrap().kind, FaultKind::NotANumber);
    assert_eq!(odd.slices.iter().filter(|slice| slice.is_none()).count(), 1);
    fits(&organisation);
}

#[tokio::test]
async fn what_is_coarse_or_broken_is_said_to_be_estimated() {
    let Some(organisation) = Organisation::new() else { return };
    let (_server, source) = serve(&organisation).await;
    let coarse = counts("sum:bad{*}.as_count().rollup(sum, 300)", "sum:all{*}.as_count().rollup(sum, 300)");
    let reading = source.read(&[request(1, coarse, MINUTE - 65, MINUTE - 5)], at(NOW)).await.outcomes.remove(0).1.unwrap();
    assert!(reading.estimated && reading.remark.as_ref().unwrap().contains("5 minutes"), "{reading:?}");
    assert!(sums(&reading)[1] >= 57 * 60, "{reading:?}");
    let reading = source.read(&[request(1, counts("none", "halves"), MINUTE - 5, MINUTE)], at(NOW)).await.outcomes.remove(0).1.unwrap();
    assert!(reading.estimated && reading.remark.unwrap().contains("rounded"));
    let average = counts("bad", "avg:all{*}");
    let fault = source.read(&[request(1, average, MINUTE - 5, MINUTE)], at(NOW)).await.outcomes.remove(0).1.unwrap_err();
    assert!(fault.kind == FaultKind::QueryRefused && fault.message.contains("as_count"), "{fault}");
    fits(&organisation);
}

#[tokio::test]
async fn histories_of_its_slos_are_counts_or_seconds() {
    let Some(mut organisation) = Organisation::new() else { return };
    let own = Arc::get_mut(&mut organisation).unwrap();
    let minutes: Vec<i64> = (MINUTE - 10..MINUTE).collect();
    let column = |value: i64| json!({ "count": 10, "sum": value * 10, "values": minutes.iter().map(|_| value).collect::<Vec<_>>() });
    own.histories.insert(
        "metric1",
        json!({ "data": { "from_ts": 1, "to_ts": 2, "type": "metric", "type_id": 1, "overall": { "sli_value": 99.0 }, "thresholds": {},
            "series": { "res_type": "time_series", "interval": 60, "resp_version": 2, "query": "a,b", "times": minutes.iter().map(|m| m * 60_000).collect::<Vec<_>>(),
                        "numerator": column(99), "denominator": column(100) } }, "errors": null }),
    );
    let start = (MINUTE - 10) * 60;
    let timed = |kind: &str| {
        json!({ "data": { "from_ts": start, "to_ts": NOW, "type": kind, "type_id": if kind == "monitor" { 0 } else { 2 },
            "overall": { "sli_value": 90.0, "history": [[start, 0], [start + 90, 1], [start + 120, 0], [start + 180, 2], [start + 300, 0]] } }, "errors": null })
    };
    own.histories.insert("monitor1", timed("monitor"));
    own.histories.insert("slices1", timed("time_slice"));
    own.histories.insert("broken1", json!({ "data": { "type": "metric" }, "errors": [{ "error": "metric was deleted" }] }));
    let (_server, source) = serve(&organisation).await;
    let read = async |id: &str| source.read(&[request(1, slo(id), MINUTE - 10, MINUTE)], at(NOW)).await.outcomes.remove(0).1;
    assert_eq!(sums(&read("metric1").await.unwrap()), [8 * 99, 800]);
    let monitor = read("monitor1").await.unwrap();
    assert_eq!(monitor.slices[..6], [Some(vec![60, 60]), Some(vec![30, 60]), Some(vec![60, 60]), None, None, Some(vec![60, 60])]);
    let slices = read("slices1").await.unwrap();
    assert_eq!(sums(&slices), [8 * 60 - 30, 8 * 60]);
    for (id, kind, words) in [
        ("broken1", FaultKind::QueryRefused, "metric was deleted"),
        ("unknown1", FaultKind::QueryRefused, "SLO not found"),
        ("../validate", FaultKind::QueryRefused, "no id"),
    ] {
        let fault = read(id).await.unwrap_err();
        assert!(fault.kind == kind && fault.message.contains(words), "{id}: {fault}");
    }
    fits(&organisation);
}

#[tokio::test]
async fn its_slos_are_proposed_page_by_page() {
    let Some(mut organisation) = Organisation::new() else { return };
    let own = Arc::get_mut(&mut organisation).unwrap();
    let threshold = |target: f64, display: &str| json!([{ "timeframe": "7d", "target": 90 }, { "timeframe": "30d", "target": target, "target_display": display }]);
    own.slos = (0..230)
        .map(|i| {
            json!({ "id": format!("m{i}"), "name": format!("Checkout {i}"), "type": "metric", "tags": ["service:shop", "env:prod"],
                "thresholds": threshold(99.95, "99.950"), "query": { "numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()" } })
        })
        .collect();
    own.slos.push(json!({ "id": "f1", "name": "By formula", "type": "metric", "tags": [], "thresholds": threshold(99.0, "99"),
        "sli_specification": { "count": { "good_events_formula": { "formula": "a - b" }, "total_events_formula": { "formula": "a" },
            "queries": [{ "data_source": "metrics", "name": "a", "query": "sum:all{*}.as_count()" }, { "data_source": "metrics", "name": "b", "query": "sum:bad{*}.as_count()" }] } } }));
    own.slos.push(json!({ "id": "t1", "name": "Up", "type": "monitor", "monitor_ids": [7], "thresholds": [{ "timeframe": "custom", "target": 99.5 }] }));
    let (server, source) = serve(&organisation).await;
    let proposals = source.suggest(at(NOW)).await.unwrap();
    assert_eq!(proposals.len(), 232);
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
    let first = &proposals[0];
    let told = (
        first.name.as_str(),
        first.service.as_str(),
        first.environment.as_deref(),
        first.objective_percent.as_str(),
        first.window.as_str(),
    );
    assert_eq!(told, ("checkout-0", "shop", Some("prod"), "99.95", "30d"));
    assert_eq!(first.indicator.queries()[0], ("good", "sum:good{*}.as_count()".to_owned()));
    assert_eq!(proposals[230].indicator.queries()[0].1, "(sum:all{*}.as_count()) - (sum:bad{*}.as_count())");
    assert_eq!((proposals[231].indicator.clone(), proposals[231].window.as_str()), (slo("t1"), "30d"));
    // What is proposed can be read.
    let reading = source.read(&[request(1, proposals[230].indicator.clone(), MINUTE - 5, MINUTE)], at(NOW)).await.outcomes.remove(0).1;
    assert!(reading.is_ok(), "{reading:?}");
    fits(&organisation);
}

#[tokio::test]
async fn keys_scopes_sites_and_rations_are_told_apart() {
    let Some(organisation) = Organisation::new() else { return };
    let (server, source) = serve(&organisation).await;
    assert!(source.test(at(NOW)).await.iter().all(|check| check.verdict == Verdict::Ok));
    let forbidden = (403, json!({ "errors": ["Forbidden"] }));
    for (path, name, words) in
        [("/api/v1/validate", "api-key", "site"), ("/api/v1/slo", "slos", "slos_read"), ("/api/v1/query", "metrics", "timeseries_query")]
    {
        *organisation.refused.lock().unwrap() = BTreeMap::from([(path.to_owned(), forbidden.clone())]);
        let checks = source.test(at(NOW)).await;
        let broken = checks.iter().find(|check| check.verdict == Verdict::Broken).unwrap();
        assert_eq!(broken.name, name);
        assert!(format!("{} {}", broken.message, broken.cure).contains(words) && !broken.message.contains("k3y"), "{broken:?}");
    }
    // 429 names the seconds; nothing is asked until they are over.
    *organisation.refused.lock().unwrap() = BTreeMap::from([("/api/v1/query".to_owned(), (429, json!({ "errors": ["Rate limit"] })))]);
    let ask = [request(1, counts("bad", "all"), MINUTE - 5, MINUTE)];
    let before = server.received_requests().await.unwrap().len();
    for (after, requests) in [(0, 1), (76, 1), (78, 2)] {
        let fault = source.read(&ask, at(NOW + after)).await.outcomes.remove(0).1.unwrap_err();
        assert_eq!(fault.kind, FaultKind::RateLimited);
        assert_eq!(server.received_requests().await.unwrap().len() - before, requests, "after {after} s");
    }
    // One refused query does not take its neighbours with it.
    organisation.refused.lock().unwrap().clear();
    let mixed = [request(1, counts("bad", "all"), MINUTE - 5, MINUTE), request(2, counts("bad", "avg:all{*}"), MINUTE - 5, MINUTE)];
    let outcomes = source.read(&mixed, at(NOW + 600)).await.outcomes;
    assert!(outcomes[0].1.is_ok() && outcomes[1].1.is_err(), "{outcomes:?}");
    fits(&organisation);
}
