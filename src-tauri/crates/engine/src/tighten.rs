//! Learning from history: tighter objectives that would have warned earlier, looser ones where an SLO only cried wolf, and
//! taking one over.
//!
//! A small grid is replayed for every SLO along the journey: the next objectives of a fixed ladder, and the nearest latency
//! boundaries that are kept. *Tighter* is proposed when it warns at least an hour before the whole journey did, alerts less
//! than half of the time, and adds at most one alert in fifteen days; the earliest warning comes first, then the fewest
//! alerts, then the mildest change. *Looser* is proposed when at least two alerts belong to no incident and no exhausted
//! budget: the mildest change that silences them and still warns of every incident the present one warns of.

mod adopt;
mod grid;
mod judge;
mod told;

use std::sync::Arc;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use firewatch_domain::incident::Incident;
use firewatch_domain::minute::{DAY, Minute, Span};
use firewatch_domain::slo::Slo;
use firewatch_domain::sums::Sums;
use firewatch_domain::words;
use firewatch_store::Tx;

use crate::backtest::incidents::{LEAD, Trouble, first_warning, troubles};
use crate::backtest::stored::{Stock, boundaries, days};
use crate::backtest::{Clocks, Replayed, of_sums};
use crate::view::{Tightening, TighteningForm, Tightenings};
use crate::{Engine, EngineError};
use grid::{Direction, candidates};
use judge::{Judged, cries_wolf, looser, tighter};

/// The rule, as it is shown.
const RULE: &str = "Tighter: warns at least 1 h before anything along the journey did, alerts less than half of the time, adds at most one alert \
                    in 15 days; earliest warning first, then fewest alerts. Looser: silences alerts that belong to no incident and no exhausted \
                    budget, and loses no warning of an incident; mildest change first.";
/// Proposals shown for one SLO.
const MOST_OF_ONE: usize = 3;
/// Proposals shown.
const MOST: usize = 12;

/// Something that should have been warned of.
pub(crate) struct Case {
    /// Incident, unless it is only a budget that was gone.
    incident: Option<String>,
    /// What it was.
    title: String,
    trouble: Trouble,
    /// First warning along the journey as it stands.
    warned: Option<Minute>,
}

/// An SLO of the journey with its history and its present replay.
pub(crate) struct Watched {
    stock: Stock,
    present: Replayed,
}

impl Engine {
    /// What history proposes, for one SLO or along the journeys of an incident.
    pub fn tightenings(&self, form: &TighteningForm) -> Result<Tightenings, EngineError> {
        let clocks = Clocks::parse(form.zone.as_deref())?;
        let minutes = days(form.days)?;
        self.read(|tx| {
            let incidents = self.all_incidents(tx)?;
            let (asked, journey) = asked(tx, form, &incidents)?;
            let watched = journey.into_iter().map(|slo| watched(tx, slo, minutes, clocks)).collect::<Result<Vec<_>, EngineError>>()?;
            let mut found =
                Tightenings { proposals: Vec::new(), rule: RULE.to_owned(), tried: 0, days: longest(&watched), notes: Vec::new() };
            let cases = cases(&watched, &incidents);
            for one in watched.iter().filter(|w| asked.contains(&w.stock.slo.id)) {
                let search = Search { one, cases: &cases, only: form.incident.as_deref(), span: one.stock.span(minutes), clocks };
                found.proposals.extend(search.proposals(&mut found.tried)?);
            }
            let lead = |t: &Tightening| t.earlier_s.unwrap_or(f64::INFINITY);
            found.proposals.sort_by(|a, b| b.direction.cmp(&a.direction).then(lead(b).total_cmp(&lead(a))));
            found.proposals.truncate(MOST);
            if found.days < form.days.min(1.0) {
                found.notes.push("there is hardly any history to replay yet".to_owned());
            } else if found.days + 0.5 < form.days {
                found.notes.push(format!("only {:.0} days of history are there", found.days));
            }
            Ok(found)
        })
    }
}

/// Ids of the SLOs that proposals are wanted for, and all SLOs of their journeys.
fn asked(tx: &Tx<'_>, form: &TighteningForm, incidents: &[Arc<Incident>]) -> Result<(Vec<String>, Vec<Slo>), EngineError> {
    let all = tx.slos()?;
    let along = |keys: &[String]| all.iter().filter(|s| keys.contains(&s.journey_key())).cloned().collect::<Vec<_>>();
    if let Some(name) = form.slo.as_deref() {
        let slo = tx.find_slo(name)?;
        return Ok((vec![slo.id.clone()], along(&[slo.journey_key()])));
    }
    let id = form.incident.as_deref().unwrap_or_default();
    let incident = incidents.iter().find(|i| i.id == id);
    let incident = incident.ok_or_else(|| EngineError::Invalid("name an SLO, or an incident that is kept here".to_owned()))?;
    let keys: Vec<String> = all.iter().filter(|s| incident.slos.iter().any(|i| i.id == s.id)).map(Slo::journey_key).collect();
    let journey = along(&keys);
    Ok((journey.iter().map(|s| s.id.clone()).collect(), journey))
}

