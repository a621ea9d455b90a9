//! The rival people run today: Google's slo-generator from `PyPI`, on the same SLOs, the look-backs Firewatch shows and the window.
//!
//! It asks twice per SLO and window, one request after the other, so a tenth of the SLOs is measured and the time scaled: there is
//! nothing that gets cheaper by number. Its Prometheus holds less than half an hour of samples, which only makes its long windows cheaper.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use firewatch_domain::alerting::LOOKBACKS;
use firewatch_domain::minute::DAY;
use firewatch_domain::window::lookback_text;
use firewatch_tests::{Result, parts, wait};

use crate::counts::SLOS;
use crate::fleet::selector;
use crate::room;

/// SLOs that are measured.
pub const MEASURED: u64 = 100;

/// An installed slo-generator with its files written.
#[derive(Debug)]
pub struct SloGenerator {
    program: PathBuf,
    folder: PathBuf,
    slos: u64,
}

impl SloGenerator {
    /// Installs it and writes its files for the first `slos`; `None` where it cannot be installed, which is said on the terminal.
    pub fn install(base: &str, slos: u64) -> Result<Option<Self>> {
        let venv = room::room("venv")?;
        let program = venv.join("bin/slo-generator");
        if !program.is_file() && !installed(&venv)? {
            parts::absent("bench_poll, the row of slo-generator", "slo-generator (python3 -m venv, pip)")?;
            return Ok(None);
        }
        let folder = room::room("slo-generator")?;
        write_files(&folder, base, slos)?;
        Ok(Some(Self { program, folder, slos }))
    }

    /// Computes all its SLOs once; answers the milliseconds for all of the fleet.
    pub fn compute(&self) -> Result<f64> {
        let started = wait::stopwatch();
        let ran = Command::new(&self.program)
            .arg("compute")
            .arg("-f")
            .arg(self.folder.join("slos"))
            .arg("-c")
            .arg(self.folder.join("config.yaml"))
            .env("NO_PROXY", "*")
            .output()
            .context("run slo-generator")?;
        let took = started.elapsed().as_secs_f64() * 1000.0;
        let told = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        // It ends with 0 whatever happens, and prints one line per SLO and window.
        let reports = told.lines().filter(|line| line.contains("SLI:")).count() as u64;
        let expected = self.slos * windows().count() as u64;
        let last: Vec<&str> = told.lines().rev().take(5).collect();
        // It leaves out a window whose queries it finds empty, as happens right after a scrape; nearly all must be there.
        ensure!(ran.status.success() && reports * 100 >= expected * 99, "slo-generator made {reports} of {expected} reports: {last:?}");
        Ok(took * SLOS as f64 / self.slos as f64)
    }
}

fn installed(venv: &Path) -> Result<bool> {
    let made = Command::new("python3").args(["-m", "venv"]).arg(venv).output();
    if !made.is_ok_and(|made| made.status.success()) {
        return Ok(false);
    }
    // With newer setuptools it does not start: pkg_resources is gone.
    let pip = Command::new(venv.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "slo-generator[prometheus]==2.6.0", "setuptools<81"])
        .output()
        .context("run pip")?;
    Ok(pip.status.success())
}

fn windows() -> impl Iterator<Item = i64> {
    LOOKBACKS.into_iter().chain([30 * DAY])
}

fn write_files(folder: &Path, base: &str, count: u64) -> Result {
    let slos = folder.join("slos");
    if slos.exists() {
        std::fs::remove_dir_all(&slos).context("take away the old SLOs")?;
    }
    std::fs::create_dir_all(&slos).context("make the folder of SLOs")?;
    let mut config =
        format!("backends:\n  prometheus:\n    url: \"{base}\"\nexporters: {{}}\nerror_budget_policies:\n  default:\n    steps:\n");
    for minutes in windows() {
        let (name, seconds) = (lookback_text(minutes), minutes * 60);
        writeln!(
            config,
            "    - {{name: {name}, window: {seconds}, burn_rate_threshold: 14.4, alert: true, message_alert: page, message_ok: ok}}"
        )?;
    }
    std::fs::write(folder.join("config.yaml"), config).context("write the configuration")?;
    for slo in 0..count {
        let valid = selector(slo);
        let good = valid.replace('}', ",code=\"200\"}");
        let text = format!(
            "apiVersion: sre.google.com/v2\nkind: ServiceLevelObjective\n\
             metadata:\n  name: slo-{slo}\n  labels: {{service_name: service-{slo}, feature_name: http, slo_name: availability}}\n\
             spec:\n  description: 99.9 % good\n  backend: prometheus\n  method: good_bad_ratio\n  exporters: []\n  goal: 0.999\n  \
             service_level_indicator:\n    filter_good: '{good}'\n    filter_valid: '{valid}'\n"
        );
        std::fs::write(slos.join(format!("slo-{slo:04}.yaml")), text).context("write an SLO")?;
    }
    Ok(())
}
