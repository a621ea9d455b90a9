//! `source …`

use anyhow::{Context, Result};
use firewatch_domain::words;
use firewatch_engine::view::SourceTest;
use firewatch_engine::{NewDatadog, NewKind, NewSecret, NewSource, parse_header};
use firewatch_outside::Profile;
use secrecy::SecretString;
use serde_json::json;

use super::milliseconds;
use crate::Outcome;
use crate::args::{AddCommand, DatadogArgs, PlaceArgs, SourceCommand};
use crate::print::{Printer, table};

pub async fn run(command: SourceCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    match command {
        SourceCommand::Add(AddCommand::Prometheus(args)) => add(args.place, NewKind::Prometheus, args.alerts, profile, printer).await,
        SourceCommand::Add(AddCommand::Alertmanager(args)) => {
            add(args.place, NewKind::Alertmanager { environment: args.environment }, true, profile, printer).await
        }
        SourceCommand::Add(AddCommand::Datadog(args)) => add_datadog(args, profile, printer).await,
        SourceCommand::List => list(profile, printer),
        SourceCommand::Test { name } => test(&name, profile, printer).await,
        SourceCommand::Remove { name } => {
            profile.engine.remove_source(&name).await?;
            printer.show(&json!({ "removed": name }), || vec![format!("{name} removed; its SLOs stay and go blind")])?;
            Ok(Outcome::Done)
        }
    }
}

async fn add(args: PlaceArgs, kind: NewKind, alerts: bool, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let headers = args.header.iter().map(|h| parse_header(h)).collect::<Result<Vec<_>, _>>()?;
    let variables = args.header_env.iter().map(|h| {
        let (name, variable) = h.split_once('=').with_context(|| format!("`{h}` is not NAME=VARIABLE"))?;
        read_variable(variable)?;
        Ok((name.trim().to_owned(), variable.trim().to_owned()))
    });
    let new = NewSource {
        kind,
        alerts,
        name: args.name,
        url: args.url,
        interval_s: (milliseconds(&args.interval)? / 1000.0) as u64,
        user: args.user,
        secret: args
            .token_env
            .map(|variable| Ok::<_, anyhow::Error>(NewSecret { value: read_variable(&variable)?, variable: Some(variable) }))
            .transpose()?,
        headers,
        header_variables: variables.collect::<Result<_>>()?,
        allow_plain_http: args.allow_plain_http,
    };
    let row = profile.engine.add_source(new).await?;
    printer.show(&row, || vec![format!("{} added ({}); secret: {}", row.name, row.id, row.secret)])?;
    Ok(Outcome::Done)
}

async fn add_datadog(args: DatadogArgs, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let key = |variable: String| Ok::<_, anyhow::Error>(NewSecret { value: read_variable(&variable)?, variable: Some(variable) });
    let new = NewDatadog {
        name: args.name,
        site: args.url.unwrap_or(args.site),
        interval_s: (milliseconds(&args.interval)? / 1000.0) as u64,
        api_key: key(args.token_env)?,
        app_key: key(args.app_key_env)?,
        allow_plain_http: args.allow_plain_http,
    };
    let row = profile.engine.add_datadog(new).await?;
    printer.show(&row, || vec![format!("{} added ({}); keys: {}", row.name, row.id, row.secret)])?;
    Ok(Outcome::Done)
}

pub(super) fn read_variable(name: &str) -> Result<SecretString> {
    let value = std::env::var(name).ok().filter(|v| !v.is_empty());
    value.map(SecretString::from).with_context(|| format!("the variable {name} is empty or not set; export it first"))
}

fn list(profile: &Profile, printer: Printer) -> Result<Outcome> {
    let rows = profile.engine.sources_list()?;
    printer.show(&rows, || {
        let cells = rows.iter().map(|r| {
            let cost = match (r.last_requests, r.last_poll_ms) {
                (Some(requests), Some(ms)) => format!("{requests} requests, {ms} ms"),
                _ => String::new(),
            };
            vec![
                r.health.clone(),
                r.name.clone(),
                r.kind.clone(),
                r.url.clone(),
                format!("{} SLOs", r.slos),
                cost,
                r.error.clone().unwrap_or_default(),
            ]
        });
        table(&["HEALTH", "NAME", "KIND", "ADDRESS", "SLOS", "LAST POLL", "ERROR"], &cells.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

async fn test(name: &str, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let test = profile.engine.test_source(name).await?;
    tested(name, &test, printer)
}

/// Prints what a test saw; fails when something is broken.
pub(super) fn tested(name: &str, test: &SourceTest, printer: Printer) -> Result<Outcome> {
    printer.show(test, || {
        let rows =
            test.lines.iter().map(|l| vec![l.verdict.clone(), l.check.clone(), words::plain(&format!("{} {}", l.message, l.cure), 300)]);
        table(&["VERDICT", "CHECK", "SEEN"], &rows.collect::<Vec<_>>())
    })?;
    if test.lines.iter().any(|l| l.verdict == "broken") {
        let broken = test.lines.iter().filter(|l| l.verdict == "broken").map(|l| format!("{}: {}", l.check, l.message));
        anyhow::bail!("{name} does not work: {}", broken.collect::<Vec<_>>().join("; "));
    }
    Ok(Outcome::Done)
}
