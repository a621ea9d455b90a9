//! Which parts this machine has. A missing one is a visible skip at a desk and a failure in CI: a check that silently did not run is
//! worse than none.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::Result;

/// Whether every one of `programs` can be started. If not, says so on the terminal (past the capture of the test runner), or fails
/// where `CI=true`.
pub fn present(test: &str, programs: &[&str]) -> Result<bool> {
    let missing: Vec<&str> = programs.iter().copied().filter(|name| find(name).is_none()).collect();
    if missing.is_empty() { Ok(true) } else { absent(test, &missing.join(", ")) }
}

/// The same for anything else a test needs: `what` is not here.
pub fn absent(test: &str, what: &str) -> Result<bool> {
    if in_ci() {
        bail!("{test} cannot run: {what} is missing, and CI=true allows no skip");
    }
    // `eprintln!` would be captured and thrown away with the output of a passing test.
    writeln!(std::io::stderr(), "SKIP {test}: {what} is missing (`make test` installs what it can)").context("write to the terminal")?;
    Ok(false)
}

/// Where `program` lies: on the path, or itself if it is a path.
pub fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The window's program: `FIREWATCH_BIN`, or the newest build beside this test.
pub fn firewatch() -> Option<PathBuf> {
    built("FIREWATCH_BIN", "firewatch")
}

/// The command line's program: `FIREWATCHCTL_BIN`, or the newest build beside this test.
pub fn firewatchctl() -> Option<PathBuf> {
    built("FIREWATCHCTL_BIN", "firewatchctl")
}

/// The top folder of the checkout.
pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// How often to repeat something: `small` on each commit, `whole` under `make soak`.
pub fn repeats(small: u32, whole: u32) -> u32 {
    if std::env::var_os("FIREWATCH_SOAK").is_some() { whole } else { small }
}

fn built(variable: &str, name: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(PathBuf::from(path)).filter(|path| path.is_file());
    }
    // This test runs as target/<profile>/deps/<test>-<hash>.
    let test = std::env::current_exe().ok()?;
    Some(test.parent()?.parent()?.join(name)).filter(|path| path.is_file())
}

fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}
