//! Slices on disk: older buckets as chunks with their sums beside them, young minutes as rows (see `young`).

use firewatch_domain::minute::{Minute, Span};
use firewatch_slices::chunk::Slices;
use firewatch_slices::varint::{put_all, take_all};
use firewatch_slices::{bucket_of, bucket_start};
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Tx};

/// Slices to be written: one entry a minute from `from`; `None` leaves what is there.
#[derive(Debug, Clone, Copy)]
pub struct Slab<'a> {
    /// First minute.
    pub from: Minute,
    /// Columns minute by minute.
    pub slices: &'a [Option<Vec<u64>>],
    /// Add to what the minutes hold instead of replacing it.
    pub adds: bool,
}

/// What a write did, for the index in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// A bucket was sealed or changed.
    Sealed {
        /// Which.
        bucket: i64,
        /// Its column sums.
        sums: Vec<u64>,
        /// Its observed minutes.
        observed: u64,
    },
    /// A young minute was set.
    Young {
        /// Which.
        minute: i64,
        /// Its columns.
        figures: Vec<u64>,
    },
}

impl Tx<'_> {
    /// Writes slices of `columns` columns. Minutes before the bucket of `now` go into chunks, younger ones stay as rows.
    pub fn write_slices(&self, series: i64, columns: usize, slab: Slab<'_>, now: Minute) -> Result<Vec<Applied>, StoreError> {
        let mut applied = Vec::new();
        let mut i = 0;
        while i < slab.slices.len() {
            let bucket = bucket_of(slab.from.0 + i as i64);
            let end = (bucket_start(bucket + 1) - slab.from.0) as usize;
            let end = end.min(slab.slices.len());
            let part = Slab { from: slab.from.plus(i as i64), slices: &slab.slices[i..end], adds: slab.adds };
            if part.slices.iter().any(Option::is_some) {
                if bucket < bucket_of(now.0) {
                    applied.push(self.write_chunk(series, columns, bucket, part)?);
                } else {
                    self.write_young(series, columns, part, &mut applied)?;
                }
            }
            i = end;
        }
        Ok(applied)
    }

    fn write_chunk(&self, series: i64, columns: usize, bucket: i64, slab: Slab<'_>) -> Result<Applied, StoreError> {
        let stored = self.chunk_with_id(series, bucket)?;
        let mut slices = match &stored {
            Some((_, slices)) => slices.clone(),
            None => self.young_bucket(series, columns, bucket)?,
        };
        for (i, figures) in slab.slices.iter().enumerate() {
            let Some(figures) = figures else { continue };
            let at = (slab.from.0 + i as i64 - bucket_start(bucket)) as usize;
            if slab.adds { slices.add(at, figures)? } else { slices.set(at, Some(figures))? }
        }
        self.save_chunk(series, bucket, stored.map(|(id, _)| id), &slices)
    }

    pub(crate) fn save_chunk(&self, series: i64, bucket: i64, data: Option<i64>, slices: &Slices) -> Result<Applied, StoreError> {
        let (bytes, sums, observed) = (slices.encode(), slices.sums(), slices.observed());
        if let Some(id) = data {
            self.conn.prepare_cached("UPDATE chunk_data SET bytes = ?2 WHERE id = ?1")?.execute(params![id, bytes])?;
            let mut put = self.conn.prepare_cached("UPDATE chunk SET observed = ?3, sums = ?4 WHERE series = ?1 AND bucket = ?2")?;
            put.execute(params![series, bucket, observed as i64, put_all(&sums)])?;
        } else {
            self.conn.prepare_cached("INSERT INTO chunk_data (bytes) VALUES (?1)")?.execute(params![bytes])?;
            let id = self.conn.last_insert_rowid();
            let mut put = self.conn.prepare_cached("INSERT INTO chunk VALUES (?1, ?2, ?3, ?4, ?5)")?;
            put.execute(params![series, bucket, observed as i64, put_all(&sums), id])?;
            self.clear_young(series, bucket)?;
        }
        Ok(Applied::Sealed { bucket, sums, observed })
    }

    /// Sums and observed minutes of all sealed buckets, oldest first.
    pub fn chunk_sums(&self, series: i64, columns: usize) -> Result<Vec<(i64, Vec<u64>, u64)>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT bucket, sums, observed FROM chunk WHERE series = ?1 ORDER BY bucket")?;
        let mut rows = query.query([series])?;
        let mut sums = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(1)?;
            sums.push((row.get(0)?, take_all(&bytes, columns)?, row.get::<_, i64>(2)? as u64));
        }
        Ok(sums)
    }

    /// The same of every series at once: a thousand single queries take several times as long.
    pub fn all_chunk_sums(&self, mut each: impl FnMut(i64, i64, &[u8], u64)) -> Result<(), StoreError> {
        let mut query = self.conn.prepare_cached("SELECT series, bucket, sums, observed FROM chunk ORDER BY series, bucket")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            each(row.get(0)?, row.get(1)?, row.get_ref(2)?.as_blob().unwrap_or_default(), row.get::<_, i64>(3)? as u64);
        }
        Ok(())
    }

    /// A sealed bucket.
    pub fn chunk(&self, series: i64, bucket: i64) -> Result<Option<Slices>, StoreError> {
        Ok(self.chunk_with_id(series, bucket)?.map(|(_, slices)| slices))
    }

    pub(crate) fn chunk_with_id(&self, series: i64, bucket: i64) -> Result<Option<(i64, Slices)>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT chunk_data.id, bytes FROM chunk JOIN chunk_data ON chunk_data.id = chunk.data WHERE series = ?1 AND bucket = ?2",
        )?;
        let found: Option<(i64, Vec<u8>)> = query.query_row([series, bucket], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.map(|(id, bytes)| Ok((id, Slices::decode(&bytes)?))).transpose()
    }

    /// Every minute of a span, from chunks and rows alike.
    pub fn slices_in(&self, series: i64, columns: usize, span: Span) -> Result<Vec<Option<Vec<u64>>>, StoreError> {
        let mut minutes = vec![None; span.len() as usize];
        for bucket in bucket_of(span.from.0)..=bucket_of(span.to.0) {
            let slices = match self.chunk(series, bucket)? {
                Some(slices) => slices,
                None => self.young_bucket(series, columns, bucket)?,
            };
            for (i, figures) in slices.minutes().iter().enumerate() {
                let minute = Minute(bucket_start(bucket) + i as i64);
                if span.contains(minute) {
                    minutes[minute.since(span.from) as usize] = figures.as_ref().map(|f| f.to_vec());
                }
            }
        }
        Ok(minutes)
    }

    /// Adds or replaces a carry.
    pub fn put_carry(&self, series: i64, span: Span, figures: &[u64]) -> Result<(), StoreError> {
        self.conn.prepare_cached("INSERT OR REPLACE INTO carry VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            series,
            span.from.0,
            span.to.0,
            put_all(figures)
        ])?;
        Ok(())
    }

    /// Forgets carries that end inside a span that is being read again: whoever reads the later sample tells them anew.
    pub fn drop_carries(&self, series: i64, span: Span) -> Result<(), StoreError> {
        self.conn.prepare_cached("DELETE FROM carry WHERE series = ?1 AND to_m > ?2 AND to_m <= ?3")?.execute([
            series,
            span.from.0,
            span.to.0,
        ])?;
        Ok(())
    }

    /// Whether there is any carry.
    pub fn has_carries(&self, series: i64) -> Result<bool, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM carry WHERE series = ?1)")?;
        Ok(query.query_row([series], |row| row.get(0))?)
    }

    /// All carries.
    pub fn carries(&self, series: i64, columns: usize) -> Result<Vec<(Span, Vec<u64>)>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT from_m, to_m, figures FROM carry WHERE series = ?1 ORDER BY from_m")?;
        let mut rows = query.query([series])?;
        let mut carries = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(2)?;
            carries.push((Span::new(Minute(row.get(0)?), Minute(row.get(1)?)), take_all(&bytes, columns)?));
        }
        Ok(carries)
    }

    /// Forgets history before a minute's bucket.
    pub fn forget_before(&self, series: i64, minute: Minute) -> Result<(), StoreError> {
        let bucket = bucket_of(minute.0);
        self.conn
            .prepare_cached("DELETE FROM chunk_data WHERE id IN (SELECT data FROM chunk WHERE series = ?1 AND bucket < ?2)")?
            .execute([series, bucket])?;
        self.conn.prepare_cached("DELETE FROM chunk WHERE series = ?1 AND bucket < ?2")?.execute([series, bucket])?;
        self.conn.prepare_cached("DELETE FROM carry WHERE series = ?1 AND to_m <= ?2")?.execute([series, bucket_start(bucket)])?;
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Store;
    use firewatch_domain::indicator::{Counts, Indicator, Layout};
    use firewatch_domain::objective::Objective;
    use firewatch_domain::selector::Selector;
    use firewatch_domain::slo::Slo;
    use firewatch_domain::window::Window;
    use proptest::prelude::*;

    pub(crate) fn an_slo(name: &str) -> Slo {
        let selector = Selector::parse("up").unwrap();
        Slo {
            id: format!("id-{name}"),
            name: name.to_owned(),
            title: name.to_owned(),
            description: String::new(),
            journey: "j".to_owned(),
            service: "s".to_owned(),
            environment: "production".to_owned(),
            source: "prom".to_owned(),
            indicator: Indicator::Ratio { counts: Counts::Good, part: selector.clone(), total: selector },
            objective: Objective::from_percent("99.9").unwrap(),
            window: Window::parse("30d").unwrap(),
            method: firewatch_domain::method::Method::default(),
            empty: firewatch_domain::method::EmptySlices::default(),
            alerting: firewatch_domain::alerting::Alerting::default(),
            stage: firewatch_domain::slo::Stage::default(),
            weight: 1,
            annotations: std::collections::BTreeMap::new(),
        }
    }

    /// A series with 100 minutes to be read back.
    pub(crate) fn with_series(store: &Store) -> i64 {
        store
            .write(|tx| {
                tx.put_slo(&an_slo("one"), 0)?;
                Ok::<_, StoreError>(tx.begin_series("id-one", &Layout::GoodTotal, Span::new(Minute(0), Minute(100)))?.id)
            })
            .unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn whatever_the_order_of_writes_the_newest_revision_is_read_back(
            writes in proptest::collection::vec((0_i64..1500, proptest::collection::vec(proptest::option::weighted(0.8, 0_u64..99), 1..500), 0_i64..2200), 1..8),
        ) {
            let store = Store::in_memory().unwrap();
            let series = with_series(&store);
            let mut truth = vec![None; 2200];
            let mut now = 0;
            for (from, figures, later) in writes {
                now = now.max(later);
                let slices: Vec<_> = figures.iter().map(|f| f.map(|f| vec![f, f + 1])).collect();
                for (i, slice) in slices.iter().enumerate() {
                    if slice.is_some() {
                        truth[from as usize + i].clone_from(slice);
                    }
                }
                store.write(|tx| tx.write_slices(series, 2, Slab { from: Minute(from), slices: &slices, adds: false }, Minute(now))).unwrap();
                store.write(|tx| tx.seal_before(Minute(now))).unwrap();
            }
            let read = store.read(|tx| tx.slices_in(series, 2, Span::new(Minute(0), Minute(2200)))).unwrap();
            prop_assert_eq!(read, truth);
        }
    }

    #[test]
    fn a_probe_adds_to_its_minute() {
        let store = Store::in_memory().unwrap();
        let series = with_series(&store);
        for (now, expected) in [(50, 1), (50, 2), (400, 3)] {
            let slab = Slab { from: Minute(50), slices: &[Some(vec![1, 1])], adds: true };
            store.write(|tx| tx.write_slices(series, 2, slab, Minute(now))).unwrap();
            let read = store.read(|tx| tx.slices_in(series, 2, Span::new(Minute(50), Minute(51)))).unwrap();
            assert_eq!(read, [Some(vec![expected, expected])]);
        }
    }
}
