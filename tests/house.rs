//! The rules of the house, checked where a reviewer would have to remember them: which crate may know which, who may talk to Tauri,
//! what the window may do, what a file may be called and how long it may grow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use firewatch_tests::{Result, parts};
use serde_json::{Value, json};

/// Which of our crates each of them may depend on. Engine sees adapters only through the ports in domain.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("slices", &[]),
    ("documents", &["domain"]),
    ("store", &["domain", "slices"]),
    ("line", &["domain"]),
    ("sources", &["domain"]),
    ("trackers", &["domain", "line"]),
    ("comms", &["domain", "line"]),
    ("casefile", &["domain"]),
    ("relays", &["casefile", "domain"]),
    ("desktop", &["domain"]),
    ("secrets", &["domain"]),
    ("engine", &["casefile", "documents", "domain", "slices", "store"]),
    ("outside", &["comms", "desktop", "domain", "engine", "relays", "secrets", "sources", "store", "trackers"]),
    ("cli", EVERYTHING_BELOW),
    (
        "tests",
        &[
            "casefile",
            "cli",
            "comms",
            "desktop",
            "documents",
            "domain",
            "engine",
            "relays",
            "secrets",
            "slices",
            "sources",
            "store",
            "trackers",
        ],
    ),
    // The application package, which is the shell.
    ("", EVERYTHING_BELOW),
];

const EVERYTHING_BELOW: &[&str] = &[
    "casefile",
    "comms",
    "desktop",
    "documents",
    "domain",
    "engine",
    "line",
    "outside",
    "relays",
    "secrets",
    "slices",
    "sources",
    "store",
    "trackers",
];

/// What the window may ask of Tauri itself, as reviewed: to hear events and to stop hearing them. Everything else is a command of ours.
const REVIEWED_PERMISSIONS: &[&str] = &["core:event:allow-listen", "core:event:allow-unlisten"];

/// A file name that says nothing about what is in it.
const SAYS_NOTHING: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "types", "mod"];

const LONGEST: usize = 600;

#[test]
fn dependencies_point_one_way() -> Result {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = MAY_KNOW.iter().map(|(name, known)| (*name, known.iter().copied().collect())).collect();
    let mut broken = Vec::new();
    for package in packages()? {
        let name = text(&package["name"]);
        let short = ours(&name).with_context(|| format!("{name} is no package of ours"))?.to_owned();
        let Some(known) = allowed.get(short.as_str()) else {
            broken.push(format!("{name} has no place in MAY_KNOW"));
            continue;
        };
        for dependency in dependencies(&package) {
            if ours(&dependency).is_some_and(|other| !known.contains(other)) {
                broken.push(format!("{name} may not depend on {dependency}"));
            }
        }
    }
    none(&broken)
}

#[test]
fn only_the_shell_depends_on_tauri() -> Result {
    let mut broken = Vec::new();
    for package in packages()?.iter().filter(|package| text(&package["name"]) != "firewatch") {
        for dependency in dependencies(package).iter().filter(|name| name.starts_with("tauri") || *name == "wry" || *name == "tao") {
            broken.push(format!("{} may not depend on {dependency}", text(&package["name"])));
        }
    }
    none(&broken)
}

#[test]
fn only_the_ipc_folder_of_the_ui_imports_tauri() -> Result {
    let outside = |file: &&PathBuf| file.starts_with("ui/src") && !file.starts_with("ui/src/ipc");
    none(&lines_with(sources()?.iter().filter(outside), |line| line.contains("@tauri-apps")))
}

#[test]
fn files_are_short_and_named_by_what_they_hold() -> Result {
    let mut broken = Vec::new();
    for file in sources()? {
        let stem = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next()).unwrap_or_default();
        if SAYS_NOTHING.contains(&stem) {
            broken.push(format!("{}: the name says nothing", file.display()));
        }
        let length = read(&file)?.lines().count();
        if length > LONGEST && !file.ends_with("ipc/bindings.ts") {
            broken.push(format!("{}: {length} lines, more than {LONGEST}", file.display()));
        }
    }
    none(&broken)
}

