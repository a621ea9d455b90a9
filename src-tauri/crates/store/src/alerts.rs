//! Firing alerts as they stand: what a source told last, where each is folded, and how many there are. Nothing of the past is kept
//! here; what a person was told stands with the announcement.

use std::collections::BTreeMap;

use firewatch_domain::alert::{Alert, Counted, Standing};
use firewatch_domain::folding::{Place, Rule};
use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Topic, Tx};

/// An alert with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRecord {
    /// As told.
    pub alert: Alert,
    /// Where it is folded; none where nothing says.
    pub place: Option<Place>,
}

/// How reading the alerts of a source goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertRead {
    /// Unix seconds of the last good read.
    pub ok_at_s: Option<i64>,
    /// Faults in a row.
    pub faults: u32,
    /// The latest fault; none when the last read was good.
    pub error: Option<String>,
    /// Alerts it told of, which may be more than are held.
    pub told: u64,
}

/// One alert as folded: each label set once, whoever told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldedAlert {
    /// Identity.
    pub fingerprint: String,
    /// As told by who is believed most, with its effective standing.
    pub record: AlertRecord,
    /// Sources that tell of it.
    pub sources: Vec<String>,
}

/// Whose alerts are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Everything that fires.
    All,
    /// Those folded under a journey.
    Journey(&'a str),
    /// Those folded under one SLO.
    Slo(&'a str),
    /// Those folded nowhere.
    Nobody,
}

impl Whose<'_> {
    fn condition(self) -> (&'static str, Option<String>) {
        match self {
            Self::All => ("?1 IS NULL", None),
            Self::Journey(key) => ("journey_key = ?1", Some(key.to_owned())),
            Self::Slo(id) => ("slo = ?1", Some(id.to_owned())),
            Self::Nobody => ("journey_key IS NULL AND ?1 IS NULL", None),
        }
    }
}

