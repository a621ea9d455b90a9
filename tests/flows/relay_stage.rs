//! Machines that share: real engines with everything but a desktop, and the servers they meet at, as they come from npm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_comms::Mailroom;
use firewatch_domain::ports::{Check, Ids, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use firewatch_engine::view::{RelayForm, RelayRow};
use firewatch_engine::{Engine, World};
use firewatch_relays::Lines;
use firewatch_sources::{Connector, Limits};
use firewatch_store::Store;
use firewatch_tests::{Result, wait};
use secrecy::SecretString;
use tokio::sync::watch::{Sender, channel};
use tokio::task::JoinHandle;
use yrs::XmlTextRef;

use crate::stage::{Desk, NoCalendars, NoHeartbeat, ScriptedClock};
use crate::typist::Typist;

/// Time in every story here.
pub const NOW_S: i64 = 1_795_000_000;
/// What should take a moment, on a busy machine.
pub const SOON: Duration = Duration::from_secs(40);

/// Ids that begin with their machine's name, and are as long as ours.
struct Named(&'static str, AtomicU64);

impl Ids for Named {
    fn fresh(&self) -> String {
        static ALL: AtomicU64 = AtomicU64::new(0);
        let (own, all) = (self.1.fetch_add(1, Ordering::SeqCst), ALL.fetch_add(1, Ordering::SeqCst));
        format!("{}-{:06}-{own:06}-{all:06}", self.0, std::process::id())
    }
}

/// A keyring in memory.
#[derive(Default)]
struct Keys(Mutex<BTreeMap<String, SecretString>>);

impl Keys {
    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, SecretString>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretStore for Keys {
    fn keep(&self, entry: &str, secret: SecretString) -> std::result::Result<SecretPlace, SecretError> {
        self.kept().insert(entry.to_owned(), secret);
        Ok(SecretPlace::Keyring { entry: entry.to_owned() })
    }

    fn find(&self, place: &SecretPlace) -> std::result::Result<SecretString, SecretError> {
        match place {
            SecretPlace::Keyring { entry } => self.kept().get(entry).cloned().ok_or_else(|| SecretError::Missing(entry.clone())),
            other => Err(SecretError::Missing(other.text())),
        }
    }

    fn forget(&self, place: &SecretPlace) -> std::result::Result<(), SecretError> {
        if let SecretPlace::Keyring { entry } = place {
            self.kept().remove(entry);
        }
        Ok(())
    }

    fn check(&self) -> Check {
        Check { name: "keyring", verdict: Verdict::Ok, message: "in memory".to_owned(), cure: String::new() }
    }
}

/// A machine with a person at it.
pub struct Machine {
    pub engine: Arc<Engine>,
    stop: Sender<bool>,
    watching: Option<JoinHandle<()>>,
    folder: PathBuf,
    name: &'static str,
    gone_with_it: Option<tempfile::TempDir>,
}

impl Machine {
    /// A new one; nobody watches yet.
    pub fn new(name: &'static str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut machine = Self::over(folder.path(), name)?;
        machine.gone_with_it = Some(folder);
        Ok(machine)
    }

    /// On the profile in a folder.
    pub fn over(folder: &Path, name: &'static str) -> Result<Self> {
        let engine = engine_on(folder, name)?;
        engine.set_name(name)?;
        Ok(Self { engine, stop: channel(false).0, watching: None, folder: folder.to_owned(), name, gone_with_it: None })
    }

    /// The whole engine, as the window's process runs it.
    pub fn watch(&mut self) {
        self.stop = channel(false).0;
        let (engine, stopped) = (Arc::clone(&self.engine), self.stop.subscribe());
        self.watching = Some(tokio::spawn(async move { engine.watch(stopped).await }));
    }

    /// Ends the watch in good order.
    pub async fn rest(&mut self) -> Result {
        self.stop.send_replace(true);
        if let Some(watching) = self.watching.take() {
            tokio::time::timeout(SOON, watching).await.context("the watch does not end")??;
        }
        Ok(())
    }

    /// Another start of the program on the same profile.
    pub async fn start_again(&mut self) -> Result {
        self.rest().await?;
        self.engine = engine_on(&self.folder, self.name)?;
        Ok(())
    }

    /// Shares everything somewhere.
    pub async fn share(&self, kind: &str, at: &str, token: Option<&str>) -> Result<RelayRow> {
        let form = RelayForm {
            name: "team".to_owned(),
            kind: kind.to_owned(),
            at: at.to_owned(),
            token: token.map(str::to_owned),
            all: true,
            ..RelayForm::default()
        };
        Ok(self.engine.set_relay(form, None).await?)
    }

    /// How its relay stands.
    pub fn relay(&self) -> Result<RelayRow> {
        self.engine.relays()?.pop().context("no relay")
    }

    /// Waits until its relay, and an incident there, stand so.
    pub async fn stands(&self, incident: &str, state: &str) -> Result<RelayRow> {
        wait::until(format!("{} being {state}", self.name), SOON, async || {
            let row = self.relay()?;
            let there = row.incidents.iter().any(|one| one.id == incident && one.state == state);
            Ok((row.state == state && there).then_some(row))
        })
        .await
        .with_context(|| format!("{:?}", self.relay()))
    }

    /// The text of a postmortem; empty while there is none.
    pub fn text(&self, incident: &str) -> String {
        self.engine.export_postmortem(incident, "md").map(|paper| paper.text).unwrap_or_default()
    }

    /// Waits until some words stand in a postmortem.
    pub async fn reads(&self, incident: &str, words: &str) -> Result {
        wait::until(format!("{} reading `{words}`", self.name), SOON, async || Ok(self.text(incident).contains(words).then_some(())))
            .await
            .with_context(|| format!("{:?}\n{}", self.relay(), self.text(incident)))
    }

    /// An open editor.
    pub fn editor(&self, incident: &str) -> Result<Editor> {
        static EDITORS: AtomicU64 = AtomicU64::new(0);
        let opened = self.engine.open_postmortem(incident)?;
        ensure!(opened.read_only.is_none(), "{:?}", opened.read_only);
        let typist = Typist::new(u64::from(std::process::id()) * 1000 + EDITORS.fetch_add(1, Ordering::SeqCst), &opened.update)?;
        let text = typist.paragraph();
        Ok(Editor { engine: Arc::clone(&self.engine), incident: incident.to_owned(), typist, text })
    }
}

/// Somebody's editor, with a paragraph of their own.
pub struct Editor {
    engine: Arc<Engine>,
    incident: String,
    typist: Typist,
    text: XmlTextRef,
}

impl Editor {
    /// Types; it is kept when this answers.
    pub fn types(&self, words: &str) -> Result {
        self.typist.type_into(&self.text, words);
        for update in self.typist.said() {
            self.engine.edit_postmortem(&self.incident, &update)?;
        }
        Ok(())
    }

    /// Shows what others wrote.
    pub fn refresh(&self) -> Result {
        let missing = self.engine.pull_postmortem(&self.incident, &self.typist.state_vector())?;
        self.typist.show(&missing)
    }
}

fn engine_on(folder: &Path, name: &'static str) -> Result<Arc<Engine>> {
    let clock = Arc::new(ScriptedClock::new(NOW_S));
    let world = World {
        clock: Arc::<ScriptedClock>::clone(&clock),
        ids: Arc::new(Named(name, AtomicU64::new(0))),
        connect: Arc::new(Connector { drill_start: None, limits: Limits::default() }),
        post: Arc::new(Mailroom),
        secrets: Arc::new(Keys::default()),
        announcer: Arc::new(Desk::new(&clock)),
        heartbeat: Arc::new(NoHeartbeat),
        calendars: Arc::new(NoCalendars),
        carrier: Arc::new(Lines),
        checkups: Vec::new(),
    };
    Ok(Engine::new(Arc::new(Store::open(folder, "opened")?), world, false))
}
