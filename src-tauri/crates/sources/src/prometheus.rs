//! The Prometheus HTTP API, also of Thanos, Mimir and `VictoriaMetrics`.
//!
//! Counts come from differences of raw samples, never from extrapolating functions, and many indicators share a query. The
//! way of a read: `round` asks what `plan` cuts out, `union` makes one query of many selectors, `wire` reads the answer,
//! `index` tells whose each series is, `harvest` collects, `baseline` finds where counting starts, `fold` makes slices of
//! the `difference`s on a `sheet`. Arbitrary PromQL goes its own way: `evaluate`.

mod alerts;
mod baseline;
mod census;
mod checkup;
mod difference;
mod estimate;
mod evaluate;
mod fold;
mod harvest;
mod index;
mod inquiry;
mod level;
mod memory;
mod names;
mod native;
mod plan;
mod rename;
mod round;
mod sheet;
mod sound;
mod suggest;
mod union;
mod want;
mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_domain::fault::Fault;
use firewatch_domain::ports::{AlertAnswer, Check, Lookup, Proposal, ReadAnswer, ReadRequest, Source};

use crate::exchange::Exchange;
use memory::Memory;
use round::Round;

/// Series of one indicator that are still read raw; above it the server sums and the counts are estimates.
pub const MAX_RAW_SERIES: u64 = 2_000;

/// A Prometheus-compatible server.
#[derive(Debug)]
pub(crate) struct Prometheus {
    exchange: Exchange,
    memory: Mutex<Memory>,
}

impl Prometheus {
    /// Over a connection.
    pub(crate) fn new(exchange: Exchange) -> Self {
        Self { exchange, memory: Mutex::default() }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Source for Prometheus {
    async fn read(&self, requests: &[ReadRequest], now: DateTime<Utc>) -> ReadAnswer {
        let round = Round::new(self, requests, now);
        let outcomes = round.read().await;
        let cost = round.meter.cost();
        let blind = outcomes.iter().filter(|(_, outcome)| !matches!(outcome, Ok(reading) if reading.fault.is_none())).count();
        let (count, bytes) = (cost.requests, cost.bytes);
        tracing::debug!(
            source = self.exchange.place(),
            indicators = requests.len(),
            blind,
            requests = count,
            bytes,
            "read a metrics server"
        );
        ReadAnswer { outcomes, cost }
    }

    async fn test(&self, now: DateTime<Utc>) -> Vec<Check> {
        checkup::checks(&self.exchange, now).await
    }

    async fn suggest(&self, now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault> {
        suggest::proposals(&self.exchange, now).await
    }

    async fn look_up(&self, lookup: &Lookup, now: DateTime<Utc>) -> Result<Vec<String>, Fault> {
        names::look_up(&self.exchange, lookup, now).await
    }

    fn page(&self, query: &str) -> Option<String> {
        self.exchange.page(query)
    }

    async fn alerts(&self, now: DateTime<Utc>) -> Option<Result<AlertAnswer, Fault>> {
        Some(alerts::firing(&self.exchange, now).await)
    }

    fn has_history(&self) -> bool {
        true
    }

    fn lag_s(&self) -> i64 {
        (60 + 2 * self.memory().usual_ms / 1000).max(120)
    }
}
