//! A disk that fills up while it is polled: what was kept stays as it was, what cannot be kept is said plainly, figures go blind by their
//! age, and with space again everything is as if it had never happened, to the event. The disk is a small one of its own, in a mount
//! namespace in which this test runs itself once more.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

use crate::stage::{Stage, whole_minute};
use crate::wanted;

const SLO: &str = "shop-availability";
const SIZE: &str = "size=24m";
/// Minutes after which the disk must have been full for some time: until then the log may still have pages to write over.
const NOTICED_WITHIN: i64 = 1_000;
/// Polls in vain, one after the other, that are enough.
const IN_VAIN: u32 = 12;

/// Where the small disk is, for the test that runs on it.
const DISK: &str = "FIREWATCH_SMALL_DISK";

/// A disk of a few megabytes.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn filler(&self) -> PathBuf {
        self.0.join("filler")
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

/// Runs this very test again where such a disk is mounted; false where this user may mount none.
fn again_on_a_small_disk(name: &str) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    let inside = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", SIZE]).arg(folder.path());
        command
    };
    let mount = "mount -t tmpfs -o \"$1\" none \"$2\"";
    if !inside(mount).output().context("run unshare")?.status.success() {
        return Ok(false);
    }
    let mut command = inside(&format!("{mount} && shift 2 && exec \"$@\""));
    let run = command.arg(std::env::current_exe()?).args([name, "--exact", "--nocapture"]).env(DISK, folder.path()).output()?;
    ensure!(run.status.success(), "{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    Ok(true)
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
    if !parts::present("the full disk", &[&prometheus::PROGRAMS[..], &["unshare", "mount"]].concat())? {
        return Ok(());
    }
    let Some(disk) = std::env::var_os(DISK).map(|place| SmallDisk(place.into())) else {
        if !again_on_a_small_disk("flow_full_disk::a_full_disk_loses_nothing_is_said_and_is_got_over")? {
            parts::absent("the full disk", "mount namespaces for users")?;
        }
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let begin = whole_minute(wait::now()) - 86_400;
    let fire = Incident { from: begin - 7_200, to: begin - 3_600, bad_ppm: 400_000, slow_ppm: 0 };
    let job = Job { name: "shop".to_owned(), rate: 20, bad_ppm: 300, incidents: vec![fire], ..Job::default() };
    let history = History { start: begin - 8 * 86_400, end: begin + 86_000, step: 60, seed: 11, jobs: vec![job] };
    let server = Prometheus::start(&Setup { history: Some(history.write()?.text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    let document = [wanted::availability(SLO, "shop", "0.99", "7d")];
    let stage = Stage::open(&disk.0.join("profile"), &proxy.url(), begin, &document).await?;
    let untroubled = Stage::open(&folder.path().join("untroubled"), &proxy.url(), begin, &document).await?;
    stage.live(&proxy, begin + 60).await?;
    untroubled.live(&proxy, begin + 60).await?;
    ensure!(figures(&stage)? == figures(&untroubled)?, "two profiles of one history differ");

    let (mut now, mut kept, mut refused) = (begin + 60, figures(&stage)?, 0);
    let mut declared = BTreeSet::new();
    while refused < IN_VAIN {
        now += 60;
        ensure!(now < begin + NOTICED_WITHIN * 60, "the full disk was never noticed");
        // What little is freed again is taken, too.
        disk.fill()?;
        let Err(why) = stage.live(&proxy, now).await else {
            (kept, refused) = (figures(&stage)?, 0);
            continue;
        };
        refused += 1;
        ensure!(format!("{why:#}").contains("the disk is full; free some space"), "{why:#}");
        if refused > 1 {
            continue;
        }
        ensure!(figures(&stage)? == kept, "a round that could not be kept moved figures: {} was {kept}", figures(&stage)?);
        let said = stage.engine.frame()?.degraded;
        ensure!(said.iter().any(|one| one.part == "disk" && one.message.contains("full") && one.cure.contains("free")), "{said:?}");
        let doctor = stage.engine.doctor().await?;
        ensure!(doctor.iter().any(|line| line.part == "disk" && line.verdict == "broken"), "{doctor:?}");
        // Something small may still find a place; then it is kept like anything else.
        let tried = stage.engine.declare("While the disk is full", "SEV2", &[SLO.to_owned()]);
        if let Err(why) = &tried {
            ensure!(why.to_string().contains("the disk is full"), "{why}");
        }
        declared.extend(tried.ok().map(|view| view.id));
    }

    // It failed for a while: nothing fell over, and nothing stayed green.
    let blind = stage.status(SLO)?;
    ensure!(blind.state == "blind" && blind.reason.as_deref().is_some_and(|why| why.contains("old")), "{blind:?}");
    ensure!((blind.good, blind.bad) == (kept[1].as_f64(), kept[2].as_f64()), "its last figures stand: {blind:?} {kept}");
    let known: BTreeSet<_> = stage.engine.incidents()?.into_iter().map(|view| view.id).collect();
    ensure!(known == declared, "half an incident stayed, or a whole one did not: {known:?}, not {declared:?}");

    disk.empty()?;
    now += 60;
    stage.live(&proxy, now).await?;
    untroubled.live(&proxy, now).await?;
    for later in [60, 120, 180] {
        stage.live(&proxy, now + later).await?;
        untroubled.live(&proxy, now + later).await?;
    }
    ensure!(figures(&stage)? == figures(&untroubled)?, "{} and untroubled {}", figures(&stage)?, figures(&untroubled)?);
    ensure!(stage.engine.frame()?.degraded.iter().all(|one| one.part != "disk"), "it is said no longer");
    stage.engine.store().check()?;
    stage.engine.declare("With space again", "SEV2", &[SLO.to_owned()])?;
    Ok(())
}
