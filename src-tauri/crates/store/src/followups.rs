//! Follow-ups. None is ever removed: what will not be done is dropped, and stays.

use firewatch_domain::followup::FollowUp;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

/// Shortest beginning of an id that is understood.
const SHORTEST: usize = 4;

impl Tx<'_> {
    /// Adds or changes a follow-up.
    pub fn put_followup(&self, followup: &FollowUp) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "INSERT INTO followup VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO UPDATE SET
             incident = excluded.incident, definition = excluded.definition, updated_s = excluded.updated_s",
        )?;
        put.execute(params![
            followup.id,
            followup.incident,
            serde_json::to_string(followup)?,
            followup.created.timestamp(),
            followup.updated.timestamp()
        ])?;
        self.touch(Topic::FollowUps);
        if followup.incident.is_some() {
            self.touch(Topic::Incidents);
        }
        Ok(())
    }

    /// All follow-ups in the order they were written.
    pub fn followups(&self) -> Result<Vec<FollowUp>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM followup ORDER BY created_s, id")?;
        read(query.query_map([], |row| row.get(0))?)
    }

    /// Those of an incident, in the order they were written.
    pub fn followups_of(&self, incident: &str) -> Result<Vec<FollowUp>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM followup WHERE incident = ?1 ORDER BY created_s, id")?;
        read(query.query_map([incident], |row| row.get(0))?)
    }

    /// A follow-up by id, or by the beginning of it where that is unique.
    pub fn followup(&self, id: &str) -> Result<FollowUp, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM followup WHERE id = ?1")?;
        if let Some(text) = query.query_row([id], |row| row.get::<_, String>(0)).optional()? {
            return Ok(serde_json::from_str(&text)?);
        }
        let mut alike = Vec::new();
        if id.len() >= SHORTEST {
            let sql = "SELECT definition FROM followup WHERE substr(id, 1, length(?1)) = ?1 LIMIT 2";
            alike = read(self.conn.prepare_cached(sql)?.query_map([id], |row| row.get(0))?)?;
        }
        match (alike.pop(), alike.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(StoreError::Missing { what: "follow-up", name: id.to_owned() }),
        }
    }
}

fn read(texts: impl Iterator<Item = rusqlite::Result<String>>) -> Result<Vec<FollowUp>, StoreError> {
    texts.map(|text| Ok(serde_json::from_str(&text?)?)).collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use firewatch_domain::followup::FollowUpStatus;

    use super::*;
    use crate::Store;

    #[test]
    fn a_followup_is_read_back_as_it_was_written() {
        let store = Store::in_memory().unwrap();
        let new = |id: &str, incident: Option<&str>| {
            let mut one = FollowUp::new(id.to_owned(), "Load in parallel — ünïcode", "me", DateTime::UNIX_EPOCH);
            one.incident = incident.map(str::to_owned);
            one.labels.insert("settings".to_owned());
            one.due = "2026-12-04".parse().ok();
            one
        };
        let all = [new("aaaa-1", Some("i")), new("aaaa-2", None), new("bbbb-3", Some("i"))];
        store.write(|tx| all.iter().try_for_each(|one| tx.put_followup(one))).unwrap();
        let (every, some) = store.read(|tx| Ok::<_, StoreError>((tx.followups()?, tx.followups_of("i")?))).unwrap();
        assert_eq!((every.as_slice(), some), (all.as_slice(), vec![all[0].clone(), all[2].clone()]));
        assert_eq!(store.read(|tx| tx.followup("bbbb")).unwrap(), all[2]);
        assert_eq!(store.read(|tx| tx.followup("aaaa-1")).unwrap(), all[0]);
        for unclear in ["aaaa", "b", "", "%bbb"] {
            assert!(matches!(store.read(|tx| tx.followup(unclear)), Err(StoreError::Missing { .. })), "{unclear}");
        }
        let mut done = all[0].clone();
        done.status = FollowUpStatus::Done;
        store.write(|tx| tx.put_followup(&done)).unwrap();
        assert_eq!(store.read(|tx| tx.followup("aaaa-1")).unwrap(), done);
    }
}
