//! One round of reading a source: what is due is asked for, answers become slices and states, in one transaction.
//!
//! The live part reads what is new since the last round, and every few minutes some again for late data. What is further back than a
//! day is read in pieces, newest first, between the rounds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::Indicator;
use firewatch_domain::minute::{DAY, HOUR, MINUTE_S, Minute, Span};
use firewatch_domain::ports::{ReadAnswer, ReadRequest, Reading, Source};
use firewatch_domain::source::SourceConfig;
use firewatch_domain::words;
use firewatch_store::{Health, SeriesRow, Slab, Topic, Tx};

use crate::page::{Page, fit, needed};
use crate::{Engine, EngineError};

/// Minutes read again at each round: the newest was not whole when it was read.
const UNSETTLED: i64 = 1;
/// Minutes by which data may come late. What was not observed is looked for this far back at each round,
const LATE: i64 = 3;
/// and what was observed is once in this many minutes,
const LATE_EVERY: i64 = 5;
/// so far back that nothing that came in time is missed.
const LATE_BACK: i64 = LATE_EVERY + LATE;
/// The longest span read at once.
const PIECE: i64 = DAY;
/// SLO-minutes asked for in one batch of a piece, so that an answer stays bounded.
const BATCH: i64 = 100 * DAY;
/// Minutes of the story that are read back: what proposals replay.
const STORY: i64 = 90 * DAY;

/// How a round went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// SLOs read.
    pub read: usize,
    /// SLOs that could not be read.
    pub faults: usize,
    /// Minutes of history still to be read back, over all SLOs.
    pub history_left: i64,
    /// Its alerts could not be heard.
    pub deaf: bool,
}

impl Engine {
    /// One live round of a source: everything new since the last.
    pub async fn poll(self: &Arc<Self>, config: &SourceConfig) -> Result<Round, EngineError> {
        let started = self.world.clock.steady();
        let source = match self.adapter(config).await {
            Ok(source) => source,
            Err(fault) => {
                let heard = self.hear(config, Err(&fault)).await?;
                let round = self.all_faulted(config, fault).await?;
                return Ok(round.with(heard));
            }
        };
        // First, so that what is announced of this round knows what is folded under it.
        let heard = self.hear(config, Ok(source.as_ref())).await?;
        if config.only_alerts() {
            return Ok(Round::default().with(heard));
        }
        let (name, history) = (config.name.clone(), source.has_history());
        let requests = self.blocking(move |engine| engine.plan_live(&name, history)).await?;
        let mut round = Round::default();
        for batch in batches(requests) {
            let answer = self.ask(source.as_ref(), &batch).await;
            let took = self.world.clock.steady().saturating_sub(started);
            let config = config.clone();
            round.add(self.blocking(move |engine| engine.take_answer(&config, &batch, answer, Kind::Live, took)).await?);
        }
        Ok(round.with(heard))
    }

    /// One piece of history of a source, the newest that is missing. False when nothing is missing or nothing came of it.
    pub async fn read_back(self: &Arc<Self>, config: &SourceConfig) -> Result<bool, EngineError> {
        let Ok(source) = self.adapter(config).await else { return Ok(false) };
        let name = config.name.clone();
        let requests = self.blocking(move |engine| engine.plan_piece(&name)).await?;
        if requests.is_empty() {
            return Ok(false);
        }
        let started = self.world.clock.steady();
        let answer = self.ask(source.as_ref(), &requests).await;
        let took = self.world.clock.steady().saturating_sub(started);
        let failed = answer
            .outcomes
            .iter()
            .all(|(_, o)| o.as_ref().is_err_and(|f| f.kind != FaultKind::NoSeries && f.kind != FaultKind::SeriesVanished));
        let config = config.clone();
        self.blocking(move |engine| engine.take_answer(&config, &requests, answer, Kind::History, took)).await?;
        Ok(!failed)
    }

    async fn ask(&self, source: &dyn Source, requests: &[(String, ReadRequest)]) -> ReadAnswer {
        let requests: Vec<ReadRequest> = requests.iter().map(|(_, request)| request.clone()).collect();
        if requests.is_empty() { ReadAnswer::default() } else { source.read(&requests, self.now()).await }
    }

