//! Follow-ups.

use firewatch_engine::view::{FollowUpForm, FollowUpRow, FollowUpView, HypothesisPreview, ProveForm, ShipForm};

use super::{Held, blocking};
use crate::error::WireError;

/// All follow-ups, open ones first.
#[tauri::command]
#[specta::specta]
pub async fn followups(app: Held<'_>) -> Result<Vec<FollowUpRow>, WireError> {
    blocking(&app, |engine| engine.followups()).await
}

/// One follow-up.
#[tauri::command]
#[specta::specta]
pub async fn followup(app: Held<'_>, id: String) -> Result<FollowUpView, WireError> {
    blocking(&app, move |engine| engine.followup(&id)).await
}

/// Writes a follow-up down.
#[tauri::command]
#[specta::specta]
pub async fn followup_add(app: Held<'_>, form: FollowUpForm) -> Result<FollowUpView, WireError> {
    blocking(&app, move |engine| engine.add_followup(&form)).await
}

/// Changes a follow-up.
#[tauri::command]
#[specta::specta]
pub async fn followup_change(app: Held<'_>, id: String, form: FollowUpForm) -> Result<FollowUpView, WireError> {
    blocking(&app, move |engine| engine.change_followup(&id, &form)).await
}

/// Changes many follow-ups alike: all of them, or none.
#[tauri::command]
#[specta::specta]
pub async fn followups_change(app: Held<'_>, ids: Vec<String>, form: FollowUpForm) -> Result<Vec<FollowUpRow>, WireError> {
    blocking(&app, move |engine| engine.change_followups(&ids, &form)).await
}

/// Notes that a follow-up has shipped.
#[tauri::command]
#[specta::specta]
pub async fn followup_ship(app: Held<'_>, id: String, form: ShipForm) -> Result<FollowUpView, WireError> {
    blocking(&app, move |engine| engine.ship_followup(&id, &form)).await
}

/// Looks at what the data say of a follow-up's hypothesis now.
#[tauri::command]
#[specta::specta]
pub async fn followup_prove(app: Held<'_>, id: String, form: ProveForm) -> Result<FollowUpView, WireError> {
    blocking(&app, move |engine| engine.prove(&id, &form)).await
}

/// What a hypothesis as typed means, and how its SLOs stand now.
#[tauri::command]
#[specta::specta]
pub async fn hypothesis_preview(
    app: Held<'_>,
    text: String,
    slo: Option<String>,
    incident: Option<String>,
) -> Result<HypothesisPreview, WireError> {
    blocking(&app, move |engine| engine.preview_hypothesis(&text, slo.as_deref(), incident.as_deref())).await
}
