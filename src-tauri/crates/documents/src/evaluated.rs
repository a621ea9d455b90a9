//! Queries that are no plain counters: the server evaluates them once a minute, and what they count is an estimate.

use firewatch_domain::indicator::{Counts, Indicator, Measure, Op};
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::Selector;
use firewatch_domain::words::plain;

use crate::field::{Field, shown};
use crate::notes::Notes;

/// The range that stands in for one that another tool fills in.
pub(crate) const RANGE: &str = "5m";
/// Ranges that Grafana fills in.
const GRAFANA: [&str; 4] = ["$__rate_interval", "$__interval", "$__range", "$__window"];

/// A query with every range that another tool fills in written as [`RANGE`]: Sloth's `{{.window}}`, slo-generator's
/// `[window]`, Grafana's variables.
pub(crate) fn filled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let (before, inside) = rest.split_at(at);
        out.push_str(before);
        let end = inside.find("}}");
        if let Some(end) = end.filter(|end| inside[2..*end].trim().eq_ignore_ascii_case(".window")) {
            out.push_str(RANGE);
            rest = &inside[end + 2..];
        } else {
            out.push_str("{{");
            rest = &inside[2..];
        }
    }
    out.push_str(rest);
    for name in GRAFANA {
        out = out.replace(name, RANGE);
    }
    out.replace("[window]", &format!("[{RANGE}]")).replace("[window:", &format!("[{RANGE}:"))
}

/// The query of a field, whatever it is.
pub(crate) fn query(field: &Field<'_>, notes: &mut Notes) -> Option<PromQl> {
    const CURE: &str = "write PromQL, such as sum(rate(requests_total[5m]))";
    let text = field.required(notes, CURE)?;
    match PromQl::parse(&filled(text)) {
        Ok(query) => Some(query),
        Err(error) => {
            notes.fault(field, format!("is no query: {error}"), CURE);
            None
        }
    }
}

/// The indicator of a ratio that a metric holds, or that a query calculates. `evaluate`: not even a bare selector is read raw.
pub(crate) fn ratio(counts: Counts, field: &Field<'_>, evaluate: bool, notes: &mut Notes) -> Option<Indicator> {
    let ratio = query(field, notes)?;
    if let Some(ratio) = bare(&ratio).filter(|_| !evaluate) {
        return Some(Indicator::RawRatio { counts, ratio });
    }
    if !evaluate {
        say(field, "calculates a ratio", notes);
    }
    Some(Indicator::PromQl { measure: Measure::Ratio { counts, ratio } })
}

/// The indicator of a value held against a bound.
pub(crate) fn threshold(field: &Field<'_>, op: Op, bound: f64, evaluate: bool, notes: &mut Notes) -> Option<Indicator> {
    let value = query(field, notes)?;
    if let Some(gauge) = bare(&value).filter(|_| !evaluate) {
        return Some(Indicator::Threshold { gauge, op, bound });
    }
    if !evaluate {
        say(field, "calculates a value", notes);
    }
    Some(Indicator::PromQl { measure: Measure::Threshold { value, op, bound } })
}

/// Says that a field is left to the server, and why.
pub(crate) fn say(field: &Field<'_>, why: &str, notes: &mut Notes) {
    let message = format!("{}: the server evaluates it once a minute, and the counts are estimates", plain(why, 200));
    notes.warn(field, message, "nothing needs to be done; for exact counts write one counter, such as sum(rate(requests_total[5m]))");
}

/// `op` and `value` of an objective; none is assumed.
pub(crate) fn comparison(objective: &Field<'_>, notes: &mut Notes) -> Option<(Op, f64)> {
    let (op, value) = (objective.get("op"), objective.get("value"));
    let word = op.required(notes, "write op: lt, lte, gt or gte, and the value a good sample compares with");
    let parsed = word.and_then(Op::parse);
    if let (Some(word), None) = (word, parsed) {
        notes.fault(&op, format!("`{}` is no comparison", shown(word)), "write lt, lte, gt or gte");
    }
    let text = value.required(notes, "write the value a good sample compares with, such as value: 0.5");
    let bound = text.and_then(|text| text.parse::<f64>().ok()).filter(|bound| bound.is_finite());
    if let (Some(text), None) = (text, bound) {
        notes.fault(&value, format!("`{}` is no number", shown(text)), "write a number such as 0.5");
    }
    parsed.zip(bound)
}

/// A query that is nothing but a selector, which can be read sample by sample.
fn bare(query: &PromQl) -> Option<Selector> {
    Selector::parse(query.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_other_tools_are_filled_in() {
        for (text, full) in [
            ("rate(x[{{.window}}])", "rate(x[5m])"),
            ("rate(x[{{ .Window }}:]) + y{a=\"{{b}}\"}", "rate(x[5m:]) + y{a=\"{{b}}\"}"),
            ("rate(x[window]) / increase(y[window:1m])", "rate(x[5m]) / increase(y[5m:1m])"),
            ("rate(x[$__rate_interval])", "rate(x[5m])"),
            ("x {{", "x {{"),
        ] {
            assert_eq!(filled(text), full, "{text}");
        }
    }
}
