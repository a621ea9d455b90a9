//! Against a real Prometheus with thirty days of history behind it, count for count with what was written into it.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{ReadRequest, Source, Verdict};
use firewatch_domain::selector::Selector;
use firewatch_sources::Limits;

use crate::asking::{at, connect, ratio, request, sums};
use crate::programs::{NO_RULES, present, prometheus, real_now};
use crate::stories::{JOBS, RPM, availability, history, truth};

/// What a series shows at a minute.
type Value = fn(i64) -> i64;

#[tokio::test]
async fn thirty_days_equal_what_was_written() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let now = real_now();
    let (minutes, end) = (30 * 1440, now.timestamp().div_euclid(60) - 1);
    let server = prometheus(&history(end, minutes, 20), NO_RULES).await;
    let source = connect(&server.url, Limits::default());
    // From the first whole minute after the first sample, a day at a time, and the last piece up to now.
    let first = end - minutes + 1;
    let mut totals = vec![vec![0, 0]; JOBS.len()];
    let mut from = first;
    while from < end {
        let to = (from + 1440).min(end);
        let requests: Vec<ReadRequest> = JOBS.iter().zip(0..).map(|((job, _), key)| request(key, availability(job), from, to)).collect();
        let answer = source.read(&requests, now).await;
        assert!(answer.cost.requests <= 8, "{:?}", answer.cost);
        for (key, outcome) in answer.outcomes {
            let reading = outcome.unwrap();
            assert_eq!(reading.slices.len() as i64, to - from, "{:?}", reading.fault);
            let sum = sums(&reading);
            totals[key as usize] = vec![totals[key as usize][0] + sum[0], totals[key as usize][1] + sum[1]];
        }
        from = to;
    }
    for ((job, counter), total) in JOBS.iter().zip(&totals) {
        // A sample seven seconds into a minute completes that minute; the first one is where counting starts.
        let (good, bad) = truth(*counter, minutes, 0, minutes - 1);
        assert_eq!((total[0], total[1]), (bad, good + bad), "{job}");
    }
    suggestions_and_checks(&*source, now).await;
}

async fn suggestions_and_checks(source: &dyn Source, now: DateTime<Utc>) {
    let checks = source.test(now).await;
    assert!(checks.iter().all(|c| c.verdict != Verdict::Broken), "{checks:?}");
    assert!(checks.iter().any(|c| c.name == "version" && c.message.contains("2.")), "{checks:?}");
    let proposals = source.suggest(now).await.unwrap();
    let steady = proposals.iter().find(|p| p.service == "steady").unwrap();
    assert_eq!((steady.name.as_str(), steady.origin), ("steady-availability", "counters"));
    assert_eq!(steady.indicator.queries(), availability("steady").queries());
    assert!((steady.recent_sli.unwrap() - 0.9995).abs() < 0.0002, "{:?}", steady.recent_sli);
    let read = source.read(&[request(1, steady.indicator.clone(), now.timestamp() / 60 - 5, now.timestamp() / 60)], now).await;
    assert!(read.outcomes[0].1.is_ok());
}

/// What Sloth and Pyrra generate, shortened to what matters.
const RULES: &str = r#"
groups:
- name: sloth
  rules:
  - record: slo:sli_error:ratio_rate5m
    expr: |
      (sum(rate(orders_total{job="shop",ok="no"}[5m])))
      /
      (sum(rate(orders_total{job="shop"}[5m])))
    labels: {sloth_id: shop-orders, sloth_service: shop, sloth_slo: orders, sloth_window: 5m}
  - {record: "slo:objective:ratio", expr: vector(0.9950000000000001), labels: {sloth_id: odd}}
  - {record: "slo:objective:ratio", expr: vector(0.995), labels: {sloth_id: shop-orders, sloth_service: shop, sloth_slo: orders}}
  - {record: "slo:time_period:days", expr: vector(28), labels: {sloth_id: shop-orders, sloth_service: shop, sloth_slo: orders}}
- name: pyrra
  rules:
  - record: rpc:burnrate5m
    expr: (sum(rate(rpc_seconds_count{job="rpc"}[5m])) - sum(rate(rpc_seconds_bucket{job="rpc",le="0.25"}[5m]))) / sum(rate(rpc_seconds_count{job="rpc"}[5m]))
    labels: {slo: rpc-fast, job: rpc}
  - {record: "rpc:increase2w", expr: "sum(increase(rpc_seconds_count[2w]))", labels: {slo: rpc-fast, job: rpc}}
  - {alert: ErrorBudgetBurn, expr: "rpc:burnrate5m{slo=\"rpc-fast\"} > (14 * (1 - 0.98))", labels: {slo: rpc-fast}}
"#;

