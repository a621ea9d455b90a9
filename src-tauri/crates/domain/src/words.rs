//! Figures and texts as people read them; the same words in notification, tray, window and terminal.

use chrono::{DateTime, Local, TimeZone, Utc};

/// Longest text from outside that is shown in one place, in characters.
pub const LONGEST_SHOWN: usize = 300;

/// Text from outside, safe to stand beside ours: control characters and direction overrides go, length is bounded.
pub fn plain(text: &str, longest: usize) -> String {
    let kept = text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|c| !c.is_control() && !is_invisible(*c));
    let mut out: String = kept.take(longest + 1).collect();
    if out.chars().count() > longest {
        out = out.chars().take(longest.saturating_sub(1)).chain(['…']).collect();
    }
    out.trim().to_owned()
}

/// Direction overrides and isolates, zero-width characters, byte order mark: they make text read as something else.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// `2 h 14 min`, `3 d 4 h`, `45 s`.
pub fn duration(seconds: f64) -> String {
    let s = seconds.max(0.0).round() as i64;
    let (d, h, m) = (s / 86_400, s % 86_400 / 3600, s % 3600 / 60);
    match (d, h, m) {
        (0, 0, 0) => format!("{s} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// Digits in groups of three, apart by a thin space: `1 810 422`.
pub fn count(value: f64) -> String {
    let whole = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push('\u{2009}');
        }
        out.push(c);
    }
    if value < 0.0 { format!("−{out}") } else { out }
}

/// `66.5 %`, with as many decimals as the figure needs to say something.
pub fn percent(ratio: f64) -> String {
    let value = ratio * 100.0;
    let decimals = match value.abs() {
        v if v >= 100.0 || v == 0.0 => 0,
        v if v >= 1.0 => 1,
        _ => 2,
    };
    let text = format!("{:.decimals$} %", value.abs());
    if value < 0.0 && text.trim_start_matches(['0', '.', ' ']) != "%" { format!("−{text}") } else { text }
}

/// A ratio near one, with enough decimals to tell it from one: `99.724 %`.
pub fn sli(ratio: f64) -> String {
    format!("{:.3} %", ratio * 100.0)
}

/// `14×`, `3.2×`, `0.4×`.
pub fn burn(rate: f64) -> String {
    if rate >= 10.0 { format!("{rate:.0}×") } else { format!("{rate:.1}×") }
}

/// `04:37` today, `Tue 04:37` within a week, `Tue 3 Mar 04:37` later; local time.
pub fn clock(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    clock_in(time, now, &Local)
}

/// [`clock`] in a given zone.
pub fn clock_in<Z: TimeZone>(time: DateTime<Utc>, now: DateTime<Utc>, zone: &Z) -> String
where
    Z::Offset: std::fmt::Display,
{
    let (local, today) = (time.with_timezone(zone), now.with_timezone(zone));
    let format = match (local.date_naive() - today.date_naive()).num_days() {
        0 => "%H:%M",
        -6..=6 => "%a %H:%M",
        _ => "%a %-d %b %H:%M",
    };
    local.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(duration(8040.0), "2 h 14 min");
        assert_eq!(duration(59.4), "59 s");
        assert_eq!(duration(273_600.0), "3 d 4 h");
        assert_eq!(count(1_810_422.0), "1\u{2009}810\u{2009}422");
        assert_eq!(count(-42.0), "−42");
        assert_eq!(percent(0.665), "66.5 %");
        assert_eq!(percent(0.0004), "0.04 %");
        assert_eq!(percent(-0.011), "−1.1 %");
        assert_eq!(percent(-0.000_001), "0.00 %");
        assert_eq!(burn(14.4), "14×");
    }

    #[test]
    fn a_clock_names_the_day_when_it_is_another() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let now = at("2026-11-22T03:00:00Z");
        assert_eq!(clock_in(at("2026-11-22T04:37:00Z"), now, &Utc), "04:37");
        assert_eq!(clock_in(at("2026-11-24T04:37:00Z"), now, &Utc), "Tue 04:37");
        assert_eq!(clock_in(at("2026-12-24T04:37:00Z"), now, &Utc), "Thu 24 Dec 04:37");
    }

    #[test]
    fn hostile_text_is_disarmed() {
        assert_eq!(plain("a\u{202E}b\u{0}\nc", 10), "ab c");
        assert_eq!(plain(&"x".repeat(1_000_000), 5), "xxxx…");
    }
}
