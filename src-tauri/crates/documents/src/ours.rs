//! Annotations of our own: what an SLO is here and the other formats have no word for.
//!
//! They are read from every format, so that a hand can add them to a foreign file; an export writes those that say more
//! than the defaults.

use firewatch_domain::alerting::{Alerting, Rule, Scaling};
use firewatch_domain::method::EmptySlices;
use firewatch_domain::slo::Stage;
use firewatch_domain::window::lookback_text;

use crate::belonging::Tags;
use crate::field::{Field, shown};
use crate::notes::Notes;

/// Before the name of each.
pub(crate) const PREFIX: &str = "firewatch.dev/";
/// The unique name, where the document's own may not hold its dots.
pub(crate) const NAME: &str = "firewatch.dev/name";
/// The whole title, where the document's own is too short for it.
pub(crate) const TITLE: &str = "firewatch.dev/title";
/// The whole description, likewise.
pub(crate) const DESCRIPTION: &str = "firewatch.dev/description";
/// The journey.
pub(crate) const JOURNEY: &str = "firewatch.dev/journey";
/// The environment.
pub(crate) const ENVIRONMENT: &str = "firewatch.dev/environment";
/// The kind of indicator, where the metric could be read as another: `gauge`, `promql`.
pub(crate) const INDICATOR: &str = "firewatch.dev/indicator";
/// What a time slice without traffic counts as.
pub(crate) const EMPTY: &str = "firewatch.dev/empty-slices";
/// Whether it may tell anybody.
pub(crate) const STAGE: &str = "firewatch.dev/stage";
/// Weight within its journey.
pub(crate) const WEIGHT: &str = "firewatch.dev/weight";
/// Burn-rate rules; after `workbook` they are those that follow from the window.
pub(crate) const RULES: &str = "firewatch.dev/alert-rules";
/// How the Workbook's rules follow from the window.
pub(crate) const SCALING: &str = "firewatch.dev/alert-scaling";
/// Events a rule's long look-back must hold.
pub(crate) const MINIMUM: &str = "firewatch.dev/minimum-events";
/// An annotation whose key may not stand in the document, numbered: `key = value`.
pub(crate) const ANNOTATION: &str = "firewatch.dev/annotation-";
/// Between its key and its value.
const EQUALS: &str = " = ";

/// Most rules of one SLO.
const MOST_RULES: usize = 16;
/// Heaviest SLO of a journey.
const HEAVIEST: u32 = 1000;
const WORKBOOK: &str = "workbook";

/// What the annotations say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ours {
    /// What a time slice without traffic counts as.
    pub(crate) empty: EmptySlices,
    /// When it alerts.
    pub(crate) alerting: Alerting,
    /// The annotations name rules, so those of the document's own policies are not taken.
    pub(crate) names_rules: bool,
    /// Whether it may tell anybody.
    pub(crate) stage: Stage,
    /// Weight within its journey, where one is named.
    pub(crate) weight: Option<u32>,
}

impl Ours {
    /// Reads them; what cannot be meant is a fault, since it was written for us.
    pub(crate) fn read(tags: &Tags, at: &Field<'_>, notes: &mut Notes) -> Self {
        let mut ours = Self::default();
        let mut odd = |key: &str, text: &str, cure: &str| {
            notes.fault(at, format!("has the annotation `{key}` with `{}`, which means nothing", shown(text)), cure);
        };
        if let Some(text) = tags.annotation(EMPTY) {
            let known = [EmptySlices::LeaveOut, EmptySlices::Good, EmptySlices::Bad].into_iter().find(|e| e.word() == text);
            ours.empty = known.unwrap_or_else(|| {
                odd(EMPTY, text, "write leave_out, good or bad");
                EmptySlices::default()
            });
        }
        if let Some(text) = tags.annotation(STAGE) {
            ours.stage = [Stage::Testing, Stage::Active].into_iter().find(|stage| stage.word() == text).unwrap_or_else(|| {
                odd(STAGE, text, "write testing or active");
                Stage::default()
            });
        }
        if let Some(text) = tags.annotation(WEIGHT) {
            ours.weight = text.parse().ok().filter(|weight| (1..=HEAVIEST).contains(weight));
            if ours.weight.is_none() {
                odd(WEIGHT, text, "write a whole number from 1 to 1000");
            }
        }
        if let Some(text) = tags.annotation(SCALING) {
            match text {
                "constant_share" => {}
                "constant_factor" => ours.alerting.scaling = Scaling::ConstantFactor,
                _ => odd(SCALING, text, "write constant_share or constant_factor"),
            }
        }
        if let Some(text) = tags.annotation(MINIMUM) {
            match text.parse() {
                Ok(events) => ours.alerting.minimum_events = events,
                Err(_) => odd(MINIMUM, text, "write a whole number of events"),
            }
        }
        if let Some(text) = tags.annotation(RULES) {
            ours.names_rules = true;
            match rules(text) {
                Ok(rules) => ours.alerting.rules = rules,
                Err(why) => odd(RULES, text, &why),
            }
        }
        ours
    }
}

