//! Hours of work on an incident: how much, how much of it at night, by whom.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// The longest spell that can be meant, in minutes: two days.
pub const LONGEST_MIN: u32 = 48 * 60;

/// A person's night, by the clocks where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// Begins.
    pub from: NaiveTime,
    /// Ends; may be the next morning.
    pub to: NaiveTime,
    /// Where.
    pub zone: Tz,
}

impl Default for Night {
    fn default() -> Self {
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Self { from: at(22), to: at(7), zone: Tz::UTC }
    }
}

impl Night {
    /// Minutes of a spell that lie at night. Reckoned minute by minute as they pass, so that an hour that comes twice counts twice.
    pub fn minutes(&self, from: DateTime<Utc>, minutes: u32) -> u32 {
        let inside = |at: DateTime<Utc>| {
            let local = self.zone.from_utc_datetime(&at.naive_utc()).time();
            if self.from <= self.to { self.from <= local && local < self.to } else { self.from <= local || local < self.to }
        };
        (0..minutes.min(LONGEST_MIN)).filter(|minute| inside(from + Duration::minutes(i64::from(*minute)))).count() as u32
    }
}

/// Somebody worked for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// Id.
    pub id: String,
    /// Who.
    pub person: String,
    /// When it began, unix seconds.
    pub from_s: i64,
    /// How long, in minutes.
    pub minutes: u32,
    /// Minutes of it at night, by the person's own clocks.
    pub night: u32,
    /// On what; may be empty.
    pub note: String,
}

/// What some hours come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// Minutes.
    pub minutes: u32,
    /// Of them at night.
    pub night: u32,
}

impl Total {
    /// One more spell.
    pub fn plus(self, spell: &Spell) -> Self {
        Self { minutes: self.minutes.saturating_add(spell.minutes), night: self.night.saturating_add(spell.night) }
    }
}

/// What everybody did, and what it comes to by person.
pub fn totals<'a>(spells: impl IntoIterator<Item = &'a Spell>) -> (Total, BTreeMap<String, Total>) {
    let (mut all, mut people) = (Total::default(), BTreeMap::<String, Total>::new());
    for spell in spells {
        all = all.plus(spell);
        let person = people.entry(spell.person.clone()).or_default();
        *person = person.plus(spell);
    }
    (all, people)
}

/// Minutes from `1h30m`, `90m`, `2 h`, `1:30` or `1.5` (hours).
pub fn read_minutes(text: &str) -> Option<u32> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let bounded = |minutes: u32| (1..=LONGEST_MIN).contains(&minutes).then_some(minutes);
    if let Some((hours, minutes)) = text.split_once(':') {
        let minutes = minutes.parse::<u32>().ok().filter(|m| *m < 60)?;
        return bounded(hours.parse::<u32>().ok()?.checked_mul(60)?.checked_add(minutes)?);
    }
    let hours =
        |text: &str| text.parse::<f64>().ok().filter(|h| h.is_finite() && (0.0..=48.0).contains(h)).map(|h| (h * 60.0).round() as u32);
    let minutes = |text: &str| text.trim_end_matches("in").trim_end_matches('m').parse::<u32>().ok();
    match text.split_once('h') {
        Some((before, "")) => bounded(hours(before)?),
        Some((before, after)) if after.ends_with('m') || after.ends_with("min") => bounded(hours(before)?.checked_add(minutes(after)?)?),
        Some(_) => None,
        None if text.ends_with('m') || text.ends_with("min") => bounded(minutes(&text)?),
        None => bounded(hours(&text)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night(zone: Tz) -> Night {
        Night { zone, ..Night::default() }
    }

    fn spell(person: &str, minutes: u32, night: u32) -> Spell {
        Spell { id: String::new(), person: person.to_owned(), from_s: 0, minutes, night, note: String::new() }
    }

    #[test]
    fn nights_are_by_the_persons_clocks() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(night(Tz::UTC).minutes(at("2026-11-22T20:00:00Z"), 240), 120);
        assert_eq!(night(Tz::Europe__Berlin).minutes(at("2026-11-22T20:00:00Z"), 240), 180);
        assert_eq!(night(Tz::America__New_York).minutes(at("2026-11-22T20:00:00Z"), 240), 0);
        // Two o'clock comes twice in the night of 25 October: from ten to seven it is ten hours.
        assert_eq!(night(Tz::Europe__Berlin).minutes(at("2026-10-24T20:00:00Z"), 660), 600);
        // And it is left out in the night of 29 March.
        assert_eq!(night(Tz::Europe__Berlin).minutes(at("2026-03-28T21:00:00Z"), 540), 480);
    }

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, minutes) in [("1h30m", 90), ("90m", 90), ("2 h", 120), ("1:30", 90), ("1.5", 90), ("1h 5min", 65), ("45 min", 45)] {
            assert_eq!(read_minutes(text), Some(minutes), "{text}");
        }
        for text in ["", "0", "-1h", "1h90", "49h", "NaN", "1:75", "soon", "9999999999m"] {
            assert_eq!(read_minutes(text), None, "{text}");
        }
    }

    #[test]
    fn hours_add_up_by_person() {
        // The Settings story: five people over four days.
        let story = [("ana", 960, 300), ("ben", 1080, 240), ("cy", 1140, 0), ("dee", 900, 60), ("eva", 780, 0)];
        let spells: Vec<Spell> = story
            .iter()
            .flat_map(|(who, minutes, night)| [spell(who, minutes / 2, night / 2), spell(who, minutes / 2, night / 2)])
            .collect();
        let (all, people) = totals(&spells);
        assert_eq!(all, Total { minutes: 81 * 60, night: 600 });
        assert_eq!(people["ben"], Total { minutes: 1080, night: 240 });
    }
}
