//! Where benchmarks put what they make.

use std::path::{Path, PathBuf};

use anyhow::Context;
use firewatch_tests::{Result, parts};

/// A folder for what benchmarks make, under `target`: on a real disk, and kept out of the way of everything else.
pub fn room(name: &str) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| parts::checkout().join("target"), PathBuf::from);
    let folder = Path::new(&target).join("bench").join(name);
    std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    Ok(folder)
}
