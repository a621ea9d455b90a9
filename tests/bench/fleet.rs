//! A thousand SLOs whose every count is known: two hundred services with five routes each, two series per route.
//!
//! The same arithmetic makes the month in the profile, the history in Prometheus and what is scraped afterwards, so that a benchmark
//! polls what a long-running Firewatch would poll: a few new minutes of counters that were there before.

use std::fmt::Write as _;

use anyhow::Context;
use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::minute::MINUTE_S;
use firewatch_domain::objective::Objective;
use firewatch_domain::selector::Selector;
use firewatch_domain::slo::Slo;
use firewatch_domain::window::Window;
use firewatch_tests::Result;
use firewatch_tests::http::{Reply, Server, answer};

use crate::counts::{Fleet, SCRAPE_S, SLOS};

const ROUTES: u64 = 5;
const METRIC: &str = "http_requests_total";
const HISTORY_S: i64 = 25 * MINUTE_S;

impl Fleet {
    /// The definition of an SLO that reads from `source`.
    pub fn slo(slo: u64, source: &str) -> Result<Slo> {
        let (service, route) = names(slo);
        let total = Selector::parse(&selector(slo))?;
        let part = total.with("code", firewatch_domain::selector::Comparison::Equal, "500");
        Ok(Slo {
            id: format!("slo-{slo:04}"),
            name: format!("{service}-r{}", slo % ROUTES),
            title: format!("{service} answers {route}"),
            description: "Requests that do not fail.".to_owned(),
            journey: service.clone(),
            service,
            environment: "production".to_owned(),
            source: source.to_owned(),
            indicator: Indicator::Ratio { counts: Counts::Bad, part, total },
            objective: Objective::from_percent("99.9").context("the objective")?,
            window: Window::parse("30d").context("the window")?,
            method: firewatch_domain::method::Method::default(),
            empty: firewatch_domain::method::EmptySlices::default(),
            alerting: firewatch_domain::alerting::Alerting::default(),
            stage: firewatch_domain::slo::Stage::default(),
            weight: 1,
            annotations: std::collections::BTreeMap::default(),
        })
    }

    /// What was scraped in the last minutes before `now`, from the target at `instance`, as OpenMetrics.
    pub fn history(self, instance: &str, now: i64) -> String {
        let end = now - SCRAPE_S; // the first live scrape comes later
        let mut text = "# TYPE http_requests counter\n".to_owned();
        for slo in 0..SLOS {
            for (code, bad) in [("200", false), ("500", true)] {
                let labels = format!("{}code=\"{code}\",job=\"fleet\",instance=\"{instance}\"}}", open_labels(slo));
                for at in (end - HISTORY_S..=end).step_by(SCRAPE_S as usize) {
                    let _ = writeln!(text, "{METRIC}{labels} {} {at}", self.value(slo, bad, at));
                }
            }
        }
        text.push_str("# EOF\n");
        text
    }

    /// Starts the target that is scraped from now on.
    pub fn serve(self, clock: fn() -> i64) -> Result<Server> {
        Server::start(0, move || {
            Box::new(move |_| Reply::Send(answer(200, &[("Content-Type", "text/plain; version=0.0.4")], self.metrics(clock()).as_bytes())))
        })
    }

    fn metrics(self, now: i64) -> String {
        let mut text = format!("# TYPE {METRIC} counter\n");
        for slo in 0..SLOS {
            for (code, bad) in [("200", false), ("500", true)] {
                let _ = writeln!(text, "{METRIC}{}code=\"{code}\"}} {}", open_labels(slo), self.value(slo, bad, now));
            }
        }
        text
    }

    fn value(self, slo: u64, bad: bool, at: i64) -> u64 {
        let (bad_events, total) = self.counted(slo, at);
        if bad { bad_events } else { total - bad_events }
    }
}

/// The selector of all events of an SLO.
pub fn selector(slo: u64) -> String {
    let (service, route) = names(slo);
    format!("{METRIC}{{service=\"{service}\",route=\"{route}\"}}")
}

fn open_labels(slo: u64) -> String {
    let (service, route) = names(slo);
    format!("{{service=\"{service}\",route=\"{route}\",")
}

fn names(slo: u64) -> (String, String) {
    (format!("service-{:03}", slo / ROUTES), format!("/api/v1/resource-{}", slo % ROUTES))
}
