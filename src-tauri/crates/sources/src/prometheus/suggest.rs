//! SLOs proposed from what a server already measures: rules of Sloth and Pyrra first, since somebody thought about those,
//! then request counters, gRPC, histograms and blackbox probes.

mod counters;
mod expression;
mod histograms;
mod rules;

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use firewatch_domain::fault::Fault;
use firewatch_domain::indicator::Indicator;
use firewatch_domain::ports::Proposal;
use firewatch_domain::selector::{Comparison, Selector, quoted};
use firewatch_domain::slo::{LONGEST_NAME, name_from};

use super::inquiry::{Inquiry, Point};
use super::wire::open;
use crate::exchange::{Exchange, Setback};

/// Proposals at most; more is no help to anybody.
const MOST_PROPOSALS: usize = 200;
/// Metric names looked at per family.
const MOST_METRICS: usize = 40;
/// The window where nothing says another.
const WINDOW: &str = "30d";

/// A proposal before its name is made unique.
struct Idea {
    key: String,
    name: String,
    title: String,
    service: String,
    origin: &'static str,
    indicator: Indicator,
    objective: String,
    window: String,
    recent: Option<f64>,
}

/// Everything worth proposing.
pub(super) async fn proposals(exchange: &Exchange, now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault> {
    let inquiry = Inquiry::new(exchange, now);
    let body = inquiry.get("api/v1/label/__name__/values").await.map_err(|s| s.fault)?;
    let names: BTreeSet<String> = open(exchange.place(), &body).map_err(|s| s.fault)?.data;
    let mut ideas = Vec::new();
    for found in [
        rules::ideas(&inquiry).await,
        counters::requests(&inquiry, &names).await,
        counters::grpc(&inquiry, &names).await,
        histograms::ideas(&inquiry, &names).await,
        probes(&inquiry, &names).await,
    ] {
        match found {
            Ok(found) => ideas.extend(found),
            // One family that cannot be asked about does not hide the others; a source out of reach does.
            Err(setback) if setback.this_question => tracing::debug!("a kind of suggestion could not be looked for: {}", setback.fault),
            Err(setback) => return Err(setback.fault),
        }
    }
    Ok(named(ideas))
}

fn named(ideas: Vec<Idea>) -> Vec<Proposal> {
    let (mut taken, mut seen) = (HashSet::new(), Vec::new());
    let mut proposals = Vec::new();
    for idea in ideas {
        if proposals.len() >= MOST_PROPOSALS {
            break;
        }
        // Sloth may describe the very counters that would be proposed again.
        if seen.contains(&idea.indicator) {
            continue;
        }
        seen.push(idea.indicator.clone());
        proposals.push(Proposal {
            key: idea.key,
            name: unique(&idea.name, &mut taken),
            title: idea.title,
            service: idea.service,
            journey: None,
            environment: None,
            origin: idea.origin,
            indicator: idea.indicator,
            objective_percent: idea.objective,
            window: idea.window,
            recent_sli: idea.recent,
        });
    }
    proposals
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

async fn probes(inquiry: &Inquiry<'_>, names: &BTreeSet<String>) -> Result<Vec<Idea>, Setback> {
    if !names.contains("probe_success") {
        return Ok(Vec::new());
    }
    let points = inquiry.points("avg by (job, instance) (avg_over_time(probe_success[1h]))").await?;
    Ok(points.into_iter().map(probe).collect())
}

fn probe((labels, average): Point) -> Idea {
    let target = labels.get("instance").map_or("the target", String::as_str);
    let service = owner(&labels).unwrap_or("probes").to_owned();
    let up = ["job", "instance"]
        .iter()
        .filter_map(|l| Some((*l, labels.get(*l)?)))
        .fold(metric("probe_success"), |up, (label, value)| up.with(label, Comparison::Equal, value));
    Idea {
        key: format!("probe_success:{service}:{target}"),
        name: format!("{}-answers", target.trim_start_matches("https://").trim_start_matches("http://")),
        title: format!("{target} answers"),
        service,
        origin: "probe_success",
        indicator: Indicator::Gauge { up },
        objective: "99.5".to_owned(),
        window: WINDOW.to_owned(),
        recent: average.is_finite().then_some(average),
    }
}

/// The service a series belongs to.
fn owner(labels: &std::collections::BTreeMap<String, String>) -> Option<&str> {
    ["job", "service"].iter().find_map(|label| labels.get(*label)).map(String::as_str).filter(|v| !v.is_empty())
}

/// The label that names the service, with its value.
fn owner_label(labels: &std::collections::BTreeMap<String, String>) -> Option<(&'static str, &str)> {
    ["job", "service"].into_iter().find_map(|l| Some((l, labels.get(l)?.as_str()))).filter(|(_, v)| !v.is_empty())
}

/// A selector of a whole metric.
fn metric(name: &str) -> Selector {
    Selector { metric: Some(name.to_owned()), matchers: Vec::new() }
}

/// `{__name__=~"a|b"}` of names that are plain words.
fn any_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<&str> =
        names.filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')).take(MOST_METRICS).collect();
    format!("{{__name__=~{}}}", quoted(&words.join("|")))
}

/// What a sum grew by since an hour ago; a restart in between leaves what there is now.
fn grown(now: f64, before: Option<f64>) -> f64 {
    match before {
        Some(before) if before <= now => now - before,
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_valid() {
        let mut taken = HashSet::new();
        let names: Vec<String> = (0..3).map(|_| unique(&"Long Name ".repeat(12), &mut taken)).collect();
        assert!(names.iter().all(|n| firewatch_domain::slo::check_name(n).is_ok()), "{names:?}");
        assert_eq!(taken.len(), 3);
    }
}
