//! Prepared histories that a flow lives through minute by minute: a month behind, sixteen hours ahead.

use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{Prometheus, Setup};
use firewatch_tests::{Result, wait};

use crate::stage::whole_minute;

const DAY_S: i64 = 86_400;

/// Everything fails for a while: `from` and `to` in minutes after the story's begin.
pub fn outage(begin: i64, from: i64, to: i64) -> Incident {
    Incident { from: begin + from * 60, to: begin + to * 60, bad_ppm: 1_000_000, slow_ppm: 0 }
}

/// A job over the past month and the next sixteen hours, and a server that can live through them.
pub async fn play(begin: i64, job: Job) -> Result<(Prometheus, Hostile)> {
    let history = History { start: begin - 31 * DAY_S, end: begin + 16 * 3600, step: 60, seed: 7, jobs: vec![job] };
    let server = Prometheus::start(&Setup { history: Some(history.write()?.text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    Ok((server, proxy))
}

/// When the stories begin: long enough ago for all of them to be over.
pub fn beginning() -> i64 {
    whole_minute(wait::now()) - 17 * 3600
}

/// A job that spends a fifth of a 99.9 % budget by itself, nearly half of it in an outage that leaves the window at minute 900 to
/// 920, and then has two outages: one of 20 minutes at minute 60, which spends the rest, and one of 10 at minute 480.
pub async fn story() -> Result<(Prometheus, Hostile, i64)> {
    let begin = beginning();
    let old = outage(begin - 30 * DAY_S, 900, 920);
    let incidents = vec![old, outage(begin, 60, 80), outage(begin, 480, 490)];
    let job = Job { name: "settings".to_owned(), rate: 10, bad_ppm: 200, incidents, ..Job::default() };
    let (server, proxy) = play(begin, job).await?;
    Ok((server, proxy, begin))
}
