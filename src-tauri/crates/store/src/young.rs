//! Young minutes as rows, until their bucket is over and they are sealed into a chunk.
//!
//! Rows lie by minute, then series: what a poll writes lies together. Whoever wants one series looks its minutes up one by
//! one; whoever wants all of them reads the table once.

use std::collections::BTreeMap;

use firewatch_domain::minute::Minute;
use firewatch_slices::chunk::Slices;
use firewatch_slices::varint::{put_all, take_all};
use firewatch_slices::{BUCKET, bucket_of, bucket_start};
use rusqlite::{CachedStatement, OptionalExtension, params};

use crate::slices::{Applied, Slab};
use crate::{StoreError, Tx};

/// Series sealed in one pass over the rows of a bucket, so that memory stays flat.
const SEALED_AT_ONCE: usize = 256;

impl Tx<'_> {
    pub(crate) fn write_young(&self, series: i64, columns: usize, slab: Slab<'_>, applied: &mut Vec<Applied>) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO slice VALUES (?1, ?2, ?3)")?;
        for (i, figures) in slab.slices.iter().enumerate() {
            let Some(figures) = figures else { continue };
            let minute = slab.from.0 + i as i64;
            let mut figures = figures.clone();
            if slab.adds
                && let Some(have) = young(&mut self.young_query()?, series, minute, columns)?
            {
                figures.iter_mut().zip(have).for_each(|(a, b)| *a = a.saturating_add(b));
            }
            put.execute(params![minute, series, put_all(&figures)])?;
            applied.push(Applied::Young { minute, figures });
        }
        Ok(())
    }

    /// The young minutes of a bucket.
    pub(crate) fn young_bucket(&self, series: i64, columns: usize, bucket: i64) -> Result<Slices, StoreError> {
        let mut slices = Slices::unobserved(columns, BUCKET as usize);
        let mut query = self.young_query()?;
        for at in 0..BUCKET {
            let figures = young(&mut query, series, bucket_start(bucket) + at, columns)?;
            slices.set(at as usize, figures.as_deref())?;
        }
        Ok(slices)
    }

    /// Young minutes of one series, oldest first.
    pub fn young_slices(&self, series: i64, columns: usize) -> Result<Vec<(i64, Vec<u64>)>, StoreError> {
        let mut found = Vec::new();
        let mut query = self.young_query()?;
        for bucket in self.young_buckets()? {
            for minute in bucket_start(bucket)..bucket_start(bucket + 1) {
                found.extend(young(&mut query, series, minute, columns)?.map(|figures| (minute, figures)));
            }
        }
        Ok(found)
    }

    /// Young minutes of all series, oldest first: series, minute, figures as stored.
    pub fn all_young(&self, mut each: impl FnMut(i64, i64, &[u8])) -> Result<(), StoreError> {
        let mut query = self.conn.prepare_cached("SELECT series, minute, figures FROM slice ORDER BY minute, series")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            each(row.get(0)?, row.get(1)?, row.get_ref(2)?.as_blob().unwrap_or_default());
        }
        Ok(())
    }

    /// Seals what lies in buckets before the one of `now`, of every series: also of those nobody reads any more.
    pub fn seal_before(&self, now: Minute) -> Result<Vec<(i64, Applied)>, StoreError> {
        let mut applied = Vec::new();
        for bucket in self.young_buckets()?.into_iter().filter(|bucket| *bucket < bucket_of(now.0)) {
            let series = self.series_in(bucket)?;
            for some in series.chunks(SEALED_AT_ONCE) {
                for (id, slices) in self.rows_of(bucket, some)? {
                    let stored = self.chunk_with_id(id, bucket)?;
                    let (data, slices) = match stored {
                        Some((data, sealed)) => (Some(data), laid_over(sealed, &slices)?),
                        None => (None, slices),
                    };
                    applied.push((id, self.save_chunk(id, bucket, data, &slices)?));
                }
            }
            let mut clear = self.conn.prepare_cached("DELETE FROM slice WHERE minute >= ?1 AND minute < ?2")?;
            clear.execute([bucket_start(bucket), bucket_start(bucket + 1)])?;
        }
        Ok(applied)
    }

    /// Forgets the young minutes of a series in a bucket.
    pub(crate) fn clear_young(&self, series: i64, bucket: i64) -> Result<(), StoreError> {
        let mut clear = self.conn.prepare_cached("DELETE FROM slice WHERE minute = ?1 AND series = ?2")?;
        for minute in bucket_start(bucket)..bucket_start(bucket + 1) {
            clear.execute([minute, series])?;
        }
        Ok(())
    }

    /// Buckets that have rows, oldest first.
    fn young_buckets(&self) -> Result<Vec<i64>, StoreError> {
        let mut next = self.conn.prepare_cached("SELECT minute FROM slice WHERE minute >= ?1 ORDER BY minute LIMIT 1")?;
        let mut buckets = Vec::new();
        let mut from = i64::MIN;
        while let Some(minute) = next.query_row([from], |row| row.get::<_, i64>(0)).optional()? {
            let bucket = bucket_of(minute);
            buckets.push(bucket);
            from = bucket_start(bucket + 1);
        }
        Ok(buckets)
    }

    fn series_in(&self, bucket: i64) -> Result<Vec<i64>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT DISTINCT series FROM slice WHERE minute >= ?1 AND minute < ?2 ORDER BY series")?;
        let rows = query.query_map([bucket_start(bucket), bucket_start(bucket + 1)], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The rows of some series in a bucket; `some` is ascending.
    fn rows_of(&self, bucket: i64, some: &[i64]) -> Result<BTreeMap<i64, Slices>, StoreError> {
        let (Some(first), Some(last)) = (some.first(), some.last()) else { return Ok(BTreeMap::new()) };
        let mut widths = self.conn.prepare_cached("SELECT id, columns FROM series WHERE id >= ?1 AND id <= ?2")?;
        let widths = widths.query_map([first, last], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as usize)))?;
        let mut found: BTreeMap<i64, Slices> =
            widths.map(|row| row.map(|(id, columns)| (id, Slices::unobserved(columns, BUCKET as usize)))).collect::<Result<_, _>>()?;
        found.retain(|id, _| some.binary_search(id).is_ok());
        let mut query = self.conn.prepare_cached(
            "SELECT series, minute, figures FROM slice WHERE minute >= ?1 AND minute < ?2 AND series >= ?3 AND series <= ?4",
        )?;
        let mut rows = query.query([bucket_start(bucket), bucket_start(bucket + 1), *first, *last])?;
        while let Some(row) = rows.next()? {
            let Some(slices) = found.get_mut(&row.get(0)?) else { continue };
            let figures = take_all(row.get_ref(2)?.as_blob().unwrap_or_default(), slices.columns())?;
            slices.set((row.get::<_, i64>(1)? - bucket_start(bucket)) as usize, Some(&figures))?;
        }
        Ok(found)
    }

    fn young_query(&self) -> Result<CachedStatement<'_>, StoreError> {
        Ok(self.conn.prepare_cached("SELECT figures FROM slice WHERE minute = ?1 AND series = ?2")?)
    }
}

fn young(query: &mut CachedStatement<'_>, series: i64, minute: i64, columns: usize) -> Result<Option<Vec<u64>>, StoreError> {
    let bytes: Option<Vec<u8>> = query.query_row([minute, series], |row| row.get(0)).optional()?;
    Ok(bytes.map(|bytes| take_all(&bytes, columns)).transpose()?)
}

/// Single minutes are newer than the chunk they meet.
fn laid_over(mut sealed: Slices, young: &Slices) -> Result<Slices, StoreError> {
    for (at, figures) in young.minutes().iter().enumerate().filter(|(_, figures)| figures.is_some()) {
        sealed.set(at, figures.as_deref())?;
    }
    Ok(sealed)
}
