//! Real monitoring servers on this machine, started for one test and ended with it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use chrono::{DateTime, Utc};

pub const NO_RULES: &str = "groups: []\n";

/// Ends its process when the test does, however it ends.
pub struct Server {
    process: Child,
    pub url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The world's clock: this server cannot be told another one.
#[expect(clippy::disallowed_methods, reason = "a real server compares its clock with ours")]
pub fn real_now() -> DateTime<Utc> {
    Utc::now()
}

/// Whether the programs are here; absent ones are a failure where everything must run.
pub fn present(programs: &[&str]) -> bool {
    let missing: Vec<&&str> = programs.iter().filter(|name| !Path::new("/usr/bin").join(name).exists()).collect();
    assert!(missing.is_empty() || std::env::var("CI").as_deref() != Ok("true"), "{missing:?} must be installed where CI=true");
    if !missing.is_empty() {
        println!("SKIPPED: {missing:?} are not in /usr/bin; install the Debian packages to run this test");
    }
    missing.is_empty()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A Prometheus over blocks made of a text in the `OpenMetrics` format.
pub async fn prometheus(text: &str, rules: &str) -> Server {
    prometheus_with(text, rules, &[]).await
}

/// The same with more arguments.
pub async fn prometheus_with(text: &str, rules: &str, arguments: &[&str]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    std::fs::write(at("history.txt"), text).unwrap();
    let settings = "global: {scrape_interval: 60s, evaluation_interval: 30s}\nscrape_configs: []\nrule_files: [rules.yml]\n";
    std::fs::write(at("prometheus.yml"), settings).unwrap();
    std::fs::write(at("rules.yml"), rules).unwrap();
    let made = Command::new("/usr/bin/promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", "-q", "--max-block-duration=162h"])
        .args([at("history.txt"), at("data")])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    let (mut command, port) = (Command::new("/usr/bin/prometheus"), free_port());
    command
        .arg(format!("--config.file={}", at("prometheus.yml").display()))
        .arg(format!("--storage.tsdb.path={}", at("data").display()))
        .args(["--storage.tsdb.retention.time=90d", &format!("--web.listen-address=127.0.0.1:{port}")])
        .args(arguments);
    start(command, port, "/-/ready", folder).await
}

/// A `VictoriaMetrics` that took in a text in the `OpenMetrics` format, whose timestamps are in seconds.
pub async fn victoria(text: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let (mut command, port) = (Command::new("/usr/bin/victoria-metrics"), free_port());
    command
        .arg(format!("-storageDataPath={}", folder.path().join("data").display()))
        .args(["-retentionPeriod=100d", &format!("-httpListenAddr=127.0.0.1:{port}")]);
    let server = start(command, port, "/health", folder).await;
    // It takes milliseconds where OpenMetrics has seconds.
    let lines: Vec<String> = text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}000\n")).collect();
    let client = reqwest::Client::new();
    let taken = client.post(format!("{}/api/v1/import/prometheus", server.url)).body(lines.concat()).send().await.unwrap();
    assert!(taken.status().is_success(), "{taken:?}");
    client.get(format!("{}/internal/force_flush", server.url)).send().await.unwrap();
    server
}

async fn start(mut command: Command, port: u16, ready: &str, folder: tempfile::TempDir) -> Server {
    let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let server = Server { process, url: format!("http://127.0.0.1:{port}"), _folder: folder };
    let client = reqwest::Client::new();
    for _ in 0..200 {
        let answer = client.get(format!("{}{ready}", server.url)).timeout(Duration::from_secs(1)).send().await;
        if answer.is_ok_and(|r| r.status().is_success()) {
            return server;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{command:?} did not become ready within 20 s");
}
