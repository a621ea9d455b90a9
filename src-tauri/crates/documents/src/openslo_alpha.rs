//! OpenSLO v1alpha as Sloth reads it: `ratioMetrics` in each objective, and a counted time window.

use firewatch_domain::indicator::{Counts, Indicator};

use crate::belonging::{self, Belonging, Tags};
use crate::counters::{self, Side};
use crate::evaluated;
use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::openslo::{Promised, Read, objectives};
use crate::ours::Ours;
use crate::outcome::Context;
use crate::promise;

/// Reads one object.
pub(crate) fn read(object: &Field<'_>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let (kind_field, metadata) = (object.get("kind"), object.get("metadata"));
    let name_field = metadata.get("name");
    match kind_field.required(&mut notes, "write kind: SLO") {
        Some("SLO") => return slo(object, context),
        Some("Service") => {
            let name = belonging::name(&name_field, &mut notes);
            return vec![(object.line(), name, notes.understood("Service"))];
        }
        Some(kind) => {
            let message = format!("`{}` is no kind that is read of OpenSLO v1alpha", shown(kind));
            notes.fault(&kind_field, message, "write it in openslo/v1");
        }
        None => {}
    }
    vec![(object.line(), name_field.line_text(), notes.verdict(None))]
}

fn slo(object: &Field<'_>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let (metadata, spec) = (object.get("metadata"), object.get("spec"));
    let tags = Tags::of(&metadata, &mut notes);
    let belonging = Belonging {
        name: belonging::name(&metadata.get("name"), &mut notes),
        title: metadata.get("displayName").line_text().unwrap_or_default(),
        description: spec.get("description").paragraph(),
        service: belonging::service(&spec.get("service"), &mut notes),
        journey: tags.journey(),
        environment: tags.environment(&metadata, &mut notes),
        ours: Ours::read(&tags, &metadata, &mut notes),
        annotations: tags.kept(),
    };
    let window = promise::counted_window(&spec.get("timeWindows"), &mut notes);
    let promised = Promised { object, belonging, window, method: spec.get("budgetingMethod") };
    promised.each_objective(objectives(&spec, &mut notes), &notes, context, |objective, notes| indicator(&spec, objective, notes))
}

fn indicator(spec: &Field<'_>, objective: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let (ratio, threshold) = (objective.get("ratioMetrics"), spec.get("indicator").get("thresholdMetric"));
    if !ratio.is_given() && threshold.is_map() {
        let compared = evaluated::comparison(objective, notes);
        let query = query(&threshold, notes)?;
        let (op, bound) = compared?;
        return evaluated::threshold(&query, op, bound, false, notes);
    }
    if !ratio.is_map() {
        notes.fault(&ratio, "is missing", "add ratioMetrics with good and total, or indicator.thresholdMetric beside the objectives");
        return None;
    }
    let counter = ratio.get_any(&["counter", "incremental"]);
    let mut read = |key: &str| Side::read(query(&ratio.get(key), notes)?, Some(&counter), notes);
    let bad = ratio.get("bad").is_given() && !ratio.get("good").is_given();
    let (counts, key) = if bad { (Counts::Bad, "bad") } else { (Counts::Good, "good") };
    let (part, total) = (read(key), read("total"));
    counters::pair(counts, part?, total?, notes)
}

/// The query of a metric in PromQL.
fn query<'a>(metric: &Field<'a>, notes: &mut Notes) -> Option<Field<'a>> {
    let kind = metric.get("queryType");
    if let Some(other) = kind.text(notes).filter(|kind| !kind.eq_ignore_ascii_case("promql")) {
        notes.fault(&kind, format!("is `{}`, which Firewatch cannot read", shown(other)), "write the same indicator in PromQL");
        return None;
    }
    Some(metric.get("query"))
}
