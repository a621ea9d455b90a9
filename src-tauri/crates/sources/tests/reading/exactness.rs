//! Slices and carries add up to the differences of the raw counters, however the span is cut into readings.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use firewatch_domain::fault::FaultKind;
use firewatch_domain::indicator::{Counts, Indicator, Layout};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{Carry, Reading};
use firewatch_domain::selector::Selector;
use firewatch_sources::Limits;
use proptest::prelude::*;

use crate::asking::{at, connect, ratio, request, sums};
use crate::metrics::{Metrics, Series, labels, series};

const T0: i64 = 1_700_000_040 / 60 * 60;
const M0: i64 = T0 / 60;

fn every(interval: i64, from: i64, to: i64, value: impl Fn(i64) -> f64) -> Vec<(i64, f64)> {
    (0..=(to - from) / interval).map(|i| from + i * interval).map(|s| (s, value(s))).collect()
}

/// One indicator over a server of its own.
async fn read_one(
    series: Vec<Series>,
    indicator: Indicator,
    from: i64,
    to: i64,
    now: i64,
) -> Result<Reading, firewatch_domain::fault::Fault> {
    let (_metrics, server) = Metrics::serve(series).await;
    let source = connect(&server.uri(), Limits::default());
    read_from(&*source, indicator, from, to, now).await
}

async fn read_from(
    source: &dyn firewatch_domain::ports::Source,
    indicator: Indicator,
    from: i64,
    to: i64,
    now: i64,
) -> Result<Reading, firewatch_domain::fault::Fault> {
    source.read(&[request(1, indicator, from, to)], at(now)).await.outcomes.remove(0).1
}

fn errors_of_all() -> Indicator {
    ratio(Counts::Bad, "m{code=\"500\"}", "m")
}

#[tokio::test]
async fn a_restart_and_a_gap_lose_nothing() {
    // 60 s samples, 10 a minute, 1 bad; restart at minute 20, no samples from minute 30 to 45.
    let value = |s: i64, per: f64| {
        let minute = (s - T0) / 60;
        if minute >= 20 { (minute - 19) as f64 * per } else { (minute + 1000) as f64 * per }
    };
    let lost = |s: i64| (T0 + 30 * 60..T0 + 45 * 60).contains(&s);
    let of = |per: f64| -> Vec<(i64, f64)> {
        every(60, T0 - 600, T0 + 3600, |s| value(s, per)).into_iter().filter(|(s, _)| !lost(*s)).collect()
    };
    let all = vec![series("m{code=\"200\"}", &of(9.0)), series("m{code=\"500\"}", &of(1.0))];
    let reading = read_one(all, errors_of_all(), M0, M0 + 60, T0 + 86_400).await.unwrap();
    assert_eq!(reading.layout, Layout::BadTotal);
    assert_eq!(reading.slices.len(), 60);
    // Sixty steps of ten; the restart's step shows its first value, which is ten as well.
    assert_eq!(sums(&reading), [60, 600]);
    assert_eq!(reading.slices[10], Some(vec![1, 10]));
    assert_eq!(reading.slices[19], Some(vec![1, 10]), "the minute of the restart");
    assert_eq!(reading.carries, [Carry { span: Span::new(Minute(M0 + 29), Minute(M0 + 45)), columns: vec![16, 160] }]);
    assert!(reading.slices[29..45].iter().all(Option::is_none));
    assert!(reading.slices[45].is_some());
}

