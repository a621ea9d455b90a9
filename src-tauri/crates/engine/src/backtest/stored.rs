//! Replaying what the store holds.

use std::panic::resume_unwind;
use std::thread;

use firewatch_domain::evaluation::evaluate;
use firewatch_domain::exclusion::excluded;
use firewatch_domain::history::History;
use firewatch_domain::indicator::{Layout, Projection};
use firewatch_domain::minute::{DAY, Minute, Span};
use firewatch_domain::slo::Slo;
use firewatch_domain::sums::Sums;
use firewatch_domain::words;
use firewatch_slices::columns::Columns;
use firewatch_store::{SeriesRow, Tx};

use super::incidents::compared;
use super::run::{Replayed, of_sums};
use super::{Change, Clocks};
use crate::forms::slo_of;
use crate::view::{Backtest, BacktestForm, BacktestRun, ChangeForm, SloForm};
use crate::{Engine, EngineError};

/// The furthest a replay reaches back, in days.
const MOST_DAYS: f64 = 400.0;
/// Minutes read beyond the longest window: rules may look back further than a short window.
const SLACK: i64 = 3 * DAY;
/// Steps of the chart of what was left.
const STEPS: i64 = 360;

/// What the store holds of an SLO, for the replays of one question.
pub(crate) struct Stock {
    /// The definition as it stands.
    pub slo: Slo,
    series: Option<SeriesRow>,
    born: Minute,
    columns: Vec<usize>,
    figures: Columns,
    carries: Vec<(Span, Vec<u64>)>,
    excluded: Vec<Span>,
}

impl Engine {
    /// Replays the stored history of an SLO, as the window asks.
    pub fn backtest(&self, form: &BacktestForm) -> Result<Backtest, EngineError> {
        let clocks = Clocks::parse(form.zone.as_deref())?;
        let change = Change::parse(&form.change, clocks.calendar())?;
        let minutes = days(form.days)?;
        self.read(|tx| {
            let slo = tx.find_slo(&form.slo)?;
            let boundaries = boundaries(tx, &slo)?;
            let tried = change.applied(&slo, boundaries.as_deref())?;
            let stock = Stock::load(tx, slo, minutes, &[&tried])?;
            let mut answer = self.answered(tx, &stock, &tried, minutes, clocks)?;
            answer.boundaries = boundaries.unwrap_or_default();
            Ok(answer)
        })
    }

    /// Replays the stored history of an SLO against another definition of it, such as a file's or a form's, with changes.
    pub fn backtest_as(&self, defined: &Slo, form: &BacktestForm) -> Result<Backtest, EngineError> {
        let clocks = Clocks::parse(form.zone.as_deref())?;
        let change = Change::parse(&form.change, clocks.calendar())?;
        let minutes = days(form.days)?;
        self.read(|tx| {
            let slo = tx.find_slo(&form.slo)?;
            if !slo.indicator.counts_as(&defined.indicator) {
                let why = format!("{} counts other events here than in that definition", words::plain(&slo.name, 80));
                return Err(EngineError::Invalid(format!(
                    "{why}, so its history says nothing about it; import it first, or give --counts"
                )));
            }
            let tried = change.applied(defined, boundaries(tx, &slo)?.as_deref())?;
            let stock = Stock::load(tx, slo, minutes, &[&tried])?;
            self.answered(tx, &stock, &tried, minutes, clocks)
        })
    }

    /// Replays the stored history of an SLO against it as typed, while it is changed.
    pub fn backtest_typed(&self, form: &SloForm, days: f64) -> Result<Backtest, EngineError> {
        let id = form.id.clone().unwrap_or_default();
        if id.is_empty() {
            let message = "there is no history to replay yet: it is read as soon as the definition is saved";
            return Err(EngineError::Invalid(message.to_owned()));
        }
        let typed = slo_of(form, id.clone()).map_err(crate::editor::first)?;
        self.backtest_as(&typed, &BacktestForm { slo: id, change: ChangeForm::default(), days, zone: None })
    }

