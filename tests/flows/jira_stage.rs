//! An engine beside a Jira that misbehaves when told to, on a clock that the test moves, and with a crash wherever the test wants one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use anyhow::{Context, Result};
use async_trait::async_trait;
use firewatch_comms::Mailroom;
use firewatch_domain::destination::Destination;
use firewatch_domain::outbox::{Act, Delivered, Found};
use firewatch_domain::ports::{Check, Courier, Ids, Post, SecretError, SecretStore, Tracker, Verdict};
use firewatch_domain::source::SecretPlace;
use firewatch_engine::view::{ActRow, FollowUpForm, FollowUpView, TicketView, TrackerForm};
use firewatch_engine::{Engine, World};
use firewatch_sources::Connector;
use firewatch_store::Store;
use firewatch_tests::jira::{Face, Jira, PROJECT};
use firewatch_trackers::Office;
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::stage::{Desk, NoCalendars, NoHeartbeat, ScriptedClock};

/// Where time begins.
pub const BEGIN_S: i64 = 1_800_000_000;
/// The tracker's name.
pub const TRACKER: &str = "jira";
/// The token, which no message may hold.
pub const TOKEN: &str = "planted-token-of-a-test";

/// Ids that look like ours and stay unique over every start of the program.
struct Unique;

static IDS: AtomicU64 = AtomicU64::new(0);

impl Ids for Unique {
    fn fresh(&self) -> String {
        format!("0199{:028x}", IDS.fetch_add(1, Ordering::SeqCst))
    }
}

/// One secret for everything.
pub struct OneSecret;

/// Makes the real couriers.
pub fn office() -> Office {
    Office::before(Arc::new(Mailroom))
}

impl SecretStore for OneSecret {
    fn keep(&self, _entry: &str, _secret: SecretString) -> std::result::Result<SecretPlace, SecretError> {
        Ok(SecretPlace::Keyring { entry: "one".to_owned() })
    }
    fn find(&self, _place: &SecretPlace) -> std::result::Result<SecretString, SecretError> {
        Ok(SecretString::from(TOKEN))
    }
    fn forget(&self, _place: &SecretPlace) -> std::result::Result<(), SecretError> {
        Ok(())
    }
    fn check(&self) -> Check {
        Check { name: "keyring", verdict: Verdict::Ok, message: String::new(), cure: String::new() }
    }
}

/// Where the program ends: at the n-th step of a courier, counted over every start; never when negative.
#[derive(Default)]
pub struct Crash {
    at: AtomicI64,
    steps: AtomicI64,
    bell: Notify,
}

impl Crash {
    /// Crashes at this step from now on; a negative one never comes.
    pub fn at(&self, step: i64) {
        self.at.store(step, Ordering::SeqCst);
        self.steps.store(0, Ordering::SeqCst);
    }

    /// Whether it came to that.
    pub fn came(&self) -> bool {
        let at = self.at.load(Ordering::SeqCst);
        at >= 0 && self.steps.load(Ordering::SeqCst) > at
    }

