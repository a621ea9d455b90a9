//! Relays, and who is there. Awareness updates of the y-protocols travel in base64, as documents do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firewatch_engine::view::{RelayForm, RelayRow, SourceTest};

use super::{Held, blocking};
use crate::error::WireError;

/// Relays, and how they stand.
#[tauri::command]
#[specta::specta]
pub async fn relay_list(app: Held<'_>) -> Result<Vec<RelayRow>, WireError> {
    blocking(&app, |engine| engine.relays()).await
}

/// Adds a relay; an empty kind finds out which one answers.
#[tauri::command]
#[specta::specta]
pub async fn relay_add(app: Held<'_>, form: RelayForm) -> Result<RelayRow, WireError> {
    Ok(app.engine()?.add_relay(form).await?)
}

/// Tests whether a relay answers and lets us in.
#[tauri::command]
#[specta::specta]
pub async fn relay_test(app: Held<'_>, name: String) -> Result<SourceTest, WireError> {
    Ok(app.engine()?.test_relay(&name).await?)
}

/// Shares every incident at a relay, or these alone.
#[tauri::command]
#[specta::specta]
pub async fn relay_share(app: Held<'_>, name: String, all: bool, incidents: Vec<String>) -> Result<RelayRow, WireError> {
    blocking(&app, move |engine| engine.share_at(&name, all, &incidents)).await
}

/// Removes a relay; what came by it stays.
#[tauri::command]
#[specta::specta]
pub async fn relay_remove(app: Held<'_>, name: String) -> Result<(), WireError> {
    Ok(app.engine()?.remove_relay(&name).await?)
}

/// Says who is in a postmortem from this window, as an awareness update in base64.
#[tauri::command]
#[specta::specta]
pub async fn presence_set(app: Held<'_>, incident: String, update: String) -> Result<(), WireError> {
    let update = STANDARD.decode(update).map_err(|_| WireError::invalid("what came is no base64; open the postmortem again"))?;
    blocking(&app, move |engine| engine.set_presence(&incident, &update)).await
}

/// Everybody else who is in a postmortem, as an awareness update in base64; empty for nobody.
#[tauri::command]
#[specta::specta]
pub async fn presence_get(app: Held<'_>, incident: String) -> Result<String, WireError> {
    Ok(STANDARD.encode(blocking(&app, move |engine| engine.presence(&incident)).await?))
}
