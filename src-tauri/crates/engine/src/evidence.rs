//! Evidence: what was known when an incident was declared, frozen in the declaring transaction, named by the hash of its bytes, and
//! read back without any source.

use firewatch_domain::entry::{Event, SloRef};
use firewatch_domain::minute::{DAY, HOUR, MINUTE_S, Minute, Span};
use firewatch_domain::slo::Slo;
use firewatch_domain::state::{Burn, Word};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx, Whose};
use sha2::{Digest, Sha256};

use crate::page::Page;
use crate::show::{alert_row, rfc3339, rfc3339_s, sum};
use crate::view::{Evidence, EvidenceSlo, EvidenceView, IndicatorQuery};
use crate::{Engine, EngineError};

/// Of the shape of what is frozen.
const VERSION: u32 = 1;
/// What went before is half of what evidence is for.
const BEFORE: i64 = 6 * HOUR;
/// A fire that smoulders longer than this is in the history anyway.
const LONGEST: i64 = 3 * DAY;
/// SLOs frozen at once.
const MOST_SLOS: usize = 40;
/// SLOs in trouble that are frozen when the declaration names none.
const WORST: usize = 10;
/// Alerts frozen of one journey.
const ALERTS: u32 = 100;
/// Evidence of another replica is not taken beyond this, in bytes.
const LARGEST: usize = 32 * 1024 * 1024;

impl Engine {
    /// Freezes what is known of some SLOs, of those in trouble when none is named, into an incident.
    pub(crate) fn freeze(&self, tx: &Tx<'_>, incident: &str, slos: &[SloRef], impact_s: Option<i64>) -> Result<(), EngineError> {
        let evidence = self.known_now(tx, slos, impact_s)?;
        let bytes = serde_json::to_vec(&evidence).map_err(StoreError::from)?;
        let hash = name_of(&bytes);
        tx.keep_evidence(&hash, &bytes)?;
        self.append(tx, incident, "firewatch", &Event::Evidence { hash, text: told(&evidence) })
    }

    /// Evidence by its hash, or the beginning of one that an incident names. What was damaged since is refused.
    pub fn evidence(&self, hash: &str) -> Result<EvidenceView, EngineError> {
        let bytes = self.evidence_bytes(hash)?;
        let evidence = serde_json::from_slice(&bytes).map_err(StoreError::from)?;
        Ok(EvidenceView { hash: name_of(&bytes), evidence })
    }

    /// The bytes of evidence as they were hashed, for an export or another replica.
    pub fn evidence_bytes(&self, hash: &str) -> Result<Vec<u8>, EngineError> {
        let hash = hash.trim();
        let missing = || StoreError::Missing { what: "evidence", name: words::plain(hash, 64) };
        self.read(|tx| {
            let bytes = tx.evidence(hash)?.ok_or_else(missing)?;
            if name_of(&bytes) != hash {
                return Err(StoreError::Damaged(format!("evidence {} is not what it was", words::plain(hash, 16))).into());
            }
            Ok(bytes)
        })
    }

    /// Takes evidence of another replica, whole and readable or not at all. Answers its hash.
    pub fn take_evidence(&self, bytes: &[u8]) -> Result<String, EngineError> {
        if bytes.len() > LARGEST {
            return Err(EngineError::Invalid(format!("the evidence is larger than {} MB", LARGEST / 1024 / 1024)));
        }
        serde_json::from_slice::<Evidence>(bytes).map_err(|why| EngineError::Invalid(format!("this is no evidence: {why}")))?;
        let hash = name_of(bytes);
        self.write(|tx| Ok(tx.keep_evidence(&hash, bytes)?))?;
        Ok(hash)
    }

