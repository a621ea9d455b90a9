//! `drill …`: the story in the foreground, in a profile of its own beside the real one.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use firewatch_desktop::Desktop;
use firewatch_engine::drill::folder;
use firewatch_engine::lock::ProfileLock;
use firewatch_engine::view::DrillScore;
use firewatch_outside::Profile;
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch::channel;

use super::Acts;
use super::watch::heed_until_interrupted;
use crate::Outcome;
use crate::args::DrillCommand;
use crate::print::Printer;
use crate::terminal::Terminal;

const LOOK_FOR_STOP: Duration = Duration::from_millis(500);

pub async fn run(command: DrillCommand, profile: &Path, printer: Printer) -> Result<Outcome> {
    match command {
        DrillCommand::Start { story, speed } if story == "settings" => start(profile, speed, printer).await,
        DrillCommand::Start { story, .. } => bail!("there is no story `{story}`; the one to play is `settings`"),
        DrillCommand::Stop => stop(profile, printer),
        DrillCommand::Score => score(profile, printer),
    }
}

async fn start(profile: &Path, speed: f64, printer: Printer) -> Result<Outcome> {
    let _lock = ProfileLock::take(&folder(profile), "firewatchctl drill")?;
    let (sender, acts) = unbounded_channel();
    let terminal = Terminal::new(Box::new(Desktop::new("Firewatch", sender)), printer);
    let drill = Profile::open_drill(profile, speed, Arc::new(terminal))?;
    let outcome = play(&drill, acts, speed, printer).await;
    super::close(drill).await;
    outcome
}

async fn play(drill: &Profile, acts: Acts, speed: f64, printer: Printer) -> Result<Outcome> {
    drill.engine.set_the_stage().await?;
    let (place, slos) = (drill.folder.display().to_string(), drill.engine.slos()?.len());
    printer.event(
        &json!({ "event": "started", "story": "settings", "speed": speed, "profile": place, "slos": slos }),
        &format!("the Settings story plays at {speed}× in {place}: {slos} SLOs; nothing here is real"),
    )?;
    let (stop, stopped) = channel(false);
    let watching = tokio::spawn({
        let engine = drill.engine.clone();
        async move { engine.watch(stopped).await }
    });
    tokio::select! {
        () = heed_until_interrupted(drill, acts, &stop) => {}
        () = stop_asked(drill) => { stop.send_replace(true); }
    }
    watching.await?;
    let score = drill.engine.drill_score()?;
    printer.event(&json!({ "event": "score", "score": score }), &scored(score.as_ref()).join("; "))?;
    Ok(Outcome::Done)
}

async fn stop_asked(drill: &Profile) {
    loop {
        tokio::time::sleep(LOOK_FOR_STOP).await;
        let engine = drill.engine.clone();
        if tokio::task::spawn_blocking(move || engine.stop_asked()).await.is_ok_and(|asked| asked.unwrap_or(false)) {
            return;
        }
    }
}

/// How the drill that was played last went, or the one that plays.
fn score(profile: &Path, printer: Printer) -> Result<Outcome> {
    let (sender, _acts) = unbounded_channel();
    let drill = Profile::open(&folder(profile), Arc::new(Terminal::new(Box::new(Desktop::new("Firewatch", sender)), printer)))?;
    let score = drill.engine.drill_score()?;
    printer.show(&score, || scored(score.as_ref()))?;
    Ok(Outcome::Done)
}

fn scored(score: Option<&DrillScore>) -> Vec<String> {
    let Some(score) = score else { return vec!["nobody was notified yet, so there is nothing to score".to_owned()] };
    let line = |what: &str, seconds: Option<f64>| match seconds {
        Some(seconds) => format!("{what} {seconds:.0} s after the first notification"),
        None => format!("not {what}"),
    };
    vec![line("acknowledged", score.acknowledged_s), line("declared", score.declared_s), line("first update", score.updated_s)]
}

fn stop(profile: &Path, printer: Printer) -> Result<Outcome> {
    let folder = folder(profile);
    if ProfileLock::take(&folder, "firewatchctl drill stop").is_ok() {
        bail!("no drill is playing for this profile");
    }
    let (sender, _acts) = unbounded_channel();
    Profile::open(&folder, Arc::new(Terminal::new(Box::new(Desktop::new("Firewatch", sender)), printer)))?.engine.ask_to_stop()?;
    printer.show(&json!({ "stopped": true }), || vec!["the drill is asked to stop".to_owned()])?;
    Ok(Outcome::Done)
}
