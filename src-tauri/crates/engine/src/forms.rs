//! Definitions as typed, and as they are: every fault is told at its field, all of them at once.

mod indicator;

use std::collections::BTreeMap;
use std::fmt::Display;

use firewatch_domain::alerting::{Alerting, Rule, Scaling};
use firewatch_domain::method::{EmptySlices, Method, Ratio};
use firewatch_domain::objective::Objective;
use firewatch_domain::slo::{Slo, Stage, check_name};
use firewatch_domain::window::{Window, lookback_text, parse_minutes};
use firewatch_domain::words;

use crate::view::{AlertingForm, AnnotationForm, FieldFault, MethodForm, SloForm, WindowForm};

/// Longest texts of a definition, in characters.
const LONGEST_TITLE: usize = 160;
const LONGEST_WORD: usize = 80;
const LONGEST_TEXT: usize = 4_000;
/// Rules and annotations of one definition.
const MOST_RULES: usize = 8;
const MOST_ANNOTATIONS: usize = 40;
/// The heaviest weight, and the largest minimum of events.
const HEAVIEST: u64 = 1_000;
const MOST_EVENTS: u64 = 1_000_000_000;

/// Collects what is wrong, field by field.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FieldFault>);

impl Faults {
    /// Notes what is wrong with a field.
    pub(crate) fn add(&mut self, field: impl Into<String>, message: impl Display) {
        self.0.push(FieldFault { field: field.into(), message: capital(&message.to_string()) });
    }

    /// A value, or its fault noted.
    pub(crate) fn take<T, E: Display>(&mut self, field: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(field, error)).ok()
    }

    /// A text that must not be empty nor too long.
    pub(crate) fn text(&mut self, field: &str, text: &str, longest: usize, missing: &str) -> String {
        let text = text.trim();
        if text.is_empty() && !missing.is_empty() {
            self.add(field, missing);
        } else if text.chars().count() > longest {
            self.add(field, format!("this is longer than {longest} characters; shorten it"));
        }
        text.to_owned()
    }

    /// A whole number within bounds; an empty text is `usual`.
    pub(crate) fn whole(&mut self, field: &str, text: &str, bounds: std::ops::RangeInclusive<u64>, usual: Option<u64>) -> Option<u64> {
        let text = text.trim();
        if let (true, Some(usual)) = (text.is_empty(), usual) {
            return Some(usual);
        }
        let number = text.parse().ok().filter(|n| bounds.contains(n));
        if number.is_none() {
            self.add(field, format!("write a whole number from {} to {}", bounds.start(), words::count(*bounds.end() as f64)));
        }
        number
    }
}

/// The definition that was typed, or everything that is wrong with it. `id`: the one it has, or gets.
pub(crate) fn slo_of(form: &SloForm, id: String) -> Result<Slo, Vec<FieldFault>> {
    let mut faults = Faults::default();
    let name = form.name.trim().to_owned();
    faults.take("name", check_name(&name));
    let title = faults.text("title", &form.title, LONGEST_TITLE, "");
    let description = faults.text("description", &form.description, LONGEST_TEXT, "");
    let service = faults.text("service", &form.service, LONGEST_WORD, "the service is missing; name what runs, such as settings");
    let journey = faults.text("journey", &form.journey, LONGEST_WORD, "");
    let environment =
        faults.text("environment", &form.environment, LONGEST_WORD, "the environment is missing; budgets of environments never mix");
    let source = faults.text("source", &form.source, LONGEST_WORD, "choose the source it is read from");
    let indicator = indicator::indicator_of(&form.indicator, &mut faults);
    let objective = faults.take("objective", Objective::from_percent(&form.objective));
    let window = window_of(&form.window, &mut faults);
    let method = method_of(&form.method, &mut faults);
    let empty = match form.empty.as_str() {
        "leave_out" | "" => Some(EmptySlices::LeaveOut),
        "good" => Some(EmptySlices::Good),
        "bad" => Some(EmptySlices::Bad),
        other => {
            faults.add("empty", format!("`{}` is no choice; use leave_out, good or bad", words::plain(other, 40)));
            None
        }
    };
    let alerting = alerting_of(&form.alerting, &mut faults);
    let stage = match form.stage.as_str() {
        "active" | "" => Some(Stage::Active),
        "testing" => Some(Stage::Testing),
        other => {
            faults.add("stage", format!("`{}` is no stage; use testing or active", words::plain(other, 40)));
            None
        }
    };
    let weight = faults.whole("weight", &form.weight, 1..=HEAVIEST, Some(1));
    let annotations = annotations_of(&form.annotations, &mut faults);
    let (Some(indicator), Some(objective), Some(window), Some(method), Some(empty), Some(alerting), Some(stage), Some(weight)) =
        (indicator, objective, window, method, empty, alerting, stage, weight)
    else {
        return Err(faults.0);
    };
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    Ok(Slo {
        id,
        title: if title.is_empty() { name.clone() } else { title },
        name,
        description,
        journey: if journey.is_empty() { service.clone() } else { journey },
        service,
        environment,
        source,
        indicator,
        objective,
        window,
        method,
        empty,
        alerting,
        stage,
        weight: weight as u32,
        annotations,
    })
}

