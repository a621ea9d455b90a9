//! OpenSLO v1 and v1alpha.

use firewatch_documents::{Standing, Verdict};
use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::selector::Selector;

use crate::{assert_rejected, context, draft, one, read, remarks, warned};

const SLO: &str = r#"apiVersion: openslo/v1
kind: SLO
metadata:
  name: web-availability
  displayName: Web answers
  labels:
    env: staging
    team: [a, b]
  annotations:
    firewatch.dev/journey: Shopping
    runbook_url: https://example.org/runbook
spec:
  description: "Nearly all\nrequests succeed"
  service: web
  indicator:
    metadata:
      name: web-good
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: Prometheus
            spec:
              query: http_requests_total{code!~"5.."}
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate(http_requests_total[5m]))
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.9995
"#;

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

/// The document with one piece replaced.
fn with(old: &str, new: &str) -> String {
    assert!(SLO.contains(old), "{old}");
    SLO.replacen(old, new, 1)
}

/// The document with both queries replaced.
fn queries(good: &str, total: &str) -> String {
    let doc = with("http_requests_total{code!~\"5..\"}", good);
    doc.replacen("sum(rate(http_requests_total[5m]))", total, 1)
}

#[test]
fn a_whole_document_becomes_a_draft() {
    let draft = draft(SLO);
    assert_eq!(draft.name, "web-availability");
    assert_eq!(draft.title, "Web answers");
    assert_eq!(draft.description, "Nearly all\nrequests succeed");
    assert_eq!((draft.journey.as_str(), draft.service.as_str(), draft.environment.as_str()), ("Shopping", "web", "staging"));
    assert_eq!(draft.source, "prom");
    assert_eq!((draft.objective.ppb(), draft.window.to_string().as_str()), (999_500_000, "30d"));
    let annotations: Vec<_> = draft.annotations.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(annotations, ["runbook_url=https://example.org/runbook", "team=a, b"]);
    let (part, total) = (selector("http_requests_total{code!~\"5..\"}"), selector("http_requests_total"));
    assert_eq!(draft.indicator, Indicator::Ratio { counts: Counts::Good, part, total });
}

#[test]
fn where_it_belongs_falls_back_to_service_and_context() {
    let bare = with("    env: staging\n", "").replace("    firewatch.dev/journey: Shopping\n", "");
    let draft = draft(&bare);
    assert_eq!((draft.journey.as_str(), draft.environment.as_str()), ("web", "production"));
    let service = "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: web, annotations: {journey: Checkout}}\nspec: {}\n";
    let outcomes = read(&format!("{bare}---\n{service}"));
    assert_eq!(outcomes[0].verdict.draft().unwrap().journey, "Checkout");
    assert_eq!(outcomes[1].verdict, Verdict::Understood { kind: "Service".to_owned(), remarks: vec![] });
    assert_eq!(outcomes[1].line, Some(SLO.lines().count() as u32));
    let draft = warned(&with("env: staging", "env: [staging, production]"), "several values for the label `env`");
    assert_eq!(draft.environment, "production");
}

#[test]
fn histograms_become_latency() {
    let latency = |buckets, total, threshold| Indicator::Latency { buckets: selector(buckets), total: selector(total), threshold };
    for (good, total, expected) in [
        ("x_bucket{a=\"b\",le=\"0.5\"}", "x_count{a=\"b\"}", latency("x_bucket{a=\"b\"}", "x_count{a=\"b\"}", 0.5)),
        ("sum(rate(x_bucket{le=\"1\"}[5m]))", "sum(rate(x_bucket{le=\"+Inf\"}[5m]))", latency("x_bucket", "x_bucket{le=\"+Inf\"}", 1.0)),
    ] {
        assert_eq!(draft(&queries(good, total)).indicator, expected, "{good}");
    }
    for (good, total, part) in [
        ("x_bucket", "x_count", "adds up all buckets"),
        ("x_bucket{le=\"0.5\"}", "x_bucket", "adds up all buckets"),
        ("x_bucket{le=\"+Inf\"}", "x_count", "no number above 0"),
        ("x_bucket{le=~\"0.5|1\"}", "x_count", "adds up all buckets"),
    ] {
        assert_rejected(&one(&queries(good, total)), part);
    }
}

