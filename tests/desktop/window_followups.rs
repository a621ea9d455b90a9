//! Follow-ups and their tickets in the real window, by keyboard: a Jira is looked around in and set up, an entry of an incident becomes a
//! follow-up and that a ticket, a conflict is shown side by side and settled by one key, a refusal stands at its field and is cured there.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::jira::{Face, Jira};
use firewatch_tests::session::Furniture;
use firewatch_tests::window::Key;
use firewatch_tests::{Result, wait};
use serde_json::json;

use crate::desk::{self, Desk};

const TITLE: &str = "Load the settings in parallel";
/// Several rounds of the sync, on a busy machine.
const SYNCED: Duration = Duration::from_mins(2);

#[tokio::test]
async fn from_an_entry_to_a_ticket_a_conflict_settled_a_refusal_cured() -> Result {
    let furniture = Furniture { keyring: true, ..Furniture::default() };
    let Some(program) = desk::program("follow-ups", furniture, &[])? else { return Ok(()) };
    let jira = Jira::start(Face::Cloud, Arc::new(|| wait::now() * 1000))?;
    let desk = Desk::open(&program, furniture).await?;
    set_up(&desk, &jira).await?;

    let cli = desk.cli()?;
    let incident = cli.json(&["incident", "declare", "Settings load slowly", "--severity", "SEV2"]).await?;
    let id = incident["id"].as_str().context("an id")?;
    cli.json(&["incident", "entry", id, "Thirteen integrations are asked one after another"]).await?;
    ticket_from_entry(&desk, &jira, id).await?;
    conflict(&desk, &jira).await?;
    refusal(&desk, &jira, id).await?;
    closed_there(&desk, &jira, id).await?;
    ensure!(jira.books().issues.len() == 2, "two follow-ups, two tickets");
    Ok(())
}

/// Looks around in the Jira, chooses its project, and adds it, tested.
async fn set_up(desk: &Desk, jira: &Jira) -> Result {
    desk.palette("Add a Jira").await?;
    desk.window.find("[name=url]:focus").await?;
    desk.window.type_text(&jira.url()).await?;
    choose(desk, "kind", "cloud").await?;
    into(desk, "email", "ops@example.com").await?;
    into(desk, "token", "a-token-of-a-test").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("[role=status]", "signed in as").await?;
    desk.pictures("tracker-found").await?;
    desk.window.find("[name=project]").await?;
    choose(desk, "project", "OPS").await?;
    desk.window.find("[name=issue_type]").await?;
    into(desk, "name", "jira-test").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("[aria-label=Test]", "").await?;
    desk.pictures("tracker-tested").await?;
    let trackers = desk.cli()?.json(&["tracker", "list"]).await?;
    ensure!(trackers[0]["name"] == "jira-test" && trackers[0]["project"] == "OPS", "{trackers:#}");
    Ok(())
}

/// `f` on an entry asks what is to be done; the ticket is there without another word.
async fn ticket_from_entry(desk: &Desk, jira: &Jira, incident: &str) -> Result {
    desk.go(&format!("/incident/{incident}")).await?;
    desk.says("[data-entry]", "Thirteen integrations").await?;
    let last = "[...document.querySelectorAll('[data-entry]')].find((node) => node.innerText.includes('Thirteen'))";
    desk.window.execute(&format!("{last}.querySelector('button').focus()"), &[]).await?;
    desk.press(&[Key::Char('f')]).await?;
    desk.window.find("[role=dialog] [name=title]:focus").await?;
    desk.says("[role=dialog] .quote", "Thirteen integrations").await?;
    desk.picture("follow-up-new").await?;
    desk.window.type_text(TITLE).await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.gone("[role=dialog]").await?;
    desk.says(".facts", TITLE).await?;

    desk.palette("Follow-ups").await?;
    desk.window.find("[role=grid]").await?;
    within(desk, "the ticket's key in the list", "[role=grid] .ticket", "OPS-1").await?;
    ensure!(jira.issue_called(TITLE).is_some(), "the ticket carries the title");
    desk.press(&[Key::Char('j'), Key::Enter]).await?;
    desk.window.find("section[aria-label='Follow-up']").await?;
    desk.says(".quote", "Thirteen integrations").await?;
    desk.pictures("follow-up-linked").await
}

