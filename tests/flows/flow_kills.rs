//! The core is killed with SIGKILL at random moments while two writers fill one incident: what was acknowledged is there once, nothing
//! is there twice, every start finds the same incident, and it is usable within two seconds.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::{Result, parts, wait};

use crate::dice::Dice;
use crate::paper::Paper;

/// From the start of the program to its first acknowledged entry.
const USABLE: Duration = Duration::from_secs(2);
const SEED: u64 = 0x00F1_2EA7;

/// A running core that is fed lines and answers each when it is kept.
struct Writer {
    child: Child,
    feeder: JoinHandle<()>,
    reader: JoinHandle<()>,
    acknowledged: Receiver<String>,
    started: Instant,
}

impl Writer {
    fn start(cli: &Cli, incident: &str, name: &str) -> Result<Self> {
        let mut command = cli.command(&["incident", "entry", incident, "-"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().context("start the core")?;
        let mut input = child.stdin.take().context("its input")?;
        let lines = name.to_owned();
        // Ends when the pipe breaks, which is when the core dies.
        let feeder = std::thread::spawn(move || {
            let mut n = 0_u64;
            while writeln!(input, "{lines}-{n}").is_ok() {
                n += 1;
            }
        });
        let (tell, acknowledged) = channel();
        let output: ChildStdout = child.stdout.take().context("its output")?;
        let reader = std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = String::new();
            // Half a line is no acknowledgement.
            while output.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
                tell.send(line.trim().to_owned()).ok();
                line.clear();
            }
        });
        Ok(Self { child, feeder, reader, acknowledged, started: wait::stopwatch() })
    }

    /// Waits for its first acknowledgement; answers it, and how long it took.
    fn first(&self) -> std::result::Result<(String, Duration), RecvTimeoutError> {
        self.acknowledged.recv_timeout(USABLE * 10).map(|line| (line, self.started.elapsed()))
    }

    /// Kills it; answers all that it acknowledged and nobody has asked for yet.
    fn kill(mut self) -> Result<Vec<String>> {
        self.child.kill().context("kill the core")?;
        self.child.wait().context("wait for the core")?;
        self.reader.join().ok().context("the reader panicked")?;
        self.feeder.join().ok().context("the feeder panicked")?;
        Ok(self.acknowledged.try_iter().collect())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_kills() -> Result {
    if parts::firewatchctl().is_none() {
        parts::absent("the kills", "firewatchctl (`cargo build --workspace --bins`)")?;
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?;
    let declared = cli.json(&["incident", "declare", "Killed again and again", "--severity", "SEV2"]).await?;
    let incident = declared["id"].as_str().context("an id")?.to_owned();
    let kills = parts::repeats(25, 1000);
    let mut dice = Dice(SEED);
    let (mut acknowledged, mut slowest) = (Vec::new(), Duration::ZERO);
    for round in 0..kills / 2 {
        let writers = [Writer::start(&cli, &incident, &format!("a{round}"))?, Writer::start(&cli, &incident, &format!("b{round}"))?];
        if round % 5 == 4 {
            // Every now and then it may live long enough to say how long the start took.
            let (line, took) = writers[0].first().context("no entry was acknowledged after a kill")?;
            acknowledged.push(line);
            slowest = slowest.max(took);
        }
        std::thread::sleep(Duration::from_micros(dice.roll(350_000)));
        let [one, other] = writers;
        acknowledged.extend(one.kill()?);
        std::thread::sleep(Duration::from_micros(dice.roll(60_000)));
        acknowledged.extend(other.kill()?);
    }
    ensure!(acknowledged.len() > kills as usize / 4, "{kills} kills left time for {} entries only", acknowledged.len());

    let shown = cli.json(&["incident", "show", &incident]).await?;
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in shown["entries"].as_array().context("entries")? {
        if entry["kind"] == "note" {
            *times.entry(entry["text"].as_str().unwrap_or_default()).or_default() += 1;
        }
    }
    let lost: Vec<&String> = acknowledged.iter().filter(|line| !times.contains_key(line.as_str())).collect();
    let doubled: Vec<_> = times.iter().filter(|(_, n)| **n != 1).collect();
    ensure!(lost.is_empty(), "seed {SEED:#x}: acknowledged and lost: {lost:?}");
    ensure!(doubled.is_empty(), "seed {SEED:#x}: doubled: {doubled:?}");
    // At most one entry of each life was kept and not acknowledged any more.
    let unheard = times.len() - acknowledged.len();
    ensure!(unheard <= kills as usize, "{unheard} entries nobody was told of, {kills} kills");

    // Another start folds the same, and so does a profile that has only the entries, in whatever order they come.
    let again = cli.json(&["incident", "show", &incident]).await?;
    ensure!(again == shown, "another start tells another story");
    let here = Paper::over(cli.data(), "here", wait::now())?;
    let mut entries = here.engine.entries_of(&incident)?;
    dice.shuffle(&mut entries);
    let there = Paper::open("there", wait::now())?;
    for some in entries.chunks(97) {
        ensure!(there.engine.take_entries(some)?.refused.is_empty());
    }
    ensure!(there.engine.incident(&incident)? == here.engine.incident(&incident)?, "the entries alone tell another story");

    println!(
        "{kills} kills: {} acknowledged, {unheard} kept unheard, slowest start to an entry {} ms",
        acknowledged.len(),
        slowest.as_millis()
    );
    ensure!(slowest < USABLE, "usable only after {slowest:?}");
    let database = rusqlite::Connection::open(cli.data().join("firewatch.db"))?;
    let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(verdict == "ok", "the database after {kills} kills: {verdict}");
    Ok(())
}
