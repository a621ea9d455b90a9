//! `exclude …`

use anyhow::{Context, Result};
use chrono::DateTime;
use firewatch_engine::view::{ExclusionForm, ExclusionRow};
use firewatch_outside::Profile;

use crate::Outcome;
use crate::args::{ExcludeArgs, ExcludeCommand};
use crate::print::{Printer, table};

pub fn run(args: ExcludeArgs, profile: &Profile, printer: Printer) -> Result<Outcome> {
    match args.command {
        Some(ExcludeCommand::List) => {
            let rows = profile.engine.exclusions()?;
            printer.show(&rows, || match rows.as_slice() {
                [] => vec!["nothing is excluded".to_owned()],
                rows => table(&["FROM", "TO", "WHAT", "REASON", "BY", "TAKEN BACK", "ID"], &rows.iter().map(cells).collect::<Vec<_>>()),
            })?;
        }
        Some(ExcludeCommand::Undo { id }) => {
            let row = profile.engine.undo_exclusion(&id)?;
            printer.show(&row, || vec![format!("{} counts again from {} to {}", what(&row), row.from, row.to)])?;
        }
        None => {
            let name = args.name.context("name the SLO whose minutes are to be excluded")?;
            let (slo, journey) = if args.journey { (None, name) } else { (Some(name), String::new()) };
            let form = ExclusionForm {
                slo,
                journey,
                environment: args.environment,
                from: moment(args.from.as_deref(), "--from")?,
                to: moment(args.to.as_deref(), "--to")?,
                reason: args.reason.unwrap_or_default(),
            };
            let row = profile.engine.exclude(&form)?;
            printer.show(&row, || {
                let undo = format!("take it back with `firewatchctl exclude undo {}`", row.id);
                vec![format!("{} does not count from {} to {}; {undo}", what(&row), row.from, row.to)]
            })?;
        }
    }
    Ok(Outcome::Done)
}

fn what(row: &ExclusionRow) -> String {
    match (&row.journey, &row.environment) {
        (Some(journey), Some(environment)) => format!("{environment}/{journey}"),
        _ => row.slos.first().cloned().unwrap_or_else(|| "(removed)".to_owned()),
    }
}

fn cells(row: &ExclusionRow) -> Vec<String> {
    let back = row.undone_by.clone().unwrap_or_else(|| "-".to_owned());
    vec![row.from.clone(), row.to.clone(), what(row), row.reason.clone(), row.by.clone(), back, row.id.clone()]
}

/// RFC 3339 or unix seconds, as unix seconds.
pub fn moment(text: Option<&str>, field: &str) -> Result<f64> {
    let text = text.with_context(|| format!("{field} is missing"))?.trim();
    let seconds = text.parse::<f64>().ok().filter(|s| s.is_finite());
    let time = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp() as f64);
    seconds.or_else(time).with_context(|| format!("{field}: `{text}` is no time; write 2026-11-22T04:00:00Z or unix seconds"))
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments() {
        for (text, seconds) in [("0", 0.0), ("1800000000", 1_800_000_000.0), ("1970-01-01T01:00:00+01:00", 0.0)] {
            assert!((moment(Some(text), "--at").unwrap() - seconds).abs() < f64::EPSILON, "{text}");
        }
        for text in ["", "yesterday", "2026-11-22", "NaN", "2026-13-01T00:00:00Z"] {
            assert!(moment(Some(text), "--at").is_err(), "{text}");
        }
    }
}