impl Tx<'_> {
    /// Puts what a source told, whole: what it no longer tells of leaves. Only what differs is written. True when anything did.
    pub fn put_alerts(&self, source: &str, records: &[AlertRecord]) -> Result<bool, StoreError> {
        let mut known = self.alerts_of(source)?;
        let mut changed = false;
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO alert VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        let mut written = std::collections::HashSet::with_capacity(records.len());
        for record in records {
            let fingerprint = record.alert.fingerprint();
            let before = known.remove(&fingerprint);
            if !written.insert(fingerprint.clone()) || before.as_ref() == Some(record) {
                continue;
            }
            changed = true;
            let place = record.place.as_ref();
            put.execute(params![
                source,
                fingerprint,
                record.alert.standing.rank(),
                record.alert.since_s,
                place.map(|p| p.journey_key.as_str()),
                place.and_then(|p| p.slo.as_deref()),
                place.map(|p| p.rule.word()),
                serde_json::to_string(&record.alert)?
            ])?;
        }
        let mut remove = self.conn.prepare_cached("DELETE FROM alert WHERE source = ?1 AND fingerprint = ?2")?;
        for fingerprint in known.keys() {
            changed = true;
            remove.execute([source, fingerprint])?;
        }
        if changed {
            self.count_alerts()?;
        }
        Ok(changed)
    }

    /// What a source told last, by identity.
    pub fn alerts_of(&self, source: &str) -> Result<BTreeMap<String, AlertRecord>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT fingerprint, told, journey_key, slo, rule FROM alert WHERE source = ?1")?;
        let rows = query.query_map([source], |row| Ok((row.get(0)?, told(row, 1)?)))?.collect::<Result<Vec<(String, Told)>, _>>()?;
        rows.into_iter().map(|(fingerprint, told)| Ok((fingerprint, told.record()?))).collect()
    }

    /// Some alerts, the most urgent and oldest first.
    pub fn alerts(&self, whose: Whose<'_>, limit: u32, offset: u32) -> Result<Vec<FoldedAlert>, StoreError> {
        let (condition, value) = whose.condition();
        // The other columns are those of the row with the smallest rank.
        let sql = format!(
            "SELECT fingerprint, min(rank) AS best, group_concat(source, char(10)), told, journey_key, slo, rule FROM alert WHERE {condition}
             GROUP BY fingerprint ORDER BY best % 3, since_s, fingerprint LIMIT ?2 OFFSET ?3"
        );
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map(params![value, limit, offset], |row| Ok((row.get(0)?, row.get(2)?, told(row, 3)?)))?;
        let rows = rows.collect::<Result<Vec<(String, String, Told)>, _>>()?;
        rows.into_iter()
            .map(|(fingerprint, sources, told)| {
                Ok(FoldedAlert { fingerprint, record: told.record()?, sources: sources.lines().map(str::to_owned).collect() })
            })
            .collect()
    }

    /// How many there are by journey key and SLO id; both are empty for what is folded nowhere, the SLO where only the journey is known.
    pub fn alert_counts(&self) -> Result<BTreeMap<(String, String), Counted>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT journey_key, slo, firing, silenced, inhibited FROM alert_count")?;
        let rows = query.query_map([], |row| {
            Ok(((row.get(0)?, row.get(1)?), Counted { firing: row.get(2)?, silenced: row.get(3)?, inhibited: row.get(4)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many are folded under a journey.
    pub fn alerts_under(&self, journey_key: &str) -> Result<Counted, StoreError> {
        let sql = "SELECT coalesce(sum(firing), 0), coalesce(sum(silenced), 0), coalesce(sum(inhibited), 0) FROM alert_count WHERE journey_key = ?1";
        let mut query = self.conn.prepare_cached(sql)?;
        Ok(query.query_row([journey_key], |row| Ok(Counted { firing: row.get(0)?, silenced: row.get(1)?, inhibited: row.get(2)? }))?)
    }

    /// Notes how reading a source's alerts went.
    pub fn set_alert_read(&self, source: &str, read: &AlertRead) -> Result<(), StoreError> {
        let before = self.alert_read(source)?;
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO alert_read VALUES (?1, ?2, ?3, ?4, ?5)")?;
        put.execute(params![source, read.ok_at_s, read.faults, read.error, read.told as i64])?;
        if before.is_none_or(|before| before.error != read.error || before.told != read.told || before.faults.min(2) != read.faults.min(2))
        {
            self.touch(Topic::Alerts);
        }
        Ok(())
    }

    /// How reading a source's alerts goes; none before the first time.
    pub fn alert_read(&self, source: &str) -> Result<Option<AlertRead>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT ok_at_s, faults, error, told FROM alert_read WHERE source = ?1")?;
        let read = query.query_row([source], |row| {
            let told: i64 = row.get(3)?;
            Ok(AlertRead { ok_at_s: row.get(0)?, faults: row.get(1)?, error: row.get(2)?, told: told as u64 })
        });
        Ok(read.optional()?)
    }

    /// How many alerts of a source are held.
    pub fn alerts_held(&self, source: &str) -> Result<u64, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT count(*) FROM alert WHERE source = ?1")?;
        let held: i64 = query.query_row([source], |row| row.get(0))?;
        Ok(held as u64)
    }

    pub(crate) fn forget_alerts(&self, source: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM alert_read WHERE source = ?1", [source])?;
        if self.conn.execute("DELETE FROM alert WHERE source = ?1", [source])? > 0 {
            self.count_alerts()?;
        }
        Ok(())
    }

    /// Counts anew, each label set once.
    fn count_alerts(&self) -> Result<(), StoreError> {
        let mut counts: BTreeMap<(String, String), Counted> = BTreeMap::new();
        let sql = "SELECT coalesce(journey_key, ''), coalesce(slo, ''), min(rank) FROM alert GROUP BY fingerprint";
        let mut query = self.conn.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            counts.entry((row.get(0)?, row.get(1)?)).or_default().add(Standing::of_rank(row.get(2)?));
        }
        self.conn.execute("DELETE FROM alert_count", [])?;
        let mut put = self.conn.prepare_cached("INSERT INTO alert_count VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for ((journey_key, slo), counted) in counts {
            put.execute(params![journey_key, slo, counted.firing, counted.silenced, counted.inhibited])?;
        }
        self.touch(Topic::Alerts);
        Ok(())
    }
}

struct Told {
    alert: String,
    place: (Option<String>, Option<String>, Option<String>),
}

fn told(row: &Row<'_>, from: usize) -> rusqlite::Result<Told> {
    Ok(Told { alert: row.get(from)?, place: (row.get(from + 1)?, row.get(from + 2)?, row.get(from + 3)?) })
}

impl Told {
    fn record(self) -> Result<AlertRecord, StoreError> {
        let (journey_key, slo, rule) = self.place;
        let rule = rule.as_deref().and_then(Rule::parse);
        let place = journey_key.zip(rule).map(|(journey_key, rule)| Place { journey_key, slo, rule });
        Ok(AlertRecord { alert: serde_json::from_str(&self.alert)?, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    fn record(name: &str, standing: Standing, journey: Option<&str>) -> AlertRecord {
        let labels = BTreeMap::from([("alertname".to_owned(), name.to_owned())]);
        let alert = Alert { labels, summary: String::new(), since_s: 100, url: None, standing };
        let place = journey.map(|key| Place { journey_key: key.to_owned(), slo: None, rule: Rule::Service });
        AlertRecord { alert, place }
    }

    fn counts(tx: &Tx<'_>) -> Result<BTreeMap<(String, String), Counted>, StoreError> {
        tx.alert_counts()
    }

    #[test]
    fn what_resolved_leaves_and_what_stays_is_not_written_again() {
        let store = Store::in_memory().unwrap();
        let first = [record("a", Standing::Firing, Some("production/j")), record("b", Standing::Silenced, None)];
        assert!(store.write(|tx| tx.put_alerts("am", &first)).unwrap());
        assert!(!store.write(|tx| tx.put_alerts("am", &first)).unwrap());
        assert!(store.write(|tx| tx.put_alerts("am", &first[1..])).unwrap());
        let counts = store.read(counts).unwrap();
        assert_eq!(
            counts.into_iter().collect::<Vec<_>>(),
            [((String::new(), String::new()), Counted { firing: 0, silenced: 1, inhibited: 0 })]
        );
    }

    #[test]
    fn one_label_set_counts_once_and_who_knows_of_silences_is_believed() {
        let store = Store::in_memory().unwrap();
        store
            .write(|tx| {
                tx.put_alerts("prom", &[record("a", Standing::Evaluated, Some("production/j")), record("b", Standing::Evaluated, None)])?;
                tx.put_alerts("am", &[record("a", Standing::Silenced, Some("production/j"))])?;
                tx.put_alerts("am2", &[record("a", Standing::Silenced, Some("production/j"))])
            })
            .unwrap();
        let (under, all) = store.read(|tx| Ok::<_, StoreError>((tx.alerts_under("production/j")?, tx.alerts(Whose::All, 10, 0)?))).unwrap();
        assert_eq!(under, Counted { firing: 0, silenced: 1, inhibited: 0 });
        assert_eq!(all.iter().map(|a| (a.record.alert.name(), a.sources.len())).collect::<Vec<_>>(), [("b", 1), ("a", 3)]);
        assert_eq!(all[1].record.alert.standing, Standing::Silenced);
        let mine = store.read(|tx| tx.alerts(Whose::Nobody, 10, 0)).unwrap();
        assert_eq!(mine.len(), 1);
    }

    #[test]
    fn a_removed_source_takes_its_alerts_along() {
        let store = Store::in_memory().unwrap();
        store.write(|tx| tx.put_alerts("am", &[record("a", Standing::Firing, None)])).unwrap();
        store.write(|tx| tx.forget_alerts("am")).unwrap();
        assert!(store.read(counts).unwrap().is_empty());
    }
}
