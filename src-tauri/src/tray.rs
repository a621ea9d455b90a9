//! The icon in the panel: the worst state as a face, and what can be done from there.
//!
//! What is shown is a plain value ([`TrayModel`]), so that it can be compared: panels cache, and some redraw on every change, so
//! nothing is sent that is the same as before. Each platform has one file that carries the value to its panel. The tray is never
//! the only way to anything: stock GNOME has none, and panels restart.

mod face;
mod menu;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::Tray;

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub use other::Tray;

pub use face::Face;
pub use menu::{Row, TrayModel};

/// What the person asked for in the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayAct {
    /// Bring the window forward, at an address of it if there is one.
    Open(Option<String>),
    /// Start declaring an incident.
    Declare,
    /// Acknowledge the journey with this key.
    Acknowledge(String),
    /// Snooze the journey with this key for an hour, only here.
    Snooze(String),
    /// Stop watching for an hour.
    Pause,
    /// Watch again.
    Resume,
    /// End the program.
    Quit,
}
