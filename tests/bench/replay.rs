//! Replaying ninety days of one SLO, as `backtest` and the window do: read from the store, judged minute by minute under another
//! objective and as it stands. The month before is read, too, so that the window is full from the first minute.

mod counts;
mod machine;
mod room;
mod sample;
mod shelf;
mod table;
mod world;

use std::sync::Arc;

use anyhow::{Context, ensure};
use firewatch_domain::minute::{DAY, MINUTE_S, Minute};
use firewatch_engine::Engine;
use firewatch_engine::view::{BacktestForm, ChangeForm};
use firewatch_store::Store;
use firewatch_tests::{Result, wait};

use counts::{Fleet, SLOS};
use table::{Row, say};

/// Which of the fleet: one that has spent everything.
const NUMBER: u64 = SLOS - 4;
const RUNS: usize = 15;
const LIMIT_MS: f64 = 50.0;

#[test]
fn replay() -> Result {
    let folder = room::room("replay")?;
    std::fs::remove_dir_all(&folder).context("clear the room")?;
    let store = Arc::new(Store::open(&folder, "bench")?);
    let now = Minute(wait::now().div_euclid(MINUTE_S));
    store.write(|tx| shelf::shelve(tx, &sample::slo(NUMBER)?, (Fleet::new(wait::now() - 90 * DAY * MINUTE_S), NUMBER), 120 * DAY, now))?;
    let engine = Engine::new(store, world::world(), false);
    let slo = engine.slos()?.first().context("the SLO")?.name.clone();
    let as_it_stands = timed(&engine, &slo, None)?;
    let changed = timed(&engine, &slo, Some("99.5"))?;
    say(&format!("{}: 90 days as it stands {as_it_stands:.1} ms, beside another objective {changed:.1} ms", machine::words()))?;
    std::fs::remove_dir_all(&folder).context("clear the room")?;
    let row = |figure: &str, ms: f64| Row {
        figure: figure.to_owned(),
        ours: format!("{ms:.0} ms"),
        beside: String::new(),
        ratio: String::new(),
        limit: format!("≤ {LIMIT_MS:.0} ms"),
        kept: ms <= LIMIT_MS,
    };
    table::add("replay", &[row("90 days of one SLO replayed", as_it_stands), row("the same against another objective, both", changed)])
}

/// The middle of some runs, in milliseconds.
fn timed(engine: &Arc<Engine>, slo: &str, objective: Option<&str>) -> Result<f64> {
    let change = ChangeForm { objective: objective.map(str::to_owned), ..ChangeForm::default() };
    let form = BacktestForm { slo: slo.to_owned(), change, days: 90.0, zone: Some("UTC".to_owned()) };
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let started = wait::stopwatch();
        let found = engine.backtest(&form)?;
        runs.push(started.elapsed().as_secs_f64() * 1000.0);
        ensure!(found.run.coverage == Some(1.0) && found.run.consumed_max.is_some(), "the replay saw nothing");
    }
    runs.sort_by(f64::total_cmp);
    Ok(runs[RUNS / 2])
}