    async fn all_faulted(self: &Arc<Self>, config: &SourceConfig, fault: Fault) -> Result<Round, EngineError> {
        let name = config.name.clone();
        let requests = self.blocking(move |engine| engine.plan_live(&name, true)).await?;
        let outcomes = requests.iter().map(|(_, r)| (r.key, Err(fault.clone()))).collect();
        let answer = ReadAnswer { outcomes, ..ReadAnswer::default() };
        let config = config.clone();
        self.blocking(move |engine| engine.take_answer(&config, &requests, answer, Kind::Live, Duration::ZERO)).await
    }

    fn plan_live(&self, source: &str, has_history: bool) -> Result<Vec<(String, ReadRequest)>, EngineError> {
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let mut book = self.book();
            let now_s = self.now_s();
            let pages = book.pages(tx, now)?.values_mut().filter(|p| p.slo.source == source).filter_map(|p| p.due(now_s).then_some(p));
            Ok(pages.enumerate().map(|(key, page)| (page.slo.id.clone(), live_request(page, key as u64, now, has_history))).collect())
        })
    }

    fn plan_piece(&self, source: &str) -> Result<Vec<(String, ReadRequest)>, EngineError> {
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let mut book = self.book();
            let missing = book.pages(tx, now)?.values().filter(|p| p.slo.source == source).filter_map(|p| Some((p, newest_piece(p)?)));
            let mut missing: Vec<_> = missing.collect();
            missing.sort_by_key(|(_, span)| std::cmp::Reverse(span.to));
            let Some(&(_, newest)) = missing.first() else { return Ok(Vec::new()) };
            let alike = missing.iter().filter(|(_, span)| *span == newest).take((BATCH / newest.len().max(1)).max(1) as usize);
            Ok(alike.enumerate().map(|(key, (page, span))| (page.slo.id.clone(), request(page, key as u64, *span))).collect())
        })
    }

    fn take_answer(
        &self,
        config: &SourceConfig,
        requests: &[(String, ReadRequest)],
        answer: ReadAnswer,
        kind: Kind,
        took: Duration,
    ) -> Result<Round, EngineError> {
        let now = Minute::containing(self.now());
        let mut outcomes: BTreeMap<u64, _> = answer.outcomes.into_iter().collect();
        let mut round = Round::default();
        let mut source_fault = None;
        let result = self.write(|tx| {
            let policies = tx.policies()?;
            let mut book = self.book();
            book.turn(tx, now)?;
            book.whole(tx, now)?;
            for (id, request) in requests {
                let outcome = outcomes
                    .remove(&request.key)
                    .unwrap_or_else(|| Err(Fault::new(FaultKind::NotTheApi, "the source gave no answer for this SLO")));
                let Ok(page) = book.page(tx, id, now) else { continue };
                if page.slo.source != config.name {
                    continue;
                }
                let fault = match outcome {
                    Ok(reading) => take_reading(tx, page, &request.span, reading, now, kind)?,
                    Err(fault) if kind == Kind::History => history_fault(tx, page, request.span, fault)?,
                    Err(fault) => Some(fault),
                };
                round.read += usize::from(fault.is_none());
                round.faults += usize::from(fault.is_some());
                if let Some(fault) = fault.as_ref().filter(|f| f.kind.of_source()) {
                    source_fault = Some(fault.message.clone());
                }
                if kind == Kind::Live || fault.is_none() {
                    self.respond(tx, page, fault.as_ref(), &policies, config.interval_s, now)?;
                }
                round.history_left += page.history_left();
            }
            tx.touch(Topic::Watch);
            let good = source_fault.is_none().then(|| self.now_s());
            let cost = (kind == Kind::Live).then_some(answer.cost);
            tx.set_health(
                &config.name,
                &Health {
                    ok_at_s: good,
                    error: source_fault,
                    requests: cost.map(|c| c.requests),
                    poll_ms: cost.map(|_| took.as_millis() as u32),
                    bytes: cost.map(|c| c.bytes),
                },
            )?;
            Ok(round)
        });
        if result.is_err() {
            // The transaction is undone; what memory took over from it is not: read it anew.
            self.book().forget();
        }
        self.bell.notify_one();
        result
    }
}

impl Round {
    fn with(self, heard: bool) -> Self {
        Self { deaf: !heard, ..self }
    }

    fn add(&mut self, more: Self) {
        self.read += more.read;
        self.faults += more.faults;
        self.history_left += more.history_left;
    }
}

