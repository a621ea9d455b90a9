//! What spent the budget, and who explains it.

use firewatch_engine::view::{IncidentView, LedgerView};

use super::{Held, blocking};
use crate::error::WireError;

/// Every bad event of an SLO's window with its owner.
#[tauri::command]
#[specta::specta]
pub async fn slo_ledger(app: Held<'_>, id: String) -> Result<LedgerView, WireError> {
    blocking(&app, move |engine| engine.slo_ledger(&id)).await
}

/// Lays a stretch of an SLO's window to an incident; unix seconds.
#[tauri::command]
#[specta::specta]
pub async fn attach_impact(app: Held<'_>, incident: String, slo: String, from: f64, to: f64) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.attach_impact(&incident, &slo, from, to)).await
}

/// Declares an incident for a stretch that nobody explained; unix seconds.
#[tauri::command]
#[specta::specta]
pub async fn declare_impact(
    app: Held<'_>,
    title: String,
    severity: String,
    slo: String,
    from: f64,
    to: f64,
) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.declare_impact(&title, &severity, &slo, from, to)).await
}