/// `page:14.4@1h/5m ticket:14/15@3d/6h`; none after `workbook`.
fn rules(text: &str) -> Result<Option<Vec<Rule>>, String> {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty()).peekable();
    if words.next_if_eq(&WORKBOOK).is_some() {
        return Ok(None);
    }
    let rules: Vec<Rule> = words.map(rule).collect::<Result<_, _>>()?;
    if rules.is_empty() || rules.len() > MOST_RULES {
        return Err(format!("write 1 to {MOST_RULES} rules such as page:14.4@1h/5m, or workbook"));
    }
    Ok(Some(rules))
}

/// As people type a rule, where the factor may also be a fraction, so that none is rounded.
fn rule(text: &str) -> Result<Rule, String> {
    let parts = text.split_once(':').and_then(|(severity, rest)| rest.split_once('@').map(|(factor, looks)| (severity, factor, looks)));
    let exact = parts.and_then(|(severity, factor, looks)| Some((severity, fraction(factor)?, looks)));
    let Some((severity, (factor_num, factor_den), looks)) = exact else {
        return Rule::parse(text).map_err(|error| error.to_string());
    };
    let rule = Rule::parse(&format!("{severity}:1@{looks}")).map_err(|error| error.to_string())?;
    Ok(Rule { factor_num, factor_den, ..rule })
}

fn fraction(text: &str) -> Option<(u64, u64)> {
    let (num, den) = text.split_once('/')?;
    let (num, den) = (num.parse().ok()?, den.parse().ok()?);
    (num > 0 && den > 0).then_some((num, den))
}

/// The rules of an SLO as they are written.
pub(crate) fn rules_text(own: bool, rules: &[Rule]) -> String {
    let texts = rules.iter().map(|rule| {
        let looks = format!("{}/{}", lookback_text(rule.long), lookback_text(rule.short));
        format!("{}:{}@{looks}", rule.severity.word(), factor_text(rule))
    });
    let first = (!own).then(|| WORKBOOK.to_owned());
    first.into_iter().chain(texts).collect::<Vec<_>>().join(" ")
}

/// A factor as a decimal where that is exact, else as a fraction.
fn factor_text(rule: &Rule) -> String {
    const MILLION: u128 = 1_000_000;
    let scaled = u128::from(rule.factor_num) * MILLION;
    let den = u128::from(rule.factor_den.max(1));
    if !scaled.is_multiple_of(den) {
        return format!("{}/{}", rule.factor_num, rule.factor_den);
    }
    let millionths = scaled / den;
    let fraction = format!("{:06}", millionths % MILLION);
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{}{dot}{fraction}", millionths / MILLION)
}

/// An annotation as the value of a numbered one.
pub(crate) fn wrapped(key: &str, value: &str) -> String {
    format!("{key}{EQUALS}{value}")
}

/// The annotation that a numbered one holds.
pub(crate) fn unwrapped(text: &str) -> Option<(&str, &str)> {
    text.split_once(EQUALS)
}
