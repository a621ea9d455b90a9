//! Debian's Prometheus on the loopback interface, with a history prepared by `promtool`, live targets, and outages on demand.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;
use crate::{Result, wait};

/// The programs this needs.
pub const PROGRAMS: [&str; 2] = ["prometheus", "promtool"];

/// What a server starts with.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// OpenMetrics text to read in beforehand.
    pub history: Option<String>,
    /// What to scrape.
    pub scrapes: Vec<Scrape>,
    /// Alertmanagers to send alerts to.
    pub alertmanagers: Vec<SocketAddr>,
    /// The text of a rule file.
    pub rules: Option<String>,
}

/// One scrape job.
#[derive(Debug, Clone)]
pub struct Scrape {
    /// The label `job`.
    pub job: String,
    /// Where the metrics are.
    pub target: SocketAddr,
    /// How often; whole seconds, at least one.
    pub every: Duration,
}

/// A running (or stopped) server with its data; dropping it ends it and removes the data.
#[derive(Debug)]
pub struct Prometheus {
    process: Option<Process>,
    folder: TempDir,
    port: u16,
    http: reqwest::Client,
}

/// One series of an instant answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its labels, with `__name__` where there is one.
    pub labels: BTreeMap<String, String>,
    /// The value as it was sent, such as `12` or `NaN`.
    pub value: String,
}

impl Prometheus {
    /// Starts a server and waits until it is ready.
    pub async fn start(setup: &Setup) -> Result<Self> {
        let folder = TempDir::with_prefix("firewatch-prometheus-").context("make a data folder")?;
        if let Some(history) = &setup.history {
            read_in(history, folder.path()).await?;
        }
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().context("build a client")?;
        let mut server = Self { process: None, folder, port: wait::free_port()?, http };
        server.configure(setup)?;
        server.start_again().await?;
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

    /// The outage begins: ends the server, keeps its data.
    pub async fn stop(&mut self) -> Result {
        match self.process.take() {
            Some(process) => process.end(Duration::from_secs(20)).await,
            None => Ok(()),
        }
    }

    /// The outage ends: starts it again on the same port with the same data.
    pub async fn start_again(&mut self) -> Result {
        self.stop().await?;
        let mut command = Command::new("prometheus");
        command
            .arg(format!("--config.file={}", self.folder.path().join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", self.folder.path().join("data").display()))
            .arg(format!("--web.listen-address={}", self.address()))
            .args(["--storage.tsdb.retention.time=120d", "--web.enable-lifecycle", "--log.level=warn"])
            .current_dir(self.folder.path());
        let mut process = Process::start("prometheus", command, self.folder.path())?;
        let ready = format!("{}/-/ready", self.url());
        process
            .until("Prometheus to be ready", wait::PATIENCE, async || {
                Ok(self.http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()).then_some(()))
            })
            .await?;
        self.process = Some(process);
        Ok(())
    }

    /// The running process, to be paused or killed.
    pub fn process(&mut self) -> Option<&mut Process> {
        self.process.as_mut()
    }

    /// Writes new scrape jobs, rules and Alertmanagers and has the server read them; a history in `setup` is not read in.
    pub async fn reload(&self, setup: &Setup) -> Result {
        self.configure(setup)?;
        let answer = self.http.post(format!("{}/-/reload", self.url())).send().await.context("ask for a reload")?;
        ensure!(answer.status().is_success(), "Prometheus refused its configuration: {}", answer.text().await?);
        Ok(())
    }

    /// The answer to an instant query, at a time in unix seconds or now.
    pub async fn query(&self, promql: &str, at: Option<i64>) -> Result<Vec<Series>> {
        let mut form = vec![("query", promql.to_owned())];
        form.extend(at.map(|at| ("time", at.to_string())));
        let answer = self.http.post(format!("{}/api/v1/query", self.url())).form(&form).send().await.context("query")?;
        let answer: Value = answer.json().await.context("read the answer")?;
        ensure!(answer["status"] == "success", "query {promql}: {answer}");
        let series = answer["data"]["result"].as_array().context("the answer is no vector")?.iter();
        Ok(series.map(series_of).collect())
    }

    /// The one number an instant query answers.
    pub async fn number(&self, promql: &str, at: Option<i64>) -> Result<f64> {
        match self.query(promql, at).await?.as_slice() {
            [one] => one.value.parse().with_context(|| format!("{promql}: {}", one.value)),
            many => bail!("{promql} has {} answers, not one", many.len()),
        }
    }

    fn configure(&self, setup: &Setup) -> Result {
        let mut scrapes = Vec::new();
        for scrape in &setup.scrapes {
            let every = format!("{}s", scrape.every.as_secs().max(1));
            scrapes.push(serde_json::json!({ "job_name": scrape.job, "scrape_interval": every, "scrape_timeout": every,
                "static_configs": [{ "targets": [scrape.target.to_string()] }] }));
        }
        let alertmanagers: Vec<String> = setup.alertmanagers.iter().map(ToString::to_string).collect();
        let mut config = serde_json::json!({ "global": { "scrape_interval": "60s", "evaluation_interval": "1s" }, "scrape_configs": scrapes,
            "alerting": { "alertmanagers": [{ "static_configs": [{ "targets": alertmanagers }] }] } });
        if let Some(rules) = &setup.rules {
            std::fs::write(self.folder.path().join("rules.yml"), rules).context("write the rules")?;
            config["rule_files"] = serde_json::json!(["rules.yml"]);
        }
        // JSON is YAML.
        std::fs::write(self.folder.path().join("prometheus.yml"), config.to_string()).context("write the configuration")
    }
}

async fn read_in(history: &str, folder: &Path) -> Result {
    let text = folder.join("history.txt");
    std::fs::write(&text, history).context("write the history")?;
    // One pass over the text per block: with the default of 2 h per block, a month takes minutes.
    let made = tokio::process::Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", "-q", "--max-block-duration=162h"])
        .args([&text, &folder.join("data")])
        .output()
        .await
        .context("run promtool")?;
    ensure!(made.status.success(), "promtool refused the history: {}", String::from_utf8_lossy(&made.stderr));
    std::fs::remove_file(text).context("remove the history's text")
}

fn series_of(series: &Value) -> Series {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let labels = series["metric"].as_object().map(|labels| labels.iter().map(|(name, value)| (name.clone(), text(value))).collect());
    Series { labels: labels.unwrap_or_default(), value: text(&series["value"][1]) }
}
