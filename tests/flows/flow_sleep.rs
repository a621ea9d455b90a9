//! A machine that slept eight hours: the real watch on a clock that jumps. It catches up once, without a burst, reads the gap back,
//! says that it was away, and its budget is that of a machine that never slept.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_engine::view::SloStatus;
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};

use crate::stage::{INTERVAL_S, Stage, whole_minute};
use crate::wanted;

const DAY_S: i64 = 86_400;
const NIGHT_S: i64 = 8 * 3600;
const SLO: &str = "settings-availability";
const SOON: Duration = Duration::from_secs(20);

/// A job with a bad hour in the middle of the night, and a server that lives at the stage's time.
async fn world() -> Result<(Prometheus, Hostile, i64)> {
    let begin = whole_minute(wait::now()) - 10 * 3600;
    let history = History { start: begin - 31 * DAY_S, end: begin + 9 * 3600 + 1_800, step: 60, seed: 11, jobs: Vec::new() };
    let bad_hour = Incident { from: begin + 3 * 3600, to: begin + 4 * 3600, bad_ppm: 300_000, slow_ppm: 0 };
    let settings = Job { name: "settings".to_owned(), rate: 10, bad_ppm: 300, incidents: vec![bad_hour], ..Job::default() };
    let text = history.with(settings).write()?.text;
    let server = Prometheus::start(&Setup { history: Some(text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    proxy.set_present(begin + 5);
    Ok((server, proxy, begin))
}

fn slos() -> [String; 1] {
    [wanted::availability(SLO, "settings", "0.999", "30d")]
}

/// What must be the same, asleep or awake.
fn figures(status: &SloStatus) -> impl PartialEq + std::fmt::Debug {
    let counts = (status.good, status.bad, status.total, status.unobserved_s, status.estimated);
    (status.at.clone(), counts, status.budget.clone(), status.burn_rates.clone(), status.spent.clone(), status.history)
}

/// Waits until the newest minute that can be known at `now` was read and nothing is missing.
async fn caught_up(stage: &Stage, now: i64) -> Result {
    let newest = chrono::DateTime::from_timestamp(whole_minute(now), 0).context("a time")?;
    wait::until(format!("the minute before {newest}"), SOON, async || {
        let status = stage.status(SLO)?;
        let at = chrono::DateTime::parse_from_rfc3339(&status.at)?;
        // Before the first read nothing is missing either.
        Ok((status.sight == "seen" && at == newest && status.history.is_none()).then_some(()))
    })
    .await
    .with_context(|| format!("{:?}", stage.status(SLO)))
}

/// Waits until the watch has given a sign of life at `now`.
async fn alive(stage: &Stage, now: i64) -> Result {
    let told = async || anyhow::Ok(stage.engine.store().read(|tx| tx.meta("awake_s"))?);
    wait::until("a sign of life", SOON, async || Ok((told().await? == Some(now.to_string())).then_some(()))).await
}

/// Waits until nothing has been asked for two seconds; answers how much was asked since `before`.
async fn quiet(proxy: &Hostile, before: u64) -> Result<u64> {
    let mut last = (proxy.requests(), wait::stopwatch());
    wait::until("the server to be left alone", SOON, async || {
        if proxy.requests() != last.0 {
            last = (proxy.requests(), wait::stopwatch());
        }
        Ok((last.1.elapsed() > Duration::from_secs(2)).then_some(proxy.requests() - before))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_night_asleep_is_one_catch_up_and_costs_no_figure() -> Result {
    if !parts::present("the sleep", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = world().await?;
    let folder = tempfile::tempdir()?;
    let sleeper = Stage::open(&folder.path().join("sleeper"), &proxy.url(), begin + 5, &slos()).await?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn({
        let engine = sleeper.engine.clone();
        async move { engine.watch(stopped).await }
    });
    caught_up(&sleeper, begin + 5).await?;
    let mut usual = 0;
    let mut now = begin + 5;
    for step in 0..6 {
        let before = proxy.requests();
        now += 32;
        proxy.set_present(now);
        sleeper.clock.set(now);
        alive(&sleeper, now).await?;
        if step % 2 == 1 {
            caught_up(&sleeper, now).await?;
            usual = quiet(&proxy, before).await?.max(usual);
        }
    }
    ensure!(sleeper.engine.frame()?.away.is_none(), "an ordinary minute is no absence");

    let asleep = now;
    now += NIGHT_S;
    let before = proxy.requests();
    proxy.set_present(now);
    sleeper.clock.set(now);
    caught_up(&sleeper, now).await?;
    let catch_up = quiet(&proxy, before).await?;
    println!("requests: {usual} in an ordinary round, {catch_up} after the night");
    // A round, the gap's own piece at most, and their baselines; 480 missed polls would be 480 rounds.
    ensure!(catch_up <= 2 * usual + 4, "{catch_up} requests after the night, {usual} in an ordinary round");
    let away = wait::until("the absence", SOON, async || Ok(sleeper.engine.frame()?.away)).await?;
    ensure!((away.from as i64 - asleep).abs() <= 15 && away.to as i64 == now, "asleep from {asleep} to {now}: {away:?}");
    let told = sleeper.headlines();
    stop.send_replace(true);
    watching.await?;

    let awake = Stage::open(&folder.path().join("awake"), &proxy.url(), begin + 5, &slos()).await?;
    let mut minute = begin + 5;
    while minute < now {
        awake.live(&proxy, minute).await?;
        minute += 5 * INTERVAL_S;
    }
    awake.live(&proxy, now).await?;
    let (slept, never) = (sleeper.status(SLO)?, awake.status(SLO)?);
    ensure!(figures(&slept) == figures(&never), "slept: {slept:#?}\nnever slept: {never:#?}");
    ensure!(slept.unobserved_s == 0.0 && slept.bad.is_some_and(|bad| bad > 10_000.0), "the bad hour of the night is counted: {slept:?}");
    println!("told on waking: {told:?}; told awake: {:?}", awake.headlines());
    ensure!(told.len() <= 1, "a night folds into one message: {told:?}");
    Ok(())
}
