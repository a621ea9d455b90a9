//! OpenSLO v1 and v1alpha.

use firewatch_documents::{Standing, Verdict};
use firewatch_domain::alerting::Rule;
use firewatch_domain::indicator::{Counts, Datadog, Indicator, Measure, Op};
use firewatch_domain::method::{EmptySlices, Method, Ratio};
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::Selector;
use firewatch_domain::slo::Stage;
use firewatch_domain::window::Window;

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
        ("Occurrences", "Timeslices", "`spec.objectives[0].timeSliceTarget` is missing"),
        ("Occurrences", "RatioTimeslices", "`spec.objectives[0].timeSliceWindow` is missing"),
        ("Occurrences", "Sometimes", "no budgeting method"),
        ("  timeWindow:\n    - duration: 30d\n      isRolling: true\n", "", "`spec.timeWindow` is missing"),
        ("isRolling: true", "isRolling: false", "does not roll and has no calendar"),
        ("isRolling: true", "{isRolling: true, calendar: {startTime: x, timeZone: UTC}}", "neither YAML nor JSON"),
        (
            "isRolling: true",
            "isRolling: true\n      calendar: {startTime: 2022-01-01 12:00:00, timeZone: UTC}",
            "stands beside isRolling: true",
        ),
        ("isRolling: true", "calendar: {startTime: 2022-01-01 12:00:00, timeZone: Mars}", "`Mars` is no time zone"),
        ("isRolling: true", "calendar: {startTime: noon, timeZone: UTC}", "`noon` is no time to start from"),
        ("isRolling: true", "calendar: {timeZone: UTC}", "`spec.timeWindow[0].calendar.startTime` is missing"),
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
        ("http_requests_total{code!~\"5..\"}", "quantile(0.9, x", "is no query"),
        (
            "type: Prometheus\n            spec:\n              query: http_requests_total{code!~\"5..\"}",
            "type: NewRelic\n            spec:\n              query: sum:hits{*}",
            "`NewRelic`, a source whose queries",
        ),
        ("counter: true", "raw: {metricSource: {type: Prometheus, spec: {query: x}}}", "stands beside `raw`"),
        ("ratioMetric:", "thresholdMetric:", "`spec.objectives[0].op` is missing"),
        ("- target: 0.9995", "- {target: 0.9, indicatorRef: x, compositeWeight: 2}", "composite"),
    ] {
        assert_rejected(&one(&with(old, new)), part);
    }
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
        ("  objectives:", "  alertPolicies: [{alertPolicyRef: x}]\n  objectives:", "`x`, which is not in this import"),
        ("type: Prometheus", "type: Any", "names no source; the definition is kept"),
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
    let taken = [Standing::Imported, Standing::Imported, Standing::Warned];
    let files = |sli: &str| [("a.yaml".to_owned(), slo.clone()), ("b.json".to_owned(), sli.to_owned())];
    let outcomes = firewatch_documents::read_all(&files(sli), &context());
    assert_eq!(outcomes.iter().map(|o| o.verdict.standing()).collect::<Vec<_>>(), taken, "{outcomes:#?}");
    assert!(remarks(&outcomes[2]).contains("neither kept nor shown"));
    assert_eq!(outcomes.iter().map(|o| o.file.as_str()).collect::<Vec<_>>(), ["a.yaml", "b.json", "b.json"]);
    assert!(!format!("{outcomes:?}").contains("hunter2"));
    let datadog =
        firewatch_documents::read_all(&files(&sli.replace("Prometheus", "Datadog").replace("\"ok\"", "\"sum:x{*}\"")), &context());
    assert_rejected(&datadog[0], "`SLI web-good: spec.ratioMetric.good.metricSource.spec.query` `sum:x{*}` does not count events");
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
        ("openslo/v1alpha", "openslo/v3", "`openslo/v3` is a version of OpenSLO that is not read"),
        ("unit: Day}", "unit: Day, isRolling: false}", "does not roll and has no calendar"),
    ] {
        assert_rejected(&one(&doc.replacen(old, new, 1)), part);
    }
}

