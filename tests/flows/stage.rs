//! The engine on a stage: real store, real Prometheus adapter, but a clock that the test moves and a desk that remembers what was
//! shown on it. So a month can be lived through in seconds, minute by minute, and every message is known with its time.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_comms::Mailroom;
use firewatch_domain::announcement::Toast;
use firewatch_domain::ports::{Announcer, CalendarCopy, Calendars, Check, Clock, Heartbeat, Ids, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use firewatch_engine::view::{DroppedFile, SloStatus};
use firewatch_engine::{Engine, NewKind, NewSource, World};
use firewatch_sources::{Connector, Limits};
use firewatch_store::Store;
use firewatch_tests::hostile::Hostile;
use secrecy::SecretString;

/// Seconds between polls of the stage's source.
pub const INTERVAL_S: i64 = 60;
/// The name of its source.
pub const SOURCE: &str = "prom";

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ScriptedClock {
    at_s: AtomicI64,
    start_s: i64,
}

impl ScriptedClock {
    /// At a moment.
    pub fn new(now_s: i64) -> Self {
        Self { at_s: AtomicI64::new(now_s), start_s: now_s }
    }

    /// Moves it.
    pub fn set(&self, unix_s: i64) {
        self.at_s.store(unix_s, Ordering::SeqCst);
    }

    /// Unix seconds.
    pub fn get(&self) -> i64 {
        self.at_s.load(Ordering::SeqCst)
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.get(), 0).unwrap_or_default()
    }

    fn steady(&self) -> Duration {
        Duration::from_secs((self.get() - self.start_s).max(0).unsigned_abs())
    }
}

/// A desk that remembers what was shown on it, and when.
#[derive(Debug)]
pub struct Desk {
    clock: Arc<ScriptedClock>,
    shown: Mutex<Vec<(i64, Toast)>>,
    amended: Mutex<Vec<(i64, Toast)>>,
}

impl Desk {
    /// An empty one.
    pub fn new(clock: &Arc<ScriptedClock>) -> Self {
        Self { clock: Arc::clone(clock), shown: Mutex::default(), amended: Mutex::default() }
    }

