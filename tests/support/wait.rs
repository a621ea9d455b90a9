//! Bounded waiting, free ports and the time of day: the only places of the bench that look at a clock.

use std::collections::HashSet;
use std::fmt::Display;
use std::net::TcpListener;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::Result;

/// How long a part may take to come up on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Looks again and again until `look` finds something; an error from `look`, or `limit`, ends it.
pub async fn until<T>(what: impl Display, limit: Duration, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let looking = async {
        loop {
            if let Some(found) = look().await? {
                return anyhow::Ok(found);
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    };
    match tokio::time::timeout(limit, looking).await {
        Ok(found) => found.with_context(|| format!("while waiting for {what}")),
        Err(_) => bail!("waited {} s for {what}, in vain", limit.as_secs_f64()),
    }
}

/// A loopback port that nobody listens on, never handed out twice by this process.
pub fn free_port() -> Result<u16> {
    static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
    for _ in 0..100 {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).context("ask for a free port")?.port();
        let mut given = GIVEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if given.get_or_insert_default().insert(port) {
            return Ok(port);
        }
    }
    bail!("no free port on the loopback interface")
}

/// The time of day in whole unix seconds.
#[expect(clippy::disallowed_methods, reason = "the bench writes histories that end now; the programs under test take time as a port")]
pub fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// A stopwatch that starts running.
#[expect(clippy::disallowed_methods, reason = "the bench measures real time; the programs under test take time as a port")]
pub fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}
