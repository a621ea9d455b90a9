//! One SLO as the engine holds it between polls: definition, promise, series, index, exclusions, state.

use std::sync::Arc;

use firewatch_domain::evaluation::{Standing, Tally, evaluate};
use firewatch_domain::exclusion::{Exclusion, excluded};
use firewatch_domain::indicator::{Indicator, Layout, Projection};
use firewatch_domain::method::{Grid, Method, Observed};
use firewatch_domain::minute::{DAY, Minute, Span};
use firewatch_domain::promise::Promise;
use firewatch_domain::slo::Slo;
use firewatch_domain::state::State;
use firewatch_domain::window::Window;
use firewatch_slices::chunk::Slices;
use firewatch_slices::index::{Index, SlotSums, Sums};
use firewatch_store::{Applied, SeriesRow, StoreError, Tx};

use crate::view::SloRow;

/// Burn is judged once this much history is there.
pub(crate) const BURN_NEEDS: i64 = 3 * DAY;

/// What is held of an SLO.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub slo: Arc<Slo>,
    pub promise: Arc<Promise>,
    pub series: Option<SeriesRow>,
    pub gaps: Vec<Span>,
    /// Minutes that do not count: ascending, disjoint.
    pub excluded: Vec<Span>,
    pub state: State,
    /// The store has this state.
    pub state_written: bool,
    /// Something was carried across unobserved minutes at some time.
    pub carried: bool,
    /// What the last live reading wrote, from its first minute on: read again and found unchanged, it need not be written again.
    pub written: Option<(Minute, Vec<Option<Vec<u64>>>)>,
    /// The row of the list as of the last look, and when it was last written down.
    pub row: Option<SloRow>,
    pub row_written: Option<Minute>,
    /// When the probe was last run: probes of one source may have intervals of their own.
    pub probed_s: Option<i64>,
    /// Burn over the last day in hourly steps, and the hour it was reckoned for.
    pub spark: (i64, Vec<Option<f64>>),
    index: Option<Index>,
}

impl Page {
    /// Loads what the store has of an SLO; sums are loaded when they are first needed.
    pub fn load(tx: &Tx<'_>, slo: Slo, exclusions: &[Exclusion], now: Minute) -> Result<Self, StoreError> {
        let series = tx.series_of(&slo.id)?;
        let gaps = series.as_ref().map(|s| tx.gaps(s.id)).transpose()?.unwrap_or_default();
        let state = tx.state(&slo.id)?;
        let carried = series.as_ref().map(|s| tx.has_carries(s.id)).transpose()?.unwrap_or(false);
        let promise = Arc::new(slo.promise());
        let excluded = excluded(exclusions, &slo);
        Ok(Self {
            slo: Arc::new(slo),
            promise,
            series,
            gaps,
            excluded,
            state_written: state.is_some(),
            state: state.unwrap_or_else(|| State::new(now)),
            carried,
            written: None,
            row: None,
            row_written: None,
            probed_s: None,
            spark: (i64::MIN, Vec::new()),
            index: None,
        })
    }

    /// Exclusive end of the last minute counted.
    pub fn at(&self) -> Option<Minute> {
        self.series.as_ref().map(|s| s.read_to)
    }

    /// Whether it is to be asked in this round; only probes have a pace of their own. A second of slack, since rounds jitter.
    pub fn due(&mut self, now_s: i64) -> bool {
        let Indicator::Probe { interval_s, .. } = &self.slo.indicator else { return true };
        let due = self.probed_s.is_none_or(|last| now_s < last || now_s - last + 1 >= *interval_s as i64);
        if due {
            self.probed_s = Some(now_s);
        }
        due
    }

    /// End of the newest observed minute.
    pub fn newest(&self) -> Option<Minute> {
        self.series.as_ref()?.newest
    }

    /// Minutes of what is needed now that still have to be read back.
    pub fn history_left(&self) -> i64 {
        let Some(at) = self.at() else { return 0 };
        let needed = needed(self.slo.window, at);
        self.gaps.iter().map(|gap| gap.overlap(needed).len()).sum()
    }

    /// Share of the window's history that is there; `None` once it is all there.
    pub fn history(&self) -> Option<f64> {
        if self.series.is_none() {
            return Some(0.0);
        }
        let left = self.history_left();
        let needed = needed(self.slo.window, self.at()?).len();
        (left > 0).then(|| 1.0 - left as f64 / needed as f64)
    }

    /// Enough is there to judge how fast it burns.
    pub fn burn_known(&self) -> bool {
        let Some(at) = self.at() else { return false };
        let needed = Span::ending(at, BURN_NEEDS.min(self.slo.window.minutes()));
        self.gaps.iter().all(|gap| gap.overlap(needed).is_empty())
    }

