//! An incident as shown.

use chrono::{DateTime, SecondsFormat, Utc};
use firewatch_domain::entry::{Entry, Event};
use firewatch_domain::incident::Incident;
use firewatch_domain::update::due;

use crate::view::{EntryRow, IncidentTimes, IncidentView};

/// RFC 3339 in whole seconds.
pub(crate) fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Unix seconds as RFC 3339.
pub(crate) fn rfc3339_s(seconds: i64) -> String {
    rfc3339(DateTime::from_timestamp(seconds, 0).unwrap_or_default())
}

/// The whole incident.
pub(crate) fn incident_view(incident: &Incident) -> IncidentView {
    let t = &incident.times;
    let time = |at: Option<DateTime<Utc>>| at.map(rfc3339);
    IncidentView {
        id: incident.id.clone(),
        title: incident.title.clone(),
        severity: incident.severity.word().to_owned(),
        phase: incident.phase.word().to_owned(),
        roles: incident.roles.clone(),
        slos: names(incident),
        times: IncidentTimes {
            impact_start: time(t.impact_start),
            detected: time(t.detected),
            acknowledged: time(t.acknowledged),
            mitigated: time(t.mitigated),
            resolved: time(t.resolved),
        },
        entries: incident.entries.iter().map(entry_row).collect(),
        followups: Vec::new(),
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

fn instant(s: i64) -> String {
    DateTime::from_timestamp(s, 0).map(rfc3339).unwrap_or_default()
}

fn entry_row(entry: &Entry) -> EntryRow {
    let text = match Event::of(entry) {
        Some(Event::Declared { title, severity, cause, .. }) => {
            let by = if cause.is_some() { " by policy" } else { "" };
            format!("declared{by} as {}: {title}", severity.word())
        }
        Some(Event::Note { text } | Event::Update { text, .. }) => text,
        Some(Event::Phase { phase }) => format!("phase is {}", phase.word()),
        Some(Event::Severity { severity }) => format!("severity is {}", severity.word()),
        Some(Event::Role { role, person }) if person.is_empty() => format!("{role} is open"),
        Some(Event::Role { role, person }) => format!("{role} is {person}"),
        Some(Event::Turned { slo, text, .. }) => format!("{} {text}", slo.name),
        Some(Event::Impact { slo, from_s, to_s }) => {
            format!("{} suffered from it from {} to {}", slo.name, instant(from_s), instant(to_s))
        }
        Some(Event::Acknowledged) => "acknowledged".to_owned(),
        None => format!("written by a newer Firewatch ({})", entry.kind),
    };
    EntryRow { id: entry.id.clone(), at: rfc3339(entry.at), author: entry.author.clone(), kind: entry.kind.clone(), text }
}
