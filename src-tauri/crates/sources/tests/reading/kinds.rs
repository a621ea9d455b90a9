//! Gauges against a bound, ratios that are given as such, and PromQL minute by minute: against a real Prometheus, with equality
//! where the value of every minute is known.

use std::fmt::Write as _;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Counts, Indicator, Layout, Measure, Op};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{ReadRequest, Reading};
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::Selector;
use firewatch_sources::Limits;

use crate::asking::{connect, request, sums};
use crate::programs::{NO_RULES, Server, present, prometheus, real_now};

const MINUTES: i64 = 240;

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

fn query(text: &str) -> PromQl {
    PromQl::parse(text).unwrap()
}

fn queue(n: i64) -> i64 {
    (n * n + 3) % 7
}

/// Errors in thousandths; every eleventh minute without traffic.
fn errors(n: i64) -> Option<i64> {
    (n % 11 != 0).then_some(n % 40)
}

/// A sample a minute, seven seconds into it, up to the minute `end`: two gauges of known values, and two counters.
async fn server(end: i64) -> Server {
    let mut text = String::new();
    for n in end - MINUTES..=end {
        let second = n * 60 + 7;
        writeln!(text, "queue{{job=\"a\",pod=\"1\"}} {} {second}", queue(n)).unwrap();
    }
    for n in end - MINUTES..=end {
        writeln!(text, "limit{{job=\"a\"}} 10 {}", n * 60 + 7).unwrap();
    }
    for n in end - MINUTES..=end {
        let value = errors(n).map_or_else(|| "NaN".to_owned(), |e| format!("0.{e:03}"));
        writeln!(text, "error_ratio{{job=\"a\"}} {value} {}", n * 60 + 7).unwrap();
    }
    for n in end - MINUTES..=end {
        writeln!(text, "percent{{job=\"a\"}} {} {}", 90 + n % 10, n * 60 + 7).unwrap();
    }
    for (code, pace) in [("200", 99), ("500", 1)] {
        for n in end - MINUTES..=end {
            writeln!(text, "requests_total{{code=\"{code}\"}} {} {}", (n - end + MINUTES) * pace, n * 60 + 7).unwrap();
        }
    }
    text.push_str("# EOF\n");
    prometheus(&text, NO_RULES).await
}

fn live(key: u64, indicator: Indicator, from: i64, to: i64) -> ReadRequest {
    ReadRequest { series: None, ..request(key, indicator, from, to) }
}

async fn read(server: &Server, indicators: &[Indicator], from: i64, to: i64) -> (Vec<Result<Reading, Fault>>, u32) {
    let source = connect(&server.url, Limits::default());
    let requests: Vec<ReadRequest> = indicators.iter().zip(0..).map(|(i, key)| live(key, i.clone(), from, to)).collect();
    let answer = source.read(&requests, real_now()).await;
    (answer.outcomes.into_iter().map(|(_, outcome)| outcome).collect(), answer.cost.requests)
}

fn promql(measure: Measure) -> Indicator {
    Indicator::PromQl { measure }
}

#[tokio::test]
async fn every_minute_equals_what_was_written() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let end = real_now().timestamp().div_euclid(60) - 2;
    let server = server(end).await;
    let (from, to) = (end - 200, end - 1);
    let minutes = (to - from) as u64;
    let below = |op: Op, bound: f64| (from..to).filter(|n| op.holds(queue(*n) as f64, bound)).count() as u64;
    let gauge = |op, bound| Indicator::Threshold { gauge: selector("queue{job=\"a\"}"), op, bound };
    let evaluated = |op, bound| promql(Measure::Threshold { value: query("max(queue) # the longest"), op, bound });
    let shares: u64 = (from..to).filter_map(errors).map(|e| e as u64 * 1000).sum();
    let busy = (from..to).filter_map(errors).count() as u64 * 1_000_000;
    let parts: u64 = (from..to).map(|n| queue(n) as u64 * 1_000_000).sum();
    let ratio = || query("error_ratio{job=\"a\"}");
    let mut wanted: Vec<(Indicator, Layout, [u64; 2])> = Op::ALL
        .into_iter()
        .flat_map(|op| {
            let good = below(op, 3.0);
            [
                (gauge(op, 3.0), Layout::GoodTotal, [good, minutes]),
                (evaluated(op, 3.0), Layout::GoodTotal, [good * 1_000_000, minutes * 1_000_000]),
            ]
        })
        .collect();
    wanted.push((Indicator::RawRatio { counts: Counts::Bad, ratio: selector("error_ratio") }, Layout::BadTotal, [shares, busy]));
    wanted.push((promql(Measure::Ratio { counts: Counts::Bad, ratio: ratio() }), Layout::BadTotal, [shares, busy]));
    let counts = Measure::Counts { counts: Counts::Good, part: query("sum(queue)"), total: query("sum(limit)") };
    wanted.push((promql(counts), Layout::GoodTotal, [parts, minutes * 10_000_000]));
    let indicators: Vec<Indicator> = wanted.iter().map(|(indicator, ..)| indicator.clone()).collect();
    let (readings, asked) = read(&server, &indicators, from, to).await;
    for ((indicator, layout, expected), reading) in wanted.into_iter().zip(readings) {
        let reading = reading.unwrap();
        assert_eq!((reading.layout.clone(), sums(&reading)), (layout, expected.to_vec()), "{indicator:?}");
        assert!(reading.slices.iter().all(Option::is_some) && reading.fault.is_none(), "{indicator:?}: {reading:?}");
        assert_eq!(reading.estimated, matches!(indicator, Indicator::PromQl { .. }));
    }
    assert!(asked <= 12, "{asked} requests for {} SLOs", indicators.len());
}

