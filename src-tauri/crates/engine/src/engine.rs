//! The engine of one profile: its memory, its ports, and what it holds between polls.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::ports::{Announcer, Calendars, Carrier, Checkup, Clock, Connect, Heartbeat, Ids, Post, SecretStore, Source};
use firewatch_domain::source::SourceConfig;
use firewatch_store::{Store, StoreError, Topic, Tx};
use tokio::sync::{Notify, broadcast, watch};

use crate::EngineError;
use crate::book::Book;
use crate::deliver::Rounds;
use crate::folds::Folds;
use crate::lookups::Lookups;
use crate::postmortems::Shelf;
use crate::presence::{Rooms, Spoken};
use crate::roster::Roster;
use crate::view::Degraded;

/// So many seconds without a write that found no space, and the disk is full no longer.
const FULL_FOR_S: i64 = 120;
/// Marks a profile as the drill's.
pub(crate) const DRILL: &str = "drill";
/// The latest sign of life, in unix seconds of the engine's time.
pub(crate) const AWAKE: &str = "awake_s";

/// Everything the engine asks of the outside.
#[derive(Clone)]
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn Ids>,
    /// Monitoring APIs.
    pub connect: Arc<dyn Connect>,
    /// Destinations of acts.
    pub post: Arc<dyn Post>,
    /// Secrets.
    pub secrets: Arc<dyn SecretStore>,
    /// Notifications.
    pub announcer: Arc<dyn Announcer>,
    /// The outside heartbeat.
    pub heartbeat: Arc<dyn Heartbeat>,
    /// Calendars of shifts.
    pub calendars: Arc<dyn Calendars>,
    /// Relays of case files.
    pub carrier: Arc<dyn Carrier>,
    /// Further parts of the desktop the doctor looks at.
    pub checkups: Vec<Arc<dyn Checkup>>,
}

/// Adapters by source name, each with the configuration it was made from.
type Adapters = BTreeMap<String, (SourceConfig, Arc<dyn Source>)>;

/// The engine of one profile.
pub struct Engine {
    pub(crate) store: Arc<Store>,
    pub(crate) world: World,
    pub(crate) book: Mutex<Book>,
    sources: Mutex<Adapters>,
    /// Incidents as last folded.
    pub(crate) folds: Mutex<Folds>,
    /// How many entries an act on an incident answers with; 0 for all.
    pub(crate) last_entries: AtomicUsize,
    /// Rings when an announcement may be waiting.
    pub(crate) bell: Notify,
    /// Rings when an act may be waiting.
    pub(crate) post_bell: Notify,
    /// Rings when a ticket may have to be read.
    pub(crate) ticket_bell: Notify,
    /// Rings when something may have to be told to a relay.
    pub(crate) case_bell: watch::Sender<u64>,
    /// Rings when entries or follow-ups may have to be told to a relay.
    pub(crate) room_bell: watch::Sender<u64>,
    /// Who is in which document.
    pub(crate) rooms: Mutex<Rooms>,
    /// What was heard of that, for whoever passes it on.
    pub(crate) spoken: broadcast::Sender<Spoken>,
    /// What delivery holds between rounds.
    pub(crate) rounds: Mutex<Rounds>,
    /// Rings when polling should not wait: a source was added, the person asked.
    pub(crate) hurry: Notify,
    /// Names that sources told lately.
    pub(crate) lookups: Lookups,
    /// Documents that were asked for lately.
    pub(crate) shelf: Mutex<Shelf>,
    /// Counts previews: a newer one takes the place of one that still runs.
    pub(crate) previews: watch::Sender<u64>,
    pub(crate) drill: bool,
    /// Shifts as last expanded.
    pub(crate) roster: Mutex<Option<Arc<Roster>>>,
    /// The watch runs: what is held in memory is the newest there is.
    pub(crate) watching: AtomicBool,
    /// The store's version before anything was read from it: what others write from here on is news.
    pub(crate) version_at_start: Option<i64>,
    /// When a write last found no space, in unix seconds; 0 once there was space for long enough.
    pub(crate) disk_full_s: AtomicI64,
    /// What the doctor found wrong when it last looked.
    pub(crate) degraded: Mutex<Vec<Degraded>>,
}

