//! `incident …`

use std::path::Path;

use anyhow::{Context, Result};
use firewatch_engine::Engine;
use firewatch_engine::view::IncidentView;
use firewatch_outside::Profile;

use super::exclude::moment;
use crate::Outcome;
use crate::args::IncidentCommand;
use crate::print::{Printer, table};

pub fn run(command: IncidentCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let incident = match command {
        IncidentCommand::List => return list(profile, printer),
        IncidentCommand::Import { file } => engine.read_case_file(&file)?,
        IncidentCommand::Export { id, format, out: Some(out) } => return export(engine, &id, &format, &out, printer),
        IncidentCommand::Export { id, format, out: None } => {
            let paper = engine.export_incident(&id, &format)?;
            printer.show(&serde_json::json!({ "format": paper.format, "text": paper.text }), || vec![paper.text.trim_end().to_owned()])?;
            return Ok(Outcome::Done);
        }
        IncidentCommand::Declare { title, severity, slo } => engine.declare(&title, &severity, &slo)?,
        IncidentCommand::Show { id } => engine.incident(&id)?,
        IncidentCommand::Entry { id, text } if text == "-" => return lines(engine, &id, printer),
        IncidentCommand::Entry { id, text } => engine.add_entry(&id, &text)?,
        IncidentCommand::Phase { id, phase, despite } => moved(engine, &id, &phase, despite.as_deref())?,
        IncidentCommand::Role { id, role, decline: true, .. } => engine.decline_role(&id, &role)?,
        IncidentCommand::Role { id, role, confirm: Some(readback), .. } => engine.confirm_role(&id, &role, &readback)?,
        IncidentCommand::Role { id, role, person, hand_over: true, .. } => engine.offer_role(&id, &role, &person.unwrap_or_default())?,
        IncidentCommand::Role { id, role, person, .. } => engine.assign_role(&id, &role, &person.unwrap_or_default())?,
        IncidentCommand::Severity { id, severity } => engine.set_severity(&id, &severity)?,
        IncidentCommand::Check { id, item, undo } => engine.check_item(&id, &item, !undo)?,
        IncidentCommand::Evidence { id, out } => return evidence(engine, &id, out.as_deref(), printer),
        IncidentCommand::Merge { id, into, reason } => engine.merge_incident(&id, &into, &reason)?,
        IncidentCommand::Cancel { id } => engine.set_phase(&id, "cancelled")?,
        IncidentCommand::Reopen { id, reason } => engine.reopen(&id, &reason)?,
        IncidentCommand::Stream { id, title, owner, said, close } => stream(engine, &id, &title, owner, said, close)?,
        IncidentCommand::Mark { id, mark, text } => engine.mark(&id, &mark, &text)?,
        IncidentCommand::Attach { id, slo, from, to } => {
            engine.attach_impact(&id, &slo, moment(Some(&from), "--from")?, moment(Some(&to), "--to")?)?
        }
        IncidentCommand::Correct { id, entry, text } => engine.correct_entry(&id, &entry, &text)?,
        IncidentCommand::Strike { id, entry, reason } => engine.strike_entry(&id, &entry, &reason)?,
        IncidentCommand::Time { id, moment, at, reason } => engine.set_time(&id, &moment, at.as_deref(), &reason)?,
        IncidentCommand::Room { id, close: true, .. } => engine.close_room(&id)?,
        IncidentCommand::Room { id, by, .. } => engine.open_room(&id, &by)?,
        IncidentCommand::Update { id, text, to } => engine.post_update(&id, &text, &to)?,
        IncidentCommand::Resolve { id, despite } => moved(engine, &id, "resolved", despite.as_deref())?,
    };
    printer.show(&incident, || described(&incident))?;
    Ok(Outcome::Done)
}

fn moved(engine: &Engine, id: &str, phase: &str, despite: Option<&str>) -> Result<IncidentView> {
    Ok(match despite {
        Some(reason) => engine.override_phase(id, phase, reason)?,
        None => engine.set_phase(id, phase)?,
    })
}

/// Into a file.
fn export(engine: &Engine, id: &str, format: &str, out: &Path, printer: Printer) -> Result<Outcome> {
    let bytes = match format {
        "case" => engine.case_file(id)?.1,
        _ => engine.export_incident(id, format)?.text.into_bytes(),
    };
    std::fs::write(out, &bytes).with_context(|| format!("write {}", out.display()))?;
    let told = serde_json::json!({ "format": format, "file": out, "bytes": bytes.len() });
    printer.show(&told, || vec![format!("{} written, {} bytes", out.display(), bytes.len())])?;
    Ok(Outcome::Done)
}

