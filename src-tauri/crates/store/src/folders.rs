//! Folders that are watched as the source of truth, and which file each of their SLOs stands in.

use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Topic, Tx};

/// A folder of documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderRecord {
    /// Id.
    pub id: String,
    /// Absolute path.
    pub path: String,
    /// Name of the source its SLOs are read from.
    pub source: String,
    /// Environment of documents that name none.
    pub environment: String,
    /// Names, sizes and times of its files when they were last read, as one word.
    pub mark: Option<String>,
    /// When they were last read, unix seconds.
    pub read_s: Option<i64>,
    /// Why the folder cannot be read now.
    pub error: Option<String>,
    /// What there was to say about its documents, as JSON of the engine's.
    pub remarks: String,
}

/// The place an SLO of a folder stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// Id of the SLO.
    pub slo: String,
    /// Id of the folder.
    pub folder: String,
    /// Path inside the folder.
    pub file: String,
    /// Line, from 1.
    pub line: Option<u32>,
    /// Since when no file of the folder defines it, unix seconds.
    pub gone_s: Option<i64>,
}

impl Tx<'_> {
    /// All watched folders by path.
    pub fn folders(&self) -> Result<Vec<FolderRecord>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT id, path, source, environment, mark, read_s, error, remarks FROM folder ORDER BY path")?;
        Ok(query.query_map([], folder)?.collect::<Result<_, _>>()?)
    }

    /// Puts a folder; one of the same path is replaced and read anew.
    pub fn put_folder(&self, record: &FolderRecord) -> Result<(), StoreError> {
        let put = "INSERT INTO folder (id, path, source, environment, remarks) VALUES (?1, ?2, ?3, ?4, '[]')
                   ON CONFLICT (path) DO UPDATE SET source = excluded.source, environment = excluded.environment, mark = NULL";
        self.conn.execute(put, params![record.id, record.path, record.source, record.environment])?;
        self.touch(Topic::Watch);
        Ok(())
    }

    /// Notes what a look at a folder saw.
    pub fn note_folder(&self, record: &FolderRecord) -> Result<(), StoreError> {
        let note = "UPDATE folder SET mark = ?2, read_s = ?3, error = ?4, remarks = ?5 WHERE id = ?1";
        self.conn.execute(note, params![record.id, record.mark, record.read_s, record.error, record.remarks])?;
        self.touch(Topic::Watch);
        Ok(())
    }

    /// Forgets a folder; its SLOs stay and belong to nobody's file.
    pub fn remove_folder(&self, id: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM folder WHERE id = ?1", [id])?;
        self.touch(Topic::Watch);
        Ok(())
    }

    /// The place an SLO stands in, where a folder defines it.
    pub fn file_of(&self, slo: &str) -> Result<Option<FileRecord>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT slo, folder, file, line, gone_s FROM slo_file WHERE slo = ?1")?;
        Ok(query.query_row([slo], file).optional()?)
    }

    /// The places of all SLOs of a folder.
    pub fn files_of(&self, folder: &str) -> Result<Vec<FileRecord>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT slo, folder, file, line, gone_s FROM slo_file WHERE folder = ?1 ORDER BY slo")?;
        Ok(query.query_map([folder], file)?.collect::<Result<_, _>>()?)
    }

    /// Puts the place of an SLO.
    pub fn put_file(&self, record: &FileRecord) -> Result<(), StoreError> {
        let put = "INSERT INTO slo_file VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (slo) DO UPDATE SET
                   folder = excluded.folder, file = excluded.file, line = excluded.line, gone_s = excluded.gone_s";
        self.conn.prepare_cached(put)?.execute(params![record.slo, record.folder, record.file, record.line, record.gone_s])?;
        Ok(())
    }

    /// An SLO no longer belongs to a file.
    pub fn drop_file(&self, slo: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM slo_file WHERE slo = ?1", [slo])?;
        Ok(())
    }
}

fn folder(row: &Row<'_>) -> rusqlite::Result<FolderRecord> {
    Ok(FolderRecord {
        id: row.get(0)?,
        path: row.get(1)?,
        source: row.get(2)?,
        environment: row.get(3)?,
        mark: row.get(4)?,
        read_s: row.get(5)?,
        error: row.get(6)?,
        remarks: row.get(7)?,
    })
}

fn file(row: &Row<'_>) -> rusqlite::Result<FileRecord> {
    Ok(FileRecord { slo: row.get(0)?, folder: row.get(1)?, file: row.get(2)?, line: row.get(3)?, gone_s: row.get(4)? })
}
