//! Why something could not be read: a closed list, so that blindness always has a reason and never looks like calm.

use serde::{Deserialize, Serialize};

use crate::words::plain;

/// What kept us from seeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// No connection: refused, no route, no name, certificate.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// 401 or 403.
    SignInRefused,
    /// No secret to send: keyring locked, absent or emptied.
    SecretMissing,
    /// HTML, an empty body, another format: something else answered in the server's place.
    NotTheApi,
    /// The server refused the query.
    QueryRefused,
    /// 429.
    RateLimited,
    /// 5xx.
    ServerFailed,
    /// More than the bounds allow.
    TooLarge,
    /// A redirect that would leave the host.
    Redirected,
    /// The query found no series.
    NoSeries,
    /// Series that were there are gone.
    SeriesVanished,
    /// NaN or infinity where a counter was expected.
    NotANumber,
    /// The threshold is no boundary of the histogram.
    NoSuchBoundary,
    /// The server itself says that parts are missing.
    Partial,
    /// Server and machine disagree about the time.
    ClockSkew,
    /// The newest data is too old.
    Stale,
    /// Too little of the look-back was observed.
    LowCoverage,
    /// History is still being read.
    ReadingHistory,
    /// The source was removed.
    SourceGone,
    /// The person paused polling.
    Paused,
}

impl FaultKind {
    /// As stored and as in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::SignInRefused => "sign_in_refused",
            Self::SecretMissing => "secret_missing",
            Self::NotTheApi => "not_the_api",
            Self::QueryRefused => "query_refused",
            Self::RateLimited => "rate_limited",
            Self::ServerFailed => "server_failed",
            Self::TooLarge => "too_large",
            Self::Redirected => "redirected",
            Self::NoSeries => "no_series",
            Self::SeriesVanished => "series_vanished",
            Self::NotANumber => "not_a_number",
            Self::NoSuchBoundary => "no_such_boundary",
            Self::Partial => "partial",
            Self::ClockSkew => "clock_skew",
            Self::Stale => "stale",
            Self::LowCoverage => "low_coverage",
            Self::ReadingHistory => "reading_history",
            Self::SourceGone => "source_gone",
            Self::Paused => "paused",
        }
    }

    /// Whether the fault belongs to the whole source rather than to one query.
    pub fn of_source(self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::TimedOut
                | Self::SignInRefused
                | Self::SecretMissing
                | Self::NotTheApi
                | Self::RateLimited
                | Self::ServerFailed
                | Self::Redirected
                | Self::ClockSkew
        )
    }
}

/// A fault with what was seen, in words a person can act on. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Which.
    pub kind: FaultKind,
    /// What was seen and what to do, one or two sentences.
    pub message: String,
}

impl Fault {
    /// A fault with its message, cut to a readable length and plain: servers' own words are in it.
    pub fn new(kind: FaultKind, message: impl AsRef<str>) -> Self {
        Self { kind, message: plain(message.as_ref(), 500) }
    }
}
