//! Verified copies, and what happens to a damaged file: it is set aside whole, never overwritten.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::open::{quick_check, sound};
use crate::{Recovery, StoreError};

/// Backups kept.
const KEPT: usize = 3;
/// How the name of a damaged file that was set aside begins.
const ASIDE: &str = "firewatch.db.damaged";

/// Copies the database with `VACUUM INTO`, checks the copy, and only then counts it.
pub(crate) fn make(conn: &Connection, folder: &Path, stamp: &str) -> Result<PathBuf, StoreError> {
    let backups = folder.join("backups");
    std::fs::create_dir_all(&backups).map_err(|why| StoreError::ReadOnly { path: backups.clone(), why: why.to_string() })?;
    let (copy, part) = (backups.join(format!("firewatch-{stamp}.db")), backups.join("unfinished.db"));
    std::fs::remove_file(&part).ok();
    conn.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    quick_check(&Connection::open(&part)?)?;
    std::fs::rename(&part, &copy).map_err(|why| StoreError::ReadOnly { path: copy.clone(), why: why.to_string() })?;
    for old in listed(&backups).into_iter().rev().skip(KEPT) {
        std::fs::remove_file(old).ok();
    }
    Ok(copy)
}

/// Moves a damaged database and its journals aside, and puts the newest sound backup in its place.
pub(crate) fn set_aside(folder: &Path, path: &Path, stamp: &str) -> Result<Recovery, StoreError> {
    let aside = free_name(folder, stamp);
    std::fs::rename(path, &aside).map_err(|why| StoreError::ReadOnly { path: path.to_owned(), why: why.to_string() })?;
    for journal in ["-wal", "-shm"] {
        let from = PathBuf::from(format!("{}{journal}", path.display()));
        std::fs::rename(&from, format!("{}{journal}", aside.display())).ok();
    }
    let newest = listed(&folder.join("backups")).into_iter().rev().find(|copy| sound(copy).is_ok());
    let restored = newest.filter(|copy| std::fs::copy(copy, path).is_ok());
    Ok(Recovery { set_aside: aside, restored })
}

/// What was set aside in a folder, oldest first by name; journals that went with a file are not listed.
pub(crate) fn damaged(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path());
    let is_aside = |name: &str| name.starts_with(ASIDE) && !name.ends_with("-wal") && !name.ends_with("-shm");
    let mut found: Vec<PathBuf> = entries.filter(|p| p.file_name().and_then(|n| n.to_str()).is_some_and(is_aside)).collect();
    found.sort();
    found
}

fn free_name(folder: &Path, stamp: &str) -> PathBuf {
    let names = (0..).map(|n| if n == 0 { format!("{ASIDE}-{stamp}") } else { format!("{ASIDE}-{stamp}-{n}") });
    names.map(|name| folder.join(name)).find(|p| !p.exists()).unwrap_or_else(|| folder.join(ASIDE))
}

/// Finished backups, oldest first by name.
fn listed(backups: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(backups).into_iter().flatten().flatten().map(|e| e.path());
    let mut copies: Vec<PathBuf> = entries
        .filter(|p| {
            p.extension().is_some_and(|e| e == "db") && p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("firewatch-"))
        })
        .collect();
    copies.sort();
    copies
}
