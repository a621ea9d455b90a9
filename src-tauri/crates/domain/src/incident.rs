//! An incident: entries folded, in clock order, into what people see. The same entries fold to the same incident, in
//! whatever order and however often they arrive.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::entry::{Cause, Entry, Event, SloRef};
use crate::impact::Impact;
use crate::policy::Grade;

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
    /// When it was declared.
    pub declared_at: DateTime<Utc>,
    /// Entries in clock order, each once.
    pub entries: Vec<Entry>,
}

/// Folds the entries of one incident; `None` while its declaration has not arrived.
pub fn fold(entries: impl IntoIterator<Item = Entry>) -> Option<Incident> {
    let ordered: BTreeMap<_, Entry> = entries.into_iter().map(|e| ((e.hlc.clone(), e.id.clone()), e)).collect();
    let mut incident: Option<Incident> = None;
    let mut waiting = Vec::new();
    for entry in ordered.into_values() {
        match &mut incident {
            None => match begun(&entry) {
                Some(mut begun) => {
                    begun.entries.splice(0..0, waiting.drain(..));
                    incident = Some(begun);
                }
                None => waiting.push(entry),
            },
            Some(incident) => incident.take(entry),
        }
    }
    incident
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
        declared_at: entry.at,
        entries: vec![entry.clone()],
    })
}

impl Incident {
    fn take(&mut self, entry: Entry) {
        match Event::of(&entry) {
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
            Some(Event::Turned { .. } | Event::Declared { .. }) | None => {}
        }
        self.entries.push(entry);
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