fn window_of(form: &WindowForm, faults: &mut Faults) -> Option<Window> {
    let result =
        if form.calendar { Window::parse_calendar(&form.duration, &form.start, &form.zone) } else { Window::parse(&form.duration) };
    let field = match &result {
        Err(firewatch_domain::window::WindowError::Start(_)) => "window.start",
        Err(firewatch_domain::window::WindowError::Zone(_)) => "window.zone",
        _ => "window.duration",
    };
    faults.take(field, result)
}

fn method_of(form: &MethodForm, faults: &mut Faults) -> Option<Method> {
    let slice = |faults: &mut Faults| {
        let minutes = parse_minutes(&form.slice);
        if minutes.is_none() {
            faults.add("method.slice", "write the length of a time slice as 1m, 5m or 1h");
        }
        minutes
    };
    match form.kind.as_str() {
        "occurrences" | "" => Some(Method::Occurrences),
        "timeslices" => {
            let minutes = slice(faults);
            let target = percent_of(&form.target);
            if target.is_none() {
                faults.add("method.target", "write the percentage of good events that makes a time slice good, such as 95");
            }
            Some(Method::Timeslices { minutes: minutes?, target: target? })
        }
        "ratio_timeslices" => Some(Method::RatioTimeslices { minutes: slice(faults)? }),
        other => {
            faults
                .add("method.kind", format!("`{}` is no method; use occurrences, timeslices or ratio_timeslices", words::plain(other, 40)));
            None
        }
    }
}

/// 0 to 100 %, exactly: a time slice may be held to all of its events.
fn percent_of(text: &str) -> Option<Ratio> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole == "100" && fraction.bytes().all(|b| b == b'0') {
        return Ratio::parse("1").ok();
    }
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.len() > 2 || !digits(whole) || !digits(fraction) {
        return None;
    }
    Ratio::parse(&format!("0.{whole:0>2}{fraction}")).ok()
}

fn alerting_of(form: &AlertingForm, faults: &mut Faults) -> Option<Alerting> {
    let scaling = match form.scaling.as_str() {
        "constant_share" | "" => Scaling::ConstantShare,
        "constant_factor" => Scaling::ConstantFactor,
        other => {
            faults.add("alerting.scaling", format!("`{}` is no scaling; use constant_share or constant_factor", words::plain(other, 40)));
            return None;
        }
    };
    let minimum_events = faults.whole("alerting.minimum_events", &form.minimum_events, 0..=MOST_EVENTS, Some(0));
    let rules = form.own.then(|| {
        if form.rules.is_empty() || form.rules.len() > MOST_RULES {
            faults.add("alerting.rules", format!("write 1 to {MOST_RULES} rules, or take the usual ones"));
        }
        let rules = form.rules.iter().enumerate().map(|(i, text)| faults.take(&format!("alerting.rules.{i}"), Rule::parse(text)));
        rules.collect::<Vec<_>>()
    });
    let rules = rules.map(|rules| rules.into_iter().collect::<Option<Vec<Rule>>>());
    match rules {
        Some(None) => None,
        Some(Some(rules)) => Some(Alerting { scaling, rules: Some(rules), minimum_events: minimum_events? }),
        None => Some(Alerting { scaling, rules: None, minimum_events: minimum_events? }),
    }
}

fn annotations_of(rows: &[AnnotationForm], faults: &mut Faults) -> BTreeMap<String, String> {
    if rows.len() > MOST_ANNOTATIONS {
        faults.add("annotations", format!("more than {MOST_ANNOTATIONS} annotations are no help; remove some"));
    }
    let mut annotations = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        let (key, value) = (row.key.trim(), row.value.trim());
        if key.is_empty() && value.is_empty() {
            continue;
        }
        if key.is_empty() || key.chars().count() > LONGEST_WORD {
            faults.add(format!("annotations.{i}.key"), format!("name the annotation in 1 to {LONGEST_WORD} characters, such as runbook"));
        }
        if value.chars().count() > LONGEST_TEXT {
            faults.add(format!("annotations.{i}.value"), format!("this is longer than {LONGEST_TEXT} characters; shorten it"));
        }
        if annotations.insert(key.to_owned(), value.to_owned()).is_some() {
            faults.add(format!("annotations.{i}.key"), "this name is used twice; change one of them");
        }
    }
    annotations
}

