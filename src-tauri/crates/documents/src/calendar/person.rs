//! Who an event is about: vendors put the person into the title, each in a form of its own.

use firewatch_domain::oncall::Shift;
use firewatch_domain::words;

use super::Occurrence;

/// The longest name.
const LONGEST: usize = 120;

/// The shift of an occurrence. `title`: what the calendar calls itself.
pub(super) fn shift(one: &Occurrence, title: Option<&str>) -> Shift {
    let text = words::plain(&one.summary, 200);
    let (level, rest) = levelled(&text);
    let named = named(rest);
    let nobody = named.is_empty() || title.is_some_and(|title| title.trim().eq_ignore_ascii_case(named));
    let person = if nobody { one.attendees.first().map_or(named, String::as_str) } else { named };
    Shift {
        from: one.from,
        to: one.to,
        person: words::plain(person, LONGEST),
        also: one.attendees.clone(),
        text: text.clone(),
        level,
        calendar: String::new(),
    }
}

/// `[L2] jane` (Grafana OnCall): level and the rest.
fn levelled(text: &str) -> (u32, &str) {
    let level = text.strip_prefix("[L").or_else(|| text.strip_prefix("[l")).and_then(|rest| rest.split_once(']'));
    match level.and_then(|(digits, rest)| Some((digits.parse::<u32>().ok()?, rest.trim()))) {
        Some(found) => found,
        None => (0, text),
    }
}

/// `On Call - Jane Doe - Operations` (PagerDuty) is Jane Doe; everything else stands for itself.
fn named(text: &str) -> &str {
    let start = "On Call - ";
    match text.get(..start.len()).filter(|begin| begin.eq_ignore_ascii_case(start)) {
        Some(_) => text[start.len()..].split(" - ").next().unwrap_or_default().trim(),
        None => text.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_in_the_vendors_forms() {
        let who = |summary: &str, attendees: &[&str]| {
            let at = chrono::DateTime::UNIX_EPOCH;
            let attendees = attendees.iter().map(|a| (*a).to_owned()).collect();
            let shift = shift(&Occurrence { from: at, to: at, summary: summary.to_owned(), attendees }, Some("Ops schedule"));
            (shift.level, shift.person)
        };
        let is = |level: u32, name: &str| (level, name.to_owned());
        assert_eq!(who("On Call - Jane Doe - Operations", &["jane@example.com"]), is(0, "Jane Doe"));
        assert_eq!(who("On Call - My User", &[]), is(0, "My User"));
        assert_eq!(who("[L3] jane", &[]), is(3, "jane"));
        assert_eq!(who("jane@example.com", &[]), is(0, "jane@example.com"));
        assert_eq!(who("Ops schedule", &["Jane", "jane@example.com"]), is(0, "Jane"));
        assert_eq!(who("", &["jane@example.com"]), is(0, "jane@example.com"));
        assert_eq!(who("[Lx] jane", &[]), is(0, "[Lx] jane"));
    }
}
