//! Every page of the real window is usable by everyone: axe finds nothing in light or dark. Leaves a picture of each.

use crate::desk;
use std::time::Duration;

use crate::desk::Desk;
use anyhow::{Context, ensure};
use firewatch_tests::session::Furniture;
use firewatch_tests::window::Key;
use firewatch_tests::{Result, parts};
use serde_json::{Value, json};

const FIRST_LOAD: &str = "First load of the settings page";

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
    for route in ["/watch", "/watch/probe", "/watch/prometheus", "/incident", "/connections", "/inbox"] {
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
    ensure!(found.is_empty(), "axe found:\n{}", found.join("\n"));
    Ok(())
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
