//! Exclusions: minutes that do not count. None is ever removed; taking one back is noted in it.

use firewatch_domain::exclusion::Exclusion;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

impl Tx<'_> {
    /// All exclusions, those taken back too, latest minutes first.
    pub fn exclusions(&self) -> Result<Vec<Exclusion>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM exclusion ORDER BY from_m DESC, id")?;
        let texts = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// An exclusion by id, or by the beginning of it where that is unique.
    pub fn exclusion(&self, id: &str) -> Result<Exclusion, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM exclusion WHERE id = ?1")?;
        if let Some(text) = query.query_row([id], |row| row.get::<_, String>(0)).optional()? {
            return Ok(serde_json::from_str(&text)?);
        }
        let mut alike: Vec<_> = self.exclusions()?.into_iter().filter(|e| !id.is_empty() && e.id.starts_with(id)).collect();
        match (alike.pop(), alike.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(StoreError::Missing { what: "exclusion", name: id.to_owned() }),
        }
    }

    /// Adds or changes an exclusion.
    pub fn put_exclusion(&self, exclusion: &Exclusion) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "INSERT INTO exclusion VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, from_m = excluded.from_m",
        )?;
        put.execute(params![exclusion.id, serde_json::to_string(exclusion)?, exclusion.span.from.0])?;
        self.touch(Topic::Watch);
        Ok(())
    }
}
