//! Every page of the real window is usable by everyone: axe finds nothing in light or dark. Leaves a picture of each.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::session::Furniture;
use firewatch_tests::window::Key;
use firewatch_tests::{Result, parts};
use serde_json::{Value, json};

use crate::desk::{self, Desk};

const FIRST_LOAD: &str = "First load of the settings page";
/// Pages that are looked at before there is anything on them.
const EMPTY: [&str; 10] = [
    "/watch",
    "/watch/probe",
    "/watch/prometheus",
    "/incident",
    "/follow-ups",
    "/postmortem",
    "/library",
    "/oncall",
    "/connections",
    "/inbox",
];
/// One of everything that an editor writes.
const PAPER: &str = "## What was the problem?\n\nThirteen integrations were **asked** one after [another](https://example.com).\n\n\
    - one\n- two\n\n1. first\n\n- [x] done\n- [ ] open\n\n> quoted\n\n```\nlet x = 1;\n```\n\n---\n\n| Partner | Waits |\n|---|---|\n| A | 3 s |\n";
/// Ada by day, Bob by night.
const SHIFTS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//firewatch//test//EN\r\n\
    BEGIN:VEVENT\r\nUID:day\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T080000Z\r\nDTEND:20260101T200000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Ada\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:night\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T200000Z\r\nDTEND:20260102T080000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Bob\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

