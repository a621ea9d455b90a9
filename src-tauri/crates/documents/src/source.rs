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

/// Words in the names of sources that answer PromQL.
const COMPATIBLE: [&str; 6] = ["prometheus", "promql", "thanos", "mimir", "cortex", "victoriametrics"];

/// The query field of a metric (`good`, `bad`, `total`, …), where its source can be read.
pub(crate) fn query<'a>(metric: &Field<'a>, references: &References<'a>, notes: &mut Notes) -> Option<Field<'a>> {
    let source = metric.get("metricSource");
    if !source.is_map() {
        notes.fault(&source, "is missing", "add metricSource with type: Prometheus and spec.query");
        return None;
    }
    let query = source.get("spec").get_any(&["query", "promql"]);
    let kind = source_type(&source, references, notes);
    let Some(kind) = kind.filter(|kind| !is_compatible(kind)) else { return Some(query) };
    let at = source.get("type");
    if kind.eq_ignore_ascii_case("any") {
        notes.fault(&at, "is `Any`, which names no source", "write type: Prometheus and a real query in spec.query");
        return None;
    }
    if query.raw().is_none_or(|text| query::read(text).is_err()) {
        let message = format!("is `{}`, a source whose queries Firewatch cannot read", shown(kind));
        notes.fault(&at, message, "write the same indicator as Prometheus counters");
        return None;
    }
    let message = format!("is `{}`, but the query is PromQL; it is read as such from the source of this import", shown(kind));
    notes.warn(&at, message, "write type: Prometheus if that is right");
    Some(query)
}

/// The source's type: its own, or that of the data source it refers to.
fn source_type<'a>(source: &Field<'a>, references: &References<'a>, notes: &mut Notes) -> Option<&'a str> {
    let own = source.get("type").text(notes);
    own.or_else(|| {
        let name = source.get("metricSourceRef").text(notes)?;
        references.get("DataSource", name)?.get("spec").get("type").raw()
    })
}

fn is_compatible(kind: &str) -> bool {
    let letters: String = kind.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    COMPATIBLE.iter().any(|word| letters.contains(word))
}

/// Whether a metric is an indicator of our own, which an export wrote.
pub(crate) fn is_own(metric: &Field<'_>) -> bool {
    metric.get("metricSource").get("type").raw().is_some_and(|kind| kind == PROBE || kind == DRILL)
}

/// The indicator of our own that a metric is.
pub(crate) fn own(metric: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let source = metric.get("metricSource");
    let spec = source.get("spec");
    if source.get("type").raw() == Some(PROBE) { probe(&spec, notes) } else { drill(&spec, notes) }
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
