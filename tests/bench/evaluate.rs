//! Sums over seven windows of a thousand SLOs after one new minute, against prepared SQL over the same minutes in a `WITHOUT ROWID`
//! table keyed by SLO and time. In each minute a few SLOs are also revised late, in a bucket sealed long ago.
//!
//! Time is that of the processor, so that other work on the machine does not count. SQL is asked for every twentieth SLO and scaled,
//! with all its pages in memory. Both must find the same sums to the last event. Speed is shown, not asserted.

mod counts;
mod machine;
mod pairs;
mod room;
mod table;

use anyhow::{Context, ensure};
use firewatch_domain::minute::{DAY, HOUR, Minute};
use firewatch_slices::chunk::Slices;
use firewatch_slices::index::Index;
use firewatch_slices::{BUCKET, bucket_of, bucket_start};
use firewatch_tests::{Result, wait};
use rusqlite::{Connection, params};

use counts::{Fleet, SLOS};
use pairs::Pairs;
use table::{Row, say};

/// The look-backs of the alerting rules and the window of the SLO, in minutes.
const WINDOWS: [i64; 7] = [5, 30, HOUR, 6 * HOUR, DAY, 3 * DAY, 30 * DAY];
const HISTORY: i64 = 31 * DAY;
/// SQL is asked for one SLO in so many.
const SHARE: u64 = 20;
const ROUNDS: i64 = 20;
/// Minutes lived through in a round: the system counts the time of a thread in ticks of some milliseconds.
const MINUTES: i64 = 5;
/// SLOs revised late in a minute; all of them among those SQL is asked for.
const REVISED: u64 = 5;
/// How late: in a bucket that no window ends in.
const LATE: i64 = 10 * DAY;
const LIMIT: f64 = 1.0 / 500.0;

/// One SLO as the engine holds it: the index in memory, sealed buckets as bytes.
struct Held {
    index: Index,
    first: i64,
    chunks: Vec<Vec<u8>>,
}

type SumsOf = Vec<[u64; 2]>;

#[test]
fn evaluate() -> Result {
    let fleet = Fleet::new(wait::now());
    // Rounds begin shortly before a bucket is over, so that some of them look into buckets nobody looked into before.
    let start = Minute(bucket_start(bucket_of(wait::now() / 60) - 1) - MINUTES * ROUNDS / 2);
    let mut held: Vec<Held> = (0..SLOS).map(|slo| Held::of(fleet, slo, start)).collect();
    let mut sql = laid_out(fleet, start)?;
    say(&machine::words())?;
    for one in &mut held {
        one.sums(start);
    }
    let mut pairs = Pairs::default();
    for round in 0..ROUNDS {
        let (mut ours_ms, mut theirs_ms) = (0.0, 0.0);
        for now in (0..MINUTES).map(|minute| start.plus(round * MINUTES + minute)) {
            let fresh: Vec<[u64; 2]> = (0..SLOS).map(|slo| fleet.minute(slo, now)).collect();
            let begun = cpu_ms()?;
            let mut ours = Vec::with_capacity(held.len());
            for ((slo, one), figures) in (0..SLOS).zip(&mut held).zip(&fresh) {
                if is_revised(slo, now) {
                    one.revise(now.plus(-LATE), [1, 1000])?;
                }
                one.index.set(now.0, Some(figures));
                ours.push(one.sums(now.plus(1)));
            }
            ours_ms += cpu_ms()? - begun;
            let begun = cpu_ms()?;
            let theirs = by_sql(&mut sql, &fresh, now)?;
            theirs_ms += cpu_ms()? - begun;
            for (slo, sums) in theirs {
                ensure!(ours.get(slo as usize) == Some(&sums), "SLO {slo} at {now:?}: {:?} is not {sums:?}", ours.get(slo as usize));
            }
        }
        pairs.push(ours_ms / MINUTES as f64, theirs_ms * SHARE as f64 / MINUTES as f64);
    }
    say(&format!("evaluate, {}", pairs.words("ms of CPU")))?;
    let ratio = pairs.ratio();
    table::add(
        "evaluate",
        &[Row {
            figure: "1,000 SLOs × 7 windows after one new minute, late revisions included".to_owned(),
            ours: format!("{:.1} ms", pairs.ours()),
            beside: format!("prepared SQL sums, {} SLOs scaled: {:.0} ms", SLOS / SHARE, pairs.theirs()),
            ratio: format!("1/{:.0} (1/{:.0} to 1/{:.0})", 1.0 / ratio.median, 1.0 / ratio.low, 1.0 / ratio.high),
            limit: "≤ 1/500".to_owned(),
            kept: ratio.high <= LIMIT,
        }],
    )
}

