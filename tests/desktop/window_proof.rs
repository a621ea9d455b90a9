//! What was done about an incident and whether it helped, in the real window by keyboard: two follow-ups state what they should improve,
//! a month of counts from a real Prometheus says that one did and the other did not, and half a year later the library finds the
//! incident, its follow-ups and its postmortem by their words.

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::window::Key;
use firewatch_tests::{Result, wait};
use serde_json::json;

use crate::desk::{self, Desk, profile_of};

const DAY_S: i64 = 86_400;
const WORKED: &str = "Load the settings in parallel";
const IDLE: &str = "Cut the response down";
const PAPER: &str =
    "## What was the problem?\n\nThirteen integrations were asked one after another; the **bottleneck** was the address lookup.\n";

#[tokio::test]
async fn one_fix_is_proven_the_other_is_not_and_all_of_it_is_found_again() -> Result {
    let Some(program) = desk::program("proof", Furniture::default(), &prometheus::PROGRAMS)? else { return Ok(()) };
    let now = wait::now() / 60 * 60;
    let shipped = now - 7 * DAY_S;
    let server = a_month(now, shipped).await?;
    let session = Session::start(Furniture::default()).await?;
    let cli = Cli::new(&session, &profile_of(&session))?;
    let incident = before_the_window(&session, &cli, &server.url()).await?;

    let desk = Desk::open_in(session, &program, &[], &[]).await?;
    desk.go(&format!("/incident/{incident}")).await?;
    desk.says("section[aria-label=Incident] h1", "Customer settings").await?;
    claim(&desk, WORKED, "settings-first-load improves 10x on production").await?;
    claim(&desk, IDLE, "settings-save improves 2x on production").await?;
    // Both went out a week ago; when, only the command line can say afterwards.
    let list = cli.json(&["followup", "list"]).await?;
    for row in list.as_array().context("no list")? {
        cli.json(&["followup", "prove", row["id"].as_str().context("an id")?, "--shipped", &shipped.to_string()]).await?;
    }
    desk.press(&[Key::Escape]).await?;
    desk.palette("Follow-ups").await?;
    desk.says("[role=grid] .row", "proven, 10.2×").await?;
    judged(&desk, WORKED, "proven, 10.2×", "improve 10×").await?;
    judged(&desk, IDLE, "not proven", "improve 2×").await?;
    let told = cli.json(&["incident", "show", &incident]).await?["entries"].to_string();
    ensure!(told.contains("Load the settings in parallel: proven, 10.2") && told.contains("Cut the response down: not proven"), "{told}");
    found_again(&desk, &incident).await?;
    desk.window.close().await
}

/// A month of two indicators: the first was ten times worse until a week ago, the other has not changed.
async fn a_month(now: i64, shipped: i64) -> Result<Prometheus> {
    let slow = vec![Incident { from: now - 32 * DAY_S, to: shipped, bad_ppm: 51_000, slow_ppm: 0 }];
    let job = |name: &str, bad_ppm, incidents| Job { name: name.to_owned(), rate: 10, bad_ppm, incidents, ..Job::default() };
    let jobs = vec![job("settings-first-load", 5_000, slow), job("settings-save", 20_000, Vec::new())];
    let history = History { start: now - 31 * DAY_S, end: now, step: 60, seed: 3, jobs };
    Prometheus::start(&Setup { history: Some(history.write()?.text), ..Setup::default() }).await
}

/// The SLOs with their month, the incident and what was written about it.
async fn before_the_window(session: &Session, cli: &Cli, url: &str) -> Result<String> {
    cli.json(&["source", "add", "prometheus", "prom", url]).await?;
    for (name, title) in [("settings-first-load", "First load of the settings page"), ("settings-save", "Save settings")] {
        let path = session.folder().join(format!("{name}.yaml"));
        std::fs::write(&path, document(name, title))?;
        cli.json(&["slo", "import", &path.to_string_lossy(), "--source", "prom"]).await?;
    }
    cli.json(&["poll", "--once"]).await?;
    let incident = cli
        .json(&["incident", "declare", "Customer settings load slowly", "--severity", "SEV2", "--slo", "settings-first-load-production"])
        .await?;
    let id = incident["id"].as_str().context("an id")?.to_owned();
    let paper = session.folder().join("paper.md");
    std::fs::write(&paper, PAPER)?;
    cli.json(&["postmortem", "import", &id, &paper.to_string_lossy()]).await?;
    Ok(id)
}

