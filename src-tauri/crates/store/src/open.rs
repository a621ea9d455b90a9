//! Opening a profile: version checks, recovery from damage, migration behind a verified backup, one writer, one reader.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use crate::{StoreError, Topic, Tx, backup};

/// The schema this version writes.
pub const SCHEMA: i64 = 1;
const MIGRATIONS: [M<'static>; SCHEMA as usize] = [M::up(include_str!("migrations/0001_first.sql"))];
/// Below this size the whole file is checked before it is trusted; a larger one is checked in the background.
const CHECKED_AT_START: u64 = 16 << 20;

/// What had to be done to open a damaged profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Where the damaged file lies now.
    pub set_aside: PathBuf,
    /// The backup that took its place, if there was one.
    pub restored: Option<PathBuf>,
}

type Listener = Arc<dyn Fn(&BTreeSet<Topic>) + Send + Sync>;

/// The store of one profile.
pub struct Store {
    path: Option<PathBuf>,
    // Before the writer, so that the writer closes last and can fold the journal into the file.
    reader: Option<Mutex<Connection>>,
    writer: Mutex<Connection>,
    listeners: RwLock<Vec<Listener>>,
    recovery: Option<Recovery>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens or creates the database of a profile folder. `stamp` names what is set aside or backed up (a time, from outside).
    pub fn open(folder: &Path, stamp: &str) -> Result<Self, StoreError> {
        check_sqlite()?;
        let read_only = |why: std::io::Error| StoreError::ReadOnly { path: folder.to_owned(), why: why.to_string() };
        std::fs::create_dir_all(folder).map_err(read_only)?;
        keep_private(folder, 0o700).map_err(read_only)?;
        let path = folder.join("firewatch.db");
        let mut recovery = None;
        let mut writer = match sound(&path) {
            Ok(conn) => conn,
            Err(StoreError::Damaged(why)) => {
                tracing::error!(%why, "the database is damaged and is set aside");
                recovery = Some(backup::set_aside(folder, &path, stamp)?);
                sound(&path)?
            }
            Err(other) => return Err(other),
        };
        migrate(&mut writer, &path, folder, stamp)?;
        keep_private(&path, 0o600).map_err(|why| StoreError::ReadOnly { path: path.clone(), why: why.to_string() })?;
        let reader = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        reader.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA cache_size = -4000;")?;
        reader.set_prepared_statement_cache_capacity(64);
        Ok(Self { path: Some(path), writer: Mutex::new(writer), reader: Some(Mutex::new(reader)), listeners: RwLock::default(), recovery })
    }

    /// A store that lives in memory, for tests and dry runs.
    pub fn in_memory() -> Result<Self, StoreError> {
        check_sqlite()?;
        let mut writer = Connection::open_in_memory()?;
        configure(&writer)?;
        Migrations::from_slice(&MIGRATIONS).to_latest(&mut writer).map_err(migration_error)?;
        Ok(Self { path: None, writer: Mutex::new(writer), reader: None, listeners: RwLock::default(), recovery: None })
    }

    /// What had to be recovered at opening.
    pub fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }

    /// Damaged databases of this profile that were set aside, now or at an earlier start, and are still there; newest last.
    pub fn set_aside(&self) -> Vec<PathBuf> {
        self.path.as_deref().and_then(Path::parent).map(backup::damaged).unwrap_or_default()
    }

    /// The database file.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Hears the topics of every commit made through this store. Called on the writing thread: keep it short.
    pub fn on_change(&self, listener: impl Fn(&BTreeSet<Topic>) + Send + Sync + 'static) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(listener));
    }

    /// One write transaction: all of it or nothing.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let (value, topics) = {
            let mut conn = lock(&self.writer);
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
            let tx = Tx::new(&transaction);
            let value = work(&tx)?;
            let topics = tx.into_topics();
            transaction.commit().map_err(StoreError::from)?;
            (value, topics)
        };
        if !topics.is_empty() {
            self.tell(&topics);
        }
        Ok(value)
    }

    /// One consistent read.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut conn = lock(self.reader.as_ref().unwrap_or(&self.writer));
        let transaction = conn.transaction().map_err(StoreError::from)?;
        work(&Tx::reading(&transaction))
    }

    /// A number that changes when another program wrote to the file; asked of the writer, whose own commits do not count.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        let conn = lock(&self.writer);
        Ok(conn.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }

    /// Tells the listeners that these topics may have changed, as after another program's write.
    pub fn tell(&self, topics: &BTreeSet<Topic>) {
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
        for listener in &listeners {
            listener(topics);
        }
    }

    /// A verified copy into the profile's `backups`, of which the newest three are kept.
    pub fn back_up(&self, stamp: &str) -> Result<Option<PathBuf>, StoreError> {
        let Some(folder) = self.path.as_deref().and_then(Path::parent) else { return Ok(None) };
        backup::make(&lock(&self.writer), folder, stamp).map(Some)
    }

    /// Checks the whole file; `Damaged` with SQLite's words when it does not hold.
    pub fn check(&self) -> Result<(), StoreError> {
        quick_check(&lock(self.reader.as_ref().unwrap_or(&self.writer)))
    }
}

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The WAL-reset bug of SQLite before 3.51.3 (and the withdrawn 3.52.0) can corrupt a database with two connections.
fn check_sqlite() -> Result<(), StoreError> {
    let number = rusqlite::version_number();
    if number >= 3_051_003 && number != 3_052_000 { Ok(()) } else { Err(StoreError::UnsafeSqlite(rusqlite::version().to_owned())) }
}