    fn answered(&self, tx: &Tx<'_>, stock: &Stock, tried: &Slo, minutes: i64, clocks: Clocks) -> Result<Backtest, EngineError> {
        let (span, changed) = (stock.span(minutes), *tried != stock.slo);
        // Whoever types waits for both, and neither needs the other.
        let (present, run) = thread::scope(|scope| {
            let run = changed.then(|| scope.spawn(|| stock.weighed(tried, span, clocks)));
            let present = stock.weighed(&stock.slo, span, clocks);
            (present, run.map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))))
        });
        let (present, mut now) = present?;
        let (ends, all) = (steps(span), self.all_incidents(tx)?);
        let told = |run: &Replayed| (run.notes.clone(), compared(&all, &stock.slo.id, &run.found, &present.found));
        let ((notes, incidents), run) = match run.transpose()? {
            Some((run, mut then)) => (told(&run), Some(with_left(run, tried, &mut then, &ends))),
            None => (told(&present), None),
        };
        let compared_with = with_left(present, &stock.slo, &mut now, &ends);
        Ok(Backtest {
            name: stock.slo.name.clone(),
            notes,
            run: run.unwrap_or_else(|| compared_with.clone()),
            compared_with,
            incidents,
            zone: clocks.name().to_owned(),
            t: ends.iter().map(|m| m.start_s() as f64).collect(),
            boundaries: Vec::new(),
        })
    }
}

impl Stock {
    /// What is held of an SLO, as far as `tried` definitions need it: boundaries no definition names are not read.
    pub fn load(tx: &Tx<'_>, slo: Slo, days_back: i64, tried: &[&Slo]) -> Result<Self, EngineError> {
        let empty = |slo, series| Self {
            slo,
            series,
            born: Minute(0),
            columns: vec![],
            figures: Columns::default(),
            carries: vec![],
            excluded: vec![],
        };
        let Some(row) = tx.series_of(&slo.id)? else { return Ok(empty(slo, None)) };
        let Some(first) = row.born else { return Ok(empty(slo, Some(row))) };
        let longest = tried.iter().copied().chain([&slo]).map(|s| s.window.minutes()).max().unwrap_or(0);
        let born = first.max(row.read_to.plus(-days_back - longest - SLACK));
        let mut columns = Vec::new();
        for slo in tried.iter().copied().chain([&slo]) {
            let projection = projection(&row, slo)?;
            columns.extend([projection.part, projection.other]);
        }
        columns.sort_unstable();
        columns.dedup();
        let width = row.layout.columns();
        let figures = tx.columns_in(row.id, width, &columns, Span::new(born, row.read_to))?;
        let carries = tx.carries(row.id, width)?;
        let excluded = excluded(&tx.exclusions()?, &slo);
        Ok(Self { slo, series: Some(row), born, columns, figures, carries, excluded })
    }

    /// The last so many minutes of it.
    pub fn span(&self, minutes: i64) -> Span {
        let to = self.series.as_ref().map_or(self.born, |s| s.read_to);
        Span::new(self.born.max(to.plus(-minutes)).min(to), to)
    }

    /// A definition replayed over the last so many minutes of it.
    pub fn replayed(&self, slo: &Slo, minutes: i64, clocks: Clocks) -> Result<Replayed, EngineError> {
        Ok(self.weighed(slo, self.span(minutes), clocks)?.0)
    }

    /// The same over any span, and the sums it came from.
    fn weighed(&self, slo: &Slo, span: Span, clocks: Clocks) -> Result<(Replayed, Sums), EngineError> {
        let mut sums = self.sums(slo)?;
        Ok((of_sums(slo, &mut sums, span, clocks), sums))
    }

    /// Events a day, by the minutes of the last week that were observed; none where nothing was.
    pub fn events_a_day(&self) -> Result<Option<f64>, EngineError> {
        let Some(series) = &self.series else { return Ok(None) };
        let projection = projection(series, &self.slo)?;
        let minutes = self.minutes(projection);
        let seen = minutes.iter().rev().take(7 * DAY as usize).flatten().map(|(part, other)| projection.good_and_total(*part, *other).1);
        let (observed, events) = seen.fold((0_u64, 0_u64), |(minutes, events), total| (minutes + 1, events + total));
        Ok((observed > 0).then(|| events as f64 / self.slo.indicator.scale() as f64 / observed as f64 * DAY as f64))
    }

