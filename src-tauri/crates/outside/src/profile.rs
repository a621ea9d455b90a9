//! A profile: its folder, its store, its engine over the real world.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_comms::Mailroom;
use firewatch_desktop::{shortcut, tray_host};
use firewatch_domain::ports::{Announcer, Check, Checkup, Clock};
use firewatch_engine::{Engine, EngineError, World, drill};
use firewatch_relays::Lines;
use firewatch_secrets::Keyring;
use firewatch_sources::Connector;
use firewatch_store::Store;
use firewatch_trackers::Office;

use crate::{CalendarReader, Pinger, SystemClock, UuidIds};

/// Where a profile lies: as given, else the platform's data folder.
pub fn data_folder(given: Option<&Path>) -> Option<PathBuf> {
    let platform = || directories::ProjectDirs::from("dev", "firewatch", "firewatch").map(|dirs| dirs.data_dir().to_owned());
    given.map(Path::to_owned).or_else(platform)
}

/// An open profile.
pub struct Profile {
    /// Its folder.
    pub folder: PathBuf,
    /// Its engine.
    pub engine: Arc<Engine>,
}

impl Profile {
    /// Opens the profile in a folder.
    pub fn open(folder: &Path, announcer: Arc<dyn Announcer>) -> Result<Self, EngineError> {
        Self::assemble(folder, Arc::new(SystemClock::new()), announcer, None)
    }

    /// Opens the drill beside a profile, from its beginning, at a speed.
    pub fn open_drill(profile: &Path, speed: f64, announcer: Arc<dyn Announcer>) -> Result<Self, EngineError> {
        let clock = drill::StoryClock::new(Arc::new(SystemClock::new()), drill::check_speed(speed)?);
        let folder = drill::clear(profile)?;
        let start = clock.start();
        Self::assemble(&folder, Arc::new(clock), announcer, Some(start))
    }

    fn assemble(
        folder: &Path,
        clock: Arc<dyn Clock>,
        announcer: Arc<dyn Announcer>,
        drill_start: Option<DateTime<Utc>>,
    ) -> Result<Self, EngineError> {
        let stamp = SystemClock::new().now().format("%Y%m%dT%H%M%SZ").to_string();
        let store = Arc::new(Store::open(folder, &stamp)?);
        let world = World {
            clock,
            ids: Arc::new(UuidIds),
            connect: Arc::new(Connector { drill_start, ..Connector::default() }),
            post: Arc::new(Office::before(Arc::new(Mailroom))),
            secrets: Arc::new(Keyring::new()),
            announcer,
            heartbeat: Arc::new(Pinger),
            calendars: Arc::new(CalendarReader),
            carrier: Arc::new(Lines),
            checkups: vec![Arc::new(Tray), Arc::new(CaptureKey)],
        };
        Ok(Self { folder: folder.to_owned(), engine: Engine::new(store, world, drill_start.is_some()) })
    }
}

struct Tray;

#[async_trait]
impl Checkup for Tray {
    async fn check(&self) -> Check {
        tray_host::check().await
    }
}

struct CaptureKey;

#[async_trait]
impl Checkup for CaptureKey {
    async fn check(&self) -> Check {
        shortcut::check()
    }
}
