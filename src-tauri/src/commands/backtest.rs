//! History replayed, and what is learned from it.

use firewatch_engine::view::{AdoptForm, Adopted, Backtest, BacktestForm, TighteningForm, Tightenings};

use super::{Held, blocking};
use crate::error::WireError;

/// Replays the history of an SLO against a change of it.
#[tauri::command]
#[specta::specta]
pub async fn backtest_run(app: Held<'_>, form: BacktestForm) -> Result<Backtest, WireError> {
    blocking(&app, move |engine| engine.backtest(&form)).await
}

/// Objectives that history proposes.
#[tauri::command]
#[specta::specta]
pub async fn tightenings(app: Held<'_>, form: TighteningForm) -> Result<Tightenings, WireError> {
    blocking(&app, move |engine| engine.tightenings(&form)).await
}

/// Takes one over; adopting the answer's `undo` takes it back.
#[tauri::command]
#[specta::specta]
pub async fn adopt(app: Held<'_>, form: AdoptForm) -> Result<Adopted, WireError> {
    Ok(app.engine()?.adopt(form).await?)
}
