//! Relays as they come from npm: a Hocuspocus and a y-websocket server, started on loopback, cut off and started again.

use std::process::Command;

use crate::process::Process;
use crate::{Result, parts, wait};

/// A server from npm, on loopback.
#[derive(Debug)]
pub struct Relay {
    kind: &'static str,
    port: u16,
    token: Option<&'static str>,
    process: Option<Process>,
    folder: tempfile::TempDir,
}

impl Relay {
    /// Whether the packages are there; else says so.
    pub fn present(test: &str) -> Result<bool> {
        if !parts::present(test, &["node"])? {
            return Ok(false);
        }
        let judges = parts::checkout().join("tests/judges/node_modules");
        if judges.join("@hocuspocus/server").is_dir() && judges.join("y-websocket").is_dir() {
            return Ok(true);
        }
        parts::absent(test, "the npm packages of tests/judges")
    }

    /// Starts `hocuspocus` or `y_websocket`.
    pub async fn start(kind: &'static str, token: Option<&'static str>) -> Result<Self> {
        let mut server = Self { kind, port: wait::free_port()?, token, process: None, folder: tempfile::tempdir()? };
        server.again().await?;
        Ok(server)
    }

    /// Starts it again at the same address, remembering nothing.
    pub async fn again(&mut self) -> Result {
        let judges = parts::checkout().join("tests/judges");
        let mut command = Command::new("node");
        if self.kind == "hocuspocus" {
            command.arg(judges.join("hocuspocus.mjs")).arg(self.port.to_string()).envs(self.token.map(|token| ("TOKEN", token)));
        } else {
            command.arg(judges.join("node_modules/y-websocket/bin/server.cjs")).env("HOST", "127.0.0.1").env("PORT", self.port.to_string());
        }
        let mut process = Process::start(self.kind, command, self.folder.path())?;
        let port = self.port;
        process.until("the relay", wait::PATIENCE, async || Ok(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok())).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Ends it as a power cut would.
    pub fn cut(&mut self) -> Result {
        self.process.take().map_or(Ok(()), Process::kill)
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port)
    }
}
