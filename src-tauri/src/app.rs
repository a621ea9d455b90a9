//! What the program holds: the person's profile, the drill beside it while one plays, and which of both is on screen.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firewatch_desktop::Desktop;
use firewatch_engine::lock::ProfileLock;
use firewatch_engine::view::WatchPage;
use firewatch_engine::{Engine, EngineError, drill};
use firewatch_outside::Profile;
use tauri::AppHandle;
use tauri::async_runtime::JoinHandle;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch::{Sender, channel};

use crate::error::WireError;
use crate::{live, toasts};

/// How long the watch waits for the first page.
const PATIENCE: Duration = Duration::from_secs(3);

/// Entries of a timeline that an act answers the window with; it knows those before.
const LAST_ENTRIES: usize = 200;

/// A drill that plays.
struct Drill {
    profile: Profile,
    stop: Sender<bool>,
    _lock: ProfileLock,
}

/// What the program holds.
pub struct App {
    pub handle: AppHandle,
    folder: PathBuf,
    /// The profile, or why it could not be opened: the window says so.
    own: Result<Profile, String>,
    drill: Mutex<Option<Drill>>,
    stop: Sender<bool>,
    /// The first page was painted, or none is to be.
    settled: Sender<bool>,
    /// The list as the store has it, read while the window is still being made.
    first_list: Mutex<Option<JoinHandle<Result<WatchPage, EngineError>>>>,
    _lock: Option<ProfileLock>,
}

impl App {
    /// Opens the profile. Without one the program still starts, to say kindly why.
    /// `hidden`: no window is to be painted first.
    pub fn open(handle: AppHandle, folder: PathBuf, lock: Option<ProfileLock>, hidden: bool) -> Self {
        let (sender, acts) = unbounded_channel();
        let announcer = Arc::new(Desktop::new("Firewatch", sender));
        let own = Profile::open(&folder, announcer).map_err(|error| {
            tracing::error!(%error, "the profile cannot be opened");
            error.to_string()
        });
        if let Ok(profile) = &own {
            toasts::heed(handle.clone(), Arc::clone(&profile.engine), acts);
        }
        let first_list = own.as_ref().ok().filter(|_| !hidden).map(|profile| {
            let engine = Arc::clone(&profile.engine);
            tauri::async_runtime::spawn_blocking(move || engine.watch_page())
        });
        Self {
            handle,
            folder,
            own,
            drill: Mutex::default(),
            stop: channel(false).0,
            settled: channel(hidden).0,
            first_list: Mutex::new(first_list),
            _lock: lock,
        }
    }

    /// The list for the first who asks, if it was read at the start. Whoever asks later asks the engine.
    pub async fn first_list(&self) -> Option<WatchPage> {
        let reading = self.first_list.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let mut list = reading.await.ok()?.ok()?;
        list.frame.now = self.own().ok()?.now().timestamp_millis() as f64 / 1000.0;
        Some(list)
    }

    /// Starts the watch of the person's own profile.
    pub fn start_watching(self: &Arc<Self>) {
        let app = Arc::clone(self);
        tauri::async_runtime::spawn(async move {
            app.settled().await;
            if let Ok(profile) = &app.own {
                watch(&profile.engine, &app.stop);
            }
        });
    }

    /// The first page was painted.
    pub fn note_painted(&self) {
        self.settled.send_replace(true);
    }

    /// Waits until the first page stands: a start must not compete with the person who waits for it. Not for long, since a
    /// page may fail.
    pub async fn settled(&self) {
        let mut settled = self.settled.subscribe();
        tokio::time::timeout(PATIENCE, settled.wait_for(|settled| *settled)).await.ok();
    }

    /// The engine that is on screen: the drill's while one plays.
    pub fn engine(&self) -> Result<Arc<Engine>, WireError> {
        if let Some(drill) = self.playing().as_ref() {
            return Ok(Arc::clone(&drill.profile.engine));
        }
        self.own().map(Arc::clone)
    }

    /// The person's own engine.
    pub fn own(&self) -> Result<&Arc<Engine>, WireError> {
        self.own.as_ref().map(|profile| &profile.engine).map_err(|why| WireError::refused(why.clone()))
    }

    /// Whether an engine is the one on screen.
    pub fn shows(&self, engine: &Arc<Engine>) -> bool {
        self.engine().is_ok_and(|shown| Arc::ptr_eq(&shown, engine))
    }

    /// Starts a drill, or starts it over. The person's own watch goes on.
    pub async fn start_drill(self: &Arc<Self>, speed: f64) -> Result<(), EngineError> {
        self.stop_drill();
        let lock = ProfileLock::take(&drill::folder(&self.folder), "the window's drill")?;
        let (sender, acts) = unbounded_channel();
        let profile = Profile::open_drill(&self.folder, speed, Arc::new(Desktop::new("Firewatch", sender)))?;
        profile.engine.set_the_stage().await?;
        let stop = channel(false).0;
        watch(&profile.engine, &stop);
        toasts::heed(self.handle.clone(), Arc::clone(&profile.engine), acts);
        live::follow(self, &profile.engine);
        *self.playing() = Some(Drill { profile, stop, _lock: lock });
        live::everything_changed(self);
        Ok(())
    }

    /// Ends the drill, if one plays.
    pub fn stop_drill(self: &Arc<Self>) {
        let ended = self.playing().take();
        if let Some(drill) = ended {
            drill.stop.send_replace(true);
            live::everything_changed(self);
        }
    }

    /// Whether the program goes on when its last window is closed.
    pub fn keeps_watch_without_window(&self) -> bool {
        self.own().is_ok_and(|engine| engine.settings().is_ok_and(|s| s.close_keeps_watch))
    }

    /// Ends everything, at the person's word.
    pub fn quit(&self) {
        self.stop.send_replace(true);
        if let Some(drill) = self.playing().as_ref() {
            drill.stop.send_replace(true);
        }
        self.handle.exit(0);
    }

    fn playing(&self) -> MutexGuard<'_, Option<Drill>> {
        self.drill.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn watch(engine: &Arc<Engine>, stop: &Sender<bool>) {
    engine.answer_with_last(LAST_ENTRIES);
    let (engine, stopped) = (Arc::clone(engine), stop.subscribe());
    tauri::async_runtime::spawn(async move { engine.watch(stopped).await });
}
