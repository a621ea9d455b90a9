//! Counts of one minute: traffic of the story's day, a little seeded noise, and what the script does to it.

use std::f64::consts::TAU;

use firewatch_domain::minute::{DAY, HOUR};

use super::cast::Part;
use super::script::{Mood, SLOW_AT, WELL_AT, production, staging};

/// Boundaries of the page loads, in seconds.
pub(super) const BOUNDS: [f64; 11] = [0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0];
/// Which of them is promised: one second.
pub(super) const PROMISED: usize = 5;
/// Clients load again what does not come: this many times the usual traffic.
const RETRIES: f64 = 6.6;
/// Minutes until the retries have built up.
const BUILD_UP: i64 = 4;

/// The boundaries for messages.
pub(super) fn bounds_text() -> String {
    BOUNDS.map(|bound| bound.to_string()).join(", ")
}

/// Page loads at most as long as each boundary, and all.
pub(super) fn loads(part: &Part, minute: i64) -> Vec<u64> {
    let mood = if part.environment == "production" { production(minute) } else { staging(minute) };
    let all = events(part, minute, if mood == Mood::Stuck { RETRIES } else { 1.0 });
    // One draw for all boundaries keeps the counts in order.
    let luck = draw(&part.key, minute, 2);
    let below = shares(mood).map(|share| ((all as f64 * share + luck).floor() as u64).min(all));
    below.into_iter().chain([all]).collect()
}

/// Good calls and all.
pub(super) fn calls(part: &Part, minute: i64) -> Vec<u64> {
    let strained = part.environment == "production" && (SLOW_AT..WELL_AT).contains(&minute);
    let surge = if strained && part.strained > part.usual { 1.0 + (RETRIES - 1.0) * 0.25 } else { 1.0 };
    let all = events(part, minute, surge);
    let share = if strained { part.strained } else { part.usual };
    let wobble = 0.7 + 0.6 * draw(&part.key, minute.div_euclid(7), 3);
    let bad = ((all as f64 * share * wobble + draw(&part.key, minute, 2)).floor() as u64).min(all);
    vec![all - bad, all]
}

/// Traffic: the story begins in the middle of its morning.
fn events(part: &Part, minute: i64, surge: f64) -> u64 {
    let hour = minute.rem_euclid(DAY) as f64 / HOUR as f64;
    let day = 1.0 + 0.3 * (TAU * hour / 24.0).sin();
    let weekend = if matches!(minute.div_euclid(DAY).rem_euclid(7), 4 | 5) { 0.75 } else { 1.0 };
    let noise = 0.94 + 0.12 * draw(&part.key, minute, 0);
    let build = if surge > 1.0 { 1.0 + (surge - 1.0) * ((minute - SLOW_AT + 1) as f64 / BUILD_UP as f64).clamp(0.0, 1.0) } else { 1.0 };
    let expected = part.pace as f64 / 1000.0 * day * weekend * noise * build;
    (expected + draw(&part.key, minute, 1)).floor() as u64
}

/// Share of loads below each boundary.
fn shares(mood: Mood) -> [f64; 11] {
    match mood {
        Mood::Fast => [0.30, 0.72, 0.93, 0.9930, 0.9945, 0.995, 0.996, 0.997, 0.998, 0.999, 0.9998],
        Mood::Fixed => [0.34, 0.76, 0.945, 0.9940, 0.9953, 0.9959, 0.9968, 0.9976, 0.9984, 0.9992, 0.9999],
        Mood::Creeping => [0.12, 0.45, 0.70, 0.88, 0.935, 0.958, 0.975, 0.985, 0.993, 0.998, 0.9998],
        Mood::Rough => [0.08, 0.28, 0.48, 0.62, 0.70, 0.75, 0.84, 0.91, 0.96, 0.992, 0.9995],
        Mood::Heavy => [0.05, 0.20, 0.38, 0.55, 0.64, 0.71, 0.80, 0.88, 0.95, 0.99, 0.9995],
        Mood::Stuck => [0.0, 0.0, 0.0, 0.002, 0.006, 0.012, 0.05, 0.11, 0.28, 0.62, 0.93],
    }
}

/// A number in `[0, 1)` that depends on nothing but its arguments.
fn draw(key: &str, minute: i64, stream: u64) -> f64 {
    // FNV-1a over the key, then the finalizer of SplitMix64.
    let seed = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut x = seed ^ (minute as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::super::cast::{find, parts};
    use super::*;

    fn of(key: &str, from: i64, to: i64) -> (u64, u64) {
        let part = find(key).unwrap();
        let mut sums = (0, 0);
        for minute in from..to {
            let row = if part.threshold.is_some() { loads(part, minute) } else { calls(part, minute) };
            let good = if part.threshold.is_some() { row[PROMISED] } else { row[0] };
            let all = row[row.len() - 1];
            sums = (sums.0 + all - good, sums.1 + all);
        }
        sums
    }

    fn burn(key: &str, budget: f64, end: i64, minutes: i64) -> f64 {
        let (bad, all) = of(key, end - minutes, end);
        bad as f64 / all as f64 / budget
    }

    const LOAD: &str = "production/settings-first-load";

    fn consumed(end: i64) -> f64 {
        burn(LOAD, 0.05, end, 30 * DAY)
    }

    #[test]
    fn most_of_the_budget_is_spent_and_yet_all_is_calm() {
        let spent = consumed(0);
        assert!((0.85..0.90).contains(&spent), "{spent}");
        for (limit, long, short) in [(14.4, 60, 5), (6.0, 360, 30), (3.0, DAY, 120), (1.0, 3 * DAY, 360)] {
            let fires = burn(LOAD, 0.05, 0, long) > limit && burn(LOAD, 0.05, 0, short) > limit;
            assert!(!fires, "{long}");
        }
        for part in parts().iter().filter(|p| p.key != LOAD) {
            let budget = 1.0 - part.objective.parse::<f64>().unwrap() / 100.0;
            assert!(burn(&part.key, budget, 0, 3 * DAY) < 1.0, "{}", part.key);
            assert!(burn(&part.key, budget, 0, 30 * DAY) < 1.0, "{}", part.key);
        }
    }

    #[test]
    fn a_page_fires_early_and_the_budget_goes_within_the_hour() {
        let fires = |end: i64| burn(LOAD, 0.05, end, 60) > 14.4 && burn(LOAD, 0.05, end, 5) > 14.4;
        let first = (0..240).find(|end| fires(*end)).unwrap();
        assert!((10..=20).contains(&(first - SLOW_AT)), "{first}");
        let gone = (0..240).find(|end| consumed(*end) >= 1.0).unwrap();
        assert!((40..=60).contains(&gone), "{gone}");
    }

    #[test]
    fn dozens_of_signals_and_a_quiet_staging() {
        let burning = |environment: &str| {
            let of = parts().iter().filter(|p| p.environment == environment);
            of.filter(|p| burn(&p.key, 1.0 - p.objective.parse::<f64>().unwrap() / 100.0, 60, 55) > 3.0).count()
        };
        assert!(burning("production") >= 9, "{}", burning("production"));
        assert_eq!(burning("staging"), 0);
    }

    #[test]
    fn it_recovers() {
        assert!(burn(LOAD, 0.05, WELL_AT + 60, 60) < 0.5);
    }

    #[test]
    fn boundaries_never_decrease() {
        let part = find(LOAD).unwrap();
        for minute in -3000..600 {
            assert!(loads(part, minute).is_sorted(), "{minute}");
        }
        assert_eq!(loads(part, 77), loads(part, 77));
    }
}