impl Engine {
    /// An engine over a store. `drill`: this profile is the drill's.
    pub fn new(store: Arc<Store>, world: World, drill: bool) -> Arc<Self> {
        Arc::new(Self {
            version_at_start: store.data_version().ok(),
            store,
            world,
            book: Mutex::default(),
            sources: Mutex::default(),
            folds: Mutex::default(),
            last_entries: AtomicUsize::new(0),
            bell: Notify::new(),
            post_bell: Notify::new(),
            ticket_bell: Notify::new(),
            case_bell: watch::Sender::new(0),
            room_bell: watch::Sender::new(0),
            rooms: Mutex::default(),
            spoken: broadcast::Sender::new(256),
            rounds: Mutex::default(),
            hurry: Notify::new(),
            lookups: Lookups::default(),
            shelf: Mutex::default(),
            previews: watch::Sender::new(0),
            drill,
            roster: Mutex::default(),
            watching: AtomicBool::new(false),
            disk_full_s: AtomicI64::new(0),
            degraded: Mutex::default(),
        })
    }

    /// Its memory.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Whether the watch runs.
    pub(crate) fn is_watching(&self) -> bool {
        self.watching.load(Ordering::Relaxed)
    }

    /// The engine's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    pub(crate) fn now_s(&self) -> i64 {
        self.now().timestamp()
    }

    /// A headline as it is told: what belongs to the drill says so first.
    pub(crate) fn titled(&self, title: String) -> String {
        if self.drill { format!("Drill: {title}") } else { title }
    }

    /// The time by which ages are judged: the story's in a drill's profile, whoever looks at it.
    pub(crate) fn judged_now_s(&self, tx: &Tx<'_>) -> Result<i64, EngineError> {
        if self.drill || tx.meta(DRILL)?.is_none() {
            return Ok(self.now_s());
        }
        Ok(tx.meta(AWAKE)?.and_then(|text| text.parse().ok()).unwrap_or_else(|| self.now_s()))
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another program wrote to the file: what is held in memory is read anew at the next use.
    pub(crate) fn forget(&self) {
        self.book().forget();
        self.sources().clear();
    }

    fn sources(&self) -> MutexGuard<'_, Adapters> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The adapter of a source; kept while its configuration stays the same, so that connections are reused. Asks the keyring
    /// on a thread of its own when it must be made.
    pub(crate) async fn adapter(self: &Arc<Self>, config: &SourceConfig) -> Result<Arc<dyn Source>, Fault> {
        if let Some((kept, source)) = self.sources().get(&config.name)
            && kept == config
        {
            return Ok(Arc::clone(source));
        }
        let (world, wanted) = (self.world.clone(), config.clone());
        let made = tokio::task::spawn_blocking(move || world.connect.connect(&wanted, world.secrets.as_ref())).await;
        let source = made.map_err(|lost| Fault::new(FaultKind::SecretMissing, format!("the keyring could not be asked: {lost}")))??;
        self.sources().insert(config.name.clone(), (config.clone(), Arc::clone(&source)));
        Ok(source)
    }

    /// The adapter of a source, if it was made already.
    pub(crate) fn kept_adapter(&self, name: &str) -> Option<Arc<dyn Source>> {
        self.sources().get(name).map(|(_, source)| Arc::clone(source))
    }

    /// Lets a source's adapter be made anew: its secret may have changed.
    pub(crate) fn forget_adapter(&self, name: &str) {
        self.sources().remove(name);
    }

    /// Runs a piece of work that blocks (SQLite) off the runtime's threads.
    pub(crate) async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Arc<Self>) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let engine = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&engine)).await.map_err(|lost| EngineError::Lost(lost.to_string()))?
    }

    /// A write transaction; that there is no space for it is remembered until there is again.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let written = self.store.write(work);
        let (before, now) = (self.disk_full_s.load(Ordering::Relaxed), self.now_s());
        let after = match &written {
            Err(EngineError::Store(StoreError::DiskFull)) => now,
            // A small write may find a place where a poll does not.
            Ok(_) if before != 0 && (now - before).abs() > FULL_FOR_S => 0,
            _ => before,
        };
        self.disk_full_s.store(after, Ordering::Relaxed);
        if (before == 0) != (after == 0) {
            self.store.tell(&[Topic::Frame].into());
        }
        written
    }

    /// A consistent read.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        self.store.read(work)
    }
}
