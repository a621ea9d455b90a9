//! One round of reading: few queries for many indicators, and no indicator blinded by another.
//!
//! A query that is refused or too large is asked again in halves, down to the one indicator it fails for. A fault of the
//! source itself becomes everyone's at once, without asking further.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::Indicator;
use firewatch_domain::ports::{ReadOutcome, ReadRequest, Reading};
use firewatch_domain::selector::Selector;
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::Prometheus;
use super::difference::interval_ms;
use super::fold::{HISTORY_MS, Moment, reading};
use super::harvest::Harvest;
use super::index::{Entry, Index};
use super::plan::{MOST_CUTS, Range, Task, limit_key};
use super::union::{self, Bounds, Want};
use super::want::selectors;
use super::wire::{Matrix, open};
use super::{baseline, census, estimate, evaluate, sound};
use crate::exchange::{Meter, Question, Setback};

/// Requests under way at once.
pub(super) const IN_FLIGHT: usize = 4;
/// Refused questions after which a round stops searching for the one to blame.
const MOST_REFUSALS: u32 = 96;
enum End {
    Done(Vec<(usize, Result<Reading, Fault>)>),
    Again(Vec<Task>),
}

/// A round under way.
pub(super) struct Round<'a> {
    pub(super) source: &'a Prometheus,
    pub(super) requests: &'a [ReadRequest],
    pub(super) now: DateTime<Utc>,
    pub(super) meter: Meter,
    halted: Mutex<Option<Fault>>,
    refusals: AtomicU32,
}

impl<'a> Round<'a> {
    /// A round about to start.
    pub(super) fn new(source: &'a Prometheus, requests: &'a [ReadRequest], now: DateTime<Utc>) -> Self {
        Self { source, requests, now, meter: Meter::default(), halted: Mutex::new(None), refusals: AtomicU32::new(0) }
    }

    /// Reads everything; one outcome per request, in their order.
    pub(super) async fn read(&self) -> Vec<ReadOutcome> {
        let mut outcomes: BTreeMap<usize, Result<Reading, Fault>> = BTreeMap::new();
        let mut members = Vec::new();
        for (member, request) in self.requests.iter().enumerate() {
            match self.check(request) {
                Ok(()) => members.push(member),
                Err(fault) => drop(outcomes.insert(member, Err(fault))),
            }
        }
        let (evaluated, members): (Vec<usize>, Vec<usize>) =
            members.into_iter().partition(|member| matches!(self.requests[*member].indicator, Indicator::PromQl { .. }));
        let series = census::count(self, &members).await;
        let (wide, raw): (Vec<usize>, Vec<usize>) =
            members.into_iter().partition(|member| series.get(member).is_some_and(|n| *n > super::MAX_RAW_SERIES));
        outcomes.extend(self.run(self.tasks(&raw, &series)).await);
        let estimates = futures::stream::iter(wide).map(|member| async move { (member, self.estimated(member).await) });
        outcomes.extend(estimates.buffer_unordered(IN_FLIGHT).collect::<Vec<_>>().await);
        outcomes.extend(evaluate::readings(self, &evaluated).await);
        let none = || Err(Fault::new(FaultKind::QueryRefused, "This SLO was not answered in this round."));
        self.requests.iter().enumerate().map(|(i, r)| (r.key, outcomes.remove(&i).unwrap_or_else(none))).collect()
    }

    /// Selectors must be of a metrics server, and compile.
    fn check(&self, request: &ReadRequest) -> Result<(), Fault> {
        let mut memory = self.source.memory();
        selectors(&request.indicator)?.into_iter().try_for_each(|(_, selector)| memory.matcher(selector).map(drop))
    }

