//! An incident: entries folded, in clock order, into what people see. The same entries fold to the same incident, in
//! whatever order and however often they arrive.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::entry::{Cause, Entry, Event, Moment, SloRef};
use crate::impact::Impact;
use crate::policy::Grade;
use crate::stream::Stream;

/// Where an incident is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// What is it?
    Investigating,
    /// We know.
    Identified,
    /// We act.
    Mitigating,
    /// We watch whether it holds.
    Monitoring,
    /// It is over.
    Resolved,
    /// We learned.
    Reviewed,
    /// It was none.
    Cancelled,
    /// It belongs to another.
    Merged,
}

impl Phase {
    /// All, in order.
    pub const ALL: [Self; 8] = [
        Self::Investigating,
        Self::Identified,
        Self::Mitigating,
        Self::Monitoring,
        Self::Resolved,
        Self::Reviewed,
        Self::Cancelled,
        Self::Merged,
    ];

    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Mitigating => "mitigating",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Reviewed => "reviewed",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == text.trim().to_ascii_lowercase())
    }

    /// Somebody should still be at it.
    pub fn open(self) -> bool {
        matches!(self, Self::Investigating | Self::Identified | Self::Mitigating | Self::Monitoring)
    }
}

/// The derived times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// When customers began to suffer: the fire's start, when a fire opened it.
    pub impact_start: Option<DateTime<Utc>>,
    /// When it was noticed.
    pub detected: Option<DateTime<Utc>>,
    /// When a person took it.
    pub acknowledged: Option<DateTime<Utc>>,
    /// When customers stopped suffering.
    pub mitigated: Option<DateTime<Utc>>,
    /// When it was over.
    pub resolved: Option<DateTime<Utc>>,
}

/// An incident as folded.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// How grave.
    pub severity: Grade,
    /// Phase.
    pub phase: Phase,
    /// Person by role.
    pub roles: BTreeMap<String, String>,
    /// SLOs concerned.
    pub slos: Vec<SloRef>,
    /// Spans in which an SLO suffered, as somebody laid them to it; beside what its own times say.
    pub impacts: Vec<Impact>,
    /// What opened it, if a policy did.
    pub cause: Option<Cause>,
    /// Declared in the drill.
    pub drill: bool,
    /// Times.
    pub times: Times,
    /// Times that somebody corrected, and why; the times above follow them.
    pub timed: BTreeMap<Moment, (DateTime<Utc>, String)>,
    /// Lines of investigation, in the order they were begun.
    pub streams: Vec<Stream>,
    /// Where people meet.
    pub room: Option<Room>,
    /// Entries whose text reads otherwise now, by id.
    pub corrected: BTreeMap<String, String>,
    /// Entries that do not hold, by id, with why.
    pub struck: BTreeMap<String, String>,
    /// When it was declared.
    pub declared_at: DateTime<Utc>,
    /// Entries in clock order, each once.
    pub entries: Vec<Entry>,
}

/// Where people meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Link.
    pub url: String,
    /// Passcode, a number to dial; empty for none.
    pub note: String,
    /// Destination that made it; empty for a link.
    pub destination: String,
    /// Its id at the destination; empty for a link.
    pub meeting: String,
    /// Nobody meets there any more.
    pub closed: bool,
}

/// Folds the entries of one incident; `None` while its declaration has not arrived.
pub fn fold(entries: impl IntoIterator<Item = Entry>) -> Option<Incident> {
    let ordered: BTreeMap<_, Entry> = entries.into_iter().map(|e| ((e.hlc.clone(), e.id.clone()), e)).collect();
    // What was struck counts for nothing, wherever the strike stands in the order.
    let struck: BTreeMap<String, String> = ordered.values().filter_map(strike).collect();
    let mut incident: Option<Incident> = None;
    let mut waiting = Vec::new();
    for entry in ordered.into_values() {
        match &mut incident {
            None => match begun(&entry) {
                Some(mut begun) => {
                    begun.struck.clone_from(&struck);
                    begun.entries.splice(0..0, waiting.drain(..));
                    incident = Some(begun);
                }
                None => waiting.push(entry),
            },
            Some(incident) => incident.take(entry),
        }
    }
    incident.iter_mut().for_each(Incident::correct_times);
    incident
}

/// The entry that a strike strikes, and why.
fn strike(entry: &Entry) -> Option<(String, String)> {
    match Event::of(entry)? {
        Event::Struck { reason } => Some((entry.corrects.clone()?, reason)),
        _ => None,
    }
}

