//! Series with known truth: Poisson traffic of 600 a minute with daily and weekly cycles of ±60 %; the log-odds of an error are those
//! of 2 % with AR(1) noise (ρ 0.8 per minute, σ 0.5 of its innovations) and a shock that a whole day shares (σ 0.3).

use std::f64::consts::TAU;

use super::*;
use crate::indicator::Meaning;
use crate::minute::Minute;

const HOURS: usize = 2 * HOURS_OF_WEEK;
const SERIES: u64 = 2000;
/// A Monday, 00:00 UTC, of 1970.
const MONDAY: Minute = Minute(4 * 24 * 60);

/// How counts of two columns are read.
pub(super) fn bad_of_total() -> Reading {
    Reading { projection: Projection { part: 0, other: 1, meaning: Meaning::BadOfTotal }, scale: 1, bounds: Vec::new() }
}

/// What of 2,000 series was called proven.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    without: u32,
    without_any_aim: u32,
    without_at_any_look: u32,
    twice: u32,
    twice_any_aim: u32,
}

#[test]
fn of_two_thousand_without_effect_few_are_proven_and_of_two_thousand_with_one_nearly_all() {
    let halves = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| scope.spawn(move || tally((0..SERIES).filter(|seed| seed % 2 == half))));
        halves.map(|half| half.join().unwrap())
    });
    let sum = |of: fn(&Tally) -> u32| halves.iter().map(of).sum::<u32>();
    let (without, any, looks) = (sum(|t| t.without), sum(|t| t.without_any_aim), sum(|t| t.without_at_any_look));
    let (twice, twice_any) = (sum(|t| t.twice), sum(|t| t.twice_any_aim));
    println!("of {SERIES} without effect: {without} proven 2×, {any} proven any improvement, {looks} at any look in the first week");
    println!("of {SERIES} with a true 2×: {twice} proven 2×, {twice_any} proven any improvement");
    let most = SERIES as u32 / 20;
    assert!(without <= most && any <= most && looks <= most, "{without} {any} {looks}");
    assert!(twice >= SERIES as u32 - most && twice_any >= SERIES as u32 - most, "{twice} {twice_any}");
}

fn tally(seeds: impl Iterator<Item = u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let mut dice = Dice::new(seed);
        let hours = intensities(&mut dice);
        let without = record(&mut dice, &hours, 1.0);
        let twice = record(&mut dice, &hours, 2.0);
        let proven = |record: &Record, aim: f64| judge(record, &bad_of_total(), Measure::Errors, Aim::Factor(aim)).0 == Verdict::Proven;
        tally.without += u32::from(proven(&without, 2.0));
        tally.without_any_aim += u32::from(proven(&without, 1.0));
        tally.twice += u32::from(proven(&twice, 2.0));
        tally.twice_any_aim += u32::from(proven(&twice, 1.0));
        let looks = (2..=7).any(|days| proven(&first_days(&without, days), 2.0));
        tally.without_at_any_look += u32::from(looks);
    }
    tally
}

/// Expected errors and expected events of each hour, a week before and a week after.
fn intensities(dice: &mut Dice) -> Vec<(f64, f64)> {
    let (mut noise, mut shock) = (0.5 / (1.0 - 0.8_f64 * 0.8).sqrt() * dice.normal(), 0.0);
    let mut hours = vec![(0.0, 0.0); HOURS];
    for minute in 0..HOURS * 60 {
        if minute % (24 * 60) == 0 {
            shock = 0.3 * dice.normal();
        }
        noise = 0.8 * noise + 0.5 * dice.normal();
        let at = minute as f64 / (24.0 * 60.0);
        let traffic = 600.0 * (1.0 + 0.6 * (TAU * at).sin()) * (1.0 + 0.6 * (TAU * at / 7.0).sin());
        let odds = 0.02 / 0.98 * (noise + shock).exp();
        let hour = &mut hours[minute / 60];
        *hour = (hour.0 + traffic * odds / (1.0 + odds), hour.1 + traffic);
    }
    hours
}

/// Sums of independent Poisson counts are Poisson, so an hour is drawn at once; errors and the rest are thinned apart.
fn record(dice: &mut Dice, hours: &[(f64, f64)], factor: f64) -> Record {
    let mut record = Record::new(MONDAY, 2);
    for (i, (errors, events)) in hours.iter().enumerate() {
        let errors = if i < HOURS_OF_WEEK { *errors } else { errors / factor };
        let (bad, good) = (dice.poisson(errors), dice.poisson(events - errors));
        record.set(i as i64 - HOURS_OF_WEEK as i64, 60, vec![bad, bad + good]);
    }
    record
}

fn first_days(record: &Record, days: i64) -> Record {
    let mut short = record.clone();
    for hour in days * 24..HOURS_OF_WEEK as i64 {
        short.set(hour, 0, Vec::new());
    }
    short
}

/// Seeded dice.
pub(super) struct Dice {
    state: u64,
    spare: Option<f64>,
}

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d, spare: None }
    }

    /// In `(0, 1)`.
    pub fn unit(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((x ^ (x >> 31)) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Box and Muller.
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let (radius, (sin, cos)) = ((-2.0 * self.unit().ln()).sqrt(), (TAU * self.unit()).sin_cos());
        self.spare = Some(radius * sin);
        radius * cos
    }

    /// Hörmann's transformed rejection (PTRS, 1993) from ten on, multiplication below.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean < 10.0 {
            let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
            while product > limit {
                product *= self.unit();
                count += 1;
            }
            return count;
        }
        let scale = 0.931 + 2.53 * mean.sqrt();
        let slope = -0.059 + 0.024_83 * scale;
        let inverse = 1.1239 + 1.1328 / (scale - 3.4);
        loop {
            let (off, level) = (self.unit() - 0.5, self.unit());
            let edge = 0.5 - off.abs();
            let count = ((2.0 * slope / edge + scale) * off + mean + 0.43).floor();
            if edge >= 0.07 && level <= 0.9277 - 3.6224 / (scale - 2.0) {
                return count as u64;
            }
            if count < 0.0 || edge < 0.013 && level > edge {
                continue;
            }
            let likely = count * mean.ln() - mean - statrs::function::gamma::ln_gamma(count + 1.0);
            if level.ln() + inverse.ln() - (slope / (edge * edge) + scale).ln() <= likely {
                return count as u64;
            }
        }
    }
}

#[test]
fn the_dice_are_fair() {
    let mut dice = Dice::new(7);
    for mean in [3.0, 40.0, 1800.0] {
        let drawn: Vec<f64> = (0..20_000).map(|_| dice.poisson(mean) as f64).collect();
        let found = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|x| (x - found).powi(2)).sum::<f64>() / 20_000.0;
        assert!((found / mean - 1.0).abs() < 0.03 && (variance / mean - 1.0).abs() < 0.05, "{mean}: {found} {variance}");
    }
}
