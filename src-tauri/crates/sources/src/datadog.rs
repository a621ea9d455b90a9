//! Datadog: metric queries of counts by the minute, and the history of its own SLOs. Read only, API v1.
//!
//! Queries are few and rationed there, so several indicators share one; a refused batch is asked again in halves, down to the one that is at
//! fault. `query` makes sure that a query counts, `wire` reads the answers, `fold` and `history` make minutes of them, `suggest` proposes
//! what Datadog already promises.

mod checkup;
mod fold;
mod history;
mod query;
mod suggest;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Counts as Part, Datadog as Asks, Indicator, Layout};
use firewatch_domain::minute::Span;
use firewatch_domain::ports::{Check, Proposal, ReadAnswer, ReadRequest, Reading, Source};
use futures::StreamExt;

use crate::exchange::{Exchange, Meter, Question, Setback};
use fold::Counts;

/// Indicators asked for in one query.
const MOST_TOGETHER: usize = 8;
/// Requests under way at once.
const IN_FLIGHT: usize = 2;
/// Datadog gives no more points in one answer.
const MOST_POINTS: i64 = 1_440;

/// Datadog's API at one site.
#[derive(Debug)]
pub(crate) struct Datadog {
    exchange: Exchange,
}

/// What became of some requests: their places in the round, and the outcome of each.
type Outcomes = Vec<(usize, Result<Reading, Fault>)>;

impl Datadog {
    /// Over a connection that sends both keys.
    pub(crate) fn new(exchange: Exchange) -> Self {
        Self { exchange }
    }

    async fn get(
        &self,
        path: &str,
        form: &[(&str, String)],
        now: DateTime<Utc>,
        patience: Duration,
        meter: &Meter,
    ) -> Result<Vec<u8>, Setback> {
        self.exchange.ask(Question { path, form, by_post: false, patience, now }, meter).await
    }

    fn patience(&self, span: Span) -> Duration {
        let limits = self.exchange.limits();
        if span.len() > 60 { limits.history } else { limits.answer }
    }

    /// Requests that share a query, or one that is asked for alone.
    async fn batch(&self, requests: &[ReadRequest], batch: Vec<usize>, now: DateTime<Utc>, meter: &Meter) -> Outcomes {
        let mut waiting = vec![batch];
        let mut done = Vec::new();
        while let Some(batch) = waiting.pop() {
            match self.counts(requests, &batch, now, meter).await {
                Ok(outcomes) => done.extend(outcomes),
                Err(setback) if setback.this_question && batch.len() > 1 => {
                    let (a, b) = batch.split_at(batch.len() / 2);
                    waiting.extend([a.to_vec(), b.to_vec()]);
                }
                Err(setback) => done.extend(batch.into_iter().map(|i| (i, Err(setback.fault.clone())))),
            }
        }
        done
    }

    async fn counts(&self, requests: &[ReadRequest], batch: &[usize], now: DateTime<Utc>, meter: &Meter) -> Result<Outcomes, Setback> {
        let mut queries = Vec::new();
        let mut asked = Vec::new();
        let mut outcomes = Vec::new();
        for i in batch {
            match pair(&requests[*i]) {
                Ok((layout, [part, total])) => {
                    queries.extend([part, total]);
                    asked.push((*i, layout));
                }
                Err(fault) => outcomes.push((*i, Err(fault))),
            }
        }
        let Some((first, _)) = asked.first() else { return Ok(outcomes) };
        let span = requests[*first].span;
        let mut counts: Vec<Counts> = queries.iter().map(|_| Counts::default()).collect();
        for piece in pieces(span) {
            let (from, to) = (piece.from.start_s().to_string(), piece.to.start_s().to_string());
            let form = [("from", from), ("to", to), ("query", queries.join(","))];
            let body = self.get("api/v1/query", &form, now, self.patience(span), meter).await?;
            let place = self.exchange.place();
            for series in wire::series(place, &body, queries.len())? {
                let index = series.query_index.or_else(|| queries.iter().position(|q| Some(q) == series.expression.as_ref()));
                let index = index.ok_or_else(|| wire::unsound(place, "a series that does not say which query it answers"))?;
                let early = series.pointlist.first().is_some_and(|(ms, _)| *ms < (piece.from.start_s() - 86_400) as f64 * 1000.0);
                if early {
                    return Err(wire::unsound(place, "points of a time that was not asked about"));
                }
                let inside: Vec<wire::Point> =
                    series.pointlist.iter().copied().filter(|(ms, _)| *ms < piece.to.start_s() as f64 * 1000.0).collect();
                if let Some(ahead) = series.pointlist.last().filter(|(ms, _)| *ms > (now.timestamp_millis() + 300_000) as f64) {
                    let seconds = now.timestamp() - (ahead.0 / 1000.0) as i64;
                    return Err(Setback::whole(crate::exchange::skewed(place, seconds)));
                }
                counts[index].add(&inside, series.interval.map(history::step_ms));
            }
        }
        for (n, (i, layout)) in asked.into_iter().enumerate() {
            let (part, total) = (&counts[2 * n], &counts[2 * n + 1]);
            outcomes.push((i, fold::reading(self.exchange.place(), &requests[i], layout, part, total, now.timestamp_millis())));
        }
        Ok(outcomes)
    }

