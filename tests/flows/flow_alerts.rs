//! Alerts of a real Alertmanager, folded: a rule of a real Prometheus reaches its journey, silenced ones stand apart, what cannot be
//! heard is said, and ten thousand at once stay one notification whose count is amended in silence.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_engine::{NewKind, NewSource};
use firewatch_tests::alertmanager::{self, Alertmanager};
use firewatch_tests::cli::Cli;
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

use crate::stage::{Stage, whole_minute};
use crate::wanted;

const SLO: &str = "settings-availability";
const KEY: &str = "production/settings-availability";
const SOON: Duration = Duration::from_mins(1);
const RULES: &str = "groups: [{name: g, rules: [{alert: SettingsDown, expr: vector(1), labels: {slo: settings-availability, severity: page}, annotations: {summary: Settings answer nobody}}]}]";

/// Alerts about the service, told apart by pod, in the form of the v2 API.
fn about(service: &str, environment: &str, pods: std::ops::Range<u32>) -> Value {
    let one = |pod: u32| {
        json!({ "labels": { "alertname": "SettingsSlow", "service": service, "environment": environment, "pod": format!("p-{pod}") },
            "annotations": { "summary": "too slow" }, "generatorURL": "http://prometheus.example/graph?g0.expr=slow" })
    };
    Value::Array(pods.map(one).collect())
}

/// Everything that was written goes from the log into the file, so that the log holds only what comes after.
fn flush(profile: &Path) -> Result {
    let store = rusqlite::Connection::open(profile.join("firewatch.db"))?;
    let busy: i64 = store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    ensure!(busy == 0 && logged(profile)? == 0, "the log was not taken over");
    Ok(())
}

/// Bytes written since.
fn logged(profile: &Path) -> Result<u64> {
    Ok(std::fs::metadata(profile.join("firewatch.db-wal"))?.len())
}

