//! What both the window and the CLI ask of the desktop: to show a notification, and whether there is a tray to sit in.
//!
//! Neither can be relied upon: servers restart, hang, lack buttons, or are not there. Nothing here blocks a runtime thread,
//! waits for ever or panics; what does not work is said in words with a cure, and the inbox holds every message meanwhile.

pub mod screenshot;
mod shape;
pub mod shortcut;
pub mod tray_host;
mod trouble;

#[cfg(all(unix, not(target_os = "macos")))]
mod xdg;
#[cfg(all(unix, not(target_os = "macos")))]
pub use xdg::Desktop;

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod native;
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub use native::Desktop;

/// How long a notification server or a tray host may take to answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
