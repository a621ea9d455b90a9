//! Minutes that do not count.

use firewatch_engine::view::{ExclusionForm, ExclusionRow};

use super::{Held, blocking};
use crate::error::WireError;

/// All exclusions, those taken back too.
#[tauri::command]
#[specta::specta]
pub async fn exclusions(app: Held<'_>) -> Result<Vec<ExclusionRow>, WireError> {
    blocking(&app, |engine| engine.exclusions()).await
}

/// Excludes minutes.
#[tauri::command]
#[specta::specta]
pub async fn exclude(app: Held<'_>, form: ExclusionForm) -> Result<ExclusionRow, WireError> {
    blocking(&app, move |engine| engine.exclude(&form)).await
}

/// Takes an exclusion back.
#[tauri::command]
#[specta::specta]
pub async fn undo_exclusion(app: Held<'_>, id: String) -> Result<ExclusionRow, WireError> {
    blocking(&app, move |engine| engine.undo_exclusion(&id)).await
}