#[tokio::test]
async fn rates_come_near_what_was_counted() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let end = real_now().timestamp().div_euclid(60) - 2;
    let server = server(end).await;
    let rate = |which: &str| query(&format!("sum(rate(requests_total{which}[5m]))"));
    let counts = Measure::Counts { counts: Counts::Bad, part: rate("{code=\"500\"}"), total: rate("") };
    // Without bad series there are no bad events; without any series there is no answer.
    let spotless = Measure::Counts { counts: Counts::Bad, part: rate("{code=\"599\"}"), total: rate("") };
    let (mut readings, _) = read(&server, &[promql(counts), promql(spotless)], end - 100, end - 1).await;
    let none = sums(&readings.remove(1).unwrap());
    assert!(none[0] == 0 && none[1] > 0, "{none:?}");
    let sum = sums(&readings.remove(0).unwrap());
    assert!((sum[0] as f64 / sum[1] as f64 - 0.01).abs() < 1e-6, "{sum:?}");
}

#[tokio::test]
async fn a_bad_query_blinds_only_itself() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let end = real_now().timestamp().div_euclid(60) - 2;
    let server = server(end).await;
    let ratio = |text: &str| promql(Measure::Ratio { counts: Counts::Good, ratio: query(text) });
    let bad: [(&str, FaultKind, &str); 5] = [
        ("no_such_function(queue)", FaultKind::QueryRefused, "no_such_function"),
        ("requests_total / 200", FaultKind::QueryRefused, "wrap it in sum"),
        ("sum(nowhere)", FaultKind::NoSeries, "sum(nowhere)"),
        ("limit + on () requests_total", FaultKind::QueryRefused, "duplicate series"),
        ("max(percent)", FaultKind::NotANumber, "no ratio"),
    ];
    let mut indicators: Vec<Indicator> = bad.iter().map(|(text, ..)| ratio(text)).collect();
    assert!(PromQl::parse("max(queue) ) or ( up").is_err(), "a query that breaks out of its brackets never gets here");
    indicators.extend((0..20).map(|i| ratio(&format!("max(limit) / 10 - {i} * 0"))));
    // A scalar is one series as well.
    indicators.push(ratio("1"));
    let source = connect(&server.url, Limits::default());
    let requests: Vec<ReadRequest> = indicators.iter().zip(0..).map(|(i, key)| live(key, i.clone(), end - 3, end)).collect();
    let first = source.read(&requests, real_now()).await;
    for ((_, outcome), (text, kind, words)) in first.outcomes.iter().zip(&bad) {
        let fault = outcome.as_ref().map_or_else(Clone::clone, |reading| reading.fault.clone().expect(text));
        assert!(fault.kind == *kind && fault.message.contains(words), "{text}: {fault:?}");
    }
    for (_, outcome) in &first.outcomes[5..] {
        let reading = outcome.as_ref().unwrap();
        assert!(reading.fault.is_none() && reading.slices.iter().flatten().all(|s| s[0] == s[1] && s[1] == 1_000_000), "{reading:?}");
        assert!(!reading.slices.is_empty());
    }
    let again = source.read(&requests, real_now()).await;
    assert!(again.cost.requests < first.cost.requests && again.cost.requests <= 8, "{:?} then {:?}", first.cost, again.cost);
}

#[tokio::test]
async fn a_percentage_is_no_ratio() {
    if !present(&["prometheus", "promtool"]) {
        return;
    }
    let end = real_now().timestamp().div_euclid(60) - 2;
    let server = server(end).await;
    let percent = Indicator::RawRatio { counts: Counts::Good, ratio: selector("percent") };
    let span = Span::new(Minute(end - 5), Minute(end + 2));
    let (mut readings, _) = read(&server, &[percent], span.from.0, span.to.0).await;
    let reading = readings.remove(0).unwrap();
    let fault = reading.fault.expect("blind");
    assert_eq!(fault.kind, FaultKind::NotANumber);
    assert!(fault.message.contains("divide percentages by 100"), "{fault}");
    assert!(reading.slices.iter().all(Option::is_none) && reading.carries.is_empty());
}
