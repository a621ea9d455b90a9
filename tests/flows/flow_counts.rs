//! The same counts by hand: what `status` says equals the raw counter differences of a month that is known sample by sample, with a
//! restart, with gaps, after a kill in the middle of reading it, and however often and late it was polled.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::history::{Counts, History, Job, Truth};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};
use serde_json::Value;

use crate::stage::{Stage, whole_minute};
use crate::wanted;

const DAY_S: i64 = 86_400;
/// Samples further apart than this many seconds have a gap between them (2.2 scrape intervals).
const FAR_S: i64 = 132;
/// How far the prepared samples reach beyond the present, so that a slow machine still finds fresh ones. Below what counts as a skew.
const AHEAD_S: i64 = 240;

/// Some days up to `end`: a job with a restart, a gap of fifteen minutes and a histogram, and one with a gap over midnight.
fn past(end: i64, days: i64) -> History {
    let history = History::ending(end, days, 60);
    let midnight = (history.end - 6 * DAY_S).div_euclid(DAY_S) * DAY_S;
    let shop = Job {
        name: "shop".to_owned(),
        rate: 12,
        bad_ppm: 400,
        reset_at: Some(whole_minute(history.end - 5 * DAY_S - 7_000)),
        gap: Some((whole_minute(history.end - 11 * DAY_S), whole_minute(history.end - 11 * DAY_S) + 900)),
        latency: true,
        ..Job::default()
    };
    let night = Job { name: "night".to_owned(), rate: 5, bad_ppm: 900, gap: Some((midnight - 420, midnight + 480)), ..Job::default() };
    history.with(shop).with(night)
}

/// Seconds without observation in a window: all of each distance that is a gap.
fn unobserved(truth: &Truth, from: i64, to: i64) -> i64 {
    let inside = truth.samples.windows(2).filter(|pair| pair[0].at >= from && pair[1].at <= to);
    inside.map(|pair| pair[1].at - pair[0].at).filter(|distance| *distance > FAR_S).sum()
}

/// The documents: bad of total, good of total, within a second of all; and the job over midnight.
fn documents() -> [String; 4] {
    let all = "http_requests_total{job=\"shop\"}";
    let good = "http_requests_total{job=\"shop\",code!~\"5..\"}";
    let fast = ["http_request_duration_seconds_bucket{job=\"shop\",le=\"1.0\"}", "http_request_duration_seconds_count{job=\"shop\"}"];
    [
        wanted::availability("by-bad", "shop", "0.999", "30d"),
        wanted::ratio("by-good", "by-good", "good", [good, all], "0.999", "30d"),
        wanted::ratio("by-latency", "by-latency", "good", fast, "0.98", "30d"),
        wanted::availability("over-midnight", "night", "0.999", "30d"),
    ]
}

async fn profile(cli: &Cli, url: &str, folder: &Path) -> Result {
    let path = folder.join("slos.yaml");
    std::fs::write(&path, documents().join("---\n"))?;
    cli.json(&["source", "add", "prometheus", "prom", url]).await?;
    cli.json(&["slo", "import", &path.to_string_lossy(), "--source", "prom"]).await.map(drop)
}

fn seconds(status: &Value, field: &str) -> Result<i64> {
    let text = status[field].as_str().with_context(|| format!("no {field} in {status}"))?;
    Ok(chrono::DateTime::parse_from_rfc3339(text)?.timestamp())
}

/// Holds one status against the truth; answers the figures.
fn compare(status: &Value, truth: &Truth, good: impl Fn(Counts) -> u64) -> Result<[u64; 3]> {
    let (from, to) = (seconds(status, "window_start")?, seconds(status, "window_end")?);
    ensure!(to - from == 30 * DAY_S, "the window is {} s long", to - from);
    let counts = truth.between(from, to);
    let expected = [good(counts), counts.total() - good(counts), counts.total()];
    let figure = |field: &str| status[field].as_f64().map(|figure| figure as u64).with_context(|| format!("no {field}: {status}"));
    let told = [figure("good")?, figure("bad")?, figure("total")?];
    ensure!(told == expected, "good, bad, total are {told:?}, not {expected:?}: {status}");
    let blind = unobserved(truth, from, to);
    ensure!(status["unobserved_s"] == blind as f64, "{} s unobserved, not {blind}: {status}", status["unobserved_s"]);
    let coverage = 1.0 - blind as f64 / (30 * DAY_S) as f64;
    ensure!(status["coverage"].as_f64().is_some_and(|told| (told - coverage).abs() < 1e-9), "coverage is not {coverage}: {status}");
    Ok(told)
}

