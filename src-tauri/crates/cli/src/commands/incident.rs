//! `incident …`

use anyhow::Result;
use firewatch_engine::Engine;
use firewatch_engine::view::IncidentView;
use firewatch_outside::Profile;

use crate::Outcome;
use crate::args::IncidentCommand;
use crate::print::{Printer, table};

pub fn run(command: IncidentCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let incident = match command {
        IncidentCommand::List => return list(profile, printer),
        IncidentCommand::Declare { title, severity, slo } => engine.declare(&title, &severity, &slo)?,
        IncidentCommand::Show { id } => engine.incident(&id)?,
        IncidentCommand::Entry { id, text } => engine.add_entry(&id, &text)?,
        IncidentCommand::Phase { id, phase } => engine.set_phase(&id, &phase)?,
        IncidentCommand::Role { id, role, person } => engine.assign_role(&id, &role, &person)?,
        IncidentCommand::Stream { id, title, owner, said, close } => stream(engine, &id, &title, owner, said, close)?,
        IncidentCommand::Mark { id, mark, text } => engine.mark(&id, &mark, &text)?,
        IncidentCommand::Correct { id, entry, text } => engine.correct_entry(&id, &entry, &text)?,
        IncidentCommand::Strike { id, entry, reason } => engine.strike_entry(&id, &entry, &reason)?,
        IncidentCommand::Time { id, moment, at, reason } => engine.set_time(&id, &moment, at.as_deref(), &reason)?,
        IncidentCommand::Room { id, close: true, .. } => engine.close_room(&id)?,
        IncidentCommand::Room { id, by, .. } => engine.open_room(&id, &by)?,
        IncidentCommand::Update { id, text, to } => engine.post_update(&id, &text, &to)?,
        IncidentCommand::Resolve { id } => engine.set_phase(&id, "resolved")?,
    };
    printer.show(&incident, || described(&incident))?;
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
    lines.extend(i.roles.iter().map(|(role, person)| format!("{role}: {person}")));
    lines.extend(i.entries.iter().map(|e| format!("{}  {:<10} {}: {}", e.at, e.kind, e.author, e.text)));
    lines
}
