//! The promise a newcomer meets first: from the first start to an exhausted budget, a declared and a resolved incident, with the
//! keyboard only, in under three minutes; and window, tray, notifications and command line tell the same story.
//!
//! `FIREWATCH_PICTURES=docs/pictures` makes the pictures of the README anew.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::session::{Furniture, Urgency};
use firewatch_tests::window::Key;
use firewatch_tests::{Result, wait};
use serde_json::json;

use crate::desk::{self, Desk, Row, shown_share};

const FIRST_LOAD: &str = "First load of the settings page";
const NAME: &str = "settings-first-load-production";
/// At sixty times the story's pace the budget is gone in under a minute.
const BURN: Duration = Duration::from_secs(90);

#[tokio::test]
async fn the_drill_from_first_start_to_a_resolved_incident_by_keyboard() -> Result {
    let Some(program) = desk::program("the drill", Furniture::FULL, &["convert"])? else { return Ok(()) };
    let watch = wait::stopwatch();
    let desk = Desk::open(&program, Furniture::FULL).await?;
    desk.window.find(".choices button:focus").await?;
    desk.pictures("1-first-start").await?;
    desk.readme_picture("first-start").await?;

    desk.window.find(".choices button:focus").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("section[aria-label=Drill]", "nothing here is real").await?;
    desk.says(".group", "Customer settings").await?;
    desk.becomes(FIRST_LOAD, "burning", BURN).await?;
    desk.press(&[Key::Char('j'), Key::Enter]).await?;
    desk.says("section[aria-label=SLO] h1", FIRST_LOAD).await?;
    desk.window.find("section[aria-label=SLO] canvas").await?;
    desk.tray_wears("burning").await?;
    desk.pictures("2-burning").await?;
    desk.readme_picture("watch-light").await?;

    desk.becomes(FIRST_LOAD, "exhausted", BURN).await?;
    agrees_with_the_command_line(&desk).await?;
    desk.tray_wears("exhausted").await?;
    let item = desk.tray().await?;
    let tip = desk.session.tray_tooltip(&item).await?;
    ensure!(tip.starts_with("Drill: 1 exhausted") && tip.contains("Customer settings"), "{tip}");
    ensure!(desk.session.tray_property(&item, "Status").await? == "NeedsAttention", "nobody has acknowledged it yet");
    desk.theme("dark").await?;
    desk.picture("3-exhausted-dark").await?;
    desk.readme_picture("watch-dark").await?;
    desk.theme("light").await?;
    desk.picture("3-exhausted-light").await?;

    desk.press(&[Key::Char('a')]).await?;
    desk.says(".acts button", "Acknowledged").await?;
    wait::until("the tray to calm down", desk::SOON, async || {
        Ok((desk.session.tray_property(&item, "Status").await? == "Active").then_some(()))
    })
    .await?;

    desk.press(&[Key::Char('d')]).await?;
    desk.window.find("[role=dialog] input:focus").await?;
    desk.picture("4-declare-light").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("section[aria-label=Incident] h1", "Customer settings: First load of the settings page").await?;
    write_entries(&desk).await?;
    desk.pictures("5-incident").await?;
    desk.readme_picture("incident").await?;

    // p stands on the next phase; three to the right of it is resolved.
    desk.press(&[Key::Escape, Key::Char('p'), Key::Right, Key::Right, Key::Right, Key::Enter]).await?;
    desk.says(".timeline", "phase is resolved").await?;
    desk.says("section[aria-label=Incident] header", "lasted").await?;
    let took = watch.elapsed();
    desk.pictures("6-resolved").await?;
    ensure!(took < Duration::from_mins(3), "from the start of the desktop to the resolved incident it took {took:?}");
    told_as_a_drill(&desk).await?;
    proposes_what_the_command_line_proposes(&desk).await
}

