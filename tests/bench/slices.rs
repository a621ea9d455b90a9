//! The first look at a thousand SLOs that count time slices over ninety days, straight from the disk: every bucket is decoded once and
//! judged. What it takes, what it leaves in memory, and what the looks after it take, beside the same SLOs counted by events.

mod counts;
#[allow(dead_code, reason = "only its definitions are needed")]
mod fleet;
mod machine;
mod room;
mod shelf;
#[allow(dead_code, reason = "only memory is needed")]
mod stock;
mod table;
mod world;

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use firewatch_domain::method::{Method, Ratio};
use firewatch_domain::minute::{DAY, MINUTE_S, Minute};
use firewatch_domain::slo::Slo;
use firewatch_domain::window::Window;
use firewatch_engine::Engine;
use firewatch_store::Store;
use firewatch_tests::{Result, wait};

use counts::{Fleet, SLOS};
use table::{Row, say};

const DAYS: i64 = 90;
/// The first look of all: it happens once, behind rows that are painted from the store.
const FIRST_S: f64 = 10.0;
/// What a thousand of them may take in memory beyond the same by events.
const MEMORY_MB: f64 = 60.0;
const AGAIN_MS: f64 = 50.0;

/// What looks took, in seconds, and what was left in memory, in MB.
struct Looks {
    first: f64,
    again: f64,
    memory: f64,
}

#[test]
fn slices() -> Result {
    let folder = room::room("profiles")?.join("slices");
    say(&machine::words())?;
    let by_events = looks(&folder, Method::Occurrences)?;
    let target = Ratio::from_ppb(950_000_000).context("the target")?;
    let by_slices = looks(&folder, Method::Timeslices { minutes: 5, target })?;
    let extra = by_slices.memory - by_events.memory;
    let row = |figure: &str, ours: String, beside: String, limit: String, kept: bool| Row {
        figure: format!("{figure}, {SLOS} SLOs of 5 min slices × {DAYS} days"),
        ours,
        beside: format!("{beside} by events"),
        ratio: String::new(),
        limit,
        kept,
    };
    let seconds = |s: f64| format!("{s:.2} s");
    let each = |s: f64| format!("{:.3} ms each", s * 1000.0 / SLOS as f64);
    table::add(
        "slices",
        &[
            row(
                "first look at all",
                seconds(by_slices.first),
                seconds(by_events.first),
                format!("≤ {FIRST_S} s"),
                by_slices.first <= FIRST_S,
            ),
            row(
                "a later look",
                each(by_slices.again),
                each(by_events.again),
                format!("≤ {AGAIN_MS} ms"),
                by_slices.again * 1000.0 / SLOS as f64 <= AGAIN_MS,
            ),
            row(
                "memory",
                format!("{:.0} MB", by_slices.memory),
                format!("{:.0} MB", by_events.memory),
                format!("≤ {MEMORY_MB} MB more"),
                extra <= MEMORY_MB,
            ),
        ],
    )
}

fn looks(folder: &Path, method: Method) -> Result<Looks> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).context("clear the profile")?;
    }
    fill(folder, method)?;
    let engine = Engine::new(Arc::new(Store::open(folder, "bench")?), world::world(), false);
    let before = stock::taken(std::process::id())?.pss_mb;
    let look = || -> Result<f64> {
        let started = wait::stopwatch();
        let all = engine.status(&[])?;
        let took = started.elapsed().as_secs_f64();
        ensure!(all.len() as u64 == SLOS && all.iter().all(|one| one.total.is_some_and(|total| total > 0.0)), "an SLO without figures");
        Ok(took)
    };
    let (first, again) = (look()?, look()?);
    let memory = stock::taken(std::process::id())?.pss_mb - before;
    drop(engine);
    std::fs::remove_dir_all(folder).context("take away the profile")?;
    Ok(Looks { first, again, memory })
}

fn fill(folder: &Path, method: Method) -> Result {
    let now = Minute(wait::now().div_euclid(MINUTE_S));
    let fleet = Fleet::new(wait::now());
    let store = Store::open(folder, "bench")?;
    for first in (0..SLOS).step_by(25) {
        store.write(|tx| {
            (first..(first + 25).min(SLOS)).try_for_each(|number| {
                let slo = Slo { method, window: Window::parse("90d").context("the window")?, ..Fleet::slo(number, "fleet")? };
                shelf::shelve(tx, &slo, (fleet, number), (DAYS + 1) * DAY, now)
            })
        })?;
    }
    Ok(())
}
