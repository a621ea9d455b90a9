//! Every screen is reckoned from the same counts: at each step of a lived month, `status`, the row of the Watch page, the burn-down (its
//! start, its end, and every point between) and the ledger agree to the last event, whatever is excluded, declared, laid to an incident,
//! reopened, carried across a gap or counted after a restart.

#![allow(clippy::float_cmp, reason = "counts are whole numbers, and equal means equal")]

use anyhow::{Context, ensure};
use firewatch_engine::view::ExclusionForm;
use firewatch_tests::history::{History, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};

use crate::stage::{Stage, whole_minute};
use crate::wanted;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;
const SLO: &str = "by-bad";

/// Holds everything the window is given against `status`. Answers bad events.
fn agree(stage: &Stage, when: &str) -> Result<f64> {
    let status = stage.status(SLO)?;
    let row = stage.engine.watch_page()?.slos.into_iter().find(|row| row.name == SLO).context("no row")?;
    let charts = stage.engine.slo_charts(SLO, None)?;
    let zoomed = stage.engine.slo_charts(SLO, Some(7.0))?;
    let ledger = stage.engine.slo_ledger(SLO)?;
    let bad = status.bad.context("no bad")?;
    let (shown, told) = ((row.bad, row.total), (status.bad, status.total));
    ensure!(shown == told, "{when}: the row says {shown:?}, `status` {told:?} at {}", status.at);
    ensure!(close(row.remaining, status.budget.remaining) && close(row.allowed, status.budget.allowed), "{when}: {row:?} {status:?}");
    let first = chrono::DateTime::parse_from_rfc3339(&status.window_start)?.timestamp() as f64;
    for chart in [&charts, &zoomed] {
        ensure!(chart.window_from == first && chart.allowed == status.budget.allowed, "{when}: the chart's window");
        ensure!(chart.spent.last() == Some(&bad), "{when}: the burn-down ends at {:?}, not {bad}", chart.spent.last());
        let last = chart.remaining.last().copied().flatten();
        ensure!(close(last, status.budget.remaining), "{when}: {last:?}, not {:?}", status.budget.remaining);
        ensure!(chart.spent.is_sorted(), "{when}: a budget that comes back within its own window");
    }
    let minutes = |column: &[f64]| column.iter().sum::<f64>() * 60.0;
    ensure!(minutes(&charts.unobserved) == status.unobserved_s, "{when}: {} s not observed, {status:?}", minutes(&charts.unobserved));
    ensure!(minutes(&charts.excluded) == status.excluded_s, "{when}: {} s excluded, {status:?}", minutes(&charts.excluded));
    let rows: f64 = ledger.rows.iter().map(|row| row.bad).sum();
    ensure!((ledger.bad, rows) == (status.bad, bad), "{when}: the ledger makes {rows} of {:?}, not {bad}: {ledger:#?}", ledger.bad);
    ensure!(ledger.rows.is_sorted_by(|a, b| a.bad >= b.bad), "{when}: not the costliest first: {ledger:#?}");
    Ok(bad)
}

/// Shares are no counts: one that was stored as text may differ in its last bit.
fn close(a: Option<f64>, b: Option<f64>) -> bool {
    a.zip(b).is_some_and(|(a, b)| (a - b).abs() <= 1e-12 * b.abs().max(1.0))
}