#[test]
fn every_kind_of_metric_has_its_indicator() {
    let query = |text| PromQl::parse(text).unwrap();
    let metric = |text: &str| format!("{{metricSource: {{type: Prometheus, spec: {{query: '{text}'}}}}}}");
    let inside = SLO.find("      ratioMetric:").unwrap()..SLO.find("  timeWindow:").unwrap();
    let of = |metric: &str, objective: &str| SLO.replacen(&SLO[inside.clone()], metric, 1).replacen("- target: 0.9995", objective, 1);
    let threshold = |text: &str| format!("      thresholdMetric: {}\n", metric(text));
    let raw = |kind: &str, text: &str| format!("      ratioMetric: {{rawType: {kind}, raw: {}}}\n", metric(text));
    let compared = "- {target: 0.99, op: lte, value: 0.5}";
    let gauge = draft(&of(&threshold("queue{a=\"b\"}"), compared)).indicator;
    assert_eq!(gauge, Indicator::Threshold { gauge: selector("queue{a=\"b\"}"), op: Op::Lte, bound: 0.5 });
    let value = warned(&of(&threshold("max(queue)"), compared), "calculates a value").indicator;
    let measure = Measure::Threshold { value: query("max(queue)"), op: Op::Lte, bound: 0.5 };
    assert_eq!(value, Indicator::PromQl { measure });
    let share = draft(&of(&raw("failure", "error_ratio"), "- target: 0.99")).indicator;
    assert_eq!(share, Indicator::RawRatio { counts: Counts::Bad, ratio: selector("error_ratio") });
    let calculated = warned(&of(&raw("success", "a / b"), "- target: 0.99"), "calculates a ratio").indicator;
    assert_eq!(calculated, Indicator::PromQl { measure: Measure::Ratio { counts: Counts::Good, ratio: query("a / b") } });
    for (metric, objective, part) in [
        (threshold("queue"), "- {target: 0.99, op: about, value: 1}", "`about` is no comparison"),
        (threshold("queue"), "- {target: 0.99, op: lt}", "`spec.objectives[0].value` is missing"),
        (threshold("queue"), "- {target: 0.99, op: lt, value: few}", "`few` is no number"),
        (threshold("queue"), "- {target: 0.99, op: lt, value: .inf}", "`.inf` is no number"),
        (raw("ratio", "a"), "- target: 0.99", "`ratio` is no type of a raw ratio"),
        (raw("''", "a"), "- target: 0.99", "rawType` is missing"),
        (raw("success", "(a"), "- target: 0.99", "is no query"),
        (format!("{}{}", threshold("a"), raw("success", "a")), compared, "stands beside `thresholdMetric`"),
    ] {
        assert_rejected(&one(&of(&metric, objective)), part);
    }
    let level = warned(&queries("ok", "all").replace("counter: true", "counter: false"), "goes up and down").indicator;
    let counts = Measure::Counts { counts: Counts::Good, part: query("ok"), total: query("all") };
    assert_eq!(level, Indicator::PromQl { measure: counts });
    // A counter that only grows is read as its increase where the other query has to be evaluated.
    let mixed = warned(&queries("quantile(0.9, x)", "all"), "`quantile` at character 1").indicator;
    let counts = Measure::Counts { counts: Counts::Good, part: query("quantile(0.9, x)"), total: query("sum(increase(all[5m]))") };
    assert_eq!(mixed, Indicator::PromQl { measure: counts });
}