#[tokio::test]
async fn suggestions_come_from_what_is_there_and_can_be_read() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let now = real_now();
    let end = now.timestamp().div_euclid(60) - 1;
    let mut text = String::new();
    let lines: [(&str, Value); 12] = [
        ("orders_total{job=\"shop\",ok=\"yes\"}", |n| n * 98),
        ("orders_total{job=\"shop\",ok=\"no\"}", |n| n * 2),
        ("rpc_seconds_bucket{job=\"rpc\",le=\"0.25\"}", |n| n * 9),
        ("rpc_seconds_bucket{job=\"rpc\",le=\"+Inf\"}", |n| n * 10),
        ("rpc_seconds_count{job=\"rpc\"}", |n| n * 10),
        ("grpc_server_handled_total{job=\"g\",grpc_code=\"OK\"}", |n| n * 19),
        ("grpc_server_handled_total{job=\"g\",grpc_code=\"Internal\"}", |n| n),
        ("page_duration_seconds_bucket{job=\"web\",le=\"0.5\"}", |n| n * 50),
        ("page_duration_seconds_bucket{job=\"web\",le=\"1.0\"}", |n| n * 97),
        ("page_duration_seconds_bucket{job=\"web\",le=\"+Inf\"}", |n| n * 100),
        ("page_duration_seconds_count{job=\"web\"}", |n| n * 100),
        ("probe_success{job=\"box\",instance=\"https://shop.example\"}", |n| i64::from(n % 4 != 0)),
    ];
    for (series, value) in lines {
        (0..=120).for_each(|n| writeln!(text, "{series} {} {}", value(n), (end - 120 + n) * 60 + 7).unwrap());
    }
    text.push_str("# EOF\n");
    let server = prometheus(&text, RULES).await;
    let source = connect(&server.url, Limits::default());
    let proposals = source.suggest(now).await.unwrap();
    let told: Vec<(&str, &str, &str, &str)> =
        proposals.iter().map(|p| (p.origin, p.name.as_str(), p.objective_percent.as_str(), p.window.as_str())).collect();
    assert_eq!(
        told,
        [
            ("sloth rules", "shop-orders", "99.5", "28d"),
            ("pyrra rules", "rpc-fast", "98", "2w"),
            ("grpc", "g-grpc-server-handled-availability", "99.9", "30d"),
            ("histogram", "web-page-latency", "95", "30d"),
            ("probe_success", "shop.example-answers", "99.5", "30d"),
        ]
    );
    let requests: Vec<ReadRequest> = proposals.iter().zip(0..).map(|(p, key)| request(key, p.indicator.clone(), end - 60, end)).collect();
    let expected = [vec![120, 6000], vec![540, 600], vec![60, 1200], vec![3000, 5820, 6000], vec![45, 60]];
    for ((_, outcome), expected) in source.read(&requests, now).await.outcomes.into_iter().zip(expected) {
        assert_eq!(sums(&outcome.unwrap()), expected);
    }
    let grpc = proposals[2].recent_sli.unwrap();
    assert!((grpc - 0.95).abs() < 0.001, "{grpc}");
}

#[tokio::test]
async fn wide_selectors_are_summed_by_the_server() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let now = real_now();
    let end = now.timestamp().div_euclid(60) - 1;
    let server = prometheus(&history(end, 60, 1100), NO_RULES).await;
    let source = connect(&server.url, Limits::default());
    let all = ratio(Counts::Bad, "http_requests_total{code=\"500\"}", "http_requests_total");
    let span = Span::new(Minute(end - 10), Minute(end));
    let fresh = ReadRequest { series: None, span, ..request(1, all, 0, 1) };
    let reading = source.read(&[fresh], now).await.outcomes.remove(0).1.unwrap();
    assert!(reading.estimated && reading.series > 2000, "{reading:?}");
    let seen: Vec<&Vec<u64>> = reading.slices.iter().flatten().collect();
    assert!(seen.len() >= 5, "{reading:?}");
    let expected = (1100 + JOBS.len() as u64) as f64 * RPM as f64;
    for row in &seen[..4] {
        assert!((row[1] as f64 / expected - 1.0).abs() < 0.02, "{row:?} of {expected}");
    }
}

/// Prints what a poll of a thousand SLOs costs. Run it in release: `cargo test --release -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn cost_of_a_thousand_slos() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let now = real_now();
    let end = now.timestamp().div_euclid(60) - 1;
    let server = prometheus(&history(end, 60, 1002), NO_RULES).await;
    let source = connect(&server.url, Limits::default());
    let requests: Vec<ReadRequest> = (0..1000).map(|i| request(i, availability(&format!("extra{i:04}")), end - 2, end)).collect();
    let cpu_ms = || -> u64 {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10
    };
    source.read(&requests, now).await;
    let (begun, before) = (tokio::time::Instant::now(), cpu_ms());
    let mut cost = None;
    for _ in 0..50 {
        let answer = source.read(&requests, now).await;
        assert!(answer.outcomes.iter().all(|(_, outcome)| outcome.is_ok()));
        cost = Some(answer.cost);
    }
    println!("a poll of 1,000 SLOs: {} us wall, {} us CPU, {cost:?}", begun.elapsed().as_micros() / 50, (cpu_ms() - before) * 1000 / 50);
    let latency = Indicator::Latency {
        buckets: Selector::parse("none_bucket").unwrap(),
        total: Selector::parse("none_count").unwrap(),
        threshold: 1.0,
    };
    assert!(source.read(&[request(1, latency, end - 2, end)], at(now.timestamp())).await.outcomes[0].1.is_err());
}
