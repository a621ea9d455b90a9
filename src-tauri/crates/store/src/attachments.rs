//! Pictures by the hash of their bytes: the same picture is kept once, and what it is told by cannot be something else.

use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Tx};

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// `image/png`, …
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Tx<'_> {
    /// Keeps a picture; one that is there already stays as it is.
    pub fn put_attachment(&self, attachment: &Attachment, now_s: i64) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR IGNORE INTO attachment VALUES (?1, ?2, ?3, ?4)")?;
        put.execute(params![attachment.hash, attachment.mime, now_s, attachment.bytes])?;
        Ok(())
    }

    /// A picture by its hash.
    pub fn attachment(&self, hash: &str) -> Result<Option<Attachment>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT mime, bytes FROM attachment WHERE hash = ?1")?;
        let found = query.query_row([hash], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(found.map(|(mime, bytes)| Attachment { hash: hash.to_owned(), mime, bytes }))
    }

    /// Bytes of all pictures together.
    pub fn attachment_bytes(&self) -> Result<u64, StoreError> {
        let total: i64 = self.conn.query_row("SELECT COALESCE(SUM(LENGTH(bytes)), 0) FROM attachment", [], |row| row.get(0))?;
        Ok(total.unsigned_abs())
    }
}
