//! Why memory failed, in words a person can act on.

use std::path::PathBuf;

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file was written by a newer Firewatch.
    #[error(
        "{path} was written by a newer Firewatch (schema {found}, this one knows {known}); install the newer version again, nothing was changed"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The SQLite inside is one that can corrupt data.
    #[error("the built-in SQLite is {0}, which can damage databases; this build must not be used")]
    UnsafeSqlite(String),
    /// The folder or file cannot be written.
    #[error("{path} cannot be written ({why}); make it writable, or choose another profile folder with --data")]
    ReadOnly {
        /// Folder or file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// No space is left.
    #[error("the disk is full; free some space, Firewatch goes on by itself then")]
    DiskFull,
    /// The file is damaged.
    #[error("the database is damaged ({0}); it will be set aside at the next start")]
    Damaged(String),
    /// A name or id nothing goes by.
    #[error("there is no {what} `{name}`")]
    Missing {
        /// What was sought.
        what: &'static str,
        /// Name or id.
        name: String,
    },
    /// A name that is taken.
    #[error("there is a {what} `{name}` already; choose another name")]
    Taken {
        /// What.
        what: &'static str,
        /// Name.
        name: String,
    },
    /// Stored text that does not read.
    #[error("a stored value does not read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Anything else SQLite says.
    #[error("the database refused: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            // The index of the write-ahead log could not be made as large as it must be.
            Some(_) if error.sqlite_error().is_some_and(|e| e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path: PathBuf::from("the profile"), why: error.to_string() },
            _ => Self::Sqlite(error),
        }
    }
}

impl From<firewatch_slices::varint::Damaged> for StoreError {
    fn from(damaged: firewatch_slices::varint::Damaged) -> Self {
        Self::Damaged(damaged.to_string())
    }
}
