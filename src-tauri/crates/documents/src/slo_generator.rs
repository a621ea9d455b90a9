//! slo-generator's `ServiceLevelObjective` (`sre.google.com/v2`) on its Prometheus backend; other backends are named.
//!
//! slo-generator keeps the window in the error budget policy beside the SLO; its usual longest step, 28 days, is taken and said.

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::method::Method;
use firewatch_domain::minute::DAY;
use firewatch_domain::selector::{Comparison, Selector};
use firewatch_domain::window::Window;

use crate::belonging::{self, Belonging, Tags};
use crate::counters::{self, Side};
use crate::evaluated;
use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::openslo::Read;
use crate::ours::Ours;
use crate::outcome::Context;
use crate::promise::{self, Promise};

const WINDOW: i64 = 28 * DAY;

/// Reads one object.
pub(crate) fn read(object: &Field<'_>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let (kind, metadata, spec) = (object.get("kind"), object.get("metadata"), object.get("spec"));
    let name_field = metadata.get("name");
    if kind.raw() != Some("ServiceLevelObjective") {
        let message = format!("`{}` is no kind of slo-generator", shown(kind.raw().unwrap_or_default()));
        notes.fault(&kind, message, "write ServiceLevelObjective");
        return vec![(object.line(), name_field.line_text(), notes.verdict(None))];
    }
    let indicator = indicator(&spec, &mut notes);
    let objective = promise::ratio(&spec.get("goal"), &mut notes);
    notes.warn(&spec, "names no window; 28 days were taken", "change it after the import if the error budget policy says otherwise");
    let tags = Tags::of(&metadata, &mut notes);
    let name = belonging::name(&name_field, &mut notes);
    let labels = metadata.get("labels");
    let belonging = Belonging {
        title: name_field.line_text().unwrap_or_default(),
        description: spec.get("description").paragraph(),
        service: labels.get("service_name").line_text().or_else(|| name.clone()),
        journey: tags.journey(),
        environment: tags.environment(&metadata, &mut notes),
        ours: Ours::read(&tags, &metadata, &mut notes),
        annotations: tags.kept(),
        name,
    };
    let promise = Promise { objective, window: Window::from_minutes(WINDOW).ok(), method: Some(Method::Occurrences) };
    let name = belonging.name.clone().or_else(|| name_field.line_text());
    vec![(object.line(), name, notes.verdict(belonging.draft(indicator, promise, context)))]
}

fn indicator(spec: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let (backend, method, sli) = (spec.get("backend"), spec.get("method"), spec.get("service_level_indicator"));
    let name = backend.required(notes, "write backend: prometheus")?;
    // `prometheus/second` is a second server of the same kind.
    if name.split('/').next() != Some("prometheus") {
        let message = format!("is `{}`, a backend whose queries Firewatch cannot read", shown(name));
        notes.fault(&backend, message, "write the same indicator in PromQL, with backend: prometheus");
        return None;
    }
    let word = method.required(notes, "write method: good_bad_ratio, distribution_cut or query_sli")?;
    match word {
        "good_bad_ratio" => {
            let [good, bad, valid] = ["filter_good", "filter_bad", "filter_valid"].map(|key| sli.get(key));
            if valid.is_given() {
                let (counts, part) = if good.is_given() { (Counts::Good, good) } else { (Counts::Bad, bad) };
                let (part, total) = (Side::read(part, None, notes), Side::read(valid, None, notes));
                return counters::pair(counts, part?, total?, notes);
            }
            let (good, bad) = (Side::read(good, None, notes), Side::read(bad, None, notes));
            counters::both(good?, bad?, notes)
        }
        "distribution_cut" => cut(&sli, notes),
        "query_sli" => evaluated::ratio(Counts::Good, &sli.get("expression"), false, notes),
        other => {
            notes.fault(
                &method,
                format!("`{}` is no method that is read", shown(other)),
                "write good_bad_ratio, distribution_cut or query_sli",
            );
            None
        }
    }
}

/// The buckets of a histogram and one of its boundaries.
fn cut(sli: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let (expression, bound) = (sli.get("expression"), sli.get("threshold_bucket"));
    let buckets = counters::selector(&expression, notes);
    let text = bound.required(notes, "write the boundary of a bucket, such as 0.25");
    let threshold = text.and_then(|text| text.parse::<f64>().ok()).filter(|t| t.is_finite() && *t > 0.0);
    if let (Some(text), None) = (text, threshold) {
        notes.fault(&bound, format!("`{}` is no number above 0", shown(text)), "write the boundary of a bucket, such as 0.25");
    }
    let (buckets, threshold) = (buckets?, threshold?);
    let Some(base) = buckets.metric.as_deref().and_then(|name| name.strip_suffix("_bucket")) else {
        notes.fault(&expression, "names no _bucket series", "write the histogram's buckets, such as request_duration_seconds_bucket");
        return None;
    };
    let matchers = buckets.matchers.iter().filter(|m| m.label != "le" || m.comparison != Comparison::Equal).cloned().collect();
    let total = Selector { metric: Some(format!("{base}_count")), matchers };
    Some(Indicator::Latency { buckets: buckets.without("le"), total, threshold })
}