#[test]
fn nothing_is_left_for_later() -> Result {
    // Taken apart, so that this file passes its own test.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];
    none(&lines_with(sources()?.iter(), |line| marks.iter().any(|mark| line.contains(mark))))
}

#[test]
fn no_path_of_one_machine_is_written_down() -> Result {
    // Where people keep their files, and where this checkout happens to lie.
    let here = format!("{}/", parts::checkout().display());
    let homes = [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!("C:\\", "Users"), &here];
    let inside = |before: &str| before.ends_with(|sign: char| sign.is_alphanumeric() || "/._-})".contains(sign));
    let absolute = |line: &str| homes.iter().any(|home| line.match_indices(home).any(|(at, _)| !inside(&line[..at])));
    none(&lines_with(sources()?.iter(), absolute))
}

#[test]
fn the_lock_file_of_the_ui_names_no_download_address() -> Result {
    let lock: Value = serde_json::from_str(&read(Path::new("ui/package-lock.json"))?)?;
    let packages = lock["packages"].as_object().context("the lock file lists no packages")?;
    none(
        &packages
            .iter()
            .filter(|(_, package)| package.get("resolved").is_some_and(|from| text(from).contains("://")))
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>(),
    )
}

#[test]
fn the_window_reaches_nothing_but_the_core() -> Result {
    let config: Value = serde_json::from_str(&read(Path::new("tauri.conf.json"))?)?;
    let policies = [&config["app"]["security"]["csp"], &config["app"]["security"]["devCsp"]];
    let mut broken = Vec::new();
    for policy in policies.into_iter().filter(|policy| !policy.is_null()) {
        broken.extend(too_open(&directives(policy)));
    }
    ensure!(!config["app"]["security"]["csp"].is_null(), "tauri.conf.json has no content security policy");
    none(&broken)
}

#[test]
fn an_open_content_policy_would_be_noticed() {
    let policy = |text: &str| too_open(&directives(&json!(text))).len();
    assert_eq!(policy("default-src 'self'; connect-src ipc: http://ipc.localhost; script-src 'self'"), 0);
    assert_eq!(policy("default-src 'self'; connect-src ipc: https://example.com"), 1);
    assert_eq!(policy("default-src 'self' 'unsafe-inline'"), 1);
    assert_eq!(policy("default-src 'none'; connect-src ipc:; script-src 'self' data: blob: 'unsafe-eval' http://x"), 4);
    assert_eq!(policy("style-src 'self'"), 2);
}

#[test]
fn the_window_is_granted_what_was_reviewed_and_no_more() -> Result {
    let mut broken = Vec::new();
    let config: Value = serde_json::from_str(&read(Path::new("tauri.conf.json"))?)?;
    let mut grants: Vec<Value> = config["app"]["security"]["capabilities"].as_array().cloned().unwrap_or_default();
    for file in tracked()?.iter().filter(|file| file.starts_with("src-tauri/capabilities")) {
        ensure!(file.extension().is_some_and(|kind| kind == "json"), "{}: capabilities are JSON here", file.display());
        grants.push(serde_json::from_str(&read(file)?).with_context(|| file.display().to_string())?);
    }
    for grant in grants.iter().filter(|grant| grant.is_object()) {
        let listed = grant["permissions"].as_array().context("a capability without permissions")?;
        for permission in listed {
            let name = permission.as_str().or(permission["identifier"].as_str()).unwrap_or_default();
            if !REVIEWED_PERMISSIONS.contains(&name) || permission.is_object() {
                broken.push(format!("{} grants {permission}", text(&grant["identifier"])));
            }
        }
        if grant.get("remote").is_some() {
            broken.push(format!("{} lets pages from the network in", text(&grant["identifier"])));
        }
    }
    none(&broken)
}

fn none(broken: &[String]) -> Result {
    ensure!(broken.is_empty(), "the house rules are broken:\n  {}", broken.join("\n  "));
    Ok(())
}

