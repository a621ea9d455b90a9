//! `postmortem …`

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result};
use firewatch_engine::view::{ComparedBlock, HistoryRow, PostmortemStanding};
use firewatch_outside::Profile;
use serde_json::json;

use crate::Outcome;
use crate::args::PostmortemCommand;
use crate::face::or_dash;
use crate::print::{Printer, table};

pub fn run(command: PostmortemCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let standing = match command {
        PostmortemCommand::List => return list(profile, printer),
        PostmortemCommand::Templates => return templates(profile, printer),
        PostmortemCommand::Show { id, format, template } => return show(profile, &id, &format, template.as_deref(), printer),
        PostmortemCommand::Import { id, file } => return import(profile, &id, &file, printer),
        PostmortemCommand::History { id, from, to } => return history(profile, &id, from.as_deref(), to.as_deref(), printer),
        PostmortemCommand::Blame { id } => return blame(profile, &id, printer),
        PostmortemCommand::Template { title, file, about, check } => {
            let kept = engine.keep_template(&title, &about, &read(&file)?, &check)?;
            printer.show(&kept, || vec![format!("{} is kept as {}", kept.title, kept.id)])?;
            return Ok(Outcome::Done);
        }
        PostmortemCommand::TemplateRemove { id } => {
            engine.forget_template(&id)?;
            return templates(profile, printer);
        }
        PostmortemCommand::Restore { id, moment, first, count, at } => {
            engine.restore_postmortem(&id, &moment, first, count, at)?;
            engine.postmortem_standing(&id)?
        }
        PostmortemCommand::Review { id, ask, approve, check } => {
            for person in ask {
                engine.ask_reviewer(&id, &person)?;
            }
            for person in approve {
                engine.approve_postmortem(&id, &person, true)?;
            }
            for point in check {
                engine.check_postmortem(&id, &point, true)?;
            }
            engine.postmortem_standing(&id)?
        }
        PostmortemCommand::State { id, state } => engine.set_postmortem_state(&id, &state)?,
        PostmortemCommand::Publish { id } => engine.set_postmortem_state(&id, "published")?,
    };
    printer.show(&standing, || described(&standing))?;
    Ok(Outcome::Done)
}

fn list(profile: &Profile, printer: Printer) -> Result<Outcome> {
    let rows = profile.engine.postmortems()?;
    printer.show(&rows, || {
        let cells = rows.iter().map(|row| {
            let edited = row.edited_at.clone().zip(row.edited_by.clone()).map(|(at, by)| format!("{at} by {by}"));
            vec![row.state.clone(), row.severity.clone(), row.incident.clone(), or_dash(edited), row.title.clone()]
        });
        table(&["STATE", "SEVERITY", "INCIDENT", "EDITED", "TITLE"], &cells.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn templates(profile: &Profile, printer: Printer) -> Result<Outcome> {
    let rows = profile.engine.postmortem_templates()?;
    printer.show(&rows, || {
        let cells = rows.iter().map(|row| vec![row.id.clone(), row.title.clone(), row.about.clone()]);
        table(&["TEMPLATE", "TITLE", "FOR"], &cells.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn show(profile: &Profile, id: &str, format: &str, template: Option<&str>, printer: Printer) -> Result<Outcome> {
    match template {
        Some(template) => profile.engine.begin_postmortem(id, template)?,
        None => profile.engine.open_postmortem(id)?,
    };
    let document = profile.engine.export_postmortem(id, format)?;
    printer.show(&json!({ "format": document.format, "text": document.text }), || vec![document.text.trim_end().to_owned()])?;
    Ok(Outcome::Done)
}

fn import(profile: &Profile, id: &str, file: &Path, printer: Printer) -> Result<Outcome> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let format = if matches!(ending.as_str(), "html" | "htm") { "html" } else { "md" };
    let came = profile.engine.import_postmortem(id, &read(file)?, format)?;
    printer.show(&came, || {
        let first = format!("{} blocks came into the postmortem of {}", came.blocks, came.incident);
        std::iter::once(first).chain(came.notes.iter().cloned()).collect()
    })?;
    Ok(Outcome::Done)
}

fn history(profile: &Profile, id: &str, from: Option<&str>, to: Option<&str>, printer: Printer) -> Result<Outcome> {
    if let Some(from) = from {
        let rows = profile.engine.compare_postmortem(id, from, to)?;
        printer.show(&rows, || rows.iter().flat_map(compared).collect())?;
        return Ok(Outcome::Done);
    }
    let rows = profile.engine.postmortem_history(id)?;
    printer.show(&rows, || {
        let cells = rows.iter().map(|HistoryRow { id, from, at, authors, edits }| {
            vec![id.clone(), from.clone(), at.clone(), authors.join(", "), edits.to_string()]
        });
        table(&["MOMENT", "FROM", "TO", "WHO", "EDITS"], &cells.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn compared(row: &ComparedBlock) -> Vec<String> {
    let marked =
        |sign: &str, text: &Option<String>| text.iter().flat_map(|text| text.lines()).map(|line| format!("{sign} {line}")).collect();
    match row.change.as_str() {
        "same" => marked(" ", &row.after),
        "added" => marked("+", &row.after),
        "removed" => marked("-", &row.before),
        _ => [marked("-", &row.before), marked("+", &row.after)].concat(),
    }
}

fn blame(profile: &Profile, id: &str, printer: Printer) -> Result<Outcome> {
    let rows = profile.engine.postmortem_written(id)?;
    printer.show(&rows, || {
        let cells = rows.iter().map(|row| vec![row.block.to_string(), row.at.clone(), row.author.clone(), row.text.replace('\n', " ")]);
        table(&["BLOCK", "AT", "WHO", "WROTE"], &cells.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn described(standing: &PostmortemStanding) -> Vec<String> {
    let mut lines = vec![format!("postmortem of {}: {}", standing.incident, standing.state.replace('_', " "))];
    lines.extend(standing.reviewers.iter().map(|r| format!("{} {}", if r.approved { "approved by" } else { "waits for" }, r.person)));
    lines.extend(standing.checklist.iter().map(|point| match &point.done_by {
        Some(who) => format!("[x] {} ({who})", point.text),
        None => format!("[ ] {}", point.text),
    }));
    lines
}

fn read(file: &Path) -> Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input is no text in UTF-8")?;
        return Ok(text);
    }
    std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read as text; give a Markdown or HTML file in UTF-8", file.display()))
}
