//! Folding entries into an incident. What an entry does depends on the entries before it in clock order alone, save strikes and
//! merges, which count wherever they stand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Done, Evidence, Incident, Offer, Phase, Room, Times};
use crate::entry::{Entry, Event, Hlc, Moment};
use crate::impact::Impact;
use crate::stream::Stream;

/// Folds the entries of one incident; `None` while its declaration has not arrived.
pub fn fold(entries: impl IntoIterator<Item = Entry>) -> Option<Incident> {
    let ordered = ordered(entries);
    let declared = ordered.values().find(|e| matches!(Event::of(e), Some(Event::Declared { .. })))?;
    let id = declared.incident.clone();
    folded(&id, ordered)
}

/// Folds the entries of an incident and of those merged into it, as one story; `None` while its declaration has not arrived.
pub fn fold_family(survivor: &str, entries: impl IntoIterator<Item = Entry>) -> Option<Incident> {
    folded(survivor, ordered(entries))
}

/// An entry's place: its clock, then its id, since clocks of strangers may agree.
type Place = (Hlc, String);

fn place(entry: &Entry) -> Place {
    (entry.hlc.clone(), entry.id.clone())
}

fn ordered(entries: impl IntoIterator<Item = Entry>) -> BTreeMap<Place, Entry> {
    entries.into_iter().map(|entry| (place(&entry), entry)).collect()
}

fn folded(id: &str, ordered: BTreeMap<Place, Entry>) -> Option<Incident> {
    // What was struck counts for nothing, wherever the strike stands in the order.
    let struck: BTreeMap<String, String> = ordered.values().filter_map(strike).collect();
    let declared = ordered.values().find(|entry| entry.incident == id && begun(entry).is_some())?;
    let (mut incident, first) = (begun(declared)?, declared.id.clone());
    incident.struck = struck;
    incident.entries = Vec::with_capacity(ordered.len());
    for entry in ordered.into_values() {
        if entry.id == first {
            incident.entries.push(entry);
        } else {
            incident.take(entry);
        }
    }
    incident.settle();
    Some(incident)
}

/// The entry that a strike strikes, and why.
fn strike(entry: &Entry) -> Option<(String, String)> {
    // Said by the kind before anything is parsed: every entry is asked.
    if entry.kind != "struck" {
        return None;
    }
    match Event::of(entry)? {
        Event::Struck { reason } => Some((entry.corrects.clone()?, reason)),
        _ => None,
    }
}

fn begun(entry: &Entry) -> Option<Incident> {
    let Some(Event::Declared { title, severity, slos, cause, drill, impact_s }) = Event::of(entry) else { return None };
    let since = cause.as_ref().map(|c| c.since_s).or(impact_s).and_then(|s| DateTime::from_timestamp(s, 0));
    let by_person = cause.is_none();
    let told = Times {
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
        entered: Phase::Investigating,
        roles: BTreeMap::new(),
        offered: BTreeMap::new(),
        checklist: Vec::new(),
        done: BTreeMap::new(),
        evidence: Vec::new(),
        reopened: 0,
        merged_into: None,
        joined: None,
        absorbed: Vec::new(),
        updated_at: None,
        slos,
        impacts: Vec::new(),
        cause,
        drill,
        times: told,
        told,
        timed: BTreeMap::new(),
        streams: Vec::new(),
        efforts: Vec::new(),
        room: None,
        corrected: BTreeMap::new(),
        starred: BTreeSet::new(),
        struck: BTreeMap::new(),
        declared_at: entry.at,
        entries: Vec::new(),
    })
}

impl Incident {
    /// Folds entries that arrived since: the same as folding all of them. Cheap when they come after what is there, as nearly all do.
    #[must_use]
    pub fn with(mut self, more: Vec<Entry>) -> Self {
        let more: Vec<Entry> = ordered(more).into_values().collect();
        let last = self.entries.last().map(place);
        let follows = more.first().is_none_or(|first| last.is_none_or(|last| last < place(first)));
        if !follows || more.iter().any(|entry| entry.kind == "struck") {
            let (id, all) = (self.id.clone(), std::mem::take(&mut self.entries));
            return folded(&id, ordered(all.into_iter().chain(more))).unwrap_or(self);
        }
        for entry in more {
            self.take(entry);
        }
        self.settle();
        self
    }

    /// The same, as a member of a family that another incident speaks for.
    #[must_use]
    pub fn absorbed_by(mut self, survivor: &str) -> Self {
        self.joined = Some(survivor.to_owned());
        self.settle();
        self
    }

    fn take(&mut self, entry: Entry) {
        let holds = !self.struck.contains_key(&entry.id);
        let own = entry.incident == self.id;
        if !own && !self.absorbed.contains(&entry.incident) {
            self.absorbed.push(entry.incident.clone());
        }
        match Event::of(&entry).filter(|_| holds) {
            Some(event) if own => self.own(event, &entry),
            // What ended the merged incident ends this one as little as its declaration begins it.
            Some(Event::Phase { phase: Phase::Cancelled | Phase::Merged } | Event::Merged { .. }) | None => {}
            Some(Event::Declared { .. }) => self.absorb(&entry),
            Some(event) => self.own(event, &entry),
        }
        self.entries.push(entry);
    }