/// Both sides change the title; nothing is written over, and one key takes what Jira has.
async fn conflict(desk: &Desk, jira: &Jira) -> Result {
    jira.books().change("OPS-1", "summary", json!("Settings: one request, not thirteen"));
    desk.press(&[Key::Char('t')]).await?;
    desk.window.find("[name=title]:focus").await?;
    desk.window.press(&[Key::Control, Key::Char('a')]).await?;
    desk.window.type_text("Load the settings at once").await?;
    desk.press(&[Key::Enter]).await?;
    within(desk, "the conflict", "[aria-label=Conflicts]", "one request, not thirteen").await?;
    desk.says("[aria-label=Conflicts]", "Load the settings at once").await?;
    desk.pictures("follow-up-conflict").await?;
    let there = || jira.books().find("OPS-1").map(|issue| issue.fields["summary"].clone());
    ensure!(there() == Some(json!("Settings: one request, not thirteen")), "nothing is written over: {:?}", there());
    desk.window.execute("document.activeElement.blur()", &[]).await?;
    desk.press(&[Key::Char('.')]).await?;
    desk.window.gone("[aria-label=Conflicts]").await?;
    let rows = desk.cli()?.json(&["followup", "list"]).await?;
    ensure!(rows[0]["title"] == "Settings: one request, not thirteen", "{rows:#}");
    Ok(())
}

/// The screen loses its due date; the refusal stands at the field, and emptying it sends the ticket.
async fn refusal(desk: &Desk, jira: &Jira, incident: &str) -> Result {
    jira.books().screen.fields.retain(|field| field != "duedate");
    desk.press(&[Key::Escape]).await?;
    desk.cli()?.json(&["followup", "add", incident, "Cut the response down", "--due", "2031-12-05"]).await?;
    let second = "[...document.querySelectorAll('[role=grid] .row')].find((node) => node.innerText.includes('Cut the response'))";
    desk.says("[role=grid] .row", "Cut the response").await?;
    within(desk, "the refusal in the list", "[role=grid] .ticket", "refused").await?;
    desk.window.execute(&format!("{second}.click()"), &[]).await?;
    within(desk, "the refusal at its field", ".field .error", "Jira:").await?;
    ensure!(jira.issue_called("Cut the response down").is_none(), "it was refused");
    desk.pictures("follow-up-refused").await?;
    desk.window.execute("document.querySelector('[name=due]').focus()", &[]).await?;
    desk.window.press(&[Key::Control, Key::Char('a')]).await?;
    desk.press(&[Key::Backspace, Key::Enter]).await?;
    within(desk, "the ticket after the cure", "section[aria-label=Ticket]", "OPS-2").await?;
    ensure!(jira.issue_called("Cut the response down").is_some(), "corrected, it went out by itself");
    Ok(())
}

/// Closed in Jira, it is done here, and the incident tells.
async fn closed_there(desk: &Desk, jira: &Jira, incident: &str) -> Result {
    jira.books().change("OPS-2", "status", json!("5"));
    desk.go(&format!("/incident/{incident}")).await?;
    within(desk, "the timeline to tell of it", "[data-entry]", "Cut the response down: done").await?;
    desk.says(".facts", "1 of 2 open").await?;
    desk.pictures("follow-up-closed-there").await
}

/// Waits, longer than for a page, until an element shows a text.
async fn within(desk: &Desk, what: &str, css: &str, part: &str) -> Result {
    let script = "return [...document.querySelectorAll(arguments[0])].some((node) => node.innerText.includes(arguments[1]))";
    let found = wait::until(what, SYNCED, async || {
        Ok((desk.window.execute(script, &[json!(css), json!(part)]).await? == json!(true)).then_some(()))
    });
    match found.await {
        Err(error) => Err(error.context(format!("the page says: {}", desk.window.page_text().await.unwrap_or_default()))),
        found => found,
    }
}

/// Goes to a field and types.
async fn into(desk: &Desk, name: &str, text: &str) -> Result {
    desk.window.find(&format!("[name='{name}']")).await?;
    desk.window.execute("document.querySelector(`[name='${arguments[0]}']`).focus()", &[json!(name)]).await?;
    desk.window.type_text(text).await
}

/// Chooses a word of a list of words.
async fn choose(desk: &Desk, name: &str, word: &str) -> Result {
    let script = "const list = document.querySelector(`[name='${arguments[0]}']`);
        list.focus(); list.value = arguments[1]; list.dispatchEvent(new Event('change', { bubbles: true })); return list.value";
    desk.window.find(&format!("select[name='{name}'] option[value='{word}']")).await?;
    ensure!(desk.window.execute(script, &[json!(name), json!(word)]).await? == json!(word), "{name} has no {word}");
    Ok(())
}
