//! The figures of one SLO at a minute, whoever looks: the engine at what it holds, `evaluate` at counts from a file.

use std::collections::BTreeMap;

use firewatch_domain::evaluation::Standing;
use firewatch_domain::minute::{MINUTE_S, Minute};
use firewatch_domain::slo::Slo;
use firewatch_domain::window::lookback_text;

use super::incident::rfc3339;
use crate::view::{AlertFigures, BudgetFigures, CalendarFigures, FoldedAlerts, ProjectedBudget, SloStatus};

/// Figures alone: state, sight and reason are those of an SLO nobody has looked at. `history`: the share of the window that
/// was read; `None` once all of it was.
pub(crate) fn figures(slo: &Slo, at: Minute, standing: Option<&Standing>, history: Option<f64>) -> SloStatus {
    let window = slo.window.period(at);
    let tally = standing.map(|s| s.tally);
    let counted = tally.map(|t| t.counts(slo.unit()));
    let unit = slo.unit() as f64;
    let known = standing.filter(|_| history.is_none());
    let consumed = known.and_then(|s| s.consumed);
    SloStatus {
        id: slo.id.clone(),
        name: slo.name.clone(),
        journey: slo.journey.clone(),
        service: slo.service.clone(),
        environment: slo.environment.clone(),
        source: slo.source.clone(),
        at: rfc3339(at.start()),
        state: "blind".to_owned(),
        sight: "blind".to_owned(),
        spent: "within".to_owned(),
        burn: "none".to_owned(),
        reason: None,
        objective: slo.objective.ratio(),
        window: slo.window.to_string(),
        method: slo.method.word().to_owned(),
        window_start: rfc3339(window.from.start()),
        window_end: rfc3339(window.to.start()),
        good: counted.map(|c| c.good),
        bad: counted.map(|c| c.bad),
        total: counted.map(|c| c.total),
        sli: tally.and_then(|t| t.sli()),
        budget: BudgetFigures {
            allowed: known.and_then(|s| s.tally.allowed(slo.objective)).map(|allowed| allowed / unit),
            consumed,
            remaining: consumed.map(|c| 1.0 - c),
            projected: known.and_then(|s| s.projected).map(|p| ProjectedBudget {
                total: p.total / unit,
                allowed: p.allowed / unit,
                consumed: p.consumed,
                remaining: 1.0 - p.consumed,
            }),
        },
        burn_rates: standing.map(burn_rates).unwrap_or_default(),
        time_to_exhaustion_s: known.and_then(|s| s.time_to_exhaustion_s),
        coverage: standing.map_or(0.0, Standing::coverage),
        unobserved_s: standing.map_or((slo.window.span(at).len() * MINUTE_S) as f64, |s| s.unobserved_s() as f64),
        data_age_s: None,
        estimated: tally.is_some_and(|t| t.estimated),
        remark: None,
        slice: slo.method.slice_minutes().map(lookback_text),
        empty: slo.empty.word().to_owned(),
        stage: slo.stage.word().to_owned(),
        calendar: calendar(slo, at),
        excluded_s: standing.map_or(0.0, |s| (s.excluded * MINUTE_S) as f64),
        alerts: standing.map(alerts).unwrap_or_default(),
        folded_alerts: FoldedAlerts::default(),
        history,
    }
}

fn calendar(slo: &Slo, at: Minute) -> Option<CalendarFigures> {
    let calendar = slo.window.calendar()?;
    let period = slo.window.period(at);
    Some(CalendarFigures {
        start: calendar.start.format("%Y-%m-%d %H:%M:%S").to_string(),
        zone: calendar.zone.to_string(),
        period_end: rfc3339(period.to.start()),
        passed: at.since(period.from) as f64 / period.len() as f64,
    })
}

fn burn_rates(standing: &Standing) -> BTreeMap<String, Option<f64>> {
    standing.burn.iter().map(|(minutes, rate)| (lookback_text(*minutes), *rate)).collect()
}

fn alerts(standing: &Standing) -> Vec<AlertFigures> {
    let figures = standing.rules.iter().map(|r| AlertFigures {
        severity: r.rule.severity.word().to_owned(),
        long: lookback_text(r.rule.long),
        short: lookback_text(r.rule.short),
        factor: r.rule.factor(),
        firing: r.firing,
        frozen: r.frozen,
        too_few: r.too_few,
    });
    figures.collect()
}
