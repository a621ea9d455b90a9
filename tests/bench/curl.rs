//! The floor a poll is held against: the same reads, one request per SLO, by one `curl -Z --parallel-max 20` with kept connections. It
//! throws away what it reads.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};
use firewatch_tests::{Result, wait};

use crate::counts::SLOS;
use crate::fleet::selector;
use crate::room;

/// The seconds of samples a Firewatch's poll asks for, and how far after now they end: see the adapter's plan of a live read.
const RANGE_S: i64 = 660;
const AHEAD_S: i64 = 360;
/// An answer with both series is longer than this.
const LEAST_BYTES: u64 = 400;

/// Reads all SLOs at once; answers the milliseconds it took. The list of addresses is written beforehand.
pub fn read_all(base: &str) -> Result<f64> {
    let list = write_list(base, wait::now())?;
    let started = wait::stopwatch();
    let ran = Command::new("curl").args(["-q", "-s", "-Z", "--parallel-max", "20", "--config"]).arg(&list).output().context("run curl")?;
    let took = started.elapsed().as_secs_f64() * 1000.0;
    let told = String::from_utf8_lossy(&ran.stdout);
    let good = told.lines().filter(|line| is_good(line)).count() as u64;
    ensure!(good == SLOS, "curl read {good} of {SLOS}: {} {}", ran.status, String::from_utf8_lossy(&ran.stderr));
    Ok(took)
}

fn write_list(base: &str, now: i64) -> Result<PathBuf> {
    let mut text = "noproxy = \"*\"\nwrite-out = \"%{http_code} %{size_download}\\n\"\n".to_owned();
    for slo in 0..SLOS {
        let parameters = [("query", format!("{}[{RANGE_S}s]", selector(slo))), ("time", (now + AHEAD_S).to_string())];
        let url = reqwest::Url::parse_with_params(&format!("{base}/api/v1/query"), &parameters).context("make an address")?;
        write!(text, "url = \"{url}\"\noutput = \"/dev/null\"\n")?;
    }
    let list = room::room("curl")?.join("list");
    std::fs::write(&list, text).context("write the list for curl")?;
    Ok(list)
}

fn is_good(line: &str) -> bool {
    line.split_once(' ').is_some_and(|(code, bytes)| code == "200" && bytes.parse::<u64>().is_ok_and(|bytes| bytes > LEAST_BYTES))
}