#[tokio::test]
async fn series_that_are_renamed_are_not_born() {
    // A label changes at minute 20: both series vanish, two others go on from their values.
    let value = |per: f64| move |s: i64| 1_000_000.0 * per + (s - T0 + 600) as f64 / 60.0 * per;
    let of = |per: f64, from: i64, to: i64| every(60, from, to, value(per));
    let (change, end) = (T0 + 20 * 60, T0 + 3600);
    let all = vec![
        series("m{code=\"200\",version=\"1\"}", &of(9.0, T0 - 600, change - 60)),
        series("m{code=\"500\",version=\"1\"}", &of(1.0, T0 - 600, change - 60)),
        series("m{code=\"200\",version=\"2\"}", &of(9.0, change, end)),
        series("m{code=\"500\",version=\"2\"}", &of(1.0, change, end)),
    ];
    let (_metrics, server) = Metrics::serve(all).await;
    let source = connect(&server.uri(), Limits::default());
    let reading = read_from(&*source, errors_of_all(), M0, M0 + 60, T0 + 86_400).await.unwrap();
    assert!(sums(&reading)[1] <= 600, "{:?}", sums(&reading));
    assert!(reading.estimated && reading.remark.unwrap().contains("changed their names"));
    assert_eq!(reading.slices[18], Some(vec![1, 10]), "before the change");
    assert_eq!(reading.slices[20], Some(vec![1, 10]), "after it");
    // As a live round reads it, when the old names are before its span.
    let late = read_from(&*source, errors_of_all(), M0 + 19, M0 + 60, T0 + 86_400).await.unwrap();
    assert!(sums(&late)[1] <= 410, "{:?}", sums(&late));
}

#[tokio::test]
async fn a_process_that_is_replaced_is_born_anew() {
    // The only pod is replaced at minute 20: its counters vanish, those of the next begin near nothing.
    let old = every(60, T0 - 600, T0 + 19 * 60, |s| 5000.0 + (s - T0) as f64 / 6.0);
    let new = every(60, T0 + 20 * 60, T0 + 3600, |s| (s - T0 - 19 * 60) as f64 / 6.0);
    let all = vec![series("m{pod=\"a\"}", &old), series("m{pod=\"b\"}", &new)];
    let reading = read_one(all, errors_of_all(), M0, M0 + 60, T0 + 86_400).await.unwrap();
    assert_eq!(sums(&reading), [0, 600]);
}

#[tokio::test]
async fn a_gap_across_a_boundary_is_carried_by_the_later_piece() {
    let lost = |s: &i64| (T0 + 1800..T0 + 2700).contains(s);
    let samples: Vec<(i64, f64)> =
        every(15, T0 - 600, T0 + 3600, |s| (s - T0 + 600) as f64).into_iter().filter(|(s, _)| !lost(s)).collect();
    let (_metrics, server) = Metrics::serve(vec![series("m{code=\"200\"}", &samples)]).await;
    let source = connect(&server.uri(), Limits::default());
    let first = read_from(&*source, errors_of_all(), M0, M0 + 40, T0 + 86_400).await.unwrap();
    let second = read_from(&*source, errors_of_all(), M0 + 40, M0 + 60, T0 + 86_400).await.unwrap();
    assert!(first.carries.is_empty());
    assert_eq!(second.carries.len(), 1);
    assert_eq!(second.carries[0].span.from, Minute(M0 + 30));
    assert_eq!(sums(&first)[1] + sums(&second)[1], 3600);
}

#[tokio::test]
async fn the_newest_minutes_wait_until_they_are_complete() {
    let samples = every(60, T0 - 600, T0 + 630, |s| (s - T0 + 600) as f64);
    let (metrics, server) = Metrics::serve(vec![series("m{code=\"200\"}", &samples)]).await;
    metrics.present.store((T0 + 599) * 1000, Ordering::SeqCst);
    let source = connect(&server.uri(), Limits::default());
    let reading = read_from(&*source, errors_of_all(), M0, M0 + 10, T0 + 605).await.unwrap();
    assert_eq!(reading.slices.len(), 9, "minute 9 has no sample at its end yet");
    metrics.present.store(i64::MAX, Ordering::SeqCst);
    let reading = read_from(&*source, errors_of_all(), M0, M0 + 10, T0 + 605).await.unwrap();
    assert_eq!(reading.slices.len(), 10);
    assert!(reading.fault.is_none());
    // The same samples seen much later: stale, and what came after is unobserved.
    let samples = every(60, T0 - 600, T0 + 300, |s| (s - T0 + 600) as f64);
    *metrics.series.lock().unwrap() = vec![series("m{code=\"200\"}", &samples)];
    let reading = read_from(&*source, errors_of_all(), M0, M0 + 10, T0 + 605).await.unwrap();
    assert_eq!(reading.fault.unwrap().kind, FaultKind::Stale);
    assert_eq!(reading.slices.iter().filter(|s| s.is_some()).count(), 5);
    assert!(reading.slices.len() >= 7 && reading.slices[5..].iter().all(Option::is_none));
}

