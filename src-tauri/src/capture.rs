//! Catching a line, the clipboard or a part of the screen into the open incident's timeline, from anywhere: by a key of the whole
//! desktop, or by `firewatch --capture`, which a second start hands to the one that runs.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use firewatch_desktop::{Desktop, screenshot, shortcut};
use firewatch_engine::lock::ProfileLock;
use firewatch_engine::view::Captured;
use firewatch_engine::{Engine, EngineError};
use firewatch_outside::Profile;
use tauri::{AppHandle, Manager, Runtime, plugin::TauriPlugin};
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};
use tokio::sync::mpsc::unbounded_channel;

use crate::app::App;
use crate::windows;

/// What is to be caught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Capture {
    /// The window asks for a line.
    Ask,
    /// This line.
    Text(String),
    /// What the clipboard holds: text, or a picture.
    Clipboard,
    /// A part of the screen.
    Screenshot,
    /// Take the last one back.
    Undo,
}

/// Without a window that runs, a line needs none: it is written at once. None where a window has to do it.
pub fn without_a_window(folder: &Path, capture: &Capture) -> Option<ExitCode> {
    if !matches!(capture, Capture::Text(_) | Capture::Undo) {
        return None;
    }
    // The lock is given back at once: the store is written beside whoever holds it.
    if let Err(EngineError::Busy { holder }) = ProfileLock::take(folder, "a capture")
        && holder.starts_with("the window")
    {
        return None;
    }
    Some(directly(folder, capture))
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "it was started from a terminal or a key, and says there what became of it")]
fn directly(folder: &Path, capture: &Capture) -> ExitCode {
    let written = Profile::open(folder, Arc::new(Desktop::new("Firewatch", unbounded_channel().0))).and_then(|profile| match capture {
        Capture::Text(text) => profile.engine.capture(text).map(|captured| format!("noted in {}", captured.title)),
        _ => profile.engine.undo_capture().map(|incident| format!("taken back in {}", incident.title)),
    });
    match written {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("firewatch: {error}");
            ExitCode::from(1)
        }
    }
}

/// Catches something in the program that runs, and says on the desktop what became of it.
pub fn carry_out(handle: &AppHandle, capture: Capture) {
    if capture == Capture::Ask {
        return windows::show(handle, Some("/capture".to_owned()));
    }
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let app = Arc::clone(&handle.state::<Arc<App>>());
        let Ok(engine) = app.engine() else { return };
        if capture == Capture::Undo {
            let undone = Arc::clone(&engine);
            let done = tauri::async_runtime::spawn_blocking(move || undone.undo_capture()).await;
            engine.tell_of_undo(&done.unwrap_or_else(|lost| Err(EngineError::Lost(lost.to_string())))).await;
        } else {
            engine.tell_of_capture(&caught(&handle, &engine, capture).await).await;
        }
    });
}

/// Catches something and answers what became of it.
pub async fn caught(handle: &AppHandle, engine: &Arc<Engine>, capture: Capture) -> Result<Captured, EngineError> {
    let (handle, engine) = (handle.clone(), Arc::clone(engine));
    let done = tauri::async_runtime::spawn_blocking(move || match capture {
        Capture::Text(text) => engine.capture(&text),
        Capture::Clipboard => from_clipboard(&handle, &engine),
        Capture::Screenshot => {
            let bytes = screenshot::take(&std::env::temp_dir()).map_err(EngineError::Invalid)?;
            engine.capture_picture(&bytes, "a part of the screen")
        }
        Capture::Ask | Capture::Undo => Err(EngineError::Invalid("nothing was given to catch".to_owned())),
    });
    done.await.map_err(|lost| EngineError::Lost(lost.to_string()))?
}

fn from_clipboard(handle: &AppHandle, engine: &Engine) -> Result<Captured, EngineError> {
    if let Ok(text) = handle.clipboard().read_text()
        && !text.trim().is_empty()
    {
        return engine.capture(&text);
    }
    let nothing = || EngineError::Invalid("the clipboard holds neither text nor a picture; copy something first".to_owned());
    let image = handle.clipboard().read_image().map_err(|_| nothing())?;
    let bytes = png_of(image.rgba(), image.width(), image.height()).ok_or_else(nothing)?;
    engine.capture_picture(&bytes, "from the clipboard")
}

fn png_of(rgba: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(rgba).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// The key of the whole desktop: pressed, the window asks for a line.
pub fn keys<R: Runtime>() -> TauriPlugin<R> {
    tauri_plugin_global_shortcut::Builder::new()
        .with_handler(|handle, _key, event| {
            if event.state() == ShortcutState::Pressed
                && let Some(app) = handle.try_state::<Arc<App>>()
            {
                carry_out(&app.handle, Capture::Ask);
            }
        })
        .build()
}

/// Takes the key that was chosen, or none; the doctor says what stands in the way.
pub fn take_key(app: &Arc<App>) {
    let app = Arc::clone(app);
    tauri::async_runtime::spawn_blocking(move || {
        let Ok(engine) = app.own() else { return };
        let Ok(chosen) = engine.settings() else { return };
        let keys = app.handle.global_shortcut();
        keys.unregister_all().ok();
        let key = chosen.capture_key.trim();
        let trouble = if key.is_empty() || !shortcut::can_be_taken() {
            String::new()
        } else {
            keys.register(key).err().map(|error| format!("`{key}` cannot be taken: {error}")).unwrap_or_default()
        };
        if let Err(error) = engine.note_capture_key(&trouble) {
            tracing::warn!(%error, "the standing of the capture key could not be kept");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::png_of;

    #[test]
    fn pictures_of_the_clipboard_become_png() {
        let bytes = png_of(&[255; 4 * 6], 3, 2).unwrap();
        assert!(bytes.starts_with(b"\x89PNG") && firewatch_domain::picture::media_type(&bytes) == Ok("image/png"));
        assert!(png_of(&[0; 3], 3, 2).is_none());
    }
}
