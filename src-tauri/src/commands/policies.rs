//! Policies and what they propose.

use firewatch_engine::view::{IncidentView, PolicyRow};

use super::{Held, blocking};
use crate::error::WireError;

/// Policies in order.
#[tauri::command]
#[specta::specta]
pub async fn policies(app: Held<'_>) -> Result<Vec<PolicyRow>, WireError> {
    blocking(&app, |engine| engine.policies()).await
}

/// Adds or changes a policy.
#[tauri::command]
#[specta::specta]
pub async fn save_policy(app: Held<'_>, policy: PolicyRow) -> Result<PolicyRow, WireError> {
    blocking(&app, move |engine| engine.save_policy(&policy)).await
}

/// Removes a policy.
#[tauri::command]
#[specta::specta]
pub async fn remove_policy(app: Held<'_>, id: String) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.remove_policy(&id)).await
}

/// Opens the incident that a policy proposed.
#[tauri::command]
#[specta::specta]
pub async fn proposal_take(app: Held<'_>, id: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.take_proposal(&id)).await
}

/// Puts a proposal away.
#[tauri::command]
#[specta::specta]
pub async fn proposal_drop(app: Held<'_>, id: String) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.drop_proposal(&id)).await
}
