//! Targets and windows as documents write them.

use firewatch_domain::objective::Objective;
use firewatch_domain::window::Window;

use crate::field::{Field, shown};
use crate::notes::Notes;

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
fn ratio(field: &Field<'_>, notes: &mut Notes) -> Option<Objective> {
    let text = field.text(notes)?;
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

/// `timeWindow` of OpenSLO v1: exactly one, and rolling.
pub(crate) fn time_window(field: &Field<'_>, notes: &mut Notes) -> Option<Window> {
    let window = only(field, notes)?;
    let duration = window.get("duration");
    if is_calendar(&window, notes) {
        let minute = duration.raw().is_some_and(|text| text.ends_with('m'));
        let hint = if minute { " (and `m` means minutes: a month is written `M`)" } else { "" };
        notes.fault(
            &window,
            "is a calendar window, and calendar windows are not supported yet",
            format!("use a rolling one: duration: 30d, isRolling: true{hint}"),
        );
        return None;
    }
    if !window.get("isRolling").is_given() {
        notes.warn(&window, "does not say whether it rolls; it was taken as rolling", "write isRolling: true");
    }
    rolling(&duration, notes)
}

/// `timeWindows` of OpenSLO v1alpha: a count and a unit.
pub(crate) fn counted_window(field: &Field<'_>, notes: &mut Notes) -> Option<Window> {
    let window = only(field, notes)?;
    if is_calendar(&window, notes) {
        notes.fault(&window, "is a calendar window, and calendar windows are not supported yet", "use a rolling one, without `calendar`");
        return None;
    }
    let (count, unit) = (window.get("count"), window.get("unit"));
    let number = count.required(notes, "write count: 30")?;
    let word = unit.required(notes, "write unit: Day")?;
    let Some(letter) = letter_of(word) else {
        notes.fault(&unit, format!("`{}` is no unit", shown(word)), "write Minute, Hour, Day, Week, Month, Quarter or Year");
        return None;
    };
    duration(&count, &format!("{number}{letter}"), notes)
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

fn is_calendar(window: &Field<'_>, notes: &mut Notes) -> bool {
    window.get("calendar").is_given() || window.get("isRolling").text(notes).is_some_and(|text| text.eq_ignore_ascii_case("false"))
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
