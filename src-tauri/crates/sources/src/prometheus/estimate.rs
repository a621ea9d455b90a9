//! Selectors of very many series: the server sums, minute by minute, and the counts are estimates.
//!
//! `increase()` extrapolates, so this is the way only where raw samples would be too many to carry.

use std::collections::{BTreeMap, HashMap};

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Indicator, MILLIONTHS, same_bound};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{ReadRequest, Reading};
use firewatch_domain::selector::Selector;

use super::fold::check_boundary;
use super::round::{Round, seconds_text};
use super::want::{layout, leading};
use super::wire::{Labels, Matrix, open};
use crate::exchange::Setback;

/// Minutes asked for at once; servers refuse more than 11,000 points.
pub(super) const MOST_POINTS: i64 = 10_000;
/// Samples of the last minute may still be on their way.
pub(super) const SETTLE_MS: i64 = 60_000;

/// Counts of a summed series by minute.
type Counts = HashMap<i64, u64>;

/// Reads one indicator by sums of the server.
pub(super) async fn reading(round: &Round<'_>, request: &ReadRequest) -> Result<Reading, Setback> {
    let settled = Minute((round.now.timestamp_millis() - SETTLE_MS).div_euclid(60_000));
    let span = Span::new(request.span.from, request.span.to.min(settled));
    let mut sums = Sums { round, span, warning: None };
    let (bounds, columns, total) = match &request.indicator {
        Indicator::Ratio { part, total, .. } => (Vec::new(), vec![sums.counter(part).await?], sums.counter(total).await?),
        Indicator::Halves { good, bad } => (Vec::new(), vec![sums.counter(good).await?], sums.counter(bad).await?),
        Indicator::Latency { buckets, total, .. } => {
            let (bounds, columns) = sums.histogram(buckets).await?;
            (bounds, columns, sums.counter(total).await?)
        }
        Indicator::Gauge { up } => (Vec::new(), vec![sums.over(up, "sum_over_time").await?], sums.over(up, "count_over_time").await?),
        Indicator::Threshold { gauge, op, bound } => {
            let good = sums.number(&format!("count({gauge} {} {bound})", op.sign()), 1.0).await?;
            (Vec::new(), vec![good], sums.number(&format!("count({gauge})"), 1.0).await?)
        }
        Indicator::RawRatio { ratio, .. } => {
            let part = sums.number(&format!("sum({ratio} >= 0)"), MILLIONTHS as f64).await?;
            (Vec::new(), vec![part], sums.number(&format!("count({ratio} >= 0)"), MILLIONTHS as f64).await?)
        }
        Indicator::Native { histogram, threshold } => {
            let all = format!("sum({})", sums.increase(histogram).await?);
            let good = format!("histogram_fraction(-Inf, {threshold}, {all}) * histogram_count({all})");
            (Vec::new(), vec![sums.number(&good, 1.0).await?], sums.number(&format!("histogram_count({all})"), 1.0).await?)
        }
        Indicator::PromQl { .. } | Indicator::Datadog { .. } | Indicator::Probe { .. } | Indicator::Drill { .. } => {
            (Vec::new(), Vec::new(), Counts::new())
        }
    };
    if total.is_empty() && sums.warning.is_none() {
        let message = format!("{} has no series for {} now.", round.source.exchange.place(), leading(&request.indicator));
        let kind = if request.seen_before { FaultKind::SeriesVanished } else { FaultKind::NoSeries };
        return Err(Setback::part(Fault::new(kind, message)));
    }
    check_boundary(&request.indicator, &bounds).map_err(Setback::part)?;
    let row = |minute: i64, all: u64| -> Vec<u64> {
        let parts = columns.iter().map(|column| column.get(&minute).copied().unwrap_or(0));
        parts.chain([all]).collect()
    };
    let seen = |minute: i64| match &request.indicator {
        Indicator::Halves { .. } if columns.iter().any(|c| c.contains_key(&minute)) => Some(total.get(&minute).copied().unwrap_or(0)),
        _ => total.get(&minute).copied(),
    };
    let warned = sums.warning.is_some();
    let slices = (span.from.0..span.to.0).map(|minute| seen(minute).filter(|_| !warned).map(|all| row(minute, all))).collect();
    let partial =
        |warning| Fault::new(FaultKind::Partial, format!("{} says that parts are missing: {warning}", round.source.exchange.place()));
    Ok(Reading {
        layout: layout(&request.indicator, bounds),
        from: span.from,
        slices,
        carries: Vec::new(),
        estimated: true,
        series: request.series.unwrap_or(super::MAX_RAW_SERIES + 1),
        remark: Some("so many series that the server sums them: counts are estimates".to_owned()),
        fault: sums.warning.map(partial),
        adds: false,
    })
}

