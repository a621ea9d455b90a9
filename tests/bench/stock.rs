//! What a program takes: time and memory of it and all its children. A page lives in processes of its own.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::Context;
use firewatch_tests::Result;

/// What a process and its descendants take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Taken {
    /// How many they are.
    pub processes: u32,
    /// User and system time so far, in seconds.
    pub cpu_s: f64,
    /// Proportional set size in MB: shared pages are divided among those who share them.
    pub pss_mb: f64,
}

/// Takes stock of a process tree.
pub fn taken(root: u32) -> Result<Taken> {
    let ticks = ticks_per_second()?;
    let mut sum = Taken::default();
    for pid in tree(root)? {
        // A process that ended meanwhile takes nothing any more.
        let Some(stat) = stat(pid) else { continue };
        sum.processes += 1;
        sum.cpu_s += stat.ticks as f64 / ticks;
        sum.pss_mb += pss_kb(pid).unwrap_or(0) as f64 / 1024.0;
    }
    Ok(sum)
}

struct Stat {
    parent: u32,
    ticks: u64,
}

fn tree(root: u32) -> Result<Vec<u32>> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").context("list processes")?.flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some((pid, stat)) = pid.and_then(|pid| Some((pid, stat(pid)?))) {
            children.entry(stat.parent).or_default().push(pid);
        }
    }
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(pid) = tree.get(next) {
        tree.extend(children.remove(pid).unwrap_or_default());
        next += 1;
    }
    Ok(tree)
}

fn stat(pid: u32) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; what follows it is the state, the parent, …
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks: ticks(11)? + ticks(12)? })
}

fn pss_kb(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find(|line| line.starts_with("Pss:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}

fn ticks_per_second() -> Result<f64> {
    let asked = Command::new("getconf").arg("CLK_TCK").output().context("run getconf")?;
    String::from_utf8_lossy(&asked.stdout).trim().parse().context("read the length of a tick")
}
