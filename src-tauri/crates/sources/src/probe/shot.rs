//! One probe of one address.

use std::time::Duration;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::source::{check_address, is_loopback};
use reqwest::header::LOCATION;
use reqwest::{Client, Response};
use tokio::time::Instant;
use url::Url;

use crate::exchange::{is_link_local, place_of, transport};

/// No probe gives up earlier.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(10);
/// Redirects within the same origin that are followed.
const MOST_REDIRECTS: usize = 5;
/// Body read so that the connection can be kept; more is left unread.
const MOST_BODY: usize = 64 * 1024;

/// What to probe.
#[derive(Debug, Clone)]
pub(super) struct Shot {
    url: Url,
    /// Host, to tell targets apart.
    pub host: String,
    /// Good when answered within.
    pub under: Duration,
    /// It never leaves this machine.
    pub loopback: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Outcome {
    /// A status arrived after some seconds.
    Answered {
        /// Status.
        status: u16,
        /// Seconds until it arrived.
        seconds: f64,
    },
    /// The target did not answer, or not in time.
    Failed,
    /// No name or no route: the target, or this machine's network.
    NoWay,
}

impl Outcome {
    /// What a person would want to know about a failure.
    pub(super) fn remark(self, shot: &Shot) -> Option<String> {
        match self {
            Self::Answered { status, .. } if status >= 400 => Some(format!("{} answered with status {status}", shot.host)),
            Self::Answered { .. } => None,
            Self::Failed => Some(format!("{} did not answer", shot.host)),
            Self::NoWay => Some(format!("{} has no address or no route from here", shot.host)),
        }
    }
}

impl Shot {
    /// Checks the address.
    pub(super) fn new(url: &str, under_ms: u64) -> Result<Self, Fault> {
        let url = check_address(url, false, true).map_err(|error| Fault::new(FaultKind::Unreachable, error.to_string()))?;
        if is_link_local(&url) {
            let message = format!("{} is a link-local address, which Firewatch never asks.", place_of(&url));
            return Err(Fault::new(FaultKind::Unreachable, message));
        }
        let under = Duration::from_millis(under_ms.clamp(1, 600_000));
        Ok(Self { host: place_of(&url), under, loopback: is_loopback(&url), url })
    }

    /// Probes once.
    pub(super) async fn fire(&self, client: &Client) -> Outcome {
        let patience = SHORTEST_PATIENCE.max(self.under * 4);
        let begun = Instant::now();
        let mut url = self.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let left = patience.saturating_sub(begun.elapsed());
            let response = match client.get(url.clone()).timeout(left).send().await {
                Ok(response) => response,
                Err(error) => return self.failure(&error, patience),
            };
            let seconds = begun.elapsed().as_secs_f64();
            let status = response.status().as_u16();
            let next = next_stop(&self.url, &url, &response);
            discard(response).await;
            match next {
                Some(next) => url = next,
                // A redirect elsewhere is an answer; we do not follow it.
                None => return Outcome::Answered { status, seconds },
            }
        }
        Outcome::Failed
    }

    fn failure(&self, error: &reqwest::Error, patience: Duration) -> Outcome {
        let fault = transport(&self.host, error, patience);
        tracing::debug!(host = self.host, "the probe failed: {fault}");
        let lost = ["not known here", "no route leads"].iter().any(|sign| fault.message.contains(sign));
        if lost { Outcome::NoWay } else { Outcome::Failed }
    }
}

fn next_stop(origin: &Url, from: &Url, response: &Response) -> Option<Url> {
    let code = response.status().as_u16();
    let target = response.headers().get(LOCATION)?.to_str().ok().and_then(|text| from.join(text).ok())?;
    (matches!(code, 301 | 302 | 303 | 307 | 308) && target.origin() == origin.origin()).then_some(target)
}

async fn discard(mut response: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > MOST_BODY {
            return;
        }
    }
}
