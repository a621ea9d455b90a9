//! The rules of OpenSLO v1 as its specification and its SDK write them, held against what we export. Reads with another
//! reader than the importer's, and knows nothing of it.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value};

/// Every rule a document breaks.
pub fn broken(document: &str) -> Vec<String> {
    let value: Value = match serde_saphyr::from_str(document) {
        Ok(value) => value,
        Err(error) => return vec![format!("no YAML: {error}")],
    };
    let mut check = Check(Vec::new());
    check.keys(&value, "", &["apiVersion", "kind", "metadata", "spec"]);
    check.that(value["apiVersion"] == "openslo/v1" && value["kind"] == "SLO", "apiVersion and kind");
    check.metadata(&value["metadata"]);
    check.spec(&value["spec"]);
    check.0
}

struct Check(Vec<String>);

impl Check {
    fn that(&mut self, holds: bool, rule: &str) {
        if !holds {
            self.0.push(rule.to_owned());
        }
    }

    fn keys(&mut self, value: &Value, place: &str, known: &[&str]) {
        let have: BTreeSet<String> = value.as_object().map_or_else(BTreeSet::new, |map| map.keys().cloned().collect());
        self.that(value.is_object(), &format!("{place} is a mapping"));
        for key in have.iter().filter(|key| !known.contains(&key.as_str())) {
            self.that(false, &format!("{place} knows no {key}"));
        }
    }

    fn fits(&mut self, value: &Value, pattern: &str, rule: &str) {
        let fits = value.as_str().is_some_and(|text| Regex::new(pattern).unwrap().is_match(text));
        self.that(fits, &format!("{rule}: {value}"));
    }

    fn label(&mut self, value: &Value, rule: &str) {
        self.fits(value, "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", rule);
    }

    fn duration(&mut self, value: &Value, rule: &str) {
        self.fits(value, "^[0-9]+[mhdwMQY]$", rule);
    }

    fn metadata(&mut self, metadata: &Value) {
        self.keys(metadata, "metadata", &["name", "displayName", "labels", "annotations"]);
        self.label(&metadata["name"], "metadata.name is a DNS label");
        let title = &metadata["displayName"];
        self.that(title.is_null() || title.as_str().is_some_and(|t| t.chars().count() <= 63), "displayName of at most 63");
        let none = Map::new();
        for (key, value) in metadata["annotations"].as_object().unwrap_or(&none) {
            self.that(value.is_string(), "annotations are text");
            let domain = r"([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/)?";
            let pattern = format!("^{domain}[a-zA-Z0-9]([-._a-zA-Z0-9]{{0,61}}[a-zA-Z0-9])?$");
            self.fits(&Value::String(key.clone()), &pattern, "an annotation's key");
            self.that(!key.starts_with("openslo.com/"), "the specification's own annotations are not ours to write");
        }
    }

    fn spec(&mut self, spec: &Value) {
        let known = ["description", "service", "indicator", "timeWindow", "budgetingMethod", "objectives", "alertPolicies"];
        self.keys(spec, "spec", &known);
        self.that(spec["description"].as_str().is_none_or(|d| d.chars().count() <= 1050), "description of at most 1050");
        self.that(spec["service"].as_str().is_some_and(|s| !s.is_empty()), "service is given");
        self.keys(&spec["indicator"], "indicator", &["metadata", "spec"]);
        self.metadata(&spec["indicator"]["metadata"]);
        let threshold = self.indicator(&spec["indicator"]["spec"]);
        self.window(&spec["timeWindow"]);
        let method = spec["budgetingMethod"].as_str().unwrap_or_default();
        self.that(["Occurrences", "Timeslices", "RatioTimeslices"].contains(&method), "budgetingMethod");
        let objectives = spec["objectives"].as_array().cloned().unwrap_or_default();
        self.that(objectives.len() == 1, "one objective");
        for objective in &objectives {
            self.objective(objective, method, threshold);
        }
        for policy in spec["alertPolicies"].as_array().into_iter().flatten() {
            self.policy(policy);
        }
    }

    /// Whether it compares with a threshold.
    fn indicator(&mut self, spec: &Value) -> bool {
        self.keys(spec, "indicator.spec", &["description", "thresholdMetric", "ratioMetric"]);
        let (threshold, ratio) = (&spec["thresholdMetric"], &spec["ratioMetric"]);
        self.that(threshold.is_null() != ratio.is_null(), "either thresholdMetric or ratioMetric");
        if ratio.is_null() {
            self.metric(threshold);
            return true;
        }
        self.keys(ratio, "ratioMetric", &["counter", "good", "bad", "total", "rawType", "raw"]);
        self.that(ratio["counter"].is_boolean(), "counter is true or false");
        let given = |key: &str| !ratio[key].is_null();
        self.that(given("raw") != given("total"), "either raw or total");
        if given("raw") {
            self.that(!given("good") && !given("bad"), "raw stands alone");
            self.that(["success", "failure"].contains(&ratio["rawType"].as_str().unwrap_or_default()), "rawType");
        } else {
            self.that(given("good") != given("bad") && !given("rawType"), "either good or bad");
        }
        for key in ["good", "bad", "total", "raw"].into_iter().filter(|key| given(key)) {
            self.metric(&ratio[key]);
        }
        false
    }