    async fn slo(&self, request: &ReadRequest, id: &str, now: DateTime<Utc>, meter: &Meter) -> Result<Reading, Fault> {
        let plain = !id.is_empty() && id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !plain {
            let shown: String = id.chars().take(60).collect();
            return Err(Fault::new(
                FaultKind::QueryRefused,
                format!("`{shown}` is no id of an SLO of Datadog; copy it from its address there."),
            ));
        }
        let span = request.span;
        let form = [("from_ts", span.from.start_s().to_string()), ("to_ts", span.to.start_s().to_string())];
        let path = format!("api/v1/slo/{id}/history");
        let body = self.get(&path, &form, now, self.patience(span), meter).await;
        let read = body.and_then(|body| history::read(self.exchange.place(), &body, request, now.timestamp_millis()));
        read.map_err(|setback| setback.fault)
    }

    async fn read_all(&self, requests: &[ReadRequest], now: DateTime<Utc>, meter: &Meter) -> Outcomes {
        let mut spans: BTreeMap<Span, Vec<usize>> = BTreeMap::new();
        let mut done = Vec::new();
        let mut slos = Vec::new();
        for (i, request) in requests.iter().enumerate() {
            match &request.indicator {
                Indicator::Datadog { asks: Asks::Counts { .. } } => spans.entry(request.span).or_default().push(i),
                Indicator::Datadog { asks: Asks::Slo { id } } => slos.push((i, id)),
                _ => {
                    let message = "This SLO is not one of Datadog's queries; choose the source it was made for.";
                    done.push((i, Err(Fault::new(FaultKind::QueryRefused, message))));
                }
            }
        }
        let batches = spans.into_values().flat_map(|members| members.chunks(MOST_TOGETHER).map(<[usize]>::to_vec).collect::<Vec<_>>());
        let read: Vec<_> = batches.map(|batch| self.batch(requests, batch, now, meter)).collect();
        done.extend(futures::stream::iter(read).buffer_unordered(IN_FLIGHT).collect::<Vec<_>>().await.into_iter().flatten());
        let read: Vec<_> = slos.into_iter().map(|(i, id)| async move { (i, self.slo(&requests[i], id, now, meter).await) }).collect();
        done.extend(futures::stream::iter(read).buffer_unordered(IN_FLIGHT).collect::<Vec<_>>().await);
        done
    }
}

/// The columns of an indicator, and its queries as they are sent: part and total.
fn pair(request: &ReadRequest) -> Result<(Layout, [String; 2]), Fault> {
    let Indicator::Datadog { asks: Asks::Counts { counts, part, total } } = &request.indicator else {
        return Err(Fault::new(FaultKind::QueryRefused, "This SLO is not a query of Datadog."));
    };
    let layout = if *counts == Part::Good { Layout::GoodTotal } else { Layout::BadTotal };
    Ok((layout, [query::by_minute(part)?, query::by_minute(total)?]))
}

/// A span in pieces of which each minute can be a point, oldest first.
fn pieces(span: Span) -> impl Iterator<Item = Span> {
    let count = (span.len() + MOST_POINTS - 1) / MOST_POINTS;
    (0..count).map(move |i| Span::new(span.from.plus(i * MOST_POINTS), span.from.plus((i + 1) * MOST_POINTS).min(span.to)))
}

#[async_trait]
impl Source for Datadog {
    async fn read(&self, requests: &[ReadRequest], now: DateTime<Utc>) -> ReadAnswer {
        let meter = Meter::default();
        let mut outcomes: BTreeMap<usize, Result<Reading, Fault>> = self.read_all(requests, now, &meter).await.into_iter().collect();
        let cost = meter.cost();
        tracing::debug!(source = self.exchange.place(), indicators = requests.len(), requests = cost.requests, "read Datadog");
        let none = || Err(Fault::new(FaultKind::QueryRefused, "This SLO was not answered in this round."));
        let told = requests.iter().enumerate().map(|(i, r)| (r.key, outcomes.remove(&i).unwrap_or_else(none)));
        ReadAnswer { outcomes: told.collect(), cost }
    }

    async fn test(&self, now: DateTime<Utc>) -> Vec<Check> {
        checkup::checks(self, now).await
    }

    async fn suggest(&self, now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault> {
        suggest::proposals(self, now).await.map_err(|setback| setback.fault)
    }

    fn page(&self, query: &str) -> Option<String> {
        let app = self.exchange.base().strip_prefix("https://api.")?;
        let id = query.len() <= 64 && query.chars().all(|c| c.is_ascii_hexdigit());
        id.then(|| format!("https://app.{app}/slo?slo_id={query}"))
    }

    fn has_history(&self) -> bool {
        true
    }

    fn lag_s(&self) -> i64 {
        300
    }
}
