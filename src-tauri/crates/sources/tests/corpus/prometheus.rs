//! Malformed answers of a server that speaks the Prometheus API: straight, as `VictoriaMetrics` does, and behind Grafana.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use firewatch_domain::fault::FaultKind::{
    self, ClockSkew, NoSeries, NotANumber, NotTheApi, Partial, QueryRefused, ServerFailed, SignInRefused, Stale, TooLarge,
};
use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{Connect, ReadRequest, Source};
use firewatch_domain::selector::Selector;
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::{Connector, Limits};
use serde_json::{Value, json};

use crate::case::{Case, Expect, JSON, case, http, ok, raw};
use crate::driver::{SECRET, Seen, play};
use crate::secrets::OneSecret;
use crate::shapes::{Bend, bends, bent, cuts, doubled, missing, surroundings};
use crate::transport;
use crate::wire::{Reply, Server, Step};

/// The moment of every question.
const NOW: i64 = 1_700_000_045;
const BLIND: Expect = Expect::Blind(NotTheApi);

/// Bounds that make slowness short.
pub fn tight() -> Limits {
    Limits {
        connect: Duration::from_millis(2500),
        answer: Duration::from_millis(2500),
        history: Duration::from_millis(2500),
        body: 4 * 1024 * 1024,
    }
}

/// A whole answer: two series, a sample a minute from just before the span, values as text.
fn document() -> Value {
    let samples = |per: i64| -> Vec<Value> { (0..12).map(|i| json!([NOW - 660 + i * 60, (1000 + i * per).to_string()])).collect() };
    let of = |code: &str, per: i64| json!({ "metric": { "__name__": "t", "code": code }, "values": samples(per) });
    json!({ "status": "success", "data": { "resultType": "matrix", "result": [of("200", 10), of("500", 1)] } })
}

/// The source at an address.
fn source(url: &str, limits: Limits) -> Arc<dyn Source> {
    let kind = SourceKind::Prometheus {
        url: url.parse().unwrap(),
        auth: Auth::Bearer { token: SecretPlace::Keyring { entry: "e".to_owned() } },
        headers: Vec::new(),
        secret_headers: Vec::new(),
        allow_plain_http: false,
    };
    let config = SourceConfig { id: "s".to_owned(), name: "s".to_owned(), kind, interval_s: 30, alerts: false };
    Connector { drill_start: None, limits }.connect(&config, &OneSecret(SECRET)).unwrap()
}

async fn ask(url: String, limits: Limits) -> Seen {
    let selector = |text: &str| Selector::parse(text).unwrap();
    let indicator = Indicator::Ratio { counts: Counts::Bad, part: selector("t{code=\"500\"}"), total: selector("t") };
    let span = Span::new(Minute(NOW / 60 - 10), Minute(NOW / 60));
    let request = ReadRequest { key: 1, indicator, span, seen_before: false, series: Some(4) };
    let now = DateTime::from_timestamp(NOW, 0).unwrap();
    match source(&url, limits).read(&[request], now).await.outcomes.remove(0).1 {
        Ok(reading) if reading.fault.is_none() => {
            Seen::Figures(format!("{:?} {:?} {:?} {:?}", reading.from, reading.slices, reading.carries, reading.remark))
        }
        Ok(reading) => Seen::Blind(reading.fault.unwrap()),
        Err(fault) => Seen::Blind(fault),
    }
}

