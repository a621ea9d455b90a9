//! Counts files for `evaluate` and `backtest`: steady traffic with incidents of a constant ratio in it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use firewatch_tests::Result;

/// Steady traffic from one minute to another; all of it good but for the incidents.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// First minute since the epoch.
    pub from: i64,
    /// First minute after.
    pub to: i64,
    /// Events a minute.
    pub events: u64,
    /// Bad events of a usual minute.
    pub base: u64,
    /// Incidents: from, to, bad events of each of their minutes.
    pub incidents: Vec<(i64, i64, u64)>,
    /// Minutes without a row.
    pub holes: Vec<(i64, i64)>,
}

impl Traffic {
    /// Bad events of a minute.
    pub fn bad(&self, minute: i64) -> u64 {
        let hit = self.incidents.iter().find(|(from, to, _)| (*from..*to).contains(&minute));
        hit.map_or(self.base, |(_, _, bad)| *bad)
    }

    /// Writes it into a folder, every other row in unix seconds.
    pub fn write(&self, folder: &Path, name: &str) -> Result<PathBuf> {
        let mut text = "time,good,total\n".to_owned();
        for minute in (self.from..self.to).filter(|m| !self.holes.iter().any(|(from, to)| (*from..*to).contains(m))) {
            let good = self.events - self.bad(minute);
            if minute % 2 == 0 {
                writeln!(text, "{},{good},{}", minute * 60, self.events)?;
            } else {
                writeln!(text, "{},{good},{}", rfc3339(minute), self.events)?;
            }
        }
        let path = folder.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }
}

/// The start of a minute as `firewatchctl` writes it.
pub fn rfc3339(minute: i64) -> String {
    chrono::DateTime::from_timestamp(minute * 60, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