fn begun(entry: &Entry) -> Option<Incident> {
    let Some(Event::Declared { title, severity, slos, cause, drill, impact_s }) = Event::of(entry) else { return None };
    let since = cause.as_ref().map(|c| c.since_s).or(impact_s).and_then(|s| DateTime::from_timestamp(s, 0));
    let by_person = cause.is_none();
    let times = Times {
        impact_start: since,
        detected: Some(since.filter(|_| !by_person).unwrap_or(entry.at)),
        acknowledged: by_person.then_some(entry.at),
        ..Times::default()
    };
    Some(Incident {
        id: entry.incident.clone(),
        title,
        severity,
        phase: Phase::Investigating,
        roles: BTreeMap::new(),
        slos,
        impacts: Vec::new(),
        cause,
        drill,
        times,
        timed: BTreeMap::new(),
        streams: Vec::new(),
        room: None,
        corrected: BTreeMap::new(),
        struck: BTreeMap::new(),
        declared_at: entry.at,
        entries: vec![entry.clone()],
    })
}

impl Incident {
    fn take(&mut self, entry: Entry) {
        let holds = !self.struck.contains_key(&entry.id);
        match Event::of(&entry).filter(|_| holds) {
            Some(Event::Corrected { text }) => self.corrected.extend(entry.corrects.clone().map(|id| (id, text))),
            Some(Event::Timed { moment, at_s, reason }) => self.time(moment, at_s, reason),
            Some(Event::RoomOpened { url, note, destination, meeting }) => {
                self.room = Some(Room { url, note, destination, meeting, closed: false });
            }
            Some(Event::RoomClosed) => self.room.iter_mut().for_each(|room| room.closed = true),
            Some(Event::StreamOpened { stream, title, owner }) => self.begin(stream, title, owner, entry.at),
            Some(Event::StreamOwned { stream, owner }) => self.heard(&stream, entry.at, |s| s.owner = owner),
            Some(Event::StreamSaid { stream, text }) => self.heard(&stream, entry.at, |s| s.said = text),
            Some(Event::StreamClosed { stream, outcome }) => self.heard(&stream, entry.at, |s| s.outcome = Some(outcome)),
            Some(Event::Phase { phase }) => self.enter(phase, entry.at),
            Some(Event::Severity { severity }) => self.severity = severity,
            Some(Event::Role { role, person }) if person.is_empty() => {
                self.roles.remove(&role);
            }
            Some(Event::Role { role, person }) => {
                self.times.acknowledged.get_or_insert(entry.at);
                self.roles.insert(role, person);
            }
            Some(Event::Acknowledged | Event::Note { .. } | Event::Update { .. }) => {
                self.times.acknowledged.get_or_insert(entry.at);
            }
            Some(Event::Turned { slo, .. }) if !self.slos.contains(&slo) => self.slos.push(slo),
            Some(Event::Impact { slo, from_s, to_s }) => self.impacts.extend(Impact::of(slo, from_s, to_s)),
            Some(Event::Turned { .. } | Event::Declared { .. } | Event::Marked { .. } | Event::Struck { .. }) | None => {}
        }
        self.entries.push(entry);
    }

    fn begin(&mut self, id: String, title: String, owner: String, at: DateTime<Utc>) {
        if self.streams.iter().all(|s| s.id != id) {
            self.streams.push(Stream { id, title, owner, heard_at: at, said: String::new(), outcome: None });
        }
    }

    fn heard(&mut self, id: &str, at: DateTime<Utc>, change: impl FnOnce(&mut Stream)) {
        if let Some(stream) = self.streams.iter_mut().find(|s| s.id == id) {
            change(stream);
            stream.heard_at = stream.heard_at.max(at);
        }
    }

    /// A correction stands until it is taken back or made anew.
    fn time(&mut self, moment: Moment, at_s: Option<i64>, reason: String) {
        match at_s.and_then(|s| DateTime::from_timestamp(s, 0)) {
            Some(at) => drop(self.timed.insert(moment, (at, reason))),
            None => drop(self.timed.remove(&moment)),
        }
    }

    /// What somebody corrected goes before what the entries say.
    fn correct_times(&mut self) {
        for (moment, (at, _)) in &self.timed {
            let time = match moment {
                Moment::ImpactStart => &mut self.times.impact_start,
                Moment::Detected => &mut self.times.detected,
                Moment::Acknowledged => &mut self.times.acknowledged,
                Moment::Mitigated => &mut self.times.mitigated,
                Moment::Resolved => &mut self.times.resolved,
            };
            *time = Some(*at);
        }
    }

