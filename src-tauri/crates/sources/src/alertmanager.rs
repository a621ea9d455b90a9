//! Alertmanager's API v2: the alerts that fire now, with who silenced or inhibited them. It counts nothing, so no SLO can read from it.

mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_domain::alert::Standing;
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::ports::{AlertAnswer, Check, Proposal, ReadAnswer, ReadRequest, Source, Verdict};

pub(crate) use wire::{kept, summary};

use crate::exchange::{Exchange, Meter, Question, Setback};
use crate::verdict::{broken, degraded, name_of, ok};

/// Alerts of one source that are held; those beyond are counted.
pub const MOST_ALERTS: usize = 20_000;

/// An Alertmanager.
#[derive(Debug)]
pub(crate) struct Alertmanager {
    exchange: Exchange,
}

impl Alertmanager {
    /// Over a connection.
    pub(crate) fn new(exchange: Exchange) -> Self {
        Self { exchange }
    }

    async fn get(&self, path: &str, now: DateTime<Utc>, meter: &Meter) -> Result<Vec<u8>, Setback> {
        let patience = self.exchange.limits().answer;
        self.exchange.ask(Question { path, form: &[], by_post: false, patience, now }, meter).await
    }

    async fn firing(&self, now: DateTime<Utc>) -> Result<AlertAnswer, Fault> {
        let meter = Meter::default();
        // All flags default to true: silenced and inhibited alerts come along.
        let body = self.get("api/v2/alerts", now, &meter).await.map_err(|setback| self.fault(setback))?;
        let alerts = wire::alerts(self.exchange.place(), &body)?;
        Ok(AlertAnswer { cost: meter.cost(), ..bounded(alerts) })
    }

    fn fault(&self, setback: Setback) -> Fault {
        if setback.fault.kind != FaultKind::TooLarge {
            return setback.fault;
        }
        let bound = self.exchange.limits().body / (1024 * 1024);
        let message = format!("{} tells more than {bound} MB of alerts; silence or mend what raises so many.", self.exchange.place());
        Fault::new(FaultKind::TooLarge, message)
    }
}

/// The most urgent and oldest of them, and how many there were.
pub(crate) fn bounded(mut alerts: Vec<firewatch_domain::alert::Alert>) -> AlertAnswer {
    let told = alerts.len() as u64;
    alerts.sort_by_key(|alert| (alert.standing, alert.since_s));
    alerts.truncate(MOST_ALERTS);
    AlertAnswer { alerts, told, ..AlertAnswer::default() }
}

#[async_trait]
impl Source for Alertmanager {
    async fn read(&self, requests: &[ReadRequest], _now: DateTime<Utc>) -> ReadAnswer {
        let message = "Alertmanager tells alerts and counts nothing; let the SLO read from a Prometheus.";
        let outcomes = requests.iter().map(|r| (r.key, Err(Fault::new(FaultKind::QueryRefused, message))));
        ReadAnswer { outcomes: outcomes.collect(), ..ReadAnswer::default() }
    }

    async fn test(&self, now: DateTime<Utc>) -> Vec<Check> {
        let (place, meter) = (self.exchange.place(), Meter::default());
        let mut checks = vec![ok("address", format!("{}/", self.exchange.base()))];
        let answer = match self.firing(now).await {
            Ok(answer) => answer,
            Err(fault) => {
                checks.push(broken(name_of(fault.kind), &fault));
                return checks;
            }
        };
        checks.push(ok("answer", format!("{place} tells its alerts.")));
        checks.push(ok("sign-in", "The sign-in is accepted.".to_owned()));
        checks.push(ok("clock", "The clocks agree within five minutes.".to_owned()));
        let status = self.get("api/v2/status", now, &meter).await.ok().and_then(|body| wire::status(&body));
        checks.push(match &status {
            Some(status) => ok("version", format!("Alertmanager {}", status.version())),
            None => degraded(
                "version",
                "The server does not tell its version; some proxies hide it.".to_owned(),
                "Nothing to do if the other checks are fine.",
            ),
        });
        if status.is_some_and(|status| status.settling()) {
            checks.push(degraded(
                "cluster",
                "It still settles with its peers; alerts may be missing.".to_owned(),
                "Wait a minute and test again.",
            ));
        }
        let held = answer.alerts.iter().filter(|a| a.standing != Standing::Firing).count();
        let message = format!("{} alerts, {held} of them silenced or inhibited.", answer.told);
        checks.push(if answer.told <= MOST_ALERTS as u64 {
            ok("alerts", message)
        } else {
            let cure = "The most urgent and oldest 20 000 are listed; the rest is counted.";
            Check { name: "alerts", verdict: Verdict::Degraded, message, cure: cure.to_owned() }
        });
        checks
    }

    async fn suggest(&self, _now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault> {
        Ok(Vec::new())
    }

    fn page(&self, _query: &str) -> Option<String> {
        None
    }

    async fn alerts(&self, now: DateTime<Utc>) -> Option<Result<AlertAnswer, Fault>> {
        Some(self.firing(now).await)
    }

    fn has_history(&self) -> bool {
        false
    }
}
