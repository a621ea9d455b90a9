//! Time and ids of this machine: the one place that asks for them.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use firewatch_domain::ports::{Clock, Ids};
use uuid::Uuid;

/// This machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    began: Instant,
}

impl SystemClock {
    /// The clock, its steady time counted from now.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    pub fn new() -> Self {
        Self { began: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn steady(&self) -> Duration {
        self.began.elapsed()
    }
}

/// Time-ordered random ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct UuidIds;

impl Ids for UuidIds {
    #[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
    fn fresh(&self) -> String {
        Uuid::now_v7().to_string()
    }
}
