//! `outbox …`

use anyhow::Result;
use firewatch_engine::view::ActRow;
use firewatch_outside::Profile;

use crate::Outcome;
use crate::args::OutboxCommand;
use crate::print::{Printer, table};

pub fn run(command: OutboxCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let act = match command {
        OutboxCommand::List => return list(profile, printer),
        OutboxCommand::Retry { id } => profile.engine.retry_act(&id)?,
        OutboxCommand::Settle { id, how } => profile.engine.settle_act(&id, &how)?,
    };
    printer.show(&act, || vec![line(&act)])?;
    Ok(Outcome::Done)
}

pub(super) fn list(profile: &Profile, printer: Printer) -> Result<Outcome> {
    let acts = profile.engine.outbox()?;
    printer.show(&acts, || {
        if acts.is_empty() {
            return vec!["the outbox is empty: nothing waits to go out".to_owned()];
        }
        let rows = acts.iter().map(|a| {
            let said = a.receipt.clone().or_else(|| a.reason.clone()).unwrap_or_default();
            vec![a.state.clone(), a.destination.clone(), a.act.clone(), a.attempts.to_string(), a.created.clone(), a.id.clone(), said]
        });
        table(&["STATE", "DESTINATION", "ACT", "TRIES", "CREATED", "ID", "SAID"], &rows.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn line(act: &ActRow) -> String {
    format!("{} to {} is {}", act.act, act.destination, act.state)
}
