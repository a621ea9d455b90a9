//! OpenSLO v1: SLOs with counters behind them; the other kinds serve by reference.

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::window::Window;

use crate::alerts;
use crate::belonging::{self, Belonging, INDICATOR, Tags, name_ending};
use crate::counters::{self, Counted};
use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::outcome::{Context, Verdict};
use crate::promise;
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
        "Service" | "DataSource" | "AlertNotificationTarget" => {}
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
    let belonging = belonging(&metadata, &spec, &tags, references, &mut notes);
    let window = promise::time_window(&spec.get("timeWindow"), &mut notes);
    budgeting(&spec.get("budgetingMethod"), &mut notes);
    if !spec.get("alertPolicies").items(&mut notes).is_empty() {
        let message = "are not used: Firewatch alerts by burn-rate pairs fitted to the window";
        notes.warn(&spec.get("alertPolicies"), message, "nothing needs to be done; keep them for other tools");
    }
    let objectives = objectives(&spec, &mut notes);
    if objectives.is_empty() {
        indicator(&spec, None, &tags, references, &mut notes);
    }
    let promised = Promised { object, belonging, window };
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
            return vec![(self.object.line(), name(&self.belonging), notes.clone().verdict(None))];
        }
        let several = objectives.len() > 1;
        let mut endings = Vec::new();
        let each = objectives.into_iter().enumerate().map(|(i, objective)| {
            let (mut notes, mut belonging) = (notes.clone(), self.belonging.clone());
            let target = promise::target(&objective, &mut notes);
            let indicator = indicator(&objective, &mut notes);
            if several {
                name_ending(&mut belonging, &objective, i, &mut endings);
            }
            let line = if several { objective.line() } else { self.object.line() };
            (line, name(&belonging), notes.verdict(belonging.draft(indicator, target, self.window, context)))
        });
        each.collect()
    }
}

fn belonging<'a>(metadata: &Field<'a>, spec: &Field<'a>, tags: &Tags, references: &References<'a>, notes: &mut Notes) -> Belonging {
    let name = belonging::name(&metadata.get("name"), notes);
    let service = belonging::service(&spec.get("service"), notes);
    let of_service = service.as_deref().and_then(|name| references.get("Service", name));
    // Remarks about the service's own labels belong to the service.
    let of_service = of_service.map(|service| Tags::of(&service.get("metadata"), &mut Notes::default()));
    Belonging {
        name,
        title: metadata.get("displayName").line_text().unwrap_or_default(),
        description: spec.get("description").paragraph(),
        journey: tags.journey().or_else(|| of_service.as_ref().and_then(Tags::journey)),
        environment: tags.environment(metadata, notes),
        service,
        annotations: tags.kept(),
    }
}

/// Only events are counted so far; a missing method is not assumed.
pub(crate) fn budgeting(field: &Field<'_>, notes: &mut Notes) {
    let Some(method) = field.required(notes, "write budgetingMethod: Occurrences to count events; no method is assumed") else { return };
    match method.to_ascii_lowercase().as_str() {
        "occurrences" => {}
        "timeslices" | "ratiotimeslices" => {
            let message = format!("is `{}`, and budgets of time slices are not supported yet", shown(method));
            notes.fault(field, message, "write Occurrences to count events");
        }
        _ => notes.fault(field, format!("`{}` is no budgeting method", shown(method)), "write Occurrences"),
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
    let (inline, reference) = (spec.get("indicator"), spec.get("indicatorRef"));
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
        return gauge(&threshold, objective?, tags, references, notes);
    }
    if !ratio.is_given() {
        notes.fault(&ratio, "is missing", "add ratioMetric with good (or bad) and total");
        return None;
    }
    if let Some(objective) = objective {
        leftovers(objective, notes);
    }
    self::ratio(&ratio, references, notes)
}

/// Fields of an objective that mean nothing for counted events.
fn leftovers(objective: &Field<'_>, notes: &mut Notes) {
    for key in ["op", "value"].map(|key| objective.get(key)).iter().filter(|field| field.is_given()) {
        notes.warn(key, "means nothing on a ratio and was left out", "remove it; it belongs to threshold metrics");
    }
    for key in ["timeSliceTarget", "timeSliceWindow"].map(|key| objective.get(key)).iter().filter(|field| field.is_given()) {
        notes.warn(key, "means nothing where events are counted and was left out", "remove it, or wait for time slices");
    }
}

fn ratio<'a>(ratio: &Field<'a>, references: &References<'a>, notes: &mut Notes) -> Option<Indicator> {
    let [good, bad, total, raw] = ["good", "bad", "total", "raw"].map(|key| ratio.get(key));
    if raw.is_given() {
        notes.fault(&raw, "is a ratio computed elsewhere, which cannot be counted", "write good (or bad) and total as counters");
        return None;
    }
    let part = if good.is_given() { &good } else { &bad };
    if source::is_own(part) {
        return source::own(part, notes);
    }
    let counter = ratio.get("counter");
    let mut read = |metric: &Field<'a>| {
        let query = source::query(metric, references, notes)?;
        Counted::read(query, notes)?.must_count(&counter, notes)
    };
    match (good.is_given(), bad.is_given(), total.is_given()) {
        (true, false, true) => {
            let (part, total) = (read(&good), read(&total));
            counters::part_of_total(Counts::Good, part?, &total?, notes)
        }
        (false, true, true) => {
            let (part, total) = (read(&bad), read(&total));
            counters::part_of_total(Counts::Bad, part?, &total?, notes)
        }
        (true, true, false) => {
            let (good, bad) = (read(&good), read(&bad));
            counters::halves(&good?, &bad?, notes)
        }
        (true, true, true) => {
            let (part, total) = (read(&good), read(&total));
            notes.warn(&bad, "is not needed beside good and total, and was left out", "remove it");
            counters::part_of_total(Counts::Good, part?, &total?, notes)
        }
        _ => {
            notes.fault(ratio, "needs two of good, bad and total", "add good (or bad) and total");
            None
        }
    }
}

/// A metric that is 0 or 1 at every sample; other threshold metrics cannot be told from it, so the document has to say.
fn gauge<'a>(
    threshold: &Field<'a>,
    objective: &Field<'a>,
    tags: &Tags,
    references: &References<'a>,
    notes: &mut Notes,
) -> Option<Indicator> {
    let said = tags.annotation(INDICATOR) == Some("gauge");
    let at_least_one = objective.get("op").raw() == Some("gte") && objective.get("value").raw() == Some("1");
    if !(said && at_least_one) {
        let cure = "use a histogram as ratioMetric (good: x_bucket{le=\"0.5\"}, total: x_count); \
                    for a metric that is 0 or 1 add the annotation firewatch.dev/indicator: gauge, op: gte and value: 1";
        notes.fault(threshold, "compares a value with a threshold, which is not supported yet", cure);
        return None;
    }
    let query = source::query(threshold, references, notes)?;
    counters::gauge(&query, notes)
}
