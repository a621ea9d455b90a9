//! What Datadog already promises: its SLOs, page by page, as indicators of ours.
//!
//! A metric SLO is read by its own queries, minute by minute and exactly; one that measures time by its history.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use firewatch_domain::indicator::{Counts, Datadog as Asks, Indicator};
use firewatch_domain::ports::Proposal;
use firewatch_domain::slo::{LONGEST_NAME, name_from};

use super::Datadog;
use super::wire::{CountDefinition, SloEntry, SloKind, SloPage, Threshold, open};
use crate::exchange::{Meter, Setback};

/// SLOs on a page.
const PAGE: usize = 100;
/// Proposals at most.
const MOST: usize = 500;

/// Every SLO of the organisation, within bounds.
pub(super) async fn proposals(datadog: &Datadog, now: DateTime<Utc>) -> Result<Vec<Proposal>, Setback> {
    let (meter, patience) = (Meter::default(), datadog.exchange.limits().answer);
    let (mut taken, mut seen) = (HashSet::new(), HashSet::new());
    let mut proposals = Vec::new();
    for page in 0..MOST / PAGE {
        let form = [("limit", PAGE.to_string()), ("offset", (page * PAGE).to_string())];
        let body = datadog.get("api/v1/slo", &form, now, patience, &meter).await?;
        let entries = open::<SloPage>(datadog.exchange.place(), &body)?.data;
        let last = entries.len() < PAGE;
        for entry in entries {
            // The list may move while it is paged through.
            if seen.insert(entry.id.clone()) {
                proposals.extend(proposal(&entry, &mut taken));
            }
        }
        if last {
            break;
        }
    }
    Ok(proposals)
}

fn proposal(entry: &SloEntry, taken: &mut HashSet<String>) -> Option<Proposal> {
    let promise = entry.thresholds.iter().find(|t| t.timeframe == "30d").or(entry.thresholds.first())?;
    let tag = |key: &str| {
        let mut tags = entry.tags.iter().flatten();
        tags.find_map(|tag| tag.strip_prefix(key)?.strip_prefix(':')).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    let objective_percent = percent(promise);
    let window = if promise.timeframe == "custom" { "30d" } else { promise.timeframe.as_str() }.to_owned();
    let (service, environment, journey) = (tag("service").unwrap_or_else(|| "datadog".to_owned()), tag("env"), tag("journey"));
    Some(Proposal {
        key: format!("datadog:{}", entry.id),
        name: unique(&entry.name, taken),
        title: entry.name.chars().take(200).collect(),
        service,
        journey,
        environment,
        origin: "datadog slo",
        indicator: Indicator::Datadog { asks: asks(entry) },
        objective_percent,
        window,
        recent_sli: None,
    })
}

/// The objective as Datadog shows it.
fn percent(promise: &Threshold) -> String {
    let shown = promise.target_display.as_deref().filter(|text| text.parse::<f64>().is_ok());
    let text = shown.map_or_else(|| promise.target.to_string(), str::to_owned);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn asks(entry: &SloEntry) -> Asks {
    let by_history = || Asks::Slo { id: entry.id.clone() };
    if entry.kind != SloKind::Metric {
        return by_history();
    }
    let written = entry.sli_specification.as_ref().and_then(|s| s.count.as_ref()).and_then(formulas);
    let plain =
        || entry.query.as_ref().map(|q| Asks::Counts { counts: Counts::Good, part: q.numerator.clone(), total: q.denominator.clone() });
    written.or_else(plain).unwrap_or_else(by_history)
}

/// Formulas over named queries, written out as queries.
fn formulas(count: &CountDefinition) -> Option<Asks> {
    let good = written_out(&count.good_events_formula.formula, count)?;
    let total = match (&count.total_events_formula, &count.bad_events_formula) {
        (Some(total), _) => written_out(&total.formula, count)?,
        (None, Some(bad)) => format!("({good}) + ({})", written_out(&bad.formula, count)?),
        (None, None) => return None,
    };
    Some(Asks::Counts { counts: Counts::Good, part: good, total })
}

/// A formula with every name replaced by its query; none where a name has none.
fn written_out(formula: &str, count: &CountDefinition) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = formula;
    while let Some(c) = rest.chars().next() {
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        if end == 0 {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(end);
        let call = after.starts_with('(');
        match count.queries.iter().find(|query| query.name == word) {
            Some(query) if formula.trim() == word => out.push_str(&query.query),
            Some(query) => out.extend(["(", &query.query, ")"]),
            None if call || word.chars().all(|c| c.is_ascii_digit()) => out.push_str(word),
            None => return None,
        }
        rest = after;
    }
    Some(out)
}

fn unique(text: &str, taken: &mut HashSet<String>) -> String {
    let base = match name_from(text) {
        name if name.is_empty() => "slo".to_owned(),
        name => name,
    };
    let short: String = base.chars().take(LONGEST_NAME - 5).collect();
    let numbered = (2..).map(|n| format!("{}-{n}", short.trim_end_matches(['-', '.'])));
    let free = std::iter::once(base).chain(numbered).find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::super::wire::{Formula, NamedQuery};
    use super::*;

    #[test]
    fn formulas_are_written_out() {
        let query = |name: &str, query: &str| NamedQuery { name: name.to_owned(), query: query.to_owned() };
        let formula = |text: &str| Formula { formula: text.to_owned() };
        let count = CountDefinition {
            good_events_formula: formula("query1 - query2"),
            total_events_formula: None,
            bad_events_formula: Some(formula("query2")),
            queries: vec![query("query1", "sum:a{*}.as_count()"), query("query2", "sum:b{*}.as_count()")],
        };
        let Some(Asks::Counts { counts: Counts::Good, part, total }) = formulas(&count) else { panic!() };
        assert_eq!(part, "(sum:a{*}.as_count()) - (sum:b{*}.as_count())");
        assert_eq!(total, format!("({part}) + (sum:b{{*}}.as_count())"));
        assert_eq!(written_out("query10", &count), None);
        assert_eq!(written_out("default_zero(query1) * 2", &count).unwrap(), "default_zero((sum:a{*}.as_count())) * 2");
    }

    #[test]
    fn objectives_are_written_as_datadog_shows_them() {
        let of = |target: f64, display: Option<&str>| {
            percent(&Threshold { timeframe: "7d".to_owned(), target, target_display: display.map(str::to_owned) })
        };
        assert_eq!(
            (of(99.9, Some("99.90")), of(95.0, None), of(90.0, Some("90")), of(99.95, Some("odd"))),
            ("99.9".to_owned(), "95".to_owned(), "90".to_owned(), "99.95".to_owned())
        );
    }
}
