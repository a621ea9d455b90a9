//! A profile with nothing but paper: real store, no source, a clock that the test moves, and ids that say whose they are.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use firewatch_comms::Mailroom;
use firewatch_domain::ports::Ids;
use firewatch_engine::{Engine, World};
use firewatch_sources::Connector;
use firewatch_store::Store;
use firewatch_tests::Result;

use crate::stage::{Desk, NoCalendars, NoHeartbeat, NoKeyring, ScriptedClock};

/// A profile, its time and its engine.
pub struct Paper {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Its time.
    pub clock: Arc<ScriptedClock>,
    /// Its folder, if that is to go with this.
    _folder: Option<tempfile::TempDir>,
}

struct Named(&'static str, AtomicU64);

impl Ids for Named {
    fn fresh(&self) -> String {
        format!("{}-{:08}", self.0, self.1.fetch_add(1, Ordering::SeqCst))
    }
}

impl Paper {
    /// A new profile at a moment; its ids begin with its name.
    pub fn open(name: &'static str, now_s: i64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let paper = Self::over(folder.path(), name, now_s)?;
        Ok(Self { _folder: Some(folder), ..paper })
    }

    /// The profile in a folder, as another start of the program would find it.
    pub fn over(folder: &Path, name: &'static str, now_s: i64) -> Result<Self> {
        let clock = Arc::new(ScriptedClock::new(now_s));
        let world = World {
            clock: Arc::<ScriptedClock>::clone(&clock),
            ids: Arc::new(Named(name, AtomicU64::new(0))),
            connect: Arc::new(Connector::default()),
            calendars: Arc::new(NoCalendars),
            carrier: Arc::new(firewatch_relays::Lines),
            post: Arc::new(Mailroom),
            secrets: Arc::new(NoKeyring),
            announcer: Arc::new(Desk::new(&clock)),
            heartbeat: Arc::new(NoHeartbeat),
            checkups: Vec::new(),
        };
        let engine = Engine::new(Arc::new(Store::open(folder, "opened")?), world, false);
        Ok(Self { engine, clock, _folder: None })
    }
}
