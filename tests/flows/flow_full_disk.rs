//! A disk that fills up while it is polled: what was kept stays as it was, what cannot be kept is said plainly, figures go blind by their
//! age, and with space again everything is as if it had never happened, to the event. The disk is a small one of its own, in a mount
//! namespace that a sleeping process holds.

mod stage;
mod wanted;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::process::Process;
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};
use stage::{Stage, whole_minute};

const SLO: &str = "shop-availability";
const SIZE: &str = "size=6m";
/// Polls in which a full disk must have been noticed: until then the log may still have pages to write over.
const NOTICED_WITHIN: i64 = 600;

/// A disk of a few megabytes.
struct SmallDisk {
    _holder: Process,
    root: PathBuf,
}

impl SmallDisk {
    /// None where this user may not have one.
    async fn make(folder: &Path) -> Result<Option<Self>> {
        let mount = folder.join("disk");
        std::fs::create_dir_all(&mount)?;
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o \"$0\" none \"$1\" && echo mounted && exec sleep 900",
        ]);
        let mut holder = Process::start(
            "small-disk",
            {
                command.arg(SIZE).arg(&mount);
                command
            },
            folder,
        )?;
        let mounted = wait::until("the small disk", wait::PATIENCE, async || {
            Ok((holder.output().contains("mounted") || holder.ended()?.is_some()).then(|| holder.output().contains("mounted")))
        });
        if !mounted.await? {
            return Ok(None);
        }
        let root = PathBuf::from(format!("/proc/{}/root{}", holder.id(), mount.display()));
        Ok(Some(Self { _holder: holder, root }))
    }

    fn filler(&self) -> PathBuf {
        self.root.join("filler")
    }

    /// Takes all the space there is.
    fn fill(&self) -> Result {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.filler())?;
        for size in [1 << 16, 1 << 12, 1] {
            let piece = vec![7_u8; size];
            while file.write_all(&piece).is_ok() {}
        }
        Ok(())
    }

    fn empty(&self) -> Result {
        std::fs::remove_file(self.filler()).context("free the space")
    }
}

/// What may not differ: counts, budget, state, coverage.
fn figures(stage: &Stage) -> Result<Value> {
    let status = serde_json::to_value(stage.status(SLO)?)?;
    Ok(json!(
        ["at", "good", "bad", "total", "budget", "state", "coverage", "unobserved_s", "burn_rates"].map(|field| status[field].clone())
    ))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_is_said_and_is_got_over() -> Result {
    let folder = tempfile::tempdir()?;
    if !parts::present("the full disk", &[&prometheus::PROGRAMS[..], &["unshare", "mount"]].concat())? {
        return Ok(());
    }
    let Some(disk) = SmallDisk::make(folder.path()).await? else {
        parts::absent("the full disk", "mount namespaces for users")?;
        return Ok(());
    };
    let begin = whole_minute(wait::now()) - 86_400;
    let fire = Incident { from: begin + 1_200, to: begin + 3_000, bad_ppm: 400_000, slow_ppm: 0 };
    let job = Job { name: "shop".to_owned(), rate: 20, bad_ppm: 300, incidents: vec![fire], ..Job::default() };
    let history = History { start: begin - 8 * 86_400, end: begin + 86_000, step: 60, seed: 11, jobs: vec![job] };
    let server = Prometheus::start(&Setup { history: Some(history.write()?.text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    let document = [wanted::availability(SLO, "shop", "0.99", "7d")];
    let stage = Stage::open(&disk.root.join("profile"), &proxy.url(), begin, &document).await?;
    let untroubled = Stage::open(&folder.path().join("untroubled"), &proxy.url(), begin, &document).await?;
    stage.live(&proxy, begin + 60).await?;
    untroubled.live(&proxy, begin + 60).await?;
    ensure!(figures(&stage)? == figures(&untroubled)?, "two profiles of one history differ");

    disk.fill()?;
    let (mut now, mut kept) = (begin + 60, figures(&stage)?);
    let refused = loop {
        now += 60;
        ensure!(now < begin + NOTICED_WITHIN * 60, "the full disk was never noticed");
        // What little the log frees again is taken, too.
        disk.fill()?;
        match stage.live(&proxy, now).await {
            Ok(()) => kept = figures(&stage)?,
            Err(refused) => break format!("{refused:#}"),
        }
    };
    ensure!(refused.contains("the disk is full; free some space"), "{refused}");
    let said = stage.engine.frame()?.degraded;
    ensure!(said.iter().any(|one| one.part == "disk" && one.message.contains("full") && one.cure.contains("free")), "{said:?}");
    let doctor = stage.engine.doctor().await?;
    ensure!(doctor.iter().any(|line| line.part == "disk" && line.verdict == "broken"), "{doctor:?}");
    ensure!(figures(&stage)? == kept, "a round that could not be kept moved figures: {} was {kept}", figures(&stage)?);
    let Err(declared) = stage.engine.declare("While the disk is full", "SEV2", &[SLO.to_owned()]) else {
        bail!("an incident was declared that cannot be kept");
    };
    ensure!(declared.to_string().contains("the disk is full"), "{declared}");
    ensure!(stage.engine.incidents()?.is_empty(), "half an incident stayed");

    // It goes on failing for a while: nothing falls over, and nothing stays green.
    for _ in 0..12 {
        now += 60;
        disk.fill()?;
        ensure!(stage.live(&proxy, now).await.is_err(), "there was space after all");
    }
    let blind = stage.status(SLO)?;
    ensure!(blind.state == "blind" && blind.reason.as_deref().is_some_and(|why| why.contains("old")), "{blind:?}");
    ensure!((blind.good, blind.bad) == (kept[1].as_f64(), kept[2].as_f64()), "its last figures stand: {blind:?} {kept}");

    disk.empty()?;
    now += 60;
    stage.live(&proxy, now).await?;
    untroubled.live(&proxy, now).await?;
    stage.live(&proxy, now + 60).await?;
    untroubled.live(&proxy, now + 60).await?;
    ensure!(figures(&stage)? == figures(&untroubled)?, "{} and untroubled {}", figures(&stage)?, figures(&untroubled)?);
    ensure!(stage.engine.frame()?.degraded.iter().all(|one| one.part != "disk"), "it is said no longer");
    stage.engine.store().check()?;
    stage.engine.declare("With space again", "SEV2", &[SLO.to_owned()])?;
    Ok(())
}
