//! One SLO as it stands, and its row in the list.

use firewatch_domain::evaluation::{Standing, pace_lookback};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::minute::{MINUTE_S, Minute};
use firewatch_domain::slo::Slo;
use firewatch_domain::state::{Burn, Sight, Spent, State, Word};
use firewatch_domain::words;
use firewatch_store::Tx;

use super::figures::figures;
use crate::page::Page;
use crate::read::lateness_s;
use crate::view::{SloRow, SloStatus};
use crate::{Engine, EngineError};

/// Data that is too old makes a seen SLO blind on screen, whoever polls or does not.
pub(crate) fn lateness_fault(newest: Option<Minute>, interval_s: u64, now_s: i64) -> Option<Fault> {
    let age = now_s - newest?.start_s();
    let message = || format!("the newest data is {} old; nothing newer could be read", words::duration(age as f64));
    (age > lateness_s(interval_s)).then(|| Fault::new(FaultKind::Stale, message()))
}

/// An SLO whose source was removed.
pub(crate) fn source_gone(source: &str) -> Fault {
    Fault::new(FaultKind::SourceGone, format!("its source `{}` was removed; add it again or remove the SLO", words::plain(source, 60)))
}

impl Engine {
    /// Every SLO as it stands, or those named.
    pub fn status(&self, names: &[String]) -> Result<Vec<SloStatus>, EngineError> {
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let wanted: Vec<String> = names.iter().map(|n| Ok(tx.find_slo(n)?.id)).collect::<Result<_, EngineError>>()?;
            let mut book = self.book();
            let mut statuses = Vec::new();
            let pages = if wanted.is_empty() { book.whole(tx, now)? } else { book.pages(tx, now)? };
            for (id, page) in pages.iter_mut() {
                if wanted.is_empty() || wanted.contains(id) {
                    statuses.push(self.status_of(tx, page)?);
                }
            }
            statuses.sort_by(|a, b| a.name.cmp(&b.name));
            drop(book);
            self.fold_into(tx, &mut statuses)?;
            Ok(statuses)
        })
    }

    pub(crate) fn interval_of(tx: &Tx<'_>, source: &str) -> u64 {
        tx.source(source).map_or(60, |record| record.config.interval_s)
    }

    /// The state as it is to be shown now: too old is blind.
    pub(crate) fn shown_state(&self, tx: &Tx<'_>, page: &Page) -> Result<State, EngineError> {
        let mut state = page.state.clone();
        if tx.source(&page.slo.source).is_err() {
            state.sight = Sight::Blind { fault: source_gone(&page.slo.source) };
            return Ok(state);
        }
        let stale = lateness_fault(page.newest(), Self::interval_of(tx, &page.slo.source), self.judged_now_s(tx)?);
        if let (Some(fault), Sight::Seen) = (stale, &state.sight) {
            state.sight = Sight::Blind { fault };
        }
        Ok(state)
    }

    pub(crate) fn status_of(&self, tx: &Tx<'_>, page: &mut Page) -> Result<SloStatus, EngineError> {
        let state = self.shown_state(tx, page)?;
        let now_s = self.judged_now_s(tx)?;
        let standing = page.standing(tx)?;
        let slo = std::sync::Arc::clone(&page.slo);
        let at = page.at().unwrap_or_else(|| Minute::containing(self.now()));
        let told = figures(&slo, at, standing.as_ref(), page.history());
        Ok(SloStatus {
            state: state.word().text().to_owned(),
            sight: if state.fault().is_some() { "blind" } else { "seen" }.to_owned(),
            spent: if state.spent == Spent::Exhausted { "exhausted" } else { "within" }.to_owned(),
            burn: state.burn.word().to_owned(),
            reason: reason(page, &state, standing.as_ref()),
            remark: page.series.as_ref().and_then(|s| s.remark.clone()),
            data_age_s: page.newest().map(|newest| (now_s - newest.start_s()).max(0) as f64),
            ..told
        })
    }

    /// The row of the list.
    pub(crate) fn row(page: &Page, standing: Option<&Standing>) -> SloRow {
        let slo = std::sync::Arc::clone(&page.slo);
        let known = standing.filter(|_| page.history().is_none());
        let pace = pace_lookback(&page.promise.rules);
        let rate = standing.and_then(|s| s.rules.iter().find(|r| r.rule.long == pace)).and_then(|r| r.long.burn(slo.objective));
        let state = page.state.clone();
        SloRow {
            state: state.word().text().to_owned(),
            burn: state.burn.word().to_owned(),
            reason: reason(page, &state, standing),
            remaining: known.and_then(|s| s.consumed).map(|c| 1.0 - c),
            next_loss: rate.map(|r| r * pace as f64 / slo.window.minutes() as f64),
            burn_rate: rate,
            time_to_exhaustion_s: known.and_then(|s| s.time_to_exhaustion_s),
            data_at: page.newest().map(|m| m.start_s() as f64),
            bad: standing.map(|s| s.tally.counts(slo.unit()).bad),
            total: standing.map(|s| s.tally.counts(slo.unit()).total),
            allowed: known.and_then(|s| s.tally.allowed(slo.objective)).map(|allowed| allowed / slo.unit() as f64),
            history: page.history(),
            estimated: standing.is_some_and(|s| s.tally.estimated),
            ..blank_row(&slo)
        }
    }
}

/// A row before anything was read.
pub(super) fn blank_row(slo: &Slo) -> SloRow {
    SloRow {
        id: slo.id.clone(),
        name: slo.name.clone(),
        title: words::plain(&slo.title, words::LONGEST_SHOWN),
        journey: slo.journey.clone(),
        service: slo.service.clone(),
        environment: slo.environment.clone(),
        source: slo.source.clone(),
        state: Word::Blind.text().to_owned(),
        burn: Burn::None.word().to_owned(),
        reason: Some("history has not been read yet".to_owned()),
        objective: slo.objective.ratio(),
        window: slo.window.to_string(),
        remaining: None,
        next_loss: None,
        burn_rate: None,
        time_to_exhaustion_s: None,
        data_at: None,
        bad: None,
        total: None,
        allowed: None,
        history: None,
        estimated: false,
        weight: slo.weight,
        alerts: 0,
    }
}

/// Why it is in its state: the fault, the exhausted budget, the loudest rule.
pub(super) fn reason(page: &Page, state: &State, standing: Option<&Standing>) -> Option<String> {
    match state.word() {
        Word::Blind => state.fault().map(|f| words::plain(&f.message, words::LONGEST_SHOWN)),
        Word::Calm => state.last_fault.as_ref().map(|f| format!("last read failed: {}", words::plain(&f.message, 200))),
        Word::Exhausted => standing
            .and_then(|s| s.consumed)
            .map(|c| format!("{} of the budget over {} is spent", words::percent(c), spoken(page.slo.window.minutes()))),
        Word::Burning => {
            let latch = state.latches.iter().max_by_key(|l| (l.rule.severity, std::cmp::Reverse(l.rule.long)))?;
            let rate = standing?.rules.iter().find(|r| r.rule == latch.rule)?.long.burn(page.slo.objective)?;
            Some(format!("{} over {} and {}", words::burn(rate), spoken(latch.rule.long), spoken(latch.rule.short)))
        }
    }
}

/// Minutes in words.
pub(crate) fn spoken(minutes: i64) -> String {
    words::duration((minutes * MINUTE_S) as f64)
}
