//! OpenSLO's alert objects: checked for what cannot be meant, and not used.
//!
//! Firewatch alerts by pairs of burn rates fitted to each window, which an OpenSLO policy with its single condition cannot
//! say; a condition is reported as written, never turned around in silence.

use crate::belonging;
use crate::field::{Field, shown};
use crate::notes::Notes;

/// Highest burn rate that an objective of 99 % can reach, beyond which a threshold deserves a look.
const HIGH: f64 = 100.0;

/// Looks at an `AlertPolicy` with its inline conditions.
pub(crate) fn check_policy(policy: &Field<'_>, notes: &mut Notes) {
    for condition in policy.get("spec").get("conditions").items(notes) {
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
