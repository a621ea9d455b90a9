//! Native histograms: written into a real Prometheus as its agents write them, and as a server of version 3 answers them.

use chrono::DateTime;
use firewatch_domain::fault::FaultKind;
use firewatch_domain::indicator::{Indicator, Layout};
use firewatch_domain::ports::Reading;
use firewatch_domain::selector::Selector;
use firewatch_sources::Limits;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::asking::{at, connect, request, sums};
use crate::programs::{NO_RULES, present, prometheus_with, real_now};

fn indicator(threshold: f64) -> Indicator {
    Indicator::Native { histogram: Selector::parse("load_seconds{job=\"a\"}").unwrap(), threshold }
}

/// A field of a protocol buffer: number, and a value that is a length and bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [vec![number << 3 | 2], varint(bytes.len() as u64), bytes.to_vec()].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn zigzag(value: i64) -> Vec<u8> {
    varint(((value << 1) ^ (value >> 63)) as u64)
}

fn number(field: u8, value: Vec<u8>) -> Vec<u8> {
    [vec![field << 3], value].concat()
}

/// A histogram of schema 0 at a moment: events up to 1 s (above a half) and up to 2 s.
fn histogram(ms: i64, fast: i64, slow: i64) -> Vec<u8> {
    let span = [number(1, zigzag(0)), number(2, varint(2))].concat();
    let deltas = [zigzag(fast), zigzag(slow - fast)].concat();
    [
        number(1, varint((fast + slow) as u64)),
        [vec![3 << 3 | 1], (fast as f64).to_le_bytes().to_vec()].concat(),
        number(4, zigzag(0)),
        [vec![5 << 3 | 1], 0.001_f64.to_le_bytes().to_vec()].concat(),
        number(6, varint(0)),
        field(11, &span),
        field(12, &deltas),
        number(15, varint(ms as u64)),
    ]
    .concat()
}

/// A remote write of one series, as snappy that holds literals only.
fn written(histograms: &[Vec<u8>]) -> Vec<u8> {
    let label = |name: &str, value: &str| field(1, &[field(1, name.as_bytes()), field(2, value.as_bytes())].concat());
    let labels = [label("__name__", "load_seconds"), label("job", "a")].concat();
    let series: Vec<u8> = std::iter::once(labels).chain(histograms.iter().map(|h| field(4, h))).collect::<Vec<_>>().concat();
    let body = field(1, &series);
    let mut out = varint(body.len() as u64);
    for piece in body.chunks(60) {
        out.push(((piece.len() - 1) << 2) as u8);
        out.extend(piece);
    }
    out
}

#[tokio::test]
async fn counts_equal_what_was_written() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let now = real_now();
    let end = now.timestamp().div_euclid(60) - 1;
    let start = end - 40;
    let server = prometheus_with("# EOF\n", NO_RULES, &["--enable-feature=native-histograms", "--web.enable-remote-write-receiver"]).await;
    // The process restarts in the middle: both counters begin again.
    let restart = start + 20;
    let (fast, slow) = (|n: i64| n * 90 + n % 3, |n: i64| n * 10);
    let since = |n: i64| if n < restart { n - start + 1 } else { n - restart + 1 };
    let all: Vec<Vec<u8>> = (start..=end).map(|n| histogram((n * 60 + 7) * 1000, fast(since(n)), slow(since(n)))).collect();
    let client = reqwest::Client::new();
    let answer = client
        .post(format!("{}/api/v1/write", server.url))
        .header("Content-Encoding", "snappy")
        .header("Content-Type", "application/x-protobuf")
        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
        .body(written(&all))
        .send()
        .await
        .unwrap();
    let status = answer.status();
    assert!(status.is_success(), "{status}: {}", answer.text().await.unwrap());
    let source = connect(&server.url, Limits::default());
    let read = async |threshold: f64, from: i64, to: i64| -> Reading {
        let request = request(1, indicator(threshold), from, to);
        source.read(&[request], now).await.outcomes.remove(0).1.unwrap()
    };
    let (from, to) = (start + 1, end);
    let before = |counter: fn(i64) -> i64| counter(20) - counter(1) + counter(since(to - 1));
    let (quick, late) = (before(fast) as u64, before(slow) as u64);
    let reading = read(1.0, from, to).await;
    assert_eq!((reading.layout.clone(), sums(&reading)), (Layout::GoodTotal, vec![quick, quick + late]), "{reading:?}");
    assert!(!reading.estimated && reading.slices.iter().all(Option::is_some));
    let reading = read(2.5, from, to).await;
    assert_eq!((sums(&reading), reading.estimated), (vec![quick + late, quick + late], false));
    // In the middle of the upper bucket, half of it is taken to be within, and the SLO says so.
    let reading = read(1.5, from, to).await;
    assert!(reading.estimated && reading.remark.as_deref().is_some_and(|r| r.contains("interpolated")), "{reading:?}");
    assert_eq!(sums(&reading)[0], quick + late / 2);
    // In two pieces it is the same.
    let pieces = [read(1.0, from, from + 13).await, read(1.0, from + 13, to).await].map(|r| sums(&r));
    assert_eq!([pieces[0][0] + pieces[1][0], pieces[0][1] + pieces[1][1]], [quick, quick + late]);
}

