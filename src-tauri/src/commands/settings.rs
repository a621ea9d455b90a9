//! Settings, the doctor, the end.

use firewatch_engine::view::{DoctorLine, Settings};
use tauri_plugin_autostart::ManagerExt;

use super::{Held, blocking};
use crate::error::WireError;

/// What was chosen.
#[tauri::command]
#[specta::specta]
pub async fn settings(app: Held<'_>) -> Result<Settings, WireError> {
    blocking(&app, |engine| engine.settings()).await
}

/// Saves what was chosen; starting at login is arranged with the system at once.
#[tauri::command]
#[specta::specta]
pub async fn save_settings(app: Held<'_>, settings: Settings) -> Result<Settings, WireError> {
    let autostart = app.handle.autolaunch();
    if autostart.is_enabled().unwrap_or(false) != settings.start_at_login {
        let arranged = if settings.start_at_login { autostart.enable() } else { autostart.disable() };
        arranged.map_err(|error| WireError::refused(format!("starting at login could not be arranged: {error}")))?;
    }
    let saved = blocking(&app, move |engine| engine.save_settings(&settings)).await?;
    crate::capture::take_key(&app);
    Ok(saved)
}

/// Looks at every part.
#[tauri::command]
#[specta::specta]
pub async fn doctor(app: Held<'_>) -> Result<Vec<DoctorLine>, WireError> {
    Ok(app.engine()?.doctor().await?)
}

/// Sends a notification through the whole path.
#[tauri::command]
#[specta::specta]
pub async fn test_notification(app: Held<'_>) -> Result<DoctorLine, WireError> {
    Ok(app.engine()?.test_notification().await?)
}

/// The person knows that closing the window keeps the watch.
#[tauri::command]
#[specta::specta]
pub async fn told_about_tray(app: Held<'_>) -> Result<(), WireError> {
    blocking(&app, |engine| engine.tell_about_tray().map(|_| ())).await
}

/// Ends the program.
#[tauri::command]
#[specta::specta]
pub async fn quit(app: Held<'_>) -> Result<(), WireError> {
    app.quit();
    Ok(())
}
