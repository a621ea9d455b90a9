//! The shell: the only code that knows Tauri. Opens the profile, starts the engine, builds the window and the tray, and hands
//! everything else to the engine.

#![forbid(unsafe_code)]

mod app;
mod arguments;
mod capture;
mod commands;
mod error;
mod ipc;
mod live;
mod toasts;
mod tray;
mod windows;

use std::process::ExitCode;
use std::sync::Arc;

use firewatch_engine::lock::ProfileLock;
use tauri::{Manager, RunEvent};

use crate::app::App;
use crate::arguments::Arguments;
use crate::capture::Capture;

/// Runs the program until it is quit.
pub fn run() -> ExitCode {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_env("FIREWATCH_LOG")).with_writer(std::io::stderr).init();
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => return refuse(&message, 2),
    };
    let Some(folder) = arguments.folder() else { return refuse("no home folder is known; name a profile folder with --data", 1) };
    if let Some(code) = arguments.capture.as_ref().and_then(|capture| capture::without_a_window(&folder, capture)) {
        return code;
    }
    let ipc = ipc::builder();
    let (hidden, first) = (arguments.hidden, arguments.capture.clone());
    let (at_login, name_at_login) = arguments.at_login();
    let built = tauri::Builder::default()
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(arguments::instance_id(&folder))
                .callback(|app, arguments, _folder| again(app, &arguments))
                .build(),
        )
        .plugin(tauri_plugin_autostart::Builder::new().args(at_login).app_name(name_at_login).build())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(capture::keys())
        .invoke_handler(ipc.invoke_handler())
        .setup(move |tauri| {
            ipc.mount_events(tauri);
            let lock = match ProfileLock::take(&folder, "the window") {
                Ok(lock) => Some(lock),
                Err(firewatch_engine::EngineError::Busy { holder }) => return Err(format!("Firewatch runs already: {holder}").into()),
                Err(error) => {
                    tracing::error!(%error, "the profile cannot be locked");
                    None
                }
            };
            let app = Arc::new(App::open(tauri.handle().clone(), folder, lock, hidden));
            tauri.manage(Arc::clone(&app));
            live::start(&app);
            app.start_watching();
            capture::take_key(&app);
            // A window that is only just made hears nothing yet: what it is to show is in its address.
            match &first {
                Some(Capture::Ask) => windows::show(tauri.handle(), Some("/capture".to_owned())),
                _ if hidden => windows::show_unless_a_tray_comes(tauri.handle().clone()),
                _ => windows::show(tauri.handle(), None),
            }
            if let Some(capture) = first.filter(|capture| *capture != Capture::Ask) {
                capture::carry_out(tauri.handle(), capture);
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(tauri) => {
            tauri.run(|handle, event| {
                if let RunEvent::ExitRequested { code: None, api, .. } = event {
                    // The last window was closed; whether watching goes on is the person's choice.
                    if handle.state::<Arc<App>>().keeps_watch_without_window() {
                        api.prevent_exit();
                    }
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&error.to_string(), 1),
    }
}

/// Started again while it runs: it catches what it was told to, or comes forward.
fn again(app: &tauri::AppHandle, arguments: &[String]) {
    let given = arguments.iter().skip(1).map(std::ffi::OsString::from);
    match Arguments::parse(given).ok().and_then(|arguments| arguments.capture) {
        Some(capture) => capture::carry_out(app, capture),
        None => windows::show(app, None),
    }
}

#[expect(clippy::print_stderr, reason = "a program that cannot start says why where it was started")]
fn refuse(message: &str, code: u8) -> ExitCode {
    eprintln!("firewatch: {message}");
    ExitCode::from(code)
}
