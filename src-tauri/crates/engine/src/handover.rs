//! The note that is handed over at a change of shift, made from what happened: incidents, turns, what still burns, what is open.
//! It is written anew whenever it is asked for, so it never says less than the store knows.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use firewatch_domain::incident::Incident;
use firewatch_domain::minute::Minute;
use firewatch_domain::oncall::{Duty, on_call};
use firewatch_domain::words;
use firewatch_store::Tx;

use crate::roster::Roster;
use crate::show::rfc3339;
use crate::view::{HandoverNote, Settings, SloRow};
use crate::{Engine, EngineError};

/// Span of a note where no shift is known.
const USUAL: chrono::Duration = chrono::Duration::hours(24);
/// Longest span of a note.
const LONGEST: chrono::Duration = chrono::Duration::days(35);
/// Lines of one part.
const MOST: usize = 60;
/// Turns looked through per SLO.
const TURNS: u32 = 500;

impl Engine {
    /// A note about a span; without one about the shift that lasts, or else the one that ended last. Times as RFC 3339 or unix
    /// seconds.
    pub fn handover(&self, from: Option<&str>, to: Option<&str>) -> Result<HandoverNote, EngineError> {
        let time = |text: Option<&str>| -> Result<Option<DateTime<Utc>>, EngineError> {
            Ok(text.map(crate::room::unix_s).transpose()?.and_then(|s| DateTime::from_timestamp(s, 0)))
        };
        let (from, to, now) = (time(from)?, time(to)?, self.now());
        let rows = self.watch_page()?.slos;
        self.read(|tx| {
            let roster = self.roster(tx, &Settings::of(tx)?)?;
            let (shift_from, shift_to) = latest_shift(&roster, now);
            let (from, to) = (from.unwrap_or(shift_from), to.unwrap_or(shift_to).min(now));
            if from >= to || to - from > LONGEST {
                return Err(EngineError::Invalid(
                    "a note is about a span of at most 35 days that has begun; give its beginning and its end".to_owned(),
                ));
            }
            let mut parts = vec![head(&roster, from, to, now)];
            let incidents = self.all_incidents(tx)?;
            parts.push(part("Incidents", "None.", incidents.iter().filter(|i| touches(i, from, to)).map(|i| incident_line(i, now))));
            let wrong = rows.iter().filter(|row| row.state != "calm");
            parts.push(part("Not calm now", "Everything is calm.", wrong.map(state_line)));
            parts.push(part("Turned for the worse", "Nothing.", turns(tx, &rows, from, to, now)?.into_iter()));
            let inbox = tx.inbox(500)?;
            let open =
                inbox.iter().filter(|a| a.pages && a.acknowledged_at_s.is_none() && (from.timestamp()..to.timestamp()).contains(&a.at_s));
            parts.push(part(
                "Pages nobody acknowledged",
                "None.",
                open.map(|a| format!("{} {}", clock_s(a.at_s, now), words::plain(&a.title, 160))),
            ));
            let acts = tx.open_acts(&tx.meta("replica")?.unwrap_or_default())?;
            if !acts.is_empty() {
                let lines = acts.iter().map(|act| format!("{} to {}: {}", act.kind.replace('_', " "), act.destination, act.state.word()));
                parts.push(part("Still to go out", "Nothing.", lines));
            }
            Ok(HandoverNote { from: rfc3339(from), to: rfc3339(to), text: parts.join("\n\n") })
        })
    }
}

fn latest_shift(roster: &Roster, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    if let Duty::On { since, .. } = roster.duty(now) {
        return (since, now);
    }
    let ended = roster.mine.iter().filter(|(_, to)| *to <= now).max_by_key(|(_, to)| *to);
    ended.copied().unwrap_or((now - USUAL, now))
}

fn head(roster: &Roster, from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let zone = |at: DateTime<Utc>| at.with_timezone(&chrono::Local).format("%a %-d %b %Y %H:%M %:z").to_string();
    let names = |at: DateTime<Utc>| {
        let people = on_call(&roster.shifts, &roster.calendars, at).into_iter().map(|shift| words::plain(&shift.person, 80));
        people.collect::<Vec<_>>().join(", ")
    };
    let mut lines = vec![format!("Hand-over: {} to {}", zone(from), zone(to))];
    for (word, who) in [("On call", names(from)), ("Now", names(now))] {
        if !who.is_empty() {
            lines.push(format!("{word}: {who}"));
        }
    }
    lines.join("\n")
}

fn part(title: &str, nothing: &str, lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<String> = lines.collect();
    let (count, more) = (lines.len(), lines.len().saturating_sub(MOST));
    lines.truncate(MOST);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    if count == 0 {
        return format!("{title}\n{nothing}");
    }
    format!("{title} ({count})\n{}", lines.into_iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"))
}

/// Declared, alive or ended within the span.
fn touches(incident: &Incident, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
    let last = incident.entries.last().map_or(incident.declared_at, |entry| entry.at);
    incident.declared_at < to && (incident.phase.open() || last >= from)
}

fn incident_line(incident: &Incident, now: DateTime<Utc>) -> String {
    let mut text = format!(
        "{} {} ({}), declared {}",
        incident.severity.word(),
        words::plain(&incident.title, 160),
        incident.phase.word(),
        words::clock(incident.declared_at, now)
    );
    if let Some(at) = incident.times.resolved {
        let _ = write!(text, ", resolved {}", words::clock(at, now));
    }
    if let Some(commander) = incident.roles.get("commander") {
        let _ = write!(text, ", commander {}", words::plain(commander, 80));
    }
    let streams = incident.streams.iter().filter(|stream| stream.outcome.is_none()).map(|stream| {
        let owner = if stream.owner.is_empty() { "nobody" } else { &stream.owner };
        format!("{} ({})", words::plain(&stream.title, 80), words::plain(owner, 80))
    });
    let streams: Vec<String> = streams.collect();
    if incident.phase.open() && !streams.is_empty() {
        let _ = write!(text, "; open streams: {}", streams.join(", "));
    }
    text
}

fn state_line(row: &SloRow) -> String {
    let why = row.reason.as_ref().map_or_else(String::new, |why| format!(": {}", words::plain(why, 160)));
    format!("{} ({}) is {}{why}", words::plain(&row.title, 100), row.environment, row.state)
}

fn turns(tx: &Tx<'_>, rows: &[SloRow], from: DateTime<Utc>, to: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<String>, EngineError> {
    let (from, to) = (Minute::containing(from), Minute::containing(to));
    let mut found = Vec::new();
    for row in rows {
        let worse = tx.turns(&row.id, TURNS)?.into_iter().filter(|t| t.turn.worsens() && from <= t.at && t.at <= to);
        found.extend(
            worse.map(|t| {
                (t.at, format!("{} {} {}", clock_s(t.at.start_s(), now), words::plain(&row.title, 100), words::plain(&t.text, 160)))
            }),
        );
    }
    found.sort();
    Ok(found.into_iter().map(|(_, line)| line).collect())
}

fn clock_s(at_s: i64, now: DateTime<Utc>) -> String {
    DateTime::from_timestamp(at_s, 0).map_or_else(String::new, |at| words::clock(at, now))
}
