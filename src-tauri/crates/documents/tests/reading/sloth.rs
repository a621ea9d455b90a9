//! Sloth's own files and Kubernetes objects.

use firewatch_domain::indicator::{Counts, Indicator, Measure};
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::Selector;

use crate::{assert_rejected, draft, one, read, warned};

const OWN: &str = r#"version: "prometheus/v1"
service: "myservice"
labels: {owner: myteam, env: staging}
slos:
  - name: "requests-availability"
    objective: 99.95
    description: "Common SLO."
    sli:
      events:
        error_query: sum(rate(http_count{code=~"(5..|429)"}[{{.window}}])) OR on() vector(0)
        total_query: sum(rate(http_count[{{.window}}]))
    alerting:
      name: High
      annotations: {runbook: "https://example.org/r"}
      page_alert:
        annotations: {dashboard: "https://example.org/d"}
"#;

const KUBERNETES: &str = r#"apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: x, namespace: monitoring}
spec:
  service: api
  slos:
    - name: latency
      objective: 99
      sli:
        events:
          errorQuery: |
            (
              sum(rate(x_count{verb!="WATCH"}[{{.window}}]))
              -
              sum(rate(x_bucket{le="0.4",verb!="WATCH"}[{{.window}}]))
            )
          totalQuery: sum(rate(x_count{verb!="WATCH"}[{{.window}}]))
"#;

fn selector(text: &str) -> Selector {
    Selector::parse(text).unwrap()
}

#[test]
fn events_become_a_bad_ratio() {
    let draft = draft(OWN);
    assert_eq!(
        (draft.name.as_str(), draft.service.as_str(), draft.environment.as_str()),
        ("myservice-requests-availability", "myservice", "staging")
    );
    assert_eq!((draft.objective.ppb(), draft.window.to_string().as_str()), (999_500_000, "30d"));
    let annotations: Vec<_> = draft.annotations.keys().map(String::as_str).collect();
    assert_eq!(annotations, ["dashboard", "owner", "runbook"]);
    let (part, total) = (selector("http_count{code=~\"(5..|429)\"}"), selector("http_count"));
    assert_eq!(draft.indicator, Indicator::Ratio { counts: Counts::Bad, part, total });
}

#[test]
fn count_less_bucket_becomes_latency() {
    let draft = draft(KUBERNETES);
    let (buckets, total) = (selector("x_bucket{verb!=\"WATCH\"}"), selector("x_count{verb!=\"WATCH\"}"));
    assert_eq!(draft.indicator, Indicator::Latency { buckets, total, threshold: 0.4 });
    assert_eq!(draft.name, "api-latency");
}

fn query(text: &str) -> PromQl {
    PromQl::parse(text).unwrap()
}

#[test]
fn what_is_no_counter_is_left_to_the_server() {
    let errors = "sum(rate(http_count{code=~\"(5..|429)\"}[{{.window}}])) OR on() vector(0)";
    let measured = |old: &str, new: &str| match warned(&OWN.replacen(old, new, 1), "the server evaluates it once a minute").indicator {
        Indicator::PromQl { measure } => measure,
        other => panic!("{other:?}"),
    };
    let (part, total) = (query(&errors.replace("{{.window}}", "5m")), query("count(http_count)"));
    let counts = Measure::Counts { counts: Counts::Bad, part, total };
    assert_eq!(measured("sum(rate(http_count[{{.window}}]))", "count(http_count)"), counts);
    let events = &OWN[OWN.find("events:").unwrap()..OWN.find("    alerting:").unwrap()];
    let raw = "raw:\n        error_ratio_query: 1 - avg_over_time(ok[{{ .window }}])\n";
    assert_eq!(measured(events, raw), Measure::Ratio { counts: Counts::Bad, ratio: query("1 - avg_over_time(ok[5m])") });
    let kept = draft(&OWN.replacen(events, "raw: {error_ratio_query: 'errors:ratio{job=\"a\"}'}\n", 1));
    assert_eq!(kept.indicator, Indicator::RawRatio { counts: Counts::Bad, ratio: selector("errors:ratio{job=\"a\"}") });
}

#[test]
fn what_cannot_run_here_is_named() {
    for (old, new, part) in [
        ("prometheus/v1", "prometheus/v2", "`prometheus/v2` is no version"),
        ("events:", "plugin: {id: my_plugin}\n      other:", "the plug-in `my_plugin`"),
        ("events:", "raw: {error_ratio_query: ''}\n      other:", "`slos[0].sli.raw.error_ratio_query` is missing"),
        ("events:", "other:", "`slos[0].sli.events` is missing"),
        ("99.95", "100", "below 100"),
        ("99.95", "0.9995", "so write 99.95"),
        ("    objective: 99.95\n", "", "`slos[0].objective` is missing"),
        ("service: \"myservice\"\n", "", "`service` is missing"),
        ("sum(rate(http_count[{{.window}}]))", "count(http_count", "is no query"),
        ("  - name: \"requests-availability\"", "  - note: x", "`slos[0].name` is missing"),
    ] {
        assert_rejected(&one(&OWN.replacen(old, new, 1)), part);
    }
    assert_rejected(&one("version: prometheus/v1\nservice: x\nslos: {}\n"), "`slos` is a mapping");
    assert_rejected(&one("apiVersion: sloth.slok.dev/v1\nkind: Other\n"), "no kind of Sloth");
    let plugged = OWN.replacen("slos:", "slo_plugins: {chain: [{id: sloth.dev/x/v1}]}\nslos:", 1);
    warned(&plugged, "plug-ins that cannot run here: sloth.dev/x/v1");
    warned(&OWN.replacen("myservice", "My_Service", 1), "it became `my-service-requests-availability`");
}

#[test]
fn rules_are_no_slos() {
    assert_rejected(&one("groups:\n- name: x\n  rules: []\n"), "holds rules, not an SLO");
    assert_rejected(&one("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: x}\n"), "rules, not an SLO");
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}", KUBERNETES.replace('\n', "\n  "));
    assert_eq!(read(&list)[0].name.as_deref(), Some("api-latency"));
    assert_rejected(&one("apiVersion: v1\nkind: List\nitems: []\n"), "holds no items");
}
