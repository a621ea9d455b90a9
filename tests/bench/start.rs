//! From exec to the first painted Watch page with a thousand SLOs and a month of slices, and what it takes in memory ten seconds later,
//! against the smallest Tauri window on the same screen.
//!
//! Firewatch starts as it does at a desk: its Prometheus is there, a panel holds its tray, and it polls at once. One start of each
//! before the first pair fills the caches of the disk and is not counted; all pairs after it are.

mod counts;
mod fleet;
mod ground;
mod machine;
mod pairs;
mod room;
mod shelf;
mod smallest;
mod stock;
mod table;
mod world;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::process::Process;
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::{Result, parts, prometheus, wait};

use ground::Ground;
use pairs::Pairs;
use table::{Row, say};

/// History a profile holds.
const DAYS: i64 = 30;
const PAIRS: usize = 9;
/// Memory is looked at so long after the first paint.
const LATER: Duration = Duration::from_secs(10);
/// A desktop that can show what Firewatch shows.
const FURNITURE: Furniture = Furniture { notifications: true, panel: true, keyring: false };

/// What a start took.
struct Started {
    paint_ms: f64,
    pss_mb: f64,
    cpu_s: f64,
    processes: u32,
}

#[tokio::test(flavor = "multi_thread")]
async fn start() -> Result {
    let programs = [&prometheus::PROGRAMS[..], &FURNITURE.programs()].concat();
    if !parts::present("bench_start", &programs)? {
        return Ok(());
    }
    let Some(firewatch) = parts::firewatch() else {
        parts::absent("bench_start", "the window's program (`make build`)")?;
        return Ok(());
    };
    let smallest = smallest::build()?;
    let ground = Ground::lay().await?;
    let profile = ground.profile("start", &ground.prometheus.url(), DAYS).await?.close();
    let session = Session::start(FURNITURE).await?;
    let folder = profile.to_str().context("the profile's path is no text")?;
    let ours = async || begin(&session, &firewatch, &["--data", folder], &counts::SLOS.to_string()).await;
    let theirs = async || begin(&session, &smallest, &[], "1").await;
    say(&machine::words())?;
    say(&format!("not counted: {}; {}", ours().await?.words(), theirs().await?.words()))?;
    let (mut paint, mut memory) = (Pairs::default(), Pairs::default());
    for pair in 0..PAIRS {
        // Who goes first changes.
        let (ours, theirs) = if pair.is_multiple_of(2) {
            let first = ours().await?;
            (first, theirs().await?)
        } else {
            let first = theirs().await?;
            (ours().await?, first)
        };
        let (ours_words, theirs_words) = (ours.words(), theirs.words());
        say(&format!("Firewatch {ours_words}; smallest window {theirs_words}; {}", machine::words()))?;
        paint.push(ours.paint_ms, theirs.paint_ms);
        memory.push(ours.pss_mb, theirs.pss_mb);
    }
    say(&format!("first paint, {}\nmemory, {}", paint.words("ms"), memory.words("MB")))?;
    let rows = [
        row("exec to first painted page, 1,000 SLOs and 30 days", &paint, "ms", 1.5),
        row("memory of the process tree (PSS) ten seconds later", &memory, "MB", 1.6),
    ];
    std::fs::remove_dir_all(&profile).context("take away the profile")?;
    table::add("start", &rows)
}

impl Started {
    fn words(&self) -> String {
        let Self { paint_ms, pss_mb, cpu_s, processes } = self;
        format!("painted in {paint_ms:.0} ms, then {pss_mb:.0} MB in {processes} processes, {cpu_s:.1} s of CPU")
    }
}

/// Starts a program, waits for its mark, looks at it later, and ends it.
async fn begin(session: &Session, program: &Path, args: &[&str], mark: &str) -> Result<Started> {
    let name = program.file_name().and_then(|name| name.to_str()).context("a program without a name")?;
    let file = session.folder().join("painted");
    if file.exists() {
        std::fs::remove_file(&file).context("take away the last mark")?;
    }
    let mut command = session.command(program);
    // As a person has it, not as the driver of the window tests needs it.
    command.env_remove("WEBKIT_FORCE_COMPOSITING_MODE");
    command.args(args).env("FIREWATCH_PAINTED", &file);
    let started = wait::stopwatch();
    let process = Process::start(name, command, session.folder())?;
    let painted = async {
        loop {
            match std::fs::read_to_string(&file) {
                Ok(text) if !text.is_empty() => return text,
                _ => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    };
    let painted = tokio::time::timeout(wait::PATIENCE, painted).await;
    let paint_ms = started.elapsed().as_secs_f64() * 1000.0;
    let painted = painted.with_context(|| format!("{name} painted nothing: {}", process.output()))?;
    ensure!(painted == mark, "{name} painted {painted} rows, not {mark}: {}", process.output());
    tokio::time::sleep(LATER).await;
    let taken = stock::taken(process.id())?;
    ensure!(taken.processes >= 3, "{name} has {} processes: where is its page?", taken.processes);
    process.end(Duration::from_secs(20)).await?;
    Ok(Started { paint_ms, pss_mb: taken.pss_mb, cpu_s: taken.cpu_s, processes: taken.processes })
}

fn row(figure: &str, pairs: &Pairs, unit: &str, limit: f64) -> Row {
    let ratio = pairs.ratio();
    Row {
        figure: figure.to_owned(),
        ours: format!("{:.0} {unit}", pairs.ours()),
        beside: format!("smallest Tauri window: {:.0} {unit}", pairs.theirs()),
        ratio: format!("{:.2} ({:.2} to {:.2})", ratio.median, ratio.low, ratio.high),
        limit: format!("≤ {limit}"),
        kept: ratio.high <= limit,
    }
}
