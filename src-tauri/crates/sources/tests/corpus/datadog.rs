//! Malformed answers of Datadog: to metric queries, and to questions about the history of an SLO.

use std::sync::Arc;

use chrono::DateTime;
use firewatch_domain::fault::FaultKind::{
    self, ClockSkew, NoSeries, NotANumber, NotTheApi, Partial, QueryRefused, RateLimited, ServerFailed, SignInRefused, Stale,
};
use firewatch_domain::indicator::{Counts, Datadog, Indicator};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{Connect, ReadRequest, Source};
use firewatch_domain::source::{SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::Connector;
use serde_json::{Value, json};

use crate::case::{Case, Expect, JSON, case, http, ok, raw};
use crate::driver::{SECRET, Seen, play};
use crate::prometheus::{tight, trap};
use crate::secrets::OneSecret;
use crate::shapes::{Bend, bends, cuts, doubled, missing, surroundings};
use crate::transport;

const NOW: i64 = 1_700_000_045;
const BLIND: Expect = Expect::Blind(NotTheApi);

fn source(url: &str) -> Arc<dyn Source> {
    let place = |entry: &str| SecretPlace::Keyring { entry: entry.to_owned() };
    let kind = SourceKind::Datadog { url: url.parse().unwrap(), api_key: place("a"), app_key: place("b"), allow_plain_http: false };
    let config = SourceConfig { id: "s".to_owned(), name: "s".to_owned(), kind, interval_s: 60, alerts: false };
    Connector { drill_start: None, limits: tight() }.connect(&config, &OneSecret(SECRET)).unwrap()
}

async fn ask(url: String, asks: Datadog) -> Seen {
    let span = Span::new(Minute(NOW / 60 - 8), Minute(NOW / 60));
    let request = ReadRequest { key: 1, indicator: Indicator::Datadog { asks }, span, seen_before: false, series: Some(2) };
    let now = DateTime::from_timestamp(NOW, 0).unwrap();
    match source(&url).read(&[request], now).await.outcomes.remove(0).1 {
        Ok(reading) if reading.fault.is_none() => Seen::Figures(format!("{:?} {:?}", reading.from, reading.slices)),
        Ok(reading) => Seen::Blind(reading.fault.unwrap()),
        Err(fault) => Seen::Blind(fault),
    }
}

fn counts() -> Datadog {
    let query = |name: &str| format!("sum:{name}{{*}}.as_count()");
    Datadog::Counts { counts: Counts::Bad, part: query("bad"), total: query("all") }
}

/// Twelve minutes of two queries.
fn query_document() -> Value {
    let points = |n: i64| (0..12).map(|i| json!([(NOW / 60 - 13 + i) * 60_000, n])).collect::<Vec<_>>();
    let of = |index: i64, name: &str, n: i64| json!({ "query_index": index, "expression": format!("sum:{name}{{*}}.as_count().rollup(sum, 60)"), "interval": 60, "pointlist": points(n) });
    json!({ "status": "ok", "res_type": "time_series", "series": [of(0, "bad", 1), of(1, "all", 10)] })
}

const POINT: &str = "/series/1/pointlist/10/1";
const TIME: &str = "/series/1/pointlist/3/0";

const QUERY_BENDS: [Bend; 16] = [
    Bend { at: "", put: &["null", "[]", "{}", "7", "\"\"", "[{}]", "{\"errors\":[\"x\"]}"], expect: BLIND },
    Bend { at: "/status", put: &["null", "7", "[]", "{}", "\"success\"", "\"OK\"", "\"\"", "true", "\"\\ud800ok\""], expect: BLIND },
    Bend { at: "/status", put: &["\"error\""], expect: Expect::Blind(QueryRefused) },
    Bend { at: "/error", put: &["7", "[]", "{}"], expect: BLIND },
    Bend { at: "/series", put: &["null", "{}", "7", "\"odd\"", "true", "[null]", "[[]]", "[{}]", "[7]"], expect: BLIND },
    Bend { at: "/series", put: &["[]"], expect: Expect::Blind(NoSeries) },
    Bend {
        at: "/series/1/pointlist",
        put: &["null", "{}", "7", "\"odd\"", "true", "[null]", "[[]]", "[{}]", "[7]", "[[1]]"],
        expect: BLIND,
    },
    Bend { at: "/series/1/pointlist", put: &["[]"], expect: Expect::Blind(NoSeries) },
    Bend { at: "/series/1/pointlist/3", put: &["null", "[]", "{}", "[1,2,3]", "\"odd\"", "7"], expect: BLIND },
    Bend {
        at: TIME,
        put: &["null", "\"1699999320000\"", "[]", "{}", "true", "-1", "1e300", "1e400", "9223372036854775807", "0", "1700000000"],
        expect: BLIND,
    },
    Bend { at: POINT, put: &["\"10\"", "[]", "{}", "true", "NaN", "Infinity", "1e400", "0x10", "+1", "01", ".5", "1."], expect: BLIND },
    Bend { at: POINT, put: &["-1", "-0.5", "1e17", "1e308", "9007199254740994"], expect: Expect::Blind(NotANumber) },
    Bend { at: "/series/1/query_index", put: &["2", "9999999999", "-1", "\"1\"", "1.5", "[]", "true"], expect: BLIND },
    Bend { at: "/series/1/query_index", put: &["null"], expect: Expect::Same },
    Bend { at: "/series/1/interval", put: &["\"60\"", "1.5", "[]", "1e30"], expect: BLIND },
    Bend { at: "/odd", put: &["null", "[[[1]]]", "\"x\""], expect: Expect::Same },
];

const ERRORS: [(&str, &str, FaultKind); 12] = [
    ("200 OK", r#"{"status":"error","error":"Error parsing query: unexpected token"}"#, QueryRefused),
    ("200 OK", r#"{"status":"error"}"#, QueryRefused),
    ("200 OK", r#"{"errors":["Forbidden"]}"#, NotTheApi),
    ("400 Bad Request", r#"{"errors":["Error parsing query"]}"#, QueryRefused),
    ("400 Bad Request", r#"{"errors":[]}"#, QueryRefused),
    ("401 Unauthorized", r#"{"errors":["Unauthorized"]}"#, SignInRefused),
    ("403 Forbidden", r#"{"errors":["Forbidden"]}"#, SignInRefused),
    ("403 Forbidden", r#"{"errors":[7]}"#, SignInRefused),
    ("404 Not Found", r#"{"errors":["SLO not found"]}"#, QueryRefused),
    ("429 Too Many Requests", r#"{"errors":["Rate limit of 100 requests in 3600 seconds reached"]}"#, RateLimited),
    ("500 Internal Server Error", r#"{"errors":["Internal error"]}"#, ServerFailed),
    ("503 Service Unavailable", r#"{"errors":null}"#, ServerFailed),
];

fn errors() -> Vec<Case> {
    ERRORS
        .iter()
        .map(|(status, body, kind)| case(format!("{status}: {body}"), raw(http(status, JSON, body.as_bytes())), Expect::Blind(*kind)))
        .collect()
}

fn stories(document: &Value) -> Vec<Case> {
    let edited = |name: &str, expect: Expect, edit: &dyn Fn(&mut Vec<Value>)| {
        let mut document = document.clone();
        edit(document["series"].as_array_mut().unwrap());
        case(name, ok(&document.to_string()), expect)
    };
    let shifted = |seconds: i64| {
        move |rows: &mut Vec<Value>| {
            for point in rows.iter_mut().flat_map(|row| row["pointlist"].as_array_mut().unwrap()) {
                point[0] = json!(point[0].as_i64().unwrap() + seconds * 1000);
            }
        }
    };
    vec![
        edited("points run backwards", BLIND, &|rows| rows[1]["pointlist"].as_array_mut().unwrap().reverse()),
        edited("two points change places", BLIND, &|rows| rows[0]["pointlist"].as_array_mut().unwrap().swap(2, 5)),
        edited("an hour ahead", Expect::Blind(ClockSkew), &shifted(3600)),
        edited("half an hour behind", Expect::Blind(Stale), &shifted(-1800)),
        edited("a year behind", BLIND, &shifted(-365 * 86400)),
        edited("only the bad ones", Expect::Blind(NoSeries), &|rows| drop(rows.remove(1))),
        edited("every value is null", Expect::Blind(NoSeries), &|rows| {
            for point in rows.iter_mut().flat_map(|row| row["pointlist"].as_array_mut().unwrap()) {
                point[1] = Value::Null;
            }
        }),
        edited("nobody says which query it answers", BLIND, &|rows| {
            rows[1]["query_index"] = Value::Null;
            rows[1]["expression"] = json!("sum:other{*}");
        }),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn datadog() {
    let (document, trap) = (query_document(), trap().await);
    let whole = case("whole", ok(&document.to_string()), Expect::Same);
    let mut cases = transport::cases(&document.to_string(), &trap.address.to_string());
    cases.extend(cuts(&document, 60));
    cases.extend(bends(&document, &QUERY_BENDS));
    cases.extend(missing(
        &document,
        &[("/status", BLIND), ("/series", BLIND), ("/series/1/pointlist", BLIND), ("/series/1/query_index", Expect::Same)],
    ));
    cases.extend(doubled(&document, &[("/status", "\"ok\"", BLIND), ("/series", "[]", BLIND), ("/series/1/pointlist", "[]", BLIND)]));
    cases.extend(surroundings(&document));
    cases.extend(errors());
    cases.extend(stories(&document));
    play("datadog", whole, cases, |url| ask(url, counts())).await;
    assert_eq!(trap.connections(), 0, "keys were carried elsewhere");
}

/// Nine minutes of a metric SLO.
fn history_document() -> Value {
    let times: Vec<i64> = (0..9).map(|i| (NOW / 60 - 10 + i) * 60_000).collect();
    let column = |n: i64| json!({ "count": 9, "sum": 9 * n, "values": vec![n; 9] });
    let series = json!({ "res_type": "time_series", "interval": 60, "resp_version": 2, "query": "a,b", "times": times,
                         "numerator": column(99), "denominator": column(100) });
    json!({ "data": { "from_ts": 1, "to_ts": 2, "type": "metric", "type_id": 1, "overall": { "sli_value": 99.0 }, "series": series }, "errors": null })
}

const HISTORY_BENDS: [Bend; 14] = [
    Bend { at: "", put: &["null", "[]", "{}", "7", "[{}]"], expect: BLIND },
    Bend { at: "/data", put: &["null", "{}", "7", "\"odd\"", "true"], expect: BLIND },
    Bend { at: "/data/type", put: &["null", "7", "\"odd\"", "\"Metric\"", "[]", "{}"], expect: BLIND },
    Bend { at: "/data/type", put: &["\"monitor\"", "\"time_slice\""], expect: Expect::Blind(NoSeries) },
    Bend { at: "/data/series", put: &["null", "[]", "{}", "7", "\"odd\""], expect: BLIND },
    Bend {
        at: "/data/series/times",
        put: &[
            "null",
            "[]",
            "{}",
            "[1]",
            "\"odd\"",
            "[null]",
            "[\"1\"]",
            "[9,8,7,6,5,4,3,2,1]",
            "[1,1,1,1,1,1,1,1,1]",
            "[-1,2,3,4,5,6,7,8,9]",
        ],
        expect: BLIND,
    },
    Bend {
        at: "/data/series/denominator",
        put: &["null", "[]", "{}", "7", "{\"values\":7}", "{\"values\":[]}", "{\"values\":[1]}"],
        expect: BLIND,
    },
    Bend { at: "/data/series/denominator/values/7", put: &["\"100\"", "[]", "{}", "true", "1e400"], expect: BLIND },
    Bend { at: "/data/series/denominator/values/7", put: &["-1", "1e17", "1e308"], expect: Expect::Blind(NotANumber) },
    Bend { at: "/data/series/interval", put: &["null", "\"60\"", "1.5", "[]"], expect: BLIND },
    Bend { at: "/errors", put: &["7", "\"odd\"", "{}", "[7]", "[null]"], expect: BLIND },
    Bend { at: "/errors", put: &["[{\"error\":\"metric was deleted\"}]", "[{}]"], expect: Expect::Blind(QueryRefused) },
    Bend { at: "/data/overall", put: &["7", "\"odd\"", "{\"history\":7}", "{\"errors\":7}", "{\"errors\":[{}]}"], expect: BLIND },
    Bend {
        at: "/data/overall",
        put: &["{\"errors\":[{\"error_type\":\"x\",\"error_message\":\"a query failed\"}]}"],
        expect: Expect::Blind(Partial),
    },
];

/// Up and down, where an SLO measures time.
const TIMED: [(&str, Expect); 12] = [
    ("[]", Expect::Blind(NoSeries)),
    ("null", Expect::Blind(NoSeries)),
    ("7", BLIND),
    ("[7]", BLIND),
    ("[[1]]", BLIND),
    ("[[1,0,0]]", BLIND),
    ("[[\"1\",0]]", BLIND),
    ("[[1,3]]", BLIND),
    ("[[1,-1]]", BLIND),
    ("[[1,0.5]]", BLIND),
    ("[[2,0],[1,1]]", BLIND),
    ("[[1699999000000,0]]", BLIND),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn datadog_history() {
    let document = history_document();
    let whole = case("whole", ok(&document.to_string()), Expect::Same);
    let mut cases = cuts(&document, 80);
    cases.extend(bends(&document, &HISTORY_BENDS));
    cases.extend(missing(
        &document,
        &[
            ("/data", BLIND),
            ("/data/type", BLIND),
            ("/data/series", BLIND),
            ("/data/series/times", BLIND),
            ("/data/series/numerator", BLIND),
            ("/errors", Expect::Same),
        ],
    ));
    cases.extend(doubled(
        &document,
        &[("/data", "{}", BLIND), ("/errors", "null", BLIND), ("/data/type", "\"metric\"", BLIND), ("/data/series/times", "[]", BLIND)],
    ));
    cases.extend(surroundings(&document));
    cases.extend(errors().into_iter().filter(|case| !case.name.contains("status")));
    cases.extend(TIMED.iter().map(|(history, expect)| {
        let body = format!("{{\"data\":{{\"type\":\"monitor\",\"overall\":{{\"history\":{history}}}}},\"errors\":null}}");
        case(format!("up and down {history}"), ok(&body), *expect)
    }));
    cases.extend(transport::bodies());
    play("datadog's history", whole, cases, |url| ask(url, Datadog::Slo { id: "abc".to_owned() })).await;
}