#[test]
fn every_window_and_method_is_kept() {
    let calendar = with("isRolling: true", "isRolling: false\n      calendar: {startTime: 2022-01-01 9:00:00, timeZone: Europe/Berlin}");
    let read = draft(&calendar.replace("30d", "1Q"));
    assert_eq!(Some(read.window), Window::parse_calendar("1Q", "2022-01-01 09:00:00", "Europe/Berlin").ok());
    assert_eq!(warned(&calendar.replace("30d", "1m"), "a month is written `M`").window.to_string(), "1M");
    let slices =
        with("Occurrences", "Timeslices").replace("target: 0.9995", "target: 0.99\n      timeSliceTarget: 0.95\n      timeSliceWindow: 5m");
    assert_eq!(draft(&slices).method, Method::Timeslices { minutes: 5, target: Ratio::parse("0.95").unwrap() });
    let ratios = with("Occurrences", "RatioTimeslices").replace("target: 0.9995", "target: 0.99\n      timeSliceWindow: 2");
    assert_eq!(draft(&ratios).method, Method::RatioTimeslices { minutes: 2 });
    for (old, new, part) in [
        ("0.95", "0", "every time slice would be good"),
        ("0.95", "1.2", "lies between 0 and 1"),
        ("5m", "30s", "no length of whole minutes"),
        ("5m", "0", "no length of whole minutes"),
        ("5m", "31d", "longer than the window"),
    ] {
        assert_rejected(&one(&slices.replace(old, new)), part);
    }
}

#[test]
fn policies_become_rules_and_annotations() {
    let slo = with("  objectives:", "  alertPolicies: [{alertPolicyRef: fast}, {alertPolicyRef: slow}]\n  objectives:");
    let policy = |name: &str, condition: &str| {
        format!("---\napiVersion: openslo/v1\nkind: AlertPolicy\nmetadata: {{name: {name}}}\nspec: {{conditions: [{condition}]}}\n")
    };
    let inline = |severity: &str, op: &str, threshold: &str, after: &str| {
        format!(
            "{{kind: AlertCondition, metadata: {{name: c}}, spec: {{severity: {severity}, condition: {{kind: burnrate, op: {op}, threshold: {threshold}, \
             lookbackWindow: 1h, alertAfter: {after}}}}}}}"
        )
    };
    let read = |fast: &str, slow: &str| read(&format!("{slo}{}{}", policy("fast", fast), policy("slow", slow)));
    let outcomes = read(&inline("page", "gt", "14.4", "0m"), &inline("ticket", "lte", "2", "0m"));
    let draft = outcomes[0].verdict.draft().unwrap();
    assert_eq!(draft.alerting.rules, Some(vec![Rule::parse("page:14.4@1h").unwrap()]));
    assert_eq!(draft.annotations.get("alert-condition-c").map(String::as_str), Some("burnrate lte 2 over 1h, severity ticket"));
    assert!(remarks(&outcomes[0]).contains("`lte`, which no rule can say") && remarks(&outcomes[0]).contains("became 1 rules"));
    let outcomes = read(&inline("page", "gt", "5000", "5m"), "{conditionRef: nowhere}");
    let draft = outcomes[0].verdict.draft().unwrap();
    assert_eq!(draft.alerting.rules, None);
    for part in
        ["it never passes 2000", "`spec.conditions[0].spec.condition.alertAfter` is not kept", "`nowhere`, which is not in this import"]
    {
        assert!(remarks(&outcomes[0]).contains(part), "{part}: {}", remarks(&outcomes[0]));
    }
}

#[test]
fn v2alpha_differs_in_names() {
    let document = "apiVersion: openslo.com/v2alpha\nkind: SLO\nmetadata: {name: x}\nspec:\n  serviceRef: web\n  sliRef: good\n  \
                    budgetingMethod: Occurrences\n  timeWindow: [{duration: 4w, isRolling: true}]\n  objectives: [{target: 0.99}]\n---\n\
                    apiVersion: openslo.com/v2alpha\nkind: SLI\nmetadata: {name: good}\nspec:\n  ratioMetric:\n    counter: true\n    \
                    good: {dataSourceRef: prom, spec: {query: ok}}\n    total: {dataSourceSpec: {type: Prometheus}, spec: {query: all}}\n---\n\
                    apiVersion: openslo.com/v2alpha\nkind: DataSource\nmetadata: {name: prom}\nspec: {type: Prometheus}\n";
    let outcomes = read(document);
    let draft = outcomes[0].verdict.draft().unwrap();
    assert_eq!((draft.service.as_str(), draft.window.to_string().as_str()), ("web", "28d"));
    assert_eq!(draft.indicator, Indicator::Ratio { counts: Counts::Good, part: selector("ok"), total: selector("all") });
    assert!(outcomes.iter().all(|o| o.verdict.standing() == Standing::Imported), "{outcomes:#?}");
    assert_rejected(
        &read(&document.replace("Prometheus", "redshift").replace("query: all", "query: SELECT 1"))[0],
        "`redshift`, a source whose queries",
    );
}