#[tokio::test]
async fn births_count_from_zero_only_where_the_metric_is_older() {
    let old = series("m{code=\"200\"}", &every(60, T0 - 7200, T0 + 600, |s| (s - T0 + 7200) as f64));
    let born = series("m{code=\"500\"}", &every(60, T0 + 120, T0 + 600, |s| 3.0 + ((s - T0 - 120) / 60) as f64));
    let reading = read_one(vec![old, born.clone()], errors_of_all(), M0, M0 + 10, T0 + 86_400).await.unwrap();
    assert_eq!(sums(&reading), [11, 611], "3 at birth and one a minute");
    // The whole metric begins here: its first values are where counting starts.
    let reading = read_one(vec![born], errors_of_all(), M0, M0 + 10, T0 + 86_400).await.unwrap();
    assert_eq!(sums(&reading), [8, 8]);
    assert_eq!(reading.slices[1], None);
}

#[tokio::test]
async fn a_series_back_after_hours_is_no_birth() {
    for gap_h in [2, 5, 20, 70] {
        let before = every(60, T0 - gap_h * 3600 - 1200, T0 - gap_h * 3600, |_| 1_000_000.0);
        let after = every(60, T0 + 120, T0 + 600, |s| 1_000_000.0 + ((s - T0) / 60) as f64);
        let back: Vec<(i64, f64)> = before.into_iter().chain(after).collect();
        let old = series("m{code=\"200\"}", &every(60, T0 - 7200, T0 + 600, |_| 5.0));
        let reading = read_one(vec![old, series("m{code=\"500\"}", &back)], errors_of_all(), M0, M0 + 10, T0 + 86_400).await.unwrap();
        assert_eq!(sums(&reading), [10, 10], "gap of {gap_h} h");
        assert_eq!(reading.carries.len(), 1);
        if gap_h < 24 {
            assert_eq!(reading.carries[0].span.from, Minute(M0 - gap_h * 60), "gap of {gap_h} h");
        }
    }
}

#[tokio::test]
async fn values_that_are_no_numbers_leave_their_minute_out() {
    let mut broken = series("m{code=\"200\"}", &every(60, T0 - 600, T0 + 600, |s| (s - T0 + 600) as f64));
    for (at, text) in [(12, "NaN"), (15, "+Inf"), (17, "-5")] {
        broken.1[at].1 = text.to_owned();
    }
    let other = series("m{code=\"500\"}", &every(60, T0 - 600, T0 + 600, |s| ((s - T0 + 600) / 60) as f64));
    let reading = read_one(vec![broken, other], errors_of_all(), M0, M0 + 10, T0 + 605).await.unwrap();
    assert_eq!(reading.slices.iter().map(Option::is_none).collect::<Vec<_>>()[..8], [false, true, false, false, true, false, true, false]);
    assert_eq!(sums(&reading), [10, 610], "nothing is lost");
    assert!(reading.remark.unwrap().contains("NaN"));
}

