//! What the store holds around a moment of shipping.

use firewatch_domain::exclusion::excluded;
use firewatch_domain::indicator::{Layout, Meaning, Projection};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::proof::{Reading, Record};
use firewatch_domain::slo::Slo;
use firewatch_store::Tx;

use crate::EngineError;

/// Hours around a moment, and how to read them; none where nothing was ever read.
pub(super) fn load(tx: &Tx<'_>, slo: &Slo, shipped: Minute) -> Result<Option<(Record, Reading)>, EngineError> {
    let Some(series) = tx.series_of(&slo.id)? else { return Ok(None) };
    let width = series.layout.columns();
    let wanted: Vec<usize> = (0..width).collect();
    let span = Record::span(shipped);
    let span = Span::new(series.born.unwrap_or(span.from).max(span.from), span.to.min(series.read_to));
    let mut record = Record::new(shipped, width);
    if !span.is_empty() {
        let figures = tx.columns_in(series.id, width, &wanted, span)?;
        let excluded = excluded(&tx.exclusions()?, slo);
        let mut left_out = excluded.iter().peekable();
        for (i, seen) in figures.seen.iter().enumerate() {
            let minute = span.from.plus(i as i64);
            while left_out.next_if(|span| span.to <= minute).is_some() {}
            if left_out.peek().is_some_and(|span| span.contains(minute)) {
                record.leave_out(minute);
            } else if *seen {
                record.add(minute, figures.columns.iter().map(|column| column[i]));
            }
        }
    }
    Ok(Some((record, reading(slo, &series.layout))))
}

fn reading(slo: &Slo, layout: &Layout) -> Reading {
    let last = layout.columns() - 1;
    // Without the boundary nothing is known to be good or bad; a quantile does not need it.
    let unknown = Projection { part: last, other: last, meaning: Meaning::GoodOfTotal };
    let unit = if in_milliseconds(slo) { 1000.0 } else { 1.0 };
    let bounds = match layout {
        Layout::Buckets { bounds } => bounds.iter().map(|bound| bound / unit).collect(),
        _ => Vec::new(),
    };
    Reading { projection: layout.projection(&slo.indicator).unwrap_or(unknown), scale: slo.indicator.scale(), bounds }
}

/// Whether a histogram's name says that its boundaries are milliseconds; Prometheus' own convention is seconds.
fn in_milliseconds(slo: &Slo) -> bool {
    slo.indicator.queries().iter().any(|(_, query)| {
        let name: String = query.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':')).collect();
        name.split(['_', ':']).any(|word| matches!(word, "milliseconds" | "ms" | "millis"))
    })
}