impl Held {
    /// Everything sealed but the bucket of `now`.
    fn of(fleet: Fleet, slo: u64, now: Minute) -> Self {
        let first = bucket_of(now.0 - HISTORY);
        let mut held = Self { index: Index::new((0, 1)), first, chunks: Vec::new() };
        for bucket in first..bucket_of(now.0) {
            let mut slices = Slices::unobserved(2, BUCKET as usize);
            for at in 0..BUCKET {
                slices.set(at as usize, Some(&fleet.minute(slo, Minute(bucket_start(bucket) + at)))).ok();
            }
            held.keep(bucket, &slices);
        }
        for minute in bucket_start(bucket_of(now.0))..now.0 {
            held.index.set(minute, Some(&fleet.minute(slo, Minute(minute))));
        }
        held
    }

    fn keep(&mut self, bucket: i64, slices: &Slices) {
        let at = (bucket - self.first) as usize;
        self.chunks.resize(self.chunks.len().max(at + 1), Vec::new());
        self.chunks[at] = slices.encode();
        self.index.seal(bucket, &slices.sums(), slices.observed());
    }

    /// A sealed minute becomes another.
    fn revise(&mut self, minute: Minute, figures: [u64; 2]) -> Result {
        let bucket = bucket_of(minute.0);
        let mut slices = Slices::decode(&self.chunks[(bucket - self.first) as usize])?;
        slices.set((minute.0 - bucket_start(bucket)) as usize, Some(&figures))?;
        self.keep(bucket, &slices);
        Ok(())
    }

    fn sums(&mut self, now: Minute) -> SumsOf {
        let (first, chunks) = (self.first, &self.chunks);
        let load = |bucket: i64| Slices::decode(chunks.get(usize::try_from(bucket - first).ok()?)?).ok();
        WINDOWS.map(|window| self.index.sums(now.0 - window, now.0, load)).iter().map(|sums| [sums.part, sums.other]).collect()
    }
}

fn is_revised(slo: u64, now: Minute) -> bool {
    slo.is_multiple_of(SHARE) && slo / SHARE % 10 == now.0.unsigned_abs() % 10 && slo / SHARE < REVISED * 10
}

/// The same minutes as rows.
fn laid_out(fleet: Fleet, now: Minute) -> Result<Connection> {
    let path = room::room("evaluate")?.join("rows.db");
    if path.exists() {
        std::fs::remove_file(&path).context("take away the old rows")?;
    }
    let mut conn = Connection::open(path).context("open the rows")?;
    conn.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;
         CREATE TABLE minute (slo INTEGER, at INTEGER, bad INTEGER, total INTEGER, PRIMARY KEY (slo, at)) STRICT, WITHOUT ROWID;",
    )?;
    let tx = conn.transaction()?;
    {
        let mut put = tx.prepare("INSERT INTO minute VALUES (?1, ?2, ?3, ?4)")?;
        for slo in (0..SLOS).step_by(SHARE as usize) {
            for at in bucket_start(bucket_of(now.0 - HISTORY))..now.0 {
                let [bad, total] = fleet.minute(slo, Minute(at)).map(|figure| figure as i64);
                put.execute(params![slo as i64, at, bad, total])?;
            }
        }
    }
    tx.commit()?;
    Ok(conn)
}

fn by_sql(conn: &mut Connection, fresh: &[[u64; 2]], now: Minute) -> Result<Vec<(u64, SumsOf)>> {
    let tx = conn.transaction()?;
    let mut all = Vec::new();
    for slo in (0..SLOS).step_by(SHARE as usize) {
        let mut put = tx.prepare_cached("INSERT OR REPLACE INTO minute VALUES (?1, ?2, ?3, ?4)")?;
        if is_revised(slo, now) {
            put.execute(params![slo as i64, now.plus(-LATE).0, 1, 1000])?;
        }
        let [bad, total] = fresh[slo as usize].map(|figure| figure as i64);
        put.execute(params![slo as i64, now.0, bad, total])?;
        let mut sum = tx.prepare_cached("SELECT sum(bad), sum(total) FROM minute WHERE slo = ?1 AND at >= ?2 AND at < ?3")?;
        let to = now.plus(1).0;
        let sums = WINDOWS.map(|window| {
            sum.query_row(params![slo as i64, to - window, to], |row| Ok([row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64]))
        });
        all.push((slo, sums.into_iter().collect::<rusqlite::Result<_>>()?));
    }
    tx.commit()?;
    Ok(all)
}

/// Milliseconds this thread has spent on a processor.
fn cpu_ms() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("read the time of this thread")?;
    let ns: f64 = text.split(' ').next().unwrap_or_default().parse().context("read the time of this thread")?;
    Ok(ns / 1e6)
}
