//! `tracker …`

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use firewatch_engine::view::{TrackerForm, TrackerRow};
use firewatch_outside::Profile;
use secrecy::ExposeSecret;
use serde_json::json;

use super::source::{read_variable, tested};
use crate::Outcome;
use crate::args::{AddTracker, JiraArgs, JiraKind, TrackerCommand};
use crate::print::{Printer, table};

pub async fn run(command: TrackerCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    match command {
        TrackerCommand::Add(AddTracker::Jira(args)) => {
            let variable = args.token_env.clone();
            let row = engine.add_tracker(form(args)?, Some(variable)).await?;
            printer.show(&row, || described(&row))?;
        }
        TrackerCommand::List => {
            let rows = engine.trackers()?;
            printer.show(&rows, || {
                if rows.is_empty() {
                    return vec!["no trackers; add one with `firewatchctl tracker add jira`".to_owned()];
                }
                let cells = rows.iter().map(|t| {
                    let said = t.trouble.clone().or_else(|| brake(t)).unwrap_or_default();
                    vec![
                        t.name.clone(),
                        t.kind.clone(),
                        t.project.clone(),
                        t.url.clone(),
                        t.links.to_string(),
                        t.waiting.to_string(),
                        t.asking.to_string(),
                        said,
                    ]
                });
                table(&["NAME", "KIND", "PROJECT", "ADDRESS", "TICKETS", "WAITING", "ASKING", "SAID"], &cells.collect::<Vec<_>>())
            })?;
        }
        TrackerCommand::Test { name } => {
            let test = engine.test_tracker(&name).await?;
            return tested(&name, &test, printer);
        }
        TrackerCommand::Set { name, field, expires, automatic } => {
            let form = TrackerForm { name, constants: constants(&field)?, expires, automatic, ..TrackerForm::default() };
            let row = engine.change_tracker(&form)?;
            printer.show(&row, || described(&row))?;
        }
        TrackerCommand::Person { name, owner, account } => {
            let row = engine.name_person(&name, &owner, &account, &owner)?;
            printer.show(&row, || vec![format!("{owner} is {account} at {name}")])?;
        }
        TrackerCommand::Believe { name } => {
            let row = engine.release_brake(&name)?;
            printer.show(&row, || vec![format!("the next sync with {name} believes what it is told")])?;
        }
        TrackerCommand::Remove { name } => {
            engine.remove_tracker(&name).await?;
            printer.show(&json!({ "removed": name }), || vec![format!("{name} removed; its tickets stay where they are")])?;
        }
    }
    Ok(Outcome::Done)
}

fn form(args: JiraArgs) -> Result<TrackerForm> {
    Ok(TrackerForm {
        name: args.name,
        kind: if args.kind == JiraKind::Cloud { "cloud" } else { "datacenter" }.to_owned(),
        url: args.url,
        email: args.email,
        token: Some(read_variable(&args.token_env)?.expose_secret().to_owned()),
        project: args.project,
        issue_type: args.issue_type,
        allow_plain_http: args.allow_plain_http,
        constants: constants(&args.field)?,
        expires: args.expires,
        automatic: Some(!args.by_hand),
        label: Some(!args.no_label),
    })
}

fn constants(typed: &[String]) -> Result<BTreeMap<String, String>> {
    let one = |text: &String| {
        let (field, value) = text.split_once('=').with_context(|| format!("`{text}` is not FIELD=VALUE"))?;
        Ok((field.trim().to_owned(), value.trim().to_owned()))
    };
    typed.iter().map(one).collect()
}

fn described(row: &TrackerRow) -> Vec<String> {
    let mut lines =
        vec![format!("{}: project {} as {}, new tickets are of the type {}", row.name, row.project, row.account, row.issue_type)];
    let demands = row.demands.iter().map(|d| {
        let options = if d.options.is_empty() { String::new() } else { format!(" ({})", d.options.join(", ")) };
        format!("every new ticket needs {}{options}: firewatchctl tracker set {} --field {}=VALUE", d.name, row.name, d.field)
    });
    lines.extend(demands);
    lines.extend(row.expires_in_days.map(|days| format!("the token ends in {days:.0} days")));
    lines
}

fn brake(row: &TrackerRow) -> Option<String> {
    let brake = row.brake.as_ref()?;
    Some(format!("{} of {} tickets are gone at once; if that is so: firewatchctl tracker believe {}", brake.lost, brake.links, row.name))
}