/// Cuts a round so that no batch asks for more than [`BATCH`] SLO-minutes; a usual round is one batch.
fn batches(requests: Vec<(String, ReadRequest)>) -> Vec<Vec<(String, ReadRequest)>> {
    let mut batches: Vec<Vec<(String, ReadRequest)>> = vec![Vec::new()];
    let mut minutes = 0;
    for request in requests {
        let asked = request.1.span.len();
        if minutes + asked > BATCH && minutes > 0 {
            batches.push(Vec::new());
            minutes = 0;
        }
        minutes += asked;
        if let Some(batch) = batches.last_mut() {
            batch.push(request);
        }
    }
    batches
}

/// Whether an answer is about now or about the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Live,
    History,
}

fn request(page: &Page, key: u64, span: Span) -> ReadRequest {
    let series = page.series.as_ref();
    ReadRequest {
        key,
        indicator: page.slo.indicator.clone(),
        span,
        seen_before: series.is_some_and(|s| s.born.is_some()),
        series: series.and_then(|s| s.raw_series),
    }
}

fn live_request(page: &Page, key: u64, now: Minute, has_history: bool) -> ReadRequest {
    let from = match &page.series {
        Some(series) => series.read_to.plus(-read_again(page.written.as_ref(), series.read_to, now)),
        None if has_history => needed(page.slo.window, now).from,
        None => now,
    };
    request(page, key, Span::new(from.max(now.plus(-PIECE)), now))
}

/// Minutes before `read_to` that are read again.
fn read_again(written: Option<&(Minute, Vec<Option<Vec<u64>>>)>, read_to: Minute, now: Minute) -> i64 {
    if read_to.0.div_euclid(LATE_EVERY) != now.0.div_euclid(LATE_EVERY) {
        return LATE_BACK;
    }
    let Some((from, slices)) = written else { return LATE };
    let unseen = slices.iter().rev().take(LATE as usize).rposition(Option::is_none);
    unseen.map_or(UNSETTLED, |i| read_to.since(from.plus(slices.len() as i64 - 1 - i as i64)).clamp(UNSETTLED, LATE))
}

/// The newest minutes still to be read back, at most a piece of them, cut at whole days so that SLOs share requests.
fn newest_piece(page: &Page) -> Option<Span> {
    let at = page.at()?;
    let wanted = kept(page, at);
    let gap = page.gaps.iter().map(|gap| gap.overlap(wanted)).find(|gap| !gap.is_empty())?;
    let day = Minute((gap.to.0 - 1).div_euclid(PIECE) * PIECE);
    Some(Span::new(gap.from.max(day), gap.to))
}

/// What is read back: what is needed to judge, and of the story as much as proposals replay, since nobody's server pays for it.
fn kept(page: &Page, at: Minute) -> Span {
    let needed = needed(page.slo.window, at);
    let story = matches!(page.slo.indicator, Indicator::Drill { .. });
    Span::new(needed.from.min(if story { at.plus(-STORY) } else { at }), at)
}

