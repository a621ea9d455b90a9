//! Which indicator two queries make: a ratio, two halves, or a boundary of a histogram.

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::selector::{Comparison, Selector};

use crate::field::Field;
use crate::notes::Notes;
use crate::query::{self, Query, Reading};

const CURE: &str =
    "write a counter such as requests_total{code=~\"5..\"}, or sum(rate(requests_total{…}[5m])); arbitrary PromQL per slice comes later";

/// A field that holds a query, and what it counts.
pub(crate) struct Counted<'a> {
    field: Field<'a>,
    query: Query,
}

impl<'a> Counted<'a> {
    /// Reads the query of a field that must hold one.
    pub(crate) fn read(field: Field<'a>, notes: &mut Notes) -> Option<Self> {
        let text = field.required(notes, CURE)?;
        match query::read(text) {
            Ok(query) => {
                if let Some(grouping) = &query.grouping {
                    let message = format!("is grouped `{grouping}`; the grouping is dropped, so this is one SLO over all groups");
                    notes.warn(&field, message, "split it by selector if you want one for each");
                }
                Some(Self { field, query })
            }
            Err(why) => {
                notes.fault(&field, format!("cannot be read as raw counters: {why}"), CURE);
                None
            }
        }
    }

    /// The same, where a bare selector may be a gauge because the document says so.
    pub(crate) fn must_count(self, counter: &Field<'_>, notes: &mut Notes) -> Option<Self> {
        if counter.raw() == Some("false") && !self.query.rated {
            let message = "is `false`, so the query is a value that goes up and down and cannot be counted";
            notes.fault(counter, message, "use a counter, or wrap it in rate() if it is one");
            return None;
        }
        Some(self)
    }
}

/// The indicator of a counter of good or bad events and one of all.
pub(crate) fn part_of_total(counts: Counts, part: Counted<'_>, total: &Counted<'_>, notes: &mut Notes) -> Option<Indicator> {
    let all = match &total.query.reading {
        Reading::Counter(all) => all.clone(),
        Reading::Sum(a, b) => return halves_of_sum(counts, &part, (a, b), &total.field, notes),
        Reading::Difference(..) => {
            notes.fault(&total.field, "subtracts one counter from another", "name a counter of all events");
            return None;
        }
    };
    let (counts, part_field, selector) = match part.query.reading {
        Reading::Counter(selector) => (counts, part.field, selector),
        Reading::Difference(whole, rest) if whole == all => (opposite(counts), part.field, rest),
        Reading::Difference(..) => {
            notes.fault(
                &part.field,
                "subtracts from something other than the total",
                "subtract from the same selector as the total query's",
            );
            return None;
        }
        Reading::Sum(..) => {
            notes.fault(&part.field, "adds two counters", "use one selector for both, such as requests_total{code=~\"5..|429\"}");
            return None;
        }
    };
    if selector == all {
        notes.warn(&part_field, "counts the same as the total, so it is always 0 or 100 %", "narrow it to the good or the bad events");
    }
    counted(counts, selector, all, &part_field, &total.field, notes)
}

/// Good and bad without a counter of all.
pub(crate) fn halves(good: &Counted<'_>, bad: &Counted<'_>, notes: &mut Notes) -> Option<Indicator> {
    let mut single = |half: &Counted<'_>| {
        if let Reading::Counter(selector) = &half.query.reading {
            return Some(selector.clone());
        }
        notes.fault(&half.field, "calculates with two counters", "name one counter of good and one of bad events");
        None
    };
    let (good, bad) = (single(good), single(bad));
    Some(Indicator::Halves { good: good?, bad: bad? })
}

/// A gauge that is 0 or 1, named by its bare selector.
pub(crate) fn gauge(field: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let text = field.required(notes, "write the gauge's selector, such as probe_success{job=\"blackbox\"}")?;
    match Selector::parse(text) {
        Ok(up) => Some(Indicator::Gauge { up }),
        Err(error) => {
            notes.fault(field, error.to_string(), "write the gauge's bare selector");
            None
        }
    }
}

/// `good` of `good + bad`.
fn halves_of_sum(
    counts: Counts,
    part: &Counted<'_>,
    sum: (&Selector, &Selector),
    total: &Field<'_>,
    notes: &mut Notes,
) -> Option<Indicator> {
    let other = match &part.query.reading {
        Reading::Counter(selector) if selector == sum.0 => Some(sum.1),
        Reading::Counter(selector) if selector == sum.1 => Some(sum.0),
        _ => None,
    };
    let (Some(other), Reading::Counter(selector)) = (other, &part.query.reading) else {
        notes.fault(total, "adds two counters of which neither is the other query's", "name a counter of all events, or add good and bad");
        return None;
    };
    let (part, other) = (selector.clone(), other.clone());
    Some(match counts {
        Counts::Good => Indicator::Halves { good: part, bad: other },
        Counts::Bad => Indicator::Halves { good: other, bad: part },
    })
}

/// A ratio, or a boundary of a histogram where the good counter is one of its buckets.
fn counted(counts: Counts, part: Selector, total: Selector, at: &Field<'_>, total_at: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let mut whole = |selector: &Selector, field: &Field<'_>| {
        let many = is_bucket(selector) && !selector.matchers.iter().any(|m| m.label == "le" && m.comparison == Comparison::Equal);
        if many {
            let message = "adds up all buckets of a histogram, which count each event many times";
            notes.fault(field, message, "name one boundary, such as le=\"0.5\", and the _count series as total");
        }
        !many
    };
    let (part_whole, total_whole) = (whole(&part, at), whole(&total, total_at));
    if !(part_whole && total_whole) {
        return None;
    }
    let (Some(le), Counts::Good) = (part.equal("le"), counts) else {
        return Some(Indicator::Ratio { counts, part, total });
    };
    let threshold = le.parse::<f64>().ok().filter(|t| t.is_finite() && *t > 0.0);
    match (threshold, total.equal("le")) {
        (Some(threshold), None | Some("+Inf")) => Some(Indicator::Latency { buckets: part.without("le"), total, threshold }),
        (Some(_), Some(_)) => Some(Indicator::Ratio { counts, part, total }),
        (None, _) => {
            notes.fault(
                at,
                format!("has the boundary le=\"{le}\", which is no number above 0"),
                "name one finite boundary, such as le=\"0.5\"",
            );
            None
        }
    }
}

fn is_bucket(selector: &Selector) -> bool {
    selector.metric.as_deref().is_some_and(|name| name.ends_with("_bucket"))
}

fn opposite(counts: Counts) -> Counts {
    match counts {
        Counts::Good => Counts::Bad,
        Counts::Bad => Counts::Good,
    }
}
