//! Hours that were not shared: they stay in this profile, and are no entries.

use firewatch_domain::hours::Spell;
use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Topic, Tx};

/// Hours kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffortRecord {
    /// Incident.
    pub incident: String,
    /// Who, when, how long; the length is 0 while it runs.
    pub spell: Spell,
    /// The clock runs.
    pub running: bool,
}

impl Tx<'_> {
    /// Keeps hours, or changes those with the same id.
    pub fn put_effort(&self, record: &EffortRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO effort VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, running = excluded.running";
        let mut put = self.conn.prepare_cached(sql)?;
        put.execute(params![record.spell.id, record.incident, serde_json::to_string(&record.spell)?, record.running])?;
        self.touch(Topic::Incidents);
        Ok(())
    }

    /// Hours of an incident that were not shared, in the order they were written.
    pub fn efforts(&self, incident: &str) -> Result<Vec<EffortRecord>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT incident, definition, running FROM effort WHERE incident = ?1 ORDER BY id")?;
        let rows = query.query_map([incident], parts)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(record).collect()
    }

    /// One of them.
    pub fn effort(&self, id: &str) -> Result<EffortRecord, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT incident, definition, running FROM effort WHERE id = ?1")?;
        let found = query.query_row([id], parts).optional()?;
        record(found.ok_or_else(|| StoreError::Missing { what: "hours", name: id.to_owned() })?)
    }

    /// Forgets hours: they were shared, or were a mistake.
    pub fn remove_effort(&self, id: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM effort WHERE id = ?1", [id])?;
        self.touch(Topic::Incidents);
        Ok(())
    }
}

type Parts = (String, String, bool);

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn record((incident, definition, running): Parts) -> Result<EffortRecord, StoreError> {
    Ok(EffortRecord { incident, spell: serde_json::from_str(&definition)?, running })
}
