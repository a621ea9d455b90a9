//! SLO definitions.

use firewatch_domain::slo::Slo;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

/// Whether a definition was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SloRecord {
    /// It is.
    Created,
    /// One of this name was there and was replaced; its id stays.
    Replaced,
}

impl Tx<'_> {
    /// Puts a definition; one of the same name is replaced and keeps its id and, where the indicator is the same, its history.
    pub fn put_slo(&self, slo: &Slo, now_s: i64) -> Result<SloRecord, StoreError> {
        let existing = self.slo_by_name(&slo.name)?;
        let mut kept = slo.clone();
        self.touch(Topic::Watch);
        if let Some(old) = existing {
            kept.id.clone_from(&old.id);
            if !old.indicator.counts_as(&slo.indicator) || old.source != slo.source {
                if let Some(series) = self.series_of(&old.id)? {
                    self.drop_series(series.id)?;
                }
                self.conn.execute("DELETE FROM state WHERE slo = ?1", [&old.id])?;
                self.conn.execute("DELETE FROM view WHERE slo = ?1", [&old.id])?;
            }
            self.conn.execute(
                "UPDATE slo SET source = ?2, definition = ?3 WHERE id = ?1",
                params![kept.id, kept.source, serde_json::to_string(&kept)?],
            )?;
            return Ok(SloRecord::Replaced);
        }
        let mut put = self.conn.prepare_cached("INSERT INTO slo (id, name, source, definition, created_s) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        put.execute(params![kept.id, kept.name, kept.source, serde_json::to_string(&kept)?, now_s])?;
        Ok(SloRecord::Created)
    }

    /// Gives a definition another unique name; its id and history stay.
    pub fn rename_slo(&self, id: &str, name: &str) -> Result<(), StoreError> {
        let mut slo = self.slo(id)?;
        if slo.name == name {
            return Ok(());
        }
        if self.slo_by_name(name)?.is_some() {
            return Err(StoreError::Taken { what: "SLO", name: name.to_owned() });
        }
        name.clone_into(&mut slo.name);
        self.conn.prepare_cached("UPDATE slo SET name = ?2, definition = ?3 WHERE id = ?1")?.execute(params![
            id,
            name,
            serde_json::to_string(&slo)?
        ])?;
        self.touch(Topic::Watch);
        Ok(())
    }

    /// All definitions by name.
    pub fn slos(&self) -> Result<Vec<Slo>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM slo ORDER BY name")?;
        let texts = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// Definitions that read from a source.
    pub fn slos_of(&self, source: &str) -> Result<Vec<Slo>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM slo WHERE source = ?1 ORDER BY name")?;
        let texts = query.query_map([source], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// A definition by id.
    pub fn slo(&self, id: &str) -> Result<Slo, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM slo WHERE id = ?1")?;
        let text: Option<String> = query.query_row([id], |row| row.get(0)).optional()?;
        Ok(serde_json::from_str(&text.ok_or_else(|| StoreError::Missing { what: "SLO", name: id.to_owned() })?)?)
    }

    /// A definition by its unique name.
    pub fn slo_by_name(&self, name: &str) -> Result<Option<Slo>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM slo WHERE name = ?1")?;
        let text: Option<String> = query.query_row([name], |row| row.get(0)).optional()?;
        text.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
    }

    /// The id that an SLO of some other profile has in this one: its own, else that of the SLO of the same name.
    pub fn slo_id_here(&self, id: &str, name: &str) -> Result<Option<String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT id FROM slo WHERE id = ?1 OR name = ?2 ORDER BY id = ?1 DESC LIMIT 1")?;
        Ok(query.query_row([id, name], |row| row.get(0)).optional()?)
    }

    /// A definition by name, else by id.
    pub fn find_slo(&self, name_or_id: &str) -> Result<Slo, StoreError> {
        match self.slo_by_name(name_or_id)? {
            Some(slo) => Ok(slo),
            None => self.slo(name_or_id),
        }
    }

    /// Removes a definition with its history.
    pub fn remove_slo(&self, id: &str) -> Result<Slo, StoreError> {
        let slo = self.slo(id)?;
        let data =
            "DELETE FROM chunk_data WHERE id IN (SELECT data FROM chunk JOIN series ON series.id = chunk.series WHERE series.slo = ?1)";
        self.conn.execute(data, [id])?;
        self.conn.execute("DELETE FROM slo WHERE id = ?1", [id])?;
        self.touch(Topic::Watch);
        Ok(slo)
    }
}
