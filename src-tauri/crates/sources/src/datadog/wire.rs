//! The shapes of Datadog's API v1, and whether an answer holds together.

use firewatch_domain::fault::{Fault, FaultKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::exchange::{Setback, refused_query};

/// A moment in unix milliseconds and a value, where there is one.
pub(super) type Point = (f64, Option<f64>);

/// Answer to a metric query.
#[derive(Deserialize)]
pub(super) struct Answer {
    status: String,
    error: Option<String>,
    #[serde(default)]
    pub series: Option<Vec<Series>>,
}

/// One series of it.
#[derive(Debug, Deserialize)]
pub(super) struct Series {
    /// Which of the queries it answers, from 0.
    pub query_index: Option<usize>,
    /// The query as Datadog read it.
    pub expression: Option<String>,
    /// Distance of its points: milliseconds by the description, seconds by habit.
    pub interval: Option<i64>,
    /// Points.
    pub pointlist: Vec<Point>,
}

/// Answer to a question about the history of an SLO.
#[derive(Deserialize)]
pub(super) struct History {
    pub data: Option<HistoryData>,
    pub errors: Option<Vec<HistoryError>>,
}

#[derive(Deserialize)]
pub(super) struct HistoryError {
    pub error: Option<String>,
}

/// What happened to the SLO.
#[derive(Deserialize)]
pub(super) struct HistoryData {
    #[serde(rename = "type")]
    pub kind: SloKind,
    pub series: Option<Counted>,
    pub overall: Option<Overall>,
}

/// What an SLO measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SloKind {
    Metric,
    Monitor,
    TimeSlice,
}

/// Counts of a metric SLO.
#[derive(Deserialize)]
pub(super) struct Counted {
    pub interval: i64,
    pub times: Vec<f64>,
    pub numerator: Column,
    pub denominator: Column,
}

#[derive(Deserialize)]
pub(super) struct Column {
    pub values: Vec<Option<f64>>,
}

/// Up and down of an SLO that measures time.
#[derive(Deserialize)]
pub(super) struct Overall {
    /// Moments in unix seconds and what began then: 0 up, 1 down, 2 no data.
    #[serde(default)]
    pub history: Option<Vec<(f64, f64)>>,
    #[serde(default)]
    pub errors: Option<Vec<OverallError>>,
}

#[derive(Deserialize)]
pub(super) struct OverallError {
    pub error_message: String,
}

/// A page of the list of SLOs.
#[derive(Deserialize)]
pub(super) struct SloPage {
    pub data: Vec<SloEntry>,
}

/// An SLO of the list.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct SloEntry {
    pub id: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: SloKind,
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    pub thresholds: Vec<Threshold>,
    pub query: Option<Ratio>,
    pub sli_specification: Option<Specification>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Threshold {
    pub timeframe: String,
    pub target: f64,
    pub target_display: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Ratio {
    pub numerator: String,
    pub denominator: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Specification {
    pub count: Option<CountDefinition>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CountDefinition {
    pub good_events_formula: Formula,
    pub total_events_formula: Option<Formula>,
    pub bad_events_formula: Option<Formula>,
    pub queries: Vec<NamedQuery>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Formula {
    pub formula: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct NamedQuery {
    pub name: String,
    pub query: String,
}

/// The API key's standing.
#[derive(Deserialize)]
pub(super) struct Validity {
    pub valid: bool,
}

/// Reads a document of the API.
pub(super) fn open<T: DeserializeOwned>(place: &str, body: &[u8]) -> Result<T, Setback> {
    serde_json::from_slice(body).map_err(|error| {
        let message = if error.is_eof() {
            format!("The answer of {place} breaks off after {} bytes; something between cuts it.", body.len())
        } else if error.is_syntax() {
            format!("The answer of {place} is damaged JSON (line {}, column {}).", error.line(), error.column())
        } else {
            format!("{place} answers JSON, but not that of Datadog's API; check the site.")
        };
        Setback::whole(Fault::new(FaultKind::NotTheApi, message))
    })
}

/// Opens an answer to metric queries, of which there were `asked`.
pub(super) fn series(place: &str, body: &[u8], asked: usize) -> Result<Vec<Series>, Setback> {
    let answer: Answer = open(place, body)?;
    if answer.status == "error" {
        return Err(refused_query(place, answer.error.as_deref().unwrap_or("it gave no reason")));
    }
    let (Some(series), "ok") = (answer.series, answer.status.as_str()) else {
        let message = format!("{place} answers JSON, but not that of Datadog's metric queries; check the site.");
        return Err(Setback::whole(Fault::new(FaultKind::NotTheApi, message)));
    };
    for one in &series {
        if one.query_index.is_some_and(|index| index >= asked) {
            return Err(unsound(place, "a series of a query that was not asked"));
        }
        in_order(place, one.pointlist.iter().map(|(ms, _)| *ms))?;
    }
    Ok(series)
}

/// Times must be times, and ascend.
pub(super) fn in_order(place: &str, times: impl Iterator<Item = f64>) -> Result<(), Setback> {
    let mut last = f64::NEG_INFINITY;
    for time in times {
        if !(0.0..=1e14).contains(&time) || time <= last {
            return Err(unsound(place, "points that are out of their order or of no time"));
        }
        last = time;
    }
    Ok(())
}

/// JSON of the right shape that cannot be true.
pub(super) fn unsound(place: &str, why: &str) -> Setback {
    let message = format!("{place} answers with {why}; something between changes its answers, or it is another API.");
    Setback::whole(Fault::new(FaultKind::NotTheApi, message))
}