#[test]
fn differences_sums_and_halves_are_understood() {
    let ratio = |counts, part, total| Indicator::Ratio { counts, part: selector(part), total: selector(total) };
    assert_eq!(draft(&queries("sum(all) - sum(failed)", "all")).indicator, ratio(Counts::Bad, "failed", "all"));
    let halves = Indicator::Halves { good: selector("ok"), bad: selector("failed") };
    assert_eq!(draft(&queries("ok", "sum(ok) + sum(failed)")).indicator, halves);
    let bad = with("good:", "bad:").replacen("http_requests_total{code!~\"5..\"}", "failed", 1);
    assert_eq!(draft(&bad).indicator, ratio(Counts::Bad, "failed", "http_requests_total"));
    let both = queries("ok", "failed").replace("total:\n", "bad:\n");
    assert_eq!(draft(&both).indicator, halves);
    assert_rejected(&one(&queries("other - failed", "all")), "subtracts from something other than the total");
    assert_rejected(&one(&queries("ok", "a + b")), "of which neither is the other query's");
    warned(&queries("all", "all"), "always 0 or 100 %");
    warned(&queries("sum by (pod) (rate(ok[5m]))", "all"), "grouped `by (pod)`");
}

#[test]
fn windows_targets_and_methods_are_never_invented() {
    for (old, new, part) in [
        ("  budgetingMethod: Occurrences\n", "", "`spec.budgetingMethod` is missing"),
        ("Occurrences", "Timeslices", "time slices are not supported yet"),
        ("Occurrences", "RatioTimeslices", "time slices are not supported yet"),
        ("Occurrences", "Sometimes", "no budgeting method"),
        ("  timeWindow:\n    - duration: 30d\n      isRolling: true\n", "", "`spec.timeWindow` is missing"),
        ("isRolling: true", "isRolling: false", "calendar windows are not supported yet"),
        ("isRolling: true", "calendar: {startTime: 2022-01-01 12:00:00, timeZone: UTC}", "calendar windows are not supported yet"),
        ("duration: 30d", "duration: 1m", "if a month was meant, write 1M"),
        ("duration: 30d", "duration: soon", "is no window"),
        ("    - duration: 30d\n", "    - {duration: 7d, isRolling: true}\n    - duration: 30d\n", "holds 2 windows"),
        ("- target: 0.9995", "- displayName: x", "`spec.objectives[0].target` is missing"),
        ("- target: 0.9995", "- {target: 0.9, targetPercent: 90}", "stands beside `target`"),
        ("- target: 0.9995", "- target: 99.95", "write targetPercent: 99.95"),
        ("- target: 0.9995", "- target: 1", "above 0 and below"),
        ("- target: 0.9995", "- target: high", "is not a number"),
        ("- target: 0.9995", "- targetPercent: 0.9995", "so write 99.95"),
        ("  objectives:\n    - target: 0.9995\n", "  objectives: []\n", "holds no objective"),
        ("  service: web\n", "", "`spec.service` is missing"),
        ("service: web", "service: \"\\u200B\"", "nothing that can be seen"),
        ("name: web-availability", "name: string", "placeholder"),
        ("name: web-availability", "name: ''", "`metadata.name` is missing"),
        ("name: web-availability", "name: {a: b}", "is a mapping"),
        ("http_requests_total{code!~\"5..\"}", "x{job=\"${JOB}\"}", "holds a placeholder"),
        ("http_requests_total{code!~\"5..\"}", "quantile(0.9, x)", "cannot be read as raw counters: `quantile`"),
        ("type: Prometheus", "type: Any", "names no source"),
        (
            "type: Prometheus\n            spec:\n              query: http_requests_total{code!~\"5..\"}",
            "type: Datadog\n            spec:\n              query: sum:hits{*}",
            "`Datadog`, a source whose queries",
        ),
        ("counter: true", "raw: {metricSource: {type: Prometheus, spec: {query: x}}}", "a ratio computed elsewhere"),
        ("ratioMetric:", "thresholdMetric:", "compares a value with a threshold"),
        ("- target: 0.9995", "- {target: 0.9, indicatorRef: x, compositeWeight: 2}", "composite"),
    ] {
        assert_rejected(&one(&with(old, new)), part);
    }
    assert_rejected(&one(&queries("a", "b").replace("counter: true", "counter: false")), "goes up and down");
    let exact = draft(&with("target: 0.9995", "targetPercent: 99.9999999"));
    assert_eq!(exact.objective.ppb(), 999_999_999);
}

