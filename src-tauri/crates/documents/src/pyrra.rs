//! Pyrra's `ServiceLevelObjective`: bare selectors, a percentage as text, a rolling window.
//!
//! Pyrra names no service. A label does (`service`, `app.kubernetes.io/name`, …), or else the `job` whose series are
//! counted; failing both, the SLO stands for itself. As in Pyrra, `pyrra.dev/` labels and annotations lose their prefix.

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::method::Method;
use firewatch_domain::selector::Selector;

use crate::belonging::{self, Belonging, Tags};
use crate::counters::{self, Counted};
use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::openslo::Read;
use crate::ours::Ours;
use crate::outcome::Context;
use crate::promise::{self, Promise};

const PREFIX: &str = "pyrra.dev/";
/// Labels that name a service, the surest first.
const SERVICE_LABELS: [&str; 5] = ["firewatch.dev/service", "pyrra.dev/service", "service", "app.kubernetes.io/name", "app"];
/// Labels that steer the Prometheus operator and say nothing about the SLO.
const OPERATOR_LABELS: [&str; 2] = ["prometheus", "role"];

/// Reads one object.
pub(crate) fn read(object: &Field<'_>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let (kind, metadata, spec) = (object.get("kind"), object.get("metadata"), object.get("spec"));
    if kind.raw() != Some("ServiceLevelObjective") {
        let message = format!("`{}` is no kind of Pyrra", shown(kind.raw().unwrap_or_default()));
        notes.fault(&kind, message, "write ServiceLevelObjective");
        return vec![(object.line(), metadata.get("name").line_text(), notes.verdict(None))];
    }
    let objective = promise::percent(&spec.get("target"), &mut notes);
    let window = promise::rolling(&spec.get("window"), &mut notes);
    let promise = Promise { objective, window, method: Some(Method::Occurrences) };
    let indicator = indicator(&spec.get("indicator"), &mut notes);
    let tags = Tags::of(&metadata, &mut notes);
    let name = belonging::name(&metadata.get("name"), &mut notes);
    let belonging = Belonging {
        title: metadata.get("name").line_text().unwrap_or_default(),
        description: spec.get("description").paragraph(),
        service: service(&tags, indicator.as_ref()).or_else(|| name.clone()),
        journey: tags.journey(),
        environment: tags.environment(&metadata, &mut notes),
        ours: Ours::read(&tags, &metadata, &mut notes),
        annotations: unprefixed(&tags),
        name,
    };
    let name = belonging.name.clone().or_else(|| metadata.get("name").line_text());
    vec![(object.line(), name, notes.verdict(belonging.draft(indicator, promise, context)))]
}

fn service(tags: &Tags, indicator: Option<&Indicator>) -> Option<String> {
    let labelled = SERVICE_LABELS.iter().find_map(|key| tags.single(key)).filter(|service| !service.is_empty());
    labelled.cloned().or_else(|| counted(indicator?)?.equal("job").map(str::to_owned))
}

/// The selector of all events.
fn counted(indicator: &Indicator) -> Option<&Selector> {
    match indicator {
        Indicator::Ratio { total, .. } | Indicator::Latency { total, .. } => Some(total),
        Indicator::Gauge { up } => Some(up),
        Indicator::Native { histogram, .. } => Some(histogram),
        _ => None,
    }
}

fn unprefixed(tags: &Tags) -> std::collections::BTreeMap<String, String> {
    let kept = tags.kept().into_iter().filter(|(key, _)| !OPERATOR_LABELS.contains(&key.as_str()));
    kept.map(|(key, value)| (key.strip_prefix(PREFIX).unwrap_or(&key).to_owned(), value)).collect()
}

fn indicator(field: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let [ratio, latency] = ["ratio", "latency"].map(|key| field.get(key));
    let native = field.get_any(&["latencyNative", "latency_native"]);
    let gauge = field.get_any(&["bool_gauge", "boolGauge"]);
    for part in [&ratio, &latency, &native, &gauge] {
        grouping(part, notes);
    }
    if ratio.is_given() {
        let (errors, total) = (metric(&ratio, "errors", notes), metric(&ratio, "total", notes));
        return counters::part_of_total(Counts::Bad, errors?, &total?, notes);
    }
    if latency.is_given() {
        let (success, total) = (metric(&latency, "success", notes), metric(&latency, "total", notes));
        return counters::part_of_total(Counts::Good, success?, &total?, notes);
    }
    if gauge.is_given() {
        return counters::gauge(&gauge.get("metric"), notes);
    }
    if native.is_given() {
        return self::native(&native, notes);
    }
    notes.fault(field, "holds none of ratio, latency, latencyNative and bool_gauge", "add one of them");
    None
}

/// A native histogram and a duration, which counts in seconds there.
fn native(field: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    const CURE: &str = "write a duration such as 200ms or 1.5s";
    let latency = field.get("latency");
    let text = latency.required(notes, CURE);
    let threshold = text.and_then(seconds);
    if let (Some(text), None) = (text, threshold) {
        notes.fault(&latency, format!("`{}` is no duration", shown(text)), CURE);
    }
    let histogram = counters::selector(&field.get("total").get("metric"), notes);
    Some(Indicator::Native { histogram: histogram?, threshold: threshold? })
}

/// `200ms`, `1.5s`, `1m30s` in seconds; above 0.
fn seconds(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 6] = [("ms", 1e-3), ("us", 1e-6), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)];
    let (mut rest, mut sum) = (text.trim(), 0.0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let (unit, factor) = UNITS.into_iter().find(|(unit, _)| rest[digits..].starts_with(unit))?;
        sum += number * factor;
        rest = &rest[digits + unit.len()..];
    }
    (sum > 0.0 && sum.is_finite()).then_some(sum)
}

fn metric<'a>(part: &Field<'a>, key: &str, notes: &mut Notes) -> Option<Counted<'a>> {
    Counted::read(part.get(key).get("metric"), notes)
}

fn grouping(part: &Field<'_>, notes: &mut Notes) {
    let field = part.get("grouping");
    let labels = field.texts().join(", ");
    if !labels.is_empty() {
        let message = format!("by {} is dropped, so this is one SLO over all groups", shown(&labels));
        notes.warn(&field, message, "split it by selector if you want one for each");
    }
}
