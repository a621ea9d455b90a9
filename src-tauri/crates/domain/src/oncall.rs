//! Who is on call when: shifts as calendars tell them, one calendar lying over another, and what follows from it for the person at
//! this desk. What is not known holds nothing back.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::source::SecretPlace;

/// A copy of a calendar older than this no longer says who is on call.
pub const TRUSTED_FOR_S: i64 = 3 * 86_400;

/// A calendar of shifts as configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Unique name.
    pub name: String,
    /// Where it is read.
    pub place: CalendarPlace,
    /// Zone of times that name none, and of whole days; the calendar's own comes first, the machine's last.
    #[serde(default)]
    pub zone: Option<String>,
    /// Name of the calendar it overrides: while one of its shifts lasts, that calendar's do not count.
    #[serde(default)]
    pub over: Option<String>,
}

/// Where a calendar is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CalendarPlace {
    /// A file.
    File {
        /// Its path.
        path: String,
    },
    /// An address, which is a secret: whoever has it reads the schedule.
    Address {
        /// Where the address is kept.
        secret: SecretPlace,
    },
}

/// Somebody is on call for a while.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// First instant.
    pub from: DateTime<Utc>,
    /// End, exclusive.
    pub to: DateTime<Utc>,
    /// Who, as the calendar names them.
    pub person: String,
    /// Other names of them there: addresses of attendees, their names.
    pub also: Vec<String>,
    /// What the event was called.
    pub text: String,
    /// Level as written (`[L2]`); 0 where none is. Higher ones come first.
    pub level: u32,
    /// Calendar it stands in.
    pub calendar: String,
}

impl Shift {
    /// Whether it lasts at an instant.
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether it is of somebody with one of these names. A name counts as the person, as an address of theirs, or as whole words
    /// of the event's title; large and small letters are the same.
    pub fn is_of(&self, names: &[String]) -> bool {
        let has = |text: &str, name: &str| text.to_lowercase() == name;
        names.iter().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).any(|name| {
            has(&self.person, &name) || self.also.iter().any(|other| has(other, &name)) || says(&self.text.to_lowercase(), &name)
        })
    }
}

/// Whether a text has a name in it as whole words.
fn says(text: &str, name: &str) -> bool {
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(name).any(|(at, _)| apart(text[..at].chars().next_back()) && apart(text[at + name.len()..].chars().next()))
}

/// Who is on call at an instant, highest level first. A shift of a calendar that lies over another takes the place of that one's.
/// `calendars`: those the shifts stand in.
pub fn on_call<'a>(shifts: &'a [Shift], calendars: &[Calendar], at: DateTime<Utc>) -> Vec<&'a Shift> {
    let now: Vec<&Shift> = shifts.iter().filter(|shift| shift.covers(at)).collect();
    let overridden = |name: &str| {
        let over = calendars.iter().filter(|c| c.over.as_deref() == Some(name));
        over.into_iter().any(|c| now.iter().any(|shift| shift.calendar == c.name))
    };
    let mut standing: Vec<&Shift> = now.iter().copied().filter(|shift| !overridden(&shift.calendar)).collect();
    standing.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.cmp(b)));
    standing
}

/// A span of time, end exclusive.
pub type Stretch = (DateTime<Utc>, DateTime<Utc>);

/// The stretches in which one of these names is on call, in order, those that touch put together.
pub fn stretches_of(shifts: &[Shift], calendars: &[Calendar], names: &[String]) -> Vec<Stretch> {
    let mut edges: Vec<DateTime<Utc>> = shifts.iter().flat_map(|shift| [shift.from, shift.to]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut sorted: Vec<&Shift> = shifts.iter().collect();
    sorted.sort_by_key(|shift| shift.from);
    let (mut begun, mut open): (usize, Vec<Shift>) = (0, Vec::new());
    let mut mine: Vec<Stretch> = Vec::new();
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        open.retain(|shift| shift.to > from);
        while sorted.get(begun).is_some_and(|shift| shift.from <= from) {
            open.push(sorted[begun].clone());
            begun += 1;
        }
        if !on_call(&open, calendars, from).iter().any(|shift| shift.is_of(names)) {
            continue;
        }
        match mine.last_mut().filter(|last| last.1 == from) {
            Some(last) => last.1 = to,
            None => mine.push((from, to)),
        }
    }
    mine
}

/// How the person at this desk stands to the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Duty {
    /// On call.
    On {
        /// When the shift began.
        since: DateTime<Utc>,
        /// When it ends.
        until: DateTime<Utc>,
    },
    /// Certainly not on call.
    Off {
        /// When the next shift begins, where one is known.
        next: Option<DateTime<Utc>>,
    },
    /// It cannot be said: nothing is held back.
    Unknown {
        /// Why, with the cure.
        why: String,
    },
}