    fn own(&mut self, event: Event, entry: &Entry) {
        let at = entry.at;
        match event {
            Event::Corrected { text } => self.corrected.extend(entry.corrects.clone().map(|id| (id, text))),
            Event::Starred { starred } => self.star(entry.corrects.clone(), starred),
            Event::Effort { spell } if self.efforts.iter().all(|known| known.id != spell.id) => self.efforts.push(spell),
            Event::Timed { moment, at_s, reason } => self.time(moment, at_s, reason),
            Event::RoomOpened { url, note, destination, meeting } => {
                self.room = Some(Room { url, note, destination, meeting, closed: false });
            }
            Event::RoomClosed => self.room.iter_mut().for_each(|room| room.closed = true),
            Event::StreamOpened { stream, title, owner } => self.begin(stream, title, owner, at),
            Event::StreamOwned { stream, owner } => self.heard(&stream, at, |s| s.owner = owner),
            Event::StreamSaid { stream, text } => self.heard(&stream, at, |s| s.said = text),
            Event::StreamClosed { stream, outcome } => self.heard(&stream, at, |s| s.outcome = Some(outcome)),
            Event::Phase { phase } => self.enter(phase, at),
            Event::Reopened { phase, .. } => {
                self.reopened += 1;
                self.enter(phase, at);
            }
            Event::Severity { severity } => self.severity = severity,
            Event::Role { role, person } | Event::RoleConfirmed { role, person, .. } => self.give(role, person, at),
            Event::RoleOffered { role, person } => {
                self.offered.insert(role, Offer { person, by: entry.author.clone(), at });
            }
            Event::RoleDeclined { role, .. } => drop(self.offered.remove(&role)),
            Event::Checklist { items } => self.checklist = items,
            Event::Checked { item, done: true } => drop(self.done.insert(item, Done { by: entry.author.clone(), at })),
            Event::Checked { item, done: false } => drop(self.done.remove(&item)),
            Event::Evidence { hash, text } => self.evidence.push(Evidence { hash, text, at }),
            Event::Merged { into, .. } => self.joined = Some(into),
            Event::Acknowledged | Event::Note { .. } | Event::Attached { .. } => drop(self.told.acknowledged.get_or_insert(at)),
            Event::Update { .. } => {
                self.told.acknowledged.get_or_insert(at);
                self.updated_at = self.updated_at.max(Some(at));
            }
            Event::Turned { slo, .. } if !self.slos.contains(&slo) => self.slos.push(slo),
            Event::Impact { slo, from_s, to_s } => self.impacts.extend(Impact::of(slo, from_s, to_s)),
            Event::Turned { .. }
            | Event::Declared { .. }
            | Event::Marked { .. }
            | Event::Struck { .. }
            | Event::Effort { .. }
            | Event::GateOverridden { .. }
            | Event::FollowUp { .. }
            | Event::PostmortemState { .. }
            | Event::Reviewer { .. }
            | Event::ReviewerReleased { .. }
            | Event::PostmortemChecked { .. } => {}
        }
    }

    /// Another declaration of the same trouble: the earlier beginning, the graver severity, all SLOs.
    fn absorb(&mut self, entry: &Entry) {
        let Some(other) = begun(entry) else { return };
        self.severity = self.severity.min(other.severity);
        for slo in other.slos {
            if !self.slos.contains(&slo) {
                self.slos.push(slo);
            }
        }
        let earlier = |a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>| a.into_iter().chain(b).min();
        self.told.impact_start = earlier(self.told.impact_start, other.told.impact_start);
        self.told.detected = earlier(self.told.detected, other.told.detected);
        self.told.acknowledged = earlier(self.told.acknowledged, other.told.acknowledged);
        self.declared_at = self.declared_at.min(entry.at);
    }

    fn give(&mut self, role: String, person: String, at: DateTime<Utc>) {
        self.offered.remove(&role);
        if person.is_empty() {
            self.roles.remove(&role);
        } else {
            self.told.acknowledged.get_or_insert(at);
            self.roles.insert(role, person);
        }
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

    /// The latest word on a star counts.
    fn star(&mut self, entry: Option<String>, starred: bool) {
        match entry {
            Some(entry) if starred => drop(self.starred.insert(entry)),
            Some(entry) => drop(self.starred.remove(&entry)),
            None => {}
        }
    }

    /// A correction stands until it is taken back or made anew.
    fn time(&mut self, moment: Moment, at_s: Option<i64>, reason: String) {
        match at_s.and_then(|s| DateTime::from_timestamp(s, 0)) {
            Some(at) => drop(self.timed.insert(moment, (at, reason))),
            None => drop(self.timed.remove(&moment)),
        }
    }

    /// What somebody corrected goes before what the entries say; what was merged stays so, unless the other was merged into it.
    fn settle(&mut self) {
        self.merged_into = self.joined.clone().filter(|into| *into != self.id && !self.absorbed.contains(into));
        self.phase = if self.merged_into.is_some() { Phase::Merged } else { self.entered };
        self.times = self.told;
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
        self.entered = phase;
        let told = &mut self.told;
        told.acknowledged.get_or_insert(at);
        match phase {
            Phase::Investigating | Phase::Identified | Phase::Mitigating => (told.mitigated, told.resolved) = (None, None),
            Phase::Monitoring => {
                told.mitigated.get_or_insert(at);
                told.resolved = None;
            }
            Phase::Resolved => {
                told.mitigated.get_or_insert(at);
                told.resolved.get_or_insert(at);
            }
            Phase::Reviewed | Phase::Cancelled | Phase::Merged => {}
        }
    }
}
