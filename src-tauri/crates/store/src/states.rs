//! States as they stand, the row of the list as last written of each, and the turns that led there.

use std::collections::BTreeMap;

use firewatch_domain::minute::Minute;
use firewatch_domain::state::State;
use firewatch_domain::turn::Turn;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Tx};

/// A turn as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnRecord {
    /// Minute.
    pub at: Minute,
    /// What turned.
    pub turn: Turn,
    /// In words.
    pub text: String,
    /// State word after it.
    pub state: String,
}

impl Tx<'_> {
    /// The state of an SLO.
    pub fn state(&self, slo: &str) -> Result<Option<State>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT state FROM state WHERE slo = ?1")?;
        let found: Option<String> = query.query_row([slo], |row| row.get(0)).optional()?;
        Ok(found.map(|state| serde_json::from_str(&state)).transpose()?)
    }

    /// Sets a state.
    pub fn set_state(&self, slo: &str, state: &State) -> Result<(), StoreError> {
        let mut put =
            self.conn.prepare_cached("INSERT INTO state VALUES (?1, ?2) ON CONFLICT (slo) DO UPDATE SET state = excluded.state")?;
        put.execute([slo, &serde_json::to_string(state)?])?;
        Ok(())
    }

    /// The rows of the list as last written, as JSON by SLO.
    pub fn views(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT slo, row FROM view")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sets the row of the list.
    pub fn set_view(&self, slo: &str, row: &str) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT INTO view VALUES (?1, ?2) ON CONFLICT (slo) DO UPDATE SET row = excluded.row")?;
        put.execute([slo, row])?;
        Ok(())
    }

    /// Adds a turn.
    pub fn add_turn(&self, slo: &str, record: &TurnRecord) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT INTO turn (slo, at_m, kind, turn, text, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        put.execute(params![slo, record.at.0, record.turn.word(), serde_json::to_string(&record.turn)?, record.text, record.state])?;
        Ok(())
    }

    /// The latest turns of an SLO, newest first.
    pub fn turns(&self, slo: &str, limit: u32) -> Result<Vec<TurnRecord>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT at_m, turn, text, state FROM turn WHERE slo = ?1 ORDER BY id DESC LIMIT ?2")?;
        let mut rows = query.query(params![slo, limit])?;
        let mut turns = Vec::new();
        while let Some(row) = rows.next()? {
            let turn: String = row.get(1)?;
            turns.push(TurnRecord { at: Minute(row.get(0)?), turn: serde_json::from_str(&turn)?, text: row.get(2)?, state: row.get(3)? });
        }
        Ok(turns)
    }
}