/// Writes a reading; the fault that comes with it, if any.
fn take_reading(
    tx: &Tx<'_>,
    page: &mut Page,
    asked: &Span,
    reading: Reading,
    now: Minute,
    kind: Kind,
) -> Result<Option<Fault>, EngineError> {
    let (mut series, mut gaps_moved) = match page.series.take() {
        Some(series) => (series, false),
        None => (begin(tx, page, asked, &reading, now)?, true),
    };
    if fit(&vec![0; reading.layout.columns()], &reading.layout, &series.layout).is_none() || needs_new_boundary(page, &series, &reading) {
        tx.drop_series(series.id)?;
        page.forget_sums();
        gaps_moved = true;
        series = begin(tx, page, asked, &reading, now)?;
    }
    let columns = series.layout.columns();
    let fitted = |figures: &Vec<u64>| fit(figures, &reading.layout, &series.layout).unwrap_or_else(|| figures.clone());
    let slices: Vec<Option<Vec<u64>>> = reading.slices.iter().map(|s| s.as_ref().map(fitted)).collect();
    let fresh = unwritten(page.written.take(), reading.from, &slices);
    let end = reading.from.plus(slices.len() as i64);
    let span = Span::new(reading.from.min(asked.from), end);
    let carries: Vec<(Span, Vec<u64>)> = reading.carries.iter().map(|c| (c.span, fitted(&c.columns))).collect();
    if page.carried && !reading.adds {
        tx.drop_carries(series.id, span)?;
    }
    page.carried |= !carries.is_empty();
    for (carry, figures) in &carries {
        tx.put_carry(series.id, *carry, figures)?;
    }
    let applied = tx.write_slices(
        series.id,
        columns,
        Slab { from: reading.from, slices: if reading.adds { &slices } else { &fresh }, adds: reading.adds },
        now,
    )?;
    let first = slices.iter().position(Option::is_some).map(|i| reading.from.plus(i as i64));
    series.born = series.born.into_iter().chain(first).min();
    let last = slices.iter().rposition(Option::is_some).map(|i| reading.from.plus(i as i64 + 1));
    series.newest = series.newest.into_iter().chain(last).max();
    series.raw_series = Some(reading.series);
    series.estimated = reading.estimated;
    if kind == Kind::Live {
        series.remark = reading.remark.map(|text| words::plain(&text, words::LONGEST_SHOWN));
    }
    match kind {
        // What a probe missed cannot be read back.
        Kind::Live if reading.adds => series.read_to = series.read_to.max(now),
        Kind::Live => gaps_moved |= advance(tx, &mut series, asked.from, end)?,
        Kind::History => {}
    }
    let read = if kind == Kind::Live { span } else { *asked };
    if gaps_moved || page.gaps.iter().any(|gap| !gap.overlap(read).is_empty()) {
        tx.close_gap(series.id, read)?;
        page.gaps = tx.gaps(series.id)?;
    }
    tx.note_series(&series)?;
    page.apply(&applied);
    page.apply_carries(span, carries.iter().map(|(s, f)| (*s, f.as_slice())));
    page.written = (kind == Kind::Live && !reading.adds).then_some((reading.from, slices));
    page.series = Some(series);
    Ok(reading.fault)
}

/// Slices without those that the last reading already wrote: most of what is read again for late data did not change.
fn unwritten(written: Option<(Minute, Vec<Option<Vec<u64>>>)>, from: Minute, slices: &[Option<Vec<u64>>]) -> Vec<Option<Vec<u64>>> {
    let Some((first, written)) = written else { return slices.to_vec() };
    let before = |i: usize| written.get(usize::try_from(from.since(first) + i as i64).ok()?);
    slices.iter().enumerate().map(|(i, slice)| slice.clone().filter(|_| before(i) != Some(slice))).collect()
}

/// Begins a series; everything of the window before this reading is to be read back, where the source has a past.
fn begin(tx: &Tx<'_>, page: &Page, asked: &Span, reading: &Reading, now: Minute) -> Result<SeriesRow, EngineError> {
    let from = if reading.adds { asked.from } else { kept(page, now).from.min(asked.from) };
    Ok(tx.begin_series(&page.slo.id, &reading.layout, Span::new(from, asked.from))?)
}

/// Moves the end of what was read; a hole between the old end and this reading is to be read back. True when there is one.
fn advance(tx: &Tx<'_>, series: &mut SeriesRow, from: Minute, end: Minute) -> Result<bool, EngineError> {
    let hole = from > series.read_to;
    if hole {
        tx.add_gap(series.id, Span::new(series.read_to, from))?;
    }
    series.read_to = series.read_to.max(end);
    Ok(hole)
}

/// The SLO's threshold is a boundary of the answer but not of the series: the series must begin anew.
fn needs_new_boundary(page: &Page, series: &SeriesRow, reading: &Reading) -> bool {
    series.layout.projection(&page.slo.indicator).is_none() && reading.layout.projection(&page.slo.indicator).is_some()
}

/// History the server does not have is not missing: it never was. Anything else is tried again.
fn history_fault(tx: &Tx<'_>, page: &mut Page, span: Span, fault: Fault) -> Result<Option<Fault>, EngineError> {
    if !matches!(fault.kind, FaultKind::NoSeries | FaultKind::SeriesVanished) {
        return Ok(Some(fault));
    }
    if let Some(series) = &page.series {
        tx.close_gap(series.id, span)?;
        page.gaps = tx.gaps(series.id)?;
    }
    Ok(None)
}

/// Seconds of data that may be missing at the end before it is too old, for a source polled every `interval_s`.
pub(crate) fn lateness_s(interval_s: u64) -> i64 {
    (3 * interval_s as i64 + MINUTE_S).clamp(3 * MINUTE_S, HOUR * MINUTE_S)
}