/// Opens the file and makes sure it is a sound database.
pub(crate) fn sound(path: &Path) -> Result<Connection, StoreError> {
    if path.is_dir() {
        return Err(StoreError::Damaged(format!("{} is a folder", path.display())));
    }
    let size = path.metadata().map_or(0, |m| m.len());
    let conn = Connection::open(path).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::PermissionDenied | rusqlite::ErrorCode::ReadOnly) => {
            StoreError::ReadOnly { path: path.to_owned(), why: error.to_string() }
        }
        _ => StoreError::from(error),
    })?;
    configure(&conn).map_err(|error| match error {
        StoreError::ReadOnly { why, .. } => StoreError::ReadOnly { path: path.to_owned(), why },
        other => other,
    })?;
    conn.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    if size > 0 && size <= CHECKED_AT_START {
        quick_check(&conn)?;
    }
    Ok(conn)
}

fn configure(conn: &Connection) -> Result<(), StoreError> {
    // A poll of a thousand SLOs touches more than a thousand pages. With the default each of its commits would also carry the
    // journal over into the file; so a few share that.
    conn.execute_batch(
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000; PRAGMA journal_size_limit = 16777216;
         PRAGMA wal_autocheckpoint = 8000;",
    )?;
    conn.set_prepared_statement_cache_capacity(128);
    Ok(())
}

pub(crate) fn quick_check(conn: &Connection) -> Result<(), StoreError> {
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged(verdict)) }
}

fn migrate(conn: &mut Connection, path: &Path, folder: &Path, stamp: &str) -> Result<(), StoreError> {
    let found: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > SCHEMA {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA });
    }
    if found == SCHEMA {
        return Ok(());
    }
    if found > 0 {
        backup::make(conn, folder, &format!("{stamp}-schema-{found}"))?;
    }
    Migrations::from_slice(&MIGRATIONS).to_latest(conn).map_err(migration_error)
}

fn migration_error(error: rusqlite_migration::Error) -> StoreError {
    match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::from(err),
        other => StoreError::Damaged(other.to_string()),
    }
}

#[cfg(unix)]
fn keep_private(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_private(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_hold() {
        Migrations::from_slice(&MIGRATIONS).validate().unwrap();
    }

    #[test]
    fn a_newer_database_is_refused_and_untouched() {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path(), "t").unwrap());
        let path = folder.path().join("firewatch.db");
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(matches!(Store::open(folder.path(), "t"), Err(StoreError::Newer { found: 99, .. })));
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_damaged_database_is_set_aside_and_the_backup_takes_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), "1").unwrap();
        store.write(|tx| tx.set_meta("name", "kept")).unwrap();
        store.back_up("2").unwrap();
        drop(store);
        let path = folder.path().join("firewatch.db");
        let garbage = vec![0x5a; 9000];
        std::fs::write(&path, &garbage).unwrap();
        let store = Store::open(folder.path(), "3").unwrap();
        let recovery = store.recovery().unwrap();
        assert_eq!(std::fs::read(&recovery.set_aside).unwrap(), garbage);
        assert!(recovery.restored.is_some());
        assert_eq!(store.read(|tx| tx.meta("name")).unwrap().as_deref(), Some("kept"));
    }

    #[test]
    fn any_damage_ends_in_an_open_store_or_a_kind_refusal() {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path(), "1").unwrap());
        let path = folder.path().join("firewatch.db");
        let whole = std::fs::read(&path).unwrap();
        for (i, at) in (0..whole.len()).step_by(whole.len() / 40).enumerate() {
            let mut bad = whole.clone();
            bad[at..].iter_mut().take(200).for_each(|b| *b ^= 0xa5);
            if i % 5 == 0 {
                bad.truncate(at);
            }
            std::fs::write(&path, &bad).unwrap();
            if let Ok(store) = Store::open(folder.path(), &format!("d{i}")) {
                store.write(|tx| tx.set_meta("k", "v")).ok();
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn files_are_private_and_changes_are_told_after_the_commit() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("p"), "1").unwrap();
        let mode = |p: &Path| p.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder.path().join("p")), mode(store.path().unwrap())), (0o700, 0o600));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        store.on_change(move |topics| ears.lock().unwrap().extend(topics.iter().copied()));
        store
            .write::<(), StoreError>(|tx| {
                tx.touch(Topic::Watch);
                Ok(())
            })
            .unwrap();
        let failed: Result<(), StoreError> = store.write(|tx| {
            tx.touch(Topic::Inbox);
            Err(StoreError::DiskFull)
        });
        assert!(failed.is_err());
        assert_eq!(*heard.lock().unwrap(), [Topic::Watch]);
    }
}
