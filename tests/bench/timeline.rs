//! Ten thousand entries in one incident: how long it takes to open it, and from a typed entry to the answer that shows it. Measured
//! through the engine and the JSON that goes over to the window, whose list draws only what is looked at.

mod machine;
mod room;
mod table;
mod world;

use std::sync::Arc;

use anyhow::{Context, ensure};
use firewatch_domain::entry::{Entry, Event, Hlc, Mark};
use firewatch_domain::incident::Phase;
use firewatch_engine::Engine;
use firewatch_engine::view::IncidentView;
use firewatch_store::Store;
use firewatch_tests::{Result, wait};

use table::{Row, say};

const ENTRIES: usize = 10_000;
/// As many entries as an act answers the window with.
const LAST: usize = 200;
const TYPED: usize = 60;
const OPENED: usize = 9;
const OPENING_MS: f64 = 100.0;
const TYPING_MS: f64 = 50.0;

#[test]
fn timeline() -> Result {
    let folder = room::room("timeline")?.join("profile");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("clear the profile")?;
    }
    let incident = fill(&folder)?;
    say(&machine::words())?;
    // Each opening is by a program that has just started: nothing is folded yet.
    let mut opened = Vec::new();
    for _ in 0..OPENED {
        let engine = start(&folder)?;
        opened.push(timed(|| over(&engine.incident(&incident)?, ENTRIES))?);
    }
    let engine = start(&folder)?;
    let known = engine.incident(&incident)?.entries.len();
    let mut typed = Vec::new();
    for n in 0..TYPED {
        let text = format!("typed at three in the morning, number {n}");
        typed.push(timed(|| {
            let shown = over(&engine.add_entry(&incident, &text)?, LAST)?;
            ensure!(shown.entries.last().is_some_and(|e| e.text == text), "the answer shows it");
            ensure!(shown.entries_before as usize == known + n + 1 - LAST, "and what comes before it is known");
            Ok(())
        })?);
    }
    let rows = [
        row("opening an incident of 10,000 entries after a start", &mut opened, OPENING_MS),
        row("typing an entry into it to seeing it", &mut typed, TYPING_MS),
    ];
    drop(engine);
    std::fs::remove_dir_all(&folder).context("take away the profile")?;
    table::add("timeline", &rows)
}

fn start(folder: &std::path::Path) -> Result<Arc<Engine>> {
    let engine = Engine::new(Arc::new(Store::open(folder, "bench").context("open the store")?), world::world(), false);
    engine.answer_with_last(LAST);
    Ok(engine)
}

/// Over to the window: written as JSON and read back.
fn over(view: &IncidentView, least: usize) -> Result<IncidentView> {
    let text = serde_json::to_string(view)?;
    let read: IncidentView = serde_json::from_str(&text)?;
    ensure!(read.entries.len() >= least, "{} entries came over", read.entries.len());
    Ok(read)
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<f64> {
    let started = wait::stopwatch();
    work()?;
    Ok(started.elapsed().as_secs_f64() * 1000.0)
}

/// An incident as a long one is: mostly notes, among them streams, marks, turns of phase, roles and checks.
fn fill(folder: &std::path::Path) -> Result<String> {
    let engine = start(folder)?;
    let id = engine.declare("An incident of weeks", "SEV1", &[])?.id;
    let begin_ms = wait::now() * 1000 - ENTRIES as i64 * 1000;
    let entries: Vec<Entry> = (0..ENTRIES).map(|n| entry(&id, n, begin_ms + n as i64 * 1000)).collect();
    let taken = engine.take_entries(&entries)?;
    ensure!(taken.new == ENTRIES, "{taken:?}");
    Ok(id)
}

fn entry(incident: &str, n: usize, wall_ms: i64) -> Entry {
    let event = match n % 50 {
        0 => Event::StreamOpened { stream: format!("s{}", n / 500), title: format!("stream {}", n / 500), owner: "ada".to_owned() },
        1..=12 => Event::StreamSaid { stream: format!("s{}", n / 500), text: format!("heard {n}: the pool is at its limit again") },
        13 => Event::Marked { mark: Mark::Deploy, text: format!("flag {n} on") },
        14 => Event::Phase { phase: [Phase::Identified, Phase::Mitigating, Phase::Monitoring][n / 50 % 3] },
        15 => Event::Role { role: "commander".to_owned(), person: format!("person {}", n / 50) },
        16 => Event::Checked { item: "scope".to_owned(), done: (n / 50).is_multiple_of(2) },
        17 => Event::Update { text: format!("Update {n}: still at it, customers see errors on saving."), to: vec!["ops".to_owned()] },
        _ => Event::Note { text: format!("note {n}: tried the replica in the other zone, latency fell to 340 ms and rose again") },
    };
    let (kind, payload) = event.stored();
    Entry {
        id: format!("01900000-0000-7000-9000-{n:012x}"),
        incident: incident.to_owned(),
        at: chrono::DateTime::from_timestamp_millis(wall_ms).unwrap_or_default(),
        hlc: Hlc { wall_ms, counter: 0, replica: "01900000-0000-7000-a000-000000000000".to_owned() },
        author: "second on call".to_owned(),
        kind,
        version: 1,
        payload,
        corrects: None,
    }
}

/// The slowest counts: nobody waits for a median.
fn row(figure: &str, took: &mut [f64], limit: f64) -> Row {
    took.sort_by(f64::total_cmp);
    let (median, slowest) = (took[took.len() / 2], took.last().copied().unwrap_or(f64::INFINITY));
    Row {
        figure: figure.to_owned(),
        ours: format!("{median:.1} ms, slowest of {} {slowest:.1} ms", took.len()),
        beside: "-".to_owned(),
        ratio: "-".to_owned(),
        limit: format!("< {limit} ms"),
        kept: slowest < limit,
    }
}
