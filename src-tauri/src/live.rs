//! What changed, carried to the tray and the window: bursts are folded, the tray is touched only when its face differs, the
//! window gets one hint and looks for itself.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Local;
use firewatch_engine::{Engine, Spoken, WINDOW};
use firewatch_store::Topic;
use tauri_specta::Event;
use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::app::App;
use crate::ipc::{Changed, Presence};
use crate::tray::{Tray, TrayAct, TrayModel};
use crate::windows;

/// Changes within this time become one hint.
const FOLDED: Duration = Duration::from_millis(120);
/// Hints that somebody wrote come at most this often; the first at once.
const BETWEEN_KEYS: Duration = Duration::from_millis(20);
/// The tray's clocks and ages move on at least this often.
const TRAY_BEAT: Duration = Duration::from_secs(30);

/// Topics on their way to the window; kept by Tauri for as long as the program runs.
struct Hints {
    topics: UnboundedSender<BTreeSet<String>>,
    /// Somebody wrote in a postmortem: told past all folding, for a word that another person typed is waited for.
    written: Notify,
}

/// Starts the tray and follows the person's own profile.
pub fn start(app: &Arc<App>) {
    let (sender, hints) = unbounded_channel();
    tauri::Manager::manage(&app.handle, Hints { topics: sender, written: Notify::new() });
    tauri::async_runtime::spawn(tell_written(Arc::clone(app)));
    if let Ok(engine) = app.own() {
        follow(app, engine);
    }
    let app = Arc::clone(app);
    tauri::async_runtime::spawn(async move {
        app.settled().await;
        let (acts_sender, acts) = unbounded_channel();
        let tray = Tray::start(acts_sender);
        tray.attach(&app.handle);
        hint(&app, BTreeSet::new());
        tauri::async_runtime::spawn(heed(Arc::clone(&app), acts));
        carry(app, hints, tray).await;
    });
}

/// Hears the changes of an engine, while it is the one on screen.
pub fn follow(app: &Arc<App>, engine: &Arc<Engine>) {
    let (handle, followed) = (Arc::downgrade(app), Arc::downgrade(engine));
    engine.store().on_change(move |topics| {
        let (Some(app), Some(engine)) = (handle.upgrade(), followed.upgrade()) else { return };
        if app.shows(&engine) {
            hint(&app, topics.iter().map(|t| t.word().to_owned()).collect());
        }
    });
    tauri::async_runtime::spawn(pass_on(Arc::downgrade(app), Arc::downgrade(engine), engine.presence_spoken()));
}

/// Another profile is on screen.
pub fn everything_changed(app: &Arc<App>) {
    hint(app, BTreeSet::from(["profile".to_owned()]));
}

fn hint(app: &Arc<App>, mut topics: BTreeSet<String>) {
    let hints = tauri::Manager::state::<Hints>(&app.handle);
    if topics.remove(Topic::Postmortem.word()) {
        hints.written.notify_one();
        // The tray says nothing of what somebody types.
        if topics.is_empty() {
            return;
        }
    }
    hints.topics.send(topics).ok();
}

async fn tell_written(app: Arc<App>) {
    loop {
        tauri::Manager::state::<Hints>(&app.handle).written.notified().await;
        tell(&app, BTreeSet::from([Topic::Postmortem.word().to_owned()]));
        tokio::time::sleep(BETWEEN_KEYS).await;
    }
}

/// What others say about who is there goes to the window as it comes: a caret that lags points at other words.
async fn pass_on(app: Weak<App>, engine: Weak<Engine>, mut spoken: Receiver<Spoken>) {
    loop {
        let heard = match spoken.recv().await {
            Ok(heard) => heard,
            // What was missed is said again within seconds.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let (Some(app), Some(engine)) = (app.upgrade(), engine.upgrade()) else { return };
        if heard.via != WINDOW && app.shows(&engine) && windows::is_open(&app.handle) {
            Presence { incident: heard.incident, update: STANDARD.encode(&heard.update) }.emit(&app.handle).ok();
        }
    }
}

async fn carry(app: Arc<App>, mut hints: UnboundedReceiver<BTreeSet<String>>, tray: Tray) {
    loop {
        let mut topics = match tokio::time::timeout(TRAY_BEAT, hints.recv()).await {
            Ok(Some(first)) => first,
            Ok(None) => return,
            Err(_) => BTreeSet::new(),
        };
        tokio::time::sleep(FOLDED).await;
        while let Ok(more) = hints.try_recv() {
            topics.extend(more);
        }
        if let Ok(engine) = app.engine()
            && let Ok(Ok(page)) = tauri::async_runtime::spawn_blocking(move || engine.watch_page()).await
        {
            tray.show(&TrayModel::of(&page, &Local));
        }
        tell(&app, topics);
    }
}

fn tell(app: &Arc<App>, topics: BTreeSet<String>) {
    if !topics.is_empty() && windows::is_open(&app.handle) {
        Changed { topics: topics.into_iter().collect() }.emit(&app.handle).ok();
    }
}

/// Does what the person chooses in the tray.
async fn heed(app: Arc<App>, mut acts: UnboundedReceiver<TrayAct>) {
    while let Some(act) = acts.recv().await {
        let Ok(engine) = app.engine() else {
            if act == TrayAct::Quit {
                app.quit();
            }
            windows::show(&app.handle, None);
            continue;
        };
        let done = match act {
            TrayAct::Open(to) => {
                windows::show(&app.handle, to);
                Ok(())
            }
            TrayAct::Declare => {
                windows::show(&app.handle, Some("/declare".to_owned()));
                Ok(())
            }
            TrayAct::Quit => {
                app.quit();
                Ok(())
            }
            other => tauri::async_runtime::spawn_blocking(move || on_engine(&engine, &other)).await.unwrap_or(Ok(())),
        };
        if let Err(error) = done {
            tracing::error!(%error, "the tray's choice could not be carried out");
        }
    }
}

fn on_engine(engine: &Engine, act: &TrayAct) -> Result<(), firewatch_engine::EngineError> {
    match act {
        TrayAct::Acknowledge(journey) => engine.acknowledge(journey),
        TrayAct::Snooze(journey) => engine.snooze(journey, 60),
        TrayAct::Pause => engine.pause(60),
        TrayAct::Resume => engine.resume(),
        TrayAct::Open(_) | TrayAct::Declare | TrayAct::Quit => Ok(()),
    }
}
