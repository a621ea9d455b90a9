//! Alerts as Prometheus itself evaluates them. It knows nothing of silences; an Alertmanager that tells of the same alert is believed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use firewatch_domain::alert::{Alert, Standing};
use firewatch_domain::fault::Fault;
use firewatch_domain::ports::AlertAnswer;
use firewatch_domain::selector::quoted;
use serde::Deserialize;

use super::wire::open;
use crate::alertmanager::{bounded, kept, summary};
use crate::exchange::{Exchange, Meter, Question};

#[derive(Deserialize)]
struct Payload {
    alerts: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    state: String,
    #[serde(rename = "activeAt")]
    active_at: Option<DateTime<Utc>>,
}

/// What fires now.
pub(super) async fn firing(exchange: &Exchange, now: DateTime<Utc>) -> Result<AlertAnswer, Fault> {
    let meter = Meter::default();
    let question = Question { path: "api/v1/alerts", form: &[], by_post: false, patience: exchange.limits().answer, now };
    let body = exchange.ask(question, &meter).await.map_err(|setback| setback.fault)?;
    let told = open::<Payload>(exchange.place(), &body).map_err(|setback| setback.fault)?;
    let firing = told.data.alerts.into_iter().filter(|told| told.state == "firing").map(|told| Alert {
        summary: summary(&told.annotations),
        since_s: told.active_at.unwrap_or(now).timestamp(),
        url: told.labels.get("alertname").and_then(|name| exchange.page(&format!("ALERTS{{alertname={}}}", quoted(name)))),
        labels: kept(told.labels),
        standing: Standing::Evaluated,
    });
    Ok(AlertAnswer { cost: meter.cost(), ..bounded(firing.collect()) })
}
