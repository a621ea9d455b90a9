//! When an incident was felt on an SLO: what the ledger lays to it.

use crate::entry::SloRef;
use crate::incident::{Incident, Phase};
use crate::minute::{MINUTE_S, Minute, Span};

/// The year 2262: later times are no times.
const LATEST_S: i64 = 9_214_646_400;

/// A span in which an SLO suffered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// Which.
    pub slo: SloRef,
    /// When.
    pub span: Span,
}

impl Impact {
    /// From unix seconds, whole minutes wide; `None` when nothing is inside.
    pub fn of(slo: SloRef, from_s: i64, to_s: i64) -> Option<Self> {
        let span = minutes(from_s, to_s);
        (!span.is_empty()).then_some(Self { slo, span })
    }
}

impl Incident {
    /// The spans in which it was felt on an SLO, as far as `until`. An SLO it names suffered from the start of the impact (else its
    /// detection) to the mitigation (else the resolution, else still); what somebody laid to it counts beside. What was cancelled,
    /// or belongs to another incident, explains nothing.
    pub fn felt(&self, slo: &str, until: Minute) -> Vec<Span> {
        if matches!(self.phase, Phase::Cancelled | Phase::Merged) {
            return Vec::new();
        }
        let named = self.slos.iter().any(|s| s.id == slo).then(|| {
            let from = self.times.impact_start.or(self.times.detected).unwrap_or(self.declared_at);
            let to = self.times.mitigated.or(self.times.resolved).map_or(until.start_s(), |at| at.timestamp());
            minutes(from.timestamp(), to)
        });
        let laid = self.impacts.iter().filter(|i| i.slo.id == slo).map(|i| i.span);
        let felt = named.into_iter().chain(laid).map(|span| Span::new(span.from, span.to.min(until)));
        felt.filter(|span| !span.is_empty()).collect()
    }

    /// Whether it has anything to do with an SLO.
    pub fn concerns(&self, slo: &str) -> bool {
        self.slos.iter().any(|s| s.id == slo) || self.impacts.iter().any(|i| i.slo.id == slo)
    }
}

/// Whole minutes that hold both ends. Entries come from elsewhere too: a time out of all reason is cut to one that can be reckoned with.
fn minutes(from_s: i64, to_s: i64) -> Span {
    let sane = |s: i64| s.clamp(0, LATEST_S);
    Span::new(Minute(sane(from_s).div_euclid(MINUTE_S)), Minute((sane(to_s) + MINUTE_S - 1).div_euclid(MINUTE_S)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Entry, Event, Hlc};
    use crate::incident::fold;
    use crate::policy::Grade;
    use chrono::DateTime;

    fn slo(id: &str) -> SloRef {
        SloRef { id: id.to_owned(), name: id.to_owned() }
    }

    fn incident(events: &[(i64, Event)]) -> Incident {
        let declared = Event::Declared {
            title: "t".to_owned(),
            severity: Grade::Sev2,
            slos: vec![slo("a")],
            cause: None,
            drill: false,
            impact_s: Some(90),
        };
        let told = [(600, declared)];
        let entries = told.iter().chain(events).map(|(at_s, event)| {
            let (kind, payload) = event.stored();
            let at = DateTime::from_timestamp(*at_s, 0).unwrap();
            let hlc = Hlc { wall_ms: at_s * 1000, counter: 0, replica: "r".to_owned() };
            let (id, incident, author) = (at_s.to_string(), "i".to_owned(), "me".to_owned());
            Entry { id, incident, at, hlc, author, kind, version: 1, payload, corrects: None }
        });
        fold(entries.collect::<Vec<_>>()).unwrap()
    }

    fn felt(incident: &Incident, id: &str) -> Vec<(i64, i64)> {
        incident.felt(id, Minute(100)).into_iter().map(|s| (s.from.0, s.to.0)).collect()
    }

    #[test]
    fn a_named_slo_suffers_until_it_is_mitigated_and_again_when_reopened() {
        let phase = |at, phase| (at, Event::Phase { phase });
        assert_eq!(felt(&incident(&[]), "a"), [(1, 100)]);
        assert_eq!(felt(&incident(&[phase(1201, Phase::Monitoring)]), "a"), [(1, 21)]);
        assert_eq!(felt(&incident(&[phase(1201, Phase::Resolved), phase(1300, Phase::Mitigating)]), "a"), [(1, 100)]);
        assert_eq!(felt(&incident(&[phase(1201, Phase::Cancelled)]), "a"), []);
        assert_eq!(felt(&incident(&[]), "b"), []);
    }

    #[test]
    fn a_span_laid_to_it_counts_beside() {
        let impact = |from_s, to_s| (700, Event::Impact { slo: slo("b"), from_s, to_s });
        let incident = incident(&[impact(120, 240)]);
        assert_eq!((felt(&incident, "b"), felt(&incident, "a")), (vec![(2, 4)], vec![(1, 100)]));
        assert!(incident.concerns("b") && !incident.concerns("c"));
        assert_eq!(felt(&self::incident(&[impact(240, 120)]), "b"), []);
    }
}
