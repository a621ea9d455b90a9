//! Ratios whose metrics are queries of Datadog.

use firewatch_domain::indicator::{Counts, Datadog, Indicator};

use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::references::References;
use crate::source::{DATADOG, source_type};

/// Field that names an SLO Datadog keeps.
pub(crate) const SLO: &str = "sloId";

/// Whether a metric comes from Datadog.
pub(crate) fn is_meant<'a>(metric: &Field<'a>, references: &References<'a>) -> bool {
    source_type(metric, references, &mut Notes::default()).is_some_and(|kind| kind.eq_ignore_ascii_case(DATADOG))
}

/// The indicator of a ratio: good (or bad) of total, or an SLO that Datadog keeps.
pub(crate) fn ratio(good: &Field<'_>, bad: &Field<'_>, total: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let (counts, part) = if good.is_given() { (Counts::Good, good) } else { (Counts::Bad, bad) };
    if let Some(id) = part.get("metricSource").get("spec").get(SLO).raw() {
        return Some(Indicator::Datadog { asks: Datadog::Slo { id: id.to_owned() } });
    }
    if !total.is_given() {
        notes.fault(total, "is missing", "add the query of all events; Datadog's SLOs have one, too");
        return None;
    }
    let mut query = |metric: &Field<'_>| {
        let field = metric.get("metricSource").get("spec").get("query");
        let text = field.required(notes, "write a query such as sum:requests{env:prod}.as_count()")?;
        if !Datadog::counts_events(text) {
            let message = format!("`{}` does not count events", shown(text));
            notes.fault(&field, message, "write it as sum:metric{…}.as_count()");
            return None;
        }
        Some(text.to_owned())
    };
    let (part, total) = (query(part), query(total));
    Some(Indicator::Datadog { asks: Datadog::Counts { counts, part: part?, total: total? } })
}
