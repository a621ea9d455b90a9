//! Latency from classic histograms, with a boundary that exists and that most requests keep today.

use std::collections::{BTreeMap, BTreeSet};

use firewatch_domain::indicator::Indicator;
use firewatch_domain::selector::{Comparison, NAME};

use super::{Idea, Point, WINDOW, any_of, grown, metric, owner_label};
use crate::exchange::Setback;
use crate::prometheus::inquiry::Inquiry;

/// The share of requests that the proposed boundary keeps at least.
const KEPT: f64 = 0.95;

/// A histogram of one service.
#[derive(Default)]
struct Histogram {
    owner: Option<(&'static str, String)>,
    /// Boundary, as text and number, and growth within the last hour.
    buckets: Vec<(String, f64, f64)>,
}

/// One idea per histogram and service.
pub(super) async fn ideas(inquiry: &Inquiry<'_>, names: &BTreeSet<String>) -> Result<Vec<Idea>, Setback> {
    let timed = ["duration_seconds_bucket", "latency_seconds_bucket", "response_seconds_bucket", "request_seconds_bucket"];
    let counted = |name: &str| names.contains(&format!("{}_count", name.trim_end_matches("_bucket")));
    let likely: Vec<&str> = names.iter().map(String::as_str).filter(|n| timed.iter().any(|end| n.ends_with(end)) && counted(n)).collect();
    if likely.is_empty() {
        return Ok(Vec::new());
    }
    let selector = any_of(likely.into_iter());
    let by = format!("{NAME}, job, service, le");
    let now = inquiry.points(&format!("sum by ({by}) ({selector})")).await?;
    let before: Vec<Point> = inquiry.points(&format!("sum by ({by}) ({selector} offset 1h)")).await.unwrap_or_default();
    let before: BTreeMap<&BTreeMap<String, String>, f64> = before.iter().map(|(labels, value)| (labels, *value)).collect();
    let mut found: BTreeMap<(String, String), Histogram> = BTreeMap::new();
    for (labels, value) in &now {
        let (Some(name), Some(le)) = (labels.get(NAME), labels.get("le")) else { continue };
        let Ok(bound) = le.parse::<f64>() else { continue };
        let owner = owner_label(labels).map(|(l, v)| (l, v.to_owned()));
        let service = owner.as_ref().map_or_else(|| name.clone(), |(_, v)| v.clone());
        let histogram = found.entry((name.clone(), service)).or_default();
        histogram.owner = owner;
        histogram.buckets.push((le.clone(), bound, grown(*value, before.get(labels).copied())));
    }
    Ok(found.into_iter().filter_map(|((name, service), histogram)| histogram.idea(&name, &service)).collect())
}

impl Histogram {
    fn idea(mut self, name: &str, service: &str) -> Option<Idea> {
        self.buckets.sort_by(|a, b| a.1.total_cmp(&b.1));
        let all = self.buckets.last().map(|(_, _, n)| *n).filter(|n| *n > 0.0);
        let finite: Vec<&(String, f64, f64)> = self.buckets.iter().filter(|(_, bound, _)| bound.is_finite() && *bound > 0.0).collect();
        let keeps = |n: f64| all.is_some_and(|all| n / all >= KEPT);
        // Without traffic, half a second is as good a promise as any.
        let chosen = if all.is_some() { finite.iter().find(|b| keeps(b.2)) } else { finite.iter().find(|b| b.1 >= 0.5) };
        let (text, bound, kept) = chosen.or(finite.last())?;
        let base = name.trim_end_matches("_bucket");
        let bind =
            |metric_name: &str| self.owner.iter().fold(metric(metric_name), |s, (label, value)| s.with(label, Comparison::Equal, value));
        let share = all.map(|all| kept / all);
        let what = base.trim_end_matches("_duration_seconds").trim_end_matches("_seconds").replace('_', " ");
        let indicator = Indicator::Latency { buckets: bind(name), total: bind(&format!("{base}_count")), threshold: *bound };
        Some(Idea {
            key: format!("histogram:{base}:{service}"),
            name: format!("{service}-{what}-latency"),
            title: format!("{service}: {what} within {text} s"),
            service: service.to_owned(),
            origin: "histogram",
            indicator,
            objective: if share.is_some_and(|s| s >= 0.995) { "99" } else { "95" }.to_owned(),
            window: WINDOW.to_owned(),
            recent: share,
        })
    }
}
