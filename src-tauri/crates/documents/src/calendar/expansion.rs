//! Recurrence: what a series comes to within a span, exceptions and overrides applied.

use chrono::{DateTime, Duration, NaiveDateTime, TimeZone, Utc};
use firewatch_domain::words;
use icalendar::rrule::{Frequency, RRule, Tz as RuleTz, Unvalidated};

use super::event::{Event, Length};
use super::value::Written;
use super::{MOST_SHIFTS, Occurrence};

/// Steps that the rules of one calendar may take together.
const MOST_STEPS: u32 = 200_000;
/// What a rule costs that recurs nowhere within reach: its library searches long before it gives up.
const FRUITLESS: u32 = 20_000;
/// The longest a series is followed back for what began before the span.
const LONGEST: Duration = Duration::days(400);

/// What is left of the steps.
pub(super) struct Budget(u32);

impl Default for Budget {
    fn default() -> Self {
        Self(MOST_STEPS)
    }
}

/// The occurrences of one series that touch a span.
pub(super) fn occurrences(
    mut events: Vec<Event>,
    span: (DateTime<Utc>, DateTime<Utc>),
    budget: &mut Budget,
    remarks: &mut Vec<String>,
) -> Vec<Occurrence> {
    // A newer version of the same event takes the place of the older.
    events.sort_by_key(|event| std::cmp::Reverse(event.sequence));
    let (overrides, masters): (Vec<Event>, Vec<Event>) = events.into_iter().partition(|event| event.instead_of.is_some());
    let mut kept: Vec<Event> = Vec::new();
    for event in overrides {
        let at = |event: &Event| event.instead_of.as_ref().map(|(moment, _)| moment.instant());
        if kept.iter().all(|other| at(other) != at(&event)) {
            kept.push(event);
        }
    }
    let mut out = Vec::new();
    if let Some(master) = masters.first().filter(|master| !master.cancelled) {
        series(master, &kept, span, budget, remarks, &mut out);
    }
    let alone = kept.iter().filter(|event| !event.cancelled && event.instead_of.as_ref().is_some_and(|(_, later)| !later));
    out.extend(alone.map(|event| Occurrence::of(event, event.zone.instant(event.start), event.end(event.start))));
    out.retain(|one| one.from < span.1 && one.to > span.0 && one.from < one.to);
    out
}

fn series(
    master: &Event,
    overrides: &[Event],
    span: (DateTime<Utc>, DateTime<Utc>),
    budget: &mut Budget,
    remarks: &mut Vec<String>,
    out: &mut Vec<Occurrence>,
) {
    let zone = &master.zone;
    let mut begins = vec![(master.start, None)];
    if let Some(rule) = &master.rule {
        let from = zone.wall(span.0) - reach(master, overrides);
        let to = zone.wall(span.1) + LONGEST;
        match walls(rule, master.start, &|at| zone.wall(at.and_utc()), (from, to), budget) {
            Ok(walls) => begins.extend(walls.into_iter().map(|wall| (wall, None))),
            Err(why) => remarks.push(format!("the event “{}” does not recur: {why}", words::plain(&master.summary, 60))),
        }
    }
    begins.extend(master.more.iter().map(|(moment, end)| (zone.wall(moment.instant()), *end)));
    begins.sort_unstable();
    begins.dedup_by_key(|(wall, _)| *wall);
    for (wall, end) in begins {
        let at = zone.instant(wall);
        let named = |event: &&Event| event.instead_of.as_ref().is_some_and(|(moment, later)| !later && moment.names(at, zone));
        if master.without.iter().any(|moment| moment.names(at, zone)) || overrides.iter().any(|event| named(&event)) {
            continue;
        }
        let later = overrides.iter().filter_map(|event| {
            let (moment, later) = event.instead_of.as_ref()?;
            (*later && moment.instant() <= at).then(|| (moment.instant(), event))
        });
        if let Some((from, event)) = later.max_by_key(|(from, _)| *from) {
            // This and all later ones are moved by as much as the first of them was.
            if !event.cancelled {
                let moved = wall + (event.start - event.zone.wall(from));
                let first_end = event.end(event.start) - event.zone.instant(event.start);
                let begin = event.zone.instant(moved);
                let end = if matches!(event.length, Length::Until(_)) { begin + first_end } else { event.end(moved) };
                out.push(Occurrence::of(event, begin, end));
            }
        } else {
            out.push(Occurrence::of(master, at, end.unwrap_or_else(|| master.end(wall))));
        }
        if out.len() > 2 * MOST_SHIFTS {
            return;
        }
    }
}

