//! Days of follow-ups: what is due on a weekend is said to be, and reminders come on working days. Days are those of the
//! person's calendar; holidays are not known.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Weekday};

use super::FollowUp;

/// How a due date stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// Later than the next working day.
    Later,
    /// The next working day, or the weekend before it.
    Soon,
    /// Today.
    Today,
    /// Some days ago.
    Overdue,
}

impl Deadline {
    /// As shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Soon => "soon",
            Self::Today => "today",
            Self::Overdue => "overdue",
        }
    }
}

/// Which reminder of a due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminding {
    /// On the working day before.
    Before,
    /// On the working day after, while it is not settled.
    After,
}

/// A reminder, told once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// Which.
    pub which: Reminding,
    /// Of what day.
    pub due: NaiveDate,
}

impl FollowUp {
    /// How its due date stands; none where it has none or is settled.
    pub fn deadline(&self, today: NaiveDate) -> Option<Deadline> {
        let due = self.due.filter(|_| self.status.open())?;
        Some(match due {
            due if due < today => Deadline::Overdue,
            due if due == today => Deadline::Today,
            due if today >= working_day_before(due) => Deadline::Soon,
            _ => Deadline::Later,
        })
    }

    /// The reminder that is to have been told by a day.
    pub fn reminder(&self, today: NaiveDate) -> Option<Reminder> {
        let due = self.due.filter(|_| self.status.open())?;
        let which = match today {
            today if today >= working_day_after(due) => Reminding::After,
            today if today >= working_day_before(due) && today <= due => Reminding::Before,
            _ => return None,
        };
        Some(Reminder { which, due })
    }
}

impl Reminder {
    /// The same reminder of the same follow-up has the same key.
    pub fn key(&self, followup: &str) -> String {
        let which = match self.which {
            Reminding::Before => "before",
            Reminding::After => "after",
        };
        format!("followup/{followup}/{}/{which}", self.due)
    }
}

/// A due date as typed: `2026-12-04`, a moment (RFC 3339 or unix seconds) of that day in the person's zone, `14d` or `2w` from today,
/// `today`, `tomorrow`.
pub fn parse_due<Z: TimeZone>(text: &str, today: NaiveDate, zone: &Z) -> Option<NaiveDate> {
    let text = text.trim();
    let ahead = |count: &str, days: u64| {
        let days = count.trim().parse::<u64>().ok()?.checked_mul(days).filter(|days| *days < 36_525)?;
        today.checked_add_days(Days::new(days))
    };
    let moment = || {
        let seconds = text.parse::<i64>().ok().and_then(|s| DateTime::from_timestamp(s, 0));
        let told = seconds.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()))?;
        Some(told.with_timezone(zone).date_naive())
    };
    let day = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        _ if text.eq_ignore_ascii_case("today") => Some(today),
        _ if text.eq_ignore_ascii_case("tomorrow") => ahead("1", 1),
        (Some(count), _) => ahead(count, 1),
        (_, Some(count)) => ahead(count, 7),
        _ => text.parse::<NaiveDate>().ok().or_else(moment),
    };
    day.filter(|day| (1970..=9999).contains(&day.year()))
}

/// Whether a day is a Saturday or a Sunday.
pub fn on_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// The day itself, or the Friday before it.
pub fn last_working_day(day: NaiveDate) -> NaiveDate {
    nearest(day, |day| day.checked_sub_days(Days::new(1)))
}

fn working_day_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).map_or(day, last_working_day)
}

fn working_day_after(day: NaiveDate) -> NaiveDate {
    let next = |day: NaiveDate| day.checked_add_days(Days::new(1));
    next(day).map_or(day, |day| nearest(day, next))
}

/// The first working day on the way that `step` goes.
fn nearest(mut day: NaiveDate, step: impl Fn(NaiveDate) -> Option<NaiveDate>) -> NaiveDate {
    while on_weekend(day) {
        let Some(next) = step(day) else { return day };
        day = next;
    }
    day
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;
    use crate::followup::FollowUpStatus;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn due(text: &str) -> FollowUp {
        let mut one = FollowUp::new("1".to_owned(), "t", "me", DateTime::UNIX_EPOCH);
        one.due = Some(day(text));
        one
    }

    #[test]
    fn reminders_come_on_working_days() {
        // The 4th of December 2026 is a Friday.
        let told = |due_on: &str, today: &str| due(due_on).reminder(day(today)).map(|r| r.which);
        for weekend in ["2026-12-05", "2026-12-06"] {
            assert_eq!(told(weekend, "2026-12-03"), None);
            assert_eq!(told(weekend, "2026-12-04"), Some(Reminding::Before));
            assert_eq!(told(weekend, "2026-12-07"), Some(Reminding::After));
        }
        assert_eq!(told("2026-12-05", "2026-12-06"), None, "nobody is told on a Sunday that Saturday has passed");
        assert_eq!(told("2026-12-07", "2026-12-04"), Some(Reminding::Before), "Monday is told of on Friday");
        assert_eq!(told("2026-12-07", "2026-12-08"), Some(Reminding::After));
        assert_eq!(told("2026-12-04", "2026-12-05"), None);
        assert_eq!(told("2026-12-04", "2026-12-07"), Some(Reminding::After));
        assert_eq!(told("2026-12-04", "2027-06-01"), Some(Reminding::After), "a machine that was off tells of it late");
    }

    #[test]
    fn a_settled_one_reminds_of_nothing() {
        let mut done = due("2026-12-04");
        done.status = FollowUpStatus::Done;
        assert_eq!(done.reminder(day("2026-12-09")), None);
        assert_eq!(done.deadline(day("2026-12-09")), None);
    }

    #[test]
    fn a_moved_due_date_reminds_anew() {
        let first = due("2026-12-04").reminder(day("2026-12-03")).unwrap();
        let moved = due("2026-12-11").reminder(day("2026-12-10")).unwrap();
        assert_ne!(first.key("1"), moved.key("1"));
    }

    #[test]
    fn deadlines_stand_in_words() {
        let stands = |today: &str| due("2026-12-07").deadline(day(today)).map(Deadline::word);
        assert_eq!(stands("2026-12-03"), Some("later"));
        assert_eq!(stands("2026-12-05"), Some("soon"));
        assert_eq!(stands("2026-12-07"), Some("today"));
        assert_eq!(stands("2026-12-08"), Some("overdue"));
        assert!(on_weekend(day("2026-12-06")) && !on_weekend(day("2026-12-07")));
        assert_eq!(last_working_day(day("2026-12-06")), day("2026-12-04"));
    }

    #[test]
    fn due_dates_as_people_type_them() {
        let far_east = FixedOffset::east_opt(14 * 3600).unwrap();
        let typed = |text: &str| parse_due(text, day("2026-12-04"), &far_east).map(|day| day.to_string());
        for (text, meant) in [
            ("2026-12-24", "2026-12-24"),
            (" today ", "2026-12-04"),
            ("tomorrow", "2026-12-05"),
            ("14d", "2026-12-18"),
            ("2w", "2026-12-18"),
            ("2026-12-24T12:00:00Z", "2026-12-25"),
            ("1796040000", "2026-12-01"),
        ] {
            assert_eq!(typed(text).as_deref(), Some(meant), "{text}");
        }
        for text in ["", "d", "soon", "2026-13-01", "2026-02-30", "-3d", "99999999999d", "12026-01-01", "99999999999999999"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_do_no_harm() {
        for edge in [NaiveDate::MIN, NaiveDate::MAX] {
            let mut one = due("2026-12-07");
            one.due = Some(edge);
            one.reminder(day("2026-12-07"));
            one.deadline(edge);
        }
    }
}
