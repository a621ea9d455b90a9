//! Our own HTTP probe: one GET now, counted as an event of this minute.
//!
//! A target that refuses the connection is down, and that is a bad event. When this machine itself has no network the probe
//! saw nothing, and that is a fault: our own outage is not the target's.

mod network;
mod shot;

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Indicator, Layout, same_bound};
use firewatch_domain::minute::Minute;
use firewatch_domain::ports::{Check, Proposal, ReadAnswer, ReadCost, ReadOutcome, ReadRequest, Reading, Source, Verdict};
use futures::StreamExt;
use reqwest::Client;

use crate::exchange::client;
use crate::limits::Limits;
use shot::{Outcome, Shot};

/// Probes under way at once.
const IN_FLIGHT: usize = 20;
/// Boundaries every probe keeps, in seconds; the indicator's own comes on top.
const BOUNDS: [f64; 12] = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0];

/// One probe under its key.
type Fired = (u64, Result<(Shot, Outcome), Fault>);

/// The built-in probe.
#[derive(Debug)]
pub(crate) struct Probe {
    direct: Client,
    usual: Client,
}

impl Probe {
    /// Ready to probe.
    pub(crate) fn new(limits: Limits) -> Result<Self, Fault> {
        let failed = |_| Fault::new(FaultKind::Unreachable, "The system's certificates could not be loaded; see the Doctor.");
        Ok(Self { direct: client(limits, true, true).map_err(failed)?, usual: client(limits, false, true).map_err(failed)? })
    }

    async fn outcome(&self, request: &ReadRequest) -> Result<(Shot, Outcome), Fault> {
        let Indicator::Probe { url, under_ms, .. } = &request.indicator else {
            let message = "This SLO is not a probe; choose the source it was made for.";
            return Err(Fault::new(FaultKind::QueryRefused, message));
        };
        let shot = Shot::new(url, *under_ms)?;
        let client = if shot.loopback { &self.direct } else { &self.usual };
        let outcome = shot.fire(client).await;
        Ok((shot, outcome))
    }
}

#[async_trait]
impl Source for Probe {
    async fn read(&self, requests: &[ReadRequest], now: DateTime<Utc>) -> ReadAnswer {
        let shots: Vec<_> = requests.iter().map(|request| async move { (request.key, self.outcome(request).await) }).collect();
        let fired: Vec<Fired> = futures::stream::iter(shots).buffered(IN_FLIGHT).collect().await;
        let down = network_is_down(&fired);
        let cost = ReadCost { requests: fired.len() as u32, bytes: 0 };
        let minute = Minute::containing(now);
        let outcomes: Vec<ReadOutcome> = fired
            .into_iter()
            .map(|(key, fired)| {
                let told = fired.and_then(|(shot, outcome)| {
                    if down && outcome == Outcome::NoWay && !shot.loopback {
                        let message = "This machine has no network, so the probe saw nothing; it goes on when the network is back.";
                        return Err(Fault::new(FaultKind::Unreachable, message));
                    }
                    Ok(reading(&shot, outcome, minute))
                });
                (key, told)
            })
            .collect();
        tracing::debug!(probes = outcomes.len(), no_network = down, "probed");
        ReadAnswer { outcomes, cost }
    }

    async fn test(&self, _now: DateTime<Utc>) -> Vec<Check> {
        let there = network::has_route();
        let (verdict, message, cure) = if there {
            (Verdict::Ok, "This machine has a network; each probe says for itself how its target answers.", "")
        } else {
            (
                Verdict::Degraded,
                "This machine has no way out to a network now.",
                "Connect to a network; probes of this machine itself still work.",
            )
        };
        vec![Check { name: "network", verdict, message: message.to_owned(), cure: cure.to_owned() }]
    }

    async fn suggest(&self, _now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault> {
        Ok(Vec::new())
    }

    fn page(&self, query: &str) -> Option<String> {
        query.starts_with("http").then(|| query.to_owned())
    }

    fn has_history(&self) -> bool {
        false
    }
}

/// Whether what failed says more about this machine than about the targets.
fn network_is_down(fired: &[Fired]) -> bool {
    let far: Vec<&(Shot, Outcome)> = fired.iter().filter_map(|(_, f)| f.as_ref().ok()).filter(|(shot, _)| !shot.loopback).collect();
    let lost = far.iter().filter(|(_, outcome)| *outcome == Outcome::NoWay);
    let hosts: HashSet<&str> = lost.clone().map(|(shot, _)| shot.host.as_str()).collect();
    let all = !far.is_empty() && lost.count() == far.len();
    all && (hosts.len() > 1 || !network::has_route())
}

fn reading(shot: &Shot, outcome: Outcome, minute: Minute) -> Reading {
    let under = shot.under.as_secs_f64();
    let mut bounds: Vec<f64> = BOUNDS.to_vec();
    if !bounds.iter().any(|bound| same_bound(*bound, under)) {
        bounds.push(under);
        bounds.sort_by(f64::total_cmp);
    }
    let seconds = match outcome {
        Outcome::Answered { status, seconds } if status < 400 => Some(seconds),
        _ => None,
    };
    let within = bounds.iter().map(|bound| u64::from(seconds.is_some_and(|s| s <= *bound)));
    let columns: Vec<u64> = within.chain([1]).collect();
    Reading {
        layout: Layout::Buckets { bounds },
        from: minute,
        slices: vec![Some(columns)],
        carries: Vec::new(),
        estimated: false,
        series: 1,
        remark: outcome.remark(shot),
        fault: None,
        adds: true,
    }
}
