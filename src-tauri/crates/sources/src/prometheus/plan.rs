//! What a round asks for: which indicators together, over which time, in how many pieces.
//!
//! Sizes are guessed before anything is asked, so that a day of a thousand indicators does not come as one huge answer.

use std::collections::{BTreeMap, HashMap};

use firewatch_domain::indicator::Indicator;
use firewatch_domain::minute::MINUTE_S;

use super::fold::HISTORY_MS;
use super::round::Round;

/// How far before its span a reading looks for the samples it starts from.
const LOOK_BACK_MS: i64 = 300_000;
/// A poll looks back this many scrape intervals at least: one may be missed. What has nothing there is looked for on its own.
const LOOK_BACK_INTERVALS: i64 = 3;
/// Many indicators are asked for in this many requests, for a server answers several at once.
const SHARES: usize = 2;
/// Fewer indicators than this are not worth a request of their own.
const LEAST_SHARED: usize = 250;
/// How far after a span that ended a reading looks for the sample that closes its last minute.
const LOOK_AHEAD_MS: i64 = 300_000;
/// How far into the future a poll looks for samples, to notice clocks that disagree.
const AHEAD_MS: i64 = 360_000;
/// Spans up to this many minutes are polled together even where they start apart.
const POLL_MINUTES: i64 = 10;
/// Bytes of JSON that a sample and a series take.
const SAMPLE_BYTES: i64 = 28;
/// Bytes of JSON of a native histogram's sample, whose populated buckets come with it.
const NATIVE_BYTES: i64 = 2_500;
const SERIES_BYTES: i64 = 260;
/// Series assumed behind an indicator nobody counted yet.
const ASSUMED_SERIES: u64 = 4;
/// A range is cut into pieces at most this often.
pub(super) const MOST_CUTS: i64 = 64;

/// Milliseconds from, exclusive, and to, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    /// Start.
    pub from_ms: i64,
    /// End.
    pub to_ms: i64,
}

/// What one query is to serve.
#[derive(Debug, Clone)]
pub(super) struct Task {
    /// Under which its group is remembered.
    pub key: String,
    /// Whom it serves.
    pub members: Vec<usize>,
    /// When.
    pub range: Range,
    /// Pieces of time it is asked in.
    pub cuts: i64,
}

impl Round<'_> {
    /// The first tasks of a round: what ends together is asked together.
    pub(super) fn tasks(&self, members: &[usize], series: &HashMap<usize, u64>) -> Vec<Task> {
        let now_ms = self.now.timestamp_millis();
        let sparse = self.source.memory().sparse(now_ms);
        let mut batches: BTreeMap<(bool, i64, i64), Vec<usize>> = BTreeMap::new();
        for member in members {
            let span = self.requests[*member].span;
            let live = span.to.start_s() * 1000 + LOOK_AHEAD_MS >= now_ms;
            let short = live && span.len() <= POLL_MINUTES;
            // A series scraped rarely would have nothing within the short look-back, and be looked for anew at every poll.
            let quick = short && (sparse.is_empty() || !sparse.contains(&self.name(*member)));
            let key = match (quick, short) {
                (true, _) => (live, 0, 0),
                (false, true) => (live, 1, 1),
                (false, false) => (live, span.from.0, span.to.0),
            };
            batches.entry(key).or_default().push(*member);
        }
        let mut tasks = Vec::new();
        for ((live, kind, _), members) in batches {
            let spans = || members.iter().map(|m| self.requests[*m].span);
            let back = if live && kind == 0 { self.short_look_back() } else { LOOK_BACK_MS };
            let from = spans().map(|s| s.from.start_s() * 1000).min().unwrap_or_default() - back;
            let to = spans().map(|s| s.to.start_s() * 1000).max().unwrap_or_default() + LOOK_AHEAD_MS;
            let range = Range { from_ms: from, to_ms: if live { now_ms + AHEAD_MS } else { to } };
            self.cut_to_size(range, &members, series, &mut tasks);
        }
        tasks
    }

    fn short_look_back(&self) -> i64 {
        (self.source.memory().usual_ms * LOOK_BACK_INTERVALS).clamp(MINUTE_S * 1000, LOOK_BACK_MS)
    }

    /// Tasks whose answers are likely to stay within the bound of a body.
    fn cut_to_size(&self, range: Range, members: &[usize], series: &HashMap<usize, u64>, tasks: &mut Vec<Task>) {
        let bound = (self.source.exchange.limits().body / 2) as i64;
        let (usual_ms, suspects) = {
            let memory = self.source.memory();
            (memory.usual_ms.max(1_000), memory.suspects.clone())
        };
        let samples = (range.to_ms.min(self.now.timestamp_millis()) - range.from_ms).max(0) / usual_ms + 2;
        let bytes = |member: &usize| {
            let n = series.get(member).copied().unwrap_or(ASSUMED_SERIES).max(1) as i64;
            let native = matches!(self.requests[*member].indicator, Indicator::Native { .. });
            n * (SERIES_BYTES + samples * if native { NATIVE_BYTES } else { SAMPLE_BYTES })
        };
        let (alone, together): (Vec<usize>, Vec<usize>) =
            members.iter().partition(|m| !suspects.is_empty() && suspects.contains(&self.name(**m)));
        let mut push = |key: &str, members: Vec<usize>| {
            let sum: i64 = members.iter().map(&bytes).sum();
            let cuts = if members.len() == 1 { (sum / bound + 1).min(MOST_CUTS) } else { 1 };
            tasks.push(Task { key: key.to_owned(), members, range, cuts });
        };
        for group in self.groups(&self.wants(&together)) {
            let share = group.members.len().div_ceil(SHARES).max(LEAST_SHARED);
            let most = self.source.memory().limits.get(&limit_key(&group.key, range)).copied().unwrap_or(usize::MAX).min(share);
            let (mut piece, mut sum) = (Vec::new(), 0);
            for member in group.members {
                let more = bytes(&member);
                if !piece.is_empty() && (sum + more > bound || piece.len() >= most) {
                    push(&group.key, std::mem::take(&mut piece));
                    sum = 0;
                }
                sum += more;
                piece.push(member);
            }
            push(&group.key, piece);
        }
        for member in alone {
            push("", vec![member]);
        }
    }
}

impl Range {
    /// The same range in pieces, oldest first.
    pub(super) fn cut(self, pieces: i64) -> impl Iterator<Item = Self> {
        let length = self.to_ms - self.from_ms;
        (0..pieces).map(move |i| Self { from_ms: self.from_ms + length * i / pieces, to_ms: self.from_ms + length * (i + 1) / pieces })
    }
}

/// Limits are remembered per group and order of magnitude of the range: what is too large for a day may do for a minute.
pub(super) fn limit_key(key: &str, range: Range) -> String {
    format!("{key} ~{}", ((range.to_ms - range.from_ms).max(1) / HISTORY_MS).max(1).ilog2() / 2)
}
