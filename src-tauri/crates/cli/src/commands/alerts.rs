//! `alerts`

use anyhow::Result;
use firewatch_domain::words;
use firewatch_engine::view::AlertPage;
use firewatch_outside::Profile;

use crate::Outcome;
use crate::args::AlertsArgs;
use crate::print::{Printer, table};

/// Alerts listed at once.
const MOST: u32 = 20_000;

/// What fires, and where it is folded.
pub fn list(args: &AlertsArgs, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let page = match (&args.journey, args.elsewhere) {
        (None, false) => engine.all_alerts(MOST)?,
        (journey, _) => {
            let mut page = engine.alerts(journey.as_deref(), None, 0)?;
            loop {
                let more = engine.alerts(journey.as_deref(), None, page.rows.len() as u32)?.rows;
                if more.is_empty() || page.rows.len() >= MOST as usize {
                    break;
                }
                page.rows.extend(more);
            }
            page
        }
    };
    let now_s = engine.now().timestamp() as f64;
    printer.show(&page, || lines(&page, now_s))?;
    Ok(Outcome::Done)
}

fn lines(page: &AlertPage, now_s: f64) -> Vec<String> {
    let mut lines = Vec::new();
    if page.sources.is_empty() {
        lines.push("no source tells alerts; add one with `firewatchctl source add alertmanager NAME URL`".to_owned());
    }
    for source in &page.sources {
        if let Some(fault) = &source.fault {
            lines.push(format!("{} cannot be heard; what it told last stands: {}", words::plain(&source.name, 60), fault));
        }
        if let Some(held) = source.cut_at {
            lines.push(format!(
                "{} tells {} alerts; the {held} most urgent and oldest are listed",
                words::plain(&source.name, 60),
                source.told
            ));
        }
    }
    let rows = page.rows.iter().map(|row| {
        let place = row.journey_key.clone().unwrap_or_else(|| "–".to_owned());
        let since = words::duration(now_s - row.since);
        vec![row.standing.clone(), row.name.clone(), row.severity.clone(), place, since, row.summary.clone()]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        lines.extend(table(&["STANDING", "ALERT", "SEVERITY", "FOLDED UNDER", "FOR", "SAYS"], &rows));
    }
    let count = &page.count;
    lines.push(format!("{} firing, {} silenced, {} inhibited", count.firing, count.silenced, count.inhibited));
    lines
}