struct Sums<'r, 'a> {
    round: &'r Round<'a>,
    span: Span,
    warning: Option<String>,
}

impl Sums<'_, '_> {
    async fn counter(&mut self, selector: &Selector) -> Result<Counts, Setback> {
        let query = format!("sum({})", self.increase(selector).await?);
        Ok(self.range(&query).await?.into_iter().next().map(|(_, counts)| counts).unwrap_or_default())
    }

    async fn over(&mut self, selector: &Selector, function: &str) -> Result<Counts, Setback> {
        let query = format!("sum({function}({selector}[1m]))");
        Ok(self.range(&query).await?.into_iter().next().map(|(_, counts)| counts).unwrap_or_default())
    }

    /// Whatever a query answers in one series, times `scale`.
    async fn number(&mut self, query: &str, scale: f64) -> Result<Counts, Setback> {
        let query = format!("{query} * {scale}");
        Ok(self.range(&query).await?.into_iter().next().map(|(_, counts)| counts).unwrap_or_default())
    }

    async fn histogram(&mut self, selector: &Selector) -> Result<(Vec<f64>, Vec<Counts>), Setback> {
        let query = format!("sum by (le) ({})", self.increase(selector).await?);
        let mut found: Vec<(f64, Counts)> = Vec::new();
        for (text, counts) in self.range(&query).await? {
            let le = Labels::read(&text).unwrap_or_default().get("le").parse::<f64>().ok();
            let Some(le) = le.filter(|le| le.is_finite()) else { continue };
            match found.iter_mut().find(|(bound, _)| same_bound(*bound, le)) {
                Some((_, there)) => counts.into_iter().for_each(|(minute, n)| *there.entry(minute).or_default() += n),
                None => found.push((le, counts)),
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(found.into_iter().unzip())
    }

    /// The increase per minute; where scrapes are slower than a minute allows, from the rate over a longer time.
    async fn increase(&self, selector: &Selector) -> Result<String, Setback> {
        let name = selector.to_string();
        let known = self.round.source.memory().wide.get(&name).copied();
        let reach = match known {
            Some(reach) => reach,
            None => self.reach(&name).await?,
        };
        Ok(if reach <= 1 { format!("increase({name}[1m])") } else { format!("rate({name}[{reach}m]) * 60") })
    }

    async fn reach(&self, selector: &str) -> Result<i64, Setback> {
        let body = self.round.instant(&format!("max(count_over_time({selector}[5m]))"), self.round.now.timestamp_millis(), 300).await?;
        let told = open::<Matrix<'_>>(self.round.source.exchange.place(), &body)?;
        let samples = told.data.result.first().and_then(|row| row.value).map_or(5.0, |sample| sample.value.max(1.0));
        let reach = if samples >= 10.0 { 1 } else { (2.5 * 5.0 / samples).ceil() as i64 };
        self.round.source.memory().wide.insert(selector.to_owned(), reach);
        Ok(reach)
    }

    /// One evaluation at the end of every minute.
    async fn range(&mut self, query: &str) -> Result<Vec<(String, Counts)>, Setback> {
        let mut rows: BTreeMap<String, Counts> = BTreeMap::new();
        let mut from = self.span.from;
        while from < self.span.to {
            let to = from.plus(MOST_POINTS).min(self.span.to);
            let form = [
                ("query", query.to_owned()),
                ("start", seconds_text(from.plus(1).start_s() * 1000)),
                ("end", seconds_text(to.start_s() * 1000)),
                ("step", "60".to_owned()),
            ];
            let body = self.round.ask("api/v1/query_range", &form, to.since(from) * 60).await?;
            let told = open::<Matrix<'_>>(self.round.source.exchange.place(), &body)?;
            self.warning = self.warning.take().or(told.warning);
            for row in told.data.result {
                let counts = rows.entry(row.metric.get().to_owned()).or_default();
                let finite = row.values.iter().filter(|sample| sample.value.is_finite() && sample.value >= 0.0);
                counts.extend(finite.map(|sample| (Minute::of_sample(sample.ms).0, sample.value.round() as u64)));
            }
            from = to;
        }
        Ok(rows.into_iter().collect())
    }
}