fn watched(tx: &Tx<'_>, slo: Slo, minutes: i64, clocks: Clocks) -> Result<Watched, EngineError> {
    let bounds = boundaries(tx, &slo)?;
    let mut grid = candidates(&slo, bounds.as_deref(), Direction::Tighter);
    grid.extend(candidates(&slo, bounds.as_deref(), Direction::Looser));
    let stock = Stock::load(tx, slo, minutes, &grid.iter().collect::<Vec<_>>())?;
    let present = stock.replayed(&stock.slo, minutes, clocks)?;
    Ok(Watched { stock, present })
}

/// Incidents along the journey, and budgets that were gone without one.
fn cases(watched: &[Watched], incidents: &[Arc<Incident>]) -> Vec<Case> {
    let ids: Vec<&str> = watched.iter().map(|w| w.stock.slo.id.as_str()).collect();
    let over = watched.iter().map(|w| w.present.found.over).filter(|o| !o.is_empty());
    let Some(over) = over.reduce(|a, b| Span::new(a.from.min(b.from), a.to.max(b.to))) else { return Vec::new() };
    let told = troubles(incidents, &ids, over);
    let mut cases: Vec<(Option<String>, String, Trouble)> = Vec::new();
    for gone in watched.iter().flat_map(|w| w.present.found.exhausted.iter().map(move |s| (w, s))) {
        let (watched, stretch) = gone;
        let known = told.iter().any(|(_, t)| stretch.start >= t.since && t.end.is_none_or(|end| stretch.start <= end));
        if !known {
            let title = format!("the budget of {} was gone", words::plain(&watched.stock.slo.title, 80));
            cases.push((None, title, Trouble { since: stretch.start.plus(-LEAD), start: stretch.start, end: stretch.end }));
        }
    }
    cases.extend(told.into_iter().map(|(incident, trouble)| (Some(incident.id.clone()), words::plain(&incident.title, 120), trouble)));
    let warned = |trouble: &Trouble| watched.iter().filter_map(|w| first_warning(&w.present.found, trouble)).min();
    cases.into_iter().map(|(incident, title, trouble)| Case { warned: warned(&trouble), incident, title, trouble }).collect()
}

/// The search for one SLO.
struct Search<'a> {
    one: &'a Watched,
    cases: &'a [Case],
    /// Only proposals that come from this incident.
    only: Option<&'a str>,
    span: Span,
    clocks: Clocks,
}

impl Search<'_> {
    fn proposals(&self, tried: &mut u32) -> Result<Vec<Tightening>, EngineError> {
        let (slo, present, bounds) = (&self.one.stock.slo, &self.one.present, self.one.stock.bounds());
        let mut sums = BTreeMap::new();
        let mut found: Vec<Judged> = Vec::new();
        let of_interest: Vec<&Case> = self.cases.iter().filter(|c| self.only.is_none_or(|id| c.incident.as_deref() == Some(id))).collect();
        if !of_interest.is_empty() && !present.found.over.is_empty() {
            for candidate in candidates(slo, bounds.as_deref(), Direction::Tighter) {
                *tried += 1;
                let replayed = self.run(&candidate, &mut sums)?;
                found.extend(tighter(candidate, replayed, present, &of_interest));
            }
            found.sort_by(judge::earliest);
            found.truncate(MOST_OF_ONE);
        }
        let reach: Vec<Trouble> = self.cases.iter().map(|case| case.trouble).collect();
        if self.only.is_none() && cries_wolf(&present.found, &reach) {
            for candidate in candidates(slo, bounds.as_deref(), Direction::Looser) {
                *tried += 1;
                let replayed = self.run(&candidate, &mut sums)?;
                if let Some(judged) = looser(candidate, replayed, &present.found, &reach) {
                    found.push(judged);
                    break;
                }
            }
        }
        Ok(found.iter().map(|judged| told::told(slo, judged, present)).collect())
    }

    /// One candidate replayed; sums are reckoned once for each boundary.
    fn run(&self, slo: &Slo, known: &mut BTreeMap<u64, Sums>) -> Result<Replayed, EngineError> {
        let boundary = slo.indicator.threshold().unwrap_or_default().to_bits();
        let sums = match known.entry(boundary) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(self.one.stock.sums(slo)?),
        };
        Ok(of_sums(slo, sums, self.span, self.clocks))
    }
}

fn longest(watched: &[Watched]) -> f64 {
    watched.iter().map(|w| w.present.found.over.len() as f64 / DAY as f64).fold(0.0, f64::max)
}