fn exclusion(from: i64, to: i64) -> ExclusionForm {
    let (journey, environment) = (String::new(), String::new());
    ExclusionForm { slo: Some(SLO.to_owned()), journey, environment, from: from as f64, to: to as f64, reason: "a test".to_owned() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_number_whatever_happens_to_it() -> Result {
    if !parts::present("one number", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let end = whole_minute(wait::now()) - HOUR_S;
    let history = History::ending(end, 34, 60);
    let begin = end - 2 * DAY_S;
    let gap = (begin + 2 * HOUR_S, begin + 2 * HOUR_S + 900);
    let shop =
        Job { name: "shop".to_owned(), rate: 12, bad_ppm: 1_400, reset_at: Some(begin + HOUR_S + 600), gap: Some(gap), ..Job::default() };
    let written = history.with(shop).write()?;
    let server = Prometheus::start(&Setup { history: Some(written.text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    let folder = tempfile::tempdir()?;
    let documents = [wanted::availability(SLO, "shop", "0.999", "7d")];
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 5, &documents).await?;
    let engine = &stage.engine;

    stage.live(&proxy, begin + 5).await?;
    let first = agree(&stage, "with its history")?;
    ensure!(first > 1_000.0, "{first} bad prove little");
    for minutes in [1, 2, 3, 60, 75, 121, 137, 139, 240] {
        stage.live(&proxy, begin + minutes * 60 + 5).await?;
        agree(&stage, &format!("after {minutes} min"))?;
    }
    let now = begin + 240 * 60;
    let before = agree(&stage, "before the exclusions")?;
    ensure!(stage.status(SLO)?.estimated, "the gap left a carry");

    // Overlapping ones, one across the gap, one across the window's edge, one in a sealed past: each leaves, each comes back.
    let spans = [
        (now - 7_200, now - 3_600),
        (now - 5_400, now),
        (gap.0 - 600, gap.1 + 600),
        (now - 7 * DAY_S - 600, now - 7 * DAY_S + 600),
        (now - 3 * DAY_S, now - 2 * DAY_S - 47),
    ];
    let mut made = Vec::new();
    let mut least = before;
    for (from, to) in spans {
        made.push(engine.exclude(&exclusion(from, to))?.id);
        let bad = agree(&stage, &format!("without {from} to {to}"))?;
        ensure!(bad <= least, "an exclusion added bad events");
        least = bad;
    }
    ensure!(least < before, "nothing was excluded");
    let apart: f64 = engine.slo_ledger(SLO)?.excluded.iter().map(|row| row.bad).sum();
    ensure!(least + apart == before, "{apart} bad events left, {least} stayed of {before}");
    made.rotate_left(2);
    for id in made {
        engine.undo_exclusion(&id)?;
        agree(&stage, "with an exclusion less")?;
    }
    ensure!(agree(&stage, "with all exclusions taken back")? == before, "what was excluded did not come back");

    // Incidents that overlap; times that move when one is reopened; spans laid by hand, across the gap too.
    let old = engine.declare_impact("An old one", "SEV3", SLO, (now - 2 * DAY_S) as f64, (now - 2 * DAY_S + HOUR_S) as f64)?;
    agree(&stage, "with an old incident")?;
    engine.attach_impact(&old.id, SLO, (gap.0 - 60) as f64, (gap.0 + 120) as f64)?;
    agree(&stage, "with a span across the gap")?;
    let carried = engine.slo_ledger(SLO)?.rows.into_iter().find(|row| row.incident.as_ref() == Some(&old.id)).context("no row of it")?;
    ensure!(carried.estimated, "the carry it touches is its own: {carried:?}");
    let open = engine.declare("One that goes on", "SEV2", &[SLO.to_owned()])?;
    engine.attach_impact(&open.id, SLO, (now - 2 * DAY_S) as f64, (now - DAY_S) as f64)?;
    agree(&stage, "with two that overlap")?;
    stage.live(&proxy, now + 1_800).await?;
    agree(&stage, "while it goes on")?;
    engine.set_phase(&open.id, "resolved")?;
    stage.live(&proxy, now + 3_600).await?;
    agree(&stage, "resolved")?;
    engine.set_phase(&open.id, "mitigating")?;
    agree(&stage, "reopened")?;
    engine.set_phase(&open.id, "cancelled")?;
    agree(&stage, "cancelled")?;
    let rows = engine.slo_ledger(SLO)?.rows;
    ensure!(rows.iter().all(|row| row.incident.as_ref() != Some(&open.id)), "what was cancelled explains nothing: {rows:#?}");
    Ok(())
}
