//! What spent the budget, laid to incidents or left unexplained; and laying an unexplained stretch to an incident.

use std::sync::Arc;

use firewatch_domain::entry::{Event, SloRef};
use firewatch_domain::evaluation::Tally;
use firewatch_domain::incident::Incident;
use firewatch_domain::ledger::{Claim, Cost, Ground, Ledger, ledger};
use firewatch_domain::minute::{MINUTE_S, Minute, Span};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};

use crate::excluded::excluded_rows;
use crate::page::Page;
use crate::show::rfc3339;
use crate::view::{IncidentView, LedgerRow, LedgerView};
use crate::{Engine, EngineError};

/// An episode that ended this recently goes on, for all anybody knows.
const GOES_ON: i64 = 5;

impl Engine {
    /// The ledger of an SLO, by name or id.
    pub fn slo_ledger(&self, name: &str) -> Result<LedgerView, EngineError> {
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let slo = tx.find_slo(name)?;
            let incidents = self.claiming(tx, &slo.id)?;
            let mut book = self.book();
            let page = book.page(tx, &slo.id, now)?;
            let at = page.at().unwrap_or(now);
            let counted = page.at().map(|at| counted(tx, page, at, &incidents)).transpose()?;
            let apart = excluded_rows(tx, page, slo.window.span(at))?;
            Ok(LedgerView { excluded: apart, ..shown(page, at, counted.as_ref(), &incidents) })
        })
    }

    /// Incidents that say something about an SLO, in the order of their declaration: the earliest declared one wins.
    pub(crate) fn claiming(&self, tx: &Tx<'_>, slo: &str) -> Result<Vec<Arc<Incident>>, EngineError> {
        let mut incidents: Vec<Arc<Incident>> = self.all_incidents(tx)?.into_iter().filter(|i| i.concerns(slo)).collect();
        incidents.sort_by(|a, b| (a.declared_at, &a.id).cmp(&(b.declared_at, &b.id)));
        Ok(incidents)
    }

    /// Says that an SLO suffered from an incident in a span: what was spent there is the incident's. Unix seconds.
    pub fn attach_impact(&self, incident: &str, slo: &str, from_s: f64, to_s: f64) -> Result<IncidentView, EngineError> {
        let (from_s, to_s) = past_span(from_s, to_s, self.now_s())?;
        self.write(|tx| {
            let incident = self.incident_of(tx, incident)?;
            let slo = tx.find_slo(slo)?;
            let author = Self::author(tx)?;
            let slo = SloRef { id: slo.id, name: slo.name };
            self.append(tx, &incident.id, &author, &Event::Impact { slo, from_s, to_s })?;
            self.view_of(tx, &incident.id)
        })
    }

    /// Declares an incident for a stretch that nobody explained. One that still goes on names the SLO, so that what follows is its
    /// too; one that is over lays only its span to the incident. Unix seconds.
    pub fn declare_impact(&self, title: &str, severity: &str, slo: &str, from_s: f64, to_s: f64) -> Result<IncidentView, EngineError> {
        let (from, to) = past_span(from_s, to_s, self.now_s())?;
        let (title, severity) = Self::checked_declaration(title, severity)?;
        let now = Minute::containing(self.now());
        self.write(|tx| {
            let found = tx.find_slo(slo)?;
            let at = self.book().page(tx, &found.id, now)?.at().unwrap_or(now);
            let goes_on = to.div_euclid(MINUTE_S) >= at.0 - GOES_ON;
            let slo = SloRef { id: found.id, name: found.name };
            let id = self.world.ids.fresh();
            let author = Self::author(tx)?;
            let slos = if goes_on { vec![slo.clone()] } else { Vec::new() };
            self.begin(tx, &id, &author, &Event::Declared { title, severity, slos, cause: None, drill: self.drill, impact_s: Some(from) })?;
            self.append(tx, &id, &author, &Event::Impact { slo, from_s: from, to_s: to })?;
            self.view_of(tx, &id)
        })
    }
}