/// How somebody stands at an instant. `read`: when each calendar was last read well.
pub fn duty(mine: &[Stretch], calendars: &[Calendar], names: &[String], read: &[Option<DateTime<Utc>>], now: DateTime<Utc>) -> Duty {
    let unknown = |why: &str| Duty::Unknown { why: why.to_owned() };
    if calendars.is_empty() {
        return unknown("no calendar of shifts was added");
    }
    if names.iter().all(|name| name.trim().is_empty()) {
        return unknown("it is not said under which name you stand in the calendars; enter it");
    }
    let oldest = read.iter().copied().min().flatten();
    match oldest {
        None => return unknown("a calendar was never read; see its error"),
        Some(at) if now - at > Duration::seconds(TRUSTED_FOR_S) => {
            return unknown("the copy of a calendar is older than three days; see its error");
        }
        Some(_) => {}
    }
    if mine.is_empty() {
        return unknown("none of your names stands in the calendars; check how they spell you");
    }
    match mine.iter().find(|(_, to)| *to > now) {
        Some((from, to)) if *from <= now => Duty::On { since: *from, until: *to },
        coming => Duty::Off { next: coming.map(|(from, _)| *from) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hour * 3600, 0).unwrap()
    }

    fn shift(calendar: &str, person: &str, from: i64, to: i64, level: u32) -> Shift {
        let (person, text, calendar) = (person.to_owned(), person.to_owned(), calendar.to_owned());
        Shift { from: at(from), to: at(to), person, also: vec![], text, level, calendar }
    }

    fn calendar(name: &str, over: Option<&str>) -> Calendar {
        let place = CalendarPlace::File { path: "/x".to_owned() };
        Calendar { name: name.to_owned(), place, zone: None, over: over.map(str::to_owned) }
    }

    #[test]
    fn an_override_takes_the_place_of_its_own_calendar_only() {
        let calendars = [calendar("ops", None), calendar("db", None), calendar("swaps", Some("ops"))];
        let shifts =
            [shift("ops", "jane", 0, 24, 0), shift("db", "kim", 0, 24, 2), shift("ops", "lee", 0, 24, 1), shift("swaps", "ola", 6, 8, 0)];
        let people = |hour| on_call(&shifts, &calendars, at(hour)).iter().map(|s| s.person.clone()).collect::<Vec<_>>();
        assert_eq!(people(5), ["kim", "lee", "jane"]);
        assert_eq!(people(6), ["kim", "ola"]);
        assert_eq!(people(8), ["kim", "lee", "jane"]);
        assert!(people(24).is_empty());
    }

    #[test]
    fn stretches_end_where_somebody_takes_over() {
        let calendars = [calendar("ops", None), calendar("swaps", Some("ops"))];
        let shifts = [shift("ops", "Jane", 0, 12, 0), shift("ops", "Jane", 12, 24, 0), shift("swaps", "kim", 6, 8, 0)];
        let names = ["jane".to_owned()];
        let mine = stretches_of(&shifts, &calendars, &names);
        assert_eq!(mine, [(at(0), at(6)), (at(8), at(24))]);
        let read = [Some(at(0)), Some(at(0))];
        assert_eq!(duty(&mine, &calendars, &names, &read, at(5)), Duty::On { since: at(0), until: at(6) });
        assert_eq!(duty(&mine, &calendars, &names, &read, at(7)), Duty::Off { next: Some(at(8)) });
        assert_eq!(duty(&mine, &calendars, &names, &read, at(24)), Duty::Off { next: None });
    }

    #[test]
    fn what_is_not_known_holds_nothing_back() {
        let calendars = [calendar("ops", None)];
        let (mine, names) = (vec![(at(0), at(2))], ["jane".to_owned()]);
        let unknown = |duty: Duty| matches!(duty, Duty::Unknown { .. });
        assert!(unknown(duty(&mine, &[], &names, &[], at(5))));
        assert!(unknown(duty(&mine, &calendars, &[" ".to_owned()], &[Some(at(0))], at(5))));
        assert!(unknown(duty(&mine, &calendars, &names, &[None], at(5))));
        assert!(unknown(duty(&mine, &calendars, &names, &[Some(at(0))], at(73))));
        assert!(unknown(duty(&[], &calendars, &names, &[Some(at(0))], at(5))));
        assert!(!unknown(duty(&mine, &calendars, &names, &[Some(at(0))], at(5))));
    }

    #[test]
    fn people_are_found_by_name_address_and_words() {
        let mut one = shift("ops", "Jane Doe", 0, 1, 0);
        one.also = vec!["jane@example.com".to_owned()];
        one.text = "On Call - Jane Doe - Ops".to_owned();
        for name in ["jane doe", " JANE@example.com", "Ops", "jane"] {
            assert!(one.is_of(&[name.to_owned()]), "{name}");
        }
        for name in ["", "jan", "doe@example.com", "all"] {
            assert!(!one.is_of(&[name.to_owned()]), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn stretches_agree_with_asking_at_every_hour(
            raw in proptest::collection::vec((0_i64..40, 1_i64..12, 0_usize..3, 0_usize..2), 0..20)
        ) {
            let calendars = [calendar("ops", None), calendar("swaps", Some("ops"))];
            let shifts: Vec<Shift> = raw.into_iter()
                .map(|(from, long, who, place)| shift(["ops", "swaps"][place], ["jane", "kim", "lee"][who], from, from + long, 0))
                .collect();
            let names = ["jane".to_owned()];
            let mine = stretches_of(&shifts, &calendars, &names);
            for hour in -1..60 {
                let asked = on_call(&shifts, &calendars, at(hour)).iter().any(|s| s.is_of(&names));
                proptest::prop_assert_eq!(asked, mine.iter().any(|(from, to)| *from <= at(hour) && at(hour) < *to));
            }
        }
    }
}
