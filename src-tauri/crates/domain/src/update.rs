//! Status updates: when the next one is due, and a first draft from what is known, as *Conditions, Actions, Needs*.
//!
//! A draft is only ever shown for editing; nothing is sent that the person has not seen.

use chrono::{DateTime, Duration, Utc};

use crate::entry::Event;
use crate::incident::{Incident, Phase};
use crate::policy::Grade;
use crate::stream::Stream;
use crate::words;

/// Notes and marks repeated in the short form.
const FEW: usize = 3;
/// The same in the long form; and streams.
const MORE: usize = 8;
/// Characters kept of a note.
const NOTE: usize = 240;
/// Characters kept of a title.
const NAME: usize = 80;

/// An SLO as an update tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SloLine {
    /// Title.
    pub title: String,
    /// State in a word.
    pub state: String,
    /// Why it is in its state.
    pub reason: Option<String>,
    /// Bad and all events of its window, where known.
    pub counts: Option<(f64, f64)>,
}

/// A draft in both lengths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// For those who want to know what customers feel and until when.
    pub business: String,
    /// With figures, people and what was tried.
    pub technical: String,
}

/// Time between two updates; none once it is over.
pub fn cadence(severity: Grade, phase: Phase) -> Option<Duration> {
    let minutes = match severity {
        Grade::Sev0 => 15,
        Grade::Sev1 => 30,
        Grade::Sev2 => 60,
        Grade::Sev3 => 240,
    };
    match phase {
        Phase::Investigating | Phase::Identified | Phase::Mitigating => Some(Duration::minutes(minutes)),
        // Customers suffer no more; what is left may take weeks.
        Phase::Monitoring => Some(Duration::days(1)),
        Phase::Resolved | Phase::Reviewed | Phase::Cancelled | Phase::Merged => None,
    }
}

/// When the next update is due: a cadence after the last one, or after the declaration.
pub fn due(incident: &Incident) -> Option<DateTime<Utc>> {
    let last = incident.updated_at.unwrap_or(incident.declared_at);
    cadence(incident.severity, incident.phase).map(|cadence| last + cadence)
}

/// A first draft.
pub fn draft(incident: &Incident, slos: &[SloLine], now: DateTime<Utc>) -> Draft {
    Draft { business: text(incident, slos, now, false), technical: text(incident, slos, now, true) }
}

