//! OpenSLO v1: SLOs with counters behind them; the other kinds serve by reference.

use firewatch_domain::indicator::{Counts, Indicator, Op};
use firewatch_domain::window::Window;

use crate::alerts;
use crate::belonging::{self, Belonging, Tags, name_ending};
use crate::counters::{self, Side};
use crate::datadog;
use crate::evaluated;
use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::ours::{self, INDICATOR, Ours};
use crate::outcome::{Context, Verdict};
use crate::promise::{self, Promise};
use crate::references::References;
use crate::source;

/// Most objectives of one SLO.
const MOST_OBJECTIVES: usize = 50;

/// What came of an object: line, name and verdict of each SLO in it.
pub(crate) type Read = Vec<(u32, Option<String>, Verdict)>;

/// Reads one object.
pub(crate) fn read<'a>(object: &Field<'a>, references: &References<'a>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let kind_field = object.get("kind");
    let Some(kind) = kind_field.required(&mut notes, "write kind: SLO") else {
        return vec![(object.line(), None, notes.verdict(None))];
    };
    if kind == "SLO" {
        return slo(object, references, context);
    }
    let name_field = object.get("metadata").get("name");
    match kind {
        "Service" | "AlertNotificationTarget" => {}
        "DataSource" => source::look_at(object, &mut notes),
        "SLI" => {
            if let Some(name) = name_field.raw().filter(|name| !references.uses_indicator(name)) {
                let message = format!("defines the indicator `{}`, to which no SLO of this import refers", shown(name));
                notes.warn(&name_field, message, "import it together with the SLO that uses it");
            }
        }
        "AlertCondition" => alerts::check_condition(object, &mut notes),
        "AlertPolicy" => alerts::check_policy(object, &mut notes),
        _ => {
            notes.fault(&kind_field, format!("`{}` is no kind of OpenSLO v1", shown(kind)), "write SLO, SLI, Service or DataSource");
            return vec![(object.line(), name_field.line_text(), notes.verdict(None))];
        }
    }
    let name = belonging::name(&name_field, &mut notes);
    vec![(object.line(), name, notes.understood(kind))]
}

fn slo<'a>(object: &Field<'a>, references: &References<'a>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let (metadata, spec) = (object.get("metadata"), object.get("spec"));
    let tags = Tags::of(&metadata, &mut notes);
    let mut belonging = belonging(&metadata, &spec, &tags, references, &mut notes);
    let window = promise::time_window(&spec.get("timeWindow"), &mut notes);
    if !belonging.ours.names_rules {
        belonging.ours.alerting.rules = alerts::rules(&spec.get("alertPolicies"), references, &mut belonging.annotations, &mut notes);
    }
    let objectives = objectives(&spec, &mut notes);
    if objectives.is_empty() {
        indicator(&spec, None, &tags, references, &mut notes);
    }
    let promised = Promised { object, belonging, window, method: spec.get("budgetingMethod") };
    promised.each_objective(objectives, &notes, context, |objective, notes| indicator(&spec, Some(objective), &tags, references, notes))
}

/// What the objectives of one SLO share.
pub(crate) struct Promised<'o, 'a> {
    /// The whole object.
    pub(crate) object: &'o Field<'a>,
    /// What it is called and where it belongs.
    pub(crate) belonging: Belonging,
    /// Its window.
    pub(crate) window: Option<Window>,
    /// Its budgeting method, as written.
    pub(crate) method: Field<'a>,
}

