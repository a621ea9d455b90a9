//! The table `make bench` ends with. Each benchmark is a program of its own and adds its rows to a file; whoever adds prints the whole
//! table, so the last of them ends with all of it, ready for the README.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Context;
use firewatch_tests::Result;

use crate::{machine, room};

/// One line of the table.
#[derive(Debug)]
pub struct Row {
    /// What was measured.
    pub figure: String,
    /// Firewatch's value.
    pub ours: String,
    /// What it is held against, with its value.
    pub beside: String,
    /// The ratio, with its interval where there is one.
    pub ratio: String,
    /// The limit in words.
    pub limit: String,
    /// Whether it was kept.
    pub kept: bool,
}

const HEAD: &str = "| figure | Firewatch | beside it | ratio (95 %) | limit | |\n|---|---:|---:|---:|---:|---|\n";
/// In the order of the README.
const BENCHMARKS: [&str; 10] =
    ["poll", "evaluate", "slices", "replay", "bytes", "start", "idle", "window_queries", "timeline", "postmortem"];

/// Keeps the rows of a benchmark and prints what there is.
pub fn add(benchmark: &str, rows: &[Row]) -> Result {
    let folder = room::room("table")?;
    let mut text = String::new();
    for row in rows {
        let verdict = if row.kept { "PASS" } else { "MISS" };
        let Row { figure, ours, beside, ratio, limit, .. } = row;
        writeln!(text, "| {figure} | {ours} | {beside} | {ratio} | {limit} | {verdict} |")?;
    }
    std::fs::write(folder.join(benchmark), text).context("keep the rows")?;
    let rows: String = BENCHMARKS.iter().filter_map(|name| std::fs::read_to_string(folder.join(name)).ok()).collect();
    std::fs::write(folder.join("table.md"), format!("{HEAD}{rows}")).context("keep the table")?;
    say(&format!("\n{} afterwards\n\n{HEAD}{rows}", machine::words()))
}

/// Prints a line; `make bench` lets everything through.
pub fn say(line: &str) -> Result {
    writeln!(std::io::stdout(), "{line}").context("print")
}
