//! Alerts as folded: counts for the list, pages for the detail, and what keeps us from seeing them.

use std::collections::BTreeMap;

use firewatch_domain::alert::Counted;
use firewatch_domain::words;
use firewatch_store::{FoldedAlert, Tx, Whose};

use super::detail::link;
use super::status::lateness_fault;
use crate::view::{AlertPage, AlertRow, AlertSource, FoldedAlerts, FoldedCount, LabelRow, SloStatus, WatchPage};
use crate::{Engine, EngineError};
use firewatch_domain::minute::Minute;
use firewatch_domain::slo::journey_key;
use firewatch_domain::turn::FAULTS_TO_BLIND;

/// Alerts in one answer to the window.
const PAGE: u32 = 100;

/// Counts by journey key and SLO id.
type Counts = BTreeMap<(String, String), Counted>;

impl Engine {
    /// Alerts of an SLO, else of a journey, else those folded nowhere; at most 100 from `offset` on.
    pub fn alerts(&self, journey_key: Option<&str>, slo: Option<&str>, offset: u32) -> Result<AlertPage, EngineError> {
        let whose = match (slo, journey_key) {
            (Some(id), _) => Whose::Slo(id),
            (None, Some(key)) => Whose::Journey(key),
            (None, None) => Whose::Nobody,
        };
        self.alert_page(whose, PAGE, offset)
    }

    /// Everything that fires.
    pub fn all_alerts(&self, limit: u32) -> Result<AlertPage, EngineError> {
        self.alert_page(Whose::All, limit, 0)
    }

    fn alert_page(&self, whose: Whose<'_>, limit: u32, offset: u32) -> Result<AlertPage, EngineError> {
        self.read(|tx| {
            let rows = tx.alerts(whose, limit, offset)?.into_iter().map(alert_row).collect();
            let counts = tx.alert_counts()?.into_iter().filter(|((journey, slo), _)| match whose {
                Whose::All => true,
                Whose::Journey(key) => journey == key,
                Whose::Slo(id) => slo == id,
                Whose::Nobody => journey.is_empty(),
            });
            Ok(AlertPage { count: sum(counts.map(|(_, count)| count)), rows, offset, sources: self.alert_sources(tx)? })
        })
    }

    /// Sources that tell alerts, each with what keeps us from seeing them.
    pub(crate) fn alert_sources(&self, tx: &Tx<'_>) -> Result<Vec<AlertSource>, EngineError> {
        let now_s = self.judged_now_s(tx)?;
        let mut sources = Vec::new();
        for record in tx.sources()?.into_iter().filter(|record| record.config.tells_alerts()) {
            let read = tx.alert_read(&record.config.name)?.unwrap_or_default();
            let held = tx.alerts_held(&record.config.name)?;
            let told = read.error.filter(|_| read.faults >= FAULTS_TO_BLIND || read.ok_at_s.is_none());
            let late = lateness_fault(read.ok_at_s.map(|s| Minute(s / 60)), record.config.interval_s, now_s).map(|fault| fault.message);
            let unread = read.ok_at_s.is_none().then(|| "its alerts were not read yet".to_owned());
            sources.push(AlertSource {
                name: record.config.name,
                read_at: read.ok_at_s.map(|s| s as f64),
                fault: told.or(late).or(unread).map(|text| words::plain(&text, 400)),
                told: read.told as f64,
                cut_at: (read.told > held).then_some(held as f64),
            });
        }
        Ok(sources)
    }

    /// Adds to statuses what is folded where they belong.
    pub(crate) fn fold_into(&self, tx: &Tx<'_>, statuses: &mut [SloStatus]) -> Result<(), EngineError> {
        let unseen = unseen(&self.alert_sources(tx)?);
        let counts = tx.alert_counts()?;
        for status in statuses {
            let key = journey_key(&status.journey, &status.environment);
            let all = under(&counts, &key);
            status.folded_alerts = FoldedAlerts {
                firing: all.firing,
                own: own(&counts, &key, &status.id),
                silenced: all.silenced,
                inhibited: all.inhibited,
                unseen: unseen.clone(),
            };
        }
        Ok(())
    }

    /// Adds to the Watch page what is folded where, and what cannot be seen of it.
    pub(crate) fn fold_into_page(&self, tx: &Tx<'_>, page: &mut WatchPage) -> Result<(), EngineError> {
        let counts = tx.alert_counts()?;
        page.alert_sources = self.alert_sources(tx)?;
        page.elsewhere = under(&counts, "");
        if counts.is_empty() {
            return Ok(());
        }
        for journey in &mut page.journeys {
            journey.alerts = under(&counts, &journey.key);
        }
        for slo in &mut page.slos {
            slo.alerts = own(&counts, &journey_key(&slo.journey, &slo.environment), &slo.id);
        }
        Ok(())
    }
}

/// What is folded under a journey; nowhere for the empty key.
fn under(counts: &Counts, journey_key: &str) -> FoldedCount {
    sum(counts.range((journey_key.to_owned(), String::new())..).take_while(|((key, _), _)| key == journey_key).map(|(_, count)| *count))
}

/// Firing alerts about one SLO.
fn own(counts: &Counts, journey_key: &str, slo: &str) -> u32 {
    counts.get(&(journey_key.to_owned(), slo.to_owned())).map_or(0, |count| count.firing)
}

/// Why alerts cannot be seen, over all sources that tell them.
pub(super) fn unseen(sources: &[AlertSource]) -> Option<String> {
    let blind: Vec<String> = sources.iter().filter_map(|s| Some(format!("{}: {}", words::plain(&s.name, 60), s.fault.as_ref()?))).collect();
    (!blind.is_empty()).then(|| words::plain(&blind.join("; "), 600))
}

/// Some counts as one.
pub(crate) fn sum(counts: impl Iterator<Item = Counted>) -> FoldedCount {
    counts.fold(FoldedCount::default(), |sum, one| FoldedCount {
        firing: sum.firing + one.firing,
        silenced: sum.silenced + one.silenced,
        inhibited: sum.inhibited + one.inhibited,
    })
}

/// `61 alerts`, `1 alert`; nothing where none fires.
pub(crate) fn alerts_text(firing: u32) -> Option<String> {
    match firing {
        0 => None,
        1 => Some("1 alert".to_owned()),
        n => Some(format!("{} alerts", words::count(f64::from(n)))),
    }
}

/// An alert as shown.
pub(crate) fn alert_row(folded: FoldedAlert) -> AlertRow {
    let FoldedAlert { fingerprint, record, sources } = folded;
    let (alert, place) = (record.alert, record.place);
    let shown = |text: &str| words::plain(text, words::LONGEST_SHOWN);
    let label = |name: &str| alert.labels.get(name).map(|value| shown(value)).unwrap_or_default();
    let others = alert.labels.iter().filter(|(name, _)| !["alertname", "severity"].contains(&name.as_str()));
    AlertRow {
        fingerprint,
        name: label("alertname"),
        severity: label("severity"),
        summary: shown(&alert.summary),
        standing: alert.standing.word().to_owned(),
        since: alert.since_s as f64,
        labels: others.map(|(name, value)| LabelRow { name: words::plain(name, 80), value: shown(value) }).collect(),
        url: alert.url.as_deref().and_then(link),
        sources: sources.iter().map(|name| words::plain(name, 80)).collect(),
        why: place.as_ref().map(|place| place.rule.words().to_owned()),
        slo_id: place.as_ref().and_then(|place| place.slo.clone()),
        journey_key: place.map(|place| place.journey_key),
    }
}
