//! Targets, windows and budgeting methods as documents write them.

use firewatch_domain::method::{Method, Ratio};
use firewatch_domain::objective::Objective;
use firewatch_domain::window::{Window, parse_minutes};

use crate::field::{Field, shown};
use crate::notes::Notes;

/// What is promised, as far as it could be read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Promise {
    /// Target ratio.
    pub(crate) objective: Option<Objective>,
    /// Over which window.
    pub(crate) window: Option<Window>,
    /// How events become a budget.
    pub(crate) method: Option<Method>,
}

/// `target` or `targetPercent` of an objective; exactly one of them.
pub(crate) fn target(objective: &Field<'_>, notes: &mut Notes) -> Option<Objective> {
    let (ratio, percentage) = (objective.get("target"), objective.get("targetPercent"));
    match (ratio.is_given(), percentage.is_given()) {
        (true, false) => self::ratio(&ratio, notes),
        (false, true) => percent(&percentage, notes),
        (true, true) => {
            notes.fault(&percentage, "stands beside `target`", "keep one of the two");
            None
        }
        (false, false) => {
            notes.fault(&ratio, "is missing", "write target: 0.999, or targetPercent: 99.9");
            None
        }
    }
}

/// A ratio such as `0.999`.
pub(crate) fn ratio(field: &Field<'_>, notes: &mut Notes) -> Option<Objective> {
    let text = field.required(notes, "write a ratio above 0 and below 1, such as 0.999")?;
    match Objective::from_ratio(text) {
        Ok(objective) => Some(objective),
        Err(error) => {
            let percentage = text.parse::<f64>().is_ok_and(|value| value > 1.0 && value < 100.0);
            if percentage {
                notes.fault(field, format!("is a ratio, and {} is above 1", shown(text)), format!("write targetPercent: {}", shown(text)));
            } else {
                notes.fault(field, format!("is no objective: {error}"), "write a ratio above 0 and below 1, such as 0.999");
            }
            None
        }
    }
}

/// A percentage such as `99.9`.
pub(crate) fn percent(field: &Field<'_>, notes: &mut Notes) -> Option<Objective> {
    let text = field.required(notes, "write a percentage such as 99.9")?;
    match Objective::from_percent(text) {
        Ok(objective) => Some(objective),
        Err(error) => {
            notes.fault(field, format!("is no objective: {error}"), "write a percentage above 0 and below 100, such as 99.9");
            None
        }
    }
}

/// The budgeting method of one objective; a missing one is not assumed. `method` is the SLO's `budgetingMethod`.
pub(crate) fn method(method: &Field<'_>, objective: &Field<'_>, window: Option<Window>, notes: &mut Notes) -> Option<Method> {
    const CURE: &str = "write budgetingMethod: Occurrences to count events; no method is assumed";
    let word = method.required(notes, CURE)?;
    let (target, length) = (objective.get("timeSliceTarget"), objective.get("timeSliceWindow"));
    match word.to_ascii_lowercase().as_str() {
        "occurrences" => {
            unused(&[&target, &length], "means nothing where events are counted", notes);
            Some(Method::Occurrences)
        }
        "timeslices" => {
            let (minutes, target) = (slice(&length, window, notes), slice_target(&target, notes));
            Some(Method::Timeslices { minutes: minutes?, target: target? })
        }
        "ratiotimeslices" => {
            unused(&[&target], "means nothing where the ratios of time slices are averaged", notes);
            Some(Method::RatioTimeslices { minutes: slice(&length, window, notes)? })
        }
        _ => {
            let message = format!("`{}` is no budgeting method", shown(word));
            notes.fault(method, message, "write Occurrences, Timeslices or RatioTimeslices");
            None
        }
    }
}

