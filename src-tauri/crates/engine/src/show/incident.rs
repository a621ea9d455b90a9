//! An incident as shown.

use chrono::{DateTime, SecondsFormat, Utc};
use firewatch_domain::checklist::Item;
use firewatch_domain::entry::{Entry, Event};
use firewatch_domain::incident::{Evidence, Incident, Offer};
use firewatch_domain::policy::Grade;
use firewatch_domain::stream::{Stream, patience};
use firewatch_domain::update::due;

use crate::view::{CheckRow, EntryRow, EvidenceRow, FollowUpRow, IncidentTimes, IncidentView, OfferRow, RoomRow, StreamRow};

/// RFC 3339 in whole seconds.
pub(crate) fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Unix seconds as RFC 3339.
pub(crate) fn rfc3339_s(seconds: i64) -> String {
    rfc3339(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
}

/// The incident with the last entries of its timeline, all of them without `most`.
pub(crate) fn incident_view(incident: &Incident, most: Option<usize>, followups: Vec<FollowUpRow>) -> IncidentView {
    let before = most.map_or(0, |most| incident.entries.len().saturating_sub(most));
    let t = &incident.times;
    let time = |at: Option<DateTime<Utc>>| at.map(rfc3339);
    IncidentView {
        id: incident.id.clone(),
        title: incident.title.clone(),
        severity: incident.severity.word().to_owned(),
        phase: incident.phase.word().to_owned(),
        roles: incident.roles.clone(),
        offered: incident.offered.iter().map(|(role, offer)| (role.clone(), offer_row(offer))).collect(),
        checklist: incident.checklist.iter().map(|item| check_row(incident, item)).collect(),
        evidence: incident.evidence.iter().map(evidence_row).collect(),
        declared_at: rfc3339(incident.declared_at),
        reopened: incident.reopened,
        merged_into: incident.merged_into.clone(),
        absorbed: incident.absorbed.clone(),
        pressing: incident.pressing(),
        slos: names(incident),
        times: IncidentTimes {
            impact_start: time(t.impact_start),
            detected: time(t.detected),
            acknowledged: time(t.acknowledged),
            mitigated: time(t.mitigated),
            resolved: time(t.resolved),
        },
        corrected_times: incident.timed.iter().map(|(moment, (_, reason))| (moment.word().to_owned(), reason.clone())).collect(),
        streams: incident.streams.iter().map(|stream| stream_row(stream, incident.severity)).collect(),
        room: incident.room.as_ref().map(|room| RoomRow { url: room.url.clone(), note: room.note.clone(), closed: room.closed }),
        entries: incident.entries[before..].iter().map(|entry| entry_row(incident, entry)).collect(),
        entries_before: before as u32,
        amended: (incident.struck.len() + incident.entries.iter().filter(|entry| entry.corrects.is_some()).count()) as u32,
        followups,
        update_due: due(incident).map(rfc3339),
        drill: incident.drill,
        opened_by_policy: incident.cause.is_some(),
    }
}

/// SLOs it names, and those somebody laid to it.
fn names(incident: &Incident) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for slo in incident.slos.iter().chain(incident.impacts.iter().map(|i| &i.slo)) {
        if !names.contains(&slo.name) {
            names.push(slo.name.clone());
        }
    }
    names
}

fn offer_row(offer: &Offer) -> OfferRow {
    OfferRow { person: offer.person.clone(), by: offer.by.clone(), at: rfc3339(offer.at) }
}

fn check_row(incident: &Incident, item: &Item) -> CheckRow {
    let done = incident.done.get(&item.id);
    CheckRow {
        id: item.id.clone(),
        text: item.text.clone(),
        role: item.role.clone(),
        owner: incident.roles.get(&item.role).cloned().unwrap_or_default(),
        phase: item.phase.word().to_owned(),
        blocking: item.blocking,
        done_by: done.map(|done| done.by.clone()),
        done_at: done.map(|done| rfc3339(done.at)),
    }
}

fn evidence_row(evidence: &Evidence) -> EvidenceRow {
    EvidenceRow { hash: evidence.hash.clone(), text: evidence.text.clone(), at: rfc3339(evidence.at) }
}

fn stream_row(stream: &Stream, severity: Grade) -> StreamRow {
    StreamRow {
        id: stream.id.clone(),
        title: stream.title.clone(),
        owner: stream.owner.clone(),
        heard_at: rfc3339(stream.heard_at),
        said: stream.said.clone(),
        outcome: stream.outcome.clone(),
        quiet_at: rfc3339(stream.heard_at + patience(severity)),
    }
}

fn entry_row(incident: &Incident, entry: &Entry) -> EntryRow {
    let first = said(incident, entry);
    let corrected = incident.corrected.get(&entry.id);
    EntryRow {
        id: entry.id.clone(),
        at: rfc3339(entry.at),
        author: entry.author.clone(),
        kind: entry.kind.clone(),
        text: corrected.cloned().unwrap_or_else(|| first.clone()),
        before: corrected.map(|_| first),
        struck: incident.struck.get(&entry.id).cloned(),
        starred: incident.starred.contains(&entry.id),
        picture: picture(entry),
    }
}

/// The picture an entry is about.
fn picture(entry: &Entry) -> Option<String> {
    match Event::of(entry)? {
        Event::Attached { hash, .. } => Some(hash),
        _ => None,
    }
}

/// Hours of work are added up, never days: `81 h 20 min`.
pub(crate) fn length(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}

/// What an entry says now.
pub(crate) fn entry_text(incident: &Incident, entry: &Entry) -> String {
    incident.corrected.get(&entry.id).cloned().unwrap_or_else(|| said(incident, entry))
}

