//! Arbitrary PromQL: the server evaluates it at the end of every minute, and what it says is an estimate.
//!
//! Queries of several SLOs travel as one, told apart by a label of ours. A batch that is refused is asked again in halves,
//! down to the one that is at fault; what ended up alone is asked alone from then on. Values are kept in millionths, rounded half away
//! from zero; values from [`MOST`] on are refused, so that the sums of a year stay exact.

use std::collections::{BTreeMap, HashMap};

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Indicator, MILLIONTHS, Measure};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{ReadRequest, Reading};
use firewatch_domain::promql::PromQl;
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::estimate::{MOST_POINTS, SETTLE_MS};
use super::fold::{HISTORY_MS, partial};
use super::level::share;
use super::round::{IN_FLIGHT, Round, seconds_text};
use super::want::layout;
use super::wire::{Labels, Matrix, open};
use crate::exchange::Setback;

/// Indicators asked for in one query.
const MOST_TOGETHER: usize = 30;
/// SLO-minutes asked for in one query.
const MOST_EVALUATED: i64 = 50_000;
/// Bytes of one query.
const LONGEST: usize = 30_000;
/// The label that tells the answers of a batch apart.
const LABEL: &str = "firewatch_query";
/// The largest value that is kept.
const MOST: f64 = 10_000_000.0;

/// What one query answered, minute by minute.
type Values = BTreeMap<i64, f64>;
type Outcome = (usize, Result<Reading, Fault>);

/// One query's answer.
#[derive(Debug, Default)]
struct Answer {
    values: Values,
    /// Series it came in; only one can be meant.
    series: usize,
}

/// Reads the members whose indicators are PromQL.
pub(super) async fn readings(round: &Round<'_>, members: &[usize]) -> Vec<Outcome> {
    let mut waiting: Vec<(Vec<usize>, bool)> = batches(round, members).into_iter().map(|batch| (batch, false)).collect();
    let mut flying = FuturesUnordered::new();
    let mut done = Vec::new();
    loop {
        while flying.len() < IN_FLIGHT {
            let Some((batch, divided)) = waiting.pop() else { break };
            flying.push(async move { (ask(round, &batch).await, batch, divided) });
        }
        let Some((asked, batch, divided)) = flying.next().await else { return done };
        match asked {
            Err(setback) if setback.this_question && batch.len() > 1 && !round.tired() => {
                let (a, b) = batch.split_at(batch.len() / 2);
                waiting.extend([(a.to_vec(), true), (b.to_vec(), true)]);
                continue;
            }
            Err(setback) => {
                done.extend(batch.iter().map(|member| (*member, Err(setback.fault.clone()))));
                // A fault of the source says nothing about the query.
                if !setback.this_question {
                    continue;
                }
            }
            Ok(outcomes) => done.extend(outcomes),
        }
        // Some queries work alone only, such as a plain number, which takes no label.
        if let [only] = batch[..]
            && divided
        {
            round.suspect(only);
        }
    }
}

/// Members that are asked for in one query: of the same span, and none that failed alone before.
fn batches(round: &Round<'_>, members: &[usize]) -> Vec<Vec<usize>> {
    let mut alike: BTreeMap<(Span, Option<usize>), Vec<usize>> = BTreeMap::new();
    for member in members {
        let alone = round.suspected(*member).then_some(*member);
        alike.entry((round.requests[*member].span, alone)).or_default().push(*member);
    }
    let mut batches = Vec::new();
    for ((span, _), members) in alike {
        let together = ((MOST_EVALUATED / span.len().max(1)) as usize).clamp(1, MOST_TOGETHER);
        let (mut batch, mut length) = (Vec::new(), 0);
        for member in members {
            let longer: usize = queries(&round.requests[member]).iter().map(|q| q.as_str().len() + 80).sum();
            if !batch.is_empty() && (batch.len() >= together || length + longer > LONGEST) {
                batches.push(std::mem::take(&mut batch));
                length = 0;
            }
            length += longer;
            batch.push(member);
        }
        batches.push(batch);
    }
    batches
}

