//! Request counters with a status label, and gRPC's.

use std::collections::{BTreeMap, BTreeSet};

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::selector::{Comparison, NAME};

use super::{Idea, Point, WINDOW, any_of, grown, metric, owner_label};
use crate::exchange::Setback;
use crate::prometheus::inquiry::Inquiry;

/// Labels that hold an HTTP status, most usual first.
const STATUS_LABELS: [&str; 5] = ["code", "status", "status_code", "http_status_code", "http_response_status_code"];
const GRPC: &str = "grpc_server_handled_total";
/// gRPC codes that are the server's fault.
const GRPC_FAULTS: &str = "Unknown|Internal|Unavailable|DataLoss|DeadlineExceeded|Unimplemented";

/// A counter of one service, by the values of a label.
struct Family {
    name: String,
    owner: Option<(&'static str, String)>,
    label: &'static str,
    /// Value to growth within the last hour.
    grown: BTreeMap<String, f64>,
}

/// Availability from counters of HTTP requests.
pub(super) async fn requests(inquiry: &Inquiry<'_>, names: &BTreeSet<String>) -> Result<Vec<Idea>, Setback> {
    let likely = |name: &&String| {
        name.ends_with("_total") && name.as_str() != GRPC && ["request", "http", "response"].iter().any(|word| name.contains(word))
    };
    let likely: Vec<&str> = names.iter().filter(likely).map(String::as_str).collect();
    if likely.is_empty() {
        return Ok(Vec::new());
    }
    let families = families(inquiry, &any_of(likely.into_iter()), &STATUS_LABELS).await?;
    let families: Vec<Family> = families.into_iter().filter(|f| f.grown.keys().any(|value| is_status(value))).collect();
    let mut of_owner: BTreeMap<String, usize> = BTreeMap::new();
    for family in &families {
        *of_owner.entry(family.service()).or_default() += 1;
    }
    Ok(families.iter().map(|f| f.idea("5..", "counters", of_owner.get(&f.service()).is_some_and(|n| *n > 1))).collect())
}

/// Availability from gRPC's own counter.
pub(super) async fn grpc(inquiry: &Inquiry<'_>, names: &BTreeSet<String>) -> Result<Vec<Idea>, Setback> {
    if !names.contains(GRPC) {
        return Ok(Vec::new());
    }
    let families = families(inquiry, GRPC, &["grpc_code"]).await?;
    Ok(families.iter().map(|f| f.idea(GRPC_FAULTS, "grpc", true)).collect())
}

async fn families(inquiry: &Inquiry<'_>, selector: &str, labels: &[&'static str]) -> Result<Vec<Family>, Setback> {
    let by = format!("{NAME}, job, service, {}", labels.join(", "));
    let now = inquiry.points(&format!("sum by ({by}) ({selector})")).await?;
    let before: Vec<Point> = inquiry.points(&format!("sum by ({by}) ({selector} offset 1h)")).await.unwrap_or_default();
    let before: BTreeMap<&BTreeMap<String, String>, f64> = before.iter().map(|(labels, value)| (labels, *value)).collect();
    let mut families: BTreeMap<(String, Option<String>, &'static str), Family> = BTreeMap::new();
    for (series, value) in &now {
        let found = labels.iter().find_map(|l| Some((*l, series.get(*l).filter(|v| !v.is_empty())?)));
        let (Some((label, word)), Some(name)) = (found, series.get(NAME)) else { continue };
        let owner = owner_label(series).map(|(l, v)| (l, v.to_owned()));
        let key = (name.clone(), owner.as_ref().map(|(_, v)| v.clone()), label);
        let family = families.entry(key).or_insert_with(|| Family { name: name.clone(), owner, label, grown: BTreeMap::new() });
        *family.grown.entry(word.clone()).or_default() += grown(*value, before.get(series).copied());
    }
    Ok(families.into_values().collect())
}

fn is_status(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 3 && (b'1'..=b'5').contains(&bytes[0]) && bytes[1..].iter().all(|b| b.is_ascii_digit() || matches!(b, b'x' | b'X'))
}

impl Family {
    fn service(&self) -> String {
        self.owner.as_ref().map_or_else(|| self.name.clone(), |(_, value)| value.clone())
    }

    fn idea(&self, faults: &str, origin: &'static str, spell_out: bool) -> Idea {
        let service = self.service();
        let whole = self.owner.iter().fold(metric(&self.name), |s, (label, value)| s.with(label, Comparison::Equal, value));
        let part = whole.with(self.label, Comparison::Matches, faults);
        let all: f64 = self.grown.values().sum();
        let bad: f64 = self.grown.iter().filter(|(value, _)| is_fault(value, faults)).map(|(_, n)| n).sum();
        let what = self.name.trim_end_matches("_total").replace('_', " ");
        let (name, title) = if spell_out {
            (format!("{service}-{what}-availability"), format!("{service}: {what} succeed"))
        } else {
            (format!("{service}-availability"), format!("{service}: requests succeed"))
        };
        Idea {
            key: format!("{origin}:{}:{service}", self.name),
            name,
            title,
            service,
            origin,
            indicator: Indicator::Ratio { counts: Counts::Bad, part, total: whole },
            objective: "99.9".to_owned(),
            window: WINDOW.to_owned(),
            recent: (all > 0.0).then_some(1.0 - bad / all),
        }
    }
}

fn is_fault(value: &str, faults: &str) -> bool {
    if faults == "5.." { value.starts_with('5') } else { faults.split('|').any(|fault| fault == value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        for (value, status) in [("200", true), ("5xx", true), ("503", true), ("ok", false), ("600", false), ("5000", false)] {
            assert_eq!(is_status(value), status, "{value}");
        }
    }
}
