//! What a person should know before trusting a figure: estimates, low traffic, how minutes without traffic count.

use firewatch_domain::alerting::Severity;
use firewatch_domain::evaluation::Standing;
use firewatch_domain::method::{EmptySlices, Method};
use firewatch_domain::minute::MINUTE_S;
use firewatch_domain::objective::WHOLE;
use firewatch_domain::slo::Slo;
use firewatch_domain::words::{burn, count, duration};

use crate::page::Page;
use crate::view::Note;

/// The notes of an SLO, the gravest first.
pub(super) fn notes(slo: &Slo, page: &Page, standing: &Standing) -> Vec<Note> {
    let estimated = standing.tally.estimated.then(|| note("estimated", format!("Estimated: {}.", why_estimated(slo, page))));
    low_traffic(slo, standing).into_iter().chain(estimated).chain(remark(page)).chain(empty(slo)).collect()
}

/// Why the counts are estimates: in the source's own words where it has any.
pub(super) fn why_estimated(slo: &Slo, page: &Page) -> String {
    let Some(series) = page.series.as_ref().filter(|series| series.estimated) else {
        return "a counter rose across minutes that nobody observed; the rise counts, its minutes do not".to_owned();
    };
    let said = series.remark.as_deref().or(slo.indicator.inexact()).unwrap_or("the source summed, and it extrapolates");
    said.trim_end_matches('.').to_owned()
}

/// What the source said beside its counts, unless it is said as the reason of an estimate.
fn remark(page: &Page) -> Option<Note> {
    let series = page.series.as_ref().filter(|series| !series.estimated)?;
    let said = series.remark.as_deref()?.trim_end_matches('.');
    Some(note("remark", format!("{} said: {said}.", page.slo.source)))
}

fn note(kind: &str, text: String) -> Note {
    Note { kind: kind.to_owned(), text }
}

/// One bad event alone would page: the burn rate says more about the traffic than about the service.
fn low_traffic(slo: &Slo, standing: &Standing) -> Option<Note> {
    if slo.method != Method::Occurrences {
        return None;
    }
    let rule = standing.rules.iter().find(|r| r.rule.severity == Severity::Page && !r.frozen)?;
    let alone = WHOLE as f64 / (rule.long.total.max(1) as f64 * slo.objective.budget_ppb() as f64);
    let held = slo.alerting.minimum_events > 1;
    if rule.long.total == 0 || alone <= rule.rule.factor() {
        return None;
    }
    let cure = if held {
        format!("Below {} events it does not alert.", count(slo.alerting.minimum_events as f64))
    } else {
        "A minimum of events in its definition holds such alerts back.".to_owned()
    };
    Some(note(
        "low_traffic",
        format!(
            "Low traffic: of {} events in {} a single bad one burns at {}, above the {} that pages. {cure}",
            count(rule.long.counts(slo.unit()).total),
            duration((rule.rule.long * MINUTE_S) as f64),
            burn(alone),
            burn(rule.rule.factor()),
        ),
    ))
}

/// How what had no traffic counts, by the name of its policy.
fn empty(slo: &Slo) -> Option<Note> {
    let minutes = slo.method.slice_minutes()?;
    let counts = match slo.empty {
        EmptySlices::LeaveOut => "are left out",
        EmptySlices::Good => "count as good",
        EmptySlices::Bad => "count as bad",
    };
    let slice = duration((minutes * MINUTE_S) as f64);
    Some(note("empty", format!("Time slices of {slice} without traffic {counts}; those that nobody observed never count.")))
}
