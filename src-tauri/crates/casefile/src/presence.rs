//! Who is in a document, and where: the awareness of the y-protocols, as bytes that come and go. Nothing of it is kept.
//!
//! An update is a number of entries; each is a client, its clock, and its state as JSON, where `null` says that it left. The higher
//! clock counts, and at the same clock who left. What is foreign is bounded and must be JSON, for a window will read it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::IgnoredAny;

use crate::CaseError;

/// People at once; more are left out.
const MOST: usize = 200;
/// Longest state, in bytes.
const LONGEST: usize = 16 << 10;
/// Longest update, in bytes.
const LONGEST_UPDATE: usize = 512 << 10;
/// Who was not heard of for this long is gone; editors say every fifteen seconds that they are there.
const PATIENCE: Duration = Duration::from_secs(40);
const LEFT: &str = "null";

/// Everybody in one document.
#[derive(Debug, Default)]
pub struct Presence {
    known: BTreeMap<u64, Known>,
}

#[derive(Debug)]
struct Known {
    clock: u64,
    /// JSON; `null` once it left.
    state: String,
    /// Where it was heard from.
    via: String,
    heard: Duration,
}

/// One client of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its id.
    pub client: u64,
    /// Its clock.
    pub clock: u64,
    /// Its state as JSON; `null` once it left.
    pub state: String,
}

impl Presence {
    /// Takes an update in that was heard `via` somewhere, at a steady time; answers the part of it that was news, if any.
    pub fn take(&mut self, update: &[u8], via: &str, now: Duration) -> Result<Option<Vec<u8>>, CaseError> {
        let heard = read(update)?;
        let news: Vec<Heard> = heard.into_iter().filter(|one| self.put(one, via, now)).collect();
        Ok(written(&news))
    }

    /// Everybody who is there, but those heard via one place, as an update.
    pub fn without(&self, via: &str) -> Option<Vec<u8>> {
        let there = self.known.iter().filter(|(_, known)| known.via != via && known.state != LEFT);
        written(&there.map(|(client, known)| known.heard(*client)).collect::<Vec<_>>())
    }

    /// Those heard via one place, as an update.
    pub fn only(&self, via: &str) -> Option<Vec<u8>> {
        let there = self.known.iter().filter(|(_, known)| known.via == via && known.state != LEFT);
        written(&there.map(|(client, known)| known.heard(*client)).collect::<Vec<_>>())
    }

    /// A place can no longer be heard: everybody from there leaves. Answers that as an update.
    pub fn leave(&mut self, via: &str) -> Option<Vec<u8>> {
        self.part(|known| known.via == via)
    }

    /// Who was not heard of for long leaves. Answers that as an update.
    pub fn expire(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.part(|known| now.saturating_sub(known.heard) > PATIENCE)
    }

    /// Nobody is there.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    fn part(&mut self, who: impl Fn(&Known) -> bool) -> Option<Vec<u8>> {
        let mut left = Vec::new();
        self.known.retain(|client, known| {
            let goes = who(known);
            if goes && known.state != LEFT {
                left.push(Heard { client: *client, clock: known.clock, state: LEFT.to_owned() });
            }
            !goes
        });
        written(&left)
    }

    fn put(&mut self, one: &Heard, via: &str, now: Duration) -> bool {
        let full = self.known.len() >= MOST;
        match self.known.get_mut(&one.client) {
            // Nobody speaks for somebody who is heard elsewhere.
            Some(known) if known.via != via => false,
            Some(known) if one.clock > known.clock || one.clock == known.clock && one.state == LEFT && known.state != LEFT => {
                (known.clock, known.heard) = (one.clock, now);
                known.state.clone_from(&one.state);
                true
            }
            Some(_) => false,
            None if full || one.state == LEFT => false,
            None => {
                let known = Known { clock: one.clock, state: one.state.clone(), via: via.to_owned(), heard: now };
                self.known.insert(one.client, known);
                true
            }
        }
    }
}

impl Known {
    fn heard(&self, client: u64) -> Heard {
        Heard { client, clock: self.clock, state: self.state.clone() }
    }
}

/// Reads an awareness update.
pub fn read(update: &[u8]) -> Result<Vec<Heard>, CaseError> {
    let why = |text: &str| CaseError::Undecodable(text.to_owned());
    if update.len() > LONGEST_UPDATE {
        return Err(CaseError::TooLarge(update.len()));
    }
    let cut = || why("it is cut short, or says nothing about who is there");
    let mut rest = update;
    let count = number(&mut rest).ok_or_else(cut)?;
    let mut heard = Vec::new();
    for _ in 0..count {
        let (client, clock) = (number(&mut rest).ok_or_else(cut)?, number(&mut rest).ok_or_else(cut)?);
        let length = number(&mut rest).and_then(|length| usize::try_from(length).ok()).ok_or_else(cut)?;
        if length > LONGEST {
            return Err(why("somebody says more about where they are than fits"));
        }
        let (state, behind) = rest.split_at_checked(length).ok_or_else(cut)?;
        let state = std::str::from_utf8(state).map_err(|_| why("it is no text"))?;
        serde_json::from_str::<IgnoredAny>(state).map_err(|_| why("it is no JSON"))?;
        heard.push(Heard { client, clock, state: state.trim().to_owned() });
        rest = behind;
    }
    if rest.is_empty() { Ok(heard) } else { Err(why("something stands behind it")) }
}

