//! What is written comes back with the same meaning.

use std::collections::BTreeMap;

use firewatch_documents::{Context, Standing, read, write};
use firewatch_domain::alerting::Alerting;
use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::method::{EmptySlices, Method};
use firewatch_domain::objective::Objective;
use firewatch_domain::selector::{Comparison, Selector};
use firewatch_domain::slo::{Slo, Stage};
use firewatch_domain::window::Window;
use firewatch_domain::words::plain;
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    ".{0,30}".prop_map(|text| plain(&text, 100)).prop_filter("not blank", |text| !text.is_empty() && !text.contains("${"))
}

fn selector() -> impl Strategy<Value = Selector> {
    let value = ".{0,12}".prop_filter("no placeholder", |text| !text.contains("${"));
    let matcher = ("[a-d]{1,3}", value, any::<bool>());
    ("[a-z_]{1,8}", proptest::collection::vec(matcher, 0..3)).prop_map(|(metric, matchers)| {
        let bare = Selector { metric: Some(format!("m_{metric}")), matchers: vec![] };
        let compare = |equal| if equal { Comparison::Equal } else { Comparison::NotEqual };
        matchers.into_iter().fold(bare, |selector, (label, value, equal)| selector.with(&label, compare(equal), &value))
    })
}

fn threshold() -> impl Strategy<Value = f64> {
    (1..1_000_000_u32, 0..7_i32).prop_map(|(digits, places)| f64::from(digits) / 10_f64.powi(places))
}

fn indicator() -> impl Strategy<Value = Indicator> {
    prop_oneof![
        (any::<bool>(), selector(), selector()).prop_map(|(good, part, total)| {
            let total = total.with("all", Comparison::Equal, "yes");
            Indicator::Ratio { counts: if good { Counts::Good } else { Counts::Bad }, part, total }
        }),
        (selector(), selector()).prop_map(|(good, bad)| Indicator::Halves { good, bad }),
        (selector(), selector(), threshold()).prop_map(|(buckets, total, threshold)| Indicator::Latency { buckets, total, threshold }),
        selector().prop_map(|up| Indicator::Gauge { up }),
        ("https?://[a-z]{1,9}/[a-z\"#: ]{0,9}", 1..100_000_u64, 1..3600_u64).prop_map(|(url, under_ms, interval_s)| Indicator::Probe {
            url,
            under_ms,
            interval_s
        }),
        ("[a-z-]{1,12}", proptest::option::of(threshold())).prop_map(|(key, threshold)| Indicator::Drill { key, threshold }),
    ]
}

prop_compose! {
    fn slo()(
        name in "[a-z0-9]([a-z0-9.-]{0,40}[a-z0-9])?",
        texts in (text(), text(), text(), text()),
        description in "(.{0,20}\n?){0,3}",
        indicator in indicator(),
        ppb in 1..1_000_000_000_u64,
        minutes in 60..=365 * 1440_i64,
        annotations in proptest::collection::btree_map("[a-z./-]{1,20}", text(), 0..4),
    ) -> Slo {
        let lines: Vec<_> = description.lines().map(|line| plain(line, 100)).collect();
        let (title, journey, service, environment) = texts;
        let annotations: BTreeMap<_, _> = annotations.into_iter().filter(|(k, _)| !["env", "journey", "environment"].contains(&k.as_str())).collect();
        Slo {
            id: "id".to_owned(), name, title, description: lines.join("\n").trim().to_owned(), journey, service, environment,
            source: "prom".to_owned(), indicator, objective: Objective::from_ppb(ppb).unwrap(),
            window: Window::from_minutes(minutes).unwrap(), annotations,
            method: Method::default(), empty: EmptySlices::default(), alerting: Alerting::default(), stage: Stage::default(), weight: 1,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(slo in slo()) {
        prop_assume!(slo.name != "string");
        let document = write(&slo);
        let context = Context { source: "prom".to_owned(), environment: "elsewhere".to_owned() };
        let outcomes = read("f", &document, &context);
        prop_assert_eq!(outcomes.len(), 1);
        prop_assert_eq!(outcomes[0].verdict.standing(), Standing::Imported, "{}\n{:#?}", document, outcomes);
        let draft = outcomes[0].verdict.draft().cloned();
        prop_assert_eq!(draft.map(|draft| draft.into_slo("id".to_owned())), Some(slo), "{}", document);
    }
}

#[test]
fn the_document_is_what_openslo_asks_for() {
    let slo = Slo {
        id: "1".to_owned(),
        name: "settings-first-load".to_owned(),
        title: "First load: \"fast\"".to_owned(),
        description: String::new(),
        journey: "Customer settings".to_owned(),
        service: "settings".to_owned(),
        environment: "production".to_owned(),
        source: "prom".to_owned(),
        indicator: Indicator::Latency {
            buckets: Selector::parse("load_seconds_bucket{page=\"settings\"}").unwrap(),
            total: Selector::parse("load_seconds_count{page=\"settings\"}").unwrap(),
            threshold: 1.0,
        },
        objective: Objective::from_percent("95").unwrap(),
        window: Window::parse("4w").unwrap(),
        method: Method::default(),
        empty: EmptySlices::default(),
        alerting: Alerting::default(),
        stage: Stage::default(),
        weight: 1,
        annotations: BTreeMap::from([("runbook".to_owned(), "https://example.org/r".to_owned())]),
    };
    let expected = r#"apiVersion: openslo/v1
kind: SLO
metadata:
  name: "settings-first-load"
  displayName: "First load: \"fast\""
  annotations:
    "firewatch.dev/journey": "Customer settings"
    "firewatch.dev/environment": "production"
    "runbook": "https://example.org/r"
spec:
  description: ""
  service: "settings"
  indicator:
    metadata:
      name: "settings-first-load"
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            metricSourceRef: "prom"
            type: Prometheus
            spec:
              query: "load_seconds_bucket{page=\"settings\",le=\"1\"}"
        total:
          metricSource:
            metricSourceRef: "prom"
            type: Prometheus
            spec:
              query: "load_seconds_count{page=\"settings\"}"
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.95
"#;
    assert_eq!(write(&slo), expected);
}
