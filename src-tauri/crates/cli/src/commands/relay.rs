//! `relay …`

use anyhow::Result;
use firewatch_engine::view::{RelayForm, RelayRow};
use firewatch_outside::Profile;
use secrecy::ExposeSecret;
use serde_json::json;

use super::source::{read_variable, tested};
use crate::Outcome;
use crate::args::{RelayCommand, SetRelay};
use crate::print::{Printer, table};

pub async fn run(command: RelayCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    match command {
        RelayCommand::Set(args) => {
            let variable = args.token_env.clone();
            let row = engine.set_relay(form(args)?, variable).await?;
            printer.show(&row, || described(&row))?;
        }
        RelayCommand::Status => {
            let rows = engine.relays()?;
            printer.show(&rows, || {
                if rows.is_empty() {
                    return vec![
                        "nothing is shared; share with `firewatchctl relay set wss://…` or `firewatchctl relay set FOLDER`".to_owned(),
                    ];
                }
                rows.iter().flat_map(described).collect()
            })?;
        }
        RelayCommand::Test { name } => {
            let test = engine.test_relay(&name).await?;
            return tested(&name, &test, printer);
        }
        RelayCommand::Share { name, incident, all } => {
            let row = engine.share_at(&name, all, &incident)?;
            printer.show(&row, || described(&row))?;
        }
        RelayCommand::Remove { name } => {
            engine.remove_relay(&name).await?;
            printer.show(&json!({ "removed": name }), || vec![format!("{name} removed; what came by it stays")])?;
        }
    }
    Ok(Outcome::Done)
}

fn form(args: SetRelay) -> Result<RelayForm> {
    let token = args.token_env.as_deref().map(read_variable).transpose()?;
    Ok(RelayForm {
        name: args.name,
        kind: args.kind.map(|kind| kind.word().to_owned()).unwrap_or_default(),
        at: absolute(args.at),
        token: token.map(|token| token.expose_secret().to_owned()),
        allow_plain_http: args.allow_plain_http,
        all: args.incident.is_empty(),
        incidents: args.incident,
    })
}

/// A folder as the shell names it, from the root on.
fn absolute(at: String) -> String {
    if at.contains("://") {
        return at;
    }
    std::path::absolute(&at).map_or(at, |path| path.display().to_string())
}

fn described(row: &RelayRow) -> Vec<String> {
    let what = if row.all {
        "every incident".to_owned()
    } else {
        format!("{} chosen incidents", row.incidents.iter().filter(|i| i.shared).count())
    };
    let mut lines = vec![format!("{}: {} at {}, {what}, {}", row.name, row.kind.replace('_', "-"), row.at, row.state)];
    lines.extend(row.why.iter().map(|why| format!("  {why}")));
    let cells = row.incidents.iter().map(|one| {
        vec![format!("  {}", one.id), one.state.clone(), one.title.clone().unwrap_or_default(), one.why.clone().unwrap_or_default()]
    });
    if !row.incidents.is_empty() {
        lines.extend(table(&["  INCIDENT", "STATE", "TITLE", "SAID"], &cells.collect::<Vec<_>>()));
    }
    lines
}
