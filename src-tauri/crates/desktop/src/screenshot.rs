//! A picture of a part of the screen, taken by a tool of the desktop: which one there is, differs. The person marks the part.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Program, arguments before the file; the file comes last.
const TOOLS: &[(&str, &[&str])] = &[
    ("gnome-screenshot", &["--area", "--file"]),
    ("spectacle", &["--region", "--background", "--nonotify", "--output"]),
    ("xfce4-screenshooter", &["--region", "--save"]),
    ("maim", &["--select"]),
    ("scrot", &["--select", "--overwrite"]),
    ("import", &[]),
    ("screencapture", &["-i"]),
];
/// How long the person may take to mark it.
const PATIENCE: Duration = Duration::from_mins(2);
const STEP: Duration = Duration::from_millis(100);

/// Takes one into a file below `folder` and answers its bytes. Blocks until the person has marked a part. The error says what to do.
pub fn take(folder: &Path) -> Result<Vec<u8>, String> {
    let wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|name| !name.is_empty());
    let file = folder.join(format!("screenshot-{}.png", std::process::id()));
    let taken = if wayland && let (Some(grim), Some(slurp)) = (found("grim"), found("slurp")) {
        let part = Command::new(slurp).stdin(Stdio::null()).output().map_err(|error| format!("slurp could not be started: {error}"))?;
        let part = String::from_utf8_lossy(&part.stdout).trim().to_owned();
        if part.is_empty() {
            return Err(NOTHING.to_owned());
        }
        run(Command::new(grim).arg("-g").arg(part).arg(&file))
    } else {
        // Tools that look at the X server see nothing of a Wayland desktop.
        let fit = |tool: &&(&str, &[&str])| !wayland || matches!(tool.0, "gnome-screenshot" | "spectacle");
        let tool = TOOLS.iter().filter(fit).find_map(|(name, arguments)| Some((found(name)?, arguments)));
        let (program, arguments) = tool.ok_or_else(|| {
            "no program takes screenshots here; install gnome-screenshot, spectacle, maim, or grim with slurp, or copy a picture and paste it"
                .to_owned()
        })?;
        run(Command::new(program).args(*arguments).arg(&file))
    };
    let read = taken.and_then(|()| std::fs::read(&file).map_err(|_| NOTHING.to_owned()));
    std::fs::remove_file(&file).ok();
    read.and_then(|bytes| if bytes.is_empty() { Err(NOTHING.to_owned()) } else { Ok(bytes) })
}

const NOTHING: &str = "no part of the screen was marked; nothing was noted";

fn found(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Runs to its end, but not for ever.
fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().display().to_string();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{name} could not be started: {error}"))?;
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) | Err(_) => return Err(NOTHING.to_owned()),
            Ok(None) => std::thread::sleep(STEP),
        }
        waited += STEP;
    }
    child.kill().ok();
    child.wait().ok();
    Err(format!("{name} did not end within two minutes; nothing was noted"))
}