/// What axe found, a line each, with the place it was found at.
const RUN: &str = "const done = arguments[arguments.length - 1];
    window.axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`))),
        (error) => done([`axe itself failed: ${error}`]));";

#[tokio::test]
async fn axe_finds_nothing_on_any_page_in_light_and_dark() -> Result {
    let Some(program) = desk::program("axe", Furniture::FULL, &[])? else { return Ok(()) };
    let Ok(axe) = std::fs::read_to_string(parts::checkout().join("ui/node_modules/axe-core/axe.min.js")) else {
        return parts::absent("axe", "ui/node_modules/axe-core (npm ci in ui)").map(drop);
    };
    let desk = Desk::open(&program, Furniture::FULL).await?;
    // The driver's scripts stand outside of the page's policy; the page itself could not load this one.
    desk.window.execute(&axe, &[]).await?;
    ensure!(desk.window.execute("return typeof window.axe?.run", &[]).await? == json!("function"), "axe did not load");

    sees_what_is_wrong(&desk).await?;

    let mut found = Vec::new();
    for route in EMPTY {
        audit(&desk, route, &mut found).await?;
    }
    desk.go("/watch").await?;
    desk.window.find(".choices button:focus").await?;
    desk.press(&[Key::Enter]).await?;
    desk.becomes(FIRST_LOAD, "burning", Duration::from_secs(90)).await?;
    desk.press(&[Key::Char('j'), Key::Enter]).await?;
    desk.window.find("section[aria-label=SLO] canvas").await?;
    let slo = desk.window.execute("return location.hash.slice(1)", &[]).await?;
    let slo = slo.as_str().context("no address")?.to_owned();
    for route in ["/watch", &slo, "/connections", "/connections/prometheus", "/connections/import", "/connections/suggest/drill"] {
        audit(&desk, route, &mut found).await?;
    }
    for route in ["/inbox", "/settings", "/doctor"] {
        audit(&desk, route, &mut found).await?;
    }
    desk.go(&slo).await?;
    desk.window.find("section[aria-label=SLO] canvas").await?;
    desk.press(&[Key::Char('d')]).await?;
    desk.window.find("[role=dialog] input:focus").await?;
    look(&desk, "the declaration", &mut found).await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.find("section[aria-label=Incident] h1").await?;
    look(&desk, "the incident", &mut found).await?;
    desk.press(&[Key::Char('?')]).await?;
    desk.window.find("[role=dialog]").await?;
    look(&desk, "the keys", &mut found).await?;
    desk.press(&[Key::Escape]).await?;
    desk.window.press(&[Key::Control, Key::Char('k')]).await?;
    desk.window.find("[data-command-input]:focus").await?;
    look(&desk, "the palette", &mut found).await?;
    desk.press(&[Key::Escape]).await?;
    desk.window.gone("[role=dialog]").await?;
    written_up(&desk, &mut found).await?;
    ensure!(found.is_empty(), "axe found:\n{}", found.join("\n"));
    Ok(())
}

/// What is written about an incident afterwards: follow-ups, a postmortem, a calendar of shifts, and what is found of them.
async fn written_up(desk: &Desk, found: &mut Vec<String>) -> Result {
    let cli = Cli::new(&desk.session, &desk.profile().join("drill"))?;
    let incidents = cli.json(&["incident", "list"]).await?;
    let incident = incidents[0]["id"].as_str().context("the incident is gone")?;
    let hypothesis = "settings-first-load improves 10x on staging then production";
    let first = cli.json(&["followup", "add", incident, "Load in parallel", "--due", "tomorrow", "--hypothesis", hypothesis]).await?;
    cli.json(&["followup", "add", incident, "Cut the response down", "--owner", "Ada", "--label", "settings"]).await?;
    let paper = desk.session.folder().join("paper.md");
    std::fs::write(&paper, PAPER)?;
    cli.json(&["postmortem", "import", incident, &paper.to_string_lossy()]).await?;
    let shifts = desk.session.folder().join("shifts.ics");
    std::fs::write(&shifts, SHIFTS)?;
    cli.json(&["oncall", "add", "operations", &shifts.to_string_lossy()]).await?;

    let follow_up = format!("/follow-ups/{}", first["id"].as_str().context("an id")?);
    let paper = format!("/postmortem/{incident}");
    for (route, name, css, says) in [
        ("/follow-ups", "/follow-ups", "[role=grid] .row", "Load in parallel"),
        (&follow_up, "a follow-up", "section[aria-label=Proof]", "staging"),
        ("/postmortem", "/postmortem", "main", FIRST_LOAD),
        (&paper, "a postmortem", ".prose", "Thirteen integrations"),
        ("/oncall", "/oncall", "main", "operations"),
    ] {
        desk.go(route).await?;
        desk.says(css, says).await?;
        look(desk, name, found).await?;
    }
    for (chord, name) in [('c', "Comments"), ('r', "Review"), ('h', "History")] {
        desk.go(&paper).await?;
        desk.window.find(".prose").await?;
        desk.window.press(&[Key::Alt, Key::Char(chord)]).await?;
        if !desk.at(&format!("aside[aria-label={name}]"), "").await? {
            desk.window.press(&[Key::Alt, Key::Char(chord)]).await?;
        }
        desk.window.find(&format!("aside[aria-label={name}]")).await?;
        look(desk, &format!("the postmortem with {name}"), found).await?;
    }
    desk.go("/library").await?;
    desk.window.find("input[type=search]:focus").await?;
    desk.window.type_text("integrations").await?;
    desk.says("[aria-label=Found] .kind", "postmortem").await?;
    look(desk, "/library", found).await
}

/// A judge that never finds anything is no judge: a picture without words is found.
async fn sees_what_is_wrong(desk: &Desk) -> Result {
    desk.window.execute("document.querySelector('main').append(new Image())", &[]).await?;
    let found = desk.window.execute_async(RUN, &[]).await?;
    desk.window.execute("document.querySelector('main > img').remove()", &[]).await?;
    ensure!(found.to_string().contains("image-alt"), "axe sees nothing here: {found}");
    Ok(())
}

async fn audit(desk: &Desk, route: &str, found: &mut Vec<String>) -> Result {
    desk.go(route).await?;
    look(desk, route, found).await
}

/// In both schemes; set on the page itself, because the palette would change what is looked at.
async fn look(desk: &Desk, place: &str, found: &mut Vec<String>) -> Result {
    for theme in ["light", "dark"] {
        desk.window.execute("document.documentElement.dataset.theme = arguments[0]", &[json!(theme)]).await?;
        // Changes fade in; axe would read the colours of a half-way point.
        tokio::time::sleep(Duration::from_millis(300)).await;
        desk.picture(&format!("page-{}-{theme}", picture_name(place))).await?;
        let violations = desk.window.execute_async(RUN, &[]).await?;
        let lines = violations.as_array().context("no answer of axe")?.iter().filter_map(Value::as_str);
        found.extend(lines.map(|line| format!("{place}, {theme}: {line}")));
    }
    Ok(())
}

/// `/connections/import` as `connections-import`; the long id of an SLO as `slo`.
fn picture_name(place: &str) -> String {
    let spoken = place.trim_matches('/').replace(['/', ' '], "-");
    match spoken.strip_prefix("watch-") {
        Some(id) if id.len() > 20 => "slo".to_owned(),
        _ => spoken,
    }
}