/// The shape of an answer as the description of the API gives it, moved to our times.
fn answer(rows: &str) -> String {
    format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{rows}]}}}}")
}

async fn told(body: String, threshold: f64) -> Result<Reading, firewatch_domain::fault::Fault> {
    let server = MockServer::start().await;
    let template = ResponseTemplate::new(200).insert_header("date", "none").set_body_raw(body, "application/json");
    Mock::given(any()).respond_with(template).mount(&server).await;
    let source = connect(&server.uri(), Limits::default());
    let minute = NOW / 60;
    source.read(&[request(1, indicator(threshold), minute - 2, minute)], at(NOW)).await.outcomes.remove(0).1
}

const NOW: i64 = 1_767_436_620;

#[tokio::test]
async fn answers_of_version_3_are_understood() {
    assert!(DateTime::from_timestamp(NOW, 0).is_some());
    let metric = "\"metric\":{\"__name__\":\"load_seconds\",\"job\":\"a\",\"instance\":\"demo.prometheus.io:9090\"}";
    let sample = |minute: i64, count: &str, buckets: &str| {
        format!("[{}.0,{{\"count\":\"{count}\",\"sum\":\"42.1\",\"buckets\":[{buckets}]}}]", NOW - 60 * minute)
    };
    let full = |minute, n: u32| {
        let buckets = format!("[0,\"0.7071067811865475\",\"1\",\"{}\"],[0,\"1\",\"1.414213562373095\",\"{}\"]", 5 * n, 3 * n);
        sample(minute, &(8 * n).to_string(), &buckets)
    };
    let rows = format!("{{{metric},\"histograms\":[{},{},{}]}}", full(2, 1), full(1, 2), full(0, 4));
    let reading = told(answer(&rows), 1.0).await.unwrap();
    assert_eq!((sums(&reading), reading.fault.is_none()), (vec![15, 24], true), "{reading:?}");
    // No buckets while nothing was observed; a count that is no number leaves its minute out.
    let empty = format!("[{},{{\"count\":\"0\",\"sum\":\"0\"}}]", NOW - 120);
    let rows = format!("{{{metric},\"histograms\":[{empty},{},{}]}}", full(1, 1), sample(0, "NaN", ""));
    let reading = told(answer(&rows), 1.0).await.unwrap();
    assert_eq!(reading.fault.map(|f| f.kind), Some(FaultKind::NotANumber));
    // Plain numbers where a histogram is meant, and damage.
    let rows = format!("{{{metric},\"values\":[[{},\"7\"]]}}", NOW - 60);
    let fault = told(answer(&rows), 1.0).await.unwrap_err();
    assert!(fault.kind == FaultKind::QueryRefused && fault.message.contains("no native histogram"), "{fault}");
    for damage in ["[1,{\"count\":7}]", "[1,{}]", "[1]", "7", "[1,{\"count\":\"1\",\"buckets\":[[0,\"1\"]]}]"] {
        let fault = told(answer(&format!("{{{metric},\"histograms\":[{damage}]}}")), 1.0).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotTheApi, "{damage}");
    }
}