    async fn step(&self) {
        if self.steps.fetch_add(1, Ordering::SeqCst) == self.at.load(Ordering::SeqCst) {
            self.bell.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

struct Crashing {
    office: Office,
    crash: Arc<Crash>,
}

impl Post for Crashing {
    fn courier(&self, destination: &Destination, secrets: &dyn SecretStore) -> std::result::Result<Arc<dyn Courier>, String> {
        let inner = self.office.courier(destination, secrets)?;
        Ok(Arc::new(Stepping { inner, crash: Arc::clone(&self.crash) }))
    }

    fn tracker(&self, destination: &Destination, secrets: &dyn SecretStore) -> std::result::Result<Arc<dyn Tracker>, String> {
        self.office.tracker(destination, secrets)
    }
}

struct Stepping {
    inner: Arc<dyn Courier>,
    crash: Arc<Crash>,
}

#[async_trait]
impl Courier for Stepping {
    async fn before(&self, act: &Act) -> Option<serde_json::Value> {
        self.crash.step().await;
        self.inner.before(act).await
    }
    async fn deliver(&self, act: &Act) -> Delivered {
        self.crash.step().await;
        let ended = self.inner.deliver(act).await;
        self.crash.step().await;
        ended
    }
    async fn probe(&self, act: &Act, age_s: i64) -> Found {
        self.crash.step().await;
        let found = self.inner.probe(act, age_s).await;
        self.crash.step().await;
        found
    }
    async fn test(&self) -> Vec<Check> {
        self.inner.test().await
    }
}

/// An engine beside a Jira.
pub struct Side {
    /// Jira.
    pub jira: Arc<Jira>,
    /// The engine's time; Jira's is apart from it by `skew_s`.
    pub clock: Arc<ScriptedClock>,
    /// The engine as started last.
    pub engine: Arc<Engine>,
    /// Where it crashes.
    pub crash: Arc<Crash>,
    store: Arc<Store>,
}

impl Side {
    /// An engine with a tracker at a fresh Jira of this face. `skew_s`: how far Jira's clock is ahead.
    pub async fn new(face: Face, skew_s: i64) -> Result<Self> {
        let side = Self::without_tracker(face, skew_s)?;
        side.engine.add_tracker(form(&side.jira), None).await?;
        Ok(side)
    }

    /// The same without a tracker.
    pub fn without_tracker(face: Face, skew_s: i64) -> Result<Self> {
        let clock = Arc::new(ScriptedClock::new(BEGIN_S));
        let theirs = Arc::clone(&clock);
        let jira = Arc::new(Jira::start(face, Arc::new(move || (theirs.get() + skew_s) * 1000))?);
        Self::beside(jira, clock)
    }

    /// Another engine beside the same Jira.
    pub fn beside(jira: Arc<Jira>, clock: Arc<ScriptedClock>) -> Result<Self> {
        let (store, crash) = (Arc::new(Store::in_memory()?), Arc::new(Crash::default()));
        crash.at(-1);
        let engine = started(&store, &clock, &crash);
        Ok(Self { jira, clock, engine, crash, store })
    }

    /// The program ends and is started again.
    pub fn restart(&mut self) {
        self.engine = started(&self.store, &self.clock, &self.crash);
    }

    /// A follow-up with a title; its id.
    pub fn add(&self, title: &str) -> Result<String> {
        Ok(self.engine.add_followup(&FollowUpForm { title: Some(title.to_owned()), ..FollowUpForm::default() })?.row.id)
    }

    /// Changes a follow-up.
    pub fn change(&self, id: &str, form: &FollowUpForm) -> Result<FollowUpView> {
        Ok(self.engine.change_followup(id, form)?)
    }

    /// Its ticket.
    pub fn ticket(&self, id: &str) -> Result<TicketView> {
        self.engine.ticket(id)?.context("a ticket")
    }

    /// Its follow-up.
    pub fn followup(&self, id: &str) -> Result<FollowUpView> {
        Ok(self.engine.followup(id)?)
    }

    /// One round of everything; true when the program crashed in it, and was started again.
    pub async fn round(&mut self) -> Result<bool> {
        let engine = Arc::clone(&self.engine);
        let mut task = tokio::spawn(async move { engine.sync_once().await });
        let crashed = tokio::select! {
            () = self.crash.bell.notified() => true,
            ended = &mut task => {
                ended??;
                false
            }
        };
        if crashed {
            task.abort();
            let _gone = task.await;
            self.restart();
        }
        Ok(crashed)
    }

    /// Rounds until nothing moves any more, jumping to when something is due. Acts that only the person can settle stay.
    pub async fn settle(&mut self) -> Result<Vec<ActRow>> {
        let mut quiet = 0;
        for _ in 0..120 {
            let before = self.fingerprint()?;
            let crashed = self.round().await?;
            let acts = self.engine.outbox()?;
            let open = acts.iter().any(|act| act.state == "queued" || act.state == "sending");
            let looking = acts.iter().any(|act| act.state == "unknown" && act.attempts > 0 && act.due.is_some());
            quiet = if crashed || open || self.fingerprint()? != before { 0 } else { quiet + 1 };
            // What is asked for again and again without end is the person's.
            if quiet >= if looking { 8 } else { 1 } {
                break;
            }
            self.clock.set(self.next_due(&acts));
        }
        Ok(self.engine.outbox()?)
    }

    fn fingerprint(&self) -> Result<String> {
        let acts = self.engine.outbox()?;
        let states: Vec<String> = acts.iter().map(|act| format!("{}{}{}", act.id, act.state, act.attempts)).collect();
        Ok(states.concat())
    }

    fn next_due(&self, acts: &[ActRow]) -> i64 {
        let at = |text: &String| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp());
        let open = acts.iter().filter(|act| act.state == "queued" || act.state == "unknown");
        let due = open.filter_map(|act| act.due.as_ref().and_then(at)).min().unwrap_or(0);
        due.max(self.clock.get() + 1)
    }
}

/// The tracker's form for a Jira.
pub fn form(jira: &Jira) -> TrackerForm {
    TrackerForm {
        name: TRACKER.to_owned(),
        kind: if jira.face == Face::Cloud { "cloud" } else { "datacenter" }.to_owned(),
        url: jira.url(),
        email: Some("bot@example.com".to_owned()),
        token: Some(TOKEN.to_owned()),
        project: PROJECT.to_owned(),
        issue_type: "Task".to_owned(),
        ..TrackerForm::default()
    }
}

/// A form with one field.
pub fn only(change: impl FnOnce(&mut FollowUpForm)) -> FollowUpForm {
    let mut form = FollowUpForm::default();
    change(&mut form);
    form
}

fn started(store: &Arc<Store>, clock: &Arc<ScriptedClock>, crash: &Arc<Crash>) -> Arc<Engine> {
    let office = office();
    let world = World {
        clock: Arc::<ScriptedClock>::clone(clock),
        ids: Arc::new(Unique),
        connect: Arc::new(Connector::default()),
        post: Arc::new(Crashing { office, crash: Arc::clone(crash) }),
        secrets: Arc::new(OneSecret),
        announcer: Arc::new(Desk::new(clock)),
        heartbeat: Arc::new(NoHeartbeat),
        checkups: Vec::new(),
        calendars: Arc::new(NoCalendars),
        carrier: Arc::new(firewatch_relays::Lines),
    };
    Engine::new(Arc::clone(store), world, false)
}
