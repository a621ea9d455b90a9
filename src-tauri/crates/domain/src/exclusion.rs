//! Minutes that leave the figures on purpose: maintenance, a test, a wrong measurement. Reversible, with who and why.

use serde::{Deserialize, Serialize};

use crate::minute::Span;
use crate::slo::Slo;

/// What an exclusion is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
pub enum Scope {
    /// One SLO.
    Slo {
        /// Its id.
        id: String,
    },
    /// Every SLO of a journey in one environment.
    Journey {
        /// Journey.
        journey: String,
        /// Environment.
        environment: String,
    },
}

impl Scope {
    /// Whether it is about an SLO.
    pub fn covers(&self, slo: &Slo) -> bool {
        match self {
            Self::Slo { id } => *id == slo.id,
            Self::Journey { journey, environment } => *journey == slo.journey && *environment == slo.environment,
        }
    }
}

/// Minutes that do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// Id.
    pub id: String,
    /// What it is about.
    pub scope: Scope,
    /// Which minutes.
    pub span: Span,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// Unix seconds at which it was said.
    pub at_s: i64,
    /// Taken back: who, and at which unix second.
    pub undone: Option<Undone>,
}

/// An exclusion was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// Who.
    pub by: String,
    /// Unix seconds.
    pub at_s: i64,
}

/// The spans in force for an SLO: ascending, disjoint, not adjacent.
pub fn excluded<'a>(exclusions: impl IntoIterator<Item = &'a Exclusion>, slo: &Slo) -> Vec<Span> {
    let held = exclusions.into_iter().filter(|e| e.undone.is_none() && e.scope.covers(slo));
    merged(held.map(|e| e.span).collect())
}

/// Spans ascending, overlapping and adjacent ones made one.
pub fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort();
    let mut one: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match one.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => one.push(span),
        }
    }
    one
}

/// Minutes of a span that are excluded.
pub fn minutes_inside(excluded: &[Span], span: Span) -> i64 {
    let first = excluded.partition_point(|e| e.to <= span.from);
    excluded[first..].iter().take_while(|e| e.from < span.to).map(|e| e.overlap(span).len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::minute::Minute;

    fn span(from: i64, to: i64) -> Span {
        Span::new(Minute(from), Minute(to))
    }

    #[test]
    fn spans_that_touch_become_one() {
        let one = merged(vec![span(10, 20), span(5, 10), span(30, 40), span(35, 36), span(50, 50)]);
        assert_eq!(one, [span(5, 20), span(30, 40)]);
        assert_eq!(minutes_inside(&one, span(0, 100)), 25);
        assert_eq!(minutes_inside(&one, span(19, 31)), 2);
        assert_eq!(minutes_inside(&one, span(20, 30)), 0);
    }
}
