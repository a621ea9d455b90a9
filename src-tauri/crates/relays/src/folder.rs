//! A folder that something else keeps alike on several machines. Each machine appends to files of its own, one folder for each
//! incident; what others lay there is read and never touched.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use firewatch_domain::ports::{CaseFolder, SharedFile};
use firewatch_domain::relay::is_shared_id;
use firewatch_domain::words;

/// How the names of our files end. Copies that a sync made of a conflict end so, too, and are read like any other.
pub const ENDING: &str = ".fwcase";
/// Incidents and files of one that are looked at.
const MOST: usize = 5000;

/// A shared folder.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// At a path, which need not be there.
    pub fn new(path: &str) -> Self {
        Self { path: PathBuf::from(path) }
    }

    fn place(&self, incident: &str) -> Result<PathBuf, String> {
        if is_shared_id(incident) { Ok(self.path.join(incident)) } else { Err("an incident with this id cannot be a folder".to_owned()) }
    }

    fn file(&self, incident: &str, name: &str) -> Result<PathBuf, String> {
        let plain = !name.contains(['/', '\\', '\0']) && !name.starts_with('.') && name.ends_with(ENDING);
        if plain { Ok(self.place(incident)?.join(name)) } else { Err("this is no name of a case file".to_owned()) }
    }
}

impl CaseFolder for Folder {
    fn incidents(&self) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(|error| told(&self.path, &error))?.take(MOST) {
            let entry = entry.map_err(|error| told(&self.path, &error))?;
            // Links are not followed: they may lead anywhere.
            let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            found.extend(entry.file_name().into_string().ok().filter(|name| folder && is_shared_id(name)));
        }
        found.sort();
        Ok(found)
    }

    fn files(&self, incident: &str) -> Result<Vec<SharedFile>, String> {
        let place = self.place(incident)?;
        let listing = match fs::read_dir(&place) {
            Ok(listing) => listing,
            Err(error) if error.kind() == ErrorKind::NotFound && self.path.is_dir() => return Ok(Vec::new()),
            Err(error) => return Err(told(&place, &error)),
        };
        let mut files = Vec::new();
        for entry in listing.take(MOST) {
            let entry = entry.map_err(|error| told(&place, &error))?;
            let Ok(meta) = entry.metadata() else { continue };
            let Some(name) = entry.file_name().into_string().ok().filter(|name| name.ends_with(ENDING) && !name.starts_with('.')) else {
                continue;
            };
            if meta.is_file() {
                let stamp = meta.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_nanos());
                files.push(SharedFile { name, size: meta.len(), stamp: stamp as i128 });
            }
        }
        files.sort();
        Ok(files)
    }

    fn read(&self, incident: &str, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let path = self.file(incident, name)?;
        let mut bytes = Vec::new();
        let read = File::open(&path).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map_err(|error| told(&path, &error))?;
        Ok(bytes)
    }

    fn append(&self, incident: &str, name: &str, bytes: &[u8]) -> Result<(), String> {
        let (place, path) = (self.place(incident)?, self.file(incident, name)?);
        match fs::create_dir(&place) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(told(&place, &error)),
            _ => {}
        }
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
            let before = file.seek(SeekFrom::End(0))?;
            let written = file.write_all(bytes).and_then(|()| file.sync_data());
            if written.is_err() {
                // Half an update in the middle would hide what is appended after it.
                file.set_len(before)?;
            }
            written
        };
        write().map_err(|error| told(&path, &error))
    }
}

fn told(path: &Path, error: &std::io::Error) -> String {
    let shown = words::plain(&path.display().to_string(), 200);
    let cure = match error.kind() {
        ErrorKind::NotFound => "it is not there; make the folder, or choose another",
        ErrorKind::PermissionDenied => "it may not be used; give yourself the right to read and write it",
        ErrorKind::StorageFull => "there is no space left",
        ErrorKind::NotADirectory => "it is no folder; choose one",
        _ => return format!("`{shown}` cannot be used: {}", words::plain(&error.to_string(), 200)),
    };
    format!("`{shown}`: {cure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const INCIDENT: &str = "01995-incident";

    #[test]
    fn what_is_appended_is_listed_and_read() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(&place.path().display().to_string());
        assert_eq!((folder.incidents().unwrap(), folder.files(INCIDENT).unwrap()), (vec![], vec![]));
        folder.append(INCIDENT, "a.fwcase", b"one").unwrap();
        folder.append(INCIDENT, "a.fwcase", b"two").unwrap();
        assert_eq!(folder.incidents().unwrap(), [INCIDENT]);
        let files = folder.files(INCIDENT).unwrap();
        assert_eq!((files.len(), files[0].size), (1, 6));
        assert_eq!(folder.read(INCIDENT, "a.fwcase", 100).unwrap(), b"onetwo");
        assert_eq!(folder.read(INCIDENT, "a.fwcase", 4).unwrap(), b"onet");
    }

    #[test]
    fn nothing_outside_is_reached() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("secret.fwcase"), "x").unwrap();
        let folder = Folder::new(&place.path().join("shared").display().to_string());
        assert!(folder.incidents().unwrap_err().contains("make the folder"));
        fs::create_dir(place.path().join("shared")).unwrap();
        for (incident, name) in
            [("..", "secret.fwcase"), (INCIDENT, "../../secret.fwcase"), (INCIDENT, "a.txt"), ("../../../x", "a.fwcase")]
        {
            assert!(folder.read(incident, name, 100).is_err());
            assert!(folder.append(incident, name, b"x").is_err());
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let place = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("a.fwcase"), "x").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), place.path().join("01995-linked")).unwrap();
        let folder = Folder::new(&place.path().display().to_string());
        folder.append(INCIDENT, "a.fwcase", b"x").unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("a.fwcase"), place.path().join(INCIDENT).join("b.fwcase")).unwrap();
        assert_eq!(folder.incidents().unwrap(), [INCIDENT]);
        assert_eq!(folder.files(INCIDENT).unwrap().len(), 1);
    }
}
