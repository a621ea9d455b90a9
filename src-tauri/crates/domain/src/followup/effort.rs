//! Effort as people write it: hours and minutes of work; a day is eight hours, a week five days, as trackers count.

const HOUR: u32 = 60;
const DAY: u32 = 8 * HOUR;
const WEEK: u32 = 5 * DAY;

/// Minutes of `45m`, `2h`, `1h 30m`, `1.5h`, `3d`, `2w`.
pub fn parse_effort(text: &str) -> Option<u32> {
    let mut rest = text.trim();
    let mut minutes = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (count, after) = rest.split_at(end);
        let after = after.trim_start();
        let word = after.find(|c: char| !c.is_ascii_alphabetic()).map_or(after, |end| &after[..end]);
        let unit = match word {
            "m" | "min" | "minute" | "minutes" => 1,
            "h" | "hour" | "hours" => HOUR,
            "d" | "day" | "days" => DAY,
            "w" | "week" | "weeks" => WEEK,
            _ => return None,
        };
        rest = after[word.len()..].trim_start();
        minutes += count.parse::<f64>().ok()? * f64::from(unit);
    }
    (minutes > 0.0 && minutes <= f64::from(u32::MAX)).then_some(minutes.round() as u32)
}

/// `1 h 30 min`; hours are not made into days, whose length is nobody's business.
pub fn effort_words(minutes: u32) -> String {
    match (minutes / HOUR, minutes % HOUR) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn efforts_as_people_type_them() {
        for (text, minutes) in
            [("45m", 45), ("2h", 120), ("1h 30m", 90), ("1h30m", 90), ("1.5 h", 90), ("3d", 1440), ("2w", 4800), ("20 min", 20)]
        {
            assert_eq!(parse_effort(text), Some(minutes), "{text}");
        }
        for text in ["", "2", "h", "-2h", "2x", "0h", "2months", "99999999999w", "1h 30", "..h"] {
            assert_eq!(parse_effort(text), None, "{text}");
        }
        assert_eq!((effort_words(45), effort_words(120), effort_words(4890)), ("45 min".into(), "2 h".into(), "81 h 30 min".into()));
    }
}
