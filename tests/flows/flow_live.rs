//! The main job, whole and live: a service breaks, Prometheus scrapes it, `firewatchctl watch` polls, and the person at the desk is told
//! once that the budget burns, with a clock on it, and once that it is gone; a policy has opened the incident meanwhile.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::history::{History, Job};
use firewatch_tests::prometheus::{self, Prometheus, Scrape, Setup};
use firewatch_tests::session::{Furniture, Notification, Session, Urgency};
use firewatch_tests::target::Target;
use firewatch_tests::{Result, parts, wait};
use serde_json::Value;

use crate::wanted;

const SLO: &str = "settings-availability";
const SOON: Duration = Duration::from_mins(1);
/// Slices are minutes: a minute until the first bad one is whole, one more until the budget of an hour is gone, and one to spare.
const MINUTES: Duration = Duration::from_mins(4);
/// The service answers more than twice as often as in the prepared hour: then the first bad minute burns and the second exhausts.
const RATE: f64 = 110.0;
const RATE_BEFORE: u64 = 50;

/// A service that does well, after an hour and a half in which it did well, too.
async fn service() -> Result<(Target, Prometheus)> {
    let job = Job { name: "settings".to_owned(), rate: RATE_BEFORE, ..Job::default() };
    let now = wait::now();
    let history = History { start: now - 5_400, end: now - 2, step: 5, seed: 2, jobs: vec![job] };
    let target = Target::start(RATE)?;
    let scrape = Scrape { job: "settings".to_owned(), target: target.address(), every: Duration::from_secs(1) };
    let setup = Setup { history: Some(history.write()?.text), scrapes: vec![scrape], ..Setup::default() };
    Ok((target, Prometheus::start(&setup).await?))
}

async fn profile(session: &Session, url: &str) -> Result<Cli> {
    let cli = Cli::new(session, &session.folder().join("profile"))?;
    let path = session.folder().join("slo.yaml");
    std::fs::write(&path, wanted::availability(SLO, "settings", "0.95", "1h"))?;
    cli.json(&["source", "add", "prometheus", "prom", url, "--interval", "2s"]).await?;
    cli.json(&["slo", "import", &path.to_string_lossy(), "--source", "prom"]).await?;
    let policy = cli.json(&["policy", "add", "--trigger", "exhausted", "--severity", "SEV2"]).await?;
    ensure!(policy["id"].is_string(), "{policy}");
    Ok(cli)
}

/// Waits until the SLO is in one of the states; it must never be in any other than those in between.
async fn until_state(cli: &Cli, state: &str, between: &[&str], limit: Duration) -> Result<Value> {
    wait::until(format!("{SLO} to be {state}"), limit, async || {
        let status = cli.status(SLO).await?;
        let now = status["state"].as_str().context("a state")?.to_owned();
        ensure!(now == state || between.contains(&now.as_str()), "{now} instead of {state}: {status}");
        Ok((now == state).then_some(status))
    })
    .await
}