fn document(name: &str, title: &str) -> String {
    let query =
        |more: &str| format!("{{metricSource: {{type: Prometheus, spec: {{query: 'http_requests_total{{job=\"{name}\"{more}}}'}}}}}}");
    format!(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: {name}-production\n  displayName: {title}\n  annotations: {{firewatch.dev/journey: customer-settings}}\n\
         spec:\n  service: settings\n  budgetingMethod: Occurrences\n  timeWindow: [{{duration: 30d, isRolling: true}}]\n  \
         objectives: [{{target: 0.99}}]\n  indicator:\n    metadata: {{name: {name}}}\n    spec:\n      ratioMetric:\n        counter: true\n        \
         bad: {}\n        total: {}\n",
        query(",code=\"500\""),
        query("")
    )
}

/// Writes a follow-up that says what it should improve; how that stands now is shown while it is typed.
async fn claim(desk: &Desk, title: &str, hypothesis: &str) -> Result {
    desk.press(&[Key::Escape, Key::Char('f')]).await?;
    desk.window.find("[role=dialog] [name=title]:focus").await?;
    desk.window.type_text(title).await?;
    desk.tab_to("[name=hypothesis]", "").await?;
    desk.window.type_text(hypothesis).await?;
    desk.says("[role=dialog] .preview", "last week").await?;
    if title == WORKED {
        desk.shown("proof-1-claimed").await?;
    }
    desk.press(&[Key::Enter]).await?;
    desk.window.gone("[role=dialog]").await?;
    desk.says(".facts", title).await
}

/// Opens a follow-up of the list and reads what came of it.
async fn judged(desk: &Desk, title: &str, headline: &str, aim: &str) -> Result {
    let mut keys = [Key::Char('j'), Key::Char('k')].into_iter().cycle();
    desk.until(title, async || {
        desk.press(&keys.next().map_or_else(Vec::new, |key| vec![key])).await?;
        Ok(desk.text_of("[role=grid] .row.active").await?.is_some_and(|row| row.contains(title)).then_some(()))
    })
    .await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("article[aria-label='On production'] .verdict", headline).await?;
    desk.window.find("article[aria-label='On production'] svg").await?;
    // The arithmetic is one key away.
    desk.tab_to("article[aria-label='On production'] summary", "Arithmetic").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("article[aria-label='On production'] dd", aim).await?;
    desk.shown(if title == WORKED { "proof-2-proven" } else { "proof-3-not-proven" }).await?;
    desk.press(&[Key::Escape]).await
}

/// Each kind of find leads to what it is about.
async fn found_again(desk: &Desk, incident: &str) -> Result {
    for (typed, kind, page) in [
        ("settings load slowly", "incident", format!("#/incident/{incident}")),
        ("parallel", "follow-up", "#/follow-ups/".to_owned()),
        ("bottleneck lookup", "postmortem", format!("#/postmortem/{incident}")),
    ] {
        desk.palette("Library").await?;
        desk.window.find("input[type=search]:focus").await?;
        desk.window.press(&[Key::Control, Key::Char('a')]).await?;
        desk.window.type_text(typed).await?;
        desk.says("[aria-label=Found] .kind", kind).await?;
        if kind == "follow-up" {
            desk.says("[aria-label=Found] .about", "proven, 10.2×").await?;
        }
        desk.shown(&format!("library-{kind}")).await?;
        let chosen = "return document.activeElement.querySelector('.kind')?.innerText ?? ''";
        desk.until(&format!("a {kind} among the finds"), async || {
            desk.press(&[Key::Down]).await?;
            Ok((desk.window.execute(chosen, &[]).await? == json!(kind)).then_some(()))
        })
        .await?;
        desk.press(&[Key::Enter]).await?;
        desk.until(&page, async || {
            let at = desk.window.execute("return location.hash", &[]).await?;
            Ok(at.as_str().is_some_and(|at| at.starts_with(&page)).then_some(()))
        })
        .await?;
    }
    desk.says(".prose", "bottleneck was the address lookup").await?;
    desk.shown("library-opened").await
}
