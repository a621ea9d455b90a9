//! Nothing is lost and nothing is told twice, whatever moment the process is killed at; and five hundred journeys that turn at once are
//! four notifications. Real `firewatchctl watch`, real Prometheus, real notification daemon.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_store::{Announcement, Delivery, Store, StoreError};
use firewatch_tests::cli::Cli;
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Fault, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Scrape, Setup};
use firewatch_tests::session::{Furniture, Session, Urgency};
use firewatch_tests::target::Target;
use firewatch_tests::{Result, parts, wait};

use crate::server;
use crate::wanted;

const SOON: Duration = Duration::from_mins(1);
/// How far the prepared samples reach beyond the present. Below what counts as a skew.
const AHEAD_S: i64 = 240;

/// Two hours of a job that has failed three times too often for ten minutes.
async fn burning() -> Result<Prometheus> {
    let now = wait::now();
    let history = History { start: now / 60 * 60 - 7_200, end: now + AHEAD_S, step: 60, seed: 5, jobs: Vec::new() };
    let fire = Incident { from: now - 600, to: now + AHEAD_S, bad_ppm: 150_000, slow_ppm: 0 };
    let history = history.with(Job { name: "burning".to_owned(), rate: 20, incidents: vec![fire], ..Job::default() });
    Prometheus::start(&Setup { history: Some(history.write()?.text), ..Setup::default() }).await
}

/// A service that does well for as long as the kills go on, and did in the hour before.
async fn fine() -> Result<(Target, Prometheus)> {
    let now = wait::now();
    let job = Job { name: "fine".to_owned(), rate: 20, ..Job::default() };
    let history = History { start: now - 5_400, end: now - 2, step: 5, seed: 6, jobs: vec![job] };
    let target = Target::start(20.0)?;
    let scrape = Scrape { job: "fine".to_owned(), target: target.address(), every: Duration::from_secs(1) };
    let setup = Setup { history: Some(history.write()?.text), scrapes: vec![scrape], ..Setup::default() };
    Ok((target, Prometheus::start(&setup).await?))
}

/// A profile that polls every second and watches some SLOs over an hour.
async fn profile(session: &Session, name: &str, url: &str, slos: &[String]) -> Result<Cli> {
    let cli = Cli::new(session, &session.folder().join(name))?;
    let path = session.folder().join(format!("{name}.yaml"));
    std::fs::write(&path, slos.join("---\n"))?;
    cli.json(&["source", "add", "prometheus", "prom", url, "--interval", "1s"]).await?;
    cli.json(&["slo", "import", &path.to_string_lossy(), "--source", "prom"]).await?;
    Ok(cli)
}

fn hourly(name: &str, job: &str) -> String {
    wanted::availability(name, job, "0.95", "1h")
}

/// Everything that was ever to be told, oldest first.
fn inbox(data: &Path) -> Result<Vec<Announcement>> {
    let store = Store::open(data, "looked")?;
    let mut all = store.read::<_, StoreError>(|tx| tx.inbox(100_000))?;
    all.reverse();
    Ok(all)
}

fn in_stand(all: &[Announcement], delivery: Delivery) -> usize {
    all.iter().filter(|one| one.delivery == delivery).count()
}

