//! What a definition makes of the incidents that were: which it would have warned of, and when.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use firewatch_domain::incident::{Incident, Phase};
use firewatch_domain::minute::{DAY, MINUTE_S, Minute, Span};
use firewatch_domain::replay::{Replay, Stretch};
use firewatch_domain::words;

use super::rfc;
use crate::show::rfc3339;
use crate::view::BacktestIncident;

/// A warning counts for an incident that begins at most this long after it.
pub(crate) const LEAD: i64 = 14 * DAY;

/// When an incident was, in minutes; the end open while it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Earliest minute at which a warning counts for it: its lead, or the end of the one before.
    pub since: Minute,
    /// When it began.
    pub start: Minute,
    /// When it was over.
    pub end: Option<Minute>,
}

/// The incidents about any of some SLOs that lie in a stretch, oldest first, each with its reach.
pub(crate) fn troubles(incidents: &[Arc<Incident>], slos: &[&str], over: Span) -> Vec<(Arc<Incident>, Trouble)> {
    let mut about: Vec<(Arc<Incident>, Minute, Option<Minute>)> = incidents
        .iter()
        .filter(|i| i.slos.iter().any(|s| slos.contains(&s.id.as_str())) && !matches!(i.phase, Phase::Cancelled | Phase::Merged))
        .map(|i| {
            let end = i.times.resolved.or(i.times.mitigated).map(Minute::containing);
            (Arc::clone(i), Minute::containing(began(i)), end)
        })
        .filter(|(_, start, end)| *start < over.to && end.is_none_or(|end| end > over.from))
        .collect();
    about.sort_by_key(|(_, start, _)| *start);
    let mut before: Option<Minute> = None;
    let reach = about.into_iter().map(|(incident, start, end)| {
        let since = start.plus(-LEAD).max(before.unwrap_or(Minute(i64::MIN / 2)));
        before = Some(end.unwrap_or(start).max(start));
        (incident, Trouble { since, start, end })
    });
    reach.collect()
}

/// The first warning for an incident: an alert, or a budget gone, that was on at its beginning, began in its lead, or during it.
pub(crate) fn first_warning(found: &Replay, trouble: &Trouble) -> Option<Minute> {
    let alerts = found.alerts.iter().map(|a| a.stretch);
    let stretches = alerts.chain(found.exhausted.iter().copied());
    let until = trouble.end.unwrap_or(found.over.to).max(trouble.start.plus(1));
    stretches.filter(|s| s.start >= trouble.since && s.start <= until).map(|s| s.start).min()
}

/// Whether an alert has anything to do with a trouble or with a budget that was gone.
pub(crate) fn belongs(stretch: Stretch, troubles: &[Trouble], found: &Replay) -> bool {
    let until = |end: Option<Minute>| end.unwrap_or(found.over.to);
    let of_trouble = troubles.iter().any(|t| stretch.start <= until(t.end).max(t.start.plus(1)) && until(stretch.end) >= t.since);
    let of_exhaustion = found.exhausted.iter().any(|s| stretch.start <= until(s.end) && until(stretch.end) >= s.start);
    of_trouble || of_exhaustion
}

/// Incidents as both definitions see them.
pub(crate) fn compared(incidents: &[Arc<Incident>], slo: &str, tried: &Replay, present: &Replay) -> Vec<BacktestIncident> {
    let judged = troubles(incidents, &[slo], present.over).into_iter().map(|(incident, trouble)| {
        let (now, then) = (first_warning(present, &trouble), first_warning(tried, &trouble));
        let earlier = now.zip(then).map(|(now, then)| now.since(then));
        BacktestIncident {
            id: incident.id.clone(),
            title: words::plain(&incident.title, 120),
            start: rfc3339(began(&incident)),
            end: incident.times.resolved.or(incident.times.mitigated).map(rfc3339),
            warned: now.map(rfc),
            would_warn: then.map(rfc),
            earlier_s: earlier.map(|minutes| (minutes * MINUTE_S) as f64),
            verdict: verdict(now, then).to_owned(),
        }
    });
    judged.collect()
}

fn verdict(now: Option<Minute>, then: Option<Minute>) -> &'static str {
    match (now, then) {
        (Some(now), Some(then)) if then < now => "earlier",
        (Some(now), Some(then)) if then > now => "later",
        (Some(_), Some(_)) => "same",
        (None, Some(_)) => "caught",
        (Some(_), None) => "missed",
        (None, None) => "neither",
    }
}

fn began(incident: &Incident) -> DateTime<Utc> {
    incident.times.impact_start.or(incident.times.detected).unwrap_or(incident.declared_at)
}
