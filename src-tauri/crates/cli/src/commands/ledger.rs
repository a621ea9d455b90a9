//! `ledger NAME`

use anyhow::Result;
use firewatch_domain::words::{count, percent};
use firewatch_engine::view::{LedgerRow, LedgerView};
use firewatch_outside::Profile;

use crate::Outcome;
use crate::face::or_dash;
use crate::print::{Printer, table};

pub fn run(name: &str, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let ledger = profile.engine.slo_ledger(name)?;
    printer.show(&ledger, || described(&ledger))?;
    Ok(Outcome::Done)
}

fn described(ledger: &LedgerView) -> Vec<String> {
    let mut lines = vec![format!(
        "{} bad of {} from {} to {}; allowed {}",
        or_dash(ledger.bad.map(count)),
        or_dash(ledger.total.map(count)),
        ledger.window_start,
        ledger.window_end,
        or_dash(ledger.allowed.map(|allowed| count(allowed.floor())))
    )];
    lines.extend(table(&["BAD", "OF BUDGET", "WHAT", "FROM", "TO", ""], &ledger.rows.iter().map(cells).collect::<Vec<_>>()));
    if !ledger.excluded.is_empty() {
        lines.push("excluded, in none of the figures above:".to_owned());
        let rows = ledger
            .excluded
            .iter()
            .map(|e| vec![count(e.bad), count(e.total), e.from.clone(), e.to.clone(), e.by.clone(), e.reason.clone()]);
        lines.extend(table(&["BAD", "ALL", "FROM", "TO", "BY", "WHY"], &rows.collect::<Vec<_>>()));
    }
    lines
}

fn cells(row: &LedgerRow) -> Vec<String> {
    vec![count(row.bad), or_dash(row.share.map(percent)), row.kind.clone(), row.from.clone(), row.to.clone(), row.title.clone()]
}
