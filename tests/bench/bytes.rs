//! Bytes on disk for the same series: a month of a ratio's two counters at one sample a minute, kept by Firewatch and by Prometheus.
//!
//! Prometheus gets the running counters and makes its blocks with promtool in one pass, which is what its compaction ends with.
//! Firewatch gets the differences minute by minute, as a poll hands them over. Both folders are weighed as `du` weighs them.

mod counts;
mod machine;
mod room;
mod sample;
mod shelf;
mod table;

use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use firewatch_domain::minute::{DAY, MINUTE_S, Minute};
use firewatch_store::Store;
use firewatch_tests::{Result, parts, wait};

use counts::{Fleet, SLOS};
use table::{Row, say};

/// SLOs kept; each has two series.
const KEPT: u64 = SLOS / 25;
const MINUTES: i64 = 30 * DAY;

#[test]
fn bytes() -> Result {
    if !parts::present("bench_bytes", &["promtool"])? {
        return Ok(());
    }
    let room = room::room("bytes")?;
    std::fs::remove_dir_all(&room).and_then(|()| std::fs::create_dir_all(&room)).context("clear the room")?;
    let fleet = Fleet::new(wait::now());
    let now = Minute(wait::now().div_euclid(MINUTE_S));
    let (ours, theirs) = (kept(&room.join("firewatch"), fleet, now)?, blocks(&room, fleet, now)?);
    let samples = (2 * KEPT * MINUTES.unsigned_abs()) as f64;
    say(&format!("{samples} samples: {ours} bytes by Firewatch, {theirs} by Prometheus"))?;
    std::fs::remove_dir_all(&room).context("clear the room")?;
    let ratio = ours as f64 / theirs as f64;
    table::add(
        "bytes",
        &[Row {
            figure: format!("bytes a sample, {KEPT} SLOs, 30 days at 60 s"),
            ours: format!("{:.2}", ours as f64 / samples),
            beside: format!("Prometheus blocks: {:.2}", theirs as f64 / samples),
            ratio: format!("{ratio:.2}"),
            limit: "≤ 1".to_owned(),
            kept: ratio <= 1.0,
        }],
    )
}

fn kept(folder: &Path, fleet: Fleet, now: Minute) -> Result<u64> {
    let store = Store::open(folder, "bench")?;
    for number in 0..KEPT {
        store.write(|tx| shelf::shelve(tx, &sample::slo(number)?, (fleet, number), MINUTES, now))?;
    }
    drop(store);
    du(folder)
}

/// The same counters at the same minutes.
fn blocks(room: &Path, fleet: Fleet, now: Minute) -> Result<u64> {
    let path = room.join("history.txt");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).context("write the history")?);
    file.write_all(b"# TYPE http_requests counter\n")?;
    let mut lines = String::new();
    for number in 0..KEPT {
        for code in ["200", "500"] {
            lines.clear();
            for at in (now.0 - MINUTES..now.0).map(|minute| minute * MINUTE_S) {
                let (bad, all) = fleet.counted(number, at);
                let value = if code == "500" { bad } else { all - bad };
                writeln!(lines, "http_requests_total{{service=\"service-{number:03}\",code=\"{code}\",job=\"shop\"}} {value} {at}")?;
            }
            file.write_all(lines.as_bytes())?;
        }
    }
    file.write_all(b"# EOF\n")?;
    file.into_inner().context("write the history")?.sync_all()?;
    let data = room.join("prometheus");
    let made = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", "-q", "--max-block-duration=162h"])
        .args([&path, &data])
        .output()
        .context("run promtool")?;
    ensure!(made.status.success(), "promtool refused the history: {}", String::from_utf8_lossy(&made.stderr));
    du(&data)
}

/// Bytes a folder takes on disk.
fn du(folder: &Path) -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let entry = entry?;
        let meta = entry.metadata()?;
        sum += if meta.is_dir() { du(&entry.path())? } else { meta.blocks() * 512 };
    }
    Ok(sum)
}
