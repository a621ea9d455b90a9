//! The same figures by PromQL, where PromQL is exact: differences of raw counter values at aligned times, and sums and counts of a
//! gauge's samples, from the same blocks of a real Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, ensure};
use firewatch_domain::alerting::Alerting;
use firewatch_domain::indicator::Indicator;
use firewatch_domain::method::{EmptySlices, Method};
use firewatch_domain::objective::Objective;
use firewatch_domain::selector::Selector;
use firewatch_domain::slo::{Slo, Stage as Lifecycle};
use firewatch_domain::window::Window;
use firewatch_engine::view::SloStatus;
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};

use crate::stage::{SOURCE, Stage, whole_minute};
use crate::wanted;

const DAY_S: i64 = 86_400;
const BUDGET: f64 = 0.001;
const COUNTER: &str = "http_requests_total{job=\"shop\"}";
const ERRORS: &str = "http_requests_total{job=\"shop\",code=~\"5..\"}";
const GAUGE: &str = "door_open{site=\"north\"}";

/// Nine days up to `end` with an outage in the last hours, and a gauge that is 0 now and then; every sample at a whole minute.
fn past(end: i64) -> Result<String> {
    let outage = Incident { from: end - 5000, to: end - 4000, bad_ppm: 300_000, slow_ppm: 0 };
    let job = Job { name: "shop".to_owned(), rate: 9, bad_ppm: 700, incidents: vec![outage], ..Job::default() };
    let mut text = History { start: end - 9 * DAY_S, end, step: 60, seed: 11, jobs: vec![job] }.write()?.text;
    text.truncate(text.len() - "# EOF\n".len());
    text.push_str("# TYPE door_open gauge\n");
    for at in (end - 9 * DAY_S..=end).step_by(60) {
        writeln!(text, "{GAUGE} {} {at}", u8::from((at / 60) % 97 > 1))?;
    }
    text.push_str("# EOF\n");
    Ok(text)
}

fn door() -> Result<Slo> {
    Ok(Slo {
        id: "door".to_owned(),
        name: "door".to_owned(),
        title: "The door is open".to_owned(),
        description: String::new(),
        journey: "door".to_owned(),
        service: "door".to_owned(),
        environment: "production".to_owned(),
        source: SOURCE.to_owned(),
        indicator: Indicator::Gauge { up: Selector::parse(GAUGE)? },
        objective: Objective::from_percent("99.9")?,
        window: Window::parse("7d")?,
        method: Method::Occurrences,
        empty: EmptySlices::LeaveOut,
        alerting: Alerting::default(),
        stage: Lifecycle::Active,
        weight: 1,
        annotations: BTreeMap::new(),
    })
}

/// What a counter rose by in the `seconds` before `to`, from its values at both ends: no extrapolation.
async fn rise(server: &Prometheus, selector: &str, to: i64, seconds: i64) -> Result<f64> {
    let query = format!("sum({selector})");
    Ok(server.number(&query, Some(to)).await? - server.number(&query, Some(to - seconds)).await?)
}

fn seconds(text: &str) -> Result<i64> {
    Ok(chrono::DateTime::parse_from_rfc3339(text)?.timestamp())
}

/// Holds counts, look-backs and budget of a status against bad and all of so many seconds before its end.
async fn held_against<F: AsyncFn(i64) -> Result<(f64, f64)>>(status: &SloStatus, by_promql: F) -> Result {
    let length = seconds(&status.window_end)? - seconds(&status.window_start)?;
    let (bad, total) = by_promql(length).await?;
    ensure!((status.bad, status.total) == (Some(bad), Some(total)), "PromQL: {bad} of {total}; {status:#?}");
    let consumed = status.budget.consumed.context("a budget")?;
    ensure!((consumed - bad / total / BUDGET).abs() < 1e-9 * consumed.max(1.0), "{consumed} is spent: {bad} of {total}");
    for (lookback, length) in [("5m", 300), ("1h", 3600), ("6h", 21_600), ("1d", DAY_S), ("3d", 3 * DAY_S)] {
        let (bad, total) = by_promql(length).await?;
        let rate = status.burn_rates.get(lookback).copied().flatten().with_context(|| format!("no burn over {lookback}"))?;
        ensure!((rate - bad / total / BUDGET).abs() <= 1e-9 * rate.max(1.0), "{rate} over {lookback}; PromQL: {bad} of {total}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_promql_is_exact_both_say_the_same() -> Result {
    if !parts::present("PromQL", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let end = whole_minute(wait::now()) - 600;
    let server = Prometheus::start(&Setup { history: Some(past(end)?), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    let folder = tempfile::tempdir()?;
    let documents = [wanted::availability("shop", "shop", "0.999", "7d")];
    let begin = end - 5400;
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 5, &documents).await?;
    let door = door()?;
    stage.engine.store().write(|tx| tx.put_slo(&door, 0))?;
    for minute in [0, 1, 9, 16, 30, 60, 90] {
        stage.live(&proxy, begin + minute * 60 + 5).await?;
        let status = stage.status("shop")?;
        let to = seconds(&status.at)?;
        ensure!(to == begin + minute * 60, "{to} is counted to at minute {minute}");
        held_against(&status, async |length| Ok((rise(&server, ERRORS, to, length).await?, rise(&server, COUNTER, to, length).await?)))
            .await?;
        let status = stage.status("door")?;
        let to = seconds(&status.at)?;
        held_against(&status, async |length| {
            // A second less: the sample at the begin belongs to the minute before.
            let range = length - 1;
            let total = server.number(&format!("count_over_time({GAUGE}[{range}s])"), Some(to)).await?;
            Ok((total - server.number(&format!("sum_over_time({GAUGE}[{range}s])"), Some(to)).await?, total))
        })
        .await?;
    }
    Ok(())
}
