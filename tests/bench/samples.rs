//! What an evaluation costs the server: the samples its queries touch, as Prometheus itself counts them, for one SLO with thirty days of
//! samples at 60 s. Both are listened to on their way to the server; what they asked is then asked again with statistics.

use std::fmt::Write as _;

use anyhow::{Context, ensure};
use firewatch_domain::minute::{DAY, MINUTE_S};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::http::Request;
use firewatch_tests::prometheus::{Prometheus, Setup};
use firewatch_tests::{Result, wait};
use reqwest::Url;
use serde_json::Value;

use crate::counts::Fleet;
use crate::fleet::selector;
use crate::ground::Watched;
use crate::slo_generator::SloGenerator;
use crate::table::Row;

const DAYS: i64 = 30;
const LIMIT: f64 = 1.0 / 1000.0;

/// Measures both; `None` where slo-generator cannot be installed.
pub async fn touched() -> Result<Option<Row>> {
    let now = wait::now();
    let fleet = Fleet::new(now);
    let prometheus = Prometheus::start(&Setup { history: Some(written(fleet, now)?), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(prometheus.address()))?;
    let Some(rival) = SloGenerator::install(&proxy.url(), 1)? else { return Ok(None) };
    rival.compute()?;
    let theirs = asked_again(&prometheus, &proxy.take_seen()).await?;
    let watched = Watched::begin(fleet, 1, "samples", &proxy.url(), DAYS).await?;
    proxy.take_seen();
    watched.poll().await?;
    let ours = asked_again(&prometheus, &proxy.take_seen()).await?;
    std::fs::remove_dir_all(watched.close()).context("take away the profile")?;
    ensure!(ours > 0.0 && theirs > 0.0, "nothing was touched: {ours} by us, {theirs} by slo-generator");
    Ok(Some(Row {
        figure: "samples the server touches for an evaluation of one SLO".to_owned(),
        ours: format!("{ours:.0}"),
        beside: format!("slo-generator, 8 windows: {theirs:.0}"),
        ratio: format!("1/{:.0}", theirs / ours),
        limit: "≤ 1/1,000".to_owned(),
        kept: ours / theirs <= LIMIT,
    }))
}

fn written(fleet: Fleet, now: i64) -> Result<String> {
    let mut text = "# TYPE http_requests counter\n".to_owned();
    for (code, bad) in [("200", false), ("500", true)] {
        let labels = selector(0).replace('}', &format!(",code=\"{code}\"}}"));
        for at in (now - DAYS * DAY * MINUTE_S..now).step_by(MINUTE_S as usize) {
            let (bad_events, total) = fleet.counted(0, at);
            writeln!(text, "{labels} {} {at}", if bad { bad_events } else { total - bad_events })?;
        }
    }
    text.push_str("# EOF\n");
    Ok(text)
}

async fn asked_again(prometheus: &Prometheus, seen: &[Request]) -> Result<f64> {
    let http = reqwest::Client::builder().no_proxy().build().context("make a client")?;
    let mut sum = 0.0;
    for request in seen.iter().filter(|request| request.path.starts_with("/api/v1/query")) {
        let body = String::from_utf8_lossy(&request.body);
        let mut url = Url::parse(&format!("{}{}", prometheus.url(), request.path)).context("read what was asked")?;
        let form = Url::parse(&format!("http://form/?{body}")).context("read what was posted")?;
        url.query_pairs_mut().extend_pairs(form.query_pairs()).append_pair("stats", "all");
        let answer: Value = http.get(url).send().await?.json().await.context("read the answer")?;
        let samples = answer.pointer("/data/stats/samples/totalQueryableSamples").and_then(Value::as_f64);
        sum += samples.with_context(|| format!("no statistics in {answer}"))?;
    }
    Ok(sum)
}