/// How far before the span an occurrence may begin and still reach into it.
fn reach(master: &Event, overrides: &[Event]) -> Duration {
    let moved = overrides.iter().any(|event| event.instead_of.as_ref().is_some_and(|(_, later)| *later));
    match master.length {
        Length::Wall(by_clock, longer) if !moved => by_clock + longer + Duration::days(2),
        _ => LONGEST,
    }
}

/// The times by the clock on the wall at which a rule recurs within a span of such times. `wall`: what the clock shows at a time in
/// UTC, for a rule that ends at one. The error is for people.
pub(super) fn walls(
    rule: &str,
    first: NaiveDateTime,
    wall: &dyn Fn(NaiveDateTime) -> NaiveDateTime,
    span: (NaiveDateTime, NaiveDateTime),
    budget: &mut Budget,
) -> Result<Vec<NaiveDateTime>, String> {
    let (mut parts, mut until) = (Vec::new(), None);
    for part in rule.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some((key, value)) if key.eq_ignore_ascii_case("UNTIL") => {
                let written = Written::read(value).ok_or("its end cannot be read")?;
                until = Some(match written {
                    Written::Day(day) => day.and_hms_opt(23, 59, 59).unwrap_or_default(),
                    Written::Wall(at) => at,
                    Written::Utc(at) => wall(at),
                });
            }
            _ => parts.push(part),
        }
    }
    let parsed: RRule<Unvalidated> = parts.join(";").parse().map_err(|_| "its rule cannot be read".to_owned())?;
    let days = match parsed.get_freq() {
        Frequency::Secondly | Frequency::Minutely => return Err("a shift every minute is none".to_owned()),
        Frequency::Hourly => Some(Duration::hours(i64::from(parsed.get_interval()))),
        Frequency::Daily => Some(Duration::days(i64::from(parsed.get_interval()))),
        Frequency::Weekly => Some(Duration::weeks(i64::from(parsed.get_interval()))),
        Frequency::Monthly | Frequency::Yearly => None,
    };
    // What repeats after whole periods can be begun later by whole periods: years of past shifts cost nothing.
    let counted = parsed.get_count().is_some() || !parsed.get_by_set_pos().is_empty();
    let skipped = days.filter(|period| !counted && *period > Duration::zero() && span.0 > first).map(|period| {
        let periods = ((span.0 - first).num_seconds() / period.num_seconds() - 1).max(0);
        first + period * i32::try_from(periods).unwrap_or(0)
    });
    // The rule reckons on a clock that is never set; the changes come in when a time of the wall becomes an instant.
    let begin = RuleTz::UTC.from_utc_datetime(&skipped.unwrap_or(first));
    let set = parsed.build(begin).map_err(|_| "its rule contradicts itself".to_owned())?.limit();
    let last = until.map_or(span.1, |until| until.min(span.1));
    if budget.0 < FRUITLESS {
        return Err("the calendar's rules have too many steps".to_owned());
    }
    let mut out = Vec::new();
    for at in &set {
        let at = at.naive_utc();
        if at > last || out.len() > MOST_SHIFTS {
            break;
        }
        budget.0 = budget.0.checked_sub(1).ok_or("the calendar's rules have too many steps")?;
        if at >= span.0 {
            out.push(at);
        }
    }
    if out.is_empty() {
        budget.0 = budget.0.saturating_sub(FRUITLESS);
    }
    Ok(out)
}