/// Waits until the source was read `seconds` later than now, so that whatever would be told again has been.
async fn rounds_later(cli: &Cli, seconds: f64) -> Result {
    let begun = wait::now() as f64;
    wait::until("some more rounds", SOON, async || {
        let sources = cli.json(&["source", "list"]).await?;
        Ok(sources[0]["last_read_at"].as_f64().filter(|at| *at >= begun + seconds).map(drop))
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_commit_and_notification_it_is_told_after_the_restart_once() -> Result {
    let furniture = Furniture { notifications: true, ..Furniture::default() };
    if !parts::present("the crash", &[&furniture.programs()[..], &prometheus::PROGRAMS].concat())? {
        return Ok(());
    }
    let prometheus = burning().await?;
    let mut session = Session::start(Furniture::default()).await?;
    let cli = profile(&session, "one", &prometheus.url(), &[hourly("settings", "burning")]).await?;
    cli.json(&["policy", "add", "--trigger", "page-burn", "--severity", "SEV2"]).await?;
    let silence = server::SilentServer::start(&session).await?;
    let mut watch = cli.spawn("watch-one", &["watch"])?;
    watch.until("the call that is not answered", SOON, async || Ok((silence.calls() > 0).then_some(()))).await?;
    watch.kill()?;
    let waiting = inbox(cli.data())?;
    ensure!(waiting.len() == 1 && waiting[0].delivery == Delivery::Waiting, "committed and not told: {waiting:#?}");
    ensure!(cli.status("settings").await?["state"] == "burning", "the turn was committed");
    let opened = cli.json(&["incident", "list"]).await?;
    ensure!(opened.as_array().map(Vec::len) == Some(1), "what the policy ordered was committed with it: {opened}");

    silence.leave(&session).await?;
    session.start_notifications().await?;
    let watch = cli.spawn("watch-one", &["watch"])?;
    let told = session.notified(1, SOON).await?;
    ensure!(told[0].summary == "Settings is burning" && told[0].urgency == Urgency::Critical, "{told:?}");
    rounds_later(&cli, 7.0).await?;
    ensure!(session.notifications()?.len() == 1, "told more than once: {:#?}", session.notifications()?);
    watch.end(SOON).await?;
    let after = inbox(cli.data())?;
    ensure!(after.len() == 1 && after[0].delivery == Delivery::Shown && after[0].id == waiting[0].id, "{after:#?}");

    // And a third start, with everything told, tells nothing.
    let watch = cli.spawn("watch-one", &["watch"])?;
    rounds_later(&cli, 7.0).await?;
    ensure!(session.notifications()?.len() == 1, "told again by a restart: {:#?}", session.notifications()?);
    let still = cli.json(&["incident", "list"]).await?;
    ensure!(still.as_array().map(Vec::len) == Some(1) && still[0]["id"] == opened[0]["id"], "one fire, one incident: {still}");
    watch.end(SOON).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_journeys_turning_at_once_are_at_most_four_notifications() -> Result {
    let furniture = Furniture { notifications: true, ..Furniture::default() };
    if !parts::present("the storm", &[&furniture.programs()[..], &prometheus::PROGRAMS].concat())? {
        return Ok(());
    }
    let prometheus = burning().await?;
    let session = Session::start(furniture).await?;
    let slos: Vec<String> = (0..500).map(|n| hourly(&format!("journey-{n:03}"), "burning")).collect();
    let cli = profile(&session, "storm", &prometheus.url(), &slos).await?;
    let watch = cli.spawn("watch-storm", &["watch"])?;
    let told = session.notified(4, SOON).await?;
    rounds_later(&cli, 7.0).await?;
    ensure!(session.notifications()?.len() == 4, "a storm came through: {:#?}", session.notifications()?);
    ensure!(told[3].summary == "497 more journeys turned", "{told:#?}");
    watch.end(SOON).await?;
    let all = inbox(cli.data())?;
    let fates: BTreeMap<&str, usize> = all.iter().fold(BTreeMap::new(), |mut fates, one| {
        *fates.entry(one.delivery.word()).or_default() += 1;
        fates
    });
    ensure!(fates == BTreeMap::from([("shown", 4), ("folded", 496)]), "{fates:?}");
    ensure!(all.iter().all(|one| !one.why.is_empty() && one.why != "ordered by the turn"), "every one has its fate and its reason");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_any_moment_lose_nothing() -> Result {
    let furniture = Furniture { notifications: true, ..Furniture::default() };
    if !parts::present("the kills", &[&furniture.programs()[..], &prometheus::PROGRAMS].concat())? {
        return Ok(());
    }
    let (_target, prometheus) = fine().await?;
    let proxy = Hostile::start(Behind::Real(prometheus.address()))?;
    let session = Session::start(furniture).await?;
    let slos: Vec<String> = (0..40).map(wanted_in_one_journey).collect();
    let cli = profile(&session, "kills", &proxy.url(), &slos).await?;
    let kills = parts::repeats(6, 100);
    let mut chance = 0x2545_F491_u64;
    for round in 0..kills {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // Every other run sees nothing and says so; in between it sees again.
        proxy.set_fault(if round % 2 == 1 { Fault::Unauthorized } else { Fault::None });
        let before = proxy.requests();
        let mut watch = cli.spawn("watch-kills", &["watch"])?;
        let polls = 1 + u64::from(round % 2 == 1) + (chance >> 33) % 3;
        watch.until("some polls", SOON, async || Ok((proxy.requests() >= before + polls).then_some(()))).await?;
        tokio::time::sleep(Duration::from_millis((chance >> 40) % 400)).await;
        watch.kill()?;
    }
    proxy.set_fault(Fault::None);
    let watch = cli.spawn("watch-kills", &["watch"])?;
    rounds_later(&cli, 7.0).await?;
    wait::until("a state that is seen", SOON, async || Ok((cli.status("slo-00").await?["state"] == "calm").then_some(()))).await?;
    watch.end(SOON).await?;

    let database = rusqlite::Connection::open(cli.data().join("firewatch.db"))?;
    let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(verdict == "ok", "the database after {kills} kills: {verdict}");
    let blinded: i64 = database.query_row("SELECT count(*) FROM turn WHERE kind = 'went_blind'", [], |row| row.get(0))?;
    drop(database);
    let all = inbox(cli.data())?;
    ensure!(in_stand(&all, Delivery::Waiting) == 0, "{} still wait", in_stand(&all, Delivery::Waiting));
    ensure!(all.len() as i64 == blinded, "{blinded} turns to be told, {} announcements", all.len());
    let (marked, seen) = (in_stand(&all, Delivery::Shown), session.notifications()?.len());
    println!("{kills} kills: {blinded} turns, {} announcements, {marked} shown, {seen} seen on the screen", all.len());
    ensure!(seen >= marked, "{marked} are said to have been shown, {seen} came");
    // One kill falls between showing and marking at most once.
    ensure!(seen <= marked + kills as usize, "{seen} came, {marked} were to be shown, {kills} kills");
    ensure!(blinded > 0 && blinded % 40 == 0, "a poll's turns are kept together: {blinded}");
    Ok(())
}

/// All in one journey, so that each poll's turns are one message.
fn wanted_in_one_journey(number: usize) -> String {
    let (bad, all) = ("http_requests_total{job=\"fine\",code=~\"5..\"}", "http_requests_total{job=\"fine\"}");
    wanted::ratio(&format!("slo-{number:02}"), "settings", "bad", [bad, all], "0.95", "1h")
}

#[test]
fn the_story_burns_and_does_not_exhaust() -> Result {
    // Fifteen percent bad of 95 % is a burn of three: above the page rule of an hour's window, and a budget for twenty minutes.
    let rules = firewatch_domain::alerting::Rule::workbook(firewatch_domain::window::Window::parse("1h").context("a window")?);
    ensure!(rules[0].factor() < 3.0, "{rules:?}");
    Ok(())
}
