//! What is written comes back with the same meaning.

use std::collections::BTreeMap;

use firewatch_documents::{Context, Standing, read, write};
use firewatch_domain::alerting::{Alerting, Rule, Scaling, Severity};
use firewatch_domain::indicator::{Counts, Datadog, Indicator, Measure, Op};
use firewatch_domain::method::{EmptySlices, Method, Ratio};
use firewatch_domain::objective::Objective;
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::{Comparison, Selector};
use firewatch_domain::slo::{Slo, Stage};
use firewatch_domain::window::Window;
use firewatch_domain::words::plain;
use proptest::prelude::*;

use crate::strict;

fn text() -> impl Strategy<Value = String> {
    ".{0,30}".prop_map(|text| plain(&text, 100)).prop_filter("not blank", |text| !text.is_empty() && !text.contains("${"))
}

/// Keys of annotations: as documents take them, and as hands write them.
fn key() -> impl Strategy<Value = String> {
    "[a-zA-Z./ :-]{1,20}|example.org/[a-z]{1,60}".prop_map(|key| plain(&key, 100)).prop_filter("not blank", |key| !key.is_empty())
}

fn selector() -> impl Strategy<Value = Selector> {
    let value = ".{0,12}".prop_filter("no placeholder", |text| !text.contains("${") && !text.contains("{{"));
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
        (selector(), op(), bound()).prop_map(|(gauge, op, bound)| Indicator::Threshold { gauge, op, bound }),
        (counts(), selector()).prop_map(|(counts, ratio)| Indicator::RawRatio { counts, ratio }),
        (selector(), threshold()).prop_map(|(histogram, threshold)| Indicator::Native { histogram, threshold }),
        measure().prop_map(|measure| Indicator::PromQl { measure }),
        (counts(), "[a-z.]{1,9}", "[a-z:\"# ]{0,9}").prop_map(|(counts, metric, tag)| {
            let query = |name: &str| format!("sum:{name}{{{tag}}}.as_count()");
            Indicator::Datadog { asks: Datadog::Counts { counts, part: query(&metric), total: query("all") } }
        }),
        "[a-f0-9]{1,32}".prop_map(|id| Indicator::Datadog { asks: Datadog::Slo { id } }),
    ]
}

fn counts() -> impl Strategy<Value = Counts> {
    prop_oneof![Just(Counts::Good), Just(Counts::Bad)]
}

fn op() -> impl Strategy<Value = Op> {
    proptest::sample::select(Op::ALL.to_vec())
}

fn bound() -> impl Strategy<Value = f64> {
    prop_oneof![threshold(), threshold().prop_map(|t| -t), Just(0.0), Just(1.0), Just(1e21)]
}

/// Queries that would be read as counters, and others; with comments, quotes and line breaks.
fn promql() -> impl Strategy<Value = PromQl> {
    let text = prop_oneof![
        selector().prop_map(|s| s.to_string()),
        selector().prop_map(|s| format!("sum(rate({s}[5m]))")),
        (selector(), selector()).prop_map(|(a, b)| format!("# a ratio\n1 - (\n  {a} /\t{b})")),
    ];
    text.prop_map(|text| PromQl::parse(&text).unwrap())
}

fn measure() -> impl Strategy<Value = Measure> {
    prop_oneof![
        (counts(), promql(), promql()).prop_map(|(counts, part, total)| Measure::Counts { counts, part, total }),
        (counts(), promql()).prop_map(|(counts, ratio)| Measure::Ratio { counts, ratio }),
        (promql(), op(), bound()).prop_map(|(value, op, bound)| Measure::Threshold { value, op, bound }),
    ]
}

fn window() -> impl Strategy<Value = Window> {
    let unit = proptest::sample::select(vec!["1d", "3d", "1w", "1M", "2M", "1Q", "1Y"]);
    let start = (1950..2100_i32, 1..13_u32, 1..29_u32, 0..24_u32, 0..60_u32);
    let zone = proptest::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]);
    prop_oneof![
        (60..=366 * 1440_i64).prop_map(|minutes| Window::from_minutes(minutes).unwrap()),
        (unit, start, zone).prop_map(|(unit, (y, mo, d, h, mi), zone)| {
            Window::parse_calendar(unit, &format!("{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:00"), zone).unwrap()
        }),
    ]
}