    fn known_now(&self, tx: &Tx<'_>, slos: &[SloRef], impact_s: Option<i64>) -> Result<Evidence, EngineError> {
        let now = Minute::containing(self.now());
        let mut missing = Vec::new();
        let mut concerned = if slos.is_empty() { worst(tx)? } else { named(tx, slos, &mut missing)? };
        if concerned.len() > MOST_SLOS {
            missing.push(format!("{} more SLOs: only {MOST_SLOS} are frozen", concerned.len() - MOST_SLOS));
            concerned.truncate(MOST_SLOS);
        }
        let mut began = impact_s.map_or(now, |s| Minute(s.div_euclid(MINUTE_S)));
        for slo in &concerned {
            let burning = tx.state(&slo.id)?.filter(|state| state.burn != Burn::None);
            began = burning.map_or(began, |state| began.min(state.burn_since.max(Minute(0))));
        }
        // The last minute is not over, but what is known of it is known.
        let to = now.plus(1);
        let span = Span::new(began.plus(-BEFORE).max(to.plus(-LONGEST)), to);
        let exclusions = tx.exclusions()?;
        let mut frozen = Vec::new();
        let mut journeys: Vec<String> = Vec::new();
        for slo in concerned {
            if !journeys.contains(&slo.journey_key()) {
                journeys.push(slo.journey_key());
            }
            let mut page = Page::load(tx, slo, &exclusions, now)?;
            frozen.push(self.slo_now(tx, &mut page, span)?);
        }
        let mut alerts = Vec::new();
        for key in &journeys {
            alerts.extend(tx.alerts(Whose::Journey(key), ALERTS, 0)?.into_iter().map(alert_row));
        }
        let counts = tx.alert_counts()?;
        let under = counts.iter().filter(|((journey, _), _)| journeys.contains(journey)).map(|(_, count)| *count);
        Ok(Evidence {
            version: VERSION,
            at: rfc3339(self.now()),
            from: rfc3339_s(span.from.start_s()),
            to: rfc3339_s(span.to.start_s()),
            slos: frozen,
            alerts,
            alert_count: sum(under),
            alert_sources: self.alert_sources(tx)?,
            missing,
        })
    }

    fn slo_now(&self, tx: &Tx<'_>, page: &mut Page, span: Span) -> Result<EvidenceSlo, EngineError> {
        let minutes = page.minutes(tx, span)?;
        let state = self.shown_state(tx, page)?;
        let fault = state.fault().or(state.last_fault.as_ref()).map(|fault| words::plain(&fault.message, 400));
        let mut status = self.status_of(tx, page)?;
        self.fold_into(tx, std::slice::from_mut(&mut status))?;
        let slo = std::sync::Arc::clone(&page.slo);
        let queries = slo.indicator.queries().into_iter();
        Ok(EvidenceSlo {
            title: words::plain(&slo.title, words::LONGEST_SHOWN),
            status,
            threshold: slo.indicator.threshold(),
            queries: queries.map(|(role, query)| IndicatorQuery { role: role.to_owned(), query, url: None }).collect(),
            fault,
            definition: serde_json::to_string(&*slo).map_err(StoreError::from)?,
            step_s: MINUTE_S as f64,
            good: minutes.iter().map(|m| m.map(|m| m.good as f64)).collect(),
            total: minutes.iter().map(|m| m.map(|m| m.total as f64)).collect(),
        })
    }
}

/// The hash that bytes are kept under.
pub(crate) fn name_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |name, byte| format!("{name}{byte:02x}"))
}

fn named(tx: &Tx<'_>, slos: &[SloRef], missing: &mut Vec<String>) -> Result<Vec<Slo>, StoreError> {
    let mut found = Vec::new();
    for slo in slos {
        match tx.slo(&slo.id) {
            Ok(slo) => found.push(slo),
            Err(StoreError::Missing { .. }) => missing.push(format!("{}: no SLO of this profile", words::plain(&slo.name, 80))),
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// What is in trouble, where a declaration names nothing.
fn worst(tx: &Tx<'_>) -> Result<Vec<Slo>, StoreError> {
    let mut troubled = Vec::new();
    for slo in tx.slos()? {
        if let Some(state) = tx.state(&slo.id)?.filter(|state| state.word() != Word::Calm) {
            troubled.push((state.word(), slo));
        }
    }
    troubled.sort_by(|(a, x), (b, y)| (*a == Word::Blind, &x.name).cmp(&(*b == Word::Blind, &y.name)));
    troubled.truncate(WORST);
    Ok(troubled.into_iter().map(|(_, slo)| slo).collect())
}

/// For the timeline.
fn told(evidence: &Evidence) -> String {
    let count = |n: usize, one: &str, more: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {more}") };
    let queries = evidence.slos.iter().map(|slo| slo.queries.len()).sum::<usize>();
    format!(
        "froze {}, {} and {}",
        count(evidence.slos.len(), "SLO", "SLOs"),
        count(evidence.alert_count.firing as usize, "alert", "alerts"),
        count(queries, "query", "queries")
    )
}
