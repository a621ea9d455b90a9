//! Definitions: the list, the editor with its looks at history, names for completion, export.

use std::path::PathBuf;

use firewatch_engine::view::{DefinitionRow, DroppedFile, LookupForm, SloEditor, SloForm, SloPreview};

use super::{Held, blocking};
use crate::error::WireError;

/// All definitions.
#[tauri::command]
#[specta::specta]
pub async fn definitions(app: Held<'_>) -> Result<Vec<DefinitionRow>, WireError> {
    blocking(&app, |engine| engine.definition_rows()).await
}

/// What the editor starts from: a definition, a copy of one, or nothing yet.
#[tauri::command]
#[specta::specta]
pub async fn slo_editor(app: Held<'_>, id: Option<String>, copy: bool) -> Result<SloEditor, WireError> {
    blocking(&app, move |engine| engine.slo_editor(id.as_deref(), copy)).await
}

/// What is wrong with a definition as typed, without asking its source.
#[tauri::command]
#[specta::specta]
pub async fn slo_check(app: Held<'_>, form: SloForm) -> Result<SloPreview, WireError> {
    blocking(&app, move |engine| engine.check_slo(&form)).await
}

/// What the last hours say of a definition as typed.
#[tauri::command]
#[specta::specta]
pub async fn slo_preview(app: Held<'_>, form: SloForm, hours: f64) -> Result<SloPreview, WireError> {
    Ok(app.engine()?.preview_slo(form, hours).await?)
}

/// Saves what was typed; answers the id.
#[tauri::command]
#[specta::specta]
pub async fn slo_save(app: Held<'_>, form: SloForm) -> Result<String, WireError> {
    Ok(app.engine()?.save_slo(form).await?)
}

/// Keeps what is being typed.
#[tauri::command]
#[specta::specta]
pub async fn slo_draft_keep(app: Held<'_>, form: SloForm) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.keep_slo_draft(&form)).await
}

/// Throws away what was typed.
#[tauri::command]
#[specta::specta]
pub async fn slo_draft_drop(app: Held<'_>, id: Option<String>) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.drop_slo_draft(id.as_deref())).await
}

/// Definitions as OpenSLO v1 documents; all where none is named.
#[tauri::command]
#[specta::specta]
pub async fn slo_export(app: Held<'_>, names: Vec<String>) -> Result<Vec<DroppedFile>, WireError> {
    blocking(&app, move |engine| engine.export_slos(&names)).await
}

/// The same as files in a folder; answers their paths.
#[tauri::command]
#[specta::specta]
pub async fn slo_write(app: Held<'_>, names: Vec<String>, folder: String) -> Result<Vec<String>, WireError> {
    blocking(&app, move |engine| engine.write_slos(&names, &PathBuf::from(folder.trim()))).await
}

/// Names of metrics, labels or values known to a source.
#[tauri::command]
#[specta::specta]
pub async fn look_up(app: Held<'_>, form: LookupForm) -> Result<Vec<String>, WireError> {
    Ok(app.engine()?.look_up(form).await?)
}
