//! `destination …`

use anyhow::Result;
use firewatch_engine::view::DestinationForm;
use firewatch_outside::Profile;
use secrecy::ExposeSecret;
use serde_json::json;

use super::source::{read_variable, tested};
use crate::Outcome;
use crate::args::{AddDestination, DestinationCommand};
use crate::print::{Printer, table};

pub async fn run(command: DestinationCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    match command {
        DestinationCommand::Add(add) => {
            let (form, variable) = form(add)?;
            let row = profile.engine.add_destination(form, variable).await?;
            printer.show(&row, || vec![format!("{} added; secret: {}", row.name, row.secret)])?;
        }
        DestinationCommand::List => {
            let rows = profile.engine.destinations()?;
            printer.show(&rows, || {
                let cells =
                    rows.iter().map(|d| vec![d.name.clone(), d.kind.clone(), d.detail.clone(), d.secret.clone(), d.open.to_string()]);
                table(&["NAME", "KIND", "WHERE", "SECRET", "OPEN"], &cells.collect::<Vec<_>>())
            })?;
        }
        DestinationCommand::Test { name } => {
            let test = profile.engine.test_destination(&name).await?;
            return tested(&name, &test, printer);
        }
        DestinationCommand::Remove { name } => {
            profile.engine.remove_destination(&name).await?;
            printer.show(&json!({ "removed": name }), || vec![format!("{name} removed; acts for it stay in the outbox")])?;
        }
    }
    Ok(Outcome::Done)
}

/// What was typed as the form, and the variable its secret came from.
fn form(add: AddDestination) -> Result<(DestinationForm, Option<String>)> {
    let secret = |variable: &str| Ok::<_, anyhow::Error>(Some(read_variable(variable)?.expose_secret().to_owned()));
    Ok(match add {
        AddDestination::SlackWebhook { name, address_env } => {
            let form = DestinationForm { name, kind: "slack_webhook".to_owned(), secret: secret(&address_env)?, ..Default::default() };
            (form, Some(address_env))
        }
        AddDestination::Teams { name, address_env } => {
            let form = DestinationForm { name, kind: "teams_workflow".to_owned(), secret: secret(&address_env)?, ..Default::default() };
            (form, Some(address_env))
        }
        AddDestination::SlackBot { name, channel, token_env, api } => {
            let kind = "slack_bot".to_owned();
            let form = DestinationForm { name, kind, secret: secret(&token_env)?, channel: Some(channel), api, ..Default::default() };
            (form, Some(token_env))
        }
        AddDestination::Folder { name, path } => {
            let path = std::path::absolute(&path).unwrap_or(path).display().to_string();
            (DestinationForm { name, kind: "folder".to_owned(), path: Some(path), ..Default::default() }, None)
        }
        AddDestination::Zoom { name, account, client, secret_env, user, api, sign_in } => {
            let form = DestinationForm {
                name,
                kind: "zoom".to_owned(),
                secret: secret(&secret_env)?,
                account: Some(account),
                client: Some(client),
                user: Some(user),
                api,
                sign_in,
                ..Default::default()
            };
            (form, Some(secret_env))
        }
    })
}
