//! Where alerts go, by table.

use super::*;
use crate::alerting::Alerting;
use crate::indicator::{Counts, Indicator};
use crate::method::{EmptySlices, Method};
use crate::objective::Objective;
use crate::slo::Stage;
use crate::window::Window;

fn slo(name: &str, journey: &str, service: &str, environment: &str, selector: &str) -> Slo {
    let total = Selector::parse(selector).unwrap();
    Slo {
        id: format!("id-{name}"),
        name: name.to_owned(),
        title: name.to_owned(),
        description: String::new(),
        journey: journey.to_owned(),
        service: service.to_owned(),
        environment: environment.to_owned(),
        source: "prom".to_owned(),
        indicator: Indicator::Ratio { counts: Counts::Bad, part: total.with("code", Comparison::Matches, "5.."), total },
        objective: Objective::from_percent("99.9").unwrap(),
        window: Window::parse("30d").unwrap(),
        method: Method::default(),
        empty: EmptySlices::default(),
        alerting: Alerting::default(),
        stage: Stage::default(),
        weight: 1,
        annotations: BTreeMap::new(),
    }
}

fn world() -> Folding {
    let pairs = [("settings", "stripe"), ("checkout", "payments"), ("checkout", "fraud"), ("settings", "fraud")];
    let slos = [
        slo("first-load", "customer-settings", "settings", "production", r#"http_requests_total{job="settings-web",namespace="shop"}"#),
        slo(
            "save",
            "customer-settings",
            "settings",
            "production",
            r#"http_requests_total{job="settings-api",namespace="shop",route="/save"}"#,
        ),
        slo(
            "first-load-staging",
            "customer-settings",
            "settings",
            "staging",
            r#"http_requests_total{job="settings-web",namespace="shop-staging"}"#,
        ),
        slo("pay", "checkout", "payments", "production", r#"payments_total{job="payments",namespace="money"}"#),
        slo("checkout-load", "checkout", "checkout", "production", r#"http_requests_total{job="checkout",namespace="money"}"#),
        slo("search-latency", "search", "search", "production", r#"search_total{job="search"}"#),
    ];
    Folding::new(&slos, &Dependencies::new(pairs.map(|(a, b)| (a.to_owned(), b.to_owned())), []))
}

/// Labels as `a=b c=d`, the place as `rule environment/journey slo`.
fn place(labels: &str, usual: Option<&str>) -> String {
    let labels = labels.split_whitespace().filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let Some(found) = world().place(&labels, usual) else { return "nowhere".to_owned() };
    let slo = found.slo.map(|id| id.trim_start_matches("id-").to_owned()).unwrap_or_default();
    format!("{} {} {slo}", found.rule.word(), found.journey_key).trim_end().to_owned()
}

#[test]
fn labels_find_their_place() {
    for (labels, wanted) in [
        // An SLO by name, as Firewatch, Pyrra and Sloth write it; names are unique over environments.
        ("firewatch_slo=pay", "slo production/checkout pay"),
        ("slo=first-load severity=page", "slo production/customer-settings first-load"),
        ("sloth_service=search sloth_slo=latency", "slo production/search search-latency"),
        ("sloth_id=search-latency", "slo production/search search-latency"),
        ("slo=first-load environment=staging", "nowhere"),
        ("slo=unknown service=search", "service production/search search-latency"),
        // A journey by name, however it is written.
        ("journey=checkout", "journey production/checkout"),
        ("firewatch_journey=Customer_Settings env=prod", "journey production/customer-settings"),
        ("journey=customer-settings env=stg", "journey staging/customer-settings"),
        ("journey=customer-settings", "nowhere"),
        // A service.
        ("service=payments", "service production/checkout pay"),
        ("service=settings env=production", "service production/customer-settings"),
        ("service=settings environment=Staging", "service staging/customer-settings first-load-staging"),
        ("service=settings environment=qa", "nowhere"),
        ("service=settings", "nowhere"),
        ("app_kubernetes_io_name=payments", "service production/checkout pay"),
        ("job=money/payments", "service production/checkout pay"),
        // What the selectors fix.
        ("job=settings-api", "selector production/customer-settings save"),
        ("job=settings-web namespace=shop", "selector production/customer-settings first-load"),
        ("job=settings-web namespace=shop-staging", "selector staging/customer-settings first-load-staging"),
        ("job=settings-web", "nowhere"),
        ("job=settings-web env=staging", "selector staging/customer-settings first-load-staging"),
        ("job=settings-api route=/load", "nowhere"),
        ("namespace=shop", "selector production/customer-settings"),
        ("namespace=shop pod=x-1", "selector production/customer-settings"),
        ("namespace=money", "selector production/checkout"),
        ("namespace=elsewhere", "nowhere"),
        // What only one journey depends on.
        ("service=stripe env=production", "dependency production/customer-settings"),
        ("service=stripe", "nowhere"),
        ("service=fraud env=production", "nowhere"),
        ("service=fraud env=staging", "dependency staging/customer-settings"),
        // Nothing says anything.
        ("alertname=Watchdog severity=none", "nowhere"),
        ("", "nowhere"),
        ("service= job=", "nowhere"),
    ] {
        assert_eq!(place(labels, None), wanted, "{labels}");
    }
}

#[test]
fn the_usual_environment_stands_in_for_a_missing_one_only() {
    assert_eq!(place("service=settings", Some("prod")), "service production/customer-settings");
    assert_eq!(place("service=settings env=staging", Some("production")), "service staging/customer-settings first-load-staging");
    assert_eq!(place("service=payments", Some("staging")), "nowhere");
}

#[test]
fn several_journeys_of_a_service_settle_on_the_one_that_uses_it_most() {
    let slos = [
        slo("a", "one", "api", "production", "a_total"),
        slo("b", "two", "api", "production", "b_total"),
        slo("c", "two", "api", "production", "c_total"),
    ];
    let folding = Folding::new(&slos, &Dependencies::default());
    let labels = BTreeMap::from([("service".to_owned(), "api".to_owned())]);
    let found = folding.place(&labels, None).unwrap();
    assert_eq!((found.journey_key.as_str(), found.slo, found.rule), ("production/two", None, Rule::Service));
}

proptest::proptest! {
    /// Whatever the labels, an alert that names an environment is never folded in another.
    #[test]
    fn environments_never_mix(
        pairs in proptest::collection::btree_map(
            proptest::sample::select(vec!["service", "job", "namespace", "slo", "journey", "app"]),
            proptest::sample::select(vec!["settings", "settings-web", "shop", "first-load", "customer-settings", "payments", "stripe", "fraud"]), 0..5),
        staging in proptest::bool::ANY,
    ) {
        let mut labels: BTreeMap<String, String> = pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        let environment = if staging { "staging" } else { "production" };
        labels.insert("environment".to_owned(), environment.to_owned());
        if let Some(found) = world().place(&labels, Some("production")) {
            proptest::prop_assert!(found.journey_key.starts_with(environment), "{labels:?} {found:?}");
        }
    }
}
