//! Policies, for which SLOs their triggers hold, and the orders they gave: each carried out once per fire.

use std::collections::BTreeMap;

use firewatch_domain::minute::Minute;
use firewatch_domain::policy::{Hold, Policy};
use rusqlite::params;

use crate::{StoreError, Topic, Tx};

impl Tx<'_> {
    /// All policies in order.
    pub fn policies(&self) -> Result<Vec<Policy>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM policy ORDER BY position, id")?;
        let texts = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// Adds or changes a policy.
    pub fn put_policy(&self, policy: &Policy) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "INSERT INTO policy VALUES (?1, ?2, (SELECT coalesce(max(position), 0) + 1 FROM policy)) ON CONFLICT (id) DO UPDATE SET definition = excluded.definition",
        )?;
        put.execute(params![policy.id, serde_json::to_string(policy)?])?;
        self.touch(Topic::Settings);
        Ok(())
    }

    /// Removes a policy.
    pub fn remove_policy(&self, id: &str) -> Result<(), StoreError> {
        let removed = self.conn.execute("DELETE FROM policy WHERE id = ?1", [id])?;
        if removed == 0 {
            return Err(StoreError::Missing { what: "policy", name: id.to_owned() });
        }
        self.touch(Topic::Settings);
        Ok(())
    }

    /// What holds for an SLO, by policy.
    pub fn holds(&self, slo: &str) -> Result<BTreeMap<String, Hold>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT policy, since_m, ordered FROM policy_hold WHERE slo = ?1")?;
        let rows = query.query_map([slo], |row| Ok((row.get(0)?, Hold { since: Minute(row.get(1)?), ordered: row.get(2)? })))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes that a policy's trigger holds for an SLO, or no longer.
    pub fn set_hold(&self, slo: &str, policy: &str, hold: Option<Hold>) -> Result<(), StoreError> {
        match hold {
            Some(hold) => self.conn.prepare_cached("INSERT OR REPLACE INTO policy_hold VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                slo,
                policy,
                hold.since.0,
                hold.ordered
            ])?,
            None => self.conn.prepare_cached("DELETE FROM policy_hold WHERE slo = ?1 AND policy = ?2")?.execute([slo, policy])?,
        };
        Ok(())
    }

    /// Arms a policy anew for every SLO.
    pub fn forget_holds(&self, policy: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM policy_hold WHERE policy = ?1", [policy])?;
        Ok(())
    }

    /// Claims an order; false when it was carried out before.
    pub fn claim_order(&self, key: &str, at_s: i64) -> Result<bool, StoreError> {
        let claimed =
            self.conn.prepare_cached("INSERT OR IGNORE INTO policy_order (key, at_s) VALUES (?1, ?2)")?.execute(params![key, at_s])?;
        Ok(claimed == 1)
    }

    /// Notes which incident an order led to.
    pub fn note_order(&self, key: &str, incident: &str) -> Result<(), StoreError> {
        self.conn.prepare_cached("UPDATE policy_order SET incident = ?2 WHERE key = ?1")?.execute([key, incident])?;
        Ok(())
    }
}
