//! Entries of other replicas: taken in any order and however often, checked like everything that comes from outside. Incidents that
//! two policies opened for the same burn become one on contact.

use chrono::Datelike;
use firewatch_domain::entry::{Entry, Hlc};
use firewatch_domain::incident::{Phase, fold};
use firewatch_domain::merging::{joined, same_burn};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};

use crate::{Engine, EngineError};

/// How far ahead of this machine's clock an entry may be, in milliseconds: further, one of the two clocks is plainly wrong, and
/// taking it would drag every later entry of everybody with it.
const MOST_AHEAD_MS: i64 = 7 * 86_400_000;
/// Longest id, author, kind.
const LONGEST_WORD: usize = 200;
/// Largest payload, in bytes of JSON.
const LARGEST_PAYLOAD: usize = 256 * 1024;

/// What became of entries that were handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// That were new.
    pub new: usize,
    /// That were there already.
    pub known: usize,
    /// That were not taken: id as shown, and why.
    pub refused: Vec<(String, String)>,
    /// Incidents with anything new in them.
    pub incidents: Vec<String>,
}

impl Engine {
    /// Takes entries of other replicas, in one transaction. Entries that are known stay as they are, so that taking again, in
    /// whatever order and company, changes nothing; the next entry written here comes after all of them. What does not hold is
    /// refused by itself, with the reason.
    pub fn take_entries(&self, entries: &[Entry]) -> Result<Taken, EngineError> {
        let now_ms = self.now().timestamp_millis();
        self.write(|tx| {
            let mut taken = Taken::default();
            for entry in entries {
                let refused = match fault(entry, now_ms) {
                    Some(why) => Some(why),
                    None if tx.append_entry(entry)? => {
                        taken.new += 1;
                        if !taken.incidents.contains(&entry.incident) {
                            taken.incidents.push(entry.incident.clone());
                        }
                        None
                    }
                    None if tx.entry(&entry.id)?.as_ref() == Some(entry) => {
                        taken.known += 1;
                        None
                    }
                    None => Some("another entry has its id already; the first stays".to_owned()),
                };
                taken.refused.extend(refused.map(|why| (words::plain(&entry.id, 60), why)));
            }
            if entries.iter().any(|entry| entry.kind == "declared") {
                join_same_burns(tx, entries)?;
            }
            Ok(taken)
        })
    }

    /// Every entry of an incident and of those merged into it, in clock order, for another replica to take. By id or the beginning
    /// of one.
    pub fn entries_of(&self, incident: &str) -> Result<Vec<Entry>, EngineError> {
        self.read(|tx| Ok(self.incident_of(tx, incident)?.entries.clone()))
    }
}

/// Merges incidents that were opened for the same burn, of which at least one has just come in.
fn join_same_burns(tx: &Tx<'_>, fresh: &[Entry]) -> Result<(), EngineError> {
    let declared = tx.entries_of_kind("declared")?;
    for one in declared.iter().filter(|entry| fresh.iter().any(|new| new.id == entry.id)) {
        for other in declared.iter().filter(|other| same_burn(one, other)) {
            // Given up on purpose before the two met: it stays what it is.
            if !(cancelled(tx, one)? || cancelled(tx, other)?) {
                tx.append_entry(&joined(one, other))?;
            }
        }
    }
    Ok(())
}

fn cancelled(tx: &Tx<'_>, declared: &Entry) -> Result<bool, StoreError> {
    Ok(fold(tx.entries(&declared.incident)?).is_some_and(|incident| incident.phase == Phase::Cancelled))
}

/// Why an entry is not taken.
fn fault(entry: &Entry, now_ms: i64) -> Option<String> {
    let Hlc { wall_ms, replica, .. } = &entry.hlc;
    for (what, word) in [("id", &entry.id), ("incident", &entry.incident), ("kind", &entry.kind), ("replica", replica)] {
        if word.is_empty() || word.len() > LONGEST_WORD || word.chars().any(char::is_control) {
            return Some(format!("its {what} is empty, too long or not plain text"));
        }
    }
    if entry.author.len() > LONGEST_WORD || entry.corrects.as_ref().is_some_and(|id| id.len() > LONGEST_WORD) {
        return Some("its author, or what it corrects, is too long".to_owned());
    }
    if entry.payload.to_string().len() > LARGEST_PAYLOAD {
        return Some(format!("it is larger than {} KB", LARGEST_PAYLOAD / 1024));
    }
    if *wall_ms < 0 || !(1970..=9999).contains(&entry.at.year()) {
        return Some("its time is before 1970 or after 9999".to_owned());
    }
    if wall_ms.saturating_sub(now_ms) > MOST_AHEAD_MS {
        let ahead = words::duration(wall_ms.saturating_sub(now_ms) as f64 / 1000.0);
        return Some(format!("the clock of {} is {ahead} ahead of this machine's; set the wrong one right", words::plain(replica, 60)));
    }
    None
}
