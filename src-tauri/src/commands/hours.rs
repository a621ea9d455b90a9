//! Hours of work on an incident.

use firewatch_engine::view::{HoursForm, HoursView};

use super::{Held, blocking};
use crate::error::WireError;

/// All hours of an incident.
#[tauri::command]
#[specta::specta]
pub async fn hours(app: Held<'_>, id: String) -> Result<HoursView, WireError> {
    blocking(&app, move |engine| engine.hours(&id)).await
}

/// Writes hours down.
#[tauri::command]
#[specta::specta]
pub async fn hours_add(app: Held<'_>, id: String, form: HoursForm) -> Result<HoursView, WireError> {
    blocking(&app, move |engine| engine.add_hours(&id, &form)).await
}

/// Starts the person's clock.
#[tauri::command]
#[specta::specta]
pub async fn hours_start(app: Held<'_>, id: String, note: String) -> Result<HoursView, WireError> {
    blocking(&app, move |engine| engine.start_hours(&id, &note)).await
}

/// Stops it.
#[tauri::command]
#[specta::specta]
pub async fn hours_stop(app: Held<'_>, id: String) -> Result<HoursView, WireError> {
    blocking(&app, move |engine| engine.stop_hours(&id)).await
}

/// Shares private hours.
#[tauri::command]
#[specta::specta]
pub async fn hours_share(app: Held<'_>, id: String, row: String) -> Result<HoursView, WireError> {
    blocking(&app, move |engine| engine.share_hours(&id, &row)).await
}

/// Forgets private hours.
#[tauri::command]
#[specta::specta]
pub async fn hours_remove(app: Held<'_>, id: String, row: String) -> Result<HoursView, WireError> {
    blocking(&app, move |engine| engine.remove_hours(&id, &row)).await
}