fn text(incident: &Incident, slos: &[SloLine], now: DateTime<Utc>, technical: bool) -> String {
    let head = format!("{}: {} ({})", incident.severity.word(), words::plain(&incident.title, 200), incident.phase.word());
    let parts = [
        head,
        format!("Conditions: {}", conditions(incident, slos, now, technical)),
        format!("Actions: {}", actions(incident, technical)),
        format!("Needs: {}", needs(incident)),
        next(incident, now),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn conditions(incident: &Incident, slos: &[SloLine], now: DateTime<Utc>, technical: bool) -> String {
    let since = incident.times.impact_start.unwrap_or(incident.declared_at);
    let lasted = words::duration((incident.times.mitigated.unwrap_or(now) - since).num_seconds().max(0) as f64);
    let time = match incident.times.mitigated {
        Some(at) => format!("customers were affected from {} to {} UTC ({lasted}).", clock(since), clock(at)),
        None => format!("customers are affected since {} UTC ({lasted}).", clock(since)),
    };
    let lines = slos.iter().filter(|slo| technical || slo.state != "calm").map(|slo| {
        let why = slo.reason.as_deref().map_or_else(String::new, |reason| format!(", {}", words::plain(reason, 160)));
        let counts = slo.counts.filter(|_| technical);
        let counts = counts.map_or_else(String::new, |(bad, total)| format!("; {} bad of {}", words::count(bad), words::count(total)));
        format!(" {} is {}{why}{counts}.", words::plain(&slo.title, 80), slo.state)
    });
    time + &lines.collect::<String>()
}

/// What was noted and done to the system, as it stands now, then who looks into what.
fn actions(incident: &Incident, technical: bool) -> String {
    let told = incident.entries.iter().rev().filter(|entry| !incident.struck.contains_key(&entry.id)).filter_map(|entry| {
        let text = match Event::of(entry) {
            Some(Event::Note { text }) => text,
            Some(Event::Marked { mark, text }) => format!("{}: {text}", mark.word()),
            _ => return None,
        };
        Some((entry, incident.corrected.get(&entry.id).cloned().unwrap_or(text)))
    });
    let mut said: Vec<String> = told
        .take(if technical { MORE } else { FEW })
        .map(|(entry, text)| {
            let text = words::plain(&text, NOTE);
            if technical { format!("{} UTC {}: {text}", clock(entry.at), words::plain(&entry.author, 60)) } else { sentence(text) }
        })
        .collect();
    said.reverse();
    let open: Vec<&Stream> = open_streams(incident).take(MORE).collect();
    if technical {
        said.extend(open.into_iter().map(|stream| {
            let owner = if stream.owner.is_empty() { "nobody yet" } else { &stream.owner };
            let heard = if stream.said.is_empty() { "not heard from yet" } else { &stream.said };
            format!("{}, {}: {}", words::plain(&stream.title, NAME), words::plain(owner, 60), words::plain(heard, NOTE))
        }));
    } else if !open.is_empty() {
        said.push(format!("Looked into: {}.", titles(&open)));
    }
    if said.is_empty() { "we are finding out what it is.".to_owned() } else { said.join(if technical { "\n  " } else { " " }) }
}

fn needs(incident: &Incident) -> String {
    let roles: Vec<&str> = ["commander", "communications"].into_iter().filter(|role| !incident.roles.contains_key(*role)).collect();
    let streams: Vec<&Stream> = open_streams(incident).filter(|stream| stream.owner.is_empty()).take(MORE).collect();
    let somebody = (!roles.is_empty()).then(|| format!("somebody for {}", roles.join(" and ")));
    let owners = (!streams.is_empty()).then(|| format!("an owner for {}", titles(&streams)));
    let needs: Vec<String> = somebody.into_iter().chain(owners).collect();
    if needs.is_empty() { "nothing at the moment.".to_owned() } else { format!("{}.", needs.join("; ")) }
}

fn open_streams(incident: &Incident) -> impl Iterator<Item = &Stream> {
    incident.streams.iter().filter(|stream| stream.outcome.is_none())
}

/// Notes are written in a hurry; one after another they must not run into each other.
fn sentence(text: String) -> String {
    if text.ends_with(['.', '!', '?', '…', ':']) { text } else { text + "." }
}

fn titles(streams: &[&Stream]) -> String {
    streams.iter().map(|stream| words::plain(&stream.title, NAME)).collect::<Vec<_>>().join(", ")
}

fn next(incident: &Incident, now: DateTime<Utc>) -> String {
    cadence(incident.severity, incident.phase).map_or_else(String::new, |cadence| {
        let at = now + cadence;
        let day = if cadence < Duration::hours(12) { String::new() } else { format!("{} ", at.format("%Y-%m-%d")) };
        format!("Next update by {day}{} UTC.", clock(at))
    })
}

fn clock(at: DateTime<Utc>) -> String {
    at.format("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Entry, Hlc, Mark};
    use crate::incident::fold;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    fn entry(minute: i64, event: &Event) -> Entry {
        let (kind, payload) = event.stored();
        let hlc = Hlc { wall_ms: minute, counter: 0, replica: "r".to_owned() };
        Entry {
            id: minute.to_string(),
            incident: "i".to_owned(),
            at: at(minute),
            hlc,
            author: "me".to_owned(),
            kind,
            version: 1,
            payload,
            corrects: None,
        }
    }

    fn incident(more: &[(i64, Event)]) -> Incident {
        let declared = Event::Declared {
            title: "Settings slow".to_owned(),
            severity: Grade::Sev1,
            slos: vec![],
            cause: None,
            drill: false,
            impact_s: Some(at(-10).timestamp()),
        };
        fold(std::iter::once(entry(0, &declared)).chain(more.iter().map(|(m, e)| entry(*m, e)))).unwrap()
    }

    #[test]
    fn the_next_update_is_reckoned_from_the_last() {
        let update = |m| (m, Event::Update { text: "t".to_owned(), to: vec![] });
        assert_eq!(due(&incident(&[])), Some(at(30)));
        assert_eq!(due(&incident(&[update(12)])), Some(at(42)));
        assert_eq!(due(&incident(&[update(12), (20, Event::Phase { phase: Phase::Monitoring })])), Some(at(12 + 24 * 60)));
        assert_eq!(due(&incident(&[(20, Event::Phase { phase: Phase::Resolved })])), None);
    }

    #[test]
    fn a_draft_says_what_is_known_and_no_more() {
        let burning = SloLine {
            title: "First load".to_owned(),
            state: "burning".to_owned(),
            reason: Some("14× over 1 h and 5 min".to_owned()),
            counts: Some((5000.0, 1_810_422.0)),
        };
        let calm = SloLine { title: "Save".to_owned(), state: "calm".to_owned(), reason: None, counts: None };
        let note = Event::Note { text: "All integrations are asked one after another.".to_owned() };
        let draft = draft(&incident(&[(5, note)]), &[burning, calm], at(20));
        assert_eq!(
            draft.business,
            "SEV1: Settings slow (investigating)\nConditions: customers are affected since 07:50 UTC (30 min). First load is burning, 14× over 1 h and 5 min.\n\
             Actions: All integrations are asked one after another.\nNeeds: somebody for commander and communications.\nNext update by 08:50 UTC."
        );
        assert!(
            draft.technical.contains("5\u{2009}000 bad of 1\u{2009}810\u{2009}422") && draft.technical.contains("08:05 UTC me: All"),
            "{}",
            draft.technical
        );
    }

    #[test]
    fn a_draft_tells_what_was_done_who_looks_and_nothing_that_was_taken_back() {
        let note = |text: &str| Event::Note { text: text.to_owned() };
        let stream = |stream: &str, title: &str, owner: &str| Event::StreamOpened {
            stream: stream.to_owned(),
            title: title.to_owned(),
            owner: owner.to_owned(),
        };
        let about = |minute: i64, event: &Event, of: i64| Entry { corrects: Some(of.to_string()), ..entry(minute, event) };
        let rollback = Event::Marked { mark: Mark::Rollback, text: "Release 4.2 is back".to_owned() };
        let mut entries = vec![
            (4, note("A guess in the wrong window")),
            (5, note("Thirteen integrations, probably")),
            (6, stream("a", "Integrations", "Ada")),
            (7, stream("b", "Size of the answer", "")),
            (8, stream("c", "Network", "Bob")),
            (9, Event::StreamSaid { stream: "a".to_owned(), text: "asked one after another".to_owned() }),
            (10, Event::StreamClosed { stream: "c".to_owned(), outcome: "it is not that".to_owned() }),
            (11, rollback),
        ];
        entries.push((12, Event::Role { role: "commander".to_owned(), person: "Ada".to_owned() }));
        let known = incident(&entries).with(vec![
            about(13, &Event::Struck { reason: "wrong window".to_owned() }, 4),
            about(14, &Event::Corrected { text: "Thirteen integrations".to_owned() }, 5),
        ]);
        let draft = draft(&known, &[], at(20));
        assert!(
            draft.business.contains(
                "\nActions: Thirteen integrations. rollback: Release 4.2 is back. Looked into: Integrations, Size of the answer.\n"
            ),
            "{}",
            draft.business
        );
        for line in [
            "\n  08:11 UTC me: rollback: Release 4.2 is back",
            "\n  Integrations, Ada: asked one after another",
            "\n  Size of the answer, nobody yet: not heard from yet",
        ] {
            assert!(draft.technical.contains(line), "{}", draft.technical);
        }
        let needs = "\nNeeds: somebody for communications; an owner for Size of the answer.\n";
        assert!(draft.business.contains(needs) && draft.technical.contains(needs), "{}", draft.technical);
        assert!(!draft.technical.contains("wrong window") && !draft.technical.contains("probably"), "{}", draft.technical);
    }
}
