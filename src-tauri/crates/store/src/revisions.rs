//! Past definitions of every SLO: who changed it when, and why.

use firewatch_domain::slo::Slo;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Tx};

/// A definition as it was from then on.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Unix seconds.
    pub at_s: i64,
    /// Who changed it.
    pub author: String,
    /// Why, where it was said.
    pub note: String,
    /// The definition.
    pub slo: Slo,
}

impl Tx<'_> {
    /// Notes how a definition stands now, unless the last note says the same.
    pub fn note_revision(&self, slo: &str, at_s: i64, author: &str, note: &str) -> Result<(), StoreError> {
        let definition = serde_json::to_string(&self.slo(slo)?)?;
        let mut last = self.conn.prepare_cached("SELECT definition FROM slo_revision WHERE slo = ?1 ORDER BY id DESC LIMIT 1")?;
        if last.query_row([slo], |row| row.get::<_, String>(0)).optional()?.as_deref() == Some(&definition) {
            return Ok(());
        }
        let mut put =
            self.conn.prepare_cached("INSERT INTO slo_revision (slo, at_s, author, note, definition) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        put.execute(params![slo, at_s, author, note, definition])?;
        Ok(())
    }

    /// Past definitions of an SLO, newest first.
    pub fn revisions(&self, slo: &str, limit: u32) -> Result<Vec<Revision>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT at_s, author, note, definition FROM slo_revision WHERE slo = ?1 ORDER BY id DESC LIMIT ?2")?;
        let rows = query.query_map(params![slo, limit], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)))?;
        rows.map(|row| {
            let (at_s, author, note, definition) = row?;
            Ok(Revision { at_s, author, note, slo: serde_json::from_str(&definition)? })
        })
        .collect()
    }

    /// When each SLO was last changed, and the note of that change.
    pub fn last_revisions(&self) -> Result<std::collections::BTreeMap<String, (i64, String)>, StoreError> {
        let mut query = self
            .conn
            .prepare_cached("SELECT slo, at_s, note FROM slo_revision WHERE id IN (SELECT max(id) FROM slo_revision GROUP BY slo)")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::slices::tests::an_slo;

    #[test]
    fn what_did_not_change_is_noted_once_and_a_renamed_slo_keeps_its_past() {
        let store = Store::in_memory().unwrap();
        let (notes, last) = store
            .write(|tx| {
                tx.put_slo(&an_slo("one"), 0)?;
                tx.note_revision("id-one", 10, "me", "first")?;
                tx.note_revision("id-one", 20, "me", "again")?;
                tx.rename_slo("id-one", "two")?;
                tx.note_revision("id-one", 30, "me", "renamed")?;
                Ok::<_, StoreError>((tx.revisions("id-one", 10)?, tx.last_revisions()?))
            })
            .unwrap();
        let notes: Vec<_> = notes.iter().map(|r| (r.at_s, r.note.as_str(), r.slo.name.as_str())).collect();
        assert_eq!(notes, [(30, "renamed", "two"), (10, "first", "one")]);
        assert_eq!(last["id-one"], (30, "renamed".to_owned()));
    }
}
