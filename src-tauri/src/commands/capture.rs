//! Catching from anywhere, and pictures.

use firewatch_engine::view::{Captured, IncidentView, Picture};

use super::{Held, blocking};
use crate::capture::{self, Capture};
use crate::error::WireError;

/// Writes a line into the open incident.
#[tauri::command]
#[specta::specta]
pub async fn capture_line(app: Held<'_>, text: String) -> Result<Captured, WireError> {
    blocking(&app, move |engine| engine.capture(&text)).await
}

/// Puts what the clipboard holds into the open incident.
#[tauri::command]
#[specta::specta]
pub async fn capture_clipboard(app: Held<'_>) -> Result<Captured, WireError> {
    Ok(capture::caught(&app.handle, &app.engine()?, Capture::Clipboard).await?)
}

/// Puts a part of the screen into the open incident.
#[tauri::command]
#[specta::specta]
pub async fn capture_screenshot(app: Held<'_>) -> Result<Captured, WireError> {
    Ok(capture::caught(&app.handle, &app.engine()?, Capture::Screenshot).await?)
}

/// Takes the last one back.
#[tauri::command]
#[specta::specta]
pub async fn capture_undo(app: Held<'_>) -> Result<IncidentView, WireError> {
    blocking(&app, |engine| engine.undo_capture()).await
}

/// Puts a picture into a timeline, as base64.
#[tauri::command]
#[specta::specta]
pub async fn picture_add(app: Held<'_>, id: String, base64: String, text: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.attach_base64(&id, &base64, &text)).await
}

/// A picture by its hash; none where this profile does not have it.
#[tauri::command]
#[specta::specta]
pub async fn picture(app: Held<'_>, hash: String) -> Result<Option<Picture>, WireError> {
    blocking(&app, move |engine| engine.picture_base64(&hash)).await
}

/// Stars an entry, or takes the star back.
#[tauri::command]
#[specta::specta]
pub async fn entry_star(app: Held<'_>, id: String, entry: String, starred: bool) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.star_entry(&id, &entry, starred)).await
}
