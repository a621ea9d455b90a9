//! Files the person asked for, written into a folder they named.

use std::path::Path;

use firewatch_domain::words;

use crate::EngineError;

/// Writes texts by their names into a folder, which is made where it is missing; answers their paths. A file of the same name is
/// replaced. What cannot be written is said beside the field `folder`; `example` shows how one is named.
pub fn write_files(folder: &Path, example: &str, files: impl IntoIterator<Item = (String, String)>) -> Result<Vec<String>, EngineError> {
    if folder.as_os_str().is_empty() || !folder.is_absolute() {
        let message = format!("write the whole path of a folder, such as {example}");
        return Err(EngineError::Field { field: "folder".to_owned(), message });
    }
    let refused = |what: &Path, error: std::io::Error| EngineError::Field {
        field: "folder".to_owned(),
        message: format!("{} cannot be written: {error}; choose another folder", words::plain(&what.display().to_string(), 200)),
    };
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    let write = |(name, text): (String, String)| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| refused(&path, error))?;
        Ok(path.display().to_string())
    };
    files.into_iter().map(write).collect()
}
