//! `policy …`

use anyhow::Result;
use firewatch_engine::view::PolicyRow;
use firewatch_outside::Profile;
use serde_json::json;

use super::milliseconds;
use crate::Outcome;
use crate::args::PolicyCommand;
use crate::print::{Printer, table};

pub fn run(command: PolicyCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    match command {
        PolicyCommand::Add { trigger, order, severity, hold, journey, service, environment } => {
            let hold_minutes = (milliseconds(&hold)? / 60_000.0) as u32;
            let row = PolicyRow {
                id: String::new(),
                journey,
                service,
                environment,
                trigger,
                hold_minutes,
                action: if order == "open" { "open_incident".to_owned() } else { order },
                severity,
                enabled: true,
            };
            let saved = profile.engine.save_policy(&row)?;
            printer.show(&saved, || vec![format!("policy {} added", saved.id)])?;
        }
        PolicyCommand::List => {
            let rows = profile.engine.policies()?;
            printer.show(&rows, || {
                let cells = rows.iter().map(|p| {
                    vec![
                        p.trigger.clone(),
                        format!("{} min", p.hold_minutes),
                        p.action.clone(),
                        p.severity.clone(),
                        p.journey.clone(),
                        p.service.clone(),
                        p.environment.clone(),
                        p.id.clone(),
                    ]
                });
                table(&["TRIGGER", "HOLD", "ORDER", "SEVERITY", "JOURNEY", "SERVICE", "ENVIRONMENT", "ID"], &cells.collect::<Vec<_>>())
            })?;
        }
        PolicyCommand::Remove { id } => {
            profile.engine.remove_policy(&id)?;
            printer.show(&json!({ "removed": id }), || vec![format!("policy {id} removed")])?;
        }
    }
    Ok(Outcome::Done)
}