    fn metric(&mut self, metric: &Value) {
        self.keys(metric, "metric", &["metricSource"]);
        let source = &metric["metricSource"];
        self.keys(source, "metricSource", &["metricSourceRef", "type", "spec"]);
        if !source["metricSourceRef"].is_null() {
            self.label(&source["metricSourceRef"], "metricSourceRef is a DNS label");
        }
        self.that(source["type"].is_string(), "type is text");
        self.that(source["spec"].as_object().is_some_and(|spec| !spec.is_empty()), "spec holds something");
    }

    fn window(&mut self, windows: &Value) {
        let windows = windows.as_array().cloned().unwrap_or_default();
        self.that(windows.len() == 1, "exactly one timeWindow");
        for window in &windows {
            self.keys(window, "timeWindow", &["duration", "isRolling", "calendar"]);
            self.duration(&window["duration"], "timeWindow.duration");
            let calendar = &window["calendar"];
            self.that(window["isRolling"].as_bool() == Some(calendar.is_null()), "calendar if and only if it does not roll");
            if !calendar.is_null() {
                self.keys(calendar, "calendar", &["startTime", "timeZone"]);
                let start = calendar["startTime"].as_str().unwrap_or_default();
                self.that(chrono::NaiveDateTime::parse_from_str(start, "%Y-%m-%d %H:%M:%S").is_ok(), "startTime");
                self.fits(&calendar["startTime"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", "startTime");
                self.that(calendar["timeZone"].as_str().is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_ok()), "timeZone");
            }
        }
    }

    fn objective(&mut self, objective: &Value, method: &str, threshold: bool) {
        self.keys(objective, "objective", &["displayName", "op", "value", "target", "timeSliceTarget", "timeSliceWindow"]);
        self.that(objective["target"].as_f64().is_some_and(|t| (0.0..1.0).contains(&t)), "target below 1");
        let op = objective["op"].as_str().is_some_and(|op| ["lt", "lte", "gt", "gte"].contains(&op));
        self.that(threshold == op && threshold == objective["value"].is_number(), "op and value belong to a threshold");
        let target = objective["timeSliceTarget"].as_f64().is_some_and(|t| t > 0.0 && t <= 1.0);
        self.that((method == "Timeslices") == target, "timeSliceTarget belongs to Timeslices");
        if method == "Occurrences" {
            self.that(objective["timeSliceWindow"].is_null(), "timeSliceWindow belongs to time slices");
        } else {
            self.duration(&objective["timeSliceWindow"], "timeSliceWindow");
        }
    }

    fn policy(&mut self, policy: &Value) {
        self.keys(policy, "alertPolicy", &["kind", "metadata", "spec"]);
        self.that(policy["kind"] == "AlertPolicy", "kind of a policy");
        self.metadata(&policy["metadata"]);
        let spec = &policy["spec"];
        let known = ["description", "alertWhenNoData", "alertWhenResolved", "alertWhenBreaching", "conditions", "notificationTargets"];
        self.keys(spec, "policy.spec", &known);
        let conditions = spec["conditions"].as_array().cloned().unwrap_or_default();
        self.that(conditions.len() == 1, "exactly one condition");
        for condition in &conditions {
            self.keys(condition, "condition", &["kind", "metadata", "spec"]);
            self.that(condition["kind"] == "AlertCondition", "kind of a condition");
            self.metadata(&condition["metadata"]);
            self.keys(&condition["spec"], "condition.spec", &["description", "severity", "condition"]);
            self.that(condition["spec"]["severity"].as_str().is_some_and(|s| !s.is_empty()), "severity");
            let what = &condition["spec"]["condition"];
            self.keys(what, "condition", &["kind", "op", "threshold", "lookbackWindow", "alertAfter"]);
            self.that(what["kind"] == "burnrate" && what["op"] == "gt" && what["threshold"].is_number(), "a burn rate");
            self.duration(&what["lookbackWindow"], "lookbackWindow");
            self.duration(&what["alertAfter"], "alertAfter");
        }
        let targets = spec["notificationTargets"].as_array().cloned().unwrap_or_default();
        self.that(!targets.is_empty(), "a notification target");
        for target in &targets {
            self.keys(target, "target", &["kind", "metadata", "spec"]);
            self.that(target["kind"] == "AlertNotificationTarget" && target["spec"]["target"].is_string(), "a target");
            self.metadata(&target["metadata"]);
        }
    }
}

#[test]
fn the_check_itself_finds_what_is_broken() {
    let good = "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n  service: s\n  indicator: {metadata: {name: x}, spec: {thresholdMetric: {metricSource: {type: P, spec: {query: x}}}}}\n  \
                timeWindow: [{duration: 30d, isRolling: true}]\n  budgetingMethod: Occurrences\n  objectives: [{target: 0.9, op: lt, value: 1}]\n";
    assert_eq!(broken(good), Vec::<String>::new());
    for (old, new) in [
        ("name: x}\nspec", "name: x.y}\nspec"),
        ("30d", "1h30m"),
        ("isRolling: true", "isRolling: false"),
        ("target: 0.9", "target: 1"),
        (", op: lt", ""),
        ("Occurrences", "Timeslices"),
        ("service: s", "service: ''"),
        ("type: P", "other: P"),
        ("metadata: {name: x}\n", "metadata: {name: x, annotations: {'a b': c}}\n"),
    ] {
        assert!(!broken(&good.replacen(old, new, 1)).is_empty(), "{new}");
    }
}
