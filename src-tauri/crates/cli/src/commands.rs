//! One function per command: open the profile, call one verb, print.

mod alerts;
mod backtest;
mod counts;
mod destination;
mod drill;
mod evaluate;
mod exclude;
mod followup;
mod hours;
mod incident;
mod ledger;
mod oncall;
mod outbox;
mod policy;
mod postmortem;
mod relay;
mod search;
mod services;
mod slo;
mod source;
mod ticket;
mod tighten;
mod tracker;
mod watch;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use firewatch_desktop::Desktop;
use firewatch_domain::ports::ToastAct;
use firewatch_outside::{Profile, data_folder};
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::Outcome;
use crate::args::{Args, Command};
use crate::face::{STATUS, status_row};
use crate::print::{Printer, table};
use crate::terminal::Terminal;

/// What the person chose on toasts, by toast key.
type Acts = UnboundedReceiver<(String, ToastAct)>;

/// The longest that closing a profile may hold the exit.
const CLOSING: Duration = Duration::from_secs(5);

/// Runs what was typed.
pub async fn run(args: Args, printer: Printer) -> Result<Outcome> {
    if let Command::Evaluate { slo, counts, at } = &args.command {
        return evaluate::run(slo, counts, at.as_deref(), printer);
    }
    if let Command::Backtest(replay) = &args.command
        && let Some(outcome) = backtest::from_files(replay, printer)?
    {
        return Ok(outcome);
    }
    let folder = data_folder(args.data.as_deref()).context("no home folder is known; name a profile folder with --data")?;
    if let Command::Drill(command) = args.command {
        return drill::run(command, &folder, printer).await;
    }
    let (profile, acts) = open(&folder, printer)?;
    let outcome = match args.command {
        Command::Whoami { name } => whoami(&profile, name, printer),
        Command::Source(command) => source::run(command, &profile, printer).await,
        Command::Slo(command) => slo::run(command, &profile, printer).await,
        Command::Poll { once } => watch::poll(&profile, once, printer).await,
        Command::Watch => watch::watch(&profile, acts).await,
        Command::Status { names } => status(&profile, &names, printer),
        Command::Exclude(args) => exclude::run(args, &profile, printer),
        Command::Ledger { name } => ledger::run(&name, &profile, printer),
        Command::Service(command) => services::run(command, &profile, printer),
        Command::Alerts(args) => alerts::list(&args, &profile, printer),
        Command::Incident(command) => incident::run(command, &profile, printer),
        Command::FollowUp(command) => followup::run(command, &profile, printer),
        Command::Policy(command) => policy::run(command, &profile, printer),
        Command::Destination(command) => destination::run(command, &profile, printer).await,
        Command::Hours(command) => hours::run(command, &profile, printer),
        Command::Oncall(command) => oncall::run(command, &profile, printer).await,
        Command::Postmortem(command) => postmortem::run(command, &profile, printer),
        Command::Search { query, limit } => search::run(&query, limit, &profile, printer),
        Command::Outbox(command) => outbox::run(command, &profile, printer),
        Command::Ticket(command) => ticket::run(command, &profile, printer).await,
        Command::Tracker(command) => tracker::run(command, &profile, printer).await,
        Command::Relay(command) => relay::run(command, &profile, printer).await,
        Command::Sync { once } => watch::sync(&profile, once, printer).await,
        Command::Doctor => doctor(&profile, printer).await,
        Command::Backtest(replay) => backtest::from_profile(&replay, &profile, printer),
        Command::Evaluate { .. } | Command::Drill(_) => Err(anyhow!("this command opens no profile of yours")),
    };
    close(profile).await;
    outcome
}

/// Lets go of a profile away from the runtime's own threads: the keyring's client blocks while it is dropped, which panics on
/// them. A keyring that hangs does not hold the exit.
async fn close(profile: Profile) {
    let closing = tokio::task::spawn_blocking(move || drop(profile));
    tokio::time::timeout(CLOSING, closing).await.ok();
}

fn open(folder: &Path, printer: Printer) -> Result<(Profile, Acts)> {
    let (sender, acts) = unbounded_channel();
    let terminal = Terminal::new(Box::new(Desktop::new("Firewatch", sender)), printer);
    let profile = Profile::open(folder, Arc::new(terminal))?;
    if let Some(recovery) = profile.engine.store().recovery() {
        let instead = if recovery.restored.is_some() { "the newest backup" } else { "a new, empty one" };
        let kept = recovery.set_aside.display();
        crate::notice(&format!("the database was damaged and is kept as {kept}; {instead} took its place, history is read back"));
    }
    Ok((profile, acts))
}

fn whoami(profile: &Profile, name: Option<String>, printer: Printer) -> Result<Outcome> {
    if let Some(name) = name {
        profile.engine.set_name(&name)?;
    }
    let (name, replica) = profile.engine.whoami()?;
    let shown = if name.is_empty() { "(no name yet; set one with --name)" } else { &name };
    printer.show(&json!({ "name": name, "replica": replica }), || vec![format!("{shown}, replica {replica}")])?;
    Ok(Outcome::Done)
}

fn status(profile: &Profile, names: &[String], printer: Printer) -> Result<Outcome> {
    let statuses = profile.engine.status(names)?;
    printer.show(&statuses, || {
        if statuses.is_empty() {
            return vec!["no SLOs yet; add some with `firewatchctl slo import` or `slo probe`".to_owned()];
        }
        table(&STATUS, &statuses.iter().map(status_row).collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

async fn doctor(profile: &Profile, printer: Printer) -> Result<Outcome> {
    let lines = profile.engine.doctor().await?;
    printer.show(&lines, || {
        let rows: Vec<_> = lines
            .iter()
            .map(|l| {
                vec![
                    l.verdict.clone(),
                    l.part.clone(),
                    if l.cure.is_empty() { l.message.clone() } else { format!("{} — {}", l.message, l.cure) },
                ]
            })
            .collect();
        table(&["VERDICT", "PART", "SEEN"], &rows)
    })?;
    Ok(Outcome::Done)
}

/// A duration such as `30s`, `500ms`, `5m`, in milliseconds.
fn milliseconds(text: &str) -> Result<f64> {
    let units = [("ms", 1.0), ("s", 1000.0), ("m", 60_000.0), ("h", 3_600_000.0)];
    let parsed = units.iter().find_map(|(unit, factor)| Some(text.trim().strip_suffix(unit)?.trim().parse::<f64>().ok()? * factor));
    parsed.filter(|ms| ms.is_finite() && *ms >= 0.0).with_context(|| format!("`{text}` is not a duration; write it as 500ms, 30s or 5m"))
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn durations() {
        for (text, ms) in [("500ms", 500.0), ("30s", 30_000.0), ("5m", 300_000.0), ("0m", 0.0)] {
            assert!((milliseconds(text).unwrap() - ms).abs() < f64::EPSILON, "{text}");
        }
        for text in ["", "5", "x", "-3s", "NaNs"] {
            assert!(milliseconds(text).is_err(), "{text}");
        }
    }
}
