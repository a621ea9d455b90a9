//! What excluded minutes hold: told apart beside the ledger, since it is in no figure.

use firewatch_domain::evaluation::Tally;
use firewatch_domain::exclusion::Exclusion;
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};

use crate::page::Page;
use crate::show::rfc3339;
use crate::view::ExcludedRow;

/// The exclusions in force for an SLO, in the order in which they were said.
pub(crate) fn in_force(tx: &Tx<'_>, page: &Page) -> Result<Vec<Exclusion>, StoreError> {
    let mut held: Vec<Exclusion> = tx.exclusions()?.into_iter().filter(|e| e.undone.is_none() && e.scope.covers(&page.slo)).collect();
    held.sort_by(|a, b| (a.at_s, &a.id).cmp(&(b.at_s, &b.id)));
    Ok(held)
}

/// What each of them holds of a window, in events; a minute that several cover is told by the one that was said first.
pub(crate) fn excluded_rows(tx: &Tx<'_>, page: &Page, window: Span) -> Result<Vec<ExcludedRow>, StoreError> {
    let held = in_force(tx, page)?.into_iter().map(|exclusion| {
        let span = exclusion.span.overlap(window);
        (exclusion, span)
    });
    let held: Vec<(Exclusion, Span)> = held.collect();
    let carries = page.all_carries(tx, window)?;
    let left_out = |carry: &Span| page.excluded.iter().any(|e| e.encloses(*carry));
    let mut rows = Vec::new();
    for (i, (exclusion, span)) in held.iter().enumerate().filter(|(_, (_, span))| !span.is_empty()) {
        let told = |minute: Minute| held[..i].iter().any(|(_, earlier)| earlier.contains(minute));
        let minutes = page.minutes(tx, *span)?.into_iter().zip(span.from.0..);
        let inside = minutes.filter(|(_, minute)| !told(Minute(*minute))).filter_map(|(counted, _)| counted);
        let first = |carry: &Span| held.iter().position(|(_, other)| !other.overlap(*carry).is_empty()) == Some(i);
        let carried = carries.iter().filter(|(carry, _)| left_out(carry) && first(carry)).map(|(_, counted)| *counted);
        let (bad, total) = inside.chain(carried).fold((0, 0), |(bad, total), t: Tally| (bad + t.bad(), total + t.total));
        rows.push(ExcludedRow {
            exclusion: exclusion.id.clone(),
            reason: words::plain(&exclusion.reason, words::LONGEST_SHOWN),
            by: exclusion.by.clone(),
            from: rfc3339(span.from.start()),
            to: rfc3339(span.to.start()),
            bad: bad as f64,
            total: total as f64,
        });
    }
    rows.sort_by(|a, b| b.bad.total_cmp(&a.bad));
    Ok(rows)
}