#[tokio::test]
async fn histograms_keep_every_boundary() {
    let bucket = |le: &str, share: f64| {
        series(&format!("l_bucket{{le=\"{le}\"}}"), &every(30, T0 - 300, T0 + 300, |s| ((s - T0 + 300) as f64 * share).floor()))
    };
    let all = vec![bucket("0.25", 0.5), bucket("1.0", 0.9), bucket("+Inf", 1.0)];
    let latency = |threshold| Indicator::Latency {
        buckets: Selector::parse("l_bucket").unwrap(),
        total: Selector::parse("l_count").unwrap(),
        threshold,
    };
    let reading = read_one(all.clone(), latency(1.0), M0, M0 + 5, T0 + 86_400).await.unwrap();
    assert_eq!(reading.layout, Layout::Buckets { bounds: vec![0.25, 1.0] });
    assert_eq!(sums(&reading), [150, 270, 300], "the total comes from the bucket of infinity");
    let fault = read_one(all, latency(0.5), M0, M0 + 5, T0 + 86_400).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoSuchBoundary);
    assert!(fault.message.contains("0.25 and 1;"), "{fault}");
}

#[tokio::test]
async fn boolean_gauges_count_their_samples() {
    let up = series("probe_success{job=\"b\"}", &every(30, T0 - 300, T0 + 300, |s| f64::from(u8::from(s < T0 + 121))));
    let gauge = Indicator::Gauge { up: Selector::parse("probe_success{job=\"b\"}").unwrap() };
    let reading = read_one(vec![up], gauge, M0, M0 + 5, T0 + 86_400).await.unwrap();
    assert_eq!(reading.layout, Layout::GoodTotal);
    assert_eq!(sums(&reading), [4, 10]);
}

#[tokio::test]
async fn halves_need_either() {
    let good = series("g", &every(60, T0 - 300, T0 + 300, |s| (s - T0 + 300) as f64));
    let halves = Indicator::Halves { good: Selector::parse("g").unwrap(), bad: Selector::parse("b").unwrap() };
    let reading = read_one(vec![good.clone()], halves.clone(), M0, M0 + 5, T0 + 86_400).await.unwrap();
    assert_eq!((reading.layout.clone(), sums(&reading)), (Layout::GoodBad, vec![300, 0]));
    // A bad counter without its total is no ratio.
    let fault = read_one(vec![good], ratio(Counts::Bad, "g", "none"), M0, M0 + 5, T0 + 300).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoSeries);
}

#[derive(Debug, Clone)]
struct Story {
    series: Vec<Vec<(i64, u64)>>,
    cuts: Vec<i64>,
}

const HOURS: i64 = 4;

fn one_series() -> impl Strategy<Value = Vec<(i64, u64)>> {
    let interval = prop_oneof![Just(15_i64), Just(30), Just(60)];
    let gaps = prop::collection::vec((0_i64..HOURS * 3600, 30_i64..6000), 0..4);
    let resets = prop::collection::vec(0_i64..HOURS * 3600, 0..3);
    let born = prop_oneof![3 => Just(-1800_i64), 1 => 0_i64..HOURS * 3600];
    (interval, gaps, resets, born, 0_u64..100_000, any::<u64>()).prop_map(|(interval, gaps, resets, born, start, seed)| {
        let (mut value, mut random, mut samples) = (if born < 0 { start } else { start % 50 }, seed | 1, Vec::new());
        let mut at = born + (seed % interval as u64) as i64;
        while at <= HOURS * 3600 + 1200 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let jitter = ((random >> 40) % 3) as i64;
            value += (random >> 33) % 20;
            if resets.iter().any(|reset| (at - interval..at).contains(reset)) {
                value = (random >> 20) % 8;
            }
            if !gaps.iter().any(|(from, length)| (*from..from + length).contains(&at)) {
                samples.push(((T0 + at) * 1000 + jitter * 137, value));
            }
            at += interval;
        }
        samples
    })
}

fn story() -> impl Strategy<Value = Story> {
    let cuts = prop::collection::vec(1..HOURS * 60, 0..6);
    (prop::collection::vec(one_series(), 2..5), cuts).prop_map(|(series, mut cuts)| {
        cuts.extend([0, HOURS * 60]);
        cuts.sort_unstable();
        cuts.dedup();
        Story { series, cuts }
    })
}

