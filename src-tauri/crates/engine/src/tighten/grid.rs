//! What is tried: the next objectives of a ladder, and the nearest latency boundaries that are kept.

use firewatch_domain::indicator::same_bound;
use firewatch_domain::objective::Objective;
use firewatch_domain::slo::Slo;

/// Objectives people promise, in parts per million.
const LADDER_PPM: [u64; 13] =
    [800_000, 900_000, 950_000, 970_000, 980_000, 990_000, 995_000, 998_000, 999_000, 999_500, 999_900, 999_950, 999_990];
/// Steps of the ladder and boundaries tried in one direction, besides the present ones.
const STEPS: usize = 4;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Tighter,
    Looser,
}

/// Other definitions of an SLO, the mildest change first. `bounds`: latency boundaries that are kept, in its own unit.
pub(super) fn candidates(slo: &Slo, bounds: Option<&[f64]>, direction: Direction) -> Vec<Slo> {
    let objectives = objectives(slo.objective, direction);
    let thresholds = thresholds(slo.indicator.threshold(), bounds.unwrap_or_default(), direction);
    let mut found: Vec<(usize, Slo)> = Vec::new();
    for (i, objective) in objectives.iter().enumerate() {
        for (j, threshold) in thresholds.iter().enumerate() {
            if i + j > 0 {
                let indicator = threshold.map_or_else(|| slo.indicator.clone(), |t| slo.indicator.clone().with_threshold(t));
                found.push((i + j, Slo { objective: *objective, indicator, ..slo.clone() }));
            }
        }
    }
    found.sort_by_key(|(steps, _)| *steps);
    found.into_iter().map(|(_, slo)| slo).collect()
}

/// The present objective, then the next ones.
fn objectives(present: Objective, direction: Direction) -> Vec<Objective> {
    let ladder = LADDER_PPM.iter().filter_map(|ppm| Objective::from_ppb(ppm * 1000).ok());
    let next: Vec<Objective> = match direction {
        Direction::Tighter => ladder.filter(|o| *o > present).collect(),
        Direction::Looser => ladder.rev().filter(|o| *o < present).collect(),
    };
    std::iter::once(present).chain(next.into_iter().take(STEPS)).collect()
}

/// The present boundary, then the next ones; one `None` where there are none.
fn thresholds(present: Option<f64>, bounds: &[f64], direction: Direction) -> Vec<Option<f64>> {
    let Some(now) = present.filter(|now| bounds.iter().any(|b| same_bound(*b, *now))) else { return vec![None] };
    let mut next: Vec<f64> = bounds.iter().copied().filter(|b| !same_bound(*b, now)).collect();
    next.sort_by(f64::total_cmp);
    match direction {
        Direction::Tighter => {
            next.retain(|b| *b < now);
            next.reverse();
        }
        Direction::Looser => next.retain(|b| *b > now),
    }
    std::iter::once(Some(now)).chain(next.into_iter().take(STEPS).map(Some)).collect()
}
