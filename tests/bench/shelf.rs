//! History of the fleet written through the store, as backfilling would have.

use firewatch_domain::indicator::Layout;
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::slo::Slo;
use firewatch_slices::{BUCKET, bucket_of, bucket_start};
use firewatch_store::{SeriesRow, Slab, StoreError, Tx};
use firewatch_tests::Result;

use crate::counts::Fleet;

/// Writes a definition, and for it the `minutes` before `now` of SLO `number` of the fleet.
pub fn shelve(tx: &Tx<'_>, slo: &Slo, (fleet, number): (Fleet, u64), minutes: i64, now: Minute) -> Result {
    tx.put_slo(slo, now.start_s())?;
    let history = Span::ending(now.plus(-1), minutes);
    let series = tx.begin_series(&slo.id, &Layout::BadTotal, history)?;
    tx.close_gap(series.id, history)?;
    for bucket in bucket_of(history.from.0)..=bucket_of(history.to.0) {
        write_bucket(tx, fleet, number, series.id, history, bucket, now)?;
    }
    tx.note_series(&SeriesRow { read_to: history.to, born: Some(history.from), newest: Some(history.to), raw_series: Some(2), ..series })?;
    Ok(())
}

fn write_bucket(
    tx: &Tx<'_>,
    fleet: Fleet,
    number: u64,
    series: i64,
    history: Span,
    bucket: i64,
    now: Minute,
) -> std::result::Result<(), StoreError> {
    let from = Minute(bucket_start(bucket).max(history.from.0));
    let to = (bucket_start(bucket) + BUCKET).min(history.to.0);
    let slices: Vec<Option<Vec<u64>>> = (from.0..to).map(|m| Some(fleet.minute(number, Minute(m)).to_vec())).collect();
    tx.write_slices(series, 2, Slab { from, slices: &slices, adds: false }, now).map(drop)
}
