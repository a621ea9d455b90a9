//! The append-only list of entries. There is no update and no delete.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firewatch_domain::entry::{Entry, Hlc};
use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Topic, Tx};

const COLUMNS: &str = "id, incident, at, wall_ms, counter, replica, author, kind, version, payload, corrects";

impl Tx<'_> {
    /// Appends an entry; one that is there already stays as it is. Answers whether it is new.
    pub fn append_entry(&self, e: &Entry) -> Result<bool, StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR IGNORE INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
        let at = e.at.to_rfc3339();
        let new = put.execute(params![
            e.id,
            e.incident,
            at,
            e.hlc.wall_ms,
            e.hlc.counter,
            e.hlc.replica,
            e.author,
            e.kind,
            e.version,
            e.payload.to_string(),
            e.corrects
        ])?;
        if new > 0 {
            self.touch(Topic::Incidents);
            self.touch(Topic::Frame);
        }
        Ok(new > 0)
    }

    /// An entry by its id.
    pub fn entry(&self, id: &str) -> Result<Option<Entry>, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM entry WHERE id = ?1"))?;
        query.query_row([id], parts).optional()?.map(entry).transpose()
    }

    /// Entries that were appended after a position, with the position of the last entry there is. Nothing is ever taken out, so
    /// whoever knows all entries up to a position needs no others.
    pub fn entries_after(&self, position: i64) -> Result<(i64, Vec<Entry>), StoreError> {
        let last: i64 = self.conn.query_row("SELECT coalesce(max(rowid), 0) FROM entry", [], |row| row.get(0))?;
        if last <= position {
            return Ok((last, Vec::new()));
        }
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE rowid > ?1 ORDER BY rowid");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map([position], parts)?.collect::<Result<Vec<_>, _>>()?;
        Ok((last, rows.into_iter().map(entry).collect::<Result<_, _>>()?))
    }

    /// Keeps evidence under its hash; what is there already is the same.
    pub fn keep_evidence(&self, hash: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.conn.prepare_cached("INSERT OR IGNORE INTO evidence VALUES (?1, ?2)")?.execute(params![hash, bytes])?;
        self.touch(Topic::Incidents);
        Ok(())
    }

    /// Evidence by its hash.
    pub fn evidence(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT bytes FROM evidence WHERE hash = ?1")?;
        Ok(query.query_row([hash], |row| row.get(0)).optional()?)
    }

    /// The position of the last entry.
    pub fn last_entry(&self) -> Result<i64, StoreError> {
        Ok(self.conn.query_row("SELECT coalesce(max(rowid), 0) FROM entry", [], |row| row.get(0))?)
    }

    /// All entries of a kind, in clock order.
    pub fn entries_of_kind(&self, kind: &str) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE kind = ?1 ORDER BY wall_ms, counter, replica, id");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map([kind], parts)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(entry).collect()
    }

    /// The entries of an incident in clock order.
    pub fn entries(&self, incident: &str) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE incident = ?1 ORDER BY wall_ms, counter, replica, id");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map([incident], parts)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(entry).collect()
    }

    /// The entries of one kind of an incident in clock order.
    pub fn entries_of(&self, incident: &str, kind: &str) -> Result<Vec<Entry>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE incident = ?1 AND kind = ?2 ORDER BY wall_ms, counter, replica, id");
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map([incident, kind], parts)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(entry).collect()
    }

    /// Ids of incidents, newest first.
    pub fn incident_ids(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT incident FROM entry WHERE kind = 'declared' ORDER BY wall_ms DESC, counter DESC LIMIT ?1")?;
        Ok(query.query_map([limit], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?)
    }

    /// Titles of all incidents as they were declared, by id.
    pub fn incident_titles(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT incident, coalesce(payload ->> '$.title', '') FROM entry WHERE kind = 'declared' ORDER BY wall_ms DESC, counter DESC",
        )?;
        Ok(query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Every incident with the wall clock of its latest entry, in milliseconds.
    pub fn latest_by_incident(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT incident, max(wall_ms) FROM entry GROUP BY incident")?;
        Ok(query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// The latest clock reading of any entry, for the next one.
    pub fn latest_hlc(&self) -> Result<Option<Hlc>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT wall_ms, counter, replica FROM entry ORDER BY wall_ms DESC, counter DESC LIMIT 1")?;
        Ok(query.query_row([], |row| Ok(Hlc { wall_ms: row.get(0)?, counter: row.get(1)?, replica: row.get(2)? })).optional()?)
    }
}

type Parts = (Entry, String, String);

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    let entry = Entry {
        id: row.get(0)?,
        incident: row.get(1)?,
        at: DateTime::UNIX_EPOCH,
        hlc: Hlc { wall_ms: row.get(3)?, counter: row.get(4)?, replica: row.get(5)? },
        author: row.get(6)?,
        kind: row.get(7)?,
        version: row.get(8)?,
        payload: serde_json::Value::Null,
        corrects: row.get(10)?,
    };
    Ok((entry, row.get(2)?, row.get(9)?))
}

fn entry((mut entry, at, payload): Parts) -> Result<Entry, StoreError> {
    entry.at = DateTime::parse_from_rfc3339(&at)
        .map_err(|_| StoreError::Damaged(format!("entry {} has the time `{at}`", entry.id)))?
        .with_timezone(&Utc);
    entry.payload = serde_json::from_str(&payload)?;
    Ok(entry)
}
