//! How many series stand behind indicators that were never read, so that a monstrous selector is not fetched raw.
//!
//! One grouped count per union gives an upper bound for each selector; only those it makes suspicious are counted alone.

use std::collections::{BTreeSet, HashMap};

use firewatch_domain::selector::{NAME, Selector};

use super::MAX_RAW_SERIES;
use super::round::Round;
use super::union::{Group, common_labels, queries};
use super::wire::{Labels, Matrix, open};

/// Series of each member: as the request says, else as counted. What cannot be counted stays out; bounds still hold then.
pub(super) async fn count(round: &Round<'_>, members: &[usize]) -> HashMap<usize, u64> {
    let mut series: HashMap<usize, u64> = members.iter().filter_map(|m| Some((*m, round.requests[*m].series?))).collect();
    let fresh: Vec<usize> = members.iter().copied().filter(|m| !series.contains_key(m)).collect();
    if fresh.is_empty() {
        return series;
    }
    for group in round.groups(&round.wants(&fresh)) {
        for (member, bound) in grouped(round, &group).await {
            let exact = if bound > MAX_RAW_SERIES { alone(round, member).await.unwrap_or(bound) } else { bound };
            series.insert(member, exact);
        }
    }
    series
}

async fn grouped(round: &Round<'_>, group: &Group) -> Vec<(usize, u64)> {
    let wants = round.wants(&group.members);
    let selectors: Vec<&Selector> = wants.iter().flat_map(|want| want.selectors.iter().copied()).collect();
    let labels: BTreeSet<&str> = common_labels(&selectors);
    let by: Vec<&str> = [NAME].into_iter().chain(labels.iter().copied()).collect();
    let mut counts: HashMap<Vec<String>, u64> = HashMap::new();
    for query in queries(&selectors) {
        let Some(rows) = vector(round, &format!("count by ({}) ({query})", by.join(","))).await else { return Vec::new() };
        for (key, n) in rows.iter().map(|(text, n)| (key_of(text, &by), *n)) {
            *counts.entry(key).or_default() += n;
        }
    }
    let bound = |selector: &&Selector| -> u64 {
        let Some(name) = selector.metric.as_deref() else { return counts.values().sum() };
        let values = labels.iter().map(|label| selector.equal(label).unwrap_or_default().to_owned());
        let key: Vec<String> = [name.to_owned()].into_iter().chain(values).collect();
        counts.get(&key).copied().unwrap_or(0)
    };
    // Nothing found yet may be something in a moment; it is not taken for a fact.
    let sum = |want: &super::union::Want<'_>| want.selectors.iter().map(bound).sum::<u64>();
    wants.iter().map(|want| (want.id, sum(want))).filter(|(_, n)| *n > 0).collect()
}

async fn alone(round: &Round<'_>, member: usize) -> Option<u64> {
    let mut sum = 0;
    for selector in round.wants(&[member]).iter().flat_map(|want| want.selectors.iter()) {
        sum += vector(round, &format!("count({selector})")).await?.first().map_or(0, |(_, n)| *n);
    }
    Some(sum)
}

async fn vector(round: &Round<'_>, query: &str) -> Option<Vec<(String, u64)>> {
    let body = round.instant(query, round.now.timestamp_millis(), 300).await;
    let told = body.and_then(|body| {
        let told = open::<Matrix<'_>>(round.source.exchange.place(), &body)?;
        Ok(told.data.result.iter().map(|row| (row.metric.get().to_owned(), row.value.map_or(0, |s| s.value as u64))).collect())
    });
    told.map_err(|setback| tracing::debug!(kind = setback.fault.kind.word(), "the series could not be counted")).ok()
}

fn key_of(text: &str, by: &[&str]) -> Vec<String> {
    let labels = Labels::read(text).unwrap_or_default();
    by.iter().map(|label| labels.get(label).to_owned()).collect()
}
