//! Acts toward the outside world, in the order they were meant.

use firewatch_domain::outbox::{Act, ActState, DROPPED};
use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Topic, Tx};

const COLUMNS: &str = "id, destination, object, kind, payload, replica, created_s, state, attempts, probes, sent_s, due_s, reason, receipt";

impl Tx<'_> {
    /// Writes a new act behind all others.
    pub fn add_act(&self, act: &Act) -> Result<(), StoreError> {
        let sql = format!("INSERT INTO act ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
        self.conn.prepare_cached(&sql)?.execute(params![
            act.id,
            act.destination,
            act.object,
            act.kind,
            act.payload.to_string(),
            act.replica,
            act.created_s,
            act.state.word(),
            act.attempts,
            act.probes,
            act.sent_s,
            act.due_s,
            act.reason,
            act.receipt.as_ref().map(serde_json::to_string).transpose()?,
        ])?;
        self.touch(Topic::Outbox);
        Ok(())
    }

    /// Writes where an act stands now.
    pub fn set_act(&self, act: &Act) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "UPDATE act SET state = ?2, attempts = ?3, probes = ?4, sent_s = ?5, due_s = ?6, reason = ?7, receipt = ?8, payload = ?9 WHERE id = ?1",
        )?;
        let changed = put.execute(params![
            act.id,
            act.state.word(),
            act.attempts,
            act.probes,
            act.sent_s,
            act.due_s,
            act.reason,
            act.receipt.as_ref().map(serde_json::to_string).transpose()?,
            act.payload.to_string(),
        ])?;
        if changed == 0 {
            return Err(StoreError::Missing { what: "act", name: act.id.clone() });
        }
        self.touch(Topic::Outbox);
        Ok(())
    }

    /// Takes an act out that was never sent and is not wanted any more.
    pub fn remove_act(&self, id: &str) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM act WHERE id = ?1 AND state = 'queued'")?.execute([id])?;
        self.touch(Topic::Outbox);
        Ok(())
    }

    /// An act by its id.
    pub fn act(&self, id: &str) -> Result<Act, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM act WHERE id = ?1"))?;
        let found = query.query_row([id], parts).optional()?;
        act(found.ok_or_else(|| StoreError::Missing { what: "act", name: id.to_owned() })?)
    }

    /// Acts of a replica that are not settled, oldest first.
    pub fn open_acts(&self, replica: &str) -> Result<Vec<Act>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM act WHERE state IN ('queued', 'sending', 'unknown') AND replica = ?1 ORDER BY position");
        let mut query = self.conn.prepare_cached(&sql)?;
        query.query_map([replica], parts)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(act).collect()
    }

    /// All acts, newest first.
    pub fn acts(&self, limit: u32) -> Result<Vec<Act>, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM act ORDER BY position DESC LIMIT ?1"))?;
        query.query_map([limit], parts)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(act).collect()
    }

    /// Acts for a destination in a state, oldest first.
    pub fn acts_in(&self, destination: &str, state: ActState) -> Result<Vec<Act>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM act WHERE state = ?1 AND destination = ?2 ORDER BY position");
        let mut query = self.conn.prepare_cached(&sql)?;
        query.query_map([state.word(), destination], parts)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(act).collect()
    }

    /// How many wait to go out, and how many wait for the person. What was dropped by hand waits for nobody.
    pub fn outbox_counts(&self) -> Result<(u32, u32), StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT count(*) FILTER (WHERE state IN ('queued', 'sending') OR state = 'unknown' AND due_s IS NOT NULL),
                    count(*) FILTER (WHERE state = 'unknown' AND due_s IS NULL OR state = 'rejected' AND reason <> ?1)
             FROM act WHERE state <> 'done'",
        )?;
        Ok(query.query_row([DROPPED], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// Acts about an object, oldest first.
    pub fn acts_about(&self, object: &str) -> Result<Vec<Act>, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM act WHERE object = ?1 ORDER BY position"))?;
        query.query_map([object], parts)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(act).collect()
    }
}

type Parts = (Act, String, String, Option<String>);

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    let act = Act {
        id: row.get(0)?,
        destination: row.get(1)?,
        object: row.get(2)?,
        kind: row.get(3)?,
        payload: serde_json::Value::Null,
        replica: row.get(5)?,
        created_s: row.get(6)?,
        state: ActState::Unknown,
        attempts: row.get(8)?,
        probes: row.get(9)?,
        sent_s: row.get(10)?,
        due_s: row.get(11)?,
        reason: row.get(12)?,
        receipt: None,
    };
    Ok((act, row.get(4)?, row.get(7)?, row.get(13)?))
}

fn act((mut act, payload, state, receipt): Parts) -> Result<Act, StoreError> {
    act.payload = serde_json::from_str(&payload)?;
    act.state = ActState::parse(&state).ok_or_else(|| StoreError::Damaged(format!("act {} has the state `{state}`", act.id)))?;
    act.receipt = receipt.map(|text| serde_json::from_str(&text)).transpose()?;
    Ok(act)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use firewatch_domain::outbox::{Delivered, Receipt};
    use serde_json::json;

    #[test]
    fn an_act_is_read_back_as_it_was_written() {
        let store = Store::in_memory().unwrap();
        let new = |n: i64| Act::new(format!("act-{n}"), "ops", "incident", "post_update", json!({ "text": "héllo" }), "r", n);
        let read = |store: &Store| store.read(|tx| tx.open_acts("r")).unwrap();
        store.write(|tx| (0..3).try_for_each(|n| tx.add_act(&new(n)))).unwrap();
        assert_eq!(read(&store), [new(0), new(1), new(2)]);
        let receipt = Receipt { id: "1.2".to_owned(), url: Some("https://chat.example/1".to_owned()), note: None, lasting: None };
        let done = new(1).claimed(5).delivered(Delivered::Done(receipt), 6);
        store.write(|tx| tx.set_act(&done)).unwrap();
        assert_eq!(read(&store), [new(0), new(2)]);
        assert_eq!(store.read(|tx| tx.act("act-1")).unwrap(), done);
        assert_eq!(store.read(|tx| tx.acts_about("incident")).unwrap().len(), 3);
        assert!(store.read(|tx| tx.open_acts("another")).unwrap().is_empty());
        assert!(matches!(store.write(|tx| tx.set_act(&new(9))), Err(StoreError::Missing { .. })));
    }
}
