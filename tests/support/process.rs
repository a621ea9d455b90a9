//! A child process with its output kept, and with a keeper: a shell that reads a pipe held by this test and ends the child's whole
//! process group when the pipe closes. So the children go when the value is dropped, and also when the test run itself is killed.

use std::fmt::{Display, Write as _};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::{Result, wait};

/// A running child; dropping it ends it and everything it started in its group.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    keeper: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with standard output and error in `folder/name.log`; standard input stays as the command has it, or is closed.
    pub fn start(name: &str, mut command: Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let out = std::fs::OpenOptions::new().create(true).append(true).open(&log).with_context(|| format!("open {}", log.display()))?;
        let err = out.try_clone().context("share the log")?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .process_group(0)
            .spawn()
            .with_context(|| format!("start {}", command.get_program().display()))?;
        let keeper = keeper(child.id())?;
        Ok(Self { name: name.to_owned(), child, keeper, log })
    }

    /// The id of the child.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("ask after {}", self.name))
    }

    /// What it has written so far.
    pub fn output(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Waits as [`wait::until`] does; fails at once when the process ends, and quotes its last output in either case.
    pub async fn until<T>(&mut self, what: impl Display, limit: Duration, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        let name = self.name.clone();
        let waited = wait::until(what, limit, async || {
            if let Some(status) = self.child.try_wait()? {
                bail!("{name} ended with {status}");
            }
            look().await
        })
        .await;
        waited.with_context(|| self.last_words())
    }

    /// Asks it to end (SIGTERM to the group) and waits; after `limit` the keeper ends it by force.
    pub async fn end(mut self, limit: Duration) -> Result<()> {
        signal(self.id(), "TERM")?;
        // In vain or not, dropping `self` ends what is left.
        let _ = wait::until("an orderly end", limit, async || Ok(self.child.try_wait()?)).await;
        Ok(())
    }

    /// Asks it to end as [`Self::end`] does; it must, within `limit`. Answers how it ended and all that it wrote.
    pub async fn asked_to_end(mut self, limit: Duration) -> Result<(ExitStatus, String)> {
        signal(self.id(), "TERM")?;
        let status = wait::until("an orderly end", limit, async || Ok(self.child.try_wait()?)).await.with_context(|| self.last_words())?;
        Ok((status, self.output()))
    }

    /// Ends it as a power cut would (SIGKILL to the group) and waits until it is gone.
    pub fn kill(mut self) -> Result<()> {
        signal(self.id(), "KILL")?;
        self.child.wait().map(drop).with_context(|| format!("wait for {}", self.name))
    }

    /// Lets it crash (SIGABRT) and answers all that it wrote.
    pub fn crash(mut self) -> Result<String> {
        signal(self.id(), "ABRT")?;
        self.child.wait().with_context(|| format!("wait for {}", self.name))?;
        Ok(self.output())
    }

    /// Holds it where it stands (SIGSTOP), as a hung program is held.
    pub fn pause(&self) -> Result<()> {
        signal(self.id(), "STOP")
    }

    /// Lets it go on (SIGCONT).
    pub fn resume(&self) -> Result<()> {
        signal(self.id(), "CONT")
    }

    fn last_words(&self) -> String {
        let output = self.output();
        let lines: Vec<&str> = output.lines().collect();
        let mut words = format!("the last output of {}:", self.name);
        for line in &lines[lines.len().saturating_sub(30)..] {
            let _ = write!(words, "\n    {line}");
        }
        words
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
        let _ = self.child.kill(); // should the keeper itself have been ended
        let _ = self.child.wait();
    }
}

fn keeper(group: u32) -> Result<Child> {
    Command::new("sh")
        .args(["-c", "cat >/dev/null; kill -s KILL -- \"-$0\"", &group.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("start the keeper")
}

fn signal(group: u32, name: &str) -> Result<()> {
    // The group may be gone already; that is what was wanted.
    Command::new("sh")
        .args(["-c", "kill -s \"$1\" -- \"-$0\"", &group.to_string(), name])
        .stderr(Stdio::null())
        .status()
        .map(drop)
        .with_context(|| format!("send SIG{name}"))
}
