//! How long and how much we let the outside take: everything we ask for is bounded.

use std::time::Duration;

/// Bounds of a source's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until an answer to a poll is read whole.
    pub answer: Duration,
    /// Until an answer about more than an hour of history is read whole.
    pub history: Duration,
    /// Bytes of an answer's body after decompression.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(20), history: Duration::from_mins(1), body: 32 * 1024 * 1024 }
    }
}