/// Places of the document that hold something else.
const BENDS: [Bend; 25] = [
    Bend { at: "", put: &["null", "[]", "{}", "0", "\"\"", "[{}]"], expect: BLIND },
    Bend {
        at: "/status",
        put: &["null", "1", "[]", "{}", "\"ok\"", "\"Success\"", "\"\"", "\"partial\"", "\"\\ud800success\""],
        expect: BLIND,
    },
    Bend { at: "/data", put: &["null", "[]", "{}", "\"odd\"", "7", "true"], expect: BLIND },
    Bend {
        at: "/data/resultType",
        put: &["null", "1", "[]", "{}", "\"scalar\"", "\"string\"", "\"streams\"", "\"Matrix\"", "\"\""],
        expect: BLIND,
    },
    Bend {
        at: "/data/result",
        put: &["null", "{}", "\"odd\"", "7", "true", "[null]", "[[]]", "[{}]", "[1700000045,\"1\"]"],
        expect: BLIND,
    },
    Bend { at: "/data/result", put: &["[]"], expect: Expect::Blind(NoSeries) },
    Bend { at: "/data/result/0", put: &["null", "[]", "{}", "\"odd\"", "7", "true"], expect: BLIND },
    Bend {
        at: "/data/result/0/metric",
        put: &["null", "[]", "\"t\"", "7", "true", "{\"__name__\":7}", "{\"__name__\":null}"],
        expect: BLIND,
    },
    Bend { at: "/data/result/0/metric/code", put: &["null", "200", "[]", "{}", "true"], expect: BLIND },
    Bend { at: "/data/result/0/values", put: &["null", "{}", "\"odd\"", "7", "true", "[7]", "[null]", "[[]]", "[{}]"], expect: BLIND },
    Bend {
        at: "/data/result/0/values/3",
        put: &["null", "[]", "{}", "[1700000000]", "[1700000000,\"1\",2]", "\"odd\"", "7"],
        expect: BLIND,
    },
    Bend {
        at: "/data/result/0/values/3/0",
        put: &["null", "\"1700000000\"", "[]", "{}", "true", "1e300", "-1e300", "9223372036854775807", "-9223372036854775808", "1e400"],
        expect: BLIND,
    },
    Bend { at: "/data/result/0/values/0/0", put: &["0", "-5", "1e9", "1699998000"], expect: BLIND },
    Bend { at: "/data/result/0/values/3/0", put: &["0", "-5", "1e9", "1700000045", "1699999300"], expect: BLIND },
    Bend { at: "/data/result/0/values/11/0", put: &["1700000045000", "1700000045000000000"], expect: BLIND },
    Bend { at: "/data/result/0/values/11/0", put: &["1700003645", "1700000399"], expect: Expect::Blind(ClockSkew) },
    Bend {
        at: "/data/result/0/values/3/1",
        put: &[
            "null",
            "1030",
            "[]",
            "{}",
            "true",
            "\"\"",
            "\" 1030\"",
            "\"1030 \"",
            "\"1,030\"",
            "\"0x406\"",
            "\"١٠٣٠\"",
            "\"many\"",
            "\"1030.0.0\"",
            "\"--1\"",
        ],
        expect: BLIND,
    },
    Bend {
        at: "/data/result/0/values/10/1",
        put: &[
            "\"NaN\"",
            "\"+Inf\"",
            "\"-Inf\"",
            "\"inf\"",
            "\"-1\"",
            "\"-1110\"",
            "\"1e308\"",
            "\"1e999\"",
            "\"-1e999\"",
            "\"9007199254740994\"",
            "\"1e17\"",
        ],
        expect: Expect::Blind(NotANumber),
    },
    Bend { at: "/warnings", put: &["7", "\"odd\"", "{}", "[7]", "[null]", "[[]]", "true"], expect: BLIND },
    Bend {
        at: "/warnings",
        put: &["[\"a store is down\"]", "[\"\"]", "[\"a\",\"b\"]", "[\"\\u0000\\u001b[31mred\"]"],
        expect: Expect::Blind(Partial),
    },
    Bend { at: "/isPartial", put: &["7", "\"true\"", "{}", "[]", "null"], expect: BLIND },
    Bend { at: "/isPartial", put: &["true"], expect: Expect::Blind(Partial) },
    Bend { at: "/warnings", put: &["null", "[]"], expect: Expect::Same },
    Bend { at: "/infos", put: &["null", "[\"x\"]", "7", "{}"], expect: Expect::Same },
    Bend { at: "/data/result/0/odd", put: &["null", "[[[1]]]", "{\"a\":1}", "\"x\""], expect: Expect::Same },
];

const MISSING: [(&str, Expect); 6] = [
    ("/status", BLIND),
    ("/data", BLIND),
    ("/data/resultType", BLIND),
    ("/data/result", BLIND),
    ("/data/result/0/metric", BLIND),
    ("/data/result/0/metric/__name__", BLIND),
];

const DOUBLED: [(&str, &str, Expect); 9] = [
    ("/status", "\"success\"", BLIND),
    ("/status", "\"error\"", BLIND),
    ("/data", "{}", BLIND),
    ("/data/result", "[]", BLIND),
    ("/data/resultType", "\"matrix\"", BLIND),
    ("/data/result/0/metric", "{}", BLIND),
    ("/data/result/0/values", "[]", BLIND),
    ("/data/result/0/metric/code", "\"500\"", BLIND),
    ("/data/result/0/metric/code", "\"200\"", BLIND),
];

