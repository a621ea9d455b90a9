//! Hot exit: the core is killed within fifty milliseconds after an edit, again and again; what it acknowledged is there.
//!
//! The core runs as a process of its own: this very test, started again as a typist. It says on its standard output how far it was
//! acknowledged, and dies by SIGKILL at a moment of our choice.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::{Result, parts};

use crate::alone;
use crate::typist::Typist;

const FOLDER: &str = "FIREWATCH_TYPIST_FOLDER";
const FROM: &str = "FIREWATCH_TYPIST_FROM";
const NOW_S: i64 = 1_795_000_000;
/// Kills after which another profile is begun, so that the document stays of a size people write.
const PER_PROFILE: u32 = 50;

#[test]
fn what_was_acknowledged_survives_every_kill() -> Result {
    let kills = parts::repeats(15, 2_000);
    let mut chance = 0x2545_F491_u64;
    let mut done = 0;
    let (mut words, mut most_ahead) = (0, 0);
    while done < kills {
        let folder = tempfile::tempdir()?;
        let incident = {
            let (engine, _) = alone::alone(folder.path(), "Ada", NOW_S)?;
            let incident = engine.declare("Killed while writing", "SEV3", &[])?;
            engine.open_postmortem(&incident.id)?;
            incident.id
        };
        let (mut acknowledged, mut begun) = (BTreeSet::new(), 0);
        for _ in 0..PER_PROFILE.min(kills - done) {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let edits = 1 + (chance >> 33) % 6;
            let pause = Duration::from_micros((chance >> 40) % 50_000);
            begun = killed(folder.path(), &incident, begun, edits, pause, &mut acknowledged)?;
            done += 1;
            let here = there(folder.path(), &incident)?;
            let missing: Vec<_> = acknowledged.difference(&here).collect();
            ensure!(missing.is_empty(), "after kill {done}: acknowledged and gone: {missing:?}");
            // What was not yet acknowledged may be there or not; it is never half there.
            let ahead = here.difference(&acknowledged).count();
            most_ahead = most_ahead.max(ahead);
            acknowledged = here;
        }
        words += acknowledged.len();
        let database = rusqlite::Connection::open(folder.path().join("firewatch.db"))?;
        let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        ensure!(verdict == "ok", "the database after {done} kills: {verdict}");
    }
    println!("{kills} kills: {words} edits acknowledged and there, at most {most_ahead} there before they were acknowledged");
    Ok(())
}

/// One typist, killed `pause` after it said that `edits` of its edits are kept. Answers the number the next one begins with.
fn killed(folder: &Path, incident: &str, from: u64, edits: u64, pause: Duration, acknowledged: &mut BTreeSet<u64>) -> Result<u64> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--exact", "flow_postmortem_kill::typist", "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(FROM, format!("{incident} {from}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("start a typist")?;
    let out = child.stdout.take().context("hear the typist")?;
    let mut lines = BufReader::new(out).lines();
    let mut last = from;
    let mut heard = 0;
    while heard < edits {
        let Some(line) = lines.next() else { break };
        if let Some(number) = line?.split_once("kept ").and_then(|(_, number)| number.trim().parse().ok()) {
            acknowledged.insert(number);
            last = last.max(number + 1);
            heard += 1;
        }
    }
    ensure!(heard == edits, "the typist ended by itself after {heard} of {edits} edits");
    std::thread::sleep(pause);
    child.kill().context("kill the typist")?;
    child.wait()?;
    // What it said before it died counts, too.
    for line in lines.map_while(std::result::Result::ok) {
        if let Some(number) = line.split_once("kept ").and_then(|(_, number)| number.trim().parse().ok()) {
            acknowledged.insert(number);
            last = last.max(number + 1);
        }
    }
    // The edit it was at when it died.
    Ok(last + 1)
}

/// Numbers that stand in the text.
fn there(folder: &Path, incident: &str) -> Result<BTreeSet<u64>> {
    let (engine, _) = alone::alone(folder, "Ada", NOW_S)?;
    let text = engine.export_postmortem(incident, "md")?.text;
    Ok(text.split_whitespace().filter_map(|word| word.strip_prefix("edit")?.parse().ok()).collect())
}

/// The process that is killed; does nothing unless it was started for that.
#[test]
#[ignore = "started by the test above"]
fn typist() -> Result {
    let (Ok(folder), Ok(from)) = (std::env::var(FOLDER), std::env::var(FROM)) else { return Ok(()) };
    let (incident, from) = from.split_once(' ').context("an incident and a number")?;
    let (engine, _) = alone::alone(Path::new(&folder), "Ada", NOW_S)?;
    let opened = engine.open_postmortem(incident)?;
    let typist = Typist::new(100_000 + u64::from(std::process::id()), &opened.update)?;
    let text = typist.paragraph();
    for number in from.parse::<u64>()?.. {
        typist.type_into(&text, &format!(" edit{number}"));
        for update in typist.said() {
            engine.edit_postmortem(incident, &update)?;
        }
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {number}")?;
        out.flush()?;
        if number > 1_000_000 {
            break;
        }
    }
    Ok(())
}
