//! A private desktop session: a virtual display, a message bus, a notification daemon, a panel with a tray, a keyring, a home. Nothing
//! on it starts by itself: what a test did not ask for is as absent as on a bare machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::process::Process;
use crate::{Result, wait};

mod bus;
mod closing;
mod notifications;
mod rooms;
mod tray;

pub use notifications::{Notification, Urgency};

/// The programs a bare session needs.
pub const PROGRAMS: [&str; 4] = ["Xvfb", "dbus-daemon", "import", "xdotool"];

/// The name a notification daemon owns.
const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
/// The name the host of a tray owns.
const TRAY: &str = "org.kde.StatusNotifierWatcher";
/// The name a keyring owns.
const SECRETS: &str = "org.freedesktop.secrets";

/// What the session comes with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Furniture {
    /// dunst.
    pub notifications: bool,
    /// xfce4-panel with a tray.
    pub panel: bool,
    /// gnome-keyring, unlocked.
    pub keyring: bool,
}

impl Furniture {
    /// All of it.
    pub const FULL: Self = Self { notifications: true, panel: true, keyring: true };

    /// The programs it needs, with those of the bare session.
    pub fn programs(self) -> Vec<&'static str> {
        let mut programs = PROGRAMS.to_vec();
        programs.extend(self.notifications.then_some("dunst"));
        programs.extend(self.panel.then_some("xfce4-panel"));
        programs.extend(self.keyring.then_some("gnome-keyring-daemon"));
        programs
    }
}

/// A running session; dropping it ends all of it.
#[derive(Debug)]
pub struct Session {
    // In this order they are dropped: guests first, the display and the bus last.
    dunst: Option<Process>,
    panel: Option<Process>,
    settings: Option<Process>,
    keyring: Option<Process>,
    connection: zbus::Connection,
    _bus: Process,
    _screen: Process,
    address: String,
    display: String,
    folder: TempDir,
}

impl Session {
    /// Starts a session and waits until all of its `furniture` answers.
    pub async fn start(furniture: Furniture) -> Result<Self> {
        let folder = TempDir::with_prefix("firewatch-session-").context("make a home")?;
        rooms::furnish(folder.path())?;
        let (screen, display) = start_screen(folder.path()).await?;
        let (bus, address) = start_bus(folder.path()).await?;
        let connection = bus::connect(&address).await?;
        let nobody = (None, None, None, None);
        let (dunst, panel, settings, keyring) = nobody;
        let mut session = Self { dunst, panel, settings, keyring, connection, _bus: bus, _screen: screen, address, display, folder };
        if furniture.keyring {
            session.start_keyring().await?;
        }
        if furniture.notifications {
            session.start_notifications().await?;
        }
        if furniture.panel {
            session.start_panel().await?;
        }
        Ok(session)
    }

