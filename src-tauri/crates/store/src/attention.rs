//! What the person said about a journey: I have it, or not now.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::{StoreError, Topic, Tx};

/// What was said, in unix seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attention {
    /// Acknowledged then, until it worsens.
    pub acknowledged_at_s: Option<i64>,
    /// Snoozed until then.
    pub snoozed_until_s: Option<i64>,
}

impl Tx<'_> {
    /// By journey key.
    pub fn attention(&self) -> Result<BTreeMap<String, Attention>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT journey_key, acknowledged_at_s, snoozed_until_s FROM attention")?;
        let rows =
            query.query_map([], |row| Ok((row.get(0)?, Attention { acknowledged_at_s: row.get(1)?, snoozed_until_s: row.get(2)? })))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sets both for a journey.
    pub fn set_attention(&self, journey_key: &str, attention: Attention) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO attention VALUES (?1, ?2, ?3)")?;
        put.execute(params![journey_key, attention.acknowledged_at_s, attention.snoozed_until_s])?;
        self.touch(Topic::Watch);
        Ok(())
    }
}
