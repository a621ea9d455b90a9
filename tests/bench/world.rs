//! The ports of an engine that runs inside a benchmark: the real clock, the real sources, and a desktop on which nothing is shown
//! and nothing is secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_comms::Mailroom;
use firewatch_domain::announcement::Toast;
use firewatch_domain::ports::{Announcer, CalendarCopy, Calendars, Check, Clock, Heartbeat, Ids, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use firewatch_engine::World;
use firewatch_sources::Connector;
use firewatch_tests::wait;
use secrecy::SecretString;

/// A world for one engine.
pub fn world() -> World {
    World {
        clock: Arc::new(RealClock(wait::stopwatch())),
        ids: Arc::new(Numbers),
        connect: Arc::new(Connector::default()),
        post: Arc::new(Mailroom),
        secrets: Arc::new(Nobody),
        announcer: Arc::new(Nobody),
        heartbeat: Arc::new(Nobody),
        calendars: Arc::new(Nobody),
        carrier: Arc::new(firewatch_relays::Lines),
        checkups: Vec::new(),
    }
}

struct RealClock(Instant);

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "real data is polled, so the real time is asked for")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn steady(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Counted by all engines of the program together: some work on one store after another.
static NUMBERED: AtomicU64 = AtomicU64::new(0);

struct Numbers;

impl Ids for Numbers {
    fn fresh(&self) -> String {
        // Of the shape of the real ones, so that rows are as long.
        format!("01900000-0000-7000-8000-{:012x}", NUMBERED.fetch_add(1, Ordering::Relaxed))
    }
}

struct Nobody;

#[async_trait]
impl Announcer for Nobody {
    async fn show(&self, _toast: &Toast) -> Result<(), String> {
        Ok(())
    }

    async fn close(&self, _key: &str) {}

    async fn check(&self) -> Check {
        nothing("notifications")
    }
}

impl SecretStore for Nobody {
    fn keep(&self, entry: &str, _secret: SecretString) -> Result<SecretPlace, SecretError> {
        Err(SecretError::Missing(entry.to_owned()))
    }

    fn find(&self, place: &SecretPlace) -> Result<SecretString, SecretError> {
        Err(SecretError::Missing(place.text()))
    }

    fn forget(&self, _place: &SecretPlace) -> Result<(), SecretError> {
        Ok(())
    }

    fn check(&self) -> Check {
        nothing("keyring")
    }
}

#[async_trait]
impl Calendars for Nobody {
    async fn read(&self, _at: &str, _mark: &str) -> Result<CalendarCopy, String> {
        Err("no calendar is read here".to_owned())
    }
}

#[async_trait]
impl Heartbeat for Nobody {
    async fn ping(&self, _url: &str) -> Result<(), String> {
        Ok(())
    }
}

fn nothing(name: &'static str) -> Check {
    Check { name, verdict: Verdict::Ok, message: String::new(), cure: String::new() }
}
