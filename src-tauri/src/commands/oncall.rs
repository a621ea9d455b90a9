//! Who is on call.

use firewatch_engine::view::{CalendarForm, HandoverNote, OnCallView};

use super::{Held, blocking};
use crate::error::WireError;

/// Who is on call, now or at a time.
#[tauri::command]
#[specta::specta]
pub async fn on_call(app: Held<'_>, at: Option<String>) -> Result<OnCallView, WireError> {
    blocking(&app, move |engine| engine.on_call(at.as_deref())).await
}

/// Adds a calendar of shifts once it could be read.
#[tauri::command]
#[specta::specta]
pub async fn calendar_add(app: Held<'_>, form: CalendarForm) -> Result<OnCallView, WireError> {
    Ok(app.engine()?.add_calendar(form, None).await?)
}

/// Removes a calendar.
#[tauri::command]
#[specta::specta]
pub async fn calendar_remove(app: Held<'_>, name: String) -> Result<OnCallView, WireError> {
    Ok(app.engine()?.remove_calendar(&name).await?)
}

/// Reads all calendars again now.
#[tauri::command]
#[specta::specta]
pub async fn calendars_read(app: Held<'_>) -> Result<OnCallView, WireError> {
    Ok(app.engine()?.read_calendars().await?)
}

/// The note for who takes over.
#[tauri::command]
#[specta::specta]
pub async fn handover(app: Held<'_>, from: Option<String>, to: Option<String>) -> Result<HandoverNote, WireError> {
    blocking(&app, move |engine| engine.handover(from.as_deref(), to.as_deref())).await
}
