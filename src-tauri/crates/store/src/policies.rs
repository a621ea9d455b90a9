//! Policies, and the orders they gave: each carried out once per fire.

use firewatch_domain::policy::Policy;
use rusqlite::{OptionalExtension, params};

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

    /// The incident an order led to.
    pub fn ordered_incident(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT incident FROM policy_order WHERE key = ?1")?;
        Ok(query.query_row([key], |row| row.get::<_, Option<String>>(0)).optional()?.flatten())
    }
}
