//! What the tray says, as plain values: built from the Watch page, compared before anything is sent to a panel.

use chrono::{DateTime, TimeZone};
use firewatch_domain::slo::journey_key;
use firewatch_domain::words;
use firewatch_engine::view::{Frame, JourneyRow, WatchPage};

use super::{Face, TrayAct};

/// Journeys named in the menu; the window has the rest.
const MOST_JOURNEYS: usize = 5;
const LONGEST_NAME: usize = 48;

/// Everything the tray shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrayModel {
    /// The picture.
    pub face: Face,
    /// Something worsened and nobody has acknowledged it.
    pub attention: bool,
    /// One line over everything.
    pub headline: String,
    /// The headline and the worst journeys, a line each.
    pub tooltip: String,
    /// The menu, top to bottom.
    pub rows: Vec<Row>,
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A rule between groups.
    Rule,
    /// A line; without an act it is there to be read, or waits for something to act on.
    Line {
        /// The text.
        label: String,
        /// What choosing it does.
        act: Option<TrayAct>,
    },
}

impl TrayModel {
    /// Before anything was read: blind, and nothing to act on.
    pub fn starting() -> Self {
        Self {
            face: Face::Blind,
            attention: false,
            headline: "Starting".to_owned(),
            tooltip: "Starting".to_owned(),
            rows: vec![line("Open Firewatch", TrayAct::Open(None)), Row::Rule, line("Quit", TrayAct::Quit)],
        }
    }

    /// What the tray shows for a Watch page; clock times in the given zone.
    pub fn of<Z: TimeZone>(page: &WatchPage, zone: &Z) -> Self
    where
        Z::Offset: std::fmt::Display,
    {
        let clock = Clock { now: moment(page.frame.now), zone };
        let worried: Vec<&JourneyRow> = page.journeys.iter().filter(|j| Face::from_word(&j.state) != Face::Calm).collect();
        let headline = headline(page, &worried, &clock);
        let named: Vec<(String, TrayAct)> =
            worried.iter().take(MOST_JOURNEYS).map(|j| (journey_line(j, page, &clock), TrayAct::Open(address(j, page)))).collect();
        let unseen = worried.iter().find(|j| !j.acknowledged);
        let loud = worried.iter().find(|j| !is_snoozed(j, &page.frame));

        let mut rows = vec![Row::Line { label: headline.clone(), act: None }];
        rows.extend(named.iter().map(|(label, act)| line(label, act.clone())));
        if worried.len() > MOST_JOURNEYS {
            rows.push(line(&format!("{} more", worried.len() - MOST_JOURNEYS), TrayAct::Open(Some("/watch".to_owned()))));
        }
        rows.push(Row::Rule);
        rows.push(line("Open Firewatch", TrayAct::Open(None)));
        rows.push(line("Declare incident…", TrayAct::Declare));
        rows.push(about("Acknowledge", "", unseen.copied(), page, TrayAct::Acknowledge));
        rows.push(about("Snooze", " for 1 h (only here)", loud.copied(), page, TrayAct::Snooze));
        rows.push(Row::Rule);
        rows.push(match page.frame.paused_until {
            Some(_) => line("Resume watching", TrayAct::Resume),
            None => line("Pause watching for 1 h", TrayAct::Pause),
        });
        rows.push(line("Quit", TrayAct::Quit));

        let tooltip = std::iter::once(headline.clone()).chain(named.into_iter().map(|(label, _)| label)).collect::<Vec<_>>().join("\n");
        let attention = worried.iter().any(|j| !j.acknowledged && !is_snoozed(j, &page.frame));
        Self { face: Face::from_word(&page.frame.face), attention, headline, tooltip, rows }
    }
}

struct Clock<'a, Z> {
    now: DateTime<chrono::Utc>,
    zone: &'a Z,
}

impl<Z: TimeZone> Clock<'_, Z>
where
    Z::Offset: std::fmt::Display,
{
    /// The time at some unix seconds.
    fn at(&self, unix: f64) -> String {
        words::clock_in(moment(unix), self.now, self.zone)
    }
}

