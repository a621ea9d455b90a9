//! Whether an answer holds together. JSON of the right types can still be no answer: a series twice, time running backwards, samples of
//! another time than was asked about. What comes of such an answer would be figures, and wrong ones.

use std::collections::HashSet;

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::selector::NAME;

use super::plan::Range;
use super::wire::{Labels, Matrix, Sample};
use crate::exchange::Setback;

/// Servers round the times of a question.
const ROUNDING_MS: i64 = 60_000;

/// Refuses an answer about `range` that cannot be one.
pub(super) fn check(place: &str, matrix: &Matrix<'_>, range: Range) -> Result<(), Setback> {
    let mut seen = HashSet::with_capacity(matrix.result.len());
    for row in &matrix.result {
        let text = row.metric.get();
        let labels = Labels::read(text).filter(Labels::are_distinct);
        let why = if labels.is_none_or(|labels| labels.get(NAME).is_empty()) {
            "labels that cannot be read, or without a name"
        } else if !seen.insert(text) {
            "one series twice"
        } else if !in_order(row.values.iter()) || !in_order(row.histograms.iter().map(|histogram| &histogram.sample)) {
            "samples out of their order"
        } else if row
            .values
            .first()
            .or(row.histograms.first().map(|h| &h.sample))
            .is_some_and(|first| first.ms < range.from_ms - ROUNDING_MS)
        {
            "samples of a time that was not asked about"
        } else {
            continue;
        };
        let message = format!("{place} answers with {why}; something between changes its answers, or it is another API.");
        return Err(Setback::whole(Fault::new(FaultKind::NotTheApi, message)));
    }
    Ok(())
}

fn in_order<'a>(samples: impl Iterator<Item = &'a Sample>) -> bool {
    samples.is_sorted_by(|before, after| before.ms < after.ms)
}
