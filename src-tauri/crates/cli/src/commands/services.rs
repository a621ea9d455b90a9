//! `service …`

use anyhow::Result;
use firewatch_domain::words;
use firewatch_engine::view::ServiceRow;
use firewatch_outside::Profile;

use crate::Outcome;
use crate::args::ServiceCommand;
use crate::print::{Printer, table};

/// Describes services and what they need; every command prints all of them as they stand then.
pub fn run(command: ServiceCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let rows = match command {
        ServiceCommand::List => engine.services()?,
        ServiceCommand::Depend { service, needs } => engine.depend(&service, &needs)?,
        ServiceCommand::Undepend { service, needs } => engine.undepend(&service, &needs)?,
        ServiceCommand::Describe { name, title, third_party } => engine.describe_service(&name, &title, third_party)?,
        ServiceCommand::Forget { name } => engine.forget_service(&name)?,
        ServiceCommand::Burning { journey } => return burning(&journey, profile, printer),
    };
    printer.show(&rows, || table(&["SERVICE", "SLOS", "RUN BY", "NEEDS", "NEEDED BY"], &rows.iter().map(cells).collect::<Vec<_>>()))?;
    Ok(Outcome::Done)
}

fn cells(row: &ServiceRow) -> Vec<String> {
    let needs: Vec<&str> = row.needs.iter().map(|need| need.service.as_str()).collect();
    let by = if row.third_party { "a third party" } else { "" };
    vec![words::plain(&row.name, 60), row.slos.to_string(), by.to_owned(), needs.join(", "), row.needed_by.join(", ")]
}

fn burning(journey: &str, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let view = profile.engine.dependencies(journey, None)?;
    let now_s = profile.engine.now().timestamp() as f64;
    printer.show(&view, || {
        let rows = view.rows.iter().map(|row| {
            let burns = row.burn_since.map(|since| words::duration(now_s - since)).unwrap_or_default();
            let state = row.state.clone().unwrap_or_else(|| "unwatched".to_owned());
            vec![state, row.title.clone(), burns, row.via.clone().unwrap_or_default(), row.alerts.to_string()]
        });
        let mut lines: Vec<String> = view.first.iter().cloned().collect();
        lines.extend(table(&["STATE", "DEPENDENCY", "BURNS FOR", "THROUGH", "ALERTS"], &rows.collect::<Vec<_>>()));
        lines
    })?;
    Ok(Outcome::Done)
}