fn counted(tx: &Tx<'_>, page: &mut Page, at: Minute, incidents: &[Arc<Incident>]) -> Result<Ledger, StoreError> {
    let window = page.promise.counted(at);
    let grain = page.promise.method.slice_minutes().unwrap_or(1);
    let ground = Ground { window, grain, objective: page.slo.objective };
    let claims =
        incidents.iter().enumerate().flat_map(|(owner, i)| i.felt(&page.slo.id, at).into_iter().map(move |span| Claim { owner, span }));
    let claims: Vec<Claim> = claims.collect();
    let carries = page.carries(tx, window)?;
    let mut failed = None;
    let told = ledger(ground, &claims, &carries, |span| {
        page.tally(tx, span).unwrap_or_else(|error| {
            failed.get_or_insert(error);
            Tally::default()
        })
    });
    failed.map_or(Ok(told), Err)
}

fn shown(page: &Page, at: Minute, counted: Option<&Ledger>, incidents: &[Arc<Incident>]) -> LedgerView {
    let window = page.slo.window.span(at);
    let unit = page.slo.unit() as f64;
    let allowed = counted.filter(|_| page.history().is_none()).and_then(|l| l.whole.allowed(page.slo.objective)).map(|a| a / unit);
    let rows = counted.iter().flat_map(|l| &l.costs).filter(|c| c.owner.is_some() || c.tally.bad() > 0).map(|cost| {
        let incident = cost.owner.and_then(|owner| incidents.get(owner));
        row(cost, unit, incident.map(Arc::as_ref), allowed)
    });
    let correction = counted.filter(|l| l.correction != 0).map(|l| correction(l, unit, window, allowed));
    LedgerView {
        name: page.slo.name.clone(),
        at: rfc3339(at.start()),
        window_start: rfc3339(window.from.start()),
        window_end: rfc3339(window.to.start()),
        bad: counted.map(|l| l.whole.bad() as f64 / unit),
        total: counted.map(|l| l.whole.total as f64 / unit),
        allowed,
        rows: rows.chain(correction).collect(),
        excluded: Vec::new(),
    }
}

fn row(cost: &Cost, unit: f64, incident: Option<&Incident>, allowed: Option<f64>) -> LedgerRow {
    let (kind, title) = match incident {
        Some(incident) => ("incident", incident.title.clone()),
        None if cost.scattered => ("scattered", "background: slower than the budget allows".to_owned()),
        None => ("unexplained", format!("{} of burning", words::duration((cost.span.len() * MINUTE_S) as f64))),
    };
    LedgerRow {
        kind: kind.to_owned(),
        title,
        incident: incident.map(|i| i.id.clone()),
        from: rfc3339(cost.span.from.start()),
        to: rfc3339(cost.span.to.start()),
        bad: cost.tally.bad() as f64 / unit,
        total: cost.tally.total as f64 / unit,
        share: allowed.map(|allowed| cost.tally.bad() as f64 / unit / allowed),
        estimated: cost.tally.estimated,
    }
}

fn correction(ledger: &Ledger, unit: f64, window: Span, allowed: Option<f64>) -> LedgerRow {
    LedgerRow {
        kind: "correction".to_owned(),
        title: "some minutes count more good than there was; the window makes up for it".to_owned(),
        incident: None,
        from: rfc3339(window.from.start()),
        to: rfc3339(window.to.start()),
        bad: ledger.correction as f64 / unit,
        total: 0.0,
        share: allowed.map(|allowed| ledger.correction as f64 / unit / allowed),
        estimated: true,
    }
}

/// A span as a person gives it: it begins before it ends, and not in the future.
fn past_span(from_s: f64, to_s: f64, now_s: i64) -> Result<(i64, i64), EngineError> {
    let whole = |s: f64| (s.is_finite() && s.abs() < 9e12).then_some(s as i64);
    let (Some(from), Some(to)) = (whole(from_s), whole(to_s)) else {
        return Err(EngineError::Invalid("the span is no span of time; give its start and its end".to_owned()));
    };
    if to <= from {
        return Err(EngineError::Invalid("the span ends before it begins; give a later end".to_owned()));
    }
    if from >= now_s {
        return Err(EngineError::Invalid("the span lies in the future; what was not yet counted cannot be explained".to_owned()));
    }
    Ok((from, to))
}
