//! Which candidates hold, and in what order.

use std::cmp::Ordering;

use firewatch_domain::minute::{DAY, HOUR, Minute, Span};
use firewatch_domain::replay::{Replay, Stretch};
use firewatch_domain::slo::Slo;

use super::Case;
use crate::backtest::Replayed;
use crate::backtest::incidents::{Trouble, belongs, first_warning};

/// Warning earlier by less is no gain.
const LEAST_GAIN: i64 = HOUR;
/// One more alert in so many minutes is the price that may be paid.
const ONE_MORE_IN: i64 = 15 * DAY;
/// Alerts that belong to nothing, from which an SLO is said to cry wolf.
const WOLVES: usize = 2;

/// A candidate that holds.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// The definition.
    pub slo: Slo,
    /// Its replay.
    pub replayed: Replayed,
    /// What it gains.
    pub gain: Gain,
}

/// What a candidate gains.
#[derive(Debug, Clone)]
pub(super) enum Gain {
    /// An earlier warning.
    Earlier {
        /// Incident, unless it was only a budget that was gone.
        incident: Option<String>,
        /// Of what.
        title: String,
        /// First warning along the journey as it stands, if any.
        warned: Option<Minute>,
        /// First warning of the candidate.
        would_warn: Minute,
    },
    /// Alerts that belong to nothing and would not have been.
    Silenced {
        /// How many.
        wolves: usize,
    },
}

/// Judges a tighter candidate by the case it gains most at.
pub(super) fn tighter(slo: Slo, replayed: Replayed, present: &Replayed, cases: &[&Case]) -> Option<Judged> {
    let found = &replayed.found;
    let more = found.alerts.len() as i64 - present.found.alerts.len() as i64;
    let dear = more > (found.over.len() / ONE_MORE_IN).max(1);
    if dear || alerting(found) * 2 > found.over.len() {
        return None;
    }
    let gains = cases.iter().filter_map(|case| {
        let would_warn = first_warning(found, &case.trouble)?;
        let earlier = case.warned.map_or(i64::MAX, |warned| warned.since(would_warn));
        let (incident, title) = (case.incident.clone(), case.title.clone());
        (earlier >= LEAST_GAIN).then_some((earlier, Gain::Earlier { incident, title, warned: case.warned, would_warn }))
    });
    let (_, gain) = gains.max_by_key(|(earlier, _)| *earlier)?;
    Some(Judged { slo, replayed, gain })
}

/// The earliest warning first, then the fewest alerts; of equals the milder change stays in front.
pub(super) fn earliest(a: &Judged, b: &Judged) -> Ordering {
    let at = |j: &Judged| match &j.gain {
        Gain::Earlier { would_warn, .. } => would_warn.0.div_euclid(HOUR),
        Gain::Silenced { .. } => i64::MAX,
    };
    at(a).cmp(&at(b)).then(a.replayed.found.alerts.len().cmp(&b.replayed.found.alerts.len()))
}

/// Whether a definition alerts without cause.
pub(super) fn cries_wolf(found: &Replay, troubles: &[Trouble]) -> bool {
    wolves(found, troubles) >= WOLVES
}

/// Judges a looser candidate: no wolf is left and no incident is lost.
pub(super) fn looser(slo: Slo, replayed: Replayed, present: &Replay, troubles: &[Trouble]) -> Option<Judged> {
    let lost = troubles.iter().any(|t| first_warning(present, t).is_some() && first_warning(&replayed.found, t).is_none());
    let wolves_before = wolves(present, troubles);
    (!lost && wolves(&replayed.found, troubles) == 0).then_some(Judged { slo, replayed, gain: Gain::Silenced { wolves: wolves_before } })
}

fn wolves(found: &Replay, troubles: &[Trouble]) -> usize {
    found.alerts.iter().filter(|a| !belongs(a.stretch, troubles, found)).count()
}

/// Minutes in which any alert was on.
fn alerting(found: &Replay) -> i64 {
    let on = |s: &Stretch| Span::new(s.start, s.end.unwrap_or(found.over.to));
    let spans = firewatch_domain::exclusion::merged(found.alerts.iter().map(|a| on(&a.stretch)).collect());
    spans.iter().map(|s| s.len()).sum()
}
