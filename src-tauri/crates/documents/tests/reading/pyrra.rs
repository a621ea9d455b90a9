//! Pyrra's objects.

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::selector::Selector;

use crate::{assert_rejected, draft, one, warned};

fn document(indicator: &str) -> String {
    format!(
        "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata:\n  name: read-errors\n  labels: {{prometheus: k8s, role: alert-rules, \
         pyrra.dev/team: x}}\nspec:\n  target: '99.9'\n  window: 4w\n  description: d\n  indicator:\n    {indicator}\n"
    )
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

const RATIO: &str = "ratio: {errors: {metric: 'http_total{job=\"api\",code=~\"5..\"}'}, total: {metric: 'http_total{job=\"api\"}'}}";

#[test]
fn ratio_latency_and_gauge() {
    let ratio = draft(&document(RATIO));
    assert_eq!((ratio.name.as_str(), ratio.service.as_str(), ratio.journey.as_str()), ("read-errors", "api", "api"));
    assert_eq!((ratio.objective.ppb(), ratio.window.to_string().as_str()), (999_000_000, "28d"));
    assert_eq!(ratio.annotations.into_iter().collect::<Vec<_>>(), [("team".to_owned(), "x".to_owned())]);
    let (part, total) = (selector("http_total{job=\"api\",code=~\"5..\"}"), selector("http_total{job=\"api\"}"));
    assert_eq!(ratio.indicator, Indicator::Ratio { counts: Counts::Bad, part, total });
    let latency = draft(&document("latency: {success: {metric: 'x_bucket{le=\"5.0\"}'}, total: {metric: x_count}}"));
    assert_eq!(latency.indicator, Indicator::Latency { buckets: selector("x_bucket"), total: selector("x_count"), threshold: 5.0 });
    assert_eq!(latency.service, "read-errors");
    for (text, threshold) in [("200ms", 0.2), ("1.5s", 1.5), ("1m30s", 90.0)] {
        let native = draft(&document(&format!("latencyNative: {{latency: {text}, total: {{metric: x}}}}")));
        assert_eq!(native.indicator, Indicator::Native { histogram: selector("x"), threshold }, "{text}");
    }
    let gauge = draft(&document("bool_gauge: {metric: probe_success}"));
    assert_eq!(gauge.indicator, Indicator::Gauge { up: selector("probe_success") });
    let labelled = document(RATIO).replace("role: alert-rules", "role: alert-rules, pyrra.dev/service: front");
    assert_eq!(draft(&labelled).service, "front");
}

#[test]
fn what_is_dropped_or_not_read_is_said() {
    warned(&document(&RATIO.replacen("ratio: {", "ratio: {grouping: [handler, code], ", 1)), "by handler, code is dropped");
    for (document, part) in [
        (document("latencyNative: {latency: soon, total: {metric: x}}"), "`soon` is no duration"),
        (document("latencyNative: {latency: 200ms, total: {metric: 'sum(x)'}}"), "not a plain metric selector"),
        (document("other: {}"), "holds none of ratio"),
        (document("ratio: {total: {metric: x}}"), "`spec.indicator.ratio.errors.metric` is missing"),
        (document(RATIO).replace("'99.9'", "'0.999'"), "so write 99.9"),
        (document(RATIO).replace("  window: 4w\n", ""), "`spec.window` is missing"),
        (document(RATIO).replace("4w", "4 weeks"), "is no window"),
        (document(RATIO).replace("kind: ServiceLevelObjective", "kind: Other"), "no kind of Pyrra"),
        (document(RATIO).replace("v1alpha1", "v2"), "no format that is known"),
    ] {
        assert_rejected(&one(&document), part);
    }
}
