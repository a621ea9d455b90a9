//! Joining the updates of one sitting: the same items, the same deletions, in a fraction of the bytes.

use std::sync::{Arc, Mutex, PoisonError};

use yrs::{ReadTxn, Transact, Update};

use super::{LOOKING, Logged};
use crate::casefile::decoded;
use crate::{CaseError, CaseFile};

/// Author of what a template brought.
pub const TEMPLATE: &str = "firewatch";
/// Silence after which another sitting begins, and how long one lasts at most, in seconds.
const SILENCE_S: i64 = 300;
const LONGEST_S: i64 = 1_800;
/// Updates that are merged at once.
const ROUND: usize = 128;

/// Some updates of the log that were written in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitting {
    /// Position of its first update.
    pub first: i64,
    /// Position of its last: the moment's name.
    pub last: i64,
    /// Unix seconds of its first edit.
    pub from_s: i64,
    /// Unix seconds of its last.
    pub at_s: i64,
    /// Who wrote in it, each once, in the order of the alphabet.
    pub authors: Vec<String>,
    /// How many updates it is kept in.
    pub updates: usize,
}

/// The sittings of a log, in its order.
pub fn sittings(log: &[Logged<'_>]) -> Vec<Sitting> {
    let mut found: Vec<Sitting> = Vec::new();
    for update in log {
        let authors = update.author.split(", ").filter(|author| !author.is_empty()).map(str::to_owned);
        match found.last_mut() {
            Some(now) if goes_on(now, update) => {
                now.last = update.id;
                now.at_s = now.at_s.max(update.at_s);
                now.authors.extend(authors);
                now.authors.sort();
                now.authors.dedup();
                now.updates += 1;
            }
            _ => found.push(Sitting {
                first: update.id,
                last: update.id,
                from_s: update.from_s,
                at_s: update.at_s,
                authors: authors.collect(),
                updates: 1,
            }),
        }
    }
    found
}

/// What the template brought stays apart from what people wrote.
fn goes_on(now: &Sitting, update: &Logged<'_>) -> bool {
    let seeds = now.authors == [TEMPLATE];
    seeds == (update.author == TEMPLATE)
        && update.from_s - now.at_s <= SILENCE_S
        && update.at_s - now.from_s <= LONGEST_S
        && update.at_s >= now.from_s
}

/// A sitting, and the one update that says all of it.
pub type Joined = (Sitting, Vec<u8>);

/// For each sitting of several updates that is among `sittings`, one update that says the same. None where the log as a whole
/// would not say the same, or where some of it waits: then nothing may be joined.
pub fn joined(log: &[Logged<'_>], sittings: &[Sitting]) -> Result<Option<Vec<Joined>>, CaseError> {
    let whole = super::as_of(log)?;
    if whole.waits() {
        return Ok(None);
    }
    let (joining, check) = (CaseFile::keeping_deleted(LOOKING), CaseFile::keeping_deleted(LOOKING));
    let said: Arc<Mutex<Vec<u8>>> = Arc::default();
    let sink = Arc::clone(&said);
    let heard = joining.doc.observe_update_v1("join", move |_, event| {
        sink.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&event.update);
    });
    heard.map_err(|error| CaseError::Unfit(error.to_string()))?;
    let mut made = Vec::new();
    let mut rest = log;
    while let Some(first) = rest.first() {
        let sitting = sittings.iter().find(|sitting| sitting.first == first.id && sitting.updates > 1);
        let length = sitting.map_or(1, |sitting| rest.iter().take_while(|update| update.id <= sitting.last).count());
        let (now, later) = rest.split_at(length);
        let parts = now.iter().map(|update| decoded(update.bytes).map(|(update, _)| update)).collect::<Result<Vec<_>, _>>()?;
        let merged = merged(parts);
        if joining.is_early(&merged) {
            return Ok(None);
        }
        said.lock().unwrap_or_else(PoisonError::into_inner).clear();
        // One transaction: neighbouring items become one when it ends, and only then is it told.
        joining.integrate(merged)?;
        let update = std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner));
        match sitting {
            Some(sitting) if !update.is_empty() => {
                check.apply(&update)?;
                made.push((sitting.clone(), update));
            }
            _ => now.iter().try_for_each(|update| check.apply(update.bytes).map(drop))?,
        }
        rest = later;
    }
    let same = whole.doc.transact().snapshot() == check.doc.transact().snapshot();
    Ok((same && whole.blocks() == check.blocks()).then_some(made))
}

/// In rounds of a few: very many at once would take the square of their number.
fn merged(mut parts: Vec<Update>) -> Update {
    while parts.len() > ROUND {
        let mut rest = parts.into_iter().peekable();
        let mut round = Vec::new();
        while rest.peek().is_some() {
            round.push(Update::merge_updates(rest.by_ref().take(ROUND)));
        }
        parts = round;
    }
    Update::merge_updates(parts)
}
