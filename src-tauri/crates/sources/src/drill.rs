//! The Settings story as a source: what a real incident does to the counters, minute by minute.
//!
//! Every count is a pure function of the minute and the story's start, so that history, live polls and backtests agree, and
//! a drill can be replayed. Traffic follows the story's own day, not the world's: the story runs the same at any hour.

mod alerts;
mod cast;
mod counts;
mod script;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Indicator, Layout};
use firewatch_domain::minute::{HOUR, Minute, Span};
use firewatch_domain::ports::{AlertAnswer, Check, Proposal, ReadAnswer, ReadCost, ReadOutcome, ReadRequest, Reading, Source, Verdict};

/// The replayed story.
#[derive(Debug, Clone, Copy)]
pub struct Drill {
    start: Minute,
}

impl Drill {
    /// A story that starts at `start`; before that, months of history lie behind it.
    pub fn new(start: DateTime<Utc>) -> Self {
        Self { start: Minute::containing(start) }
    }

    fn reading(self, request: &ReadRequest, now: DateTime<Utc>) -> Result<Reading, Fault> {
        let Indicator::Drill { key, .. } = &request.indicator else {
            let message = "This SLO is not part of the drill; choose the source it was made for.";
            return Err(Fault::new(FaultKind::QueryRefused, message));
        };
        let Some(part) = cast::find(key) else {
            return Err(Fault::new(FaultKind::NoSeries, format!("The drill plays no part called `{key}`.")));
        };
        let layout = part.layout();
        if layout.projection(&request.indicator).is_none() {
            let message = format!("The drill's histogram has no such boundary; choose one of {}.", counts::bounds_text());
            return Err(Fault::new(FaultKind::NoSuchBoundary, message));
        }
        let span = Span::new(request.span.from, request.span.to.min(Minute::containing(now)));
        let slices = (span.from.0..span.to.0).map(|m| Some(part.counts(m - self.start.0))).collect();
        Ok(Reading {
            layout,
            from: span.from,
            slices,
            carries: Vec::new(),
            estimated: false,
            series: 1,
            remark: None,
            fault: None,
            adds: false,
        })
    }
}

impl cast::Part {
    fn layout(&self) -> Layout {
        if self.threshold.is_some() { Layout::Buckets { bounds: counts::BOUNDS.to_vec() } } else { Layout::GoodTotal }
    }

    /// Share of good events in the hour before a minute.
    fn recent(&self, minute: i64) -> Option<f64> {
        let good = if self.threshold.is_some() { counts::PROMISED } else { 0 };
        let rows = (minute - HOUR..minute).map(|m| self.counts(m));
        let (good, all) = rows.fold((0, 0), |sum, row| (sum.0 + row[good], sum.1 + row.last().copied().unwrap_or(0)));
        (all > 0).then(|| good as f64 / all as f64)
    }

    fn counts(&self, minute: i64) -> Vec<u64> {
        if self.threshold.is_some() { counts::loads(self, minute) } else { counts::calls(self, minute) }
    }
}

#[async_trait]
impl Source for Drill {
    async fn read(&self, requests: &[ReadRequest], now: DateTime<Utc>) -> ReadAnswer {
        let outcomes: Vec<ReadOutcome> = requests.iter().map(|r| (r.key, self.reading(r, now))).collect();
        ReadAnswer { outcomes, cost: ReadCost::default() }
    }

    async fn test(&self, _now: DateTime<Utc>) -> Vec<Check> {
        let message = "The story is ready; nothing of it leaves this machine.".to_owned();
        vec![Check { name: "answer", verdict: Verdict::Ok, message, cure: String::new() }]
    }

    async fn suggest(&self, now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault> {
        let minute = Minute::containing(now).since(self.start);
        Ok(cast::parts().iter().map(|part| Proposal { recent_sli: part.recent(minute), ..part.proposal() }).collect())
    }

    fn page(&self, _query: &str) -> Option<String> {
        None
    }

    async fn alerts(&self, now: DateTime<Utc>) -> Option<Result<AlertAnswer, Fault>> {
        let alerts = alerts::alerts(self.start, Minute::containing(now).since(self.start));
        Some(Ok(AlertAnswer { told: alerts.len() as u64, alerts, cost: ReadCost::default() }))
    }

    fn story_line(&self, now: DateTime<Utc>) -> Option<String> {
        Some(script::line(Minute::containing(now).since(self.start)).to_owned())
    }

    fn needs(&self) -> Vec<(String, String, bool)> {
        cast::needs()
    }

    fn has_history(&self) -> bool {
        true
    }
}