    /// Latency boundaries it holds, in the indicator's own unit.
    pub fn bounds(&self) -> Option<Vec<f64>> {
        bounds_of(self.series.as_ref()?)
    }

    /// Its history as a definition counts it.
    pub fn sums(&self, tried: &Slo) -> Result<Sums, EngineError> {
        Ok(Sums::of(&self.history(tried)?, &tried.promise()))
    }

    fn history(&self, tried: &Slo) -> Result<History, EngineError> {
        let Some(series) = &self.series else { return Ok(History::default()) };
        let projection = projection(series, tried)?;
        let figure = |columns: &[u64], at: usize| columns.get(at).copied().unwrap_or(0);
        let carries = self.carries.iter().map(|(span, c)| (*span, figure(c, projection.part), figure(c, projection.other)));
        Ok(History {
            from: self.born,
            minutes: self.minutes(projection),
            meaning: projection.meaning,
            carries: carries.collect(),
            excluded: self.excluded.clone(),
            estimated: series.estimated,
        })
    }

    fn minutes(&self, projection: Projection) -> Vec<Option<(u64, u64)>> {
        let column = |number: usize| self.columns.iter().position(|c| *c == number).and_then(|i| self.figures.columns.get(i));
        let (Some(part), Some(other)) = (column(projection.part), column(projection.other)) else { return Vec::new() };
        let figures = self.figures.seen.iter().zip(part.iter().zip(other));
        figures.map(|(seen, (part, other))| seen.then_some((*part, *other))).collect()
    }
}

/// Latency boundaries that are kept, in the indicator's own unit.
pub(crate) fn boundaries(tx: &Tx<'_>, slo: &Slo) -> Result<Option<Vec<f64>>, EngineError> {
    Ok(tx.series_of(&slo.id)?.as_ref().and_then(bounds_of))
}

fn bounds_of(series: &SeriesRow) -> Option<Vec<f64>> {
    match &series.layout {
        Layout::Buckets { bounds } => Some(bounds.clone()),
        _ => None,
    }
}

fn projection(series: &SeriesRow, slo: &Slo) -> Result<Projection, EngineError> {
    series.layout.projection(&slo.indicator).ok_or_else(|| {
        EngineError::Invalid(format!(
            "the kept history has no boundary as {} asks for; choose one it was read with",
            words::plain(&slo.name, 80)
        ))
    })
}

pub(crate) fn days(days: f64) -> Result<i64, EngineError> {
    if days.is_finite() && days > 0.0 && days <= MOST_DAYS {
        return Ok(((days * DAY as f64) as i64).max(1));
    }
    Err(EngineError::Invalid(format!("{days} days cannot be replayed; choose up to {MOST_DAYS}, such as 90")))
}

fn steps(span: Span) -> Vec<Minute> {
    let step = (span.len() + STEPS - 1) / STEPS;
    let ends = (1..=STEPS).map(|i| span.from.plus(i * step).min(span.to));
    let mut ends: Vec<Minute> = if span.is_empty() { Vec::new() } else { ends.collect() };
    ends.dedup();
    ends
}

/// Share left at the end of each step, as the evaluation counts it.
fn with_left(run: Replayed, slo: &Slo, sums: &mut Sums, ends: &[Minute]) -> BacktestRun {
    let promise = slo.promise();
    let (born, excluded) = (sums.born(), sums.excluded());
    let left = ends.iter().map(|at| {
        let grid = promise.grid(*at);
        let consumed = evaluate(&promise, *at, born, &excluded, |span| sums.tally(span, grid)).consumed;
        consumed.map(|consumed| 1.0 - consumed)
    });
    BacktestRun { left: left.collect(), ..run.view }
}
