//! Columns of a series over months, for replays: chunks and young rows alike, without a row per minute.

use firewatch_domain::minute::Span;
use firewatch_slices::columns::Columns;
use firewatch_slices::{bucket_of, bucket_start};

use crate::{StoreError, Tx};

impl Tx<'_> {
    /// The `wanted` columns of a series of `columns` columns, minute by minute over a span.
    pub fn columns_in(&self, series: i64, columns: usize, wanted: &[usize], span: Span) -> Result<Columns, StoreError> {
        let mut found = Columns::unobserved(wanted.len(), span.len() as usize);
        let mut query = self.conn.prepare_cached(
            "SELECT bucket, bytes FROM chunk JOIN chunk_data ON chunk_data.id = chunk.data WHERE series = ?1 AND bucket >= ?2 AND bucket < ?3",
        )?;
        let mut rows = query.query([series, bucket_of(span.from.0), bucket_of(span.to.0 - 1) + 1])?;
        while let Some(row) = rows.next()? {
            let chunk = Columns::decode(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?, wanted)?;
            found.take_over(bucket_start(row.get(0)?) - span.from.0, &chunk);
        }
        for (minute, figures) in self.young_slices(series, columns)? {
            found.set(minute - span.from.0, wanted.iter().map(|column| figures.get(*column).copied().unwrap_or(0)));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slices::tests::with_series;
    use crate::{Slab, Store};
    use firewatch_domain::minute::Minute;

    #[test]
    fn columns_are_those_of_the_slices() {
        let store = Store::in_memory().unwrap();
        let series = with_series(&store);
        let slices: Vec<_> = (0_u64..1000).map(|i| (i % 7 != 0).then(|| vec![i, i * 3])).collect();
        store.write(|tx| tx.write_slices(series, 2, Slab { from: Minute(100), slices: &slices, adds: false }, Minute(800))).unwrap();
        for (from, to) in [(0, 1200), (100, 1100), (360, 720), (361, 719), (700, 900), (1050, 1051), (50, 50)] {
            let span = Span::new(Minute(from), Minute(to));
            let (minutes, found) =
                store.read(|tx| Ok::<_, StoreError>((tx.slices_in(series, 2, span)?, tx.columns_in(series, 2, &[1, 0], span)?))).unwrap();
            let rebuilt: Vec<_> =
                (0..found.seen.len()).map(|i| found.seen[i].then(|| vec![found.columns[1][i], found.columns[0][i]])).collect();
            assert_eq!(rebuilt, minutes, "{from} to {to}");
        }
    }
}
