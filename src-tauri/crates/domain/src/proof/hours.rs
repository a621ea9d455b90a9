//! Minutes to hours, hours to pairs of the same hour of the week, pairs to days.

use crate::minute::{DAY, HOUR, Minute, Span};

/// Hours of a week.
pub const HOURS_OF_WEEK: usize = 168;
/// Hours of a day.
const HOURS_OF_DAY: usize = 24;
/// Days that are looked at on each side.
const MOST_DAYS: usize = 28;
/// Observed minutes that an hour needs on either side.
const LEAST_MINUTES: u32 = 30;
/// Hours that a day needs.
const LEAST_HOURS: usize = 6;
/// 1 January 1970 was a Thursday.
const EPOCH_HOURS_AFTER_MONDAY: i64 = 3 * 24;

/// What was counted in one hour, reckoned from the moment of shipping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hour {
    /// Minutes that were observed and count.
    pub minutes: u32,
    /// Column by column.
    pub figures: Vec<u64>,
}

/// An hour after, and the same hour of the week before.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// Hour of the week in which it begins, from Monday 00:00 UTC.
    pub hour_of_week: usize,
    /// Before it shipped.
    pub before: &'a Hour,
    /// After.
    pub after: &'a Hour,
}

/// A day of 24 hours from the time of day at which it shipped, as far as it counts.
#[derive(Debug, Clone)]
pub struct Day<'a> {
    /// Days after shipping.
    pub number: usize,
    /// Its hours.
    pub pairs: Vec<Pair<'a>>,
}

/// Everything that was counted around a moment of shipping.
#[derive(Debug, Clone)]
pub struct Record {
    shipped: Minute,
    columns: usize,
    /// The hour just before comes first.
    before: Vec<Hour>,
    after: Vec<Hour>,
    /// Minutes left out before and after.
    pub excluded: (u64, u64),
}

impl Record {
    /// An empty one. `columns`: of a minute.
    pub fn new(shipped: Minute, columns: usize) -> Self {
        let hours = MOST_DAYS * HOURS_OF_DAY;
        Self { shipped, columns, before: vec![Hour::default(); hours], after: vec![Hour::default(); hours], excluded: (0, 0) }
    }

    /// The minutes that matter for something shipped at a minute.
    pub fn span(shipped: Minute) -> Span {
        let reach = MOST_DAYS as i64 * DAY;
        Span::new(shipped.plus(-reach), shipped.plus(reach))
    }

    /// Takes an observed minute that counts. Minutes out of reach are none of ours.
    pub fn add(&mut self, minute: Minute, figures: impl IntoIterator<Item = u64>) {
        let columns = self.columns;
        let Some(hour) = self.hour_of(minute) else { return };
        hour.minutes += 1;
        hour.figures.resize(columns, 0);
        for (sum, figure) in hour.figures.iter_mut().zip(figures) {
            *sum = sum.saturating_add(figure);
        }
    }

    /// Notes a minute that is left out.
    pub fn leave_out(&mut self, minute: Minute) {
        if !Self::span(self.shipped).contains(minute) {
            return;
        }
        if minute < self.shipped { self.excluded.0 += 1 } else { self.excluded.1 += 1 }
    }

    /// The days that count, each hour beside the same hour of the week before.
    pub fn days(&self) -> Vec<Day<'_>> {
        let days = (0..MOST_DAYS).map(|number| {
            let hours = number * HOURS_OF_DAY..(number + 1) * HOURS_OF_DAY;
            Day { number, pairs: hours.filter_map(|hour| self.pair(hour)).collect() }
        });
        days.filter(|day| day.pairs.len() >= LEAST_HOURS).collect()
    }

    /// Observed minutes before and after, whether or not they found a partner.
    pub fn minutes(&self) -> (u64, u64) {
        let all = |hours: &[Hour]| hours.iter().map(|hour| u64::from(hour.minutes)).sum();
        (all(&self.before), all(&self.after))
    }

    /// The hours of the week before, the latest first.
    pub fn week_before(&self) -> impl Iterator<Item = &Hour> {
        self.before.iter().take(HOURS_OF_WEEK)
    }

    /// A whole hour; negative ones lie before.
    #[cfg(test)]
    pub(super) fn set(&mut self, hour: i64, minutes: u32, figures: Vec<u64>) {
        if let Some(place) = self.hour_of(self.shipped.plus(hour * HOUR)) {
            *place = Hour { minutes, figures };
        }
    }

    fn pair(&self, hour: usize) -> Option<Pair<'_>> {
        let weeks = hour / HOURS_OF_WEEK + 1;
        let before = &self.before[weeks * HOURS_OF_WEEK - hour % HOURS_OF_WEEK - 1];
        let after = &self.after[hour];
        let begin = self.shipped.plus(hour as i64 * HOUR).0.div_euclid(HOUR) + EPOCH_HOURS_AFTER_MONDAY;
        let hour_of_week = begin.rem_euclid(HOURS_OF_WEEK as i64) as usize;
        let counts = before.minutes >= LEAST_MINUTES && after.minutes >= LEAST_MINUTES;
        counts.then_some(Pair { hour_of_week, before, after })
    }

    fn hour_of(&mut self, minute: Minute) -> Option<&mut Hour> {
        let passed = minute.since(self.shipped);
        let (hours, passed) = if passed < 0 { (&mut self.before, -passed - 1) } else { (&mut self.after, passed) };
        hours.get_mut((passed / HOUR) as usize)
    }
}
