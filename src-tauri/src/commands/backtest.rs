//! History replayed, and what is learned from it.

use firewatch_engine::view::{AdoptForm, Adopted, Backtest, BacktestForm, SloForm, TighteningForm, Tightenings};

use super::{Held, blocking};
use crate::error::WireError;

/// Replays the history of an SLO against a change of it.
#[tauri::command]
#[specta::specta]
pub async fn backtest_run(app: Held<'_>, form: BacktestForm) -> Result<Backtest, WireError> {
    blocking(&app, move |engine| engine.backtest(&form)).await
}

/// Replays the history of an SLO against it as typed.
#[tauri::command]
#[specta::specta]
pub async fn backtest_typed(app: Held<'_>, form: SloForm, days: f64) -> Result<Backtest, WireError> {
    blocking(&app, move |engine| engine.backtest_typed(&form, days)).await
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
