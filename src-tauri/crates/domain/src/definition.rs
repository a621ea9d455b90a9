//! What is wrong with a definition before it ever runs: rules that can never fire, look-backs that do not fit, budgets smaller
//! than what they are counted in. Each objection says the arithmetic and the cure.

use crate::alerting::{Rule, trim_number};
use crate::minute::DAY;
use crate::objective::WHOLE;
use crate::promise::Promise;
use crate::slo::Slo;
use crate::window::lookback_text;

/// The longest time slice, in minutes.
const LONGEST_SLICE: i64 = DAY;

/// Something against a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The field it is about: `method`, `rules`.
    pub field: &'static str,
    /// It cannot be kept; otherwise it is said and kept.
    pub refused: bool,
    /// What is the matter, with the arithmetic and the cure.
    pub message: String,
}

impl Slo {
    /// Everything against this definition.
    pub fn objections(&self) -> Vec<Objection> {
        let promise = self.promise();
        let own = self.alerting.rules.is_some();
        let mut found = slices(&promise);
        found.extend(promise.rules.iter().filter_map(|rule| unfit(rule, &promise)));
        found.extend(promise.rules.iter().filter_map(|rule| unreachable(rule, &promise, own)));
        if promise.rules.is_empty() && found.iter().all(|o| !o.refused) {
            let text =
                "no burn-rate pair fits into this window, so only the budget itself will turn; use a longer window or shorter time slices";
            found.push(warning("rules", text.to_owned()));
        }
        found
    }
}

impl Promise {
    /// Says which rule a single bad event fires at so many events a day, and what to ask for instead.
    pub fn traffic_warning(&self, events_a_day: f64) -> Option<String> {
        if self.method.slice_minutes().is_some() || self.minimum_events > 1 {
            return None;
        }
        let events_in = |rule: &Rule| events_a_day * rule.long as f64 / DAY as f64;
        let lone = |rule: &&Rule| events_in(rule) >= 1.0 && 1.0 / events_in(rule) > rule.factor() * self.budget();
        let rule = self.rules.iter().filter(lone).max_by_key(|rule| rule.severity)?;
        let (events, factor) = (events_in(rule), rule.factor());
        Some(format!(
            "with about {events:.0} events in {} a single bad one burns {}×, above {}×, and fires the {} rule; ask for a minimum of events, \
             for instance {:.0}, or lower the objective",
            lookback_text(rule.long),
            trim_number(1.0 / events / self.budget()),
            trim_number(factor),
            rule.severity.word(),
            (2.0 / (factor * self.budget())).ceil(),
        ))
    }

    fn budget(&self) -> f64 {
        self.objective.budget_ppb() as f64 / WHOLE as f64
    }
}

fn refusal(field: &'static str, message: String) -> Objection {
    Objection { field, refused: true, message }
}

fn warning(field: &'static str, message: String) -> Objection {
    Objection { field, refused: false, message }
}

fn slices(promise: &Promise) -> Vec<Objection> {
    let Some(minutes) = promise.method.slice_minutes() else { return Vec::new() };
    let (window, text) = (promise.window.minutes(), lookback_text(minutes));
    if minutes > LONGEST_SLICE || minutes > window {
        let longest = lookback_text(LONGEST_SLICE.min(window));
        return vec![refusal("method", format!("a time slice of {text} does not fit; choose one of at most {longest}"))];
    }
    let count = window as f64 / minutes as f64;
    let allowed = count * promise.budget();
    if allowed >= 1.0 {
        return Vec::new();
    }
    let message = format!(
        "{} holds {count:.0} time slices of {text} and allows {} of them to be bad, less than one: the first bad one exhausts the budget",
        promise.window,
        trim_number(allowed)
    );
    vec![warning("method", message)]
}

/// Look-backs that no slice can resolve or that reach beyond the window. Equal look-backs are a single-window rule.
fn unfit(rule: &Rule, promise: &Promise) -> Option<Objection> {
    let slice = promise.method.slice_minutes().unwrap_or(1);
    if rule.factor_num == 0 || rule.factor_den == 0 {
        return Some(refusal("rules", "a rule has no factor; write one above 0".to_owned()));
    }
    let text = rule.text();
    let message = if rule.long > promise.window.minutes() {
        format!("{text} looks back further than the window of {}; use a long look-back of at most that", promise.window)
    } else if rule.short < 2 * slice {
        format!("{text} looks back over less than two slices; use a short look-back of at least {}", lookback_text(2 * slice))
    } else if rule.short > rule.long {
        format!("{text} has a short look-back longer than the long one; swap them")
    } else {
        return None;
    };
    Some(refusal("rules", message))
}