#[test]
fn addresses_are_told_and_keys_are_not() {
    for details in ["[{url: 'http://p.example'}, {apiKey: hunter2}]", "{endpoint: 'https://p.example', password: hunter2}"] {
        let document = format!(
            "apiVersion: openslo/v1\nkind: DataSource\nmetadata: {{name: x}}\nspec: {{type: Prometheus, connectionDetails: {details}}}\n"
        );
        let outcome = one(&document);
        assert!(remarks(&outcome).contains("p.example") && remarks(&outcome).contains("neither kept nor shown"), "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("hunter2"));
    }
    let inside = "apiVersion: openslo/v1\nkind: DataSource\nmetadata: {name: x}\nspec: {connectionDetails: {url: 'http://u:hunter2@h?key=hunter2'}}\n";
    assert!(!format!("{:?}", one(inside)).contains("hunter2"));
}

#[test]
fn annotations_of_our_own_are_read_from_any_hand() {
    let more = "    firewatch.dev/stage: testing\n    firewatch.dev/weight: 3\n    firewatch.dev/empty-slices: bad\n    \
                firewatch.dev/minimum-events: 20\n    firewatch.dev/alert-rules: page:14.4@1h/5m, ticket:14/15@3d/6h\n    runbook_url:";
    let read = draft(&with("    runbook_url:", more));
    assert_eq!((read.stage, read.weight, read.empty, read.alerting.minimum_events), (Stage::Testing, 3, EmptySlices::Bad, 20));
    let rules = read.alerting.rules.unwrap();
    assert_eq!((rules[0].text().as_str(), rules[1].factor_num, rules[1].factor_den), ("14.4× over 1h and 5m", 14, 15));
    for (key, value) in [
        ("stage", "late"),
        ("weight", "0"),
        ("empty-slices", "maybe"),
        ("minimum-events", "-1"),
        ("alert-rules", "page:1"),
        ("alert-scaling", "none"),
    ] {
        let annotation = format!("    firewatch.dev/{key}: '{value}'\n    runbook_url:");
        assert_rejected(&one(&with("    runbook_url:", &annotation)), "which means nothing");
    }
}

#[test]
fn ratios_of_datadog_keep_its_queries() {
    let document = |part: &str| {
        format!(
            r#"apiVersion: openslo/v1
kind: SLO
metadata: {{name: shop-orders}}
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{{duration: 30d, isRolling: true}}]
  objectives: [{{target: 0.999}}]
  indicator:
    metadata: {{name: i}}
    spec:
      ratioMetric:
        counter: true
        {part}:
          metricSource: {{metricSourceRef: dd, type: Datadog, spec: {{query: "sum:orders{{ok:no}}.as_count()"}}}}
        total:
          metricSource: {{metricSourceRef: dd, type: Datadog, spec: {{query: "sum:orders{{*}}.as_count()"}}}}
"#
        )
    };
    for (part, counts) in [("good", Counts::Good), ("bad", Counts::Bad)] {
        let asks =
            Datadog::Counts { counts, part: "sum:orders{ok:no}.as_count()".to_owned(), total: "sum:orders{*}.as_count()".to_owned() };
        assert_eq!(draft(&document(part)).indicator, Indicator::Datadog { asks });
    }
}
