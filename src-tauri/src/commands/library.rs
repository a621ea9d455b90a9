//! The library: what was ever written down.

use firewatch_engine::view::{Alike, HitRow};

use super::{Held, blocking};
use crate::error::WireError;

/// What fits a query, the best first.
#[tauri::command]
#[specta::specta]
pub async fn search(app: Held<'_>, query: String, limit: u32) -> Result<Vec<HitRow>, WireError> {
    blocking(&app, move |engine| engine.search(&query, limit)).await
}

/// Earlier incidents that look like one.
#[tauri::command]
#[specta::specta]
pub async fn looks_like(app: Held<'_>, incident: String) -> Result<Vec<Alike>, WireError> {
    blocking(&app, move |engine| engine.looks_like(&incident)).await
}
