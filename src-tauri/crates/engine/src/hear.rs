//! Hearing the alerts that fire elsewhere: what a source tells is matched with our journeys and kept as it stands.
//!
//! A fault says nothing about alerts: what was told last stays, and after the second fault in a row it is shown as not seen, with its
//! age. Matching is done anew each time, so that a changed SLO or dependency finds its alerts at the next look.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use firewatch_domain::dependencies::Dependencies;
use firewatch_domain::fault::Fault;
use firewatch_domain::folding::{Folding, environment};
use firewatch_domain::ports::{AlertAnswer, Source};
use firewatch_domain::source::{SourceConfig, SourceKind};
use firewatch_store::{AlertRead, AlertRecord, Health, Tx};

use crate::{Engine, EngineError};

impl Engine {
    /// Asks a source for what fires, where it tells alerts. True when it could be heard.
    pub(crate) async fn hear(self: &Arc<Self>, config: &SourceConfig, source: Result<&dyn Source, &Fault>) -> Result<bool, EngineError> {
        if !config.tells_alerts() {
            return Ok(true);
        }
        let started = self.world.clock.steady();
        let heard = match source {
            Ok(source) => source.alerts(self.now()).await,
            Err(fault) => Some(Err(fault.clone())),
        };
        let Some(heard) = heard else { return Ok(true) };
        let took = self.world.clock.steady().saturating_sub(started);
        let config = config.clone();
        self.blocking(move |engine| engine.take_alerts(&config, heard, took)).await
    }

    fn take_alerts(&self, config: &SourceConfig, heard: Result<AlertAnswer, Fault>, took: Duration) -> Result<bool, EngineError> {
        let now_s = self.now_s();
        let good = heard.is_ok();
        let changed = self.write(|tx| {
            if tx.source(&config.name).is_err() {
                // Removed while it was asked.
                return Ok(false);
            }
            let folding = self.folding_of(tx, config)?;
            let before = tx.alert_read(&config.name)?.unwrap_or_default();
            let (alerts, read, cost, error) = match heard {
                Ok(answer) => {
                    let read = AlertRead { ok_at_s: Some(now_s), faults: 0, error: None, told: answer.told };
                    (answer.alerts, read, Some(answer.cost), None)
                }
                Err(fault) => {
                    let faults = before.faults.saturating_add(1);
                    let read = AlertRead { faults, error: Some(fault.message.clone()), ..before };
                    let kept = tx.alerts_of(&config.name)?.into_values().map(|record| record.alert).collect();
                    (kept, read, None, Some(fault.message))
                }
            };
            let place = |labels: &_| folding.0.place(labels, folding.1.as_deref());
            let records: Vec<AlertRecord> = alerts.into_iter().map(|alert| AlertRecord { place: place(&alert.labels), alert }).collect();
            let changed = tx.put_alerts(&config.name, &records)?;
            tx.set_alert_read(&config.name, &read)?;
            if config.only_alerts() {
                let health = Health {
                    ok_at_s: error.is_none().then_some(now_s),
                    error,
                    requests: cost.map(|c| c.requests),
                    poll_ms: cost.map(|_| took.as_millis() as u32),
                    bytes: cost.map(|c| c.bytes),
                };
                tx.set_health(&config.name, &health)?;
            }
            Ok(changed)
        })?;
        if changed {
            self.bell.notify_one();
        }
        Ok(good)
    }

    /// What the alerts of a source are matched against, and the environment of those that name none: the configured one, else the only
    /// one that SLOs of the same source have.
    fn folding_of(&self, tx: &Tx<'_>, config: &SourceConfig) -> Result<(Folding, Option<String>), EngineError> {
        let slos = self.definitions(tx)?;
        let usual = if let SourceKind::Alertmanager { environment, .. } = &config.kind {
            environment.clone()
        } else {
            let own = slos.iter().filter(|slo| slo.source == config.name).map(|slo| environment(&slo.environment));
            let own: BTreeSet<String> = own.collect();
            (own.len() == 1).then(|| own.into_iter().collect())
        };
        let slos = || slos.iter().map(Arc::as_ref);
        let dependencies = Dependencies::new(tx.dependencies()?, slos());
        Ok((Folding::new(slos(), &dependencies), usual))
    }
}
