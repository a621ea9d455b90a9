//! slo-generator's objects on its Prometheus backend.

use firewatch_domain::indicator::{Counts, Indicator, Measure};
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::Selector;

use crate::{assert_rejected, one, warned};

fn document(method: &str, indicator: &str) -> String {
    format!(
        "apiVersion: sre.google.com/v2\nkind: ServiceLevelObjective\nmetadata:\n  name: shop-orders\n  labels: {{service_name: shop, feature_name: orders}}\n\
         spec:\n  description: d\n  backend: prometheus\n  method: {method}\n  goal: 0.999\n  service_level_indicator: {{{indicator}}}\n"
    )
}

#[test]
fn each_method_has_its_indicator() {
    let selector = |text| Selector::parse(text).unwrap();
    let read = |method: &str, indicator: &str| warned(&document(method, indicator), "names no window; 28 days were taken");
    let ratio = read("good_bad_ratio", "filter_good: 'ok{a=\"b\"}', filter_valid: all");
    assert_eq!((ratio.service.as_str(), ratio.objective.ppb(), ratio.window.to_string().as_str()), ("shop", 999_000_000, "28d"));
    assert_eq!(ratio.indicator, Indicator::Ratio { counts: Counts::Good, part: selector("ok{a=\"b\"}"), total: selector("all") });
    let bad = read("good_bad_ratio", "filter_bad: failed, filter_valid: all").indicator;
    assert_eq!(bad, Indicator::Ratio { counts: Counts::Bad, part: selector("failed"), total: selector("all") });
    let halves = read("good_bad_ratio", "filter_good: ok, filter_bad: failed").indicator;
    assert_eq!(halves, Indicator::Halves { good: selector("ok"), bad: selector("failed") });
    let cut = read("distribution_cut", "expression: 'x_bucket{a=\"b\"}', threshold_bucket: 0.25").indicator;
    let (buckets, total) = (selector("x_bucket{a=\"b\"}"), selector("x_count{a=\"b\"}"));
    assert_eq!(cut, Indicator::Latency { buckets, total, threshold: 0.25 });
    let sli = read("query_sli", "expression: 'sum(rate(a[window])) / sum(rate(b[window]))'").indicator;
    let ratio = PromQl::parse("sum(rate(a[5m])) / sum(rate(b[5m]))").unwrap();
    assert_eq!(sli, Indicator::PromQl { measure: Measure::Ratio { counts: Counts::Good, ratio } });
}

#[test]
fn what_is_not_read_is_said() {
    let good = document("good_bad_ratio", "filter_good: ok, filter_valid: all");
    for (old, new, part) in [
        ("backend: prometheus", "backend: datadog", "`datadog`, a backend whose queries"),
        ("good_bad_ratio", "window_based", "no method that is read"),
        ("goal: 0.999", "goal: 1", "no budget to spend"),
        ("goal: 0.999", "goal: 99.9", "is above 1"),
        ("  goal: 0.999\n", "", "`spec.goal` is missing"),
        ("filter_good: ok, ", "", "`spec.service_level_indicator.filter_bad` is missing"),
        ("sre.google.com/v2", "sre.google.com/v1", "a version of slo-generator that is not read"),
        ("ServiceLevelObjective", "Other", "no kind of slo-generator"),
    ] {
        assert_rejected(&one(&good.replacen(old, new, 1)), part);
    }
    for (indicator, part) in [
        ("expression: x, threshold_bucket: 1", "names no _bucket series"),
        ("expression: x_bucket, threshold_bucket: soon", "no number above 0"),
        ("threshold_bucket: 1", "expression` is missing"),
    ] {
        assert_rejected(&one(&document("distribution_cut", indicator)), part);
    }
    assert!(one(&good.replace("backend: prometheus", "backend: prometheus/second")).verdict.draft().is_some());
}
