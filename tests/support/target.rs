//! A service to watch: it exposes `/metrics` whose counters advance with real time, answers `/probe`, and breaks when it is told to.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::http::{Reply, Request, Server, answer};
use crate::{Result, wait};

/// Upper bounds of the latency buckets in seconds, written as Go's client library writes them (`1`); `+Inf` follows.
pub const BOUNDARIES: [f64; 6] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// A live service; dropping it closes its port.
#[derive(Debug)]
pub struct Target {
    state: Arc<Mutex<State>>,
    server: Option<Server>,
    address: SocketAddr,
}

/// What the service has counted since it was started or reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// `code="200"`.
    pub good: u64,
    /// `code="500"`.
    pub bad: u64,
    /// Requests within each of the [`BOUNDARIES`].
    pub within: [u64; BOUNDARIES.len()],
}

#[derive(Debug)]
struct State {
    rate: f64,
    error_ratio: f64,
    latency: Duration,
    counted: Counted,
    advanced: Instant,
    events_owed: f64,
    failures_owed: f64,
    probe_failures_owed: f64,
}

impl Target {
    /// Starts a healthy service with `rate` requests per second, each answered in 50 ms.
    pub fn start(rate: f64) -> Result<Self> {
        let state = State {
            rate,
            error_ratio: 0.0,
            latency: Duration::from_millis(50),
            counted: Counted::default(),
            advanced: wait::stopwatch(),
            events_owed: 0.0,
            failures_owed: 0.0,
            probe_failures_owed: 0.0,
        };
        let state = Arc::new(Mutex::new(state));
        let server = listen(0, &state)?;
        let address = server.address();
        Ok(Self { state, server: Some(server), address })
    }

    /// Where it listens; also what a scrape configuration names.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The page a probe asks for: 200 within the current latency, or 500.
    pub fn probe_url(&self) -> String {
        format!("http://{}/probe", self.address)
    }

    /// From now on this share of the requests fails (0 to 1).
    pub fn set_error_ratio(&self, ratio: f64) {
        self.state().error_ratio = ratio;
    }

    /// From now on every request takes this long.
    pub fn set_latency(&self, latency: Duration) {
        self.state().latency = latency;
    }

    /// From now on this many requests come per second.
    pub fn set_rate(&self, rate: f64) {
        self.state().rate = rate;
    }

    /// The process restarts: counters begin at 0.
    pub fn reset(&self) {
        self.state().counted = Counted::default();
    }

    /// Closes the port: connections are refused. The counters go on.
    pub fn vanish(&mut self) {
        self.server = None;
    }

    /// Listens again on the same port.
    pub fn reappear(&mut self) -> Result {
        self.vanish();
        self.server = Some(listen(self.address.port(), &self.state).context("listen again")?);
        Ok(())
    }

    /// What it has counted up to now.
    pub fn counted(&self) -> Counted {
        self.state().counted
    }

    fn state(&self) -> MutexGuard<'_, State> {
        now(&self.state)
    }
}

fn listen(port: u16, state: &Arc<Mutex<State>>) -> Result<Server> {
    let state = Arc::clone(state);
    Server::start(port, move || {
        let state = Arc::clone(&state);
        Box::new(move |request| respond(request, &state))
    })
}

fn respond(request: &Request, state: &Mutex<State>) -> Reply {
    match request.path.split('?').next() {
        Some("/metrics") => Reply::Send(answer(200, &[("Content-Type", "text/plain; version=0.0.4")], now(state).metrics().as_bytes())),
        Some("/probe") => {
            let (latency, fails) = {
                let mut state = now(state);
                (state.latency, state.probe_fails())
            };
            std::thread::sleep(latency);
            Reply::Send(answer(if fails { 500 } else { 200 }, &[("Content-Type", "text/plain")], b"here\n"))
        }
        _ => Reply::Send(answer(404, &[], b"")),
    }
}

/// The state with everything counted that happened until now under the settings so far.
fn now(state: &Mutex<State>) -> MutexGuard<'_, State> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.advance();
    state
}

impl State {
    fn advance(&mut self) {
        let now = wait::stopwatch();
        self.events_owed += self.rate * now.duration_since(self.advanced).as_secs_f64();
        self.advanced = now;
        let events = self.events_owed.floor();
        self.events_owed -= events;
        self.failures_owed += events * self.error_ratio;
        let bad = self.failures_owed.floor().min(events);
        self.failures_owed -= bad;
        self.counted.bad += bad as u64;
        self.counted.good += (events - bad) as u64;
        for (count, boundary) in self.counted.within.iter_mut().zip(BOUNDARIES) {
            if self.latency.as_secs_f64() <= boundary {
                *count += events as u64;
            }
        }
    }

    /// A ratio of one half fails every second probe: the same in every run.
    fn probe_fails(&mut self) -> bool {
        self.probe_failures_owed += self.error_ratio;
        let fails = self.probe_failures_owed >= 1.0;
        self.probe_failures_owed -= f64::from(u8::from(fails));
        fails
    }

    fn metrics(&self) -> String {
        let Counted { good, bad, within } = self.counted;
        let mut text = format!(
            "# TYPE http_requests_total counter\nhttp_requests_total{{code=\"200\"}} {good}\nhttp_requests_total{{code=\"500\"}} {bad}\n\
             # TYPE http_request_duration_seconds histogram\n"
        );
        for (boundary, count) in BOUNDARIES.iter().zip(within) {
            let _ = writeln!(text, "http_request_duration_seconds_bucket{{le=\"{boundary}\"}} {count}");
        }
        let total = good + bad;
        let _ = writeln!(text, "http_request_duration_seconds_bucket{{le=\"+Inf\"}} {total}");
        let _ = writeln!(text, "http_request_duration_seconds_count {total}\nhttp_request_duration_seconds_sum {total}");
        text
    }
}
