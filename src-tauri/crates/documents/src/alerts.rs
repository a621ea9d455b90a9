//! OpenSLO's alert objects. A condition over one look-back becomes a rule of its SLO; what no rule can say is kept as an
//! annotation and said, never turned around in silence.

use std::collections::BTreeMap;

use firewatch_domain::alerting::{Alerting, Rule};
use firewatch_domain::objective::Objective;
use firewatch_domain::words::plain;

use crate::belonging;
use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::references::References;

/// Highest burn rate that an objective of 99 % can reach, beyond which a threshold deserves a look.
const HIGH: f64 = 100.0;
/// Most conditions taken of one SLO.
const MOST: usize = 16;
/// Longest annotation made of a condition.
const LONGEST: usize = 300;

/// Looks at an `AlertPolicy` with its inline conditions.
pub(crate) fn check_policy(policy: &Field<'_>, notes: &mut Notes) {
    let conditions = policy.get("spec").get("conditions");
    let items = conditions.items(notes);
    if items.len() > 1 {
        notes.warn(&conditions, format!("holds {} conditions, and OpenSLO takes one", items.len()), "write one policy for each");
    }
    for condition in items {
        if condition.get("spec").is_map() {
            belonging::name(&condition.get("metadata").get("name"), notes);
            check_condition(&condition, notes);
        }
    }
}

/// Looks at an `AlertCondition`.
pub(crate) fn check_condition(object: &Field<'_>, notes: &mut Notes) {
    let condition = object.get("spec").get("condition");
    let (op, threshold) = (condition.get("op"), condition.get("threshold"));
    if let Some(sign) = op.text(notes).filter(|sign| matches!(*sign, "lt" | "lte")) {
        let message = format!("is `{}`: the condition holds while the budget burns slowly", shown(sign));
        notes.warn(&op, message, "write gt or gte if a fast burn was meant");
    }
    let number = threshold.text(notes).and_then(|text| text.parse::<f64>().ok());
    if let Some(rate) = number.filter(|rate| *rate >= HIGH && rate.is_finite()) {
        let least = 100.0 - 100.0 / rate;
        let message = format!("is a burn rate of {rate}, which only objectives above {least} % can reach");
        notes.warn(&threshold, message, "a burn rate is a multiple of the allowed rate, such as 14.4, and no latency");
    }
}

/// The rules that an SLO's policies name; `None` where they name none, and the usual pairs hold.
pub(crate) fn rules<'a>(
    policies: &Field<'a>,
    references: &References<'a>,
    annotations: &mut BTreeMap<String, String>,
    notes: &mut Notes,
) -> Option<Vec<Rule>> {
    let mut rules = Vec::new();
    for item in policies.items(notes).into_iter().take(MOST) {
        let Some(policy) = resolved(&item, "alertPolicyRef", "AlertPolicy", references, notes) else { continue };
        for item in policy.get("spec").get("conditions").items(notes).into_iter().take(MOST) {
            let Some(condition) = resolved(&item, "conditionRef", "AlertCondition", references, notes) else { continue };
            match rule(&condition, notes) {
                Some(rule) if rules.len() < MOST && !rules.contains(&rule) => rules.push(rule),
                Some(_) => {}
                None => annotate(&condition, annotations),
            }
        }
    }
    if rules.is_empty() {
        return None;
    }
    let message = format!("became {} rules of one look-back each, instead of the pairs of look-backs fitted to the window", rules.len());
    notes.warn(policies, message, "remove the policies to alert by pairs, which are quicker to end");
    Some(rules)
}

/// Drops rules that no history can fire.
pub(crate) fn drop_unreachable(alerting: &mut Alerting, objective: Objective, at: &Field<'_>, notes: &mut Notes) {
    let Some(rules) = &mut alerting.rules else { return };
    rules.retain(|rule| {
        let reachable = rule.reachable(objective);
        if !reachable {
            let most = 1.0 / (1.0 - objective.ratio());
            let message =
                format!("asks for a burn rate of {}, and at {objective} it never passes {most:.0}; it was left out", rule.factor());
            notes.warn(at, message, "a burn rate is a multiple of the allowed rate, such as 14.4");
        }
        reachable
    });
    if rules.is_empty() {
        alerting.rules = None;
    }
}

/// An object written out, or the one it refers to.
fn resolved<'a>(item: &Field<'a>, key: &str, kind: &str, references: &References<'a>, notes: &mut Notes) -> Option<Field<'a>> {
    if item.get("spec").is_map() {
        return Some(item.clone());
    }
    let reference = item.get(key);
    let name = reference.text(notes)?;
    let found = references.get(kind, name);
    if found.is_none() {
        let message = format!("refers to the {kind} `{}`, which is not in this import; the pairs fitted to the window alert", shown(name));
        notes.warn(&reference, message, format!("import the file that defines the {kind} together with this one"));
    }
    found
}

fn rule(condition: &Field<'_>, notes: &mut Notes) -> Option<Rule> {
    let (spec, what) = (condition.get("spec"), condition.get("spec").get("condition"));
    check_condition(condition, &mut Notes::default());
    let (op, kind, after) = (what.get("op"), what.get("kind"), what.get("alertAfter"));
    if kind.raw().is_some_and(|kind| !kind.eq_ignore_ascii_case("burnrate")) {
        notes.warn(&kind, format!("is `{}`, which no rule can say", shown(kind.raw()?)), "write burnrate");
        return None;
    }
    if !matches!(op.raw(), Some("gt" | "gte")) {
        let message = format!("is `{}`, which no rule can say; it was kept as an annotation", shown(op.raw().unwrap_or_default()));
        notes.warn(&op, message, "write gt if a fast burn was meant");
        return None;
    }
    let severity = spec.get("severity");
    let word = match severity.raw().unwrap_or_default().to_ascii_lowercase().as_str() {
        "page" | "critical" | "high" => "page",
        "ticket" | "warning" | "low" | "info" => "ticket",
        other => {
            let message = format!("is `{}`, neither page nor ticket; it was taken as ticket", shown(other));
            notes.warn(&severity, message, "write page or ticket");
            "ticket"
        }
    };
    if after.raw().is_some_and(|text| text.trim().trim_end_matches(char::is_alphabetic) != "0") {
        notes.warn(&after, "is not kept: a rule fires in the minute in which it holds", "choose a longer look-back instead");
    }
    let (threshold, look) = (what.get("threshold").raw()?, what.get("lookbackWindow").raw()?);
    match Rule::parse(&format!("{word}:{threshold}@{look}")) {
        Ok(rule) => Some(rule),
        Err(error) => {
            notes.warn(&what, format!("is no rule: {error}"), "write a threshold such as 14.4 and a lookbackWindow such as 1h");
            None
        }
    }
}

/// A condition that no rule can say, in words, as written.
fn annotate(condition: &Field<'_>, annotations: &mut BTreeMap<String, String>) {
    let (spec, what) = (condition.get("spec"), condition.get("spec").get("condition"));
    let text = |field: Field<'_>| field.raw().unwrap_or("-").to_owned();
    let name = condition.get("metadata").get("name").line_text().unwrap_or_else(|| "unnamed".to_owned());
    let words = format!(
        "{} {} {} over {}, severity {}",
        text(what.get("kind")),
        text(what.get("op")),
        text(what.get("threshold")),
        text(what.get("lookbackWindow")),
        text(spec.get("severity"))
    );
    annotations.insert(plain(&format!("alert-condition-{name}"), 63), plain(&words, LONGEST));
}
