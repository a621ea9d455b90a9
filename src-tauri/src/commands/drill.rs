//! The drill.

use std::sync::Arc;

use super::Held;
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
