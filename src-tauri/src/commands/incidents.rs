//! Incidents.

use firewatch_engine::view::IncidentView;

use super::{Held, blocking};
use crate::error::WireError;

/// All incidents, open ones first.
#[tauri::command]
#[specta::specta]
pub async fn incidents(app: Held<'_>) -> Result<Vec<IncidentView>, WireError> {
    blocking(&app, |engine| engine.incidents()).await
}

/// One incident.
#[tauri::command]
#[specta::specta]
pub async fn incident(app: Held<'_>, id: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.incident(&id)).await
}

/// Declares one.
#[tauri::command]
#[specta::specta]
pub async fn declare(app: Held<'_>, title: String, severity: String, slo_ids: Vec<String>) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.declare(&title, &severity, &slo_ids)).await
}

/// Writes into the timeline.
#[tauri::command]
#[specta::specta]
pub async fn add_entry(app: Held<'_>, id: String, text: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.add_entry(&id, &text)).await
}

/// Moves it to a phase.
#[tauri::command]
#[specta::specta]
pub async fn set_phase(app: Held<'_>, id: String, phase: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.set_phase(&id, &phase)).await
}

/// Says how grave it is.
#[tauri::command]
#[specta::specta]
pub async fn set_severity(app: Held<'_>, id: String, severity: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.set_severity(&id, &severity)).await
}

/// Gives a role to a person.
#[tauri::command]
#[specta::specta]
pub async fn assign_role(app: Held<'_>, id: String, role: String, person: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.assign_role(&id, &role, &person)).await
}