#[test]
fn oddities_are_warned_about() {
    for (old, new, part) in [
        ("duration: 30d", "duration: 1M", "makes 30d"),
        ("duration: 30d", "duration: 1Q", "makes 90d"),
        ("      isRolling: true\n", "", "does not say whether it rolls"),
        ("- target: 0.9995", "- {target: 0.9995, op: gt}", "`spec.objectives[0].op` means nothing on a ratio"),
        ("- target: 0.9995", "- {target: 0.9995, timeSliceWindow: 1m}", "means nothing where events are counted"),
        ("name: web-availability", "name: Web_Availability", "it became `web-availability`"),
        ("type: Prometheus", "type: InHouse", "read as such from the source of this import"),
        ("  objectives:", "  alertPolicies: [{alertPolicyRef: x}]\n  objectives:", "are not used"),
    ] {
        warned(&with(old, new), part);
    }
    for same in ["Thanos", "VictoriaMetrics", "prometheus-compatible", "Grafana Mimir"] {
        draft(&with("type: Prometheus", &format!("type: {same}")));
    }
    draft(&with("  objectives:", "  alertPolicies:\n  objectives:"));
    assert_eq!(warned(&with("30d", "1Y"), "365d").window.to_string(), "365d");
}

#[test]
fn several_objectives_are_several_slos() {
    let doc = with("- target: 0.9995", "- {displayName: Good, target: 0.99}\n    - {displayName: Good, target: 0.9}\n    - target: 2");
    let outcomes = read(&doc);
    let names: Vec<_> = outcomes.iter().map(|o| o.name.clone().unwrap()).collect();
    assert_eq!(names, ["web-availability-good", "web-availability-2", "web-availability-3"]);
    assert_eq!(outcomes.iter().map(|o| o.line).collect::<Vec<_>>(), [Some(36), Some(37), Some(38)]);
    assert_eq!(outcomes[0].verdict.draft().unwrap().title, "Web answers: Good");
    assert_rejected(&outcomes[2], "2 is above 1");
}

#[test]
fn references_resolve_across_files() {
    let inline = SLO.find("  indicator:\n").unwrap()..SLO.find("  timeWindow:").unwrap();
    let slo = SLO.replacen(&SLO[inline], "  indicatorRef: web-good\n", 1);
    let sli = r#"[{"apiVersion":"openslo/v1","kind":"SLI","metadata":{"name":"web-good"},"spec":{"ratioMetric":{
        "good":{"metricSource":{"metricSourceRef":"main","spec":{"query":"ok"}}},
        "total":{"metricSource":{"metricSourceRef":"main","spec":{"query":"all"}}}}}},
        {"apiVersion":"openslo/v1","kind":"DataSource","metadata":{"name":"main"},"spec":{"type":"Prometheus","connectionDetails":{"token":"hunter2"}}}]"#;
    let files = |sli: &str| [("a.yaml".to_owned(), slo.clone()), ("b.json".to_owned(), sli.to_owned())];
    let outcomes = firewatch_documents::read_all(&files(sli), &context());
    assert!(outcomes.iter().all(|o| o.verdict.standing() == Standing::Imported), "{outcomes:#?}");
    assert_eq!(outcomes.iter().map(|o| o.file.as_str()).collect::<Vec<_>>(), ["a.yaml", "b.json", "b.json"]);
    assert!(!format!("{outcomes:?}").contains("hunter2"));
    let datadog =
        firewatch_documents::read_all(&files(&sli.replace("Prometheus", "Datadog").replace("\"ok\"", "\"sum:x{*}\"")), &context());
    assert_rejected(&datadog[0], "`SLI web-good: spec.ratioMetric.good.metricSource.type` is `Datadog`");
    assert_rejected(&one(&slo), "refers to the SLI `web-good`, which is not in this import");
    let alone = &read(sli)[0];
    assert_eq!(alone.verdict.standing(), Standing::Warned);
    assert!(remarks(alone).contains("to which no SLO of this import refers"));
}