fn compare_all(statuses: &Value, truth: &std::collections::BTreeMap<String, Truth>) -> Result<Vec<[u64; 3]>> {
    let of = |name: &str| {
        let found = statuses.as_array().and_then(|all| all.iter().find(|status| status["name"] == name));
        found.with_context(|| format!("no {name} in {statuses}"))
    };
    let within = |counts: Counts| counts.within(1.0).unwrap_or_default();
    Ok(vec![
        compare(of("by-bad")?, &truth["shop"], |counts| counts.good)?,
        compare(of("by-good")?, &truth["shop"], |counts| counts.good)?,
        compare(of("by-latency")?, &truth["shop"], within)?,
        compare(of("over-midnight")?, &truth["night"], |counts| counts.good)?,
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_counted_exactly_also_after_a_kill_in_the_middle() -> Result {
    if !parts::present("the counts", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let written = past(wait::now() + AHEAD_S, 32).write()?;
    let server = Prometheus::start(&Setup { history: Some(written.text), ..Setup::default() }).await?;
    let folder = tempfile::tempdir()?;

    let whole = Cli::alone(&folder.path().join("whole"))?;
    profile(&whole, &server.url(), folder.path()).await?;
    whole.json(&["poll", "--once"]).await?;
    let figures = compare_all(&whole.json(&["status"]).await?, &written.truth)?;
    let gap = written.truth["shop"].across_gap().context("the gap")?;
    ensure!(gap.1 - gap.0 == 960 && gap.2.total() > 9_000, "{gap:?}");
    let estimated = whole.status("by-bad").await?["estimated"].clone();
    ensure!(estimated == true, "a carry is inside, and it says so");

    // A slow server, so that there is a middle to be killed in.
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    proxy.set_latency(Duration::from_millis(150));
    let killed = Cli::alone(&folder.path().join("killed"))?;
    profile(&killed, &proxy.url(), folder.path()).await?;
    for kill_at in [6, 14, 25] {
        let mut poll = killed.spawn("poll", &["poll", "--once"])?;
        let before = proxy.requests();
        poll.until("some pieces of history", wait::PATIENCE, async || Ok((proxy.requests() >= before + kill_at).then_some(()))).await?;
        poll.kill()?;
        let status = killed.status("by-bad").await?;
        ensure!(status["state"] == "blind", "half a month is not calm: {status}");
        ensure!(status["budget"]["remaining"].is_null(), "half a month is no budget: {status}");
        ensure!(status["reason"].as_str().is_some_and(|reason| reason.contains("history")), "{status}");
    }
    proxy.set_latency(Duration::ZERO);
    killed.json(&["poll", "--once"]).await?;
    let resumed = compare_all(&killed.json(&["status"]).await?, &written.truth)?;
    // Twice is as good as once.
    whole.json(&["poll", "--once"]).await?;
    whole.json(&["poll", "--once"]).await?;
    let again = compare_all(&whole.json(&["status"]).await?, &written.truth)?;
    println!("good, bad, total: once {figures:?}, killed thrice {resumed:?}, thrice {again:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_small_polls_count_as_one_large_does() -> Result {
    if !parts::present("the increments", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let end = whole_minute(wait::now()) - 3600;
    let mut history = past(end, 34);
    // Restart and gap lie where the small polls pass, minute by minute.
    let begin = end - 3 * DAY_S;
    history.jobs[0].reset_at = Some(begin + 3 * 3600 + 600);
    history.jobs[0].gap = Some((begin + 3 * 3600 + 1_800, begin + 3 * 3600 + 2_700));
    let written = history.write()?;
    let server = Prometheus::start(&Setup { history: Some(written.text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    let folder = tempfile::tempdir()?;
    let stage = Stage::open(&folder.path().join("small"), &proxy.url(), begin + 5, &documents()).await?;

    let mut now = begin + 5;
    // Three hours with few looks, an hour and a half minute by minute and unevenly, a night away, and more than a day away.
    let strides = [3_600, 7_200].into_iter().chain((0..90).map(|n| if n % 7 == 3 { 97 } else { 58 }));
    for stride in std::iter::once(0).chain(strides).chain([8 * 3600, 26 * 3600 + 11, 60, 60]) {
        now += stride;
        stage.live(&proxy, now).await?;
        // While the job is silent the newest minutes are not known yet; afterwards all are.
        let silent = (begin + 3 * 3600 + 540..begin + 3 * 3600 + 3_000).contains(&now);
        if !silent {
            let statuses = serde_json::to_value(stage.engine.status(&[])?)?;
            compare_all(&statuses, &written.truth).with_context(|| format!("{} min after the begin", (now - begin) / 60))?;
        }
    }
    let fresh = Stage::open(&folder.path().join("large"), &proxy.url(), now, &documents()).await?;
    fresh.live(&proxy, now).await?;
    for slo in ["by-bad", "by-good", "by-latency", "over-midnight"] {
        let (small, large) = (stage.status(slo)?, fresh.status(slo)?);
        let figures = |status: &firewatch_engine::view::SloStatus| {
            (status.at.clone(), status.good, status.bad, status.total, status.unobserved_s, status.burn_rates.clone(), status.state.clone())
        };
        ensure!(figures(&small) == figures(&large), "{slo}: {small:#?} {large:#?}");
    }
    Ok(())
}
