//! Two people write one postmortem through a folder, without any server: whatever a sync does to the files, both end alike.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_casefile::seal::{heading, sealed};
use firewatch_tests::{Result, parts, wait};

use crate::relay_stage::{Machine, SOON};

/// What a sync carries from one machine's folder to the other's, whole.
fn carry(from: &Path, to: &Path) -> Result {
    for file in files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().context("a folder")?)?;
        // As Syncthing does it: beside, then in place.
        let beside = target.with_extension("syncing");
        fs::copy(&file, &beside)?;
        fs::rename(&beside, &target)?;
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            all.extend(files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "fwcase") {
            all.push(path);
        }
    }
    all.sort();
    Ok(all)
}

fn sizes(folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
    files(folder)?.into_iter().map(|file| Ok((file.clone(), fs::metadata(&file)?.len()))).collect()
}

async fn alike(ada: &Machine, bob: &Machine, incident: &str, words: &[&str]) -> Result {
    wait::until("both to be alike", SOON, async || {
        let (here, there) = (ada.text(incident), bob.text(incident));
        let said = words.iter().all(|word| here.contains(word));
        Ok((said && here == there && ada.engine.incident(incident)? == bob.engine.incident(incident)?).then_some(()))
    })
    .await
    .with_context(|| format!("{}\n---\n{}\n{:?}", ada.text(incident), bob.text(incident), bob.relay()))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_write_together_in_one_folder() -> Result {
    let shared = tempfile::tempdir()?;
    let at = shared.path().display().to_string();
    let (mut ada, mut bob) = (Machine::new("ada")?, Machine::new("bob")?);
    let incident = ada.engine.declare("Settings load slowly", "SEV2", &[])?.id;
    let by_ada = ada.editor(&incident)?;
    by_ada.types("begun by Ada")?;
    ada.share("", &at, None).await?;
    bob.share("folder", &at, None).await?;
    ada.watch();
    bob.watch();
    bob.reads(&incident, "begun by Ada").await?;
    let by_bob = bob.editor(&incident)?;
    by_bob.types("continued by Bob")?;
    bob.engine.add_entry(&incident, "the cache was cold")?;
    by_ada.types(", and ended by Ada")?;
    alike(&ada, &bob, &incident, &["continued by Bob", "ended by Ada"]).await?;
    ensure!(ada.engine.incident(&incident)?.entries.iter().any(|entry| entry.text == "the cache was cold"));
    // Each wrote files of its own alone.
    let names: Vec<String> = files(shared.path())?.iter().filter_map(|file| Some(file.file_name()?.to_str()?.to_owned())).collect();
    let (replica, other) = (ada.engine.whoami()?.1, bob.engine.whoami()?.1);
    ensure!(names.iter().all(|name| name.starts_with(&replica) || name.starts_with(&other)) && names.len() == 2, "{names:?}");
    ada.rest().await?;
    bob.rest().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_while_the_folder_is_away_is_told_when_it_is_back() -> Result {
    let place = tempfile::tempdir()?;
    let (shared, away) = (place.path().join("shared"), place.path().join("away"));
    fs::create_dir(&shared)?;
    let at = shared.display().to_string();
    let (mut ada, mut bob) = (Machine::new("ada")?, Machine::new("bob")?);
    let incident = ada.engine.declare("Settings load slowly", "SEV2", &[])?.id;
    let by_ada = ada.editor(&incident)?;
    ada.share("folder", &at, None).await?;
    bob.share("folder", &at, None).await?;
    ada.watch();
    bob.watch();
    by_ada.types("before")?;
    bob.reads(&incident, "before").await?;

    fs::rename(&shared, &away)?;
    wait::until("the folder to be missed", SOON, async || Ok((ada.relay()?.state == "waiting").then_some(()))).await?;
    ada.engine.add_entry(&incident, "the disk was unmounted")?;
    by_ada.types(" and meanwhile")?;
    let second = ada.engine.declare("Search is slow", "SEV3", &[])?.id;
    // Long enough for the bells to be heard in vain.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    fs::rename(&away, &shared)?;

    alike(&ada, &bob, &incident, &["before", "and meanwhile"]).await?;
    ensure!(bob.engine.incident(&incident)?.entries.iter().any(|entry| entry.text == "the disk was unmounted"));
    wait::until("the second incident", SOON, async || Ok(bob.engine.incident(&second).ok())).await?;
    ada.rest().await?;
    bob.rest().await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_sync_does_to_the_files_both_end_alike() -> Result {
    let (here, there) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (mut ada, mut bob) = (Machine::new("ada")?, Machine::new("bob")?);
    let incident = ada.engine.declare("Settings load slowly", "SEV2", &[])?.id;
    let by_ada = ada.editor(&incident)?;
    by_ada.types("one ")?;
    ada.share("folder", &here.path().display().to_string(), None).await?;
    bob.share("folder", &there.path().display().to_string(), None).await?;
    ada.watch();
    wait::until("a file", SOON, async || Ok((!files(here.path())?.is_empty()).then_some(()))).await?;
    by_ada.types("two ")?;
    by_ada.types("three ")?;
    wait::until("a longer file", SOON, async || Ok(Some(()).filter(|()| ada.relay().is_ok_and(|row| row.state == "connected")))).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;

    // The file comes in pieces, the first of them within its first line.
    let own = files(here.path())?.pop().context("a file of Ada's")?;
    let bytes = fs::read(&own)?;
    let target = there.path().join(own.strip_prefix(here.path())?);
    fs::create_dir_all(target.parent().context("a folder")?)?;
    bob.watch();
    for part in [5, heading(&incident).len(), bytes.len() / 2, bytes.len() - 1] {
        fs::write(&target, &bytes[..part])?;
        tokio::time::sleep(Duration::from_millis(1200)).await;
    }
    // Beside it: a conflict's copy that is whole, one that is cut, a foreign file, one of another incident, one with a flipped bit,
    // one whose checksum fits and whose update does not read, a folder and an empty file under such names.
    let beside = |name: &str| target.with_file_name(name);
    fs::write(beside("ada.1.sync-conflict-20261122.fwcase"), &bytes)?;
    fs::write(beside("ada (conflicted copy).fwcase"), &bytes[..bytes.len() / 3])?;
    fs::write(beside("holiday.fwcase"), b"\x89PNG....")?;
    fs::write(beside("other.fwcase"), [heading("another-incident"), bytes[heading(&incident).len()..].to_vec()].concat())?;
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs::write(beside("flipped.fwcase"), flipped)?;
    fs::write(beside("hostile.fwcase"), [heading(&incident), sealed(&[9; 40])].concat())?;
    fs::create_dir(beside("folder.fwcase"))?;
    fs::write(beside("empty.fwcase"), b"")?;
    fs::write(there.path().join("notes.txt"), "not ours")?;
    fs::create_dir(there.path().join("photos"))?;
    bob.reads(&incident, "one two three").await?;
    let told = wait::until("what is left out to be told", SOON, async || {
        let row = bob.relay()?;
        let one = row.incidents.into_iter().find(|one| one.id == incident);
        Ok(one.and_then(|one| one.why).filter(|why| why.contains("left out")))
    })
    .await?;
    println!("told: {told}");
    fs::write(&target, &bytes)?;

    // Both write on; the files cross, twice, and then an older copy of one takes the place of the newer.
    let by_bob = bob.editor(&incident)?;
    by_bob.types("four by Bob")?;
    by_ada.types("five by Ada")?;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        carry(here.path(), there.path())?;
        carry(there.path(), here.path())?;
    }
    alike(&ada, &bob, &incident, &["one two three", "four by Bob", "five by Ada"]).await?;
    fs::write(&target, &bytes[..bytes.len() / 2])?;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    alike(&ada, &bob, &incident, &["five by Ada"]).await?;

    // Ada's own file is cut while she watches; what it said is said again.
    let longer = fs::read(&own)?;
    fs::write(&own, &longer[..longer.len() / 3])?;
    let mut eve = Machine::new("eve")?;
    eve.share("folder", &here.path().display().to_string(), None).await?;
    eve.watch();
    eve.reads(&incident, "five by Ada").await?;
    eve.rest().await?;

    // Ada's own files are cut and lost between two runs; what she wrote is written again.
    ada.rest().await?;
    fs::write(&own, &bytes[..bytes.len() - 3])?;
    ada.start_again().await?;
    ada.watch();
    let by_ada = ada.editor(&incident)?;
    by_ada.types("six by Ada")?;
    wait::until("Ada's words in whole files", SOON, async || {
        carry(here.path(), there.path())?;
        Ok(bob.text(&incident).contains("six by Ada").then_some(()))
    })
    .await
    .with_context(|| format!("{:?}\n{:?}\n{:?}\n{:?}", ada.relay(), bob.relay(), sizes(here.path()), sizes(there.path())))?;
    let third = Machine::new("cyd")?;
    third.share("folder", &here.path().display().to_string(), None).await?;
    let mut third = third;
    third.watch();
    third.reads(&incident, "six by Ada").await?;
    third.reads(&incident, "one two three").await?;
    for machine in [&mut ada, &mut bob, &mut third] {
        machine.rest().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_goes_away_is_told_and_waited_for() -> Result {
    let place = tempfile::tempdir()?;
    let folder = place.path().join("shared");
    let mut ada = Machine::new("ada")?;
    ensure!(ada.share("folder", &folder.display().to_string(), None).await.is_err(), "a folder that is not there");
    fs::create_dir(&folder)?;
    let incident = ada.engine.declare("Settings load slowly", "SEV2", &[])?.id;
    ada.share("folder", &folder.display().to_string(), None).await?;
    ada.watch();
    ada.stands(&incident, "connected").await?;
    fs::rename(&folder, place.path().join("unplugged"))?;
    wait::until("that to be told", SOON, async || Ok((ada.relay()?.state == "waiting").then_some(()))).await?;
    ada.editor(&incident)?.types("written meanwhile")?;
    fs::rename(place.path().join("unplugged"), &folder)?;
    ada.stands(&incident, "connected").await?;
    let mut bob = Machine::new("bob")?;
    bob.share("folder", &folder.display().to_string(), None).await?;
    bob.watch();
    bob.reads(&incident, "written meanwhile").await?;
    ada.rest().await?;
    bob.rest().await
}

const PROFILE: &str = "FIREWATCH_RELAY_PROFILE";
const INCIDENT: &str = "FIREWATCH_RELAY_INCIDENT";

/// The whole engine is killed while it writes and shares; what it acknowledged is here, and comes to the other.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_every_kill_and_arrives() -> Result {
    let (profile, shared) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let incident = {
        let ada = Machine::over(profile.path(), "ada")?;
        ada.share("folder", &shared.path().display().to_string(), None).await?;
        let incident = ada.engine.declare("Killed while sharing", "SEV3", &[])?.id;
        ada.engine.open_postmortem(&incident)?;
        incident
    };
    let mut bob = Machine::new("bob")?;
    bob.share("folder", &shared.path().display().to_string(), None).await?;
    bob.watch();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..parts::repeats(6, 100) {
        let edits = 3 + (round as usize * 7) % 40;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--exact", "flow_relays_folder::sharing", "--ignored", "--nocapture", "--test-threads=1"])
            .env(PROFILE, profile.path())
            .env(INCIDENT, format!("{incident} {round}"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("hear it")?).lines();
        let kept = |line: &str| line.split_once("kept ").map(|(_, word)| word.trim().to_owned());
        let before = acknowledged.len();
        while acknowledged.len() < before + edits {
            acknowledged.extend(kept(&lines.next().context("it ended by itself")??));
        }
        child.kill()?;
        child.wait()?;
        acknowledged.extend(lines.map_while(std::result::Result::ok).filter_map(|line| kept(&line)));
    }
    let mut ada = Machine::over(profile.path(), "ada")?;
    let here = ada.text(&incident);
    let lost = acknowledged.iter().filter(|word| !here.contains(word.as_str())).count();
    ensure!(lost == 0, "{lost} of {} are gone", acknowledged.len());
    ada.watch();
    wait::until("all of it there", SOON, async || {
        let there = bob.text(&incident);
        Ok((acknowledged.iter().all(|word| there.contains(word.as_str())) && ada.text(&incident) == there).then_some(()))
    })
    .await?;
    println!("{} edits acknowledged, all of them on both machines", acknowledged.len());
    ada.rest().await?;
    bob.rest().await
}

/// The process that is killed; does nothing unless it was started for that.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the test above"]
async fn sharing() -> Result {
    let (Ok(profile), Ok(told)) = (std::env::var(PROFILE), std::env::var(INCIDENT)) else { return Ok(()) };
    let (incident, round) = told.split_once(' ').context("an incident and a round")?;
    let mut ada = Machine::over(Path::new(&profile), "ada")?;
    ada.watch();
    let editor = ada.editor(incident)?;
    for number in 0..1_000_000 {
        let word = format!("edit{round}x{number}end");
        editor.types(&format!(" {word}"))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "kept {word}")?;
        out.flush()?;
        drop(out);
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    Ok(())
}
