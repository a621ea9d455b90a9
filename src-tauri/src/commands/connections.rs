//! Sources, suggestions, imports, probes.

use firewatch_engine::view::{
    AcceptedSuggestion, DatadogForm, DroppedFile, FolderRow, ImportLine, ProbeForm, SourceForm, SourceRow, SourceTest, Suggestion,
};

use super::{Held, blocking};
use crate::error::WireError;

/// Sources with their health.
#[tauri::command]
#[specta::specta]
pub async fn sources(app: Held<'_>) -> Result<Vec<SourceRow>, WireError> {
    blocking(&app, |engine| engine.sources_list()).await
}

/// Adds a source.
#[tauri::command]
#[specta::specta]
pub async fn source_add(app: Held<'_>, form: SourceForm) -> Result<SourceRow, WireError> {
    Ok(app.engine()?.add_source_form(form).await?)
}

/// A source as it would have been typed; never its secret.
#[tauri::command]
#[specta::specta]
pub async fn source_form(app: Held<'_>, name: String) -> Result<SourceForm, WireError> {
    Ok(app.engine()?.source_form(&name).await?)
}

/// Changes a source.
#[tauri::command]
#[specta::specta]
pub async fn source_update(app: Held<'_>, form: SourceForm) -> Result<SourceRow, WireError> {
    Ok(app.engine()?.change_source(form).await?)
}

/// Tests what was typed, before anything is kept.
#[tauri::command]
#[specta::specta]
pub async fn source_try(app: Held<'_>, form: SourceForm) -> Result<SourceTest, WireError> {
    Ok(app.engine()?.try_source(form).await?)
}

/// Adds Datadog.
#[tauri::command]
#[specta::specta]
pub async fn datadog_add(app: Held<'_>, form: DatadogForm) -> Result<SourceRow, WireError> {
    Ok(app.engine()?.add_datadog_form(form).await?)
}

/// Tests the site and keys that were typed, before anything is kept.
#[tauri::command]
#[specta::specta]
pub async fn datadog_try(app: Held<'_>, form: DatadogForm) -> Result<SourceTest, WireError> {
    Ok(app.engine()?.try_datadog(form).await?)
}

/// Tests a source.
#[tauri::command]
#[specta::specta]
pub async fn source_test(app: Held<'_>, name: String) -> Result<SourceTest, WireError> {
    Ok(app.engine()?.test_source(&name).await?)
}

/// Removes a source with its secrets.
#[tauri::command]
#[specta::specta]
pub async fn source_remove(app: Held<'_>, name: String) -> Result<(), WireError> {
    Ok(app.engine()?.remove_source(&name).await?)
}

/// SLOs proposed from what a source has.
#[tauri::command]
#[specta::specta]
pub async fn suggestions(app: Held<'_>, source: String) -> Result<Vec<Suggestion>, WireError> {
    Ok(app.engine()?.suggestions(&source).await?)
}

/// Takes suggestions as the person accepted them.
#[tauri::command]
#[specta::specta]
pub async fn accept_suggestions(app: Held<'_>, source: String, accepted: Vec<AcceptedSuggestion>) -> Result<Vec<ImportLine>, WireError> {
    Ok(app.engine()?.accept(&source, accepted).await?)
}

/// Imports documents the person dropped.
#[tauri::command]
#[specta::specta]
pub async fn import_documents(
    app: Held<'_>,
    files: Vec<DroppedFile>,
    source: String,
    environment: String,
) -> Result<Vec<ImportLine>, WireError> {
    Ok(app.engine()?.import(files, &source, &environment).await?)
}

/// Adds an SLO on the built-in probe.
#[tauri::command]
#[specta::specta]
pub async fn probe_add(app: Held<'_>, form: ProbeForm) -> Result<ImportLine, WireError> {
    Ok(app.engine()?.add_probe(form).await?)
}

/// Watched folders.
#[tauri::command]
#[specta::specta]
pub async fn folders(app: Held<'_>) -> Result<Vec<FolderRow>, WireError> {
    blocking(&app, |engine| engine.folders()).await
}

/// Watches a folder of documents as the source of truth.
#[tauri::command]
#[specta::specta]
pub async fn folder_watch(app: Held<'_>, path: String, source: String, environment: String) -> Result<FolderRow, WireError> {
    Ok(app.engine()?.watch_folder(std::path::Path::new(path.trim()), &source, &environment).await?)
}

/// Stops watching a folder; its SLOs stay.
#[tauri::command]
#[specta::specta]
pub async fn folder_unwatch(app: Held<'_>, id: String) -> Result<(), WireError> {
    Ok(app.engine()?.unwatch_folder(&id).await.map(|_| ())?)
}
