//! What the window asks of the core, each with a thousand SLOs and ninety days held: how long an answer takes, from the verb to the JSON
//! that crosses to the page. The watch runs meanwhile, as it does behind a window. Shown, not asserted.

mod counts;
mod fleet;
mod ground;
mod machine;
mod room;
mod shelf;
mod table;
mod world;

use std::sync::Arc;

use anyhow::{Context, ensure};
use firewatch_engine::Engine;
use firewatch_tests::{Result, parts, prometheus, wait};
use serde::Serialize;
use tokio::sync::watch::channel;

use counts::SLOS;
use ground::Ground;
use table::{Row, say};

const DAYS: i64 = 90;
/// SLOs each question about one is asked of; none twice, so that nothing is answered from what the last one left.
const ASKED: u64 = 25;
/// Rows on a large screen.
const ON_SCREEN: usize = 40;
const LIMIT_MS: f64 = 50.0;

/// Milliseconds of one question, asked several times.
struct Asked {
    name: &'static str,
    took: Vec<f64>,
    bytes: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn window_queries() -> Result {
    if !parts::present("bench_window_queries", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let ground = Ground::lay().await?;
    let watched = ground.profile("queries", &ground.prometheus.url(), DAYS).await?;
    let engine = Arc::clone(&watched.engine);
    let (stop, stopped) = channel(false);
    let watch = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.watch(stopped).await }
    });
    let ids: Vec<String> = engine.watch_page()?.slos.into_iter().map(|row| row.id).collect();
    ensure!(ids.len() as u64 == SLOS, "{} rows", ids.len());
    say(&machine::words())?;
    let spread: Vec<&String> = ids.iter().step_by((SLOS / ASKED) as usize).collect();
    let screens: Vec<Vec<String>> = ids.chunks(ON_SCREEN).map(<[String]>::to_vec).collect();
    let hours = |hours: f64| move |engine: &Engine, id: &String| engine.slo_charts(id, Some(hours));
    let mut all = vec![
        ask("the list: 1,000 rows, journeys, frame", &spread, |_| engine.watch_page())?,
        ask("the frame", &spread, |_| engine.frame())?,
        ask("sketches of 40 rows", &screens, |ids| engine.sparks(ids))?,
        ask("charts of a day", &spread, |id| hours(24.0)(&engine, id))?,
        ask("charts of three days", &spread, |id| hours(72.0)(&engine, id))?,
        ask("charts of the window", &spread, |id| engine.slo_charts(id, None))?,
        ask("the ledger of a window", &spread, |id| engine.slo_ledger(id))?,
        ask("status of one SLO", &spread, |id| engine.status(std::slice::from_ref(id)))?,
        ask("inbox", &spread, |_| engine.inbox())?,
        ask("incidents", &spread, |_| engine.incidents())?,
        ask("sources", &spread, |_| engine.sources_list())?,
        ask("policies", &spread, |_| engine.policies())?,
        ask("exclusions", &spread, |_| engine.exclusions())?,
        ask("settings", &spread, |_| engine.settings())?,
    ];
    let mut detail = Asked { name: "one SLO opened", took: Vec::new(), bytes: 0 };
    for id in &spread {
        let started = wait::stopwatch();
        detail.bytes = serde_json::to_string(&engine.slo_detail(id).await?).context("write the answer")?.len();
        detail.took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    all.push(detail);
    stop.send_replace(true);
    watch.await.context("end the watch")?;
    let rows: Vec<Row> = all.into_iter().map(Asked::row).collect();
    std::fs::remove_dir_all(watched.close()).context("take away the profile")?;
    table::add("window_queries", &rows)
}

fn ask<K, T: Serialize, E>(name: &'static str, keys: &[K], question: impl Fn(&K) -> std::result::Result<T, E>) -> Result<Asked>
where
    anyhow::Error: From<E>,
{
    let mut asked = Asked { name, took: Vec::new(), bytes: 0 };
    for key in keys {
        let started = wait::stopwatch();
        let answer = question(key)?;
        asked.bytes = serde_json::to_string(&answer).context("write the answer")?.len();
        asked.took.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(asked)
}

impl Asked {
    fn row(self) -> Row {
        let mut took = self.took;
        took.sort_by(f64::total_cmp);
        let (median, worst) = (took.get(took.len() / 2).copied().unwrap_or(f64::NAN), took.last().copied().unwrap_or(f64::NAN));
        Row {
            figure: format!("{}, 1,000 SLOs × {DAYS} days", self.name),
            ours: format!("{median:.1} ms, at worst {worst:.1} ms"),
            beside: format!("{} kB", self.bytes.div_ceil(1000)),
            ratio: String::new(),
            limit: format!("≤ {LIMIT_MS} ms"),
            kept: median <= LIMIT_MS,
        }
    }
}
