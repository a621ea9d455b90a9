//! A definition to keep counts under, where no server is asked.

use std::collections::BTreeMap;

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::objective::Objective;
use firewatch_domain::selector::Selector;
use firewatch_domain::slo::Slo;
use firewatch_domain::window::Window;
use firewatch_tests::Result;

/// 99.9 % over 30 days of a ratio of two counters.
pub fn slo(number: u64) -> Result<Slo> {
    Ok(Slo {
        id: format!("slo-{number:04}"),
        name: format!("service-{number:03}"),
        title: "Requests that do not fail".to_owned(),
        description: String::new(),
        journey: "shop".to_owned(),
        service: "shop".to_owned(),
        environment: "production".to_owned(),
        source: "prom".to_owned(),
        indicator: Indicator::Ratio {
            counts: Counts::Bad,
            part: Selector::parse("http_requests_total{code=\"500\"}")?,
            total: Selector::parse("http_requests_total")?,
        },
        objective: Objective::from_percent("99.9")?,
        window: Window::parse("30d")?,
        method: firewatch_domain::method::Method::default(),
        empty: firewatch_domain::method::EmptySlices::default(),
        alerting: firewatch_domain::alerting::Alerting::default(),
        stage: firewatch_domain::slo::Stage::default(),
        weight: 1,
        annotations: BTreeMap::new(),
    })
}