/// Every line of standard input as an entry; what is answered is kept.
fn lines(engine: &Engine, id: &str, printer: Printer) -> Result<Outcome> {
    engine.answer_with_last(1);
    for line in std::io::stdin().lines() {
        let line = line.context("read standard input")?;
        if !line.trim().is_empty() {
            engine.add_entry(id, &line)?;
            printer.event(&serde_json::json!({ "event": "entry", "text": line.trim() }), line.trim())?;
        }
    }
    Ok(Outcome::Done)
}

/// Evidence by its hash, or the latest of an incident.
fn evidence(engine: &Engine, id: &str, out: Option<&Path>, printer: Printer) -> Result<Outcome> {
    let whole = id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hash = if whole {
        id.to_owned()
    } else {
        let incident = engine.incident(id)?;
        incident.evidence.last().context("nothing was frozen for this incident")?.hash.clone()
    };
    if let Some(out) = out {
        std::fs::write(out, engine.evidence_bytes(&hash)?).with_context(|| format!("write {}", out.display()))?;
    }
    let frozen = engine.evidence(&hash)?;
    printer.show(&frozen, || {
        let mut lines =
            vec![format!("{} frozen {}, from {} to {}", frozen.hash, frozen.evidence.at, frozen.evidence.from, frozen.evidence.to)];
        lines.extend(frozen.evidence.slos.iter().map(|slo| {
            let left = slo.status.budget.remaining.map_or_else(|| "unknown".to_owned(), |left| format!("{:.1} %", left * 100.0));
            format!("{:<10} {}: budget left {left}, {}", slo.status.state, slo.status.name, slo.status.reason.as_deref().unwrap_or("-"))
        }));
        lines.extend(frozen.evidence.alerts.iter().map(|alert| format!("{:<10} {} {}", alert.standing, alert.name, alert.summary)));
        lines.extend(frozen.evidence.missing.iter().map(|what| format!("missing    {what}")));
        lines
    })?;
    Ok(Outcome::Done)
}

/// A stream by its title: begun when it is new, else given away, heard, closed.
fn stream(
    engine: &Engine,
    id: &str,
    title: &str,
    owner: Option<String>,
    said: Option<String>,
    close: Option<String>,
) -> Result<IncidentView> {
    let mut incident = engine.incident(id)?;
    if !incident.streams.iter().any(|s| s.title.eq_ignore_ascii_case(title.trim())) {
        incident = engine.open_stream(id, title, owner.as_deref().unwrap_or_default())?;
    } else if let Some(owner) = owner {
        incident = engine.own_stream(id, title, &owner)?;
    }
    if let Some(said) = said {
        incident = engine.hear_stream(id, title, &said)?;
    }
    if let Some(outcome) = close {
        incident = engine.close_stream(id, title, &outcome)?;
    }
    Ok(incident)
}

fn list(profile: &Profile, printer: Printer) -> Result<Outcome> {
    let incidents = profile.engine.incidents()?;
    printer.show(&incidents, || {
        let rows = incidents.iter().map(|i| vec![i.severity.clone(), i.phase.clone(), i.id.clone(), i.title.clone()]);
        table(&["SEVERITY", "PHASE", "ID", "TITLE"], &rows.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn described(i: &IncidentView) -> Vec<String> {
    let mut lines = vec![format!("{} {} — {} ({})", i.severity, i.phase, i.title, i.id)];
    if !i.slos.is_empty() {
        lines.push(format!("SLOs: {}", i.slos.join(", ")));
    }
    lines.extend(i.merged_into.iter().map(|into| format!("merged into {into}")));
    lines.extend(i.roles.iter().map(|(role, person)| format!("{role}: {person}")));
    lines.extend(i.offered.iter().map(|(role, offer)| format!("{role}: handed to {}, not confirmed", offer.person)));
    lines.extend(i.evidence.iter().map(|one| format!("evidence {}: {}", one.hash, one.text)));
    lines.extend(i.checklist.iter().map(|item| {
        let gate = if item.blocking { ", holds the phase" } else { "" };
        format!("[{}] {:<14} {} ({}{gate})", if item.done_by.is_some() { "x" } else { " " }, item.id, item.text, item.phase)
    }));
    lines.extend(i.entries.iter().map(|e| format!("{}  {:<10} {}: {}", e.at, e.kind, e.author, e.text)));
    lines
}
