//! The series of an SLO: what its columns mean, how far it was read, what is still to be read back.

use firewatch_domain::indicator::Layout;
use firewatch_domain::minute::{Minute, Span};
use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Tx};

/// A series.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRow {
    /// Id.
    pub id: i64,
    /// SLO it belongs to.
    pub slo: String,
    /// What its columns mean.
    pub layout: Layout,
    /// First minute not read yet.
    pub read_to: Minute,
    /// First minute ever observed.
    pub born: Option<Minute>,
    /// End of the newest observed minute.
    pub newest: Option<Minute>,
    /// Series behind the selectors when last read.
    pub raw_series: Option<u64>,
    /// The server summed.
    pub estimated: bool,
    /// What the source said beside the newest reading.
    pub remark: Option<String>,
}

impl Tx<'_> {
    /// The series of an SLO, if it was ever read.
    pub fn series_of(&self, slo: &str) -> Result<Option<SeriesRow>, StoreError> {
        let mut query = self
            .conn
            .prepare_cached("SELECT id, slo, layout, read_to, born, newest, raw_series, estimated, remark FROM series WHERE slo = ?1")?;
        query.query_row([slo], parts).optional()?.map(row).transpose()
    }

    /// Begins the series of an SLO: everything in `history` is still to be read back.
    pub fn begin_series(&self, slo: &str, layout: &Layout, history: Span) -> Result<SeriesRow, StoreError> {
        let mut put = self.conn.prepare_cached("INSERT INTO series (slo, layout, columns, read_to) VALUES (?1, ?2, ?3, ?4)")?;
        put.execute(params![slo, serde_json::to_string(layout)?, layout.columns() as i64, history.to.0])?;
        let id = self.conn.last_insert_rowid();
        self.add_gap(id, history)?;
        Ok(SeriesRow {
            id,
            slo: slo.to_owned(),
            layout: layout.clone(),
            read_to: history.to,
            born: None,
            newest: None,
            raw_series: None,
            estimated: false,
            remark: None,
        })
    }

    /// Forgets a series with all it holds.
    pub fn drop_series(&self, id: i64) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM chunk_data WHERE id IN (SELECT data FROM chunk WHERE series = ?1)", [id])?;
        self.conn.execute("DELETE FROM series WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Notes how far it was read and what is known of it.
    pub fn note_series(&self, series: &SeriesRow) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "UPDATE series SET read_to = ?2, born = ?3, newest = ?4, raw_series = ?5, estimated = ?6, remark = ?7 WHERE id = ?1",
        )?;
        put.execute(params![
            series.id,
            series.read_to.0,
            series.born.map(|m| m.0),
            series.newest.map(|m| m.0),
            series.raw_series.map(|n| n as i64),
            series.estimated,
            series.remark
        ])?;
        Ok(())
    }

    /// Minutes still to be read back, newest first.
    pub fn gaps(&self, series: i64) -> Result<Vec<Span>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT from_m, to_m FROM gap WHERE series = ?1 ORDER BY from_m DESC")?;
        let rows = query.query_map([series], |row| Ok(Span::new(Minute(row.get(0)?), Minute(row.get(1)?))))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    }

    /// Adds minutes to be read back.
    pub fn add_gap(&self, series: i64, span: Span) -> Result<(), StoreError> {
        if span.is_empty() {
            return Ok(());
        }
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO gap VALUES (?1, ?2, ?3)")?;
        put.execute([series, span.from.0, span.to.0])?;
        Ok(())
    }

    /// Takes minutes out of what is to be read back: they were read, or never will be.
    pub fn close_gap(&self, series: i64, span: Span) -> Result<(), StoreError> {
        for gap in self.gaps(series)? {
            if gap.overlap(span).is_empty() {
                continue;
            }
            self.conn.prepare_cached("DELETE FROM gap WHERE series = ?1 AND from_m = ?2")?.execute([series, gap.from.0])?;
            self.add_gap(series, Span::new(gap.from, span.from))?;
            self.add_gap(series, Span::new(span.to.max(gap.from), gap.to))?;
        }
        Ok(())
    }
}

type Parts = (i64, String, String, i64, Option<i64>, Option<i64>, Option<i64>, bool, Option<String>);

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?))
}

fn row((id, slo, layout, read_to, born, newest, raw, estimated, remark): Parts) -> Result<SeriesRow, StoreError> {
    let layout = serde_json::from_str(&layout)?;
    Ok(SeriesRow {
        id,
        slo,
        layout,
        read_to: Minute(read_to),
        born: born.map(Minute),
        newest: newest.map(Minute),
        raw_series: raw.map(|n| n as u64),
        estimated,
        remark,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::slices::tests::with_series;

    #[test]
    fn closing_a_piece_leaves_both_sides() {
        let store = Store::in_memory().unwrap();
        let id = with_series(&store);
        let span = |a, b| Span::new(Minute(a), Minute(b));
        let gaps = store
            .write(|tx| {
                tx.close_gap(id, span(-10, 10))?;
                tx.close_gap(id, span(50, 60))?;
                tx.gaps(id)
            })
            .unwrap();
        assert_eq!(gaps, [span(60, 100), span(10, 50)]);
        let gaps = store
            .write(|tx| {
                tx.close_gap(id, span(0, 200))?;
                tx.gaps(id)
            })
            .unwrap();
        assert_eq!(gaps, []);
    }
}
