//! Follow-ups.

use firewatch_engine::view::{FollowUpForm, FollowUpRow, FollowUpView};

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
