//! The window's program: rendering work-arounds before anything starts, then the shell.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = nvidia::restarted() {
        return code;
    }
    firewatch_shell::run()
}

/// WebKitGTK under Wayland paints nothing with NVIDIA's driver while explicit sync is on (tauri-apps/tauri#9394). The variable
/// must be there before any thread starts, so the program starts itself again with it; never over a value the person set.
#[cfg(target_os = "linux")]
mod nvidia {
    use std::os::unix::process::CommandExt;
    use std::process::{Command, ExitCode};

    const VARIABLE: &str = "__NV_DISABLE_EXPLICIT_SYNC";

    pub fn restarted() -> Option<ExitCode> {
        let concerned = std::path::Path::new("/sys/module/nvidia").exists() && std::env::var_os("WAYLAND_DISPLAY").is_some();
        if !concerned || std::env::var_os(VARIABLE).is_some() {
            return None;
        }
        let program = std::env::current_exe().ok()?;
        // Returns only when it failed; then the window is tried as it is.
        let _failed = Command::new(program).args(std::env::args_os().skip(1)).env(VARIABLE, "1").exec();
        None
    }
}

#[cfg(not(target_os = "linux"))]
mod nvidia {
    pub fn restarted() -> Option<std::process::ExitCode> {
        None
    }
}
