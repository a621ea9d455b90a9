//! What is known of trackers beyond where they are.

use firewatch_domain::tracker::Setup;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

impl Tx<'_> {
    /// Writes what is known of a tracker.
    pub fn set_tracker(&self, setup: &Setup) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO tracker VALUES (?1, ?2)")?;
        put.execute(params![setup.name, serde_json::to_string(setup)?])?;
        self.touch(Topic::Settings);
        Ok(())
    }

    /// What is known of a tracker.
    pub fn tracker(&self, name: &str) -> Result<Setup, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM tracker WHERE name = ?1")?;
        let text: Option<String> = query.query_row([name], |row| row.get(0)).optional()?;
        let text = text.ok_or_else(|| StoreError::Missing { what: "tracker", name: name.to_owned() })?;
        Ok(serde_json::from_str(&text)?)
    }

    /// All trackers by name.
    pub fn trackers(&self) -> Result<Vec<Setup>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM tracker ORDER BY name")?;
        let texts = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// Forgets a tracker.
    pub fn remove_tracker(&self, name: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM tracker WHERE name = ?1", [name])?;
        self.touch(Topic::Settings);
        Ok(())
    }
}
