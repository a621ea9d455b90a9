//! `poll` and `watch`: the engine in the foreground, under the profile's lock.

use std::time::Duration;

use anyhow::Result;
use firewatch_engine::lock::ProfileLock;
use firewatch_outside::Profile;
use serde_json::json;
use tokio::sync::watch::{Sender, channel};

use super::Acts;
use crate::Outcome;
use crate::print::{Printer, table};

/// Between two rounds of `sync` without `--once`.
const SYNC: Duration = Duration::from_secs(2);
/// Between two rounds of `poll` without `--once`.
const ROUND: Duration = Duration::from_secs(30);

pub async fn poll(profile: &Profile, once: bool, printer: Printer) -> Result<Outcome> {
    let _lock = ProfileLock::take(&profile.folder, "firewatchctl poll")?;
    loop {
        let rounds = profile.engine.poll_once().await?;
        let values: Vec<_> = rounds
            .iter()
            .map(|(source, r)| json!({ "source": source, "read": r.read, "faults": r.faults, "deaf": r.deaf, "history_left_minutes": r.history_left }))
            .collect();
        printer.show(&values, || {
            let alerts = |deaf: bool| if deaf { "not heard" } else { "" }.to_owned();
            let rows = rounds.iter().map(|(source, r)| vec![source.clone(), r.read.to_string(), r.faults.to_string(), alerts(r.deaf)]);
            table(&["SOURCE", "READ", "FAULTS", "ALERTS"], &rows.collect::<Vec<_>>())
        })?;
        if once {
            return Ok(Outcome::Done);
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = interrupted() => return Ok(Outcome::Done),
        }
    }
}

/// Carries out what is due, under the lock: an act that two programs sent would be two acts.
pub async fn sync(profile: &Profile, once: bool, printer: Printer) -> Result<Outcome> {
    let _lock = ProfileLock::take(&profile.folder, "firewatchctl sync")?;
    loop {
        let rounds = if once { profile.engine.sync_once().await? } else { profile.engine.sync_due().await? };
        for round in rounds.iter().filter(|round| round.trouble.is_some()) {
            crate::notice(&format!("{}: {}", round.tracker, round.trouble.as_deref().unwrap_or_default()));
        }
        if once {
            super::outbox::list(profile, printer)?;
            return Ok(Outcome::Done);
        }
        tokio::select! {
            () = tokio::time::sleep(SYNC) => {}
            () = interrupted() => return Ok(Outcome::Done),
        }
    }
}

pub async fn watch(profile: &Profile, acts: Acts) -> Result<Outcome> {
    let _lock = ProfileLock::take(&profile.folder, "firewatchctl watch")?;
    let (stop, stopped) = channel(false);
    let watching = tokio::spawn({
        let engine = profile.engine.clone();
        async move { engine.watch(stopped).await }
    });
    heed_until_interrupted(profile, acts, &stop).await;
    watching.await?;
    Ok(Outcome::Done)
}

/// Does what the person chooses on toasts until the end.
pub async fn heed_until_interrupted(profile: &Profile, mut acts: Acts, stop: &Sender<bool>) {
    let interrupted = interrupted();
    tokio::pin!(interrupted);
    loop {
        tokio::select! {
            () = &mut interrupted => break,
            Some((key, act)) = acts.recv() => {
                let engine = profile.engine.clone();
                tokio::task::spawn_blocking(move || engine.heed(&key, act)).await.ok();
            }
        }
    }
    stop.send_replace(true);
}

/// Ctrl-C, or the system asking to end.
pub async fn interrupted() {
    #[cfg(unix)]
    if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = term.recv() => {}
        }
        return;
    }
    tokio::signal::ctrl_c().await.ok();
}
