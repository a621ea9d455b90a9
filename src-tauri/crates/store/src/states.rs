//! States as they stand, the view last shown of each, and the turns that led there.

use firewatch_domain::minute::Minute;
use firewatch_domain::state::State;
use firewatch_domain::turn::Turn;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

/// The state of an SLO as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRow {
    /// SLO.
    pub slo: String,
    /// State.
    pub state: State,
    /// Exclusive end of the last minute counted.
    pub at: Minute,
    /// The list row last shown, as JSON, for a first paint without arithmetic.
    pub view: Option<String>,
}

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
    pub fn state(&self, slo: &str) -> Result<Option<StateRow>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT state, at_m, view FROM state WHERE slo = ?1")?;
        let found: Option<(String, i64, Option<String>)> = query.query_row([slo], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional()?;
        found
            .map(|(state, at, view)| Ok(StateRow { slo: slo.to_owned(), state: serde_json::from_str(&state)?, at: Minute(at), view }))
            .transpose()
    }

    /// All states.
    pub fn states(&self) -> Result<Vec<StateRow>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT slo, state, at_m, view FROM state")?;
        let mut rows = query.query([])?;
        let mut states = Vec::new();
        while let Some(row) = rows.next()? {
            let state: String = row.get(1)?;
            states.push(StateRow { slo: row.get(0)?, state: serde_json::from_str(&state)?, at: Minute(row.get(2)?), view: row.get(3)? });
        }
        Ok(states)
    }

    /// Sets a state.
    pub fn set_state(&self, row: &StateRow) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "INSERT INTO state VALUES (?1, ?2, ?3, ?4) ON CONFLICT (slo) DO UPDATE SET state = excluded.state, at_m = excluded.at_m, view = excluded.view",
        )?;
        put.execute(params![row.slo, serde_json::to_string(&row.state)?, row.at.0, row.view])?;
        self.touch(Topic::Watch);
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
