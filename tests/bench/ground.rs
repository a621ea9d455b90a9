//! What every benchmark stands on: a real Prometheus that scrapes the fleet, and profiles in which Firewatch has watched it for a month.
//!
//! The month is written through the store, as backfilling would have, because reading it from a server is not what is measured here.
//! One poll of the real engine follows, so that states and views are those of a running program.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, ensure};
use firewatch_domain::minute::{DAY, MINUTE_S, Minute};
use firewatch_domain::source::{Auth, SourceConfig, SourceKind, check_address};
use firewatch_engine::Engine;
use firewatch_store::Store;
use firewatch_tests::http::Server;
use firewatch_tests::prometheus::{Prometheus, Scrape, Setup};
use firewatch_tests::{Result, wait};

use crate::counts::{Fleet, SCRAPE_S, SLOS};
use crate::room::room;
use crate::shelf::shelve;
use crate::world::world;

/// The source every SLO of a profile reads from.
pub const SOURCE: &str = "fleet";

/// A Prometheus with the fleet in it; dropping it ends both.
pub struct Ground {
    /// The server.
    pub prometheus: Prometheus,
    fleet: Fleet,
    _target: Server,
}

/// A profile on disk with an engine over it.
pub struct Watched {
    folder: PathBuf,
    /// Its engine; nothing watches by itself.
    pub engine: Arc<Engine>,
    /// Its source.
    pub config: SourceConfig,
    slos: u64,
}

impl Ground {
    /// Starts the server and waits for its first scrape.
    pub async fn lay() -> Result<Self> {
        let now = wait::now();
        let fleet = Fleet::new(now);
        let target = fleet.serve(wait::now)?;
        let scrape =
            Scrape { job: "fleet".to_owned(), target: target.address(), every: std::time::Duration::from_secs(SCRAPE_S.unsigned_abs()) };
        let history = fleet.history(&target.address().to_string(), now);
        let setup = Setup { history: Some(history), scrapes: vec![scrape], ..Setup::default() };
        let prometheus = Prometheus::start(&setup).await?;
        wait::until("the first scrape", wait::PATIENCE, async || {
            let up = prometheus.query("sum(up)", None).await?;
            Ok(up.iter().any(|series| series.value == "1").then_some(()))
        })
        .await?;
        Ok(Self { prometheus, fleet, _target: target })
    }

    /// A new profile named `name` that has watched the fleet for some days through `url`.
    pub async fn profile(&self, name: &str, url: &str, days: i64) -> Result<Watched> {
        Watched::begin(self.fleet, SLOS, name, url, days).await
    }
}

impl Watched {
    /// A new profile named `name` that has watched the first `slos` of a fleet for some days through `url`.
    pub async fn begin(fleet: Fleet, slos: u64, name: &str, url: &str, days: i64) -> Result<Self> {
        let folder = room("profiles")?.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).context("clear the profile")?;
        }
        let store = Arc::new(Store::open(&folder, "bench").context("open the store")?);
        let config = config(url)?;
        store.write(|tx| tx.add_source(&config, wait::now()))?;
        let filled = Arc::clone(&store);
        tokio::task::spawn_blocking(move || fill(&filled, fleet, slos, days)).await.context("fill the profile")??;
        let watched = Self { folder, engine: Engine::new(store, world(), false), config, slos };
        watched.poll().await?;
        Ok(watched)
    }

    /// One live round: everything new of all SLOs, evaluated and written.
    pub async fn poll(&self) -> Result {
        let round = self.engine.poll(&self.config).await?;
        ensure!(round.read as u64 == self.slos && round.faults == 0, "a poll of {} SLOs went wrong: {round:?}", self.slos);
        Ok(())
    }

    /// Closes it; answers where it lies.
    pub fn close(self) -> PathBuf {
        self.folder
    }
}

fn config(url: &str) -> Result<SourceConfig> {
    let url = check_address(url, false, true).context("the address of the source")?;
    let kind = SourceKind::Prometheus { url, auth: Auth::None, headers: Vec::new(), secret_headers: Vec::new(), allow_plain_http: false };
    Ok(SourceConfig { id: "source-fleet".to_owned(), name: SOURCE.to_owned(), kind, interval_s: 60, alerts: false })
}

/// Writes the days, a few SLOs a transaction.
fn fill(store: &Store, fleet: Fleet, slos: u64, days: i64) -> Result {
    let now = Minute(wait::now().div_euclid(MINUTE_S));
    for first in (0..slos).step_by(25) {
        let some = first..(first + 25).min(slos);
        store.write(|tx| some.clone().try_for_each(|n| shelve(tx, &Fleet::slo(n, SOURCE)?, (fleet, n), days * DAY, now)))?;
    }
    Ok(())
}
