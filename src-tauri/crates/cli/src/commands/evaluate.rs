//! `evaluate`: a definition against counts from a file. Touches no profile.

use std::path::Path;

use anyhow::Result;
use firewatch_engine::evaluate_counts;

use super::counts::{counts, definitions, minute};
use crate::Outcome;
use crate::face::{STATUS, status_row};
use crate::print::{Printer, table};

pub fn run(slo: &Path, file: &Path, at: Option<&str>, printer: Printer) -> Result<Outcome> {
    let at = at.map(minute).transpose()?;
    let (slos, partly) = definitions(slo)?;
    let history = counts(file)?;
    let statuses: Vec<_> = slos.iter().map(|slo| evaluate_counts(slo, &history, at)).collect();
    let lines = || table(&STATUS, &statuses.iter().map(status_row).collect::<Vec<_>>());
    match &statuses[..] {
        [one] => printer.show(one, lines)?,
        several => printer.show(several, lines)?,
    }
    Ok(if partly { Outcome::Partly } else { Outcome::Done })
}
