//! `search …`

use anyhow::Result;
use firewatch_outside::Profile;

use crate::Outcome;
use crate::print::{Printer, table};

pub fn run(query: &[String], limit: u32, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let hits = profile.engine.search(&query.join(" "), limit)?;
    printer.show(&hits, || {
        if hits.is_empty() {
            return vec!["nothing like that was written down; words are found by their beginning, phrases between quotes".to_owned()];
        }
        let rows = hits.iter().map(|hit| {
            let said =
                [hit.title.as_str(), hit.excerpt.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
            vec![hit.kind.clone(), hit.at.chars().take(10).collect(), hit.id.clone(), said]
        });
        table(&["KIND", "WRITTEN", "ID", "SAYS"], &rows.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}
