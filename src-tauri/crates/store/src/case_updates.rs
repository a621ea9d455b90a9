//! The updates of shared documents, each with a checksum: most single bits that flip still decode to an update, only to another one.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::{StoreError, Topic, Tx};

/// One update as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseUpdate {
    /// Position in the log.
    pub id: i64,
    /// Unix seconds of the first edit in it.
    pub from_s: i64,
    /// Unix seconds of the last.
    pub at_s: i64,
    /// Who wrote it.
    pub author: String,
    /// How it came here: `window`, `seed`, `import`, a relay's name.
    pub origin: String,
    /// The update; none where its checksum no longer fits.
    pub bytes: Option<Vec<u8>>,
}

/// The last edit of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseHead {
    /// Its position in the log.
    pub id: i64,
    /// Unix seconds.
    pub at_s: i64,
    /// Who.
    pub author: String,
}

impl Tx<'_> {
    /// Appends an update to an incident's document; answers its position.
    pub fn add_case_update(&self, incident: &str, at_s: i64, author: &str, origin: &str, bytes: &[u8]) -> Result<i64, StoreError> {
        let mut put = self.conn.prepare_cached(
            "INSERT INTO case_update (incident, from_s, at_s, author, origin, bytes, sum) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let id = put.insert(params![incident, at_s, author, origin, bytes, sum(bytes)])?;
        self.touch(Topic::Postmortem);
        Ok(id)
    }

    /// The updates of an incident's document after a position, oldest first.
    pub fn case_updates(&self, incident: &str, after: i64) -> Result<Vec<CaseUpdate>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT id, from_s, at_s, author, origin, bytes, sum FROM case_update WHERE incident = ?1 AND id > ?2 ORDER BY id",
        )?;
        let rows = query.query_map(params![incident, after], |row| {
            let bytes: Vec<u8> = row.get(5)?;
            let holds = sum(&bytes) == row.get::<_, i64>(6)?;
            Ok(CaseUpdate {
                id: row.get(0)?,
                from_s: row.get(1)?,
                at_s: row.get(2)?,
                author: row.get(3)?,
                origin: row.get(4)?,
                bytes: holds.then_some(bytes),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many updates an incident's document is kept in.
    pub fn case_update_count(&self, incident: &str) -> Result<u32, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT count(*) FROM case_update WHERE incident = ?1")?;
        Ok(query.query_row([incident], |row| row.get(0))?)
    }

    /// Puts one update in the place of the ones from its first position to its own, which say the same together.
    pub fn join_case_updates(&self, incident: &str, first: i64, joined: &CaseUpdate) -> Result<(), StoreError> {
        let bytes = joined.bytes.as_deref().unwrap_or_default();
        self.conn.execute("DELETE FROM case_update WHERE incident = ?1 AND id BETWEEN ?2 AND ?3", params![incident, first, joined.id])?;
        self.conn.execute(
            "INSERT INTO case_update (id, incident, from_s, at_s, author, origin, bytes, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![joined.id, incident, joined.from_s, joined.at_s, joined.author, joined.origin, bytes, sum(bytes)],
        )?;
        Ok(())
    }

    /// The last edit of every document, by incident.
    pub fn case_heads(&self) -> Result<BTreeMap<String, CaseHead>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT incident, id, at_s, author FROM case_update WHERE id IN (SELECT max(id) FROM case_update GROUP BY incident)",
        )?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, CaseHead { id: row.get(1)?, at_s: row.get(2)?, author: row.get(3)? })))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn sum(bytes: &[u8]) -> i64 {
    i64::from(crc32fast::hash(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[test]
    fn updates_come_back_in_order_and_a_flipped_bit_is_seen() {
        let store = Store::in_memory().unwrap();
        let read = store
            .write(|tx| {
                let first = tx.add_case_update("i", 10, "ada", "window", b"one")?;
                tx.add_case_update("i", 20, "ada", "window", b"two")?;
                tx.add_case_update("other", 20, "ada", "window", b"not ours")?;
                tx.conn.execute("UPDATE case_update SET bytes = x'7477ef' WHERE id = 2", [])?;
                Ok::<_, StoreError>((tx.case_updates("i", 0)?, tx.case_updates("i", first)?.len(), tx.case_update_count("i")?))
            })
            .unwrap();
        let bytes: Vec<_> = read.0.iter().map(|update| update.bytes.as_deref()).collect();
        assert_eq!(bytes, [Some(&b"one"[..]), None]);
        assert_eq!((read.1, read.2), (1, 2));
    }

    #[test]
    fn joined_updates_take_the_place_of_theirs_and_no_other() {
        let store = Store::in_memory().unwrap();
        let left = store
            .write(|tx| {
                let first = tx.add_case_update("i", 10, "ada", "window", b"one")?;
                tx.add_case_update("other", 15, "ada", "window", b"not ours")?;
                let last = tx.add_case_update("i", 20, "ada", "window", b"two")?;
                tx.add_case_update("i", 30, "bob", "window", b"three")?;
                let joined = CaseUpdate {
                    id: last,
                    from_s: 10,
                    at_s: 20,
                    author: "ada".to_owned(),
                    origin: "window".to_owned(),
                    bytes: Some(b"onetwo".to_vec()),
                };
                tx.join_case_updates("i", first, &joined)?;
                assert_eq!(tx.case_updates("other", 0)?.len(), 1);
                tx.case_updates("i", 0)
            })
            .unwrap();
        let told: Vec<_> = left.iter().map(|u| (u.from_s, u.at_s, u.bytes.clone().unwrap())).collect();
        assert_eq!(told, [(10, 20, b"onetwo".to_vec()), (30, 30, b"three".to_vec())]);
    }
}
