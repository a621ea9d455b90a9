//! Polling and evaluating a thousand SLOs, each over a month, against the same reads by one curl and against slo-generator.
//!
//! Every measured poll finds one new minute, as it does in life. Two profiles near the server and two behind 40 ms of round trip are
//! polled within each minute, each right beside a curl over the same way; who goes first changes. All pairs count.
//! Speed is shown, not asserted: the test fails only when something was not measured properly.

mod counts;
mod curl;
mod fleet;
mod ground;
mod machine;
mod pairs;
mod room;
mod samples;
mod shelf;
mod slo_generator;
mod table;
mod world;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use firewatch_domain::minute::MINUTE_S;
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::{Result, parts, prometheus, wait};
use tokio::sync::watch::channel;

use ground::{Ground, Watched};
use pairs::Pairs;
use slo_generator::SloGenerator;
use table::{Row, say};

/// History a profile holds.
const DAYS: i64 = 30;
/// Minutes in which pairs are measured; each gives two pairs near and two far.
const MINUTES: u32 = 6;
const FAR: Duration = Duration::from_millis(40);
/// Seconds after the full minute at which a round starts: the scrape that completes it is in by then.
const SETTLED_S: i64 = counts::SCRAPE_S + 5;
/// Seconds between rounds of an engine that is asked for its rounds.
const RARELY_S: u64 = 3600;
/// Within this the first round of a watch is over.
const FIRST_ROUND: Duration = Duration::from_secs(5);
/// Times slo-generator is run.
const RUNS: u32 = 3;

/// One way to the server and the profiles that are polled over it.
struct Way {
    name: &'static str,
    url: String,
    profiles: [Watched; 2],
    pairs: Pairs,
}

#[tokio::test(flavor = "multi_thread")]
async fn poll() -> Result {
    if !parts::present("bench_poll", &[&prometheus::PROGRAMS[..], &["curl"]].concat())? {
        return Ok(());
    }
    let ground = Ground::lay().await?;
    let proxy = Hostile::start(Behind::Real(ground.prometheus.address()))?;
    proxy.set_latency(FAR);
    let mut ways = [way(&ground, "near", ground.prometheus.url()).await?, way(&ground, "far", proxy.url()).await?];
    say(&machine::words())?;
    let before = proxy.requests();
    ways[1].profiles[0].poll().await?;
    say(&format!("requests of a poll: {}, the last {}", proxy.requests() - before, asked(&proxy)))?;
    for round in 0..MINUTES {
        next_minute().await;
        for way in &mut ways {
            measure(way, round % 2 == 0).await?;
        }
        say(&format!("minute {} of {MINUTES}: {}", round + 1, machine::words()))?;
    }
    let [near, far] = &ways;
    for way in [near, far] {
        say(&format!("{}: {}", way.name, way.pairs.words("ms")))?;
    }
    let mut rows = vec![
        row("1,000 SLOs polled and evaluated, 40 ms round trip", &far.pairs, "curl, 20 in parallel", (1.0 / 20.0, "1/20")),
        row("the same on loopback", &near.pairs, "curl, 20 in parallel", (1.0, "1")),
    ];
    if let Some(rival) = SloGenerator::install(&ground.prometheus.url(), slo_generator::MEASURED)? {
        let pairs = rivalry(&rival, &near.profiles[0]).await?;
        say(&format!("slo-generator: {}", pairs.words("ms")))?;
        let name = format!("slo-generator, {} SLOs scaled", slo_generator::MEASURED);
        rows.push(row("the same on loopback", &pairs, &name, (1.0 / 50.0, "1/50")));
    }
    rows.extend(samples::touched().await?);
    for profile in ways.into_iter().flat_map(|way| way.profiles) {
        std::fs::remove_dir_all(profile.close()).context("take away a profile")?;
    }
    table::add("poll", &rows)
}

async fn way(ground: &Ground, name: &'static str, url: String) -> Result<Way> {
    let first = watching(ground.profile(&format!("{name}-1"), &url, DAYS).await?).await?;
    let second = watching(ground.profile(&format!("{name}-2"), &url, DAYS).await?).await?;
    Ok(Way { name, url, profiles: [first, second], pairs: Pairs::default() })
}

/// Lets its engine watch, as that of a running program does. Its own rounds come once an hour, so that those asked for are alone.
async fn watching(mut profile: Watched) -> Result<Watched> {
    profile.config.interval_s = RARELY_S;
    profile.engine.store().write(|tx| tx.change_source(&profile.config))?;
    let engine = Arc::clone(&profile.engine);
    // It ends with the test.
    tokio::spawn(async move { engine.watch(channel(false).1).await });
    tokio::time::sleep(FIRST_ROUND).await;
    Ok(profile)
}

async fn measure(way: &mut Way, curl_first: bool) -> Result {
    for (profile, curl_first) in way.profiles.iter().zip([curl_first, !curl_first]) {
        let (ours, theirs);
        if curl_first {
            theirs = curl::read_all(&way.url)?;
            ours = polled(profile).await?;
        } else {
            ours = polled(profile).await?;
            theirs = curl::read_all(&way.url)?;
        }
        way.pairs.push(ours, theirs);
    }
    Ok(())
}

async fn rivalry(rival: &SloGenerator, profile: &Watched) -> Result<Pairs> {
    let mut pairs = Pairs::default();
    for _ in 0..RUNS {
        next_minute().await;
        let ours = polled(profile).await?;
        pairs.push(ours, rival.compute()?);
    }
    Ok(pairs)
}

/// Milliseconds of one round.
async fn polled(profile: &Watched) -> Result<f64> {
    let started = wait::stopwatch();
    profile.poll().await?;
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

async fn next_minute() {
    let left = MINUTE_S - (wait::now() - SETTLED_S).rem_euclid(MINUTE_S);
    tokio::time::sleep(Duration::from_secs(left.unsigned_abs())).await;
}

fn row(figure: &str, pairs: &Pairs, beside: &str, (limit, limit_text): (f64, &str)) -> Row {
    let ratio = pairs.ratio();
    // Ratios far below one read better upside down.
    let shown = |ratio: f64| if ratio < 0.2 { format!("1/{:.1}", 1.0 / ratio) } else { format!("{ratio:.2}") };
    Row {
        figure: figure.to_owned(),
        ours: format!("{:.0} ms", pairs.ours()),
        beside: format!("{beside}: {:.0} ms", pairs.theirs()),
        ratio: format!("{} ({} to {})", shown(ratio.median), shown(ratio.low), shown(ratio.high)),
        limit: format!("≤ {limit_text}"),
        kept: ratio.high <= limit,
    }
}

/// What the proxy was asked last.
fn asked(proxy: &Hostile) -> String {
    let seen = proxy.take_seen();
    seen.last().map_or_else(String::new, |last| format!("{} {} with {} bytes", last.method, last.path, last.body.len()))
}
