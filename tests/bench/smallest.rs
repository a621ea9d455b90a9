//! The smallest Tauri window: one static page and one command by which it says that it was painted. Generated and built beside Firewatch
//! with the same versions and the same profile, so that what is left of a comparison is Firewatch's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use firewatch_tests::{Result, parts};

use crate::room;

const MANIFEST: &str = r#"[package]
name = "smallest"
version = "0.1.0"
edition = "2024"

[workspace]

[dependencies]
tauri = { version = "=2.12.5", features = ["custom-protocol", "image-png"] }

[build-dependencies]
tauri-build = "2.7.4"

[profile.release]
lto = "thin"
codegen-units = 4
strip = true
panic = "unwind"
"#;

const MAIN: &str = r#"#[tauri::command]
fn painted() {
    if let Some(file) = std::env::var_os("FIREWATCH_PAINTED") {
        std::fs::write(file, "1").ok();
    }
}

fn main() {
    let smallest = tauri::Builder::default().invoke_handler(tauri::generate_handler![painted]);
    smallest.run(tauri::generate_context!()).expect("run");
}
"#;

const BUILD: &str = "fn main() {\n    tauri_build::build();\n}\n";

const CONFIG: &str = r#"{
  "productName": "smallest",
  "identifier": "dev.firewatch.smallest",
  "build": { "frontendDist": "dist" },
  "app": { "windows": [{ "title": "Smallest", "width": 1280, "height": 780 }] },
  "bundle": { "active": false, "icon": ["icons/icon.png"] }
}
"#;

const PAGE: &str = "<!doctype html>\n<title>Smallest</title>\n<p>Hello, world.</p>\n<script src=\"page.js\"></script>\n";

/// The same mark as Firewatch's: after the second frame.
const SCRIPT: &str = "requestAnimationFrame(() => requestAnimationFrame(() => void window.__TAURI_INTERNALS__.invoke('painted')));\n";

/// Builds it, or finds it built; answers the program.
pub fn build() -> Result<PathBuf> {
    let folder = room::room("smallest")?;
    let files =
        [("Cargo.toml", MANIFEST), ("build.rs", BUILD), ("src/main.rs", MAIN), ("tauri.conf.json", CONFIG), ("dist/index.html", PAGE)];
    for (name, text) in files.into_iter().chain([("dist/page.js", SCRIPT)]) {
        write(&folder.join(name), text.as_bytes())?;
    }
    let checkout = parts::checkout();
    for (from, to) in [("Cargo.lock", "Cargo.lock"), ("icons/icon.png", "icons/icon.png")] {
        let bytes = std::fs::read(checkout.join(from)).with_context(|| format!("read {from}"))?;
        write(&folder.join(to), &bytes)?;
    }
    // In the folder where Firewatch was built, most of Tauri is there already.
    let target = room::room("")?.parent().context("the target folder")?.to_owned();
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .output()
        .context("run cargo")?;
    ensure!(built.status.success(), "the smallest window was not built: {}", String::from_utf8_lossy(&built.stderr));
    Ok(target.join("release/smallest"))
}

/// Writes a file unless it is so already: cargo builds anew what looks newer.
fn write(path: &Path, bytes: &[u8]) -> Result {
    if std::fs::read(path).is_ok_and(|have| have == bytes) {
        return Ok(());
    }
    std::fs::create_dir_all(path.parent().context("a file without a folder")?).context("make a folder")?;
    std::fs::write(path, bytes).with_context(|| format!("write {}", path.display()))
}
