//! How it misbehaves: a list of ends for the writes to come, and conditions that last.

use std::collections::VecDeque;

/// How one write ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As it should.
    Done,
    /// Done, and the reply is lost.
    ReplyLost,
    /// The connection breaks before anything is done.
    Refused,
    /// 429 with `Retry-After`.
    Limited,
    /// 503 before anything is done; with `Retry-After` where given.
    Unavailable(Option<u32>),
    /// 504 after the deed.
    LateGateway,
    /// A captive portal's page, under a 200, before anything is done.
    Portal,
    /// 413.
    TooLong,
    /// 429 without `Retry-After`.
    LimitedSilently,
}

/// What lasts until it is taken away.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Ends of the writes to come, in order; then all are done.
    pub ends: VecDeque<End>,
    /// Milliseconds until a search sees a change; none: never.
    pub lag_ms: Option<i64>,
    /// The lag is on.
    pub lagging: bool,
    /// The token has expired: 401 for everything.
    pub signed_out: bool,
    /// The token has expired, and reads answer anonymously: 200 with nothing in it.
    pub anonymous: bool,
    /// 403 for every write.
    pub forbidden: bool,
    /// A portal's page for every request.
    pub portal: bool,
    /// Bulk fetch and reads by key fail.
    pub no_key_probe: bool,
    /// Every read of many answers with an empty list.
    pub empty: bool,
    /// Properties in a create are dropped, as some servers do.
    pub drops_properties: bool,
    /// A create gives the issue to the lead.
    pub default_assignee: bool,
    /// The new search is gone: 410.
    pub search_gone: bool,
}

impl Faults {
    /// The end of the next write.
    pub fn next_end(&mut self) -> End {
        self.ends.pop_front().unwrap_or(End::Done)
    }
}
