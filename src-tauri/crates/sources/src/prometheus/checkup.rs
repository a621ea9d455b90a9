//! The test button: what stands between us and the server's data, step by step, in plain words.

use chrono::{DateTime, Utc};
use firewatch_domain::fault::FaultKind;
use firewatch_domain::ports::Check;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::inquiry::Inquiry;
use super::wire::{Matrix, Told, open};
use crate::exchange::Exchange;
use crate::verdict::{broken, degraded, name_of, ok};

#[derive(Deserialize)]
struct Build {
    version: String,
    #[serde(default)]
    application: Option<String>,
}

/// Every check, in the order in which one depends on the other; it ends with the first that is broken.
pub(super) async fn checks(exchange: &Exchange, now: DateTime<Utc>) -> Vec<Check> {
    let inquiry = Inquiry::new(exchange, now);
    let place = exchange.place();
    let mut checks = vec![ok("address", format!("{}/", exchange.base()))];
    let build = inquiry.get("api/v1/status/buildinfo").await;
    let build = build.and_then(|body| open::<Build>(place, &body).map(|told| told.data));
    if let Err(setback) = &build
        && matches!(setback.fault.kind, FaultKind::Unreachable | FaultKind::TimedOut)
    {
        checks.push(broken("answer", &setback.fault));
        return checks;
    }
    let one = inquiry.query("vector(1)").await;
    let one = one.and_then(|body| open::<Matrix<'_>>(place, &body).map(|told| told.warning));
    let warning = match one {
        Ok(warning) => warning,
        Err(setback) => {
            checks.push(broken(name_of(setback.fault.kind), &setback.fault));
            return checks;
        }
    };
    checks.push(ok("answer", format!("{place} answers queries.")));
    checks.push(ok("sign-in", "The sign-in is accepted.".to_owned()));
    checks.push(ok("clock", "The clocks agree within five minutes.".to_owned()));
    checks.push(match build {
        Ok(build) => ok("version", format!("{} {}", build.application.as_deref().unwrap_or("Prometheus"), build.version)),
        Err(_) => degraded(
            "version",
            "The server does not tell its version; proxies and some compatible servers hide it.".to_owned(),
            "Nothing to do if the other checks are fine.",
        ),
    });
    checks.push(series(&inquiry).await);
    checks.push(match warning {
        None => ok("warnings", "Answers come without warnings.".to_owned()),
        Some(warning) => degraded(
            "warnings",
            format!("The server says that parts are missing: {warning}"),
            "Minutes read now count as unobserved; repair the part of the server that is missing.",
        ),
    });
    checks
}

/// Whether there is anything to read.
async fn series(inquiry: &Inquiry<'_>) -> Check {
    let place = inquiry.exchange.place();
    let up = inquiry.query("count(up)").await;
    let up = up.and_then(|body| {
        let told: Told<Matrix<'_>> = open(place, &body)?;
        Ok(told.data.result.first().and_then(|row| row.value).map_or(0.0, |sample| sample.value))
    });
    match up {
        Ok(targets) if targets >= 1.0 => return ok("series", format!("{targets} targets report.")),
        Ok(_) => {}
        Err(setback) => return broken("series", &setback.fault),
    }
    let labels = inquiry.get("api/v1/labels").await;
    match labels.and_then(|body| open::<Vec<IgnoredAny>>(place, &body).map(|told| told.data.len())) {
        Ok(0) => degraded(
            "series",
            "The server holds no series at all.".to_owned(),
            "Check its scrape configuration, and the tenant header if it serves several tenants.",
        ),
        Ok(names) => ok("series", format!("No target reports `up`, but there are series with {names} label names.")),
        Err(setback) => broken("series", &setback.fault),
    }
}