/// Errors of the API itself: status, document, state.
const ERRORS: [(&str, &str, FaultKind); 16] = [
    ("200 OK", r#"{"status":"error","errorType":"bad_data","error":"parse error at char 3"}"#, QueryRefused),
    ("200 OK", r#"{"status":"error"}"#, QueryRefused),
    ("200 OK", r#"{"status":"error","error":null}"#, QueryRefused),
    ("200 OK", r#"{"status":"error","error":"boom","data":{"result":7}}"#, QueryRefused),
    ("200 OK", r#"{"status":"error","error":"query processing would load too many samples into memory"}"#, TooLarge),
    ("200 OK", r#"{"status":"error","error":"rpc error: code = Unavailable desc = connection refused"}"#, Partial),
    ("400 Bad Request", r#"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\""}"#, QueryRefused),
    (
        "400 Bad Request",
        r#"{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries"}"#,
        TooLarge,
    ),
    ("404 Not Found", r#"{"status":"error","errorType":"not_found","error":"tenant not found"}"#, QueryRefused),
    ("422 Unprocessable Entity", r#"{"status":"error","errorType":"execution","error":"many-to-many matching not allowed"}"#, QueryRefused),
    (
        "422 Unprocessable Entity",
        r#"{"status":"error","errorType":"422","error":"cannot select more than -search.maxSamplesPerQuery=1000000000 samples"}"#,
        TooLarge,
    ),
    (
        "422 Unprocessable Entity",
        r#"{"status":"error","error":"the query exceeded the maximum number of series (limit: 100000 series) (err-mimir-max-series-per-query)"}"#,
        TooLarge,
    ),
    ("500 Internal Server Error", r#"{"status":"error","errorType":"internal","error":"opening storage failed"}"#, ServerFailed),
    (
        "503 Service Unavailable",
        r#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#,
        ServerFailed,
    ),
    ("503 Service Unavailable", r#"{"status":"error","errorType":"canceled","error":"query was canceled"}"#, ServerFailed),
    ("401 Unauthorized", "no org id", SignInRefused),
];

/// The same for every server that speaks this API.
fn cases(document: &Value, elsewhere: &str) -> Vec<Case> {
    let mut cases = transport::cases(&document.to_string(), elsewhere);
    cases.extend(cuts(document, 60));
    cases.extend(bends(document, &BENDS));
    cases.extend(missing(document, &MISSING));
    cases.extend(doubled(document, &DOUBLED));
    cases.extend(surroundings(document));
    cases.extend(
        ERRORS
            .iter()
            .map(|(status, body, kind)| case(format!("{status}: {body}"), raw(http(status, JSON, body.as_bytes())), Expect::Blind(*kind))),
    );
    cases.extend(stories(document));
    cases
}

/// Answers that are sound JSON of the right types and still cannot be right.
fn stories(document: &Value) -> Vec<Case> {
    let edited = |name: &str, expect: Expect, edit: &dyn Fn(&mut Vec<Value>)| {
        let mut document = document.clone();
        edit(document["data"]["result"].as_array_mut().unwrap());
        case(name, ok(&document.to_string()), expect)
    };
    let shift = |seconds: i64| {
        move |rows: &mut Vec<Value>| {
            for pair in rows.iter_mut().flat_map(|row| row["values"].as_array_mut().unwrap()) {
                pair[0] = json!(pair[0].as_i64().unwrap() + seconds);
            }
        }
    };
    vec![
        edited("the samples run backwards", BLIND, &|rows| rows[0]["values"].as_array_mut().unwrap().reverse()),
        edited("two samples change places", BLIND, &|rows| rows[0]["values"].as_array_mut().unwrap().swap(4, 7)),
        edited("a sample comes twice", BLIND, &|rows| {
            let again = rows[0]["values"][5].clone();
            rows[0]["values"].as_array_mut().unwrap().insert(5, again);
        }),
        edited("one series comes twice", BLIND, &|rows| rows.push(rows[0].clone())),
        edited("one series comes twice with other figures", BLIND, &|rows| {
            let mut again = rows[1].clone();
            again["values"][8][1] = json!("5000");
            rows.push(again);
        }),
        edited("every series is of another metric", Expect::Blind(NoSeries), &|rows| {
            for row in rows.iter_mut() {
                row["metric"]["__name__"] = json!("u");
            }
        }),
        edited("no series has samples", Expect::Blind(NoSeries), &|rows| rows.iter_mut().for_each(|row| row["values"] = json!([]))),
        edited("every value is NaN", Expect::Blind(NotANumber), &|rows| {
            rows.iter_mut().flat_map(|row| row["values"].as_array_mut().unwrap()).for_each(|pair| pair[1] = json!("NaN"));
        }),
        edited("an hour ahead", Expect::Blind(ClockSkew), &shift(3600)),
        edited("a year behind", BLIND, &shift(-365 * 86400)),
        edited("nothing in the last four minutes", Expect::Blind(Stale), &|rows| {
            for row in rows.iter_mut() {
                row["values"].as_array_mut().unwrap().truncate(7);
            }
        }),
        edited("rows that are no series beside good ones", BLIND, &|rows| {
            rows.push(json!({ "metric": { "__name__": "t", "code": 7 }, "values": [] }));
        }),
        edited("labels of four megabytes", Expect::Blind(TooLarge), &|rows| rows[0]["metric"]["big"] = json!("x".repeat(5 << 20))),
        edited("five thousand series nobody asked for", Expect::Same, &|rows| {
            rows.extend((0..5000).map(|i| json!({ "metric": { "__name__": "u", "i": i.to_string() }, "values": [[NOW, "1"]] })));
        }),
    ]
}

/// An address that must never be asked.
pub async fn trap() -> Server {
    Server::start(Reply { unasked: false, steps: vec![Step::Close] }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prometheus() {
    let (document, trap) = (document(), trap().await);
    let whole = case("whole", ok(&document.to_string()), Expect::Same);
    play("prometheus", whole, cases(&document, &trap.address.to_string()), |url| ask(url, tight())).await;
    assert_eq!(trap.connections(), 0, "credentials were carried elsewhere");
}

/// `VictoriaMetrics` says more around its series, and sends them as a stream.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn victoria() {
    let (mut document, trap) = (document(), trap().await);
    document["isPartial"] = json!(false);
    document["stats"] = json!({ "seriesFetched": "2", "executionTimeMsec": 3 });
    let stream = "Content-Type: application/stream+json; charset=utf-8\r\nX-Server-Hostname: vm\r\n";
    let whole = case("whole", raw(http("200 OK", stream, document.to_string().as_bytes())), Expect::Same);
    play("victoria", whole, cases(&document, &trap.address.to_string()), |url| ask(url, tight())).await;
    assert_eq!(trap.connections(), 0, "credentials were carried elsewhere");
}

/// What Grafana says in place of the data source behind it.
const GRAFANA: [(&str, &str, FaultKind); 11] = [
    ("400 Bad Request", r#"{"message":"id is invalid","traceID":""}"#, QueryRefused),
    ("401 Unauthorized", r#"{"message":"Invalid API key","messageId":"api-key.invalid","statusCode":401,"traceID":""}"#, SignInRefused),
    ("401 Unauthorized", r#"{"message":"Unauthorized"}"#, SignInRefused),
    (
        "403 Forbidden",
        r#"{"message":"You'll need additional permissions to perform this action. Permissions needed: datasources:query","title":"Access denied"}"#,
        SignInRefused,
    ),
    ("403 Forbidden", r#"{"message":"non allow-listed POSTs not allowed on proxied Prometheus datasource"}"#, SignInRefused),
    ("404 Not Found", r#"{"message":"Data source not found","traceID":""}"#, NotTheApi),
    ("404 Not Found", r#"{"message":7}"#, NotTheApi),
    ("500 Internal Server Error", r#"{"message":"Unable to load datasource meta data"}"#, ServerFailed),
    ("502 Bad Gateway", r#"{"message":"bad gateway"}"#, ServerFailed),
    ("503 Service Unavailable", r#"{"message":"Grafana is starting"}"#, ServerFailed),
    ("504 Gateway Timeout", "upstream request timeout", ServerFailed),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn grafana() {
    let (document, trap) = (document(), trap().await);
    let whole = case("whole", ok(&document.to_string()), Expect::Same);
    let mut cases = cases(&document, &trap.address.to_string());
    cases.extend(GRAFANA.iter().map(|(status, body, kind)| {
        case(format!("Grafana: {status}: {body}"), raw(http(status, JSON, body.as_bytes())), Expect::Blind(*kind))
    }));
    play("grafana", whole, cases, |url| ask(format!("{url}/grafana/api/datasources/proxy/uid/prom-1"), tight())).await;
    assert_eq!(trap.connections(), 0, "credentials were carried elsewhere");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_series_of_others() {
    let mut document = document();
    let row = |i: u32| json!({ "metric": { "__name__": "u", "i": i.to_string() }, "values": [[NOW - 60, "1"], [NOW, "2"]] });
    let others: Vec<Value> = (0..100_000).map(row).collect();
    let limits = Limits { answer: Duration::from_secs(15), history: Duration::from_secs(15), ..Limits::default() };
    let alone = bent(&document, "/data/result", &Value::from(others.clone()).to_string());
    let server = Server::start(ok(&alone)).await;
    let seen = ask(format!("http://{}", server.address), limits).await;
    assert!(matches!(&seen, Seen::Blind(fault) if fault.kind == NoSeries), "{seen:?}");
    let whole = Server::start(ok(&document.to_string())).await;
    let expected = ask(format!("http://{}", whole.address), limits).await;
    document["data"]["result"].as_array_mut().unwrap().extend(others);
    let server = Server::start(ok(&document.to_string())).await;
    assert_eq!(ask(format!("http://{}", server.address), limits).await, expected);
}
