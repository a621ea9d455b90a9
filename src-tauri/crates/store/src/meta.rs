//! Small facts: who this is, what was chosen, when this machine was away.

use rusqlite::OptionalExtension;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{StoreError, Tx};

/// A span in which this machine did not watch, in unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away {
    /// Last sign of life before.
    pub from_s: i64,
    /// First after.
    pub to_s: i64,
}

impl Tx<'_> {
    /// A fact.
    pub fn meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Sets a fact.
    pub fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let mut put =
            self.conn.prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")?;
        put.execute([key, value])?;
        Ok(())
    }

    /// Forgets a fact.
    pub fn clear_meta(&self, key: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM meta WHERE key = ?1", [key])?;
        Ok(())
    }

    /// A fact of any shape; the default where it is absent or written by another version in a shape that no longer reads.
    pub fn meta_json<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T, StoreError> {
        Ok(self.meta(key)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Sets a fact of any shape.
    pub fn set_meta_json<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        self.set_meta(key, &serde_json::to_string(value)?)
    }

    /// Remembers that this machine was away.
    pub fn add_away(&self, away: Away) -> Result<(), StoreError> {
        self.conn.execute("INSERT OR REPLACE INTO away VALUES (?1, ?2)", [away.from_s, away.to_s])?;
        self.conn.execute("DELETE FROM away WHERE from_s < ?1", [away.to_s - 400 * 86_400])?;
        Ok(())
    }

    /// The latest absence.
    pub fn latest_away(&self) -> Result<Option<Away>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT from_s, to_s FROM away ORDER BY from_s DESC LIMIT 1")?;
        Ok(query.query_row([], |row| Ok(Away { from_s: row.get(0)?, to_s: row.get(1)? })).optional()?)
    }
}