fn said(incident: &Incident, entry: &Entry) -> String {
    let stream = |id: &str| incident.streams.iter().find(|s| s.id == id).map_or("a stream", |s| s.title.as_str()).to_owned();
    match Event::of(entry) {
        Some(Event::StreamOpened { title, owner, .. }) if owner.is_empty() => format!("stream {title} begins"),
        Some(Event::StreamOpened { title, owner, .. }) => format!("stream {title} begins, owned by {owner}"),
        Some(Event::StreamOwned { stream: id, owner }) if owner.is_empty() => format!("stream {} is open", stream(&id)),
        Some(Event::StreamOwned { stream: id, owner }) => format!("stream {} is {owner}'s", stream(&id)),
        Some(Event::StreamSaid { stream: id, text }) => format!("{}: {text}", stream(&id)),
        Some(Event::StreamClosed { stream: id, outcome }) if outcome.is_empty() => format!("stream {} is closed", stream(&id)),
        Some(Event::StreamClosed { stream: id, outcome }) => format!("stream {} is closed: {outcome}", stream(&id)),
        Some(Event::Marked { mark, text }) => format!("{}: {text}", mark.word()),
        Some(Event::Corrected { .. }) => "an entry was corrected".to_owned(),
        Some(Event::Struck { reason }) => format!("an entry was struck: {reason}"),
        Some(Event::Timed { moment, at_s: Some(at_s), reason }) => format!("{} was at {}: {reason}", moment.word(), rfc3339_s(at_s)),
        Some(Event::Timed { moment, at_s: None, .. }) => format!("the correction of {} is taken back", moment.word()),
        Some(Event::RoomOpened { url, .. }) => format!("room opened: {url}"),
        Some(Event::RoomClosed) => "room closed".to_owned(),
        Some(Event::Declared { title, severity, cause, .. }) => {
            let by = if cause.is_some() { " by policy" } else { "" };
            format!("declared{by} as {}: {title}", severity.word())
        }
        Some(Event::Note { text } | Event::Update { text, .. } | Event::Evidence { text, .. }) => text,
        Some(Event::FollowUp { text, .. }) => format!("follow-up {text}"),
        Some(Event::Phase { phase }) => format!("phase is {}", phase.word()),
        Some(Event::Severity { severity }) => format!("severity is {}", severity.word()),
        Some(Event::Role { role, person }) if person.is_empty() => format!("{role} is open"),
        Some(Event::Role { role, person }) => format!("{role} is {person}"),
        Some(Event::Turned { slo, text, .. }) => format!("{} {text}", slo.name),
        Some(Event::Impact { slo, from_s, to_s }) => {
            format!("{} suffered from it from {} to {}", slo.name, rfc3339_s(from_s), rfc3339_s(to_s))
        }
        Some(Event::Attached { text, .. }) if text.is_empty() => "a picture".to_owned(),
        Some(Event::Attached { text, .. }) => format!("a picture: {text}"),
        Some(Event::Starred { starred: true }) => "an entry was starred".to_owned(),
        Some(Event::Starred { starred: false }) => "a star was taken back".to_owned(),
        Some(Event::Effort { spell }) => {
            let night = if spell.night > 0 { format!(", {} of it at night", length(spell.night)) } else { String::new() };
            let on = if spell.note.is_empty() { String::new() } else { format!(": {}", spell.note) };
            format!("{} worked {} from {}{night}{on}", spell.person, length(spell.minutes), rfc3339_s(spell.from_s))
        }
        Some(Event::Acknowledged) => "acknowledged".to_owned(),
        Some(Event::Checklist { items }) => format!("the checklist has {} items", items.len()),
        Some(Event::Checked { item, done }) => {
            let text = incident.checklist.iter().find(|i| i.id == item).map_or("an item of an earlier checklist", |i| i.text.as_str());
            format!("{}: {text}", if done { "done" } else { "open again" })
        }
        Some(Event::GateOverridden { phase, open, reason }) => {
            format!("moved to {} although {} was open: {reason}", phase.word(), open.join("; "))
        }
        Some(Event::RoleOffered { role, person }) => format!("{role} is handed to {person}, who has not confirmed yet"),
        Some(Event::RoleConfirmed { role, person, readback }) if readback.is_empty() => format!("{person} confirms: {role} is theirs"),
        Some(Event::RoleConfirmed { role, person, readback }) => format!("{person} confirms: {role} is theirs. Read back: {readback}"),
        Some(Event::RoleDeclined { role, person }) => format!("{person} does not take {role}"),
        Some(Event::Reopened { phase, reason }) if reason.is_empty() => format!("reopened, {}", phase.word()),
        Some(Event::Reopened { phase, reason }) => format!("reopened, {}: {reason}", phase.word()),
        Some(Event::Merged { into, reason }) => format!("merged into {}: {reason}", into.get(..8).unwrap_or(&into)),
        Some(Event::PostmortemState { state }) => format!("postmortem is {}", state.spoken()),
        Some(Event::Reviewer { person, approved: true }) => format!("{person} approved the postmortem"),
        Some(Event::Reviewer { person, approved: false }) => format!("{person} is to review the postmortem"),
        Some(Event::ReviewerReleased { person }) => format!("{person} need not review the postmortem"),
        Some(Event::PostmortemChecked { item, done: true }) => format!("checked for the postmortem: {item}"),
        Some(Event::PostmortemChecked { item, done: false }) => format!("open again for the postmortem: {item}"),
        None => format!("written by a newer Firewatch ({})", entry.kind),
    }
}