    /// Which columns make good and total.
    pub fn projection(&self) -> Option<Projection> {
        self.series.as_ref()?.layout.projection(&self.slo.indicator)
    }

    /// Takes over what a write did.
    pub fn apply(&mut self, applied: &[Applied]) {
        let Some(index) = &mut self.index else { return };
        for change in applied {
            match change {
                Applied::Sealed { bucket, sums, observed } => index.seal(*bucket, sums, *observed),
                Applied::Young { minute, figures } => index.set(*minute, Some(figures)),
            }
        }
    }

    /// Takes over carries of a reading of `span`.
    pub fn apply_carries<'a>(&mut self, span: Span, carries: impl Iterator<Item = (Span, &'a [u64])>) {
        let Some(index) = &mut self.index else { return };
        index.drop_carries(span.from.0, span.to.0);
        for (carry, figures) in carries {
            index.carry(carry.from.0, carry.to.0, figures);
        }
    }

    /// Forgets the sums; they are loaded anew when needed.
    pub fn forget_sums(&mut self) {
        (self.index, self.written) = (None, None);
    }

    /// Whether the sums are held.
    pub fn has_sums(&self) -> bool {
        self.index.is_some()
    }

    /// Takes sums that were loaded together with those of others.
    pub fn take_sums(&mut self, index: Index) {
        self.index = Some(index);
    }

    /// Drops what is older than a minute.
    pub fn forget_before(&mut self, minute: Minute) {
        if let Some(index) = &mut self.index {
            index.forget_before(minute.0);
        }
    }

    /// Counts over a span in the units of the method, without excluded minutes. Under a slice method these are the time slices
    /// that end inside the span, so that spans side by side add up.
    pub fn tally(&mut self, tx: &Tx<'_>, span: Span) -> Result<Tally, StoreError> {
        match self.at().and_then(|at| self.promise.grid(at)) {
            Some(grid) => self.slices(tx, grid, span),
            None => self.events(tx, span),
        }
    }

    /// Events over a span, whatever the method, without excluded minutes.
    pub fn events(&mut self, tx: &Tx<'_>, span: Span) -> Result<Tally, StoreError> {
        let (Some(projection), Some(series)) = (self.projection(), self.series.as_ref()) else { return Ok(Tally::default()) };
        let (id, estimated) = (series.id, series.estimated);
        let sums = self.with_index(tx, |index, load| index.sums(span.from.0, span.to.0, load), id)?;
        Ok(counted(projection, sums, estimated))
    }

    fn slices(&mut self, tx: &Tx<'_>, grid: Grid, span: Span) -> Result<Tally, StoreError> {
        let (Some(projection), Some(series)) = (self.projection(), self.series.as_ref()) else { return Ok(Tally::default()) };
        let (id, estimated, promise) = (series.id, series.estimated, Arc::clone(&self.promise));
        let lines = firewatch_slices::index::Grid { minutes: grid.minutes, phase: grid.phase };
        let judge = |slot: firewatch_slices::index::Slot| {
            let (good, total) = projection.good_and_total(slot.part, slot.other);
            let seen = Observed { good, total, minutes: slot.observed, expected: slot.expected };
            let (good, all) = promise.method.judge(promise.empty, seen).unwrap_or_default();
            SlotSums { good, total: all, events: total, observed: 0 }
        };
        let whole = (grid.floor(span.from).0, grid.floor(span.to).0);
        let sums = self.with_index(tx, |index, load| index.slot_sums(lines, whole, judge, load), id)?;
        Ok(Tally { good: sums.good, total: sums.total, events: sums.events, observed: sums.observed as i64, estimated })
    }

    fn with_index<T>(
        &mut self,
        tx: &Tx<'_>,
        ask: impl FnOnce(&mut Index, &mut dyn FnMut(i64) -> Option<Slices>) -> T,
        series: i64,
    ) -> Result<T, StoreError> {
        let mut index = match self.index.take() {
            Some(index) => index,
            None => self.load_index(tx)?,
        };
        let mut failed = None;
        let answer = ask(&mut index, &mut |bucket| match tx.chunk(series, bucket) {
            Ok(slices) => slices,
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        if let Some(error) = failed {
            // What was kept of a bucket that could not be read would be wrong for good.
            return Err(error);
        }
        self.index = Some(index);
        Ok(answer)
    }

    fn load_index(&self, tx: &Tx<'_>) -> Result<Index, StoreError> {
        let Some((series, mut index)) = self.bare_index() else { return Ok(Index::new((0, 0))) };
        let columns = series.layout.columns();
        index.seal_all(tx.chunk_sums(series.id, columns)?);
        for (minute, figures) in tx.young_slices(series.id, columns)? {
            index.set(minute, Some(&figures));
        }
        carried_into(tx, series.id, columns, &mut index)?;
        Ok(index)
    }

    /// An index that holds no sums yet, and the series it is for.
    pub fn bare_index(&self) -> Option<(&SeriesRow, Index)> {
        let (projection, series) = (self.projection()?, self.series.as_ref()?);
        let mut index = Index::new((projection.part, projection.other));
        index.exclude(self.excluded.iter().map(|span| (span.from.0, span.to.0)).collect());
        Some((series, index))
    }

    /// Carries that a span encloses and that count, with what they count. They belong to no time slice.
    pub fn carries(&self, tx: &Tx<'_>, span: Span) -> Result<Vec<(Span, Tally)>, StoreError> {
        if self.promise.method != Method::Occurrences {
            return Ok(Vec::new());
        }
        let counts = |carry: &Span| !self.excluded.iter().any(|e| e.encloses(*carry));
        Ok(self.all_carries(tx, span)?.into_iter().filter(|(carry, _)| counts(carry)).collect())
    }

    /// Carries that a span encloses, excluded ones too, with what they would count.
    pub fn all_carries(&self, tx: &Tx<'_>, span: Span) -> Result<Vec<(Span, Tally)>, StoreError> {
        let (Some(projection), Some(series)) = (self.projection(), &self.series) else { return Ok(Vec::new()) };
        let carries = tx.carries(series.id, series.layout.columns())?.into_iter().filter(|(carry, _)| span.encloses(*carry));
        Ok(carries.map(|(carry, figures)| (carry, Tally { estimated: true, ..one(projection, &figures, 0) })).collect())
    }

    /// Minute by minute the events of a span, excluded ones too; `None` where unobserved.
    pub fn minutes(&self, tx: &Tx<'_>, span: Span) -> Result<Vec<Option<Tally>>, StoreError> {
        let (Some(projection), Some(series)) = (self.projection(), &self.series) else { return Ok(vec![None; span.len() as usize]) };
        let minutes = tx.slices_in(series.id, series.layout.columns(), span)?;
        Ok(minutes.into_iter().map(|figures| figures.map(|figures| one(projection, &figures, 1))).collect())
    }

    /// Where it stands at the last minute counted; `None` before anything was read.
    pub fn standing(&mut self, tx: &Tx<'_>) -> Result<Option<Standing>, StoreError> {
        let Some(at) = self.at() else { return Ok(None) };
        let (promise, excluded) = (Arc::clone(&self.promise), self.excluded.clone());
        let born = self.series.as_ref().and_then(|s| s.born);
        let mut failed = None;
        let standing = evaluate(&promise, at, born, &excluded, |span| {
            self.tally(tx, span).unwrap_or_else(|error| {
                failed.get_or_insert(error);
                Tally::default()
            })
        });
        failed.map_or(Ok(Some(standing)), Err)
    }
}

/// What must be there to judge a window that ends at `at`: all of it, and the look-backs, which reach beyond a young period.
pub(crate) fn needed(window: Window, at: Minute) -> Span {
    let lookbacks = at.plus(-BURN_NEEDS.min(window.minutes()));
    Span::new(window.span(at).from.min(lookbacks), at)
}

/// The events of one minute or carry.
fn one(projection: Projection, figures: &[u64], observed: i64) -> Tally {
    let figure = |column: usize| figures.get(column).copied().unwrap_or(0);
    let (good, total) = projection.good_and_total(figure(projection.part), figure(projection.other));
    Tally { good, total, events: total, observed, estimated: false }
}

fn counted(projection: Projection, sums: Sums, estimated: bool) -> Tally {
    let (good, total) = projection.good_and_total(sums.part, sums.other);
    Tally { good, total, events: total, observed: sums.observed as i64, estimated: sums.carried || estimated }
}

/// Adds what was carried across unobserved minutes.
pub(crate) fn carried_into(tx: &Tx<'_>, series: i64, columns: usize, index: &mut Index) -> Result<(), StoreError> {
    for (span, figures) in tx.carries(series, columns)? {
        index.carry(span.from.0, span.to.0, &figures);
    }
    Ok(())
}

/// Columns of a reading laid out as the series keeps them. Boundaries the server no longer has take the count of the nearest
/// lower one it still has, which never flatters.
pub(crate) fn fit(figures: &[u64], from: &Layout, to: &Layout) -> Option<Vec<u64>> {
    if from == to {
        return Some(figures.to_vec());
    }
    let (Layout::Buckets { bounds: have }, Layout::Buckets { bounds: want }) = (from, to) else { return None };
    let lower = |bound: f64| have.iter().rposition(|b| *b <= bound * (1.0 + 1e-9)).map_or(0, |i| figures[i]);
    Some(want.iter().map(|bound| lower(*bound)).chain(figures.last().copied()).collect())
}
