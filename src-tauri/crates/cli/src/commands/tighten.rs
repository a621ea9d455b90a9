//! `slo propose` and `slo adopt`: what history teaches, taken over by one command.

use anyhow::{Context, Result};
use firewatch_domain::minute::DAY;
use firewatch_domain::window::parse_minutes;
use firewatch_engine::view::{AdoptForm, TighteningForm};
use firewatch_outside::Profile;
use serde_json::Value;

use crate::Outcome;
use crate::print::Printer;

/// Days of a stretch as typed.
pub fn days(text: &str) -> Result<f64> {
    let minutes = parse_minutes(text).with_context(|| format!("`{text}` is not a stretch of time; write it as 90d"))?;
    Ok(minutes as f64 / DAY as f64)
}

pub fn propose(form: &TighteningForm, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let found = profile.engine.tightenings(form)?;
    let lines = || {
        let mut lines = Vec::new();
        for one in &found.proposals {
            let under = one.under_s.filter(|u| Some(*u) != one.present_under_s).map(|u| format!(" --under {u}s")).unwrap_or_default();
            lines.push(one.sentence.clone());
            lines.extend(one.arithmetic.iter().map(|a| format!("    {}: {} ({}; {})", a.figure, a.value, a.formula, a.numbers)));
            lines.push(format!("    adopt: firewatchctl slo adopt {} --objective {}{under}", one.name, one.objective_percent));
        }
        if lines.is_empty() {
            lines.push(
                "history proposes nothing: no tighter objective would have warned earlier at a fair price, no alert was without cause"
                    .to_owned(),
            );
        }
        lines.push(format!("{} definitions tried over {:.0} days. {}", found.tried, found.days, found.rule));
        lines.extend(found.notes.iter().map(|note| format!("note: {note}")));
        lines
    };
    let rows = || found.proposals.iter().map(|p| serde_json::to_value(p).unwrap_or(Value::Null)).collect();
    printer.show_rows(&found, lines, rows)?;
    Ok(Outcome::Done)
}

pub async fn adopt(form: AdoptForm, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let adopted = profile.engine.adopt(form).await?;
    let undo = &adopted.undo;
    let under = undo.under_s.map(|u| format!(" --under {u}s")).unwrap_or_default();
    printer.show(&adopted, || {
        vec![
            format!("{}: {}", adopted.name, adopted.change),
            format!("take it back: firewatchctl slo adopt {} --objective {}{under}", adopted.name, undo.objective_percent),
        ]
    })?;
    Ok(Outcome::Done)
}