    /// The variables a program of this session is started with; [`Self::command`] sets them.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        let mut env = rooms::env(self.folder.path());
        env.push(("DISPLAY".into(), (&self.display).into()));
        env.push(("DBUS_SESSION_BUS_ADDRESS".into(), (&self.address).into()));
        env
    }

    /// A command with the environment of this session and nothing of the desktop outside.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for outside in ["WAYLAND_DISPLAY", "XAUTHORITY", "SESSION_MANAGER", "GNOME_KEYRING_CONTROL", "SSH_AUTH_SOCK"] {
            command.env_remove(outside);
        }
        command.envs(self.env());
        command
    }

    /// Starts a long-lived program in this session.
    pub fn spawn(&self, name: &str, program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Result<Process> {
        let mut command = self.command(program);
        command.args(args);
        Process::start(name, command, self.folder.path())
    }

    /// Runs a short program to its end and answers its standard output.
    pub async fn run(&self, program: &str, args: &[&str]) -> Result<String> {
        let mut command = self.command(program);
        command.args(args);
        let mut command = tokio::process::Command::from(command);
        let ran = tokio::time::timeout(wait::PATIENCE, command.kill_on_drop(true).output());
        let ran = ran.await.with_context(|| format!("{program} does not end"))?.with_context(|| format!("run {program}"))?;
        ensure!(ran.status.success(), "{program} {args:?} ended with {}: {}", ran.status, String::from_utf8_lossy(&ran.stderr));
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }

    /// The folder that holds the session's home, configuration and logs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The display, such as `:99`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// A connection to the session's message bus.
    pub fn bus(&self) -> &zbus::Connection {
        &self.connection
    }

    /// Writes a picture of the whole screen.
    pub async fn screenshot(&self, path: &Path) -> Result {
        let path = path.to_str().context("the picture's path is no text")?;
        self.run("import", &["-window", "root", path]).await.map(drop)
    }

    /// How many colours the screen shows: one or two before anything painted.
    pub async fn colours(&self) -> Result<u32> {
        let picture = self.folder.path().join("colours.png");
        self.screenshot(&picture).await?;
        let counted = self.run("identify", &["-format", "%k", &picture.to_string_lossy()]).await?;
        counted.trim().parse().context("count the colours")
    }

    /// Gives the keyboard to the first visible window of that class (part of it is enough). There is no window manager to do it.
    pub async fn focus(&self, class: &str) -> Result {
        let window = wait::until(format!("a window of class {class}"), wait::PATIENCE, async || {
            let found = self.run("xdotool", &["search", "--onlyvisible", "--class", class]).await.unwrap_or_default();
            Ok(found.lines().next().map(str::to_owned))
        });
        self.run("xdotool", &["windowfocus", "--sync", &window.await?]).await.map(drop)
    }

    /// Presses a chord in the window that has the keyboard, named as xdotool does: `ctrl+k`, `Escape`.
    pub async fn key(&self, chord: &str) -> Result {
        self.run("xdotool", &["key", "--clearmodifiers", chord]).await.map(drop)
    }

    /// Types a text.
    pub async fn type_text(&self, text: &str) -> Result {
        self.run("xdotool", &["type", "--delay", "5", "--", text]).await.map(drop)
    }

    /// Starts the keyring, unlocked with an empty password, or starts it again: what was stored is still there.
    pub async fn start_keyring(&mut self) -> Result {
        self.stop_keyring();
        // Without --foreground it leaves the process group, and the keeper could not end it.
        let script = r"printf '\n' | exec gnome-keyring-daemon --foreground --unlock --components=secrets";
        let keyring = self.spawn("keyring", "sh", &["-c", script])?;
        let keyring = self.keyring.insert(keyring);
        bus::owned(&self.connection, keyring, SECRETS).await
    }

    /// Ends the keyring; no other starts in its place.
    pub fn stop_keyring(&mut self) {
        self.keyring = None;
    }

    /// Starts the panel, or starts it again: whoever is in the tray has to come back by itself.
    pub async fn start_panel(&mut self) -> Result {
        self.stop_panel().await?;
        if self.settings.is_none() {
            let daemon = rooms::SETTINGS_DAEMONS.iter().map(PathBuf::from).find(|path| path.is_file()).context("xfconfd is missing")?;
            let settings = self.settings.insert(Process::start("xfconfd", self.command(daemon), self.folder.path())?);
            bus::owned(&self.connection, settings, "org.xfce.Xfconf").await?;
        }
        let panel = self.spawn("panel", "xfce4-panel", &["--disable-wm-check"])?;
        let panel = self.panel.insert(panel);
        bus::owned(&self.connection, panel, TRAY).await
    }

    /// Ends the panel, and with it the tray.
    pub async fn stop_panel(&mut self) -> Result {
        self.panel = None;
        bus::left(&self.connection, TRAY).await
    }
}

async fn start_screen(folder: &Path) -> Result<(Process, String)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]);
    let mut screen = Process::start("screen", command, folder)?;
    let log = folder.join("screen.log");
    let number = screen
        .until("Xvfb to name its display", Duration::from_secs(30), async || {
            let output = std::fs::read_to_string(&log).unwrap_or_default();
            let complete = output.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            Ok(complete.map(str::trim).find(|line| line.parse::<u32>().is_ok()).map(str::to_owned))
        })
        .await?;
    Ok((screen, format!(":{number}")))
}

async fn start_bus(folder: &Path) -> Result<(Process, String)> {
    let config = folder.join("bus.conf");
    let address = format!("unix:path={}", folder.join("bus").display());
    rooms::write_bus_config(&config, &address)?;
    let mut command = Command::new("dbus-daemon");
    command.arg("--nofork").arg(format!("--config-file={}", config.display()));
    let mut bus = Process::start("bus", command, folder)?;
    let socket = folder.join("bus");
    bus.until("the message bus", Duration::from_secs(30), async || Ok(socket.exists().then_some(()))).await?;
    Ok((bus, address))
}