/// The notification with that headline; there must be one, and one only.
fn only(told: &[Notification], headline: &str) -> Result<Notification> {
    let those: Vec<&Notification> = told.iter().filter(|one| one.summary == headline).collect();
    ensure!(those.len() == 1, "`{headline}` came {} times: {told:#?}", those.len());
    Ok(those[0].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_breaks_reaches_the_desk() -> Result {
    let furniture = Furniture { notifications: true, ..Furniture::default() };
    if !parts::present("the live flow", &[&furniture.programs()[..], &prometheus::PROGRAMS].concat())? {
        return Ok(());
    }
    let session = Session::start(furniture).await?;
    let (target, prometheus) = service().await?;
    let cli = profile(&session, &prometheus.url()).await?;
    let watch = cli.spawn("watch", &["watch"])?;
    let calm = until_state(&cli, "calm", &["blind"], SOON).await?;
    ensure!(calm["bad"] == 0 && calm["spent"] == "within" && calm["burn"] == "none", "{calm}");

    let holder = cli.fails(1, &["poll", "--once"]).await?;
    ensure!(holder.contains("firewatchctl watch") && holder.contains(&watch.id().to_string()), "who holds the profile? {holder}");
    ensure!(cli.json(&["incident", "list"]).await? == Value::Array(Vec::new()), "no incident yet");

    // At the begin of a minute, so that whole minutes are bad.
    wait::until("a new minute", Duration::from_secs(70), async || Ok((wait::now() % 60 == 1).then_some(()))).await?;
    target.set_error_ratio(1.0);
    let burning = until_state(&cli, "burning", &["calm"], MINUTES).await?;
    ensure!(burning["burn"] == "page" && burning["spent"] == "within", "{burning}");
    ensure!(burning["time_to_exhaustion_s"].as_f64().is_some_and(|seconds| seconds > 0.0), "a clock: {burning}");
    ensure!(burning["reason"].as_str().is_some_and(|reason| reason.contains('×')), "{burning}");
    let exhausted = until_state(&cli, "exhausted", &["burning"], MINUTES).await?;
    ensure!(exhausted["burn"] == "page" && exhausted["spent"] == "exhausted", "{exhausted}");
    ensure!(exhausted["budget"]["remaining"].as_f64().is_some_and(|left| left <= 0.0), "{exhausted}");

    session.notified(2, SOON).await?;
    check_incident(&cli).await?;
    // One more minute of the same fire is no news.
    let at = exhausted["at"].clone();
    wait::until("another minute", MINUTES, async || Ok((cli.status(SLO).await?["at"] != at).then_some(()))).await?;
    let told = session.notifications()?;
    ensure!(told.len() == 2, "{told:#?}");
    let burns = only(&told, "Settings availability is burning")?;
    ensure!(burns.urgency == Urgency::Critical && burns.body.contains("too fast") && burns.body.contains("budget gone"), "{burns:?}");
    let gone = only(&told, "Settings availability: error budget exhausted")?;
    ensure!(gone.urgency == Urgency::Critical && gone.body.contains("of the budget"), "{gone:?}");
    println!("{}\n{}", burns.body, gone.body);
    session.dismiss_notifications().await?;
    let kept = session.history().await?;
    ensure!(kept.contains(&gone.summary), "dunstctl history: {kept:?}");
    watch.end(SOON).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_is_said_once_and_its_return_disturbs_nobody() -> Result {
    let furniture = Furniture { notifications: true, ..Furniture::default() };
    if !parts::present("the live outage", &[&furniture.programs()[..], &prometheus::PROGRAMS].concat())? {
        return Ok(());
    }
    let session = Session::start(furniture).await?;
    let (_target, mut prometheus) = service().await?;
    let cli = profile(&session, &prometheus.url()).await?;
    let watch = cli.spawn("watch", &["watch"])?;
    until_state(&cli, "calm", &["blind"], SOON).await?;
    for outage in 1..=2 {
        prometheus.stop().await?;
        let blind = until_state(&cli, "blind", &["calm"], SOON).await?;
        ensure!(blind["reason"].as_str().is_some_and(|reason| reason.contains("refused")), "{blind}");
        ensure!(blind["spent"] == "within" && blind["burn"] == "none" && blind["sight"] == "blind", "{blind}");
        let told = session.notified(outage, SOON).await?;
        ensure!(told[outage - 1].summary == "Settings availability cannot be seen", "{told:#?}");
        prometheus.start_again().await?;
        let calm = until_state(&cli, "calm", &["blind"], SOON).await?;
        ensure!(calm["unobserved_s"] == 0, "what was missed has been read: {calm}");
        let at = calm["at"].clone();
        wait::until("another minute", MINUTES, async || Ok((cli.status(SLO).await?["at"] != at).then_some(()))).await?;
        ensure!(session.notifications()?.len() == outage, "{:#?}", session.notifications()?);
    }
    ensure!(cli.json(&["incident", "list"]).await? == Value::Array(Vec::new()), "blindness opens no incident");
    watch.end(SOON).await
}

/// The policy opened one incident, and it knows what it is about.
async fn check_incident(cli: &Cli) -> Result {
    let incidents = cli.json(&["incident", "list"]).await?;
    ensure!(incidents.as_array().map(Vec::len) == Some(1), "{incidents}");
    let id = incidents[0]["id"].as_str().context("an id")?;
    let incident = cli.json(&["incident", "show", id]).await?;
    ensure!(incident["slos"] == serde_json::json!([SLO]), "it carries the SLO: {incident}");
    ensure!(incident["severity"] == "SEV2" && incident["phase"] == "investigating", "{incident}");
    ensure!(incident["entries"].as_array().is_some_and(|entries| !entries.is_empty()), "{incident}");
    Ok(())
}