#[test]
fn a_name_stands_once() {
    let outcomes = read(&format!("{SLO}---\n{SLO}"));
    assert_eq!(outcomes[0].verdict.standing(), Standing::Imported);
    assert_rejected(&outcomes[1], "first in file.yaml line 1");
}

#[test]
fn alert_objects_are_understood_and_checked() {
    let condition = |op, threshold| {
        format!(
            "apiVersion: openslo/v1\nkind: AlertCondition\nmetadata: {{name: x}}\nspec: {{condition: {{kind: burnrate, op: {op}, threshold: {threshold}}}}}\n"
        )
    };
    for (op, threshold, part) in [("gt", "14.4", ""), ("lte", "2", "`lte`"), ("gt", "200", "above 99.5 %")] {
        let outcome = one(&condition(op, threshold));
        assert!(matches!(outcome.verdict, Verdict::Understood { .. }));
        assert_eq!(outcome.verdict.remarks().is_empty(), part.is_empty());
        assert!(remarks(&outcome).contains(part));
    }
    assert_rejected(&one("apiVersion: openslo/v1\nkind: A | B\nmetadata: {name: x}\n"), "no kind of OpenSLO v1");
    assert_rejected(&one("apiVersion: openslo/v1\nmetadata: {name: x}\n"), "`kind` is missing");
}

#[test]
fn v1alpha_as_sloth_reads_it() {
    let doc = "apiVersion: openslo/v1alpha\nkind: SLO\nmetadata: {name: x, displayName: X}\nspec:\n  service: s\n  budgetingMethod: Occurrences\n  \
               objectives:\n    - ratioMetrics:\n        good: {source: prometheus, queryType: promql, query: 'sum(rate(ok[{{.window}}]))'}\n        \
               total: {source: prometheus, queryType: promql, query: 'sum(rate(all[{{.window}}]))'}\n      target: 0.999\n  \
               timeWindows:\n    - {count: 30, unit: Day}\n";
    let read = draft(doc);
    assert_eq!((read.title.as_str(), read.window.to_string().as_str(), read.objective.ppb()), ("X", "30d", 999_000_000));
    warned(&doc.replace("count: 30, unit: Day", "count: 1, unit: Month"), "makes 30d");
    for (old, new, part) in [
        ("unit: Day", "unit: Fortnight", "is no unit"),
        ("count: 30, ", "", "`spec.timeWindows[0].count` is missing"),
        ("queryType: promql", "queryType: mql", "`mql`"),
        ("ratioMetrics:", "otherMetrics:", "`spec.objectives[0].ratioMetrics` is missing"),
        ("  budgetingMethod: Occurrences\n", "", "no method is assumed"),
        ("kind: SLO", "kind: SLI", "no kind that is read"),
        ("openslo/v1alpha", "openslo.com/v2alpha", "`openslo.com/v2alpha` is a version of OpenSLO that is not read"),
    ] {
        assert_rejected(&one(&doc.replacen(old, new, 1)), part);
    }
}
