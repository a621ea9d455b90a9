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
        let taken = match file.try_lock() {
            Ok(()) => false,
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(why)) => return Err(unwritable(why)),
        };
        if taken {
            let mut holder = String::new();
            file.read_to_string(&mut holder).ok();
            let holder = holder.trim();
            return Err(EngineError::Busy { holder: if holder.is_empty() { "an unnamed process".to_owned() } else { holder.to_owned() } });
        }
        file.set_len(0).map_err(unwritable)?;
        file.seek(SeekFrom::Start(0)).map_err(unwritable)?;
        writeln!(file, "{who} (process {})", std::process::id()).map_err(unwritable)?;
        Ok(Self { file })
    }
}

impl Drop for ProfileLock {
    fn drop(&mut self) {
        self.file.set_len(0).ok();
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
        ProfileLock::take(folder.path(), "firewatchctl watch").unwrap();
    }
}
