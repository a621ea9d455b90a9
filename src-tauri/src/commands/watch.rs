//! The Watch page and the inbox.

use firewatch_engine::Engine;
use firewatch_engine::view::{AlertPage, Frame, InboxItem, SloCharts, SloDetail, Spark, WatchPage};
use tauri_plugin_opener::open_url;

use super::{Held, blocking};
use crate::error::WireError;
use crate::windows;

/// Everything the list needs.
#[tauri::command]
#[specta::specta]
pub async fn watch_page(app: Held<'_>) -> Result<WatchPage, WireError> {
    if let Some(list) = app.first_list().await {
        return Ok(list);
    }
    blocking(&app, |engine| engine.watch_page()).await
}

/// The sketches of the rows on screen.
#[tauri::command]
#[specta::specta]
pub async fn sparks(app: Held<'_>, ids: Vec<String>) -> Result<Vec<Spark>, WireError> {
    blocking(&app, move |engine| engine.sparks(&ids)).await
}

/// What surrounds every page.
#[tauri::command]
#[specta::specta]
pub async fn frame(app: Held<'_>) -> Result<Frame, WireError> {
    blocking(&app, |engine| engine.frame()).await
}

/// One SLO opened.
#[tauri::command]
#[specta::specta]
pub async fn slo_detail(app: Held<'_>, id: String) -> Result<SloDetail, WireError> {
    Ok(app.engine()?.slo_detail(&id).await?)
}

/// Its charts over the last hours, or over its whole window.
#[tauri::command]
#[specta::specta]
pub async fn slo_charts(app: Held<'_>, id: String, hours: Option<f64>) -> Result<SloCharts, WireError> {
    blocking(&app, move |engine| engine.slo_charts(&id, hours)).await
}

/// Removes an SLO with its history.
#[tauri::command]
#[specta::specta]
pub async fn slo_remove(app: Held<'_>, id: String) -> Result<(), WireError> {
    Ok(app.engine()?.remove_slo(&id).await?)
}

/// Firing alerts of an SLO, else of a journey, else those folded nowhere; a page of them.
#[tauri::command]
#[specta::specta]
pub async fn alerts(app: Held<'_>, journey_key: Option<String>, slo_id: Option<String>, offset: u32) -> Result<AlertPage, WireError> {
    blocking(&app, move |engine| engine.alerts(journey_key.as_deref(), slo_id.as_deref(), offset)).await
}

/// Announcements, newest first.
#[tauri::command]
#[specta::specta]
pub async fn inbox(app: Held<'_>) -> Result<Vec<InboxItem>, WireError> {
    blocking(&app, |engine| engine.inbox()).await
}

/// One announcement was looked at, or all of them.
#[tauri::command]
#[specta::specta]
pub async fn mark_read(app: Held<'_>, id: Option<String>) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.mark_read(id.as_deref())).await
}

/// Reminders of a journey stop until it worsens.
#[tauri::command]
#[specta::specta]
pub async fn acknowledge(app: Held<'_>, journey_key: String) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.acknowledge(&journey_key)).await
}

/// Nothing of a journey is shown for some minutes, only here.
#[tauri::command]
#[specta::specta]
pub async fn snooze(app: Held<'_>, journey_key: String, minutes: u32) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.snooze(&journey_key, minutes)).await
}

/// Ends a snooze.
#[tauri::command]
#[specta::specta]
pub async fn unsnooze(app: Held<'_>, journey_key: String) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.unsnooze(&journey_key)).await
}

/// Stops polling for some minutes.
#[tauri::command]
#[specta::specta]
pub async fn pause(app: Held<'_>, minutes: u32) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.pause(minutes)).await
}

/// Polls again.
#[tauri::command]
#[specta::specta]
pub async fn resume(app: Held<'_>) -> Result<(), WireError> {
    blocking(&app, |engine| engine.resume()).await
}

/// Polls at once.
#[tauri::command]
#[specta::specta]
pub async fn poll_now(app: Held<'_>) -> Result<(), WireError> {
    app.engine()?.poll_now();
    Ok(())
}

/// Opens an address in the system's browser; only http and https, without credentials.
#[tauri::command]
#[specta::specta]
pub async fn open_link(url: String) -> Result<(), WireError> {
    let url = Engine::checked_link(&url)?;
    open_url(url, None::<&str>).map_err(|error| WireError::refused(format!("no browser could be started: {error}")))
}

/// The first page with something on it was painted.
#[tauri::command]
#[specta::specta]
pub async fn painted(app: Held<'_>, rows: u32) -> Result<(), WireError> {
    app.note_painted();
    windows::painted(rows);
    Ok(())
}