async fn silence(am: &Alertmanager, pod: &str) -> Result {
    let at = |s: i64| chrono::DateTime::from_timestamp(wait::now() + s, 0).unwrap_or_default().to_rfc3339();
    let silence = json!({ "matchers": [{ "name": "pod", "value": pod, "isRegex": false, "isEqual": true }], "startsAt": at(-60), "endsAt": at(3600),
        "createdBy": "test", "comment": "known" });
    let answer = reqwest::Client::builder().no_proxy().build()?.post(format!("{}/api/v2/silences", am.url())).json(&silence).send().await?;
    ensure!(answer.status().is_success(), "{}", answer.text().await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_reaches_its_journey_and_a_deaf_source_never_says_none() -> Result {
    if !parts::present("the folded alerts", &[&prometheus::PROGRAMS[..], &alertmanager::PROGRAMS].concat())?
        || parts::firewatchctl().is_none()
    {
        return Ok(());
    }
    let am = Alertmanager::start().await?;
    let setup = Setup { rules: Some(RULES.to_owned()), alertmanagers: vec![am.address()], ..Setup::default() };
    let prometheus = Prometheus::start(&setup).await?;
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?;
    let path = folder.path().join("slo.yaml");
    std::fs::write(&path, wanted::availability(SLO, "settings", "0.95", "1h"))?;
    cli.json(&["source", "add", "prometheus", "prom", &prometheus.url(), "--alerts"]).await?;
    cli.json(&["source", "add", "alertmanager", "am", &am.url()]).await?;
    cli.json(&["slo", "import", &path.to_string_lossy(), "--source", "prom"]).await?;
    am.post(&about("elsewhere", "production", 0..1)).await?;
    am.post(&about("settings-availability", "staging", 0..1)).await?;
    am.post(&about("settings-availability", "production", 0..2)).await?;
    silence(&am, "p-1").await?;
    let heard = wait::until("the rule to fire and the silence to hold", SOON, async || {
        cli.json(&["poll", "--once"]).await?;
        let page = cli.json(&["alerts", "--journey", KEY]).await?;
        Ok((page["count"] == json!({ "firing": 2, "silenced": 1, "inhibited": 0 })).then_some(page))
    })
    .await?;
    let rule = heard["rows"].as_array().and_then(|rows| rows.iter().find(|row| row["name"] == "SettingsDown")).context("the rule")?.clone();
    ensure!(rule["slo_id"].is_string() && rule["summary"] == "Settings answer nobody" && rule["severity"] == "page", "{rule}");
    ensure!(rule["url"].as_str().is_some_and(|url| url.starts_with("http://")), "{rule}");
    let told: Value =
        reqwest::Client::builder().no_proxy().build()?.get(format!("{}/api/v1/alerts", prometheus.url())).send().await?.json().await?;
    ensure!(told["data"]["alerts"][0]["labels"]["alertname"] == "SettingsDown", "Prometheus tells it, too: {told}");
    let rows = heard["rows"].as_array().context("no rows")?;
    ensure!(rows.iter().filter(|row| row["name"] == "SettingsDown").count() == 1, "told by two sources it is one alert: {heard}");
    let sources: Vec<_> = heard["sources"].as_array().into_iter().flatten().map(|source| (&source["name"], &source["fault"])).collect();
    ensure!(sources.len() == 2 && sources.iter().all(|(_, fault)| fault.is_null()), "both were heard: {sources:?}");
    ensure!(heard["rows"][2]["standing"] == "silenced", "held-back ones come last: {heard}");
    let elsewhere = cli.json(&["alerts", "--elsewhere"]).await?;
    ensure!(elsewhere["count"]["firing"] == 2, "staging and a foreign service: {elsewhere}");
    let tested = cli.json(&["source", "test", "am"]).await?;
    ensure!(tested["ok"] == true, "{tested}");

    drop(am);
    for _ in 0..2 {
        cli.json(&["poll", "--once"]).await?;
    }
    let deaf = cli.json(&["alerts", "--journey", KEY]).await?;
    ensure!(deaf["count"]["firing"] == 2 && deaf["count"]["silenced"] == 1, "what was told last stands: {deaf}");
    let fault = deaf["sources"].as_array().and_then(|all| all.iter().find(|s| s["name"] == "am")).context("the source")?.clone();
    ensure!(fault["fault"].as_str().is_some_and(|text| text.contains("refused")) && fault["read_at"].is_number(), "{fault}");
    let status = cli.status(SLO).await?;
    ensure!(status["folded_alerts"]["unseen"].as_str().is_some_and(|text| text.starts_with("am: ")), "{status}");
    ensure!(status["folded_alerts"]["firing"] == 2 && status["folded_alerts"]["own"] == 2, "{status}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_alerts_in_a_minute_stay_one_notification() -> Result {
    if !parts::present("the storm of alerts", &[&prometheus::PROGRAMS[..], &alertmanager::PROGRAMS].concat())? {
        return Ok(());
    }
    // Alertmanager tells the real time, so that the story is played around now.
    let begin = whole_minute(wait::now());
    let incidents = vec![Incident { from: begin - 1200, to: begin + 1200, bad_ppm: 1_000_000, slow_ppm: 0 }];
    let job = Job { name: "settings".to_owned(), rate: 10, incidents, ..Job::default() };
    let history = History { start: begin - 7200, end: begin + 600, step: 60, seed: 3, jobs: vec![job] };
    let server = Prometheus::start(&Setup { history: Some(history.write()?.text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    let am = Alertmanager::start().await?;
    let folder = tempfile::tempdir()?;
    let documents = [wanted::availability(SLO, "settings", "0.95", "1h")];
    let stage = Stage::open(folder.path(), &proxy.url(), begin, &documents).await?;
    let source = NewSource {
        kind: NewKind::Alertmanager { environment: None },
        alerts: true,
        name: "am".to_owned(),
        url: am.url(),
        interval_s: 30,
        user: None,
        secret: None,
        headers: Vec::new(),
        header_variables: Vec::new(),
        allow_plain_http: false,
    };
    stage.engine.add_source(source).await?;
    am.post(&about("settings-availability", "production", 0..61)).await?;
    am.post(&about("settings-availability", "staging", 0..9)).await?;
    stage.live(&proxy, begin).await?;
    stage.live(&proxy, begin + 60).await?;
    let told = stage.desk.shown();
    ensure!(told.len() == 1 && told[0].1.body.contains(" 61 alerts and 1 more turn folded."), "{told:#?}");

    let watch = wait::stopwatch();
    for thousand in 0..10 {
        am.post(&about("settings-availability", "production", 61 + thousand * 1000..1061 + thousand * 1000)).await?;
    }
    let posted = watch.elapsed();
    flush(folder.path())?;
    let watch = wait::stopwatch();
    stage.live(&proxy, begin + 120).await?;
    let heard = watch.elapsed();
    let storm = logged(folder.path())?;
    let watch = wait::stopwatch();
    let page = stage.engine.watch_page()?;
    let listed = watch.elapsed();
    ensure!(page.journeys[0].alerts.firing == 10_061, "{:?}", page.journeys[0]);
    let first = stage.engine.alerts(Some(KEY), None, 0)?;
    ensure!(first.rows.len() == 100 && first.count.firing == 10_061, "a page of them: {}", first.rows.len());
    let size = serde_json::to_vec(&first)?.len();
    let watch = wait::stopwatch();
    stage.live(&proxy, begin + 180).await?;
    let again = watch.elapsed();
    flush(folder.path())?;
    stage.live(&proxy, begin + 240).await?;
    let quiet = logged(folder.path())?;

    let told: Vec<_> = stage.desk.shown().into_iter().filter(|(_, toast)| !toast.body.contains("Not acknowledged")).collect();
    ensure!(told.len() == 1, "one notification, whatever fires: {told:#?}");
    let amended = stage.desk.amended();
    ensure!(!amended.is_empty() && amended.len() <= 3, "{amended:#?}");
    let (_, last) = amended.last().context("an amendment")?;
    ensure!(last.silent && last.key == told[0].1.key && last.body.contains("061 alerts and"), "{last:#?}");
    ensure!(storm > 1_000_000, "ten thousand alerts were kept in {storm} bytes");
    ensure!(quiet < 200_000, "a storm that stays is not written again: {quiet} bytes in a round, {storm} when it came");
    println!(
        "posted in {posted:?}; first round {heard:?}, a later one {again:?}; the page {listed:?}; a page of alerts {} kB; written {} kB, a round later {} kB",
        size / 1000,
        storm / 1000,
        quiet / 1000
    );
    Ok(())
}