fn headline<Z: TimeZone>(page: &WatchPage, worried: &[&JourneyRow], clock: &Clock<'_, Z>) -> String
where
    Z::Offset: std::fmt::Display,
{
    let frame = &page.frame;
    let text = if let Some(until) = frame.paused_until {
        format!("Paused until {}", clock.at(until))
    } else if frame.first_start || page.journeys.is_empty() {
        "Nothing is watched yet".to_owned()
    } else if worried.is_empty() {
        match (Face::from_word(&frame.face), page.journeys.len()) {
            (Face::Calm, 1) => "1 journey, calm".to_owned(),
            (Face::Calm, n) => format!("{n} journeys, all calm"),
            (_, _) if page.alert_sources.iter().any(|source| source.fault.is_some()) => "Alerts cannot be seen".to_owned(),
            (face, _) => capital(face.word()),
        }
    } else {
        // The worst state first, as in the list.
        let mut states: Vec<Face> = Vec::new();
        for face in worried.iter().map(|j| Face::from_word(&j.state)) {
            if !states.contains(&face) {
                states.push(face);
            }
        }
        let count = |face: Face| worried.iter().filter(|j| Face::from_word(&j.state) == face).count();
        states.into_iter().map(|face| format!("{} {}", count(face), face.word())).collect::<Vec<_>>().join(", ")
    };
    if frame.drill { format!("Drill: {text}") } else { text }
}

/// `Customer settings · burning · gone 04:37`.
fn journey_line<Z: TimeZone>(journey: &JourneyRow, page: &WatchPage, clock: &Clock<'_, Z>) -> String
where
    Z::Offset: std::fmt::Display,
{
    let face = Face::from_word(&journey.state);
    let mut parts = vec![name(journey, page), face.word().to_owned()];
    if let (Face::Burning, Some(seconds)) = (face, journey.time_to_exhaustion_s) {
        parts.push(format!("gone {}", clock.at(page.frame.now + seconds)));
    }
    match journey.alerts.firing {
        0 => {}
        1 => parts.push("1 alert".to_owned()),
        n => parts.push(format!("{n} alerts")),
    }
    match journey.snoozed_until {
        Some(until) if until > page.frame.now => parts.push(format!("snoozed until {}", clock.at(until))),
        _ if journey.acknowledged => parts.push("acknowledged".to_owned()),
        _ => {}
    }
    parts.join(" · ")
}

/// The environment is said where it tells two apart.
fn name(journey: &JourneyRow, page: &WatchPage) -> String {
    let name = words::plain(&journey.journey, LONGEST_NAME);
    if page.journeys.iter().all(|other| other.environment == journey.environment) {
        return name;
    }
    format!("{name} ({})", words::plain(&journey.environment, LONGEST_NAME / 2))
}

/// A journey is looked at through its worst SLO.
fn address(journey: &JourneyRow, page: &WatchPage) -> Option<String> {
    // The key joins them: an SLO names its journey as it is defined, the journey itself as it is spoken.
    let worst = page.slos.iter().find(|slo| journey_key(&slo.journey, &slo.environment) == journey.key)?;
    Some(format!("/watch/{}", worst.id))
}

/// A line about the worst journey it can be done to; without one it stays in its place, so that the hand finds it.
fn about(verb: &str, how: &str, journey: Option<&JourneyRow>, page: &WatchPage, act: fn(String) -> TrayAct) -> Row {
    match journey {
        Some(journey) => line(&format!("{verb} {}{how}", name(journey, page)), act(journey.key.clone())),
        None => Row::Line { label: format!("{verb}{how}"), act: None },
    }
}

fn is_snoozed(journey: &JourneyRow, frame: &Frame) -> bool {
    journey.snoozed_until.is_some_and(|until| until > frame.now)
}

fn line(label: &str, act: TrayAct) -> Row {
    Row::Line { label: label.to_owned(), act: Some(act) }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Unix seconds as a moment; what lies outside of all calendars is the epoch.
fn moment(unix: f64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(unix as i64, 0).unwrap_or_default()
}

#[cfg(test)]
mod tests;
