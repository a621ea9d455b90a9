//! What was measured of follow-ups. A verdict that changed is a row of its own; one that stays is written over.

use std::collections::BTreeMap;

use firewatch_domain::proof::Proof;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

impl Tx<'_> {
    /// Keeps a proof. The last one of the same follow-up, environment and shipping goes, unless its verdict was another.
    pub fn put_proof(&self, followup: &str, proof: &Proof) -> Result<(), StoreError> {
        let before = self.last_proof(followup, &proof.environment)?;
        if let Some(before) = before.filter(|before| (before.verdict, before.shipped) == (proof.verdict, proof.shipped)) {
            let gone = params![followup, proof.environment, before.at.timestamp()];
            self.conn.prepare_cached("DELETE FROM proof WHERE followup = ?1 AND environment = ?2 AND at_s = ?3")?.execute(gone)?;
        }
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO proof VALUES (?1, ?2, ?3, ?4)")?;
        put.execute(params![followup, proof.environment, proof.at.timestamp(), serde_json::to_string(proof)?])?;
        self.touch(Topic::FollowUps);
        Ok(())
    }

    /// The last proof in an environment.
    pub fn last_proof(&self, followup: &str, environment: &str) -> Result<Option<Proof>, StoreError> {
        let sql = "SELECT definition FROM proof WHERE followup = ?1 AND environment = ?2 ORDER BY at_s DESC LIMIT 1";
        let found = self.conn.prepare_cached(sql)?.query_row([followup, environment], |row| row.get::<_, String>(0)).optional()?;
        found.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
    }

    /// The last proof of every follow-up and environment, by follow-up, without their days and hours.
    pub fn last_proofs(&self) -> Result<BTreeMap<String, Vec<Proof>>, StoreError> {
        let sql = "SELECT followup, json_set(definition, '$.figures.days', json('[]'), '$.figures.week', json('[]')), max(at_s)
                   FROM proof GROUP BY followup, environment";
        let mut query = self.conn.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let mut proofs: BTreeMap<String, Vec<Proof>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let text: String = row.get(1)?;
            proofs.entry(row.get(0)?).or_default().push(serde_json::from_str(&text)?);
        }
        Ok(proofs)
    }

    /// The last proof of a follow-up in each environment, without days and hours.
    pub fn last_proofs_of(&self, followup: &str) -> Result<Vec<Proof>, StoreError> {
        let sql = "SELECT json_set(definition, '$.figures.days', json('[]'), '$.figures.week', json('[]')), max(at_s)
                   FROM proof WHERE followup = ?1 GROUP BY environment";
        let mut query = self.conn.prepare_cached(sql)?;
        let texts = query.query_map([followup], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// All proofs of a follow-up, the newest first.
    pub fn proofs(&self, followup: &str) -> Result<Vec<Proof>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM proof WHERE followup = ?1 ORDER BY at_s DESC, environment")?;
        let texts = query.query_map([followup], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use firewatch_domain::followup::FollowUp;
    use firewatch_domain::hypothesis::{Aim, Measure};
    use firewatch_domain::proof::{Figures, Verdict};

    use super::*;
    use crate::Store;

    #[test]
    fn a_verdict_that_stays_is_written_over_and_one_that_changes_is_kept() {
        let store = Store::in_memory().unwrap();
        let at = |s: i64| DateTime::from_timestamp(s, 0).unwrap();
        let proof = |at_s: i64, environment: &str, verdict| Proof {
            verdict,
            why: String::new(),
            environment: environment.to_owned(),
            slo: "s".to_owned(),
            shipped: at(0),
            at: at(at_s),
            measure: Measure::Errors,
            aim: Aim::Factor(10.0),
            figures: Figures { factor: Some(10.2), week: vec![(Some(0.1), None)], ..Figures::default() },
        };
        let one = FollowUp::new("f-one".to_owned(), "One", "me", at(0));
        store.write(|tx| tx.put_followup(&one)).unwrap();
        let kept = [
            proof(1, "staging", Verdict::NotEnoughData),
            proof(2, "staging", Verdict::NotEnoughData),
            proof(3, "staging", Verdict::Proven),
            proof(4, "production", Verdict::NotProven),
        ];
        store.write(|tx| kept.iter().try_for_each(|proof| tx.put_proof("f-one", proof))).unwrap();
        assert_eq!(store.read(|tx| tx.proofs("f-one")).unwrap(), [kept[3].clone(), kept[2].clone(), kept[1].clone()]);
        assert_eq!(store.read(|tx| tx.last_proof("f-one", "staging")).unwrap(), Some(kept[2].clone()));
        let last = store.read(|tx| tx.last_proofs_of("f-one")).unwrap();
        assert_eq!(
            last.iter().map(|p| (p.environment.as_str(), p.verdict, p.figures.week.len())).collect::<Vec<_>>(),
            [("production", Verdict::NotProven, 0), ("staging", Verdict::Proven, 0)]
        );
        assert_eq!(store.read(|tx| tx.last_proofs().map(|mut all| all.remove("f-one"))).unwrap(), Some(last));
    }
}
