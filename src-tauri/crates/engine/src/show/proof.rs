//! Proofs as shown, with their arithmetic line by line.

use firewatch_domain::hypothesis::{Aim, Hypothesis, Measure, value_words};
use firewatch_domain::proof::{Proof, Side, next_look, times};
use firewatch_domain::words;

use super::incident::rfc3339;
use crate::prove::places::Place;
use crate::view::{HypothesisPlace, HypothesisView, PreviewPlace, ProofDay, ProofDetail, ProofRow, Sample, Samples};

/// The proof that counts: of the last environment in order that was looked at since it shipped there.
pub(crate) fn decisive<'a>(hypothesis: &Hypothesis, proofs: &'a [Proof]) -> Option<&'a Proof> {
    let current = |environment: &String| {
        proofs.iter().find(|proof| proof.environment == *environment && hypothesis.shipped.get(environment) == Some(&proof.shipped))
    };
    hypothesis.environments.iter().rev().find_map(current)
}

/// In short.
pub(crate) fn proof_row(proof: &Proof) -> ProofRow {
    let figures = &proof.figures;
    let sample = |side: &Side| Sample { bad: side.bad, total: side.total, minutes: side.minutes as f64, excluded: side.excluded as f64 };
    ProofRow {
        verdict: proof.verdict.word().to_owned(),
        factor: figures.factor,
        before: figures.before.value,
        after: figures.after.value,
        environment: proof.environment.clone(),
        measure: proof.measure.to_string(),
        aim: proof.aim.in_words(proof.measure),
        interval: figures.interval.map(|interval| (interval.low, interval.high)),
        level: figures.interval.map(|interval| interval.level),
        method: proof.method().to_owned(),
        samples: Samples { before: sample(&figures.before), after: sample(&figures.after) },
        days: figures.counted,
        headline: proof.headline(),
        why: proof.why.clone(),
        shipped: rfc3339(proof.shipped),
        at: rfc3339(proof.at),
    }
}

/// A hypothesis with what came of it. `proofs`: all of them, the newest first.
pub(crate) fn hypothesis_view(hypothesis: &Hypothesis, proofs: &[Proof]) -> HypothesisView {
    let last = |environment: &String| {
        let shipped = hypothesis.shipped.get(environment).copied();
        proofs.iter().position(|proof| proof.environment == *environment && Some(proof.shipped) == shipped)
    };
    let current: Vec<usize> = hypothesis.environments.iter().filter_map(last).collect();
    let place = |environment: &String| {
        let shipped = hypothesis.shipped.get(environment).copied();
        let proof = last(environment).map(|at| &proofs[at]);
        let next = shipped.and_then(|shipped| next_look(shipped, proof.map(|proof| (proof.at, proof.verdict))));
        HypothesisPlace {
            environment: environment.clone(),
            shipped: shipped.map(rfc3339),
            next_look: next.map(rfc3339),
            proof: proof.map(detail),
        }
    };
    HypothesisView {
        text: hypothesis.to_string(),
        claim: hypothesis.claim(),
        places: hypothesis.environments.iter().map(place).collect(),
        earlier: proofs.iter().enumerate().filter(|(i, _)| !current.contains(i)).map(|(_, proof)| proof_row(proof)).collect(),
    }
}

/// How a place of a hypothesis stands now.
pub(crate) fn place_row(place: &Place, measure: Measure, aim: Aim, side: Side) -> PreviewPlace {
    let aimed = match aim {
        Aim::Factor(factor) => side.value.filter(|_| factor > 1.0).map(|value| value_words(value / factor, measure)),
        Aim::Threshold { limit } => Some(format!("under {}", value_words(limit, measure))),
    };
    PreviewPlace {
        environment: place.slo.environment.clone(),
        slo: place.slo.name.clone(),
        title: words::plain(&place.slo.title, 120),
        now: side.value.map(|value| format!("{measure} {}", value_words(value, measure))),
        aimed,
        total: side.total,
        minutes: side.minutes as f64,
    }
}

fn detail(proof: &Proof) -> ProofDetail {
    let figures = &proof.figures;
    let value = |value: f64| value_words(value, proof.measure);
    let words = |side: &Side| match (side.value, side.within) {
        (Some(known), _) => value(known),
        (None, Some((beyond, None))) => format!("more than {}", value(beyond)),
        (None, _) => "not known".to_owned(),
    };
    let interval = figures.interval.map(|interval| {
        let said = if matches!(proof.aim, Aim::Factor(_)) { interval.in_words(times) } else { interval.in_words(value) };
        format!("{said} ({})", interval.level_words())
    });
    let between = |side: &Side| {
        let (low, high) = side.within?;
        Some(format!("{} to {}", value(low), high.map_or("beyond".to_owned(), value)))
    };
    let interpolated = between(&figures.before).zip(between(&figures.after));
    ProofDetail {
        row: proof_row(proof),
        before_words: words(&figures.before),
        after_words: words(&figures.after),
        interpolated: interpolated.map(|(before, after)| format!("interpolated: before within {before}, after within {after}")),
        interval_words: interval,
        week: figures.week.clone(),
        by_day: figures.days.iter().map(|d| ProofDay { day: d.day + 1, before: d.before, after: d.after, hours: d.hours }).collect(),
        arithmetic: arithmetic(proof),
    }
}

fn arithmetic(proof: &Proof) -> Vec<(String, String)> {
    let figures = &proof.figures;
    let mut lines = Vec::new();
    let mut say = |what: &str, how: String| lines.push((what.to_owned(), how));
    for (what, side) in [("Before", &figures.before), ("After", &figures.after)] {
        let events = format!("{} bad of {} events", words::count(side.bad), words::count(side.total));
        let left_out = if side.excluded > 0 { format!(", {} min excluded", side.excluded) } else { String::new() };
        say(what, format!("{events} in {} min{left_out}", words::count(side.minutes as f64)));
    }
    let hours: u32 = figures.days.iter().map(|day| day.hours).sum();
    say("Compared", format!("{hours} h on {} days, each beside the same hour of the week before it shipped", figures.days.len()));
    if let (Some(before), Some(after)) = (figures.before.value, figures.after.value) {
        let shown = |value| value_words(value, proof.measure);
        let factor = figures.factor.map_or("no figure: nothing is bad after".to_owned(), times);
        say("Factor", format!("{} / {} = {factor}", shown(before), shown(after)));
    }
    if let Some(spread) = figures.spread {
        say("Days differ by", format!("±{} (√φ, beyond counting noise)", words::percent(spread.sqrt())));
    }
    if let Some(interval) = figures.interval {
        let (of, said) = match proof.aim {
            Aim::Factor(_) => ("the factor", interval.in_words(times)),
            Aim::Threshold { .. } => ("the value after", interval.in_words(|value| value_words(value, proof.measure))),
        };
        say("Interval", format!("{of}: {said} ({})", interval.level_words()));
    }
    say("Aim", proof.aim.in_words(proof.measure));
    say("Method", proof.method().to_owned());
    lines
}
