//! The engine runs once per profile: whoever runs it holds a lock on a file that names the holder.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::EngineError;

/// The lock; given back when dropped, and by the system when the process dies.
#[derive(Debug)]
pub struct ProfileLock {
    file: File,
}

impl ProfileLock {
    /// Takes the lock of a profile folder, or names its holder. `who`: `the window`, `firewatchctl watch`.
    pub fn take(folder: &Path, who: &str) -> Result<Self, EngineError> {
        let path = folder.join("engine.lock");
        let unwritable =
            |why: std::io::Error| EngineError::Store(firewatch_store::StoreError::ReadOnly { path: path.clone(), why: why.to_string() });
        std::fs::create_dir_all(folder).map_err(unwritable)?;
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(unwritable)?;
        let mut before = String::new();
        let taken = match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(why)) => return Err(unwritable(why)),
        };
        file.read_to_string(&mut before).ok();
        if taken {
            let holder = before.trim();
            return Err(EngineError::Busy { holder: if holder.is_empty() { "an unnamed process".to_owned() } else { holder.to_owned() } });
        }
        // Written over what stood there: a journalling file system makes whoever empties a file wait for the disk, and this is a start.
        let name = format!("{who} (process {})", std::process::id());
        file.seek(SeekFrom::Start(0)).map_err(unwritable)?;
        writeln!(file, "{name:width$}", width = before.trim_end_matches('\n').chars().count()).map_err(unwritable)?;
        Ok(Self { file })
    }
}

impl Drop for ProfileLock {
    fn drop(&mut self) {
        self.file.unlock().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let first = ProfileLock::take(folder.path(), "the window").unwrap();
        let error = ProfileLock::take(folder.path(), "firewatchctl watch").unwrap_err();
        assert!(error.to_string().contains("the window (process "), "{error}");
        drop(first);
        let next = ProfileLock::take(folder.path(), "a capture").unwrap();
        let error = ProfileLock::take(folder.path(), "the window").unwrap_err();
        assert_eq!(error.to_string().matches("a capture (process ").count(), 1, "{error}");
        assert!(!error.to_string().contains("the window"), "{error}");
        drop(next);
    }
}
