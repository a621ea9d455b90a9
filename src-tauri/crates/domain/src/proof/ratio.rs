//! Shares of bad events before and after: hours weighed alike on both sides, days as the unit. The method and its sources are in
//! [`crate::proof`].

use super::hours::Day;

/// Rounds until variance between days and weights agree.
const ROUNDS: usize = 12;

/// A day, its hours weighed alike on both sides; the first of two is before, the second after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Even {
    /// Days after shipping.
    pub number: usize,
    /// What its hours weigh together, in events.
    weight: f64,
    /// Weighed bad events.
    bad: [f64; 2],
    /// Variance of the share by counting alone, for a share of 1.
    noise: [f64; 2],
}

/// Both shares, and how well they are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shares {
    /// Shares of bad events.
    pub share: [f64; 2],
    /// Relative variance of each.
    pub variance: [f64; 2],
    /// One over the number of events that a share stands on.
    pub per_event: [f64; 2],
    /// Degrees of freedom of the variances.
    pub freedom: f64,
    /// Relative variance between days.
    pub spread: f64,
}

impl Even {
    /// From a day's hours. `bad_of_total`: bad and all events of what an hour counted.
    pub fn of(day: &Day<'_>, bad_of_total: impl Fn(&[u64]) -> (f64, f64)) -> Option<Self> {
        let mut even = Self { number: day.number, weight: 0.0, bad: [0.0; 2], noise: [0.0; 2] };
        for pair in &day.pairs {
            let sides = [bad_of_total(&pair.before.figures), bad_of_total(&pair.after.figures)];
            let both = sides[0].1 + sides[1].1;
            if sides[0].1 <= 0.0 || sides[1].1 <= 0.0 {
                continue;
            }
            for (side, (bad, total)) in sides.into_iter().enumerate() {
                let weight = sides[1 - side].1 / both;
                even.bad[side] += bad * weight;
                even.noise[side] += total * weight * weight;
            }
            even.weight += sides[0].1 * sides[1].1 / both;
        }
        (even.weight > 0.0).then(|| Self { noise: even.noise.map(|noise| noise / (even.weight * even.weight)), ..even })
    }

    /// Share of bad events before or after.
    pub fn share(&self, side: usize) -> f64 {
        self.bad[side] / self.weight
    }
}

/// Both shares over days; none without a day.
pub(super) fn shares(days: &[Even]) -> Option<Shares> {
    let mut found = weighed(days, 0.0)?;
    for _ in 0..ROUNDS {
        found = weighed(days, spread(days, &found))?;
    }
    Some(found.0)
}

/// Shares for a variance between days, with the weights of the days.
fn weighed(days: &[Even], spread: f64) -> Option<(Shares, Vec<f64>)> {
    let all: f64 = days.iter().map(|day| day.weight).sum();
    if days.is_empty() {
        return None;
    }
    let usual = days.iter().map(|day| day.bad[0] + day.bad[1]).sum::<f64>() / (2.0 * all);
    let inverse = |day: &Even| if usual > 0.0 { 1.0 / (spread + 1.0 / (day.weight * usual)) } else { day.weight };
    let inverse: Vec<f64> = days.iter().map(inverse).collect();
    let sum: f64 = inverse.iter().sum();
    let weights: Vec<f64> = inverse.iter().map(|weight| weight / sum).collect();
    let over = |value: &dyn Fn(&Even, f64) -> f64| days.iter().zip(&weights).map(|(day, g)| value(day, *g)).sum::<f64>();
    let share = [0, 1].map(|side| over(&|day, g| g * day.share(side)));
    let per_event = [0, 1].map(|side| over(&|day, g| g * g * day.noise[side]));
    let squares = over(&|_, g| g * g);
    let variance = [0, 1].map(|side| squares * spread + if share[side] > 0.0 { per_event[side] / share[side] } else { 0.0 });
    let sides = share.iter().filter(|share| **share > 0.0).count().max(1) as f64;
    Some((Shares { share, variance, per_event, freedom: sides * (1.0 / squares - 1.0), spread }, weights))
}

/// The relative variance between days that makes the squares of both sides what they are; never negative.
fn spread(days: &[Even], (found, weights): &(Shares, Vec<f64>)) -> f64 {
    let (mut squares, mut counting, mut shown) = (0.0, 0.0, 0.0);
    for side in (0..2).filter(|side| found.share[*side] > 0.0) {
        for (day, g) in days.iter().zip(weights) {
            let off = day.share(side) / found.share[side] - 1.0;
            squares += g * off * off;
            counting += g * (1.0 - g) * day.noise[side] / found.share[side];
            shown += g * (1.0 - g);
        }
    }
    if shown > 0.0 { ((squares - counting) / shown).max(0.0) } else { 0.0 }
}
