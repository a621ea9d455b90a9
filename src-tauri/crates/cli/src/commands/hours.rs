//! `hours …`

use anyhow::Result;
use firewatch_engine::view::{HoursForm, HoursView};
use firewatch_outside::Profile;

use crate::Outcome;
use crate::args::HoursCommand;
use crate::print::{Printer, table};

pub fn run(command: HoursCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let view = match command {
        HoursCommand::List { id } => engine.hours(&id)?,
        HoursCommand::Add { id, length, person, from, note, zone, share } => {
            engine.add_hours(&id, &HoursForm { length, person, from, note, zone, share })?
        }
        HoursCommand::Start { id, note } => engine.start_hours(&id, &note)?,
        HoursCommand::Stop { id } => engine.stop_hours(&id)?,
        HoursCommand::Share { id, row } => engine.share_hours(&id, &row)?,
        HoursCommand::Remove { id, row } => engine.remove_hours(&id, &row)?,
    };
    printer.show_rows(&view, || described(&view), || view.rows.iter().filter_map(|row| serde_json::to_value(row).ok()).collect())?;
    Ok(Outcome::Done)
}

fn described(view: &HoursView) -> Vec<String> {
    if view.rows.is_empty() {
        return vec!["no hours yet".to_owned()];
    }
    let rows = view.rows.iter().map(|row| {
        let standing = match (row.running, row.private) {
            (true, _) => "running",
            (_, true) => "private",
            _ => "shared",
        };
        vec![
            row.from.clone(),
            length(row.minutes),
            length(row.night_minutes),
            standing.to_owned(),
            row.id.clone(),
            row.person.clone(),
            row.note.clone(),
        ]
    });
    let mut lines = table(&["FROM", "HOURS", "NIGHT", "", "ID", "PERSON", "ON"], &rows.collect::<Vec<_>>());
    let people = view.people.iter().map(|p| format!("{}: {}, {} at night", p.person, length(p.minutes), length(p.night_minutes)));
    lines.extend(people);
    lines.push(format!(
        "together {}, {} at night, {} private",
        length(view.minutes),
        length(view.night_minutes),
        length(view.private_minutes)
    ));
    lines
}

fn length(minutes: u32) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}