impl<'a> Promised<'_, 'a> {
    /// One SLO for each objective; several are told apart by their names. Without any, the notes hold why.
    pub(crate) fn each_objective(
        &self,
        objectives: Vec<Field<'a>>,
        notes: &Notes,
        context: &Context,
        indicator: impl Fn(&Field<'a>, &mut Notes) -> Option<Indicator>,
    ) -> Read {
        let name = |belonging: &Belonging| belonging.name.clone().or_else(|| self.object.get("metadata").get("name").line_text());
        if objectives.is_empty() {
            let mut notes = notes.clone();
            self.method.required(&mut notes, "write budgetingMethod: Occurrences to count events; no method is assumed");
            return vec![(self.object.line(), name(&self.belonging), notes.verdict(None))];
        }
        let several = objectives.len() > 1;
        let mut endings = Vec::new();
        let each = objectives.into_iter().enumerate().map(|(i, objective)| {
            let (mut notes, mut belonging) = (notes.clone(), self.belonging.clone());
            let target = promise::target(&objective, &mut notes);
            let method = promise::method(&self.method, &objective, self.window, &mut notes);
            let indicator = indicator(&objective, &mut notes);
            if several {
                name_ending(&mut belonging, &objective, i, &mut endings);
            }
            if let Some(target) = target {
                alerts::drop_unreachable(&mut belonging.ours.alerting, target, &self.object.get("spec").get("alertPolicies"), &mut notes);
            }
            let line = if several { objective.line() } else { self.object.line() };
            let promise = Promise { objective: target, window: self.window, method };
            (line, name(&belonging), notes.verdict(belonging.draft(indicator, promise, context)))
        });
        each.collect()
    }
}

fn belonging<'a>(metadata: &Field<'a>, spec: &Field<'a>, tags: &Tags, references: &References<'a>, notes: &mut Notes) -> Belonging {
    let service_field = spec.get_any(&["service", "serviceRef"]);
    let service = belonging::service(&service_field, notes);
    let of_service = service.as_deref().and_then(|name| references.get("Service", name));
    // Remarks about the service's own labels belong to the service.
    let of_service = of_service.map(|service| Tags::of(&service.get("metadata"), &mut Notes::default()));
    let annotated = metadata.get("annotations");
    let whole = |key: &str, field: Field<'a>| Some(annotated.get(key)).filter(Field::is_given).unwrap_or(field);
    Belonging {
        name: belonging::name(&whole(ours::NAME, metadata.get("name")), notes),
        title: whole(ours::TITLE, metadata.get("displayName")).line_text().unwrap_or_default(),
        description: whole(ours::DESCRIPTION, spec.get("description")).paragraph(),
        journey: tags.journey().or_else(|| of_service.as_ref().and_then(Tags::journey)),
        environment: tags.environment(metadata, notes),
        ours: Ours::read(tags, metadata, notes),
        service,
        annotations: tags.kept(),
    }
}

/// The objectives of an SLO, of which there must be one.
pub(crate) fn objectives<'a>(spec: &Field<'a>, notes: &mut Notes) -> Vec<Field<'a>> {
    let field = spec.get("objectives");
    let objectives = field.items(notes);
    if objectives.is_empty() {
        notes.fault(&field, "holds no objective", "add one, such as - target: 0.999");
    }
    if objectives.len() > MOST_OBJECTIVES {
        notes.fault(&field, format!("holds more than {MOST_OBJECTIVES} objectives"), "split the SLO");
        return Vec::new();
    }
    objectives
}

/// The indicator of an SLO or of its one objective: written out, or referred to.
fn indicator<'a>(
    spec: &Field<'a>,
    objective: Option<&Field<'a>>,
    tags: &Tags,
    references: &References<'a>,
    notes: &mut Notes,
) -> Option<Indicator> {
    if let Some(part) = objective.map(|o| o.get_any(&["indicator", "indicatorRef", "compositeWeight"])).filter(Field::is_given) {
        notes.fault(
            &part,
            "makes the SLO a composite, which is not supported yet",
            "give the SLO one indicator, and write one SLO for each",
        );
        return None;
    }
    let (inline, reference) = (spec.get_any(&["indicator", "sli"]), spec.get_any(&["indicatorRef", "sliRef"]));
    let sli = match (inline.is_given(), reference.is_given()) {
        (true, false) => inline.get("spec"),
        (false, true) => references.required("SLI", &reference, notes)?.get("spec"),
        (true, true) => {
            notes.fault(&reference, "stands beside `indicator`", "keep one of the two");
            return None;
        }
        (false, false) => {
            notes.fault(&inline, "is missing", "add indicator, or indicatorRef with the name of an SLI of this import");
            return None;
        }
    };
    let (ratio, threshold) = (sli.get("ratioMetric"), sli.get("thresholdMetric"));
    if threshold.is_given() {
        if ratio.is_given() {
            notes.fault(&ratio, "stands beside `thresholdMetric`", "keep one of the two");
            return None;
        }
        return self::threshold(&threshold, objective?, tags, references, notes);
    }
    if !ratio.is_given() {
        notes.fault(&ratio, "is missing", "add ratioMetric with good (or bad) and total, or thresholdMetric");
        return None;
    }
    if let Some(objective) = objective {
        for key in ["op", "value"].map(|key| objective.get(key)).iter().filter(|field| field.is_given()) {
            notes.warn(key, "means nothing on a ratio and was left out", "remove it; it belongs to threshold metrics");
        }
    }
    self::ratio(&ratio, tags, references, notes)
}

