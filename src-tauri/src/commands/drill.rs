//! The drill.

use std::sync::Arc;

use firewatch_engine::view::DrillScore;

use super::{Held, blocking};
use crate::error::WireError;

/// Plays the Settings story, from its beginning.
#[tauri::command]
#[specta::specta]
pub async fn start_drill(app: Held<'_>, speed: f64) -> Result<(), WireError> {
    Ok(Arc::clone(&app).start_drill(speed).await?)
}

/// Ends the drill.
#[tauri::command]
#[specta::specta]
pub async fn stop_drill(app: Held<'_>) -> Result<(), WireError> {
    Arc::clone(&app).stop_drill();
    Ok(())
}

/// How the drill on screen went so far.
#[tauri::command]
#[specta::specta]
pub async fn drill_score(app: Held<'_>) -> Result<Option<DrillScore>, WireError> {
    blocking(&app, |engine| engine.drill_score()).await
}
