//! Debian's Alertmanager on the loopback interface, and alerts posted to it.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
use crate::{Result, wait};

/// The programs this needs (Debian's name for Alertmanager).
pub const PROGRAMS: [&str; 1] = ["prometheus-alertmanager"];

/// A running Alertmanager that sends nothing anywhere; dropping it ends it.
#[derive(Debug)]
pub struct Alertmanager {
    process: Process,
    _folder: TempDir,
    port: u16,
    http: reqwest::Client,
}

impl Alertmanager {
    /// Starts one and waits until it is ready.
    pub async fn start() -> Result<Self> {
        let folder = TempDir::with_prefix("firewatch-alertmanager-").context("make a data folder")?;
        let config = folder.path().join("alertmanager.yml");
        std::fs::write(&config, r#"{"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}"#).context("configure")?;
        let port = wait::free_port()?;
        let mut command = Command::new(PROGRAMS[0]);
        command
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .args(["--cluster.listen-address=", "--log.level=warn"]);
        let process = Process::start("alertmanager", command, folder.path())?;
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().context("build a client")?;
        let mut server = Self { process, _folder: folder, port, http };
        let ready = format!("{}/-/ready", server.url());
        let Self { process, http, .. } = &mut server;
        process
            .until("Alertmanager to be ready", wait::PATIENCE, async || {
                Ok(http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()).then_some(()))
            })
            .await?;
        Ok(server)
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// `127.0.0.1:port`.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Posts alerts in the form of the v2 API: `[{ "labels": {…}, "annotations": {…}, "startsAt": …, "endsAt": … }]`.
    pub async fn post(&self, alerts: &Value) -> Result {
        let answer = self.http.post(format!("{}/api/v2/alerts", self.url())).json(alerts).send().await.context("post alerts")?;
        ensure!(answer.status().is_success(), "Alertmanager refused the alerts: {}", answer.text().await?);
        Ok(())
    }

    /// The alerts it holds.
    pub async fn alerts(&self) -> Result<Vec<Value>> {
        self.http.get(format!("{}/api/v2/alerts", self.url())).send().await?.json().await.context("read the alerts")
    }

    /// The process, to be paused.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}