fn ratio<'a>(ratio: &Field<'a>, tags: &Tags, references: &References<'a>, notes: &mut Notes) -> Option<Indicator> {
    let [good, bad, total, raw] = ["good", "bad", "total", "raw"].map(|key| ratio.get(key));
    let evaluate = tags.annotation(INDICATOR) == Some("promql");
    if raw.is_given() {
        return self::raw(ratio, &raw, evaluate, references, notes);
    }
    let part = if good.is_given() { &good } else { &bad };
    if source::is_own(part) {
        return source::own(part, notes);
    }
    if datadog::is_meant(part, references) {
        return datadog::ratio(&good, &bad, &total, notes);
    }
    let counter = ratio.get("counter");
    let mut query = |metric: &Field<'a>| source::query(metric, references, notes);
    let (counts, part, rest) = match (good.is_given(), bad.is_given(), total.is_given()) {
        (true, false, true) => (Counts::Good, query(&good), query(&total)),
        (false, true, true) => (Counts::Bad, query(&bad), query(&total)),
        (true, true, true) => {
            let queries = (query(&good), query(&total));
            notes.warn(&bad, "is not needed beside good and total, and was left out", "remove it");
            (Counts::Good, queries.0, queries.1)
        }
        (true, true, false) => {
            let (good, bad) = (query(&good), query(&bad));
            let good = good.and_then(|field| Side::read(field, Some(&counter), notes));
            let bad = bad.and_then(|field| Side::read(field, Some(&counter), notes));
            return counters::both(good?, bad?, notes);
        }
        _ => {
            notes.fault(ratio, "needs two of good, bad and total", "add good (or bad) and total");
            return None;
        }
    };
    if evaluate {
        return counters::as_written(counts, &part?, &rest?, notes);
    }
    let part = part.and_then(|field| Side::read(field, Some(&counter), notes));
    let rest = rest.and_then(|field| Side::read(field, Some(&counter), notes));
    counters::pair(counts, part?, rest?, notes)
}

/// A ratio that a metric holds already.
fn raw<'a>(ratio: &Field<'a>, raw: &Field<'a>, evaluate: bool, references: &References<'a>, notes: &mut Notes) -> Option<Indicator> {
    for beside in ["good", "bad", "total"].map(|key| ratio.get(key)).iter().filter(|field| field.is_given()) {
        notes.fault(beside, "stands beside `raw`", "keep raw with rawType, or good (or bad) and total");
    }
    let kind = ratio.get("rawType");
    let word = kind.required(notes, "write rawType: success for good/total, or failure for bad/total");
    let counts = match word {
        Some("success") => Some(Counts::Good),
        Some("failure") => Some(Counts::Bad),
        Some(other) => {
            notes.fault(&kind, format!("`{}` is no type of a raw ratio", shown(other)), "write success or failure");
            None
        }
        None => None,
    };
    let query = source::query(raw, references, notes);
    evaluated::ratio(counts?, &query?, evaluate, notes)
}

/// A value held against the objective's own bound.
fn threshold<'a>(
    threshold: &Field<'a>,
    objective: &Field<'a>,
    tags: &Tags,
    references: &References<'a>,
    notes: &mut Notes,
) -> Option<Indicator> {
    let compared = evaluated::comparison(objective, notes);
    let query = source::query(threshold, references, notes)?;
    let (op, bound) = compared?;
    match tags.annotation(INDICATOR) {
        Some("gauge") if op == Op::Gte && bound.to_bits() == 1.0_f64.to_bits() => counters::gauge(&query, notes),
        kind => evaluated::threshold(&query, op, bound, kind == Some("promql"), notes),
    }
}