/// A definition as it would have been typed.
pub(crate) fn form_of(slo: &Slo) -> SloForm {
    let window = match slo.window {
        Window::Rolling(minutes) => WindowForm { duration: lookback_text(minutes), ..WindowForm::default() },
        Window::Calendar(calendar) => WindowForm {
            calendar: true,
            duration: calendar.to_string(),
            start: calendar.start.format("%Y-%m-%d %H:%M").to_string(),
            zone: calendar.zone.to_string(),
        },
    };
    let (slice, target) = match slo.method {
        Method::Occurrences => (String::new(), String::new()),
        Method::Timeslices { minutes, target } => (lookback_text(minutes), percent_text(target.ppb())),
        Method::RatioTimeslices { minutes } => (lookback_text(minutes), String::new()),
    };
    let scaling = if slo.alerting.scaling == Scaling::ConstantShare { "constant_share" } else { "constant_factor" };
    SloForm {
        id: (!slo.id.is_empty()).then(|| slo.id.clone()),
        name: slo.name.clone(),
        title: slo.title.clone(),
        description: slo.description.clone(),
        journey: slo.journey.clone(),
        service: slo.service.clone(),
        environment: slo.environment.clone(),
        source: slo.source.clone(),
        indicator: indicator::form_of(&slo.indicator),
        objective: percent_text(slo.objective.ppb()),
        window,
        method: MethodForm { kind: slo.method.word().to_owned(), slice, target },
        empty: slo.empty.word().to_owned(),
        alerting: AlertingForm {
            scaling: scaling.to_owned(),
            own: slo.alerting.rules.is_some(),
            rules: slo.rules().iter().map(Rule::written).collect(),
            minimum_events: slo.alerting.minimum_events.to_string(),
        },
        stage: slo.stage.word().to_owned(),
        weight: slo.weight.to_string(),
        annotations: slo.annotations.iter().map(|(key, value)| AnnotationForm { key: key.clone(), value: value.clone() }).collect(),
        note: String::new(),
    }
}

/// What changed from one definition to the next, in words.
pub(crate) fn changes(before: &Slo, after: &Slo) -> Vec<String> {
    let (a, b) = (form_of(before), form_of(after));
    let mut changes = Vec::new();
    let mut say = |what: &str, from: &str, to: &str| {
        if from != to {
            let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { words::plain(text, 120) };
            changes.push(format!("{what}: {} → {}", shown(from), shown(to)));
        }
    };
    let plain =
        |rules: &AlertingForm| if rules.own { rules.rules.join(", ") } else { format!("the usual, {}", rules.scaling.replace('_', " ")) };
    let method = |m: &MethodForm| [m.kind.as_str(), &m.slice, &m.target].join(" ").trim().replace('_', " ");
    let window = |w: &WindowForm| [w.duration.as_str(), &w.start, &w.zone].join(" ").trim().to_owned();
    say("name", &a.name, &b.name);
    say("title", &a.title, &b.title);
    say("description", &a.description, &b.description);
    say("journey", &a.journey, &b.journey);
    say("service", &a.service, &b.service);
    say("environment", &a.environment, &b.environment);
    say("source", &a.source, &b.source);
    say("kind", &a.indicator.kind, &b.indicator.kind);
    for field in a.indicator.fields.keys().chain(b.indicator.fields.keys().filter(|k| !a.indicator.fields.contains_key(*k))) {
        let of = |form: &SloForm| form.indicator.fields.get(field).cloned().unwrap_or_default();
        say(field, &of(&a), &of(&b));
    }
    say("objective", &slo_percent(&a), &slo_percent(&b));
    say("window", &window(&a.window), &window(&b.window));
    say("method", &method(&a.method), &method(&b.method));
    say("empty time slices", &a.empty.replace('_', " "), &b.empty.replace('_', " "));
    say("rules", &plain(&a.alerting), &plain(&b.alerting));
    say("minimum events", &a.alerting.minimum_events, &b.alerting.minimum_events);
    say("stage", &a.stage, &b.stage);
    say("weight", &a.weight, &b.weight);
    for key in before.annotations.keys().chain(after.annotations.keys().filter(|k| !before.annotations.contains_key(*k))) {
        let of = |slo: &Slo| slo.annotations.get(key).cloned().unwrap_or_default();
        say(key, &of(before), &of(after));
    }
    changes
}

fn slo_percent(form: &SloForm) -> String {
    format!("{} %", form.objective)
}

/// Parts per billion as a percentage: `999000000` as `99.9`.
fn percent_text(ppb: u64) -> String {
    let text = format!("{}.{:07}", ppb / 10_000_000, ppb % 10_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A message as a sentence of its own.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

#[cfg(test)]
mod tests;
