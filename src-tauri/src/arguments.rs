//! What the program is started with: the profile, and whether to stay in the tray.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use firewatch_outside::data_folder;

/// The arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    data: Option<PathBuf>,
    /// Start in the tray, without a window.
    pub hidden: bool,
}

impl Arguments {
    /// Reads `--data DIR`, `--hidden`, `--show`.
    pub fn parse(given: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut arguments = Self { data: std::env::var_os("FIREWATCH_DATA").filter(|v| !v.is_empty()).map(PathBuf::from), hidden: false };
        let mut given = given;
        while let Some(argument) = given.next() {
            match argument.to_str() {
                Some("--data") => arguments.data = Some(given.next().map(PathBuf::from).ok_or("--data needs a folder")?),
                Some(text) if text.starts_with("--data=") => arguments.data = Some(PathBuf::from(&text["--data=".len()..])),
                Some("--hidden") => arguments.hidden = true,
                // A second start with --show brings the first forward; as a first start it is the same as none. WebKitWebDriver
                // starts the program it drives with --automation.
                Some("--show" | "--automation") => {}
                _ => return Err(format!("`{}` is not understood; use --data DIR, --hidden or --show", argument.to_string_lossy())),
            }
        }
        Ok(arguments)
    }

    /// The profile folder.
    pub fn folder(&self) -> Option<PathBuf> {
        data_folder(self.data.as_deref())
    }
}

/// One running window per profile, not per program: the folder is part of the name on the bus.
pub fn instance_id(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut hasher = DefaultHasher::new();
    absolute.hash(&mut hasher);
    format!("dev.firewatch.desktop.p{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_and_strange_ones_refused() {
        let parse = |words: &[&str]| Arguments::parse(words.iter().map(OsString::from));
        assert_eq!(parse(&["--data", "/x", "--hidden"]).unwrap(), Arguments { data: Some("/x".into()), hidden: true });
        assert_eq!(parse(&["--data=/y"]).unwrap().data, Some("/y".into()));
        assert!(parse(&["--data"]).is_err());
        assert!(parse(&["--datta", "/x"]).is_err());
    }
}
