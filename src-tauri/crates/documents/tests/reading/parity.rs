//! What Sloth makes of its examples, beside what is read from them here: the same selectors and queries, and for 30 days the
//! same factors and thresholds. Numbers are compared as numbers: Sloth writes 0.001 as 0.0009999999999999432.

use firewatch_documents::{Draft, read};
use firewatch_domain::indicator::{Indicator, Measure};
use regex::Regex;

use crate::conformance::{documents, folder};
use crate::context;

const EXAMPLES: &str = "sloth/examples/";

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What must stand in the rule file, white space aside.
fn pieces(indicator: &Indicator) -> Vec<String> {
    match indicator {
        Indicator::Ratio { part, total, .. } => vec![part.to_string(), total.to_string()],
        Indicator::Latency { total, threshold, .. } => vec![total.to_string(), format!("le=\"{threshold}\"")],
        Indicator::PromQl { measure: Measure::Counts { part, total, .. } } => vec![part.to_string(), total.to_string()],
        Indicator::PromQl { measure: Measure::Ratio { ratio: query, .. } | Measure::Threshold { value: query, .. } } => {
            vec![query.to_string()]
        }
        other => panic!("Sloth has no such indicator: {other:?}"),
    }
}

/// `> (14.4 * 0.001)` as factor and budget.
fn thresholds(rules: &str) -> Vec<(f64, f64)> {
    let number = Regex::new(r"> \(([0-9.]+) \* ([0-9.e-]+)\)").unwrap();
    number.captures_iter(rules).map(|c| (c[1].parse().unwrap(), c[2].parse().unwrap())).collect()
}

fn close(a: (f64, f64), b: (f64, f64)) -> bool {
    (a.0 - b.0).abs() <= 1e-9 * a.0 && (a.1 - b.1).abs() <= 1e-9 * a.1
}

fn own(draft: &Draft) -> Vec<(f64, f64)> {
    let slo = draft.clone().into_slo("id".to_owned());
    slo.rules().iter().map(|rule| (rule.factor(), slo.objective.budget_ppb() as f64 / 1e9)).collect()
}

#[test]
fn selectors_factors_and_thresholds_are_those_of_sloth() {
    let Some(folder) = folder() else { return };
    let (mut drafts_seen, mut alerting) = (0, 0);
    for (file, text) in documents(&folder) {
        let Some(name) = file.strip_prefix(EXAMPLES).filter(|name| !name.contains('/')) else { continue };
        let Ok(rules) = std::fs::read_to_string(folder.join(EXAMPLES).join("_gen").join(name)) else { continue };
        let drafts: Vec<Draft> = read(&file, &text, &context()).iter().filter_map(|o| o.verdict.draft().cloned()).collect();
        let (compact, told) = (bare(&rules), thresholds(&rules));
        for draft in &drafts {
            drafts_seen += 1;
            for piece in pieces(&draft.indicator) {
                assert!(compact.contains(&bare(&piece)), "{name}: {piece} is not in the rules of {}", draft.name);
            }
            if told.is_empty() {
                continue;
            }
            alerting += 1;
            for mine in own(draft) {
                assert!(told.iter().any(|theirs| close(mine, *theirs)), "{name}: {mine:?} of {} is not in the alerts", draft.name);
            }
        }
        for theirs in told {
            assert!(drafts.is_empty() || drafts.iter().flat_map(own).any(|mine| close(mine, theirs)), "{name}: {theirs:?} is not ours");
        }
    }
    assert!(drafts_seen >= 20 && alerting >= 15, "{drafts_seen} SLOs were compared, {alerting} of them with alerts");
}
