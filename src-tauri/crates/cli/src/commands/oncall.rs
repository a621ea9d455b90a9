//! `oncall …`

use std::path::PathBuf;

use anyhow::Result;
use firewatch_engine::view::{CalendarForm, OnCallView};
use firewatch_outside::Profile;
use secrecy::ExposeSecret;

use super::source::read_variable;
use crate::Outcome;
use crate::args::OncallCommand;
use crate::print::{Printer, table};

pub async fn run(command: OncallCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    match command {
        OncallCommand::Who { at } => {
            let view = engine.on_call(at.as_deref())?;
            printer.show(&view, || who(&view))?;
        }
        OncallCommand::Add { name, path, address_env, zone, over } => {
            let place = match (&path, &address_env) {
                (_, Some(variable)) => read_variable(variable)?.expose_secret().to_owned(),
                (Some(path), None) if path.contains("://") => path.clone(),
                (Some(path), None) => std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)).display().to_string(),
                (None, None) => String::new(),
            };
            let view = engine.add_calendar(CalendarForm { name, place, zone, over }, address_env).await?;
            printer.show(&view, || calendars(&view))?;
        }
        OncallCommand::List => {
            let view = engine.on_call(None)?;
            printer.show(&view.calendars, || calendars(&view))?;
        }
        OncallCommand::Read => {
            let view = engine.read_calendars().await?;
            printer.show(&view.calendars, || calendars(&view))?;
        }
        OncallCommand::Remove { name } => {
            let view = engine.remove_calendar(&name).await?;
            printer.show(&view.calendars, || calendars(&view))?;
        }
        OncallCommand::Me { names } => {
            let mut chosen = engine.settings()?;
            chosen.on_call_as = names;
            engine.save_settings(&chosen)?;
            let view = engine.on_call(None)?;
            printer.show(&view, || who(&view))?;
        }
        OncallCommand::Only { switch } => {
            let mut chosen = engine.settings()?;
            chosen.only_on_call = switch == "on";
            engine.save_settings(&chosen)?;
            let view = engine.on_call(None)?;
            printer.show(&view, || who(&view))?;
        }
        OncallCommand::Handover { from, to } => {
            let note = engine.handover(from.as_deref(), to.as_deref())?;
            printer.show(&note, || note.text.lines().map(str::to_owned).collect())?;
        }
    }
    Ok(Outcome::Done)
}

fn who(view: &OnCallView) -> Vec<String> {
    let rows: Vec<Vec<String>> = view
        .people
        .iter()
        .map(|s| {
            vec![s.person.clone(), s.calendar.clone(), s.from.clone(), s.to.clone(), if s.mine { "you".to_owned() } else { String::new() }]
        })
        .collect();
    let mut lines = if rows.is_empty() {
        vec![format!("nobody is on call at {}", view.at)]
    } else {
        table(&["PERSON", "CALENDAR", "FROM", "TO", ""], &rows)
    };
    let until = view.until.as_deref().unwrap_or("nothing known");
    lines.push(match view.duty.as_str() {
        "on" => format!("you are on call until {until}"),
        "off" => format!("you are off shift; next: {until}"),
        _ => format!("whether you are on call is not known: {}", view.why.as_deref().unwrap_or_default()),
    });
    lines.extend(view.held.clone());
    lines
}

fn calendars(view: &OnCallView) -> Vec<String> {
    if view.calendars.is_empty() {
        return vec!["no calendars of shifts yet; add one with `firewatchctl oncall add`".to_owned()];
    }
    let rows: Vec<Vec<String>> = view
        .calendars
        .iter()
        .map(|c| {
            let trouble = c.error.iter().chain(&c.remarks).cloned().collect::<Vec<_>>().join("; ");
            vec![
                c.name.clone(),
                c.over.clone(),
                c.shifts.to_string(),
                c.read_at.clone().unwrap_or_else(|| "never".to_owned()),
                c.place.clone(),
                trouble,
            ]
        })
        .collect();
    table(&["NAME", "OVER", "SHIFTS", "READ", "WHERE", "TROUBLE"], &rows)
}
