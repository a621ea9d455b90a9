//! Excluding minutes from the figures, with who and why; listing what is excluded; taking it back.

use firewatch_domain::exclusion::{Exclusion, Scope, Undone};
use firewatch_domain::minute::{DAY, MINUTE_S, Minute, Span};
use firewatch_domain::slo::{Slo, journey_key};
use firewatch_domain::words;
use firewatch_store::Tx;

use crate::show::rfc3339;
use crate::view::{ExclusionForm, ExclusionRow};
use crate::{Engine, EngineError};

/// The longest exclusion, in minutes.
const LONGEST: i64 = 92 * DAY;
/// How far ahead maintenance can be announced, in minutes.
const AHEAD: i64 = 366 * DAY;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

impl Engine {
    /// Leaves minutes out of the figures of an SLO, or of a journey. The states that follow from it follow at once.
    pub fn exclude(&self, form: &ExclusionForm) -> Result<ExclusionRow, EngineError> {
        let reason = words::plain(form.reason.trim(), LONGEST_REASON);
        if reason.is_empty() {
            return Err(EngineError::Invalid("an exclusion needs a reason; say in a few words what happened".to_owned()));
        }
        let span = self.excludable(form.from, form.to)?;
        let row = self.write(|tx| {
            let scope = scope(tx, form)?;
            let exclusion =
                Exclusion { id: self.world.ids.fresh(), scope, span, reason, by: Self::author(tx)?, at_s: self.now_s(), undone: None };
            tx.put_exclusion(&exclusion)?;
            self.judge_anew(tx, &exclusion.scope)?;
            row(tx, exclusion)
        });
        self.heard(row)
    }

    /// All exclusions, those taken back too, latest minutes first.
    pub fn exclusions(&self) -> Result<Vec<ExclusionRow>, EngineError> {
        self.read(|tx| tx.exclusions()?.into_iter().map(|e| row(tx, e)).collect())
    }

    /// Takes an exclusion back: its minutes count again. It stays in the list.
    pub fn undo_exclusion(&self, id: &str) -> Result<ExclusionRow, EngineError> {
        let row = self.write(|tx| {
            let mut exclusion = tx.exclusion(id)?;
            if exclusion.undone.is_some() {
                return Err(EngineError::Invalid("this exclusion was taken back already".to_owned()));
            }
            exclusion.undone = Some(Undone { by: Self::author(tx)?, at_s: self.now_s() });
            tx.put_exclusion(&exclusion)?;
            self.judge_anew(tx, &exclusion.scope)?;
            row(tx, exclusion)
        });
        self.heard(row)
    }

    /// Whole minutes around what was given: who excludes half a minute means the minute.
    fn excludable(&self, from_s: f64, to_s: f64) -> Result<Span, EngineError> {
        let sane = |s: f64| s.is_finite() && (0.0..1e11).contains(&s);
        if !sane(from_s) || !sane(to_s) || to_s <= from_s {
            return Err(EngineError::Invalid("an exclusion ends after it begins; check `from` and `to`".to_owned()));
        }
        let minute = MINUTE_S as f64;
        let span = Span::new(Minute((from_s / minute).floor() as i64), Minute((to_s / minute).ceil() as i64));
        if span.len() > LONGEST {
            let longest = LONGEST / DAY;
            return Err(EngineError::Invalid(format!(
                "an exclusion lasts {longest} days at most; change the objective or the window instead"
            )));
        }
        if span.to > Minute::containing(self.now()).plus(AHEAD) {
            return Err(EngineError::Invalid("an exclusion lies at most a year ahead; check the year".to_owned()));
        }
        Ok(span)
    }

    /// Figures changed under states that are seen: they step at once. What is blind for want of an answer stays so until the
    /// next poll.
    fn judge_anew(&self, tx: &Tx<'_>, scope: &Scope) -> Result<(), EngineError> {
        let now = Minute::containing(self.now());
        let policies = tx.policies()?;
        let mut book = self.book();
        book.forget();
        for slo in tx.slos()?.into_iter().filter(|slo| scope.covers(slo)) {
            let interval_s = Self::interval_of(tx, &slo.source);
            let page = book.page(tx, &slo.id, now)?;
            if page.state.fault().is_none_or(|fault| !fault.kind.of_source()) && page.series.is_some() {
                self.respond(tx, page, None, &policies, interval_s, now)?;
            }
        }
        Ok(())
    }

    /// A transaction that was undone leaves memory ahead of the store: it is read anew. One that was kept may have announced.
    fn heard<T>(&self, outcome: Result<T, EngineError>) -> Result<T, EngineError> {
        if outcome.is_err() {
            self.book().forget();
        }
        self.bell.notify_one();
        outcome
    }
}

fn scope(tx: &Tx<'_>, form: &ExclusionForm) -> Result<Scope, EngineError> {
    if let Some(name) = &form.slo {
        return Ok(Scope::Slo { id: tx.find_slo(name)?.id });
    }
    let scope = Scope::Journey { journey: form.journey.clone(), environment: form.environment.clone() };
    if tx.slos()?.iter().any(|slo| scope.covers(slo)) {
        return Ok(scope);
    }
    let key = words::plain(&journey_key(&form.journey, &form.environment), 120);
    Err(EngineError::Invalid(format!("no SLO belongs to `{key}`; name an SLO, or a journey and its environment")))
}

fn row(tx: &Tx<'_>, exclusion: Exclusion) -> Result<ExclusionRow, EngineError> {
    let slos: Vec<Slo> = tx.slos()?.into_iter().filter(|slo| exclusion.scope.covers(slo)).collect();
    let (journey, environment) = match &exclusion.scope {
        Scope::Journey { journey, environment } => (Some(journey.clone()), Some(environment.clone())),
        Scope::Slo { .. } => (None, None),
    };
    Ok(ExclusionRow {
        id: exclusion.id,
        journey,
        environment,
        slos: slos.into_iter().map(|slo| slo.name).collect(),
        from: rfc3339(exclusion.span.from.start()),
        to: rfc3339(exclusion.span.to.start()),
        reason: exclusion.reason,
        by: exclusion.by,
        at: rfc3339(time(exclusion.at_s)),
        undone_by: exclusion.undone.as_ref().map(|u| u.by.clone()),
        undone_at: exclusion.undone.map(|u| rfc3339(time(u.at_s))),
    })
}

fn time(unix_s: i64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(unix_s, 0).unwrap_or_default()
}
