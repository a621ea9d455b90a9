//! The test button: each key and each permission for itself.

use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::ports::{Check, Verdict};

use super::Datadog;
use super::wire::{self, SloPage, Validity, open};
use crate::exchange::{Meter, Setback};

/// In the order in which one depends on the other; it ends with the first that is broken.
pub(super) async fn checks(datadog: &Datadog, now: DateTime<Utc>) -> Vec<Check> {
    let (place, meter) = (datadog.exchange.place(), Meter::default());
    let patience = datadog.exchange.limits().answer;
    let mut checks = vec![ok("address", format!("{}/", datadog.exchange.base()))];
    let get = async |path: &str, form: &[(&str, String)]| datadog.get(path, form, now, patience, &meter).await;
    let valid = get("api/v1/validate", &[]).await.and_then(|body| open::<Validity>(place, &body));
    match valid {
        Ok(Validity { valid: true }) => {
            checks.push(ok("answer", format!("{place} answers.")));
            checks.push(ok("api-key", "The API key is accepted.".to_owned()));
        }
        Ok(Validity { valid: false }) => {
            checks.push(broken("api-key", &Fault::new(FaultKind::SignInRefused, format!("{place} says that the API key is not valid."))));
            return checks;
        }
        Err(setback) => {
            checks.push(broken(if setback.fault.kind == FaultKind::SignInRefused { "api-key" } else { "answer" }, &setback.fault));
            return checks;
        }
    }
    checks.push(ok("clock", "The clocks agree within five minutes.".to_owned()));
    let slos = get("api/v1/slo", &[("limit", "1".to_owned())]).await.and_then(|body| open::<SloPage>(place, &body));
    checks.push(permission("slos", "slos_read", slos.map(|_| "SLOs can be listed.".to_owned())));
    let minute = now.timestamp() / 60 * 60;
    let form = [
        ("from", (minute - 600).to_string()),
        ("to", minute.to_string()),
        ("query", "sum:datadog.agent.running{*}.as_count().rollup(sum, 60)".to_owned()),
    ];
    let series = get("api/v1/query", &form).await.and_then(|body| wire::series(place, &body, 1));
    checks.push(permission("metrics", "timeseries_query", series.map(|_| "Metrics can be queried.".to_owned())));
    checks
}

/// A permission of the application key.
fn permission(name: &'static str, scope: &str, outcome: Result<String, Setback>) -> Check {
    match outcome {
        Ok(message) => ok(name, message),
        Err(setback) if setback.fault.kind == FaultKind::SignInRefused => Check {
            name,
            verdict: Verdict::Broken,
            message: setback.fault.message,
            cure: format!("Check the application key, and give it the scope {scope}."),
        },
        Err(setback) => broken(name, &setback.fault),
    }
}

fn ok(name: &'static str, message: String) -> Check {
    Check { name, verdict: Verdict::Ok, message, cure: String::new() }
}

fn broken(name: &'static str, fault: &Fault) -> Check {
    let cure = match fault.kind {
        FaultKind::SignInRefused => "Enter the keys again, and check that they belong to this site.",
        FaultKind::RateLimited => "Wait, and poll less often.",
        FaultKind::ClockSkew => "Set the clock of this machine.",
        FaultKind::NotTheApi | FaultKind::Redirected => "Check the site: it is the address of your Datadog without `app.`.",
        _ => "Check the network, then test again.",
    };
    Check { name, verdict: Verdict::Broken, message: fault.message.clone(), cure: cure.to_owned() }
}