fn unused(fields: &[&Field<'_>], why: &str, notes: &mut Notes) {
    for field in fields.iter().filter(|field| field.is_given()) {
        notes.warn(field, format!("{why} and was left out"), "remove it, or choose the method it belongs to");
    }
}

/// Least ratio of a good time slice: above 0, at most 1.
fn slice_target(field: &Field<'_>, notes: &mut Notes) -> Option<Ratio> {
    const CURE: &str = "write a ratio above 0 and up to 1, such as 0.95";
    let text = field.required(notes, CURE)?;
    match Ratio::parse(text) {
        Ok(ratio) if ratio.ppb() > 0 => Some(ratio),
        Ok(_) => {
            notes.fault(field, "is 0, so that every time slice would be good", CURE);
            None
        }
        Err(error) => {
            notes.fault(field, format!("is no such target: {error}"), CURE);
            None
        }
    }
}

/// Length of a time slice: a duration, or a number of minutes.
fn slice(field: &Field<'_>, window: Option<Window>, notes: &mut Notes) -> Option<i64> {
    const CURE: &str = "write the length of a time slice, such as 1m or 5m";
    let text = field.required(notes, CURE)?.trim();
    let minutes = text.parse::<i64>().ok().or_else(|| parse_minutes(text));
    let longest = window.map_or(i64::MAX, Window::minutes);
    match minutes.filter(|minutes| *minutes > 0) {
        None => notes.fault(field, format!("`{}` is no length of whole minutes", shown(text)), CURE),
        Some(minutes) if minutes > longest => notes.fault(field, format!("`{}` is longer than the window", shown(text)), CURE),
        found => return found,
    }
    None
}

/// `timeWindow` of OpenSLO v1: exactly one, rolling or of the calendar.
pub(crate) fn time_window(field: &Field<'_>, notes: &mut Notes) -> Option<Window> {
    let window = only(field, notes)?;
    let (duration, calendar) = (window.get("duration"), window.get("calendar"));
    let rolls = window.get("isRolling").text(notes).map(|text| text.eq_ignore_ascii_case("true"));
    match (rolls, calendar.is_given()) {
        (Some(true), true) => {
            notes.fault(&calendar, "stands beside isRolling: true", "keep calendar and write isRolling: false, or remove it");
            None
        }
        (_, true) => of_calendar(&duration, &calendar, notes),
        (Some(false), false) => {
            let cure = "add calendar with startTime: 2026-01-01 00:00:00 and timeZone: UTC, or write isRolling: true";
            notes.fault(&window, "does not roll and has no calendar", cure);
            None
        }
        (None, false) => {
            notes.warn(&window, "does not say whether it rolls; it was taken as rolling", "write isRolling: true");
            rolling(&duration, notes)
        }
        (Some(true), false) => rolling(&duration, notes),
    }
}

fn of_calendar(duration: &Field<'_>, calendar: &Field<'_>, notes: &mut Notes) -> Option<Window> {
    let (start, zone) = (calendar.get("startTime"), calendar.get("timeZone"));
    let length = duration.required(notes, "write a period such as 1M")?.trim();
    let start_text = start.required(notes, "write a wall-clock time such as 2026-01-01 00:00:00");
    let zone_text = zone.required(notes, "write an IANA name such as Europe/Berlin, or UTC");
    let (start_text, zone_text) = (start_text?, zone_text?);
    let months = length.strip_suffix('m').filter(|count| count.parse::<u8>().is_ok_and(|count| (1..=12).contains(&count)));
    let written = months.map_or_else(|| length.to_owned(), |count| format!("{count}M"));
    match Window::parse_calendar(&written, start_text, zone_text) {
        Ok(window) => {
            if months.is_some() {
                let message = format!("`{}` is minutes, which no calendar period has; it was taken as months", shown(length));
                notes.warn(duration, message, format!("a month is written `M`: write {written}"));
            }
            Some(window)
        }
        Err(error) => {
            notes.fault(calendar, format!("is no calendar window: {error}"), "correct it, or use a rolling one: duration: 30d");
            None
        }
    }
}

/// `timeWindows` of OpenSLO v1alpha: a count and a unit, and perhaps a calendar.
pub(crate) fn counted_window(field: &Field<'_>, notes: &mut Notes) -> Option<Window> {
    let window = only(field, notes)?;
    let (count, unit, calendar) = (window.get("count"), window.get("unit"), window.get("calendar"));
    let number = count.required(notes, "write count: 30")?;
    let word = unit.required(notes, "write unit: Day")?;
    let Some(letter) = letter_of(word) else {
        notes.fault(&unit, format!("`{}` is no unit", shown(word)), "write Minute, Hour, Day, Week, Month, Quarter or Year");
        return None;
    };
    let text = format!("{number}{letter}");
    let rolls = window.get("isRolling").text(notes).map(|text| text.eq_ignore_ascii_case("true"));
    match (rolls, calendar.is_given()) {
        (Some(true), true) => notes.fault(&calendar, "stands beside isRolling: true", "keep one of the two"),
        (Some(false), false) => notes.fault(&window, "does not roll and has no calendar", "add calendar, or write isRolling: true"),
        _ => {}
    }
    if !calendar.is_given() {
        return duration(&count, &text, notes);
    }
    let start = calendar.get("startTime").required(notes, "write a wall-clock time such as 2026-01-01 00:00:00")?;
    let zone = calendar.get("timeZone").required(notes, "write an IANA name such as Europe/Berlin, or UTC")?;
    match Window::parse_calendar(&text, start, zone) {
        Ok(window) => Some(window),
        Err(error) => {
            notes.fault(&calendar, format!("is no calendar window: {error}"), "correct it, or leave calendar out for a rolling one");
            None
        }
    }
}

/// A rolling window such as `30d`, `4w`, `1M`.
pub(crate) fn rolling(field: &Field<'_>, notes: &mut Notes) -> Option<Window> {
    let text = field.required(notes, "write a duration such as 30d")?;
    duration(field, text, notes)
}

fn duration(field: &Field<'_>, text: &str, notes: &mut Notes) -> Option<Window> {
    let text = text.trim();
    let days = |unit: char| match unit {
        'M' => Some(("month", 30)),
        'Q' => Some(("quarter", 90)),
        'Y' => Some(("year", 365)),
        _ => None,
    };
    let number = text.get(..text.len().saturating_sub(1)).and_then(|n| n.parse::<u16>().ok());
    let written = match (number, text.chars().last().and_then(days)) {
        (Some(number), Some((word, days))) => {
            let days = u32::from(number) * days;
            notes.warn(
                field,
                format!("`{}` has no fixed length; a {word} was taken so that it makes {days}d", shown(text)),
                format!("write {days}d"),
            );
            format!("{days}d")
        }
        _ => text.to_owned(),
    };
    match Window::parse(&written) {
        Ok(window) => Some(window),
        Err(error) => {
            let month = text.ends_with('m') && number.is_some_and(|n| n < 60);
            let cure = if month {
                "`m` means minutes; if a month was meant, write 1M or 30d"
            } else {
                "write a rolling duration such as 30d or 4w"
            };
            notes.fault(field, format!("is no window: {error}"), cure);
            None
        }
    }
}

fn only<'a>(field: &Field<'a>, notes: &mut Notes) -> Option<Field<'a>> {
    if !field.is_given() {
        notes.fault(field, "is missing, and no window is assumed", "add one rolling window, such as 30d");
        return None;
    }
    let windows = field.items(notes);
    if windows.len() > 1 {
        notes.fault(field, format!("holds {} windows, one is expected", windows.len()), "write one SLO for each window");
        return None;
    }
    let window = windows.into_iter().next().filter(Field::is_map);
    if window.is_none() {
        notes.fault(field, "holds no window", "add one rolling window, such as 30d");
    }
    window
}

fn letter_of(unit: &str) -> Option<char> {
    match unit.to_ascii_lowercase().trim_end_matches('s') {
        "minute" => Some('m'),
        "hour" => Some('h'),
        "day" => Some('d'),
        "week" => Some('w'),
        "month" => Some('M'),
        "quarter" => Some('Q'),
        "year" => Some('Y'),
        _ => None,
    }
}
