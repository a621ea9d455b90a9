//! Whom it would have woken.

use std::collections::BTreeSet;

use chrono::{TimeZone, Timelike};

use crate::minute::{HOUR, Minute};

/// Night begins at this hour, and ends at that of the next day.
const NIGHT: (u32, u32) = (22, 7);

/// Nights, from 22:00 to 07:00 by the clocks of a zone, in which at least one of these minutes lies.
pub fn nights_woken<Z: TimeZone>(at: impl IntoIterator<Item = Minute>, zone: &Z) -> usize {
    let nights: BTreeSet<_> = at
        .into_iter()
        .filter_map(|minute| {
            let local = minute.start().with_timezone(zone);
            let asleep = local.hour() >= NIGHT.0 || local.hour() < NIGHT.1;
            // The hours after midnight belong to the night that began the day before.
            asleep.then(|| minute.plus(-i64::from(NIGHT.1) * HOUR).start().with_timezone(zone).date_naive())
        })
        .collect();
    nights.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    #[test]
    fn a_night_counts_once_and_by_local_clocks() {
        let at = |text: &str| Minute::containing(text.parse().unwrap());
        let evening = ["2026-11-21T22:00:00Z", "2026-11-22T02:30:00Z", "2026-11-22T06:59:00Z"].map(at);
        assert_eq!(nights_woken(evening, &chrono::Utc), 1);
        assert_eq!(nights_woken(["2026-11-22T07:00:00Z", "2026-11-22T21:59:00Z"].map(at), &chrono::Utc), 0);
        assert_eq!(nights_woken(["2026-11-22T06:59:00Z", "2026-11-22T22:00:00Z"].map(at), &chrono::Utc), 2);
        let india = FixedOffset::east_opt(19_800).unwrap();
        assert_eq!(nights_woken(["2026-11-22T16:29:00Z", "2026-11-22T16:30:00Z"].map(at), &india), 1);
    }
}