async fn ask(round: &Round<'_>, batch: &[usize]) -> Result<Vec<Outcome>, Setback> {
    let Some(first) = batch.first() else { return Ok(Vec::new()) };
    let settled = Minute((round.now.timestamp_millis() - SETTLE_MS).div_euclid(60_000));
    let asked = round.requests[*first].span;
    let span = Span::new(asked.from, asked.to.min(settled));
    let mut answers: HashMap<(usize, usize), Answer> = HashMap::new();
    let mut warning = None;
    if let [only] = batch {
        for (i, query) in queries(&round.requests[*only]).into_iter().enumerate() {
            let answer = answers.entry((*only, i)).or_default();
            warning = range(round, span, query.as_str(), |_, values| answer.add(values)).await?.or(warning);
        }
    } else {
        let parts = batch.iter().flat_map(|member| {
            let queries = queries(&round.requests[*member]).into_iter().enumerate();
            queries.map(move |(i, query)| format!("label_replace({}, \"{LABEL}\", \"{member}.{i}\", \"\", \"\")", query.enclosed()))
        });
        let union = parts.collect::<Vec<_>>().join("\nor\n");
        let place = |labels: &Labels<'_>| {
            let (member, i) = labels.get(LABEL).split_once('.')?;
            Some((member.parse().ok()?, i.parse().ok()?))
        };
        let told = range(round, span, &union, |labels, values| {
            if let Some(place) = place(labels) {
                answers.entry(place).or_default().add(values);
            }
        });
        warning = told.await?;
    }
    let outcomes = batch.iter().map(|member| {
        let request = &round.requests[*member];
        let answer: Vec<Answer> = (0..queries(request).len()).map(|i| answers.remove(&(*member, i)).unwrap_or_default()).collect();
        (*member, reading(round, request, span, &answer, warning.as_deref()))
    });
    Ok(outcomes.collect())
}

impl Answer {
    fn add(&mut self, values: Values) {
        self.series += 1;
        self.values.extend(values);
    }
}

/// One evaluation at the end of every minute; a series may come in several pieces of time, but pieces are of one series.
async fn range(round: &Round<'_>, span: Span, query: &str, mut add: impl FnMut(&Labels<'_>, Values)) -> Result<Option<String>, Setback> {
    let mut whole: BTreeMap<String, Values> = BTreeMap::new();
    let (mut from, mut warning) = (span.from, None);
    while from < span.to {
        let to = from.plus(MOST_POINTS).min(span.to);
        let form = [
            ("query", query.to_owned()),
            ("start", seconds_text(from.plus(1).start_s() * 1000)),
            ("end", seconds_text(to.start_s() * 1000)),
            ("step", "60".to_owned()),
        ];
        let body = round.ask("api/v1/query_range", &form, to.since(from) * 60).await?;
        let told = open::<Matrix<'_>>(round.source.exchange.place(), &body)?;
        warning = warning.or(told.warning);
        for row in told.data.result {
            let values = whole.entry(row.metric.get().to_owned()).or_default();
            values.extend(row.values.iter().map(|sample| (Minute::of_sample(sample.ms).0, sample.value)));
        }
        from = to;
    }
    for (text, values) in whole {
        add(&Labels::read(&text).unwrap_or_default(), values);
    }
    Ok(warning)
}

fn queries(request: &ReadRequest) -> Vec<&PromQl> {
    match &request.indicator {
        Indicator::PromQl { measure } => match measure {
            Measure::Counts { part, total, .. } => vec![part, total],
            Measure::Ratio { ratio, .. } => vec![ratio],
            Measure::Threshold { value, .. } => vec![value],
        },
        _ => Vec::new(),
    }
}

/// What one minute adds to both columns.
enum Minutely {
    Unseen,
    Counted([u64; 2]),
    Odd,
}