/// A burn rate never exceeds `1 / (1 - objective)`.
fn unreachable(rule: &Rule, promise: &Promise, own: bool) -> Option<Objection> {
    if rule.factor_den == 0 || rule.reachable(promise.objective) {
        return None;
    }
    let (factor, budget) = (trim_number(rule.factor()), promise.budget());
    let message = format!(
        "{factor}× over {} can never fire: at {} it needs {factor} × {} % = {} % bad, and everything bad burns only {}×; use a factor below \
         that or a higher objective",
        lookback_text(rule.long),
        promise.objective,
        trim_number(budget * 100.0),
        trim_number(rule.factor() * budget * 100.0),
        trim_number(1.0 / budget),
    );
    Some(if own { refusal("rules", message) } else { warning("rules", message) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerting::{Alerting, Severity};
    use crate::indicator::Indicator;
    use crate::method::{EmptySlices, Method};
    use crate::objective::Objective;
    use crate::slo::Stage;
    use crate::window::Window;

    fn slo(percent: &str, window: &str, method: Method, rules: Option<Vec<Rule>>) -> Slo {
        Slo {
            id: "1".to_owned(),
            name: "one".to_owned(),
            title: "One".to_owned(),
            description: String::new(),
            journey: "j".to_owned(),
            service: "s".to_owned(),
            environment: "production".to_owned(),
            source: "prom".to_owned(),
            indicator: Indicator::Drill { key: "k".to_owned(), threshold: None },
            objective: Objective::from_percent(percent).unwrap(),
            window: Window::parse(window).unwrap(),
            method,
            empty: EmptySlices::default(),
            alerting: Alerting { rules, ..Alerting::default() },
            stage: Stage::default(),
            weight: 1,
            annotations: std::collections::BTreeMap::new(),
        }
    }

    fn rule(tenths: u64, long: i64, short: i64) -> Rule {
        Rule { severity: Severity::Page, long, short, factor_num: tenths, factor_den: 10 }
    }

    #[test]
    fn rules_that_can_never_fire_are_refused_with_the_arithmetic() {
        let found = slo("90", "30d", Method::Occurrences, Some(vec![rule(144, 60, 5)])).objections();
        assert_eq!(found.len(), 1);
        assert!(found[0].refused && found[0].message.contains("14.4 × 10 % = 144 % bad"), "{found:?}");
        assert!(found[0].message.contains("burns only 10×"), "{found:?}");
        // Of the Workbook's own pair at such an objective one is only warned: nobody wrote it.
        let found = slo("90", "30d", Method::Occurrences, None).objections();
        assert!(found.len() == 1 && !found[0].refused, "{found:?}");
        assert_eq!(slo("99.9", "30d", Method::Occurrences, None).objections(), []);
    }

    #[test]
    fn lookbacks_that_do_not_fit_are_refused() {
        for (rule, word) in [
            (rule(20, 20_000, 60), "further than the window"),
            (rule(20, 60, 1), "two slices"),
            (rule(20, 60, 90), "swap"),
            (rule(0, 60, 5), "no factor"),
        ] {
            let found = slo("99.9", "7d", Method::Occurrences, Some(vec![rule])).objections();
            assert!(found.iter().any(|o| o.refused && o.message.contains(word)), "{found:?}");
        }
        assert_eq!(slo("99.9", "7d", Method::Occurrences, Some(vec![rule(360, 60, 60)])).objections(), []);
        let found = slo("99", "7d", Method::RatioTimeslices { minutes: 10 }, Some(vec![rule(20, 60, 5)])).objections();
        assert!(found[0].refused && found[0].message.contains("at least 20m"), "{found:?}");
    }

    #[test]
    fn time_slices_must_fit_and_a_budget_below_one_is_said() {
        let found = slo("99", "1d", Method::RatioTimeslices { minutes: 2880 }, None).objections();
        assert!(found[0].refused && found[0].field == "method", "{found:?}");
        let found = slo("99.9", "7d", Method::RatioTimeslices { minutes: 60 }, None).objections();
        assert!(found.iter().any(|o| !o.refused && o.message.contains("allows 0.17 of them")), "{found:?}");
    }

    #[test]
    fn low_traffic_is_warned_of_with_a_cure() {
        let promise = slo("99.9", "30d", Method::Occurrences, None).promise();
        let text = promise.traffic_warning(240.0).unwrap();
        assert!(text.contains("about 60 events in 6h") || text.contains("about 10 events in 1h"), "{text}");
        assert!(text.contains("fires the page rule"), "{text}");
        assert_eq!(promise.traffic_warning(1_000_000.0), None);
        assert_eq!(Promise { minimum_events: 100, ..promise }.traffic_warning(240.0), None);
    }
}
