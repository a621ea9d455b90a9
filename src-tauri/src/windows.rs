//! The one window: made on demand and let go when it is closed, so that a program that only watches carries no webview.

use std::sync::Arc;
use std::time::Duration;

use firewatch_desktop::tray_host;
use firewatch_domain::announcement::{Toast, Urgency};
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_specta::Event;

use crate::app::App;
use crate::ipc::Go;

#[cfg(target_os = "linux")]
mod webkit;

const LABEL: &str = "main";
/// How long a panel may take to come at login.
const PANEL_SECONDS: u32 = 10;

/// Whether there is a window.
pub fn is_open(handle: &AppHandle) -> bool {
    handle.get_webview_window(LABEL).is_some()
}

/// Brings the window forward, at an address of it if one is given. Windows are made on the main thread, as GTK wants it.
pub fn show(handle: &AppHandle, to: Option<String>) {
    let on_main = handle.clone();
    let shown = handle.run_on_main_thread(move || {
        if let Some(window) = on_main.get_webview_window(LABEL) {
            forward(&window);
            if let Some(to) = to {
                Go { to }.emit(&on_main).ok();
            }
        } else if let Err(error) = open(&on_main, to.as_deref()) {
            tracing::error!(%error, "the window could not be made");
        }
    });
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be shown");
    }
}

/// Started hidden, at login: a panel may come later than we do. Without one a hidden program could not be found again.
pub fn show_unless_a_tray_comes(handle: AppHandle) {
    tauri::async_runtime::spawn(async move {
        for _ in 0..PANEL_SECONDS {
            if tray_host::look().await.is_present() {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        show(&handle, None);
    });
}

fn forward(window: &WebviewWindow) {
    window.unminimize().ok();
    window.show().ok();
    window.set_focus().ok();
}

fn open(handle: &AppHandle, to: Option<&str>) -> tauri::Result<()> {
    let address = to.map_or_else(|| "index.html".to_owned(), |to| format!("index.html#{to}"));
    let window = WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::App(address.into()))
        .title("Firewatch")
        .inner_size(1280.0, 780.0)
        .min_inner_size(640.0, 480.0)
        .disable_drag_drop_handler()
        // Everything the page needs is its own; whatever else a link or a script wants to load stays out.
        .on_navigation(|url| matches!(url.scheme(), "tauri" | "about") || url.host_str() == Some("tauri.localhost"))
        .build()?;
    #[cfg(target_os = "linux")]
    {
        let (clock, lost) = (handle.clone(), handle.clone());
        let now_s = move || clock.state::<Arc<App>>().own().map_or(0, |engine| engine.now().timestamp());
        webkit::prepare(&window, now_s, move || tell_that_the_page_is_lost(&lost))?;
    }
    let closing = handle.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::CloseRequested { .. }) {
            tell_once_that_watching_goes_on(&closing);
        }
    });
    Ok(())
}

/// Closing keeps the watch; the person is told so the first time.
fn tell_once_that_watching_goes_on(handle: &AppHandle) {
    let app = Arc::clone(&handle.state::<Arc<App>>());
    tauri::async_runtime::spawn(async move {
        let Ok(engine) = app.own() else { return };
        if !app.keeps_watch_without_window() || !engine.tell_about_tray().unwrap_or(false) {
            return;
        }
        let back = if tray_host::look().await.is_present() {
            "Its icon in the panel brings the window back"
        } else {
            "Start it again to bring the window back"
        };
        let toast = Toast {
            key: "closed".to_owned(),
            title: "Firewatch goes on watching".to_owned(),
            body: format!("{back}; quit it from its menu or with Ctrl+K, Quit."),
            urgency: Urgency::Low,
            silent: true,
            sound: false,
            actions: false,
        };
        engine.tell(&toast).await;
    });
}

/// The page died again and again: the watch goes on, and the person learns where to look.
#[cfg(target_os = "linux")]
fn tell_that_the_page_is_lost(handle: &AppHandle) {
    let app = Arc::clone(&handle.state::<Arc<App>>());
    tauri::async_runtime::spawn(async move {
        let Ok(engine) = app.own() else { return };
        let toast = Toast {
            key: "page-lost".to_owned(),
            title: "Firewatch cannot show its window".to_owned(),
            body:
                "Its page ended several times within a minute. Watching goes on; close the window and open it again, or use firewatchctl."
                    .to_owned(),
            urgency: Urgency::Normal,
            silent: false,
            sound: false,
            actions: false,
        };
        engine.tell(&toast).await;
    });
}

/// A page with something on it was painted for the first time: the mark for those who measure or wait.
pub fn painted(rows: u32) {
    tracing::info!(rows, "a page was painted");
    if let Some(file) = std::env::var_os("FIREWATCH_PAINTED") {
        std::fs::write(file, rows.to_string()).ok();
    }
}