fn reading(round: &Round<'_>, request: &ReadRequest, span: Span, answers: &[Answer], warning: Option<&str>) -> Result<Reading, Fault> {
    let place = round.source.exchange.place();
    let historic = request.span.to.start_s() * 1000 + HISTORY_MS < round.now.timestamp_millis();
    if let Some(many) = answers.iter().map(|a| a.series).find(|n| *n > 1) {
        let message = format!("The query answers {many} series at {place}, and one is needed; wrap it in sum(…) or select one.");
        return Err(Fault::new(FaultKind::QueryRefused, message));
    }
    let leading = answers.last();
    if leading.is_none_or(|a| a.values.is_empty()) && warning.is_none() && !span.is_empty() {
        let message = format!("{place} has no answer to {} in this time; check the names and labels in it.", shown(request));
        let kind = if request.seen_before && !historic { FaultKind::SeriesVanished } else { FaultKind::NoSeries };
        return Err(Fault::new(kind, message));
    }
    let Indicator::PromQl { measure } = &request.indicator else {
        return Err(Fault::new(FaultKind::QueryRefused, "This SLO holds no PromQL."));
    };
    let (mut slices, mut odd) = (Vec::with_capacity(span.len() as usize), None);
    for minute in span.from.0..span.to.0 {
        slices.push(match minutely(measure, answers, minute).filter(|_| warning.is_none()) {
            Some(Minutely::Counted(columns)) => Some(columns.to_vec()),
            Some(Minutely::Odd) => {
                odd = Some(Minute(minute));
                None
            }
            Some(Minutely::Unseen) | None => None,
        });
    }
    let mut reading = Reading {
        layout: layout(&request.indicator, Vec::new()),
        from: span.from,
        slices,
        carries: Vec::new(),
        estimated: true,
        series: 1,
        remark: request.indicator.inexact().map(str::to_owned),
        fault: warning.map(|warning| partial(place, warning)),
        adds: false,
    };
    if let Some(minute) = odd {
        let clock = minute.start().format("%H:%M");
        let message = format!("{} at {place} gives a value that cannot be kept at {clock}: {}.", shown(request), unkept(measure));
        if !historic && span.to.since(minute) <= 2 {
            reading.fault.get_or_insert(Fault::new(FaultKind::NotANumber, message));
        } else {
            reading.remark = Some(message);
        }
    }
    Ok(reading)
}

fn minutely(measure: &Measure, answers: &[Answer], minute: i64) -> Option<Minutely> {
    let value = |i: usize| answers.get(i).and_then(|a| a.values.get(&minute)).copied();
    Some(match measure {
        Measure::Counts { .. } => match (value(0), value(1)) {
            (_, None) => Minutely::Unseen,
            (part, Some(total)) => counted(part.unwrap_or(0.0), total).map_or(Minutely::Odd, Minutely::Counted),
        },
        Measure::Ratio { .. } => share(value(0)?).map_or(Minutely::Odd, Minutely::Counted),
        Measure::Threshold { op, bound, .. } => match value(0)? {
            value if value.is_nan() => Minutely::Counted([0, 0]),
            value => Minutely::Counted([if op.holds(value, *bound) { MILLIONTHS } else { 0 }, MILLIONTHS]),
        },
    })
}

/// Part and total in millionths. Without traffic the part may be anything; just below zero it is what rounding left of zero.
fn counted(part: f64, total: f64) -> Option<[u64; 2]> {
    let kept = |value: f64| (0.0..MOST).contains(&value).then(|| (value * MILLIONTHS as f64).round() as u64);
    let all = kept(total)?;
    if all == 0 && !(part > 0.0 && part.is_finite()) {
        return Some([0, 0]);
    }
    let nothing = part < 0.0 && part > -1e-6 * total.max(1.0);
    Some([if nothing { 0 } else { kept(part)? }, all])
}

fn unkept(measure: &Measure) -> &'static str {
    match measure {
        Measure::Ratio { .. } => "it is no ratio from 0 to 1",
        _ => "it is NaN, infinite, negative or above ten million (divide both queries by 1000 then)",
    }
}

/// The query, cut to what a message holds.
fn shown(request: &ReadRequest) -> String {
    let text = queries(request).last().map_or("", |query| query.as_str());
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 120 { line.chars().take(119).chain(['…']).collect() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_millionths() {
        for (part, total, columns) in [
            (0.25, 1.0, Some([250_000, 1_000_000])),
            (0.0, 0.0, Some([0, 0])),
            (f64::NAN, 0.0, Some([0, 0])),
            (-1e-17, 2.0, Some([0, 2_000_000])),
            (3.0, 2.0, Some([3_000_000, 2_000_000])),
            (f64::NAN, 1.0, None),
            (1.0, f64::NAN, None),
            (-0.5, 1.0, None),
            (1.0, f64::INFINITY, None),
            (1.0, 10_000_000.0, None),
            (0.000_000_4, 0.000_000_6, Some([0, 1])),
        ] {
            assert_eq!(counted(part, total), columns, "{part} of {total}");
        }
    }
}
