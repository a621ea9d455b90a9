//! Against a real `VictoriaMetrics` beside a real Prometheus over the same history: the same counts, to the event.

use std::fmt::Write as _;

use firewatch_domain::fault::FaultKind;
use firewatch_domain::indicator::Counts;
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{ReadRequest, Verdict};
use firewatch_sources::Limits;

use crate::asking::{connect, ratio, request, sums};
use crate::programs::{NO_RULES, present, prometheus, real_now, victoria};
use crate::stories::{JOBS, RPM, availability, history, truth};

#[tokio::test]
async fn victoria_and_prometheus_count_the_same() {
    if !present(&["prometheus", "promtool", "victoria-metrics"]) {
        return;
    }
    let now = real_now();
    let (minutes, end) = (8 * 1440, now.timestamp().div_euclid(60) - 1);
    let text = history(end, minutes, 0);
    let (one, other) = tokio::join!(prometheus(&text, NO_RULES), victoria(&text));
    let (one, other) = (connect(&one.url, Limits::default()), connect(&other.url, Limits::default()));
    let mut totals = vec![(0, 0); JOBS.len()];
    let mut from = end - minutes + 1;
    while from < end {
        let to = (from + 1440).min(end);
        let requests: Vec<ReadRequest> = JOBS.iter().zip(0..).map(|((job, _), key)| request(key, availability(job), from, to)).collect();
        let (expected, seen) = tokio::join!(one.read(&requests, now), other.read(&requests, now));
        for ((key, seen), (_, expected)) in seen.outcomes.into_iter().zip(expected.outcomes) {
            let (seen, expected) = (seen.unwrap(), expected.unwrap());
            let job = JOBS[key as usize].0;
            assert_eq!(
                (seen.from, &seen.slices, &seen.fault),
                (expected.from, &expected.slices, &expected.fault),
                "{job} in [{from}, {to})"
            );
            assert_eq!(seen.carries, expected.carries, "{job} in [{from}, {to})");
            let sum = sums(&seen);
            totals[key as usize] = (totals[key as usize].0 + sum[0], totals[key as usize].1 + sum[1]);
        }
        from = to;
    }
    for ((job, counter), total) in JOBS.iter().zip(&totals) {
        let (good, bad) = truth(*counter, minutes, 0, minutes - 1);
        assert_eq!(*total, (bad, good + bad), "{job}");
    }
    let checks = other.test(now).await;
    assert!(checks.iter().all(|check| check.verdict != Verdict::Broken), "{checks:?}");
    let proposals = other.suggest(now).await.unwrap();
    assert!(proposals.iter().any(|p| p.service == "steady" && p.indicator.queries() == availability("steady").queries()), "{proposals:?}");
}

#[tokio::test]
async fn what_is_no_number_is_never_counted_by_either() {
    if !present(&["prometheus", "promtool", "victoria-metrics"]) {
        return;
    }
    let now = real_now();
    let end = now.timestamp().div_euclid(60) - 1;
    let mut text = String::from("# TYPE odd counter\n");
    for (code, per) in [("200", 9), ("500", 1)] {
        for n in 0..=60_i64 {
            let value = if (30..35).contains(&n) { "NaN".to_owned() } else { (n * per).to_string() };
            writeln!(text, "odd_total{{code=\"{code}\"}} {value} {}", (end - 60 + n) * 60 + 7).unwrap();
        }
    }
    text.push_str("# EOF\n");
    let (one, other) = tokio::join!(prometheus(&text, NO_RULES), victoria(&text));
    for (name, url) in [("prometheus", &one.url), ("victoria", &other.url)] {
        let source = connect(url, Limits::default());
        let ask = [request(1, ratio(Counts::Bad, "odd_total{code=\"500\"}", "odd_total"), end - 59, end)];
        let reading = source.read(&ask, now).await.outcomes.remove(0).1.unwrap();
        // Five minutes hold no number; what happened in them is carried to the minute that ends them.
        assert_eq!(sums(&reading), [59, 590], "{name}");
        assert_eq!(reading.slices.iter().filter(|slice| slice.is_none()).count(), 6, "{name}: {reading:?}");
        assert!(reading.fault.is_none(), "{name}: {:?}", reading.fault);
        // While the present holds none, it is blind and not calm.
        let ask = [request(1, ratio(Counts::Bad, "odd_total{code=\"501\"}", "odd_total{code=\"none\"}"), end - 5, end)];
        let fault = source.read(&ask, now).await.outcomes.remove(0).1.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NoSeries, "{name}");
    }
}

#[tokio::test]
async fn wide_selectors_are_summed_by_victoria_too() {
    if !present(&["victoria-metrics"]) {
        return;
    }
    let now = real_now();
    let end = now.timestamp().div_euclid(60) - 1;
    let server = victoria(&history(end, 60, 1100)).await;
    let source = connect(&server.url, Limits::default());
    let all = ratio(Counts::Bad, "http_requests_total{code=\"500\"}", "http_requests_total");
    let fresh = ReadRequest { series: None, span: Span::new(Minute(end - 10), Minute(end)), ..request(1, all, 0, 1) };
    let reading = source.read(&[fresh], now).await.outcomes.remove(0).1.unwrap();
    assert!(reading.estimated && reading.series > 2000, "{reading:?}");
    let seen: Vec<&Vec<u64>> = reading.slices.iter().flatten().collect();
    assert!(seen.len() >= 5, "{reading:?}");
    let expected = (1100 + JOBS.len() as u64) as f64 * RPM as f64;
    for row in &seen[..4] {
        assert!((row[1] as f64 / expected - 1.0).abs() < 0.02, "{row:?} of {expected}");
    }
}