    /// The selectors of some members.
    pub(super) fn wants(&self, members: &[usize]) -> Vec<Want<'a>> {
        let of = |member: usize| selectors(&self.requests[member].indicator).unwrap_or_default();
        members.iter().map(|id| Want { id: *id, selectors: of(*id).into_iter().map(|(_, s)| s).collect() }).collect()
    }

    /// Groups wants with what was learned about them.
    pub(super) fn groups(&self, wants: &[Want<'_>]) -> Vec<union::Group> {
        let memory = self.source.memory();
        union::groups(wants, &Bounds { get_only: self.source.exchange.get_only(), apart: &memory.apart })
    }

    async fn run(&self, mut waiting: Vec<Task>) -> Vec<(usize, Result<Reading, Fault>)> {
        let mut flying = FuturesUnordered::new();
        let mut done = Vec::new();
        loop {
            while flying.len() < IN_FLIGHT {
                let Some(task) = waiting.pop() else { break };
                flying.push(self.fetch(task));
            }
            match flying.next().await {
                Some(End::Done(some)) => done.extend(some),
                Some(End::Again(tasks)) => waiting.extend(tasks),
                None => return done,
            }
        }
    }

    async fn fetch(&self, task: Task) -> End {
        match self.gather(&task).await {
            Ok(harvest) => End::Done(self.fold(&task, &harvest)),
            Err(setback) => self.divide(task, setback),
        }
    }

    /// Everything the members of a task need.
    async fn gather(&self, task: &Task) -> Result<Harvest, Setback> {
        let index = Arc::new(self.index(&task.members).map_err(Setback::part)?);
        let wants = self.wants(&task.members);
        let selectors: Vec<&Selector> = wants.iter().flat_map(|want| want.selectors.iter().copied()).collect();
        let queries = union::queries(&selectors);
        let mut harvest = Harvest::default();
        for piece in task.range.cut(task.cuts) {
            for query in &queries {
                let body = self.raw(query, piece).await?;
                harvest = self.digest(body, piece, harvest, &index, Harvest::absorb).await?;
            }
        }
        baseline::settle(self, &task.members, task.range.from_ms, &mut harvest, &index).await?;
        Ok(harvest)
    }

    /// Raw samples of whatever a query picks.
    pub(super) async fn raw(&self, query: &str, range: Range) -> Result<Vec<u8>, Setback> {
        let seconds = (range.to_ms - range.from_ms + 999) / 1000;
        self.instant(&format!("{query}[{seconds}s]"), range.to_ms, seconds).await
    }

    /// Evaluates a query at one moment; `reach_s` is how much history it touches.
    pub(super) async fn instant(&self, query: &str, at_ms: i64, reach_s: i64) -> Result<Vec<u8>, Setback> {
        let form = [("query", query.to_owned()), ("time", seconds_text(at_ms))];
        self.ask("api/v1/query", &form, reach_s).await
    }

    /// Asks unless the source is known to be out of reach, and remembers when it turns out to be.
    pub(super) async fn ask(&self, path: &str, form: &[(&str, String)], reach_s: i64) -> Result<Vec<u8>, Setback> {
        if let Some(fault) = self.halted() {
            return Err(Setback::whole(fault));
        }
        let limits = self.source.exchange.limits();
        let patience = if reach_s > 3600 { limits.history } else { limits.answer };
        // The server gives up a little before we do, and then says so.
        let timeout = ("timeout", format!("{}ms", (patience.as_millis() * 9 / 10).max(1)));
        let form: Vec<(&str, String)> = form.iter().cloned().chain([timeout]).collect();
        let question = Question { path, form: &form, by_post: true, patience, now: self.now };
        let answer = self.source.exchange.ask(question, &self.meter).await;
        if let Err(setback) = &answer
            && !setback.this_question
        {
            tracing::warn!(
                source = self.source.exchange.place(),
                kind = setback.fault.kind.word(),
                "the source cannot be read: {}",
                setback.fault
            );
            self.halted.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(setback.fault.clone());
        }
        answer
    }

    /// Parses away from the runtime's threads: answers of history are large.
    pub(super) async fn digest<F>(
        &self,
        body: Vec<u8>,
        range: Range,
        mut harvest: Harvest,
        index: &Arc<Index>,
        add: F,
    ) -> Result<Harvest, Setback>
    where
        F: FnOnce(&mut Harvest, Matrix<'_>, &Index) + Send + 'static,
    {
        let (place, index) = (self.source.exchange.place().to_owned(), Arc::clone(index));
        let work = tokio::task::spawn_blocking(move || {
            let told = open::<Matrix<'_>>(&place, &body)?;
            sound::check(&place, &told.data, range)?;
            harvest.warning = harvest.warning.take().or(told.warning);
            add(&mut harvest, told.data, &index);
            Ok(harvest)
        });
        let lost = |_| Err(Setback::part(Fault::new(FaultKind::ServerFailed, "Reading the answer was interrupted.")));
        let outcome: Result<Harvest, Setback> = work.await.unwrap_or_else(lost);
        if let Err(setback) = &outcome
            && !setback.this_question
        {
            self.halted.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(setback.fault.clone());
        }
        outcome
    }

    fn index(&self, members: &[usize]) -> Result<Index, Fault> {
        let mut memory = self.source.memory();
        let mut entries = Vec::with_capacity(members.len() * 2);
        for member in members {
            for (role, selector) in selectors(&self.requests[*member].indicator)? {
                entries.push(Entry { member: *member, role, selector, matcher: memory.matcher(selector)? });
            }
        }
        Ok(Index::new(&entries))
    }

    fn fold(&self, task: &Task, harvest: &Harvest) -> Vec<(usize, Result<Reading, Fault>)> {
        self.learn(task, harvest);
        let usual_ms = self.source.memory().usual_ms;
        let moment = Moment { now_ms: self.now.timestamp_millis(), usual_ms, place: self.source.exchange.place() };
        task.members.iter().map(|member| (*member, reading(&self.requests[*member], *member, harvest, moment))).collect()
    }

    fn learn(&self, task: &Task, harvest: &Harvest) {
        let mut seen: Vec<i64> =
            harvest.tracks.iter().filter_map(|t| interval_ms(&t.samples)).filter(|(_, n)| *n > 2).map(|(ms, _)| ms).collect();
        seen.sort_unstable();
        let mut memory = self.source.memory();
        if let Some(middle) = seen.get(seen.len() / 2) {
            memory.usual_ms = (*middle).clamp(1_000, HISTORY_MS);
        }
        if let [only] = task.members[..] {
            memory.suspects.remove(&self.name(only));
        }
        if task.members.len() > 1 && harvest.unwanted > 4 * harvest.tracks.len() + 200 {
            memory.apart.extend(self.wants(&task.members).iter().map(|want| union::family(want)));
        }
    }

    /// What follows from a question without an answer: halves, shorter pieces, or the fault.
    fn divide(&self, task: Task, setback: Setback) -> End {
        let fault = setback.fault;
        let tired = self.tired();
        if !setback.this_question || tired {
            return End::Done(task.members.into_iter().map(|member| (member, Err(fault.clone()))).collect());
        }
        let large = matches!(fault.kind, FaultKind::TooLarge | FaultKind::ServerFailed);
        if task.members.len() > 1 {
            let half = task.members.len() / 2;
            tracing::debug!(members = task.members.len(), kind = fault.kind.word(), "asking again in halves");
            if fault.kind == FaultKind::TooLarge {
                self.source.memory().limits.insert(limit_key(&task.key, task.range), half.max(1));
            }
            let (a, b) = task.members.split_at(half);
            return End::Again(vec![Task { members: a.to_vec(), ..task.clone() }, Task { members: b.to_vec(), ..task.clone() }]);
        }
        if large && task.cuts < MOST_CUTS && task.range.to_ms - task.range.from_ms > 2 * HISTORY_MS {
            let cuts = task.cuts * 4;
            return End::Again(vec![Task { cuts, ..task }]);
        }
        task.members.iter().for_each(|member| self.suspect(*member));
        End::Done(task.members.into_iter().map(|member| (member, Err(fault.clone()))).collect())
    }

    /// Notes a refusal; true when a round has seen so many that it stops searching for the one to blame.
    pub(super) fn tired(&self) -> bool {
        self.refusals.fetch_add(1, Ordering::Relaxed) >= MOST_REFUSALS
    }

    /// Remembers that an indicator failed alone, so that it spoils no batch again.
    pub(super) fn suspect(&self, member: usize) {
        let name = self.name(member);
        self.source.memory().suspects.insert(name);
    }

    /// Whether an indicator failed alone before.
    pub(super) fn suspected(&self, member: usize) -> bool {
        self.source.memory().suspects.contains(&self.name(member))
    }

    async fn estimated(&self, member: usize) -> Result<Reading, Fault> {
        estimate::reading(self, &self.requests[member]).await.map_err(|setback| setback.fault)
    }

    /// These had nothing before their span within the look-back.
    pub(super) fn note_sparse(&self, members: impl Iterator<Item = usize>) {
        let names: Vec<String> = members.map(|member| self.name(member)).collect();
        self.source.memory().note_sparse(names.into_iter(), self.now.timestamp_millis());
    }

    /// An indicator's queries as one text.
    pub(super) fn name(&self, member: usize) -> String {
        self.requests[member].indicator.queries().into_iter().map(|(_, query)| query).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn halted(&self) -> Option<Fault> {
        self.halted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Unix seconds with milliseconds, as the API takes them.
pub(super) fn seconds_text(ms: i64) -> String {
    format!("{}.{:03}", ms.div_euclid(1000), ms.rem_euclid(1000))
}