fn method() -> impl Strategy<Value = Method> {
    let target = (1..=1_000_000_000_u64).prop_map(|ppb| Ratio::from_ppb(ppb).unwrap());
    prop_oneof![
        Just(Method::Occurrences),
        (1..=60_i64, target).prop_map(|(minutes, target)| Method::Timeslices { minutes, target }),
        (1..=60_i64).prop_map(|minutes| Method::RatioTimeslices { minutes }),
    ]
}

/// Factors as a document can say them: decimals, and fractions that are none.
fn rule() -> impl Strategy<Value = Rule> {
    let severity = prop_oneof![Just(Severity::Page), Just(Severity::Ticket)];
    let factor = prop_oneof![(1..100_u64).prop_map(|n| (n, 1)), Just((72, 5)), Just((14, 15)), Just((1, 3))];
    (severity, 2..10_000_i64, 1..100_i64, factor).prop_map(|(severity, long, share, (factor_num, factor_den))| {
        let short = (long * share / 100).max(1);
        Rule { severity, long, short, factor_num, factor_den }
    })
}

fn alerting() -> impl Strategy<Value = Alerting> {
    let scaling = prop_oneof![Just(Scaling::ConstantShare), Just(Scaling::ConstantFactor)];
    let rules = proptest::option::of(proptest::collection::vec(rule(), 1..5));
    (scaling, rules, prop_oneof![Just(0), 1..5000_u64]).prop_map(|(scaling, rules, minimum_events)| Alerting {
        scaling,
        rules,
        minimum_events,
    })
}

prop_compose! {
    fn slo()(
        name in "[a-z0-9]([a-z0-9.-]{0,40}[a-z0-9])?",
        texts in (text(), text(), text(), text()),
        description in "(.{0,20}\n?){0,3}",
        indicator in indicator(),
        ppb in 1..1_000_000_000_u64,
        window in window(),
        method in method(),
        alerting in alerting(),
        empty in proptest::sample::select(vec![EmptySlices::LeaveOut, EmptySlices::Good, EmptySlices::Bad]),
        (testing, weight) in (any::<bool>(), 1..=1000_u32),
        annotations in proptest::collection::btree_map(key(), text(), 0..4),
    ) -> Slo {
        let lines: Vec<_> = description.lines().map(|line| plain(line, 100)).collect();
        let (title, journey, service, environment) = texts;
        let annotations: BTreeMap<_, _> = annotations.into_iter().filter(|(k, _)| !["env", "journey", "environment"].contains(&k.as_str())).collect();
        Slo {
            id: "id".to_owned(), name, title, description: lines.join("\n").trim().to_owned(), journey, service, environment,
            source: "prom".to_owned(), indicator, objective: Objective::from_ppb(ppb).unwrap(),
            window, method, empty, alerting: Alerting { rules: reachable(alerting.rules, ppb), ..alerting },
            stage: if testing { Stage::Testing } else { Stage::Active }, weight, annotations,
        }
    }
}

/// Rules that can fire at all; others are refused where a definition is read.
fn reachable(rules: Option<Vec<Rule>>, ppb: u64) -> Option<Vec<Rule>> {
    let objective = Objective::from_ppb(ppb).unwrap();
    let rules: Vec<Rule> = rules?.into_iter().filter(|rule| rule.reachable(objective)).collect();
    (!rules.is_empty()).then_some(rules)
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
        prop_assert_eq!(strict::broken(&document), Vec::<String>::new(), "{}", document);
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
    "firewatch.dev/alert-rules": "workbook page:13.44@1h/5m page:5.6@6h/30m ticket:2.8@1d/2h ticket:4032000/4320000@3d/6h"
    "firewatch.dev/environment": "production"
    "firewatch.dev/journey": "Customer settings"
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
  alertPolicies:
    - kind: AlertPolicy
      metadata:
        name: "settings-first-load-page-1-1h"
      spec:
        description: "Burns faster than 13.44 over 1h; meant together with the other look-back of 13.44× over 1h and 5m."
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata:
              name: "settings-first-load-page-1-1h"
            spec:
              severity: "page"
              condition:
                kind: burnrate
                op: gt
                threshold: 13.44
                lookbackWindow: 1h
                alertAfter: 0m
        notificationTargets:
          - kind: AlertNotificationTarget
            metadata:
              name: "on-call"
            spec:
              target: "desktop"
"#;
    let document = write(&slo);
    assert!(document.starts_with(expected), "{document}");
    assert_eq!(document.matches("kind: AlertPolicy").count(), 8, "one for each look-back");
    assert_eq!(strict::broken(&document), Vec::<String>::new());
}
