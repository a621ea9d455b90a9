//! The counts of a thousand SLOs, all known: the same arithmetic makes the month in a profile, the history in Prometheus and what is
//! scraped afterwards.

use firewatch_domain::minute::{MINUTE_S, Minute};

/// SLOs of the fleet.
pub const SLOS: u64 = 1_000;
/// Seconds between scrapes, as Prometheus's own default configuration has it.
pub const SCRAPE_S: i64 = 15;

const DAY_S: i64 = 86_400;
const MILLION: u64 = 1_000_000;

/// The fleet; its counters started at zero a hundred days before it was made.
#[derive(Debug, Clone, Copy)]
pub struct Fleet {
    began: i64,
}

impl Fleet {
    /// As seen at `now`, unix seconds.
    pub fn new(now: i64) -> Self {
        Self { began: now - now.rem_euclid(MINUTE_S) - 100 * DAY_S }
    }

    /// Bad and all events of an SLO up to a time.
    pub fn counted(self, slo: u64, at: i64) -> (u64, u64) {
        let seconds = (at - self.began).max(0).unsigned_abs();
        let rate = 5 + slo * 7 % 19;
        // A constant rate would compress to nothing. The wobble never outweighs a scrape, so counters only rise.
        let total = seconds * rate + scatter(slo, seconds / SCRAPE_S.unsigned_abs()) % (rate * 3);
        (total * bad_ppm(slo) / MILLION, total)
    }

    /// Bad and all events of an SLO within one minute.
    pub fn minute(self, slo: u64, minute: Minute) -> [u64; 2] {
        let (before, after) = (self.counted(slo, minute.start_s()), self.counted(slo, minute.start_s() + MINUTE_S));
        [after.0 - before.0, after.1 - before.1]
    }
}

/// Most are calm, a dozen have spent everything.
fn bad_ppm(slo: u64) -> u64 {
    if slo.is_multiple_of(83) { 3_000 } else { 120 + slo * 37 % 200 }
}

/// A number that looks random and is not (splitmix64).
fn scatter(slo: u64, step: u64) -> u64 {
    let mut mixed = slo.wrapping_mul(1_000_003).wrapping_add(step).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
