//! Where an OpenSLO metric comes from: the query in it, if its source is one that answers PromQL.
//!
//! `connectionDetails` are never looked at: they may hold keys, and Firewatch reads from its own sources.

use firewatch_domain::indicator::Indicator;

use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::query;
use crate::references::References;

/// Type of a metric source for Firewatch's own probe.
pub(crate) const PROBE: &str = "firewatch-probe";
/// Type of a metric source for the replayed story.
pub(crate) const DRILL: &str = "firewatch-drill";

/// Field of a metric source that names a native histogram.
pub(crate) const HISTOGRAM: &str = "histogram";

/// Type of a metric source whose queries are Datadog's.
pub(crate) const DATADOG: &str = "Datadog";

/// Words in the names of sources that answer PromQL.
const COMPATIBLE: [&str; 6] = ["prometheus", "promql", "thanos", "mimir", "cortex", "victoriametrics"];

/// The query field of a metric (`good`, `bad`, `total`, …), where its source can be read.
pub(crate) fn query<'a>(metric: &Field<'a>, references: &References<'a>, notes: &mut Notes) -> Option<Field<'a>> {
    let (source, of_metric) = (metric.get("metricSource"), metric.get("spec"));
    let (at, spec) = match (source.is_map(), of_metric.is_map()) {
        (true, _) => (source.clone(), source.get("spec")),
        (false, true) => (metric.get_any(&["dataSourceSpec", "dataSourceRef"]), of_metric),
        (false, false) => {
            notes.fault(&source, "is missing", "add metricSource with type: Prometheus and spec.query");
            return None;
        }
    };
    let query = spec.get_any(&["query", "promql"]);
    let kind = source_type(metric, references, notes);
    let Some(kind) = kind.filter(|kind| !is_compatible(kind)) else { return Some(query) };
    let at = if at.is_map() { at.get("type") } else { at };
    if kind.eq_ignore_ascii_case("any") {
        let message = "is `Any`, which names no source; the definition is kept and read from the source of this import";
        notes.warn(&at, message, "write type: Prometheus and a real query in spec.query; until it has an answer the SLO is blind");
        return Some(query);
    }
    if query.raw().is_none_or(|text| query::read(text).is_err()) {
        let message = format!("is `{}`, a source whose queries Firewatch cannot read", shown(kind));
        notes.fault(&at, message, "write the same indicator in PromQL, with type: Prometheus");
        return None;
    }
    let message = format!("is `{}`, but the query is PromQL; it is read as such from the source of this import", shown(kind));
    notes.warn(&at, message, "write type: Prometheus if that is right");
    Some(query)
}

/// The source's type: its own, or that of the data source it refers to.
pub(crate) fn source_type<'a>(metric: &Field<'a>, references: &References<'a>, notes: &mut Notes) -> Option<&'a str> {
    let source = metric.get("metricSource");
    let own = source.get("type").text(notes).or_else(|| metric.get("dataSourceSpec").get("type").text(notes));
    own.or_else(|| {
        let reference = source.get("metricSourceRef");
        let reference = if reference.is_given() { reference } else { metric.get("dataSourceRef") };
        let name = reference.text(notes)?;
        references.get("DataSource", name)?.get("spec").get("type").raw()
    })
}

/// Looks at a `DataSource`: its address is told, so that a person can add it; whatever else is in its details may be a key
/// and is neither kept nor shown.
pub(crate) fn look_at(object: &Field<'_>, notes: &mut Notes) {
    let spec = object.get("spec");
    let details = spec.get("connectionDetails");
    let maps: Vec<Field<'_>> = if details.is_map() { vec![details.clone()] } else { details.items(&mut Notes::default()) };
    let entries: Vec<(&str, Field<'_>)> = maps.iter().flat_map(Field::entries).collect();
    let address = entries.iter().find_map(|(_, value)| value.raw().filter(|text| is_plain_address(text)));
    let more = entries.iter().any(|(_, value)| address.is_none() || value.raw() != address);
    if let Some(address) = address {
        let message = format!("names the address {}; SLOs are read from the source of this import", shown(address));
        notes.warn(&details, message, "add it as a source if it is another one");
    }
    if more {
        let message = "holds entries that may be keys; they were neither kept nor shown";
        notes.warn(&details, message, "give secrets when adding the source, and they go to the keyring");
    }
}

/// An http or https address without a user, a password or a query.
fn is_plain_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['@', '?', '#', ' ']))
}

fn is_compatible(kind: &str) -> bool {
    let letters: String = kind.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    COMPATIBLE.iter().any(|word| letters.contains(word))
}

/// Whether a metric is an indicator of our own, which an export wrote: a probe, the drill, or a native histogram.
pub(crate) fn is_own(metric: &Field<'_>) -> bool {
    let source = metric.get("metricSource");
    source.get("type").raw().is_some_and(|kind| kind == PROBE || kind == DRILL) || source.get("spec").get(HISTOGRAM).is_given()
}

/// The indicator of our own that a metric is.
pub(crate) fn own(metric: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let source = metric.get("metricSource");
    let spec = source.get("spec");
    match source.get("type").raw() {
        Some(PROBE) => probe(&spec, notes),
        Some(DRILL) => drill(&spec, notes),
        _ => native(&spec, notes),
    }
}

fn native(spec: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let (histogram, threshold) = (spec.get(HISTOGRAM), spec.get("threshold"));
    let selector = crate::counters::selector(&histogram, notes);
    let text = threshold.required(notes, "write the boundary in the histogram's own unit, such as 0.5");
    let number = text.and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
    if let (Some(text), None) = (text, number) {
        notes.fault(&threshold, format!("`{}` is no number", shown(text)), "write a number such as 0.5");
    }
    Some(Indicator::Native { histogram: selector?, threshold: number? })
}

fn probe(spec: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let address = spec.get("url");
    let url = address.required(notes, "write the address to probe").map(str::to_owned);
    if url.as_deref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
        notes.fault(&address, "is no http or https address", "write one such as https://example.org/health");
    }
    let under_ms = whole(&spec.get("underMilliseconds"), notes);
    let interval_s = whole(&spec.get("intervalSeconds"), notes);
    Some(Indicator::Probe { url: url?, under_ms: under_ms?, interval_s: interval_s? })
}

fn drill(spec: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let key = spec.get("key").required(notes, "write the key of an integration of the story")?.to_owned();
    let field = spec.get("threshold");
    let threshold = field.text(notes).map(|text| text.parse::<f64>().ok().filter(|t| t.is_finite() && *t > 0.0));
    if threshold == Some(None) {
        notes.fault(&field, "is no number of seconds", "write a number above 0");
    }
    Some(Indicator::Drill { key, threshold: threshold.flatten() })
}

fn whole(field: &Field<'_>, notes: &mut Notes) -> Option<u64> {
    let number = field.required(notes, "write a whole number above 0")?.parse().ok().filter(|n| (1..=86_400_000).contains(n));
    if number.is_none() {
        notes.fault(field, "is no whole number above 0", "write one such as 500");
    }
    number
}
