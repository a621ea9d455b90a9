//! The outbox, its destinations, and status updates.

use firewatch_engine::view::{ActRow, DestinationForm, DestinationRow, IncidentView, SourceTest, UpdateDraft};

use super::{Held, blocking};
use crate::error::WireError;

/// All acts, newest first.
#[tauri::command]
#[specta::specta]
pub async fn outbox(app: Held<'_>) -> Result<Vec<ActRow>, WireError> {
    blocking(&app, |engine| engine.outbox()).await
}

/// Acts about an incident, oldest first.
#[tauri::command]
#[specta::specta]
pub async fn acts_about(app: Held<'_>, object: String) -> Result<Vec<ActRow>, WireError> {
    blocking(&app, move |engine| engine.acts_about(&object)).await
}

/// Sends an act again.
#[tauri::command]
#[specta::specta]
pub async fn act_retry(app: Held<'_>, id: String) -> Result<ActRow, WireError> {
    blocking(&app, move |engine| engine.retry_act(&id)).await
}

/// Says how an act ended: `done:KEY` or `drop`.
#[tauri::command]
#[specta::specta]
pub async fn act_settle(app: Held<'_>, id: String, how: String) -> Result<ActRow, WireError> {
    blocking(&app, move |engine| engine.settle_act(&id, &how)).await
}

/// Where acts go.
#[tauri::command]
#[specta::specta]
pub async fn destinations(app: Held<'_>) -> Result<Vec<DestinationRow>, WireError> {
    blocking(&app, |engine| engine.destinations()).await
}

/// Adds a destination.
#[tauri::command]
#[specta::specta]
pub async fn destination_add(app: Held<'_>, form: DestinationForm) -> Result<DestinationRow, WireError> {
    Ok(app.engine()?.add_destination(form, None).await?)
}

/// Tests a destination, posting nothing.
#[tauri::command]
#[specta::specta]
pub async fn destination_test(app: Held<'_>, name: String) -> Result<SourceTest, WireError> {
    Ok(app.engine()?.test_destination(&name).await?)
}

/// Removes a destination.
#[tauri::command]
#[specta::specta]
pub async fn destination_remove(app: Held<'_>, name: String) -> Result<(), WireError> {
    Ok(app.engine()?.remove_destination(&name).await?)
}

/// A first draft of the next update.
#[tauri::command]
#[specta::specta]
pub async fn update_draft(app: Held<'_>, id: String) -> Result<UpdateDraft, WireError> {
    blocking(&app, move |engine| engine.draft_update(&id)).await
}

/// Posts an update, exactly as given.
#[tauri::command]
#[specta::specta]
pub async fn update_post(app: Held<'_>, id: String, text: String, destinations: Vec<String>) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.post_update(&id, &text, &destinations)).await
}