/// Writes an awareness update; none for nobody.
pub fn written(heard: &[Heard]) -> Option<Vec<u8>> {
    if heard.is_empty() {
        return None;
    }
    let mut out = Vec::new();
    put_number(&mut out, heard.len() as u64);
    for one in heard {
        put_number(&mut out, one.client);
        put_number(&mut out, one.clock);
        put_number(&mut out, one.state.len() as u64);
        out.extend(one.state.as_bytes());
    }
    Some(out)
}

/// A number of any length: seven bits a byte, the lowest first.
pub fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..63).step_by(7) {
        let (first, behind) = rest.split_first()?;
        *rest = behind;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Writes a number as [`number`] reads it.
pub fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn update(client: u64, clock: u64, state: &str) -> Vec<u8> {
        written(&[Heard { client, clock, state: state.to_owned() }]).unwrap()
    }

    const NOW: Duration = Duration::from_secs(100);

    #[test]
    fn the_higher_clock_counts_and_who_left_is_gone() {
        let mut here = Presence::default();
        assert_eq!(here.take(&update(7, 2, "{\"a\":1}"), "relay", NOW), Ok(Some(update(7, 2, "{\"a\":1}"))));
        assert_eq!(here.take(&update(7, 1, "{\"a\":0}"), "relay", NOW), Ok(None));
        assert_eq!(here.take(&update(7, 2, "{\"a\":2}"), "relay", NOW), Ok(None));
        assert_eq!(here.without("window"), Some(update(7, 2, "{\"a\":1}")));
        assert_eq!(here.without("relay"), None);
        assert_eq!(here.take(&update(7, 2, "null"), "relay", NOW), Ok(Some(update(7, 2, "null"))));
        assert_eq!(here.without("window"), None);
    }

    #[test]
    fn nobody_speaks_for_somebody_heard_elsewhere() {
        let mut here = Presence::default();
        here.take(&update(7, 1, "{}"), "window", NOW).unwrap();
        assert_eq!(here.take(&update(7, 9, "null"), "relay", NOW), Ok(None));
        assert_eq!(here.only("window"), Some(update(7, 1, "{}")));
    }

    #[test]
    fn a_line_that_falls_silent_takes_its_people_with_it() {
        let mut here = Presence::default();
        here.take(&update(7, 3, "{}"), "relay", NOW).unwrap();
        here.take(&update(8, 1, "{}"), "window", NOW).unwrap();
        assert_eq!(here.leave("relay"), Some(update(7, 3, "null")));
        assert_eq!(here.expire(NOW + PATIENCE), None);
        assert_eq!(here.expire(NOW + PATIENCE * 2), Some(update(8, 1, "null")));
        assert!(here.is_empty());
    }

    #[test]
    fn what_is_foreign_is_bounded_and_must_be_json() {
        let mut here = Presence::default();
        for bad in [&b"\x01"[..], b"", &[0xff; 12], &update(1, 1, "{"), &update(1, 1, &format!("\"{}\"", "x".repeat(LONGEST)))] {
            assert!(here.take(bad, "relay", NOW).is_err());
        }
        assert!(here.take(&[update(1, 1, "{}"), vec![0]].concat(), "relay", NOW).is_err());
        let many: Vec<Heard> = (0..1000).map(|client| Heard { client, clock: 1, state: "{}".to_owned() }).collect();
        here.take(&written(&many).unwrap(), "relay", NOW).unwrap();
        assert_eq!(read(&here.without("").unwrap()).unwrap().len(), MOST);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(clients in prop::collection::vec((any::<u32>(), 0u64..1 << 50, "[a-z]{0,20}"), 1..9)) {
            let heard: Vec<Heard> = clients.into_iter()
                .map(|(client, clock, text)| Heard { client: client.into(), clock, state: format!("{{\"name\":\"{text}\"}}") }).collect();
            let bytes = written(&heard).unwrap();
            prop_assert_eq!(read(&bytes).unwrap(), heard);
            for cut in 0..bytes.len() {
                prop_assert!(read(&bytes[..cut]).is_err());
            }
        }

        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            Presence::default().take(&bytes, "relay", NOW).ok();
        }
    }
}
