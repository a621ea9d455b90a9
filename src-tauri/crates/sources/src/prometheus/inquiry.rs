//! Single questions outside the rounds of reading: the test button and suggestions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::wire::{Labels, Matrix, open};
use crate::exchange::{Exchange, Meter, Question, Setback};

/// Labels and the value of an instant.
pub(super) type Point = (BTreeMap<String, String>, f64);

/// Asks one thing after the other.
pub(super) struct Inquiry<'a> {
    /// Whom.
    pub exchange: &'a Exchange,
    /// Our clock.
    pub now: DateTime<Utc>,
    meter: Meter,
}

impl<'a> Inquiry<'a> {
    /// Of a server, at a moment.
    pub(super) fn new(exchange: &'a Exchange, now: DateTime<Utc>) -> Self {
        Self { exchange, now, meter: Meter::default() }
    }

    /// The body at a path.
    pub(super) async fn get(&self, path: &str) -> Result<Vec<u8>, Setback> {
        self.get_with(path, &[]).await
    }

    /// The body at a path, with parameters.
    pub(super) async fn get_with(&self, path: &str, form: &[(&str, String)]) -> Result<Vec<u8>, Setback> {
        let patience = self.exchange.limits().answer;
        self.exchange.ask(Question { path, form, by_post: false, patience, now: self.now }, &self.meter).await
    }

    /// The body of an instant query.
    pub(super) async fn query(&self, query: &str) -> Result<Vec<u8>, Setback> {
        let patience = self.exchange.limits().answer;
        let form = [("query", query.to_owned())];
        self.exchange.ask(Question { path: "api/v1/query", form: &form, by_post: true, patience, now: self.now }, &self.meter).await
    }

    /// The series of an instant query.
    pub(super) async fn points(&self, query: &str) -> Result<Vec<Point>, Setback> {
        let body = self.query(query).await?;
        let told = open::<Matrix<'_>>(self.exchange.place(), &body)?;
        let rows = told.data.result.iter().filter_map(|row| Some((Labels::read(row.metric.get())?, row.value?.value)));
        let owned = |labels: Labels<'_>| labels.0.into_iter().map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        Ok(rows.map(|(labels, value)| (owned(labels), value)).collect())
    }
}
