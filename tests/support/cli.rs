//! `firewatchctl` as a person or a script runs it: in a session, on a profile, with its words and its exit code.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::process::Process;
use crate::session::Session;
use crate::{Result, parts};

/// How long one command may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// The command line on one profile.
#[derive(Debug, Clone)]
pub struct Cli {
    program: PathBuf,
    data: PathBuf,
    env: Vec<(OsString, OsString)>,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The exit code; -1 after a signal.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ended {
    /// Standard output as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON: {}{}", self.stdout, self.stderr))
    }
}

impl Cli {
    /// On the profile `data`, in `session`. Fails where the program was not built; [`parts::firewatchctl`] asks first.
    pub fn new(session: &Session, data: &Path) -> Result<Self> {
        Ok(Self { env: session.env(), ..Self::alone(data)? })
    }

    /// On the profile `data` without a desktop: no display, no bus, a home of its own.
    pub fn alone(data: &Path) -> Result<Self> {
        std::fs::create_dir_all(data).context("make the profile folder")?;
        Self::at(data)
    }

    /// As [`Self::alone`], and `data` stays as it is: absent, a file, or where nothing can be written.
    pub fn at(data: &Path) -> Result<Self> {
        let program = parts::firewatchctl().context("firewatchctl was not built (cargo build --workspace)")?;
        let nothing = |name: &str| (OsString::from(name), OsString::new());
        let mut env = vec![nothing("DISPLAY"), ("DBUS_SESSION_BUS_ADDRESS".into(), "unix:path=/nonexistent".into())];
        env.extend(["HOME", "XDG_RUNTIME_DIR"].map(|name| (name.into(), data.into())));
        Ok(Self { program, data: data.to_owned(), env })
    }

    /// With one more variable, such as the one that holds a token.
    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The profile folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Runs a command to its end, however it ends.
    pub async fn run(&self, args: &[&str]) -> Result<Ended> {
        let mut command = tokio::process::Command::from(self.command(args));
        let ran = tokio::time::timeout(PATIENCE, command.kill_on_drop(true).output()).await;
        let ran = ran.with_context(|| format!("firewatchctl {args:?} does not end"))?.context("run firewatchctl")?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Ended { code: ran.status.code().unwrap_or(-1), stdout: text(&ran.stdout), stderr: text(&ran.stderr) })
    }

    /// Runs a command with `--json` that must succeed, and answers what it printed.
    pub async fn json(&self, args: &[&str]) -> Result<Value> {
        let ended = self.run(&[&["--json"], args].concat()).await?;
        ensure!(ended.code == 0, "firewatchctl {args:?} ended with {}: {}{}", ended.code, ended.stderr, ended.stdout);
        ended.json().with_context(|| format!("firewatchctl {args:?}"))
    }

    /// Runs a command that must end with `code`, and answers its standard error.
    pub async fn fails(&self, code: i32, args: &[&str]) -> Result<String> {
        let ended = self.run(args).await?;
        ensure!(ended.code == code, "firewatchctl {args:?} ended with {}, not {code}: {}{}", ended.code, ended.stderr, ended.stdout);
        Ok(ended.stderr)
    }

    /// The one SLO of that name in `status`.
    pub async fn status(&self, slo: &str) -> Result<Value> {
        let status = self.json(&["status", slo]).await?;
        status.get(0).cloned().with_context(|| format!("no SLO {slo} in {status}"))
    }

    /// Starts a command that stays, such as `watch`; its output is kept in the profile's parent folder.
    pub fn spawn(&self, name: &str, args: &[&str]) -> Result<Process> {
        Process::start(name, self.command(args), self.data.parent().unwrap_or(&self.data))
    }

    /// A command that somebody else starts.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(&self.data).args(args).env_remove("WAYLAND_DISPLAY");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}
