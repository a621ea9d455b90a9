//! Which indicator two queries make: a ratio, two halves, or a boundary of a histogram; and what the server has to evaluate.

use firewatch_domain::indicator::{Counts, Indicator, Measure};
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::{Comparison, Selector};

use crate::evaluated::{self, RANGE, filled};
use crate::field::Field;
use crate::notes::Notes;
use crate::query::{self, Query, Reading};

const CURE: &str = "write a counter such as requests_total{code=~\"5..\"}, or sum(rate(requests_total{…}[5m]))";

/// One side of a pair of queries.
pub(crate) struct Side<'a> {
    field: Field<'a>,
    text: String,
    query: Result<Query, String>,
    /// A value that goes up and down, by the document's own word.
    level: bool,
}

impl<'a> Side<'a> {
    /// Reads the query of a field that must hold one. `counter` is the document's word on whether it only grows, if it has one.
    pub(crate) fn read(field: Field<'a>, counter: Option<&Field<'_>>, notes: &mut Notes) -> Option<Self> {
        let text = field.required(notes, CURE)?;
        let text = filled(text);
        let query = query::read(&text);
        if let (Err(why), Err(error)) = (&query, PromQl::parse(&text)) {
            notes.fault(&field, format!("is no query: {why}; {error}"), CURE);
            return None;
        }
        let level = counter.is_some_and(|counter| counter.raw().is_some_and(|word| word.eq_ignore_ascii_case("false")));
        let rated = query.as_ref().is_ok_and(|query| query.rated);
        Some(Self { field, text, query, level: level && !rated })
    }

    /// What the server is to evaluate: the query as it stands, a lone counter as its increase. A calculation with counters
    /// that only grow means nothing minute by minute.
    fn evaluated(&self) -> Option<PromQl> {
        let text = match &self.query {
            Err(_) => self.text.clone(),
            Ok(query) if query.rated || self.level => match &query.grouping {
                Some(_) => format!("sum(\n{}\n)", self.text),
                None => self.text.clone(),
            },
            Ok(Query { reading: Reading::Counter(counter), .. }) => format!("sum(increase({counter}[{RANGE}]))"),
            Ok(_) => return None,
        };
        PromQl::parse(&text).ok()
    }

    fn why(&self) -> String {
        match &self.query {
            Err(why) => format!("cannot be read as raw counters ({why})"),
            Ok(_) if self.level => "goes up and down".to_owned(),
            Ok(_) => "stands beside a query that cannot be read as raw counters".to_owned(),
        }
    }
}

/// The indicator of good or bad events and all: exact where both are counters, else evaluated by the server.
pub(crate) fn pair(counts: Counts, part: Side<'_>, total: Side<'_>, notes: &mut Notes) -> Option<Indicator> {
    let exact = !part.level && !total.level && matches!((&part.query, &total.query), (Ok(part), Ok(total)) if plain(part, total));
    if !exact && let (Some(few), Some(all)) = (part.evaluated(), total.evaluated()) {
        let side = if part.query.is_err() || part.level { &part } else { &total };
        evaluated::say(&side.field, &side.why(), notes);
        return Some(Indicator::PromQl { measure: Measure::Counts { counts, part: few, total: all } });
    }
    let (part, total) = (Counted::of(part, notes), Counted::of(total, notes));
    part_of_total(counts, part?, &total?, notes)
}

/// Good and bad events without a query of all.
pub(crate) fn both(good: Side<'_>, bad: Side<'_>, notes: &mut Notes) -> Option<Indicator> {
    let counter = |side: &Side<'_>| !side.level && matches!(&side.query, Ok(Query { reading: Reading::Counter(_), .. }));
    if !(counter(&good) && counter(&bad))
        && let (Some(part), Some(rest)) = (good.evaluated(), bad.evaluated())
    {
        let side = if counter(&good) { &bad } else { &good };
        evaluated::say(&side.field, &side.why(), notes);
        let total = PromQl::parse(&format!("sum{} + (sum{} or vector(0))", part.enclosed(), rest.enclosed())).ok()?;
        return Some(Indicator::PromQl { measure: Measure::Counts { counts: Counts::Good, part, total } });
    }
    let (good, bad) = (Counted::of(good, notes), Counted::of(bad, notes));
    halves(&good?, &bad?, notes)
}

/// Two queries that are left to the server whatever they are.
pub(crate) fn as_written(counts: Counts, part: &Field<'_>, total: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let (part, total) = (evaluated::query(part, notes), evaluated::query(total, notes));
    Some(Indicator::PromQl { measure: Measure::Counts { counts, part: part?, total: total? } })
}

/// Whether counters can be told from both queries.
fn plain(part: &Query, total: &Query) -> bool {
    match (&part.reading, &total.reading) {
        (Reading::Counter(_), Reading::Counter(_)) => true,
        (Reading::Counter(part), Reading::Sum(a, b)) => part == a || part == b,
        (Reading::Difference(whole, _), Reading::Counter(all)) => whole == all,
        _ => false,
    }
}

/// A field that holds a query, and what it counts.
pub(crate) struct Counted<'a> {
    field: Field<'a>,
    query: Query,
}

impl<'a> Counted<'a> {
    /// Reads the query of a field that must hold a counter.
    pub(crate) fn read(field: Field<'a>, notes: &mut Notes) -> Option<Self> {
        Self::of(Side::read(field, None, notes)?, notes)
    }

    fn of(side: Side<'a>, notes: &mut Notes) -> Option<Self> {
        match side.query {
            Ok(query) => {
                if let Some(grouping) = &query.grouping {
                    let message = format!("is grouped `{grouping}`; the grouping is dropped, so this is one SLO over all groups");
                    notes.warn(&side.field, message, "split it by selector if you want one for each");
                }
                Some(Self { field: side.field, query })
            }
            Err(why) => {
                notes.fault(&side.field, format!("cannot be read as raw counters: {why}"), CURE);
                None
            }
        }
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
    Some(Indicator::Gauge { up: selector(field, notes)? })
}

/// A bare selector.
pub(crate) fn selector(field: &Field<'_>, notes: &mut Notes) -> Option<Selector> {
    let text = field.required(notes, "write a selector, such as probe_success{job=\"blackbox\"}")?;
    match Selector::parse(text) {
        Ok(selector) => Some(selector),
        Err(error) => {
            notes.fault(field, error.to_string(), "write a bare selector");
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
