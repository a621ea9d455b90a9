//! Where case files are shared, and how that stood last.

use firewatch_domain::relay::Relay;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

impl Tx<'_> {
    /// Adds a relay, or gives one of the same name another definition; how it stood is forgotten then.
    pub fn put_relay(&self, relay: &Relay, now_s: i64) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "INSERT INTO relay VALUES (?1, ?2, '', ?3) ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, standing = ''",
        )?;
        put.execute(params![relay.name, serde_json::to_string(relay)?, now_s])?;
        self.touch(Topic::Relays);
        Ok(())
    }

    /// All relays in the order they were added, each with how it stood last, as text.
    pub fn relays(&self) -> Result<Vec<(Relay, String)>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition, standing FROM relay ORDER BY created_s, name")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(|(text, standing)| Ok((serde_json::from_str(&text)?, standing))).collect()
    }

    /// A relay by name.
    pub fn relay(&self, name: &str) -> Result<Relay, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM relay WHERE name = ?1")?;
        let text: Option<String> = query.query_row([name], |row| row.get(0)).optional()?;
        let text = text.ok_or_else(|| StoreError::Missing { what: "relay", name: name.to_owned() })?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Writes down how a relay stands, where that is news.
    pub fn relay_stands(&self, name: &str, standing: &str) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("UPDATE relay SET standing = ?2 WHERE name = ?1 AND standing <> ?2")?;
        if put.execute(params![name, standing])? > 0 {
            self.touch(Topic::Relays);
        }
        Ok(())
    }

    /// Forgets a relay; what came by it stays.
    pub fn remove_relay(&self, name: &str) -> Result<Relay, StoreError> {
        let relay = self.relay(name)?;
        self.conn.execute("DELETE FROM relay WHERE name = ?1", [name])?;
        self.touch(Topic::Relays);
        Ok(relay)
    }
}

#[cfg(test)]
mod tests {
    use firewatch_domain::relay::{RelayKind, Shares};

    use super::*;
    use crate::Store;

    #[test]
    fn another_definition_takes_the_place_and_forgets_how_it_stood() {
        let relay = |path: &str| Relay {
            id: "1".to_owned(),
            name: "team".to_owned(),
            kind: RelayKind::Folder { path: path.to_owned() },
            shares: Shares::All,
        };
        Store::in_memory()
            .unwrap()
            .write(|tx| {
                tx.put_relay(&relay("/a"), 1)?;
                tx.relay_stands("team", "well")?;
                assert_eq!(tx.relays()?, [(relay("/a"), "well".to_owned())]);
                tx.put_relay(&relay("/b"), 2)?;
                assert_eq!(tx.relays()?, [(relay("/b"), String::new())]);
                assert_eq!(tx.remove_relay("team")?, relay("/b"));
                assert!(tx.relay("team").is_err());
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }
}