/// What would have warned earlier, with its arithmetic, the same here and there; adopted by one act, it holds.
async fn proposes_what_the_command_line_proposes(desk: &Desk) -> Result {
    let cli = Cli::new(&desk.session, &desk.profile().join("drill"))?;
    let hash = desk.window.execute("return location.hash", &[]).await?;
    let incident = hash.as_str().and_then(|hash| hash.rsplit('/').next()).context("no incident is open")?.to_owned();
    let press = "[...document.querySelectorAll('button[aria-expanded]')].find((one) => one.innerText.trim() === arguments[0])?.click()";
    // The story goes on, and its last days are still being read: asked again until both were asked of the same.
    let (said, proposed) = wait::until("the proposal, here and there", BURN, async || {
        desk.window.execute(press, &[json!("Propose objectives")]).await?;
        let Some(said) =
            desk.until("a proposal", async || desk.text_of(".proposals .sentence, .proposals > p:not(.faint)").await).await.ok()
        else {
            return Ok(None);
        };
        let told = cli.json(&["slo", "propose", "--incident", &incident]).await?;
        let best = told["proposals"][0].clone();
        if best["sentence"] == said.as_str() && said.contains(" in 90 days.") {
            return Ok(Some((said, best)));
        }
        desk.window.execute(press, &[json!("Close")]).await?;
        Ok(None)
    })
    .await?;
    ensure!(said.contains("you would have been warned") && said.contains(" days earlier, with "), "{said}");
    desk.pictures("7-proposal").await?;
    desk.window.click_on(".proposals article button.primary").await?;
    desk.says(".proposals .adopted", "→").await?;
    let status = cli.status(NAME).await?;
    let percent: f64 = proposed["objective_percent"].as_str().context("no objective")?.parse()?;
    ensure!((status["objective"].as_f64().context("no objective")? * 100.0 - percent).abs() < 1e-9, "{status}");
    desk.says(".timeline", "Objective of").await
}

async fn write_entries(desk: &Desk) -> Result {
    desk.press(&[Key::Char('e')]).await?;
    desk.window.find("textarea:focus").await?;
    for words in ["Page loads take ten times longer since the release of 9:40.", "Rolled the release back. Are page loads recovering?"] {
        desk.window.type_text(words).await?;
        desk.press(&[Key::Enter]).await?;
        desk.says(".timeline", words).await?;
    }
    desk.press(&[Key::Escape, Key::Char('r')]).await?;
    desk.window.type_text("me").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says(".timeline", "commander is me").await
}

/// The story runs on between two looks: what the window shows lies between the answers before and after.
async fn agrees_with_the_command_line(desk: &Desk) -> Result {
    let cli = Cli::new(&desk.session, &desk.profile().join("drill"))?;
    let mut seen = Vec::new();
    for _ in 0..10 {
        let before = cli.status(NAME).await?;
        let rows = desk.rows().await?;
        let after = cli.status(NAME).await?;
        let row = rows.into_iter().find(|row| row.title == FIRST_LOAD).context("it is not in the list")?;
        let said = [&before, &after].map(|status| {
            let left = status["budget"]["remaining"].as_f64().map(shown_share).unwrap_or_default();
            let state = status["state"].as_str().unwrap_or_default().to_owned();
            Row { state, title: FIRST_LOAD.to_owned(), left }
        });
        if said.contains(&row) {
            return Ok(());
        }
        seen.push((row, said));
    }
    anyhow::bail!("the window and the command line never agreed: {seen:#?}")
}

/// Every message of the drill is marked, worsenings of a journey replace each other, and the last is the gravest.
async fn told_as_a_drill(desk: &Desk) -> Result {
    let told = desk.session.notified(2, desk::SOON).await?;
    for one in &told {
        ensure!(one.summary.starts_with("Drill: Customer settings") && one.app == "Firewatch", "{told:#?}");
    }
    let exhausted = told.iter().find(|one| one.summary.contains("exhausted")).context("nobody was told of the exhaustion")?;
    ensure!(exhausted.urgency == Urgency::Critical && exhausted.body.contains(FIRST_LOAD), "{told:#?}");
    ensure!(told.iter().any(|one| one.summary.contains("burning")), "{told:#?}");
    Ok(())
}
