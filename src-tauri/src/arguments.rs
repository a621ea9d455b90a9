//! What the program is started with: the profile, and whether to stay in the tray.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use firewatch_outside::data_folder;

use crate::capture::Capture;

/// The arguments.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    data: Option<PathBuf>,
    /// Start in the tray, without a window.
    pub hidden: bool,
    /// Catch something into the open incident.
    pub capture: Option<Capture>,
}

impl Arguments {
    /// Reads `--data DIR`, `--hidden`, `--show`, `--capture [TEXT]` and its kin.
    pub fn parse(given: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let data = std::env::var_os("FIREWATCH_DATA").filter(|v| !v.is_empty()).map(PathBuf::from);
        let mut arguments = Self { data, ..Self::default() };
        let mut given = given.peekable();
        while let Some(argument) = given.next() {
            match argument.to_str() {
                Some("--data") => arguments.data = Some(given.next().map(PathBuf::from).ok_or("--data needs a folder")?),
                Some(text) if text.starts_with("--data=") => arguments.data = Some(PathBuf::from(&text["--data=".len()..])),
                Some("--hidden") => arguments.hidden = true,
                Some("--capture") => {
                    let line = given.next_if(|next| !next.to_string_lossy().starts_with("--"));
                    let line = line.map(|line| line.to_string_lossy().into_owned());
                    arguments.capture = Some(line.map_or(Capture::Ask, Capture::Text));
                }
                Some(text) if text.starts_with("--capture=") => {
                    arguments.capture = Some(Capture::Text(text["--capture=".len()..].to_owned()));
                }
                Some("--capture-clipboard") => arguments.capture = Some(Capture::Clipboard),
                Some("--capture-screenshot") => arguments.capture = Some(Capture::Screenshot),
                Some("--capture-undo") => arguments.capture = Some(Capture::Undo),
                // A second start with --show brings the first forward; as a first start it is the same as none. WebKitWebDriver
                // starts the program it drives with --automation.
                Some("--show" | "--automation") => {}
                _ => {
                    return Err(format!(
                        "`{}` is not understood; use --data DIR, --hidden, --show, --capture [TEXT], --capture-clipboard, --capture-screenshot or --capture-undo",
                        argument.to_string_lossy()
                    ));
                }
            }
        }
        Ok(arguments)
    }

    /// The profile folder.
    pub fn folder(&self) -> Option<PathBuf> {
        data_folder(self.data.as_deref())
    }

    /// What a start at login is given, and under which name it is kept: a profile that was named is named again, and has an
    /// entry of its own beside the usual profile's.
    pub fn at_login(&self) -> (Vec<String>, String) {
        let hidden = "--hidden".to_owned();
        let Some(folder) = &self.data else { return (vec![hidden], "Firewatch".to_owned()) };
        let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        let name = format!("Firewatch-{:016x}", hash_of(&absolute));
        (vec![hidden, "--data".to_owned(), entry_word(&absolute.to_string_lossy())], name)
    }
}

/// A word of the `Exec` line of a desktop entry: quoted where it needs to be, by the rules of the Desktop Entry Specification.
/// Elsewhere the system takes words one by one.
fn entry_word(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-+:,@=".contains(c));
    if plain || !cfg!(target_os = "linux") {
        return word.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            // Once for the quotes, once more because the whole line is a string of the entry.
            '\\' => quoted.push_str(r"\\\\"),
            '"' | '`' | '$' => quoted.extend(["\\\\", &c.to_string()]),
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// One running window per profile, not per program: the folder is part of the name on the bus.
pub fn instance_id(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    format!("dev.firewatch.desktop.p{:016x}", hash_of(&absolute))
}

fn hash_of(folder: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_and_strange_ones_refused() {
        let parse = |words: &[&str]| Arguments::parse(words.iter().map(OsString::from));
        assert_eq!(parse(&["--data", "/x", "--hidden"]).unwrap(), Arguments { data: Some("/x".into()), hidden: true, capture: None });
        assert_eq!(parse(&["--data=/y"]).unwrap().data, Some("/y".into()));
        let caught = |words: &[&str]| parse(words).unwrap().capture;
        assert_eq!(caught(&["--capture"]), Some(Capture::Ask));
        assert_eq!(caught(&["--capture", "rolled back", "--data", "/x"]), Some(Capture::Text("rolled back".to_owned())));
        assert_eq!(caught(&["--capture=--really"]), Some(Capture::Text("--really".to_owned())));
        assert_eq!(caught(&["--capture", "--data", "/x"]), Some(Capture::Ask));
        assert_eq!(caught(&["--capture-undo"]), Some(Capture::Undo));
        assert!(parse(&["--data"]).is_err());
        assert!(parse(&["--datta", "/x"]).is_err());
    }

    #[test]
    fn a_start_at_login_names_the_profile_it_was_arranged_in() {
        let at_login = |data: Option<&str>| Arguments { data: data.map(PathBuf::from), ..Arguments::default() }.at_login();
        assert_eq!(at_login(None), (vec!["--hidden".to_owned()], "Firewatch".to_owned()));
        let (words, name) = at_login(Some("/srv/watch"));
        assert_eq!(words, ["--hidden", "--data", "/srv/watch"]);
        assert!(name.starts_with("Firewatch-") && name != at_login(Some("/srv/other")).1, "{name}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn strange_folders_are_quoted_for_the_desktop_entry() {
        assert_eq!(entry_word("/srv/a b/100%"), r#""/srv/a b/100%%""#);
        assert_eq!(entry_word(r#"/x/$y"z`\"#), r#""/x/\\$y\\"z\\`\\\\""#);
    }
}
