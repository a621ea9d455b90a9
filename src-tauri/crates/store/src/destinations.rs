//! Where acts go.

use firewatch_domain::destination::Destination;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

impl Tx<'_> {
    /// Adds a destination; its name must be free.
    pub fn add_destination(&self, destination: &Destination, now_s: i64) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR IGNORE INTO destination VALUES (?1, ?2, ?3)")?;
        if put.execute(params![destination.name, serde_json::to_string(destination)?, now_s])? == 0 {
            return Err(StoreError::Taken { what: "destination", name: destination.name.clone() });
        }
        self.touch(Topic::Settings);
        Ok(())
    }

    /// All destinations in the order they were added.
    pub fn destinations(&self) -> Result<Vec<Destination>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM destination ORDER BY created_s, name")?;
        let texts = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// A destination by name.
    pub fn destination(&self, name: &str) -> Result<Destination, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM destination WHERE name = ?1")?;
        let text: Option<String> = query.query_row([name], |row| row.get(0)).optional()?;
        let text = text.ok_or_else(|| StoreError::Missing { what: "destination", name: name.to_owned() })?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Removes a destination. Its acts stay, and say that it is gone when their turn comes.
    pub fn remove_destination(&self, name: &str) -> Result<Destination, StoreError> {
        let destination = self.destination(name)?;
        self.conn.execute("DELETE FROM destination WHERE name = ?1", [name])?;
        self.touch(Topic::Settings);
        Ok(destination)
    }
}