    /// Reopening clears the times it makes untrue.
    fn enter(&mut self, phase: Phase, at: DateTime<Utc>) {
        self.phase = phase;
        self.times.acknowledged.get_or_insert(at);
        match phase {
            Phase::Investigating | Phase::Identified | Phase::Mitigating => (self.times.mitigated, self.times.resolved) = (None, None),
            Phase::Monitoring => {
                self.times.mitigated.get_or_insert(at);
                self.times.resolved = None;
            }
            Phase::Resolved => {
                self.times.mitigated.get_or_insert(at);
                self.times.resolved.get_or_insert(at);
            }
            Phase::Reviewed | Phase::Cancelled | Phase::Merged => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Hlc;

    fn entry(n: i64, event: &Event) -> Entry {
        let (kind, payload) = event.stored();
        let hlc = Hlc { wall_ms: n, counter: 0, replica: "r".to_owned() };
        let at = DateTime::from_timestamp(n, 0).unwrap();
        Entry { id: n.to_string(), incident: "i".to_owned(), at, hlc, author: "me".to_owned(), kind, version: 1, payload, corrects: None }
    }

    fn story() -> Vec<Entry> {
        let declared = Event::Declared {
            title: "Settings".to_owned(),
            severity: Grade::Sev2,
            slos: vec![],
            cause: Some(Cause { slo: "s".to_owned(), since_s: 1 }),
            drill: false,
            impact_s: None,
        };
        vec![
            entry(10, &declared),
            entry(20, &Event::Role { role: "commander".to_owned(), person: "me".to_owned() }),
            entry(30, &Event::Phase { phase: Phase::Monitoring }),
            entry(40, &Event::Phase { phase: Phase::Resolved }),
        ]
    }

    #[test]
    fn times_are_derived() {
        let incident = fold(story()).unwrap();
        let s = |t: Option<DateTime<Utc>>| t.map(|t| t.timestamp());
        let t = incident.times;
        assert_eq!(
            [s(t.impact_start), s(t.detected), s(t.acknowledged), s(t.mitigated), s(t.resolved)],
            [Some(1), Some(1), Some(20), Some(30), Some(40)]
        );
        let mut reopened = story();
        reopened.push(entry(50, &Event::Phase { phase: Phase::Mitigating }));
        assert_eq!(fold(reopened).unwrap().times.resolved, None);
    }

    #[test]
    fn corrections_go_before_what_the_entries_say() {
        let mut entries = story();
        let moment = Moment::Mitigated;
        entries.push(entry(50, &Event::Timed { moment, at_s: Some(25), reason: "the flag was off by then".to_owned() }));
        let corrected = fold(entries.clone()).unwrap();
        assert_eq!(corrected.times.mitigated.map(|t| t.timestamp()), Some(25));
        assert!(corrected.timed[&moment].1.contains("flag"));
        entries.push(entry(60, &Event::Timed { moment, at_s: None, reason: String::new() }));
        assert_eq!(fold(entries).unwrap().times.mitigated.map(|t| t.timestamp()), Some(30));
    }

    #[test]
    fn what_was_struck_counts_no_more() {
        let mut entries = story();
        let strike = Entry { corrects: Some("40".to_owned()), ..entry(50, &Event::Struck { reason: "wrong window".to_owned() }) };
        entries.push(strike);
        let incident = fold(entries).unwrap();
        assert_eq!((incident.phase, incident.times.resolved), (Phase::Monitoring, None));
        assert_eq!(incident.struck["40"], "wrong window");
        assert!(incident.entries.iter().any(|e| e.id == "40"), "it stays in the list");
    }

    #[test]
    fn streams_are_heard_and_go_quiet() {
        let opened = Event::StreamOpened { stream: "s1".to_owned(), title: "database".to_owned(), owner: String::new() };
        let said = Event::StreamSaid { stream: "s1".to_owned(), text: "locks".to_owned() };
        let mut entries = story();
        entries.extend([
            entry(50, &opened),
            entry(60, &Event::StreamOwned { stream: "s1".to_owned(), owner: "me".to_owned() }),
            entry(70, &said),
        ]);
        let stream = fold(entries).unwrap().streams.remove(0);
        assert_eq!((stream.owner.as_str(), stream.said.as_str(), stream.heard_at.timestamp()), ("me", "locks", 70));
        let at = |s| DateTime::from_timestamp(s, 0).unwrap();
        assert!(!stream.quiet(Grade::Sev2, at(70 + 29 * 60)) && stream.quiet(Grade::Sev2, at(70 + 30 * 60)));
    }

    #[test]
    fn unknown_kinds_are_kept() {
        let mut entries = story();
        let mut strange = entry(35, &Event::Acknowledged);
        strange.kind = "hologram".to_owned();
        entries.push(strange);
        assert!(fold(entries).unwrap().entries.iter().any(|e| e.kind == "hologram"));
    }

    proptest::proptest! {
        #[test]
        fn any_order_and_any_repetition_fold_to_the_same(seed in proptest::collection::vec(0_usize..4, 4..24)) {
            let story = story();
            let mut shuffled: Vec<Entry> = seed.into_iter().map(|i| story[i].clone()).collect();
            shuffled.extend(story.iter().rev().cloned());
            proptest::prop_assert_eq!(fold(shuffled), fold(story));
        }
    }
}
