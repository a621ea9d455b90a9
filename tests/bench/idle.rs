//! What watching costs while nobody looks: Firewatch in the tray, without a window, polling a thousand SLOs each minute.

mod counts;
mod fleet;
mod ground;
mod machine;
mod room;
mod shelf;
mod stock;
mod table;
mod world;

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::process::Process;
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::{Result, parts, prometheus, wait};

use ground::Ground;
use table::{Row, say};

/// Long enough after the start that its first poll, its first look at the desktop and its daily backup are over.
const SETTLED: Duration = Duration::from_secs(100);
/// Whole intervals, so that each holds one poll.
const MINUTES: u32 = 3;
const FURNITURE: Furniture = Furniture { notifications: true, panel: true, keyring: false };
/// History a profile holds.
const DAYS: i64 = 30;
/// Of one core, in percent.
const LIMIT: f64 = 1.0;

#[tokio::test(flavor = "multi_thread")]
async fn idle() -> Result {
    let programs = [&prometheus::PROGRAMS[..], &FURNITURE.programs()].concat();
    if !parts::present("bench_idle", &programs)? {
        return Ok(());
    }
    let Some(firewatch) = parts::firewatch() else {
        parts::absent("bench_idle", "the window's program (`make build`)")?;
        return Ok(());
    };
    let ground = Ground::lay().await?;
    let profile = ground.profile("idle", &ground.prometheus.url(), DAYS).await?.close();
    let session = Session::start(FURNITURE).await?;
    let mut command = session.command(&firewatch);
    // As a person has it, not as the driver of the window tests needs it.
    command.env_remove("WEBKIT_FORCE_COMPOSITING_MODE");
    command.arg("--hidden").arg("--data").arg(&profile);
    let mut process = Process::start("firewatch", command, session.folder())?;
    process.until("the icon in the tray", wait::PATIENCE, async || Ok((!session.tray_items().await?.is_empty()).then_some(()))).await?;
    tokio::time::sleep(SETTLED).await;
    let mut minutes = Vec::new();
    let before = stock::taken(process.id())?;
    let mut last = before;
    for _ in 0..MINUTES {
        tokio::time::sleep(Duration::from_mins(1)).await;
        let now = stock::taken(process.id())?;
        minutes.push(format!("{:.2} %", share(now.cpu_s - last.cpu_s, 1)));
        last = now;
    }
    ensure!(process.ended()?.is_none(), "it did not stay: {}", process.output());
    let percent = share(last.cpu_s - before.cpu_s, MINUTES);
    say(&format!("{} minutes: {}; {} processes, {:.0} MB", MINUTES, minutes.join(", "), last.processes, last.pss_mb))?;
    let polls = polls_kept(&profile).context("look whether it polled")?;
    ensure!(polls, "it did not poll in the last minutes: {}", process.output());
    process.end(Duration::from_secs(20)).await?;
    let row = Row {
        figure: "idle in the tray, 1,000 SLOs at 60 s: share of one core".to_owned(),
        ours: format!("{percent:.2} %"),
        beside: format!("{:.0} MB without a window", last.pss_mb),
        ratio: "-".to_owned(),
        limit: format!("< {LIMIT} %"),
        kept: percent < LIMIT,
    };
    std::fs::remove_dir_all(&profile).context("take away the profile")?;
    table::add("idle", &[row])
}

fn share(cpu_s: f64, minutes: u32) -> f64 {
    cpu_s / f64::from(minutes * 60) * 100.0
}

/// Whether the source was read within the last two minutes.
fn polls_kept(profile: &std::path::Path) -> Result<bool> {
    let store = firewatch_store::Store::open(profile, "bench")?;
    let ok_at = store.read(|tx| tx.source(ground::SOURCE))?.health.ok_at_s;
    Ok(ok_at.is_some_and(|at| wait::now() - at < 120))
}
