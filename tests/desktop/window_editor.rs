//! An SLO is written in the real window with the keyboard only: metric names, labels and values come from a real Prometheus, its history
//! is drawn before anything is kept, what is wrong is told at its field, and what is saved is watched.

use std::time::Duration;

use anyhow::ensure;
use firewatch_tests::history::{History, Job};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::session::Furniture;
use firewatch_tests::window::Key;
use firewatch_tests::{Result, wait};
use serde_json::json;

use crate::desk::{self, Desk};

#[tokio::test]
async fn an_slo_is_written_by_keyboard_beside_its_history() -> Result {
    let Some(program) = desk::program("the editor", Furniture::default(), &prometheus::PROGRAMS)? else { return Ok(()) };
    let end = wait::now() / 60 * 60;
    let job = Job { name: "shop".to_owned(), rate: 20, bad_ppm: 500, latency: true, ..Job::default() };
    let history = History::ending(end, 32, 60).with(job).write()?;
    let server = Prometheus::start(&Setup { history: Some(history.text), ..Setup::default() }).await?;
    let desk = Desk::open(&program, Furniture::default()).await?;
    desk.cli()?.run(&["source", "add", "prometheus", "prom", &server.url(), "--interval", "10s"]).await?;

    desk.palette("Define an SLO").await?;
    into(&desk, "name", "shop-availability").await?;
    into(&desk, "service", "shop").await?;
    into(&desk, "indicator.part", "requests tot").await?;
    desk.says("[role=option]", "http_requests_total").await?;
    desk.press(&[Key::Down, Key::Enter]).await?;
    holds(&desk, "indicator.part", "http_requests_total").await?;
    holds(&desk, "indicator.total", "http_requests_total").await?;
    desk.window.type_text("{cod").await?;
    desk.says("[role=option]", "code").await?;
    desk.press(&[Key::Down, Key::Enter]).await?;
    desk.says("[role=option]", "500").await?;
    desk.window.type_text("500").await?;
    holds(&desk, "indicator.part", "http_requests_total{code=\"500\"}").await?;
    desk.press(&[Key::Escape]).await?;

    // The chart is there before anything was saved.
    desk.window.find("[aria-label=Preview] canvas").await?;
    desk.says("[aria-label=Preview] dd", "99.9").await?;
    ensure!(desk.cli()?.json(&["slo", "list"]).await? == json!([]), "nothing is kept before it is saved");
    desk.pictures("editor-preview").await?;

    replace(&desk, "objective", "0.99").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.find("[name=objective][aria-invalid=true]:focus").await?;
    desk.says(".field .error", "99").await?;
    ensure!(desk.cli()?.json(&["slo", "list"]).await? == json!([]), "what is wrong is not kept");
    replace(&desk, "objective", "99.5").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.find("section[aria-label=SLO] h1").await?;
    let row = desk.becomes("shop-availability", "calm", Duration::from_mins(2)).await?;
    ensure!(row.left.contains('%'), "{row:?}");
    let shown = desk.cli()?.json(&["slo", "show", "shop-availability"]).await?;
    ensure!(shown["objective"] == json!(0.995) && shown["service"] == json!("shop"), "{shown:#}");
    Ok(())
}

/// Goes to a field and types.
async fn into(desk: &Desk, name: &str, text: &str) -> Result {
    desk.window.find(&format!("[name='{name}']")).await?;
    desk.window.execute("document.querySelector(`[name='${arguments[0]}']`).focus()", &[json!(name)]).await?;
    desk.window.type_text(text).await
}

/// Goes to a field and types over what it holds.
async fn replace(desk: &Desk, name: &str, text: &str) -> Result {
    desk.window.execute("document.querySelector(`[name='${arguments[0]}']`).focus()", &[json!(name)]).await?;
    desk.window.press(&[Key::Control, Key::Char('a')]).await?;
    desk.window.type_text(text).await
}

/// Waits until a field holds a text.
async fn holds(desk: &Desk, name: &str, text: &str) -> Result {
    let script = "return document.querySelector(`[name='${arguments[0]}']`)?.value ?? null";
    desk.until(&format!("{name} to hold {text}"), async || {
        Ok((desk.window.execute(script, &[json!(name)]).await? == json!(text)).then_some(()))
    })
    .await
}