/// The workspace's packages as cargo sees them.
fn packages() -> Result<Vec<Value>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let read =
        Command::new(cargo).args(["metadata", "--no-deps", "--format-version=1", "--offline"]).current_dir(parts::checkout()).output()?;
    ensure!(read.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&read.stderr));
    let metadata: Value = serde_json::from_slice(&read.stdout)?;
    metadata["packages"].as_array().cloned().context("cargo names no packages")
}

/// Every dependency of a package: to run, to build, to test.
fn dependencies(package: &Value) -> BTreeSet<String> {
    package["dependencies"].as_array().into_iter().flatten().map(|dependency| text(&dependency["name"])).collect()
}

/// The short name of a package of ours; the application itself is the empty one.
fn ours(name: &str) -> Option<&str> {
    if name == "firewatch" { Some("") } else { name.strip_prefix("firewatch-") }
}

/// What git knows or would take in, by path from the top, without what was deleted.
fn tracked() -> Result<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(parts::checkout())
        .output()?;
    ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let names = String::from_utf8(listed.stdout)?;
    let files: BTreeSet<PathBuf> = names.split_terminator('\0').map(PathBuf::from).collect();
    Ok(files.into_iter().filter(|file| parts::checkout().join(file).is_file()).collect())
}

/// The files that people write.
fn sources() -> Result<Vec<PathBuf>> {
    const KINDS: &[&str] = &["rs", "ts", "svelte", "js", "mjs", "css", "html", "sql", "sh", "toml"];
    let source = |file: &PathBuf| file.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| KINDS.contains(&kind));
    let mut files: Vec<PathBuf> = tracked()?.into_iter().filter(source).collect();
    files.extend(["Makefile", ".ci/run", ".ci/set-up-system", ".ci/run-window", ".ci/phase"].map(PathBuf::from));
    Ok(files)
}

fn lines_with<'a>(files: impl Iterator<Item = &'a PathBuf>, offends: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        let text = read(file).unwrap_or_default();
        let lines = text.lines().zip(1..).filter(|(line, _)| offends(line));
        found.extend(lines.map(|(line, number)| format!("{}:{number}: {}", file.display(), line.trim())));
    }
    found
}

fn read(file: &Path) -> Result<String> {
    let bytes = std::fs::read(parts::checkout().join(file)).with_context(|| format!("read {}", file.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A content policy by directive; Tauri takes it as one text or as an object.
fn directives(policy: &Value) -> BTreeMap<String, Vec<String>> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let listed = |value: &Value| match value {
        Value::Array(list) => list.iter().map(text).collect(),
        other => words(&text(other)),
    };
    match policy {
        Value::Object(by_name) => by_name.iter().map(|(name, value)| (name.clone(), listed(value))).collect(),
        other => {
            text(other).split(';').filter_map(|part| words(part).split_first().map(|(name, rest)| (name.clone(), rest.to_vec()))).collect()
        }
    }
}

/// What a policy allows that it must not.
fn too_open(directives: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut broken = Vec::new();
    let effective = |name: &str| directives.get(name).or(directives.get("default-src"));
    match effective("script-src") {
        None => broken.push("script-src is not limited".to_owned()),
        Some(sources) => {
            let evil = |source: &&String| {
                ["'unsafe-inline'", "'unsafe-eval'", "*"].contains(&source.as_str())
                    || source.contains("http")
                    || source.starts_with("data:")
                    || source.starts_with("blob:")
            };
            broken.extend(sources.iter().filter(evil).map(|source| format!("script-src allows {source}")));
        }
    }
    match effective("connect-src") {
        None => broken.push("connect-src is not limited".to_owned()),
        Some(sources) => {
            // The last is how Windows and Android spell `ipc:`.
            let harmless = |source: &&String| {
                !["ipc:", "'self'", "'none'", "http://ipc.localhost"].contains(&source.as_str()) && !source.starts_with("'unsafe")
            };
            broken.extend(sources.iter().filter(harmless).map(|source| format!("connect-src allows {source}")));
        }
    }
    broken
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