/// What the raw counters say about `(from, to]`, by a straight walk.
fn truth(series: &[Vec<(i64, u64)>], from_ms: i64, to_ms: i64) -> u64 {
    let mut sum = 0;
    for samples in series {
        let mut before = samples.iter().rev().find(|(ms, _)| *ms <= from_ms).map_or(0, |(_, v)| *v);
        for (_, value) in samples.iter().filter(|(ms, _)| *ms > from_ms && *ms <= to_ms) {
            sum += value.checked_sub(before).unwrap_or(*value);
            before = *value;
        }
    }
    sum
}

/// An old, steady companion: the metric existed before everything that is born.
fn with_elder(story: &Story) -> (Vec<Vec<(i64, u64)>>, Vec<Series>) {
    let elder: Vec<(i64, u64)> = (0..=HOURS * 60 + 80).map(|i| ((T0 - 3600 + i * 60) * 1000, i as u64)).collect();
    let raw: Vec<Vec<(i64, u64)>> = story.series.iter().cloned().chain([elder]).collect();
    let code = |i: usize| if i == 0 { 500 } else { 200 };
    let labelled = |(i, s): (usize, &Vec<(i64, u64)>)| {
        (labels(&format!("m{{code=\"{}\",pod=\"p{i}\"}}", code(i))), s.iter().map(|(ms, v)| (*ms, v.to_string())).collect())
    };
    let all = raw.iter().enumerate().map(labelled).collect();
    (raw, all)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn history_in_pieces_adds_up(story in story()) {
        let (raw, all) = with_elder(&story);
        let (bad, total) = runtime().block_on(async {
            let (_metrics, server) = Metrics::serve(all).await;
            let source = connect(&server.uri(), Limits::default());
            let (mut bad, mut total) = (0, 0);
            for pair in story.cuts.windows(2) {
                let reading = read_from(&*source, errors_of_all(), M0 + pair[0], M0 + pair[1], T0 + 40 * 86_400).await.unwrap();
                assert_eq!(reading.slices.len() as i64, pair[1] - pair[0]);
                let sums = sums(&reading);
                (bad, total) = (bad + sums[0], total + sums[1]);
            }
            (bad, total)
        });
        let end = T0 * 1000 + HOURS * 3_600_000;
        prop_assert_eq!(bad, truth(&raw[..1], T0 * 1000, end));
        prop_assert_eq!(total, truth(&raw, T0 * 1000, end));
    }

    #[test]
    fn polling_adds_up(story in story(), pace in 50_i64..500) {
        let (raw, all) = with_elder(&story);
        let (sums, end) = runtime().block_on(async {
            let (metrics, server) = Metrics::serve(all).await;
            let source = connect(&server.uri(), Limits::default());
            let (mut slices, mut carries) = (BTreeMap::new(), BTreeMap::new());
            let (mut from, mut now) = (M0, T0 + 5);
            while now < T0 + HOURS * 3600 {
                now += pace;
                metrics.present.store(now * 1000, Ordering::SeqCst);
                // The last two minutes are read again, and replaced whole.
                let again = (from - 2).max(M0);
                let Ok(reading) = read_from(&*source, errors_of_all(), again, now / 60, now).await else { continue };
                let answered = again..again + reading.slices.len() as i64;
                answered.clone().zip(&reading.slices).for_each(|(minute, slice)| drop(slices.insert(minute, slice.clone())));
                carries.retain(|last, _| !answered.contains(last));
                carries.extend(reading.carries.iter().map(|c| (c.span.to.0 - 1, c.columns.clone())));
                from = from.max(answered.end);
            }
            let rows = slices.into_values().flatten().chain(carries.into_values());
            (rows.fold(vec![0, 0], |sum, row| vec![sum[0] + row[0], sum[1] + row[1]]), from * 60_000)
        });
        prop_assert_eq!(sums, vec![truth(&raw[..1], T0 * 1000, end), truth(&raw, T0 * 1000, end)]);
    }
}