    /// Everything so far: unix seconds and toast.
    pub fn shown(&self) -> Vec<(i64, Toast)> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every amendment so far: unix seconds and toast.
    pub fn amended(&self) -> Vec<(i64, Toast)> {
        self.amended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many so far.
    pub fn count(&self) -> usize {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[async_trait]
impl Announcer for Desk {
    async fn show(&self, toast: &Toast) -> Result<(), String> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).push((self.clock.get(), toast.clone()));
        Ok(())
    }

    async fn amend(&self, toast: &Toast) -> Result<(), String> {
        self.amended.lock().unwrap_or_else(PoisonError::into_inner).push((self.clock.get(), toast.clone()));
        Ok(())
    }

    async fn close(&self, _key: &str) {}

    async fn check(&self) -> Check {
        Check { name: "notifications", verdict: Verdict::Ok, message: "a desk in a test".to_owned(), cure: String::new() }
    }
}

/// Ids one after another.
#[derive(Debug, Default)]
pub struct Numbered(AtomicI64);

impl Ids for Numbered {
    fn fresh(&self) -> String {
        format!("id-{:06}", self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// No secrets are kept.
pub struct NoKeyring;

impl SecretStore for NoKeyring {
    fn keep(&self, _entry: &str, _secret: SecretString) -> Result<SecretPlace, SecretError> {
        Err(SecretError::NoKeyring("none on this stage".to_owned()))
    }

    fn find(&self, place: &SecretPlace) -> Result<SecretString, SecretError> {
        Err(SecretError::Missing(place.text()))
    }

    fn forget(&self, _place: &SecretPlace) -> Result<(), SecretError> {
        Ok(())
    }

    fn check(&self) -> Check {
        Check { name: "keyring", verdict: Verdict::Ok, message: "none is needed".to_owned(), cure: String::new() }
    }
}

/// Nobody is told that the machine is awake.
pub struct NoHeartbeat;

#[async_trait]
impl Heartbeat for NoHeartbeat {
    async fn ping(&self, _url: &str) -> Result<(), String> {
        Ok(())
    }
}

/// No calendar is read.
pub struct NoCalendars;

#[async_trait]
impl Calendars for NoCalendars {
    async fn read(&self, _at: &str, _mark: &str) -> Result<CalendarCopy, String> {
        Err("no calendar is read on this stage".to_owned())
    }
}

/// An engine on a profile, its clock and its desk.
pub struct Stage {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Its time.
    pub clock: Arc<ScriptedClock>,
    /// What the person sees.
    pub desk: Arc<Desk>,
}

impl Stage {
    /// Opens the profile in `folder` at a moment, with one source and the SLOs of some documents.
    pub async fn open(folder: &Path, url: &str, now_s: i64, documents: &[String]) -> Result<Self> {
        let stage = Self::bare(folder, now_s, None)?;
        let source = NewSource {
            kind: NewKind::Prometheus,
            alerts: false,
            name: SOURCE.to_owned(),
            url: url.to_owned(),
            interval_s: INTERVAL_S.unsigned_abs(),
            user: None,
            secret: None,
            headers: Vec::new(),
            header_variables: Vec::new(),
            allow_plain_http: false,
        };
        stage.engine.add_source(source).await?;
        let files = documents.iter().map(|text| DroppedFile { name: "slos.yaml".to_owned(), text: text.clone() }).collect();
        for line in stage.engine.import(files, SOURCE, "production").await? {
            ensure!(line.outcome == "imported", "{line:?}");
        }
        Ok(stage)
    }

    /// The story from `start_s` on, in its own profile.
    pub async fn open_drill(folder: &Path, start_s: i64) -> Result<Self> {
        let stage = Self::bare(folder, start_s, DateTime::from_timestamp(start_s, 0))?;
        stage.engine.set_the_stage().await?;
        Ok(stage)
    }

    fn bare(folder: &Path, now_s: i64, drill_start: Option<DateTime<Utc>>) -> Result<Self> {
        let clock = Arc::new(ScriptedClock::new(now_s));
        let desk = Arc::new(Desk::new(&clock));
        let limits = Limits { answer: Duration::from_secs(2), history: Duration::from_secs(20), ..Limits::default() };
        let world = World {
            clock: Arc::<ScriptedClock>::clone(&clock),
            ids: Arc::new(Numbered::default()),
            connect: Arc::new(Connector { drill_start, limits }),
            post: Arc::new(Mailroom),
            secrets: Arc::new(NoKeyring),
            announcer: Arc::<Desk>::clone(&desk),
            heartbeat: Arc::new(NoHeartbeat),
            calendars: Arc::new(NoCalendars),
            carrier: Arc::new(firewatch_relays::Lines),
            checkups: Vec::new(),
        };
        let engine = Engine::new(Arc::new(Store::open(folder, "opened")?), world, drill_start.is_some());
        Ok(Self { engine, clock, desk })
    }

    /// It becomes `now_s` in the story.
    pub async fn play(&self, now_s: i64) -> Result<()> {
        self.clock.set(now_s);
        self.engine.poll_once().await?;
        self.engine.announce().await?;
        Ok(())
    }

    /// It becomes `now_s`, here and at the server; one round of polling, what history is missing, and what is to be told.
    pub async fn live(&self, server: &Hostile, now_s: i64) -> Result<()> {
        server.set_present(now_s);
        self.clock.set(now_s);
        self.engine.poll_once().await?;
        self.engine.announce().await?;
        Ok(())
    }

    /// One SLO as it stands.
    pub fn status(&self, slo: &str) -> Result<SloStatus> {
        self.engine.status(&[slo.to_owned()])?.pop().with_context(|| format!("no SLO {slo}"))
    }

    /// Headlines so far.
    pub fn headlines(&self) -> Vec<String> {
        self.desk.shown().into_iter().map(|(_, toast)| toast.title).collect()
    }
}

/// The begin of the minute that `unix_s` lies in.
pub fn whole_minute(unix_s: i64) -> i64 {
    unix_s.div_euclid(60) * 60
}
