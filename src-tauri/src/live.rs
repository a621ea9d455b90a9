//! What changed, carried to the tray and the window: bursts are folded, the tray is touched only when its face differs, the
//! window gets one hint and looks for itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Local;
use firewatch_engine::Engine;
use firewatch_store::Topic;
use tauri_specta::Event;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::app::App;
use crate::ipc::Changed;
use crate::tray::{Tray, TrayAct, TrayModel};
use crate::windows;

/// Changes within this time become one hint.
const FOLDED: Duration = Duration::from_millis(120);
/// The tray's clocks and ages move on at least this often.
const TRAY_BEAT: Duration = Duration::from_secs(30);

/// Topics on their way to the window; kept by Tauri for as long as the program runs.
struct Hints(UnboundedSender<BTreeSet<String>>);

/// Starts the tray and follows the person's own profile.
pub fn start(app: &Arc<App>) {
    let (sender, hints) = unbounded_channel();
    tauri::Manager::manage(&app.handle, Hints(sender));
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
}

/// Another profile is on screen.
pub fn everything_changed(app: &Arc<App>) {
    hint(app, BTreeSet::from(["profile".to_owned()]));
}

fn hint(app: &Arc<App>, topics: BTreeSet<String>) {
    let hints = tauri::Manager::state::<Hints>(&app.handle);
    hints.0.send(topics).ok();
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
        // Somebody types: the tray says nothing of that.
        let typing = !topics.is_empty() && topics.iter().all(|topic| topic == Topic::Postmortem.word());
        if !typing
            && let Ok(engine) = app.engine()
            && let Ok(Ok(page)) = tauri::async_runtime::spawn_blocking(move || engine.watch_page()).await
        {
            tray.show(&TrayModel::of(&page, &Local));
        }
        if !topics.is_empty() && windows::is_open(&app.handle) {
            Changed { topics: topics.into_iter().collect() }.emit(&app.handle).ok();
        }
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
