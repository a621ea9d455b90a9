use super::*;
use crate::view::IndicatorForm;

fn form() -> SloForm {
    let fields = [("counts", "bad"), ("part", "http_requests_total{code=~\"5..\"}"), ("total", "http_requests_total")];
    SloForm {
        name: "settings-availability".to_owned(),
        service: "settings".to_owned(),
        environment: "production".to_owned(),
        source: "prom".to_owned(),
        indicator: IndicatorForm { kind: "ratio".to_owned(), fields: fields.map(|(k, v)| (k.to_owned(), v.to_owned())).into() },
        objective: "99.999".to_owned(),
        window: WindowForm { duration: "30d".to_owned(), ..WindowForm::default() },
        ..SloForm::default()
    }
}

fn fields(form: &SloForm) -> Vec<String> {
    slo_of(form, "id".to_owned()).err().unwrap_or_default().into_iter().map(|f| f.field).collect()
}

#[test]
fn what_is_read_is_written_the_same() {
    let mut whole = form();
    whole.window =
        WindowForm { calendar: true, duration: "1M".to_owned(), start: "2026-01-01 00:00".to_owned(), zone: "Europe/Berlin".to_owned() };
    whole.method = MethodForm { kind: "timeslices".to_owned(), slice: "5m".to_owned(), target: "97.5".to_owned() };
    whole.alerting =
        AlertingForm { own: true, rules: vec!["page:14.4@1h/10m".to_owned()], minimum_events: "20".to_owned(), ..AlertingForm::default() };
    whole.annotations = vec![AnnotationForm { key: "runbook".to_owned(), value: "https://wiki.example.com/x".to_owned() }];
    whole.stage = "testing".to_owned();
    for form in [form(), whole] {
        let slo = slo_of(&form, "id".to_owned()).unwrap();
        assert_eq!(slo_of(&form_of(&slo), "id".to_owned()).unwrap(), slo);
        assert_eq!(slo.objective.to_string(), "99.999 %");
        assert_eq!((slo.journey.as_str(), slo.title.as_str()), ("settings", "settings-availability"));
    }
}

#[test]
fn no_kind_of_indicator_is_lost_on_the_way_through_the_form() {
    let of = |kind: &str, given: &[(&str, &str)]| IndicatorForm {
        kind: kind.to_owned(),
        fields: given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
    };
    let query = |name: &str| format!("sum:{name}{{env:prod}}.as_count()");
    for indicator in [
        of("halves", &[("good", "ok_total"), ("bad", "failed_total")]),
        of("latency", &[("buckets", "d_bucket"), ("total", "d_count"), ("threshold", "0.5")]),
        of("native", &[("histogram", "d"), ("threshold", "0.5")]),
        of("gauge", &[("up", "up")]),
        of("threshold", &[("gauge", "queue"), ("op", "lte"), ("bound", "100")]),
        of("raw_ratio", &[("counts", "good"), ("ratio", "r")]),
        of("promql_counts", &[("counts", "bad"), ("part", "a"), ("total", "b")]),
        of("promql_ratio", &[("counts", "bad"), ("ratio", "a / b")]),
        of("promql_threshold", &[("value", "a"), ("op", "gt"), ("bound", "-1.5")]),
        of("datadog_counts", &[("counts", "bad"), ("part", &query("bad")), ("total", &query("all"))]),
        of("datadog_slo", &[("id", "f00ba4")]),
        of("probe", &[("url", "https://x.example/"), ("under_ms", "500"), ("interval_s", "60")]),
        of("drill", &[("key", "first-load/production"), ("threshold", "1")]),
        of("drill", &[("key", "save/production"), ("threshold", "")]),
    ] {
        let slo = slo_of(&SloForm { indicator: indicator.clone(), ..form() }, "id".to_owned());
        assert_eq!(form_of(&slo.unwrap()).indicator, indicator);
    }
    let wrong = of("datadog_counts", &[("counts", "bad"), ("part", "avg:bad{*}"), ("total", "")]);
    let wrong = SloForm { indicator: wrong, ..form() };
    assert_eq!(fields(&wrong), ["indicator.part", "indicator.total"]);
    let wrong = SloForm { indicator: of("datadog_slo", &[("id", "a b")]), ..form() };
    assert_eq!(fields(&wrong), ["indicator.id"]);
}

#[test]
fn every_fault_is_told_at_its_field_and_all_at_once() {
    assert_eq!(fields(&form()), [""; 0]);
    let mut wrong = form();
    wrong.name = "Not A Name".to_owned();
    wrong.objective = "0.999".to_owned();
    wrong.indicator.fields.insert("total".to_owned(), "sum(x)".to_owned());
    wrong.window.duration = "5m".to_owned();
    wrong.method = MethodForm { kind: "timeslices".to_owned(), slice: "x".to_owned(), target: "101".to_owned() };
    wrong.alerting = AlertingForm { own: true, rules: vec!["page:2@1h/5m".to_owned(), "?".to_owned()], ..AlertingForm::default() };
    wrong.weight = "0".to_owned();
    let found = fields(&wrong);
    let expected =
        ["name", "indicator.total", "objective", "window.duration", "method.slice", "method.target", "alerting.rules.1", "weight"];
    assert_eq!(found, expected);
    assert_eq!(fields(&SloForm::default())[0], "name");
    let zone = WindowForm { calendar: true, duration: "1M".to_owned(), start: "2026-01-01".to_owned(), zone: "Mars/Base".to_owned() };
    assert_eq!(fields(&SloForm { window: zone, ..form() }), ["window.zone"]);
}

#[test]
fn changes_are_told_in_words() {
    let before = slo_of(&form(), "id".to_owned()).unwrap();
    let mut after = form();
    after.objective = "99.9".to_owned();
    after.indicator.fields.insert("total".to_owned(), "http_requests_total{job=\"api\"}".to_owned());
    let after = slo_of(&after, "id".to_owned()).unwrap();
    let expected = ["total: http_requests_total → http_requests_total{job=\"api\"}", "objective: 99.999 % → 99.9 %"];
    assert_eq!(changes(&before, &after), expected);
    assert_eq!(changes(&before, &before), [""; 0]);
}

#[test]
fn slices_may_be_held_to_all_of_their_events() {
    for (text, ppb) in [
        ("100", Some(1_000_000_000)),
        ("95", Some(950_000_000)),
        ("5.5%", Some(55_000_000)),
        ("0", Some(0)),
        ("101", None),
        ("x", None),
        ("-1", None),
    ] {
        assert_eq!(percent_of(text).map(Ratio::ppb), ppb, "{text}");
    }
}
