//! What the engine asks of the world. Adapters answer; tests pass scripted ones.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::alert::Alert;
use crate::announcement::Toast;
use crate::destination::Destination;
use crate::fault::Fault;
use crate::indicator::{Indicator, Layout};
use crate::minute::{Minute, Span};
use crate::outbox::{Act, Delivered, Found};
use crate::relay::{Relay, RelayFault, Said};
use crate::selector::Selector;
use crate::source::{SecretPlace, SourceConfig};
use crate::tracker::{Discovery, Issue, Person, Sight, TrackerFault, Way};

/// Time, from outside.
pub trait Clock: Send + Sync + 'static {
    /// Wall-clock time.
    fn now(&self) -> DateTime<Utc>;
    /// Time since some fixed moment that never jumps; may stand still while the machine sleeps.
    fn steady(&self) -> Duration;
    /// Simulated seconds per real second; 1 outside drills.
    fn pace(&self) -> f64 {
        1.0
    }
}

/// Fresh ids, from outside: time-ordered UUIDs as text.
pub trait Ids: Send + Sync + 'static {
    /// An id never given before.
    fn fresh(&self) -> String;
}

/// One indicator to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRequest {
    /// Our handle for it; comes back with the answer.
    pub key: u64,
    /// What to read.
    pub indicator: Indicator,
    /// Minutes wanted. The answer may end earlier where the newest minutes are not complete yet.
    pub span: Span,
    /// Data of this indicator was seen before: its absence now is a disappearance.
    pub seen_before: bool,
    /// Series it had when last read; above the adapter's bound the server sums.
    pub series: Option<u64>,
}

/// What was read of one indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// What the columns mean.
    pub layout: Layout,
    /// First minute of `slices`.
    pub from: Minute,
    /// One entry a minute: the columns, or `None` where it was not observed.
    pub slices: Vec<Option<Vec<u64>>>,
    /// What happened across unobserved minutes, as known afterwards. At most one ends in any minute; an answer replaces
    /// the carries that end in the minutes it answers, so that reading minutes again counts nothing twice.
    pub carries: Vec<Carry>,
    /// The server summed: the counts are estimates.
    pub estimated: bool,
    /// Series behind it.
    pub series: u64,
    /// Seen although something was odd: shown, not blind.
    pub remark: Option<String>,
    /// Blind although something was read: partial answers, old data.
    pub fault: Option<Fault>,
    /// The columns are to be added to what the minutes already hold: a probe counts its own events as they happen.
    pub adds: bool,
}

/// A counter difference across minutes that cannot be read back one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carry {
    /// From the minute after that of the last sample before, to the minute of the first sample after, inclusive. May start
    /// before the span that was read.
    pub span: Span,
    /// Columns, as in the slices.
    pub columns: Vec<u64>,
}

/// One indicator's outcome.
pub type ReadOutcome = (u64, Result<Reading, Fault>);

/// What a round of reading cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadCost {
    /// Round trips.
    pub requests: u32,
    /// Bytes of bodies.
    pub bytes: u64,
}

/// Answers of one round: every request has exactly one outcome.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadAnswer {
    /// One per request.
    pub outcomes: Vec<ReadOutcome>,
    /// What it cost.
    pub cost: ReadCost,
}

/// Firing alerts as a source told them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertAnswer {
    /// All of them, silenced and inhibited ones included, or as many as are held.
    pub alerts: Vec<Alert>,
    /// How many the source told of.
    pub told: u64,
    /// What it cost.
    pub cost: ReadCost,
}

/// One check of a source's test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub name: &'static str,
    /// How it went.
    pub verdict: Verdict,
    /// What was seen.
    pub message: String,
    /// What to do; empty when ok.
    pub cure: String,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// As it should.
    Ok,
    /// Works, but less.
    Degraded,
    /// Does not work.
    Broken,
}

impl Verdict {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Broken => "broken",
        }
    }
}

/// An SLO proposed from what a source already has.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Stable key within the source.
    pub key: String,
    /// Proposed name.
    pub name: String,
    /// Proposed title.
    pub title: String,
    /// Service.
    pub service: String,
    /// Journey, where the source knows one; else the service's.
    pub journey: Option<String>,
    /// Environment, where the source knows one; else the person's choice.
    pub environment: Option<String>,
    /// What it was made from, in the words of the contract.
    pub origin: &'static str,
    /// The indicator.
    pub indicator: Indicator,
    /// Objective as a percentage text.
    pub objective_percent: String,
    /// Window text.
    pub window: String,
    /// Ratio of the last hour, where it could be read cheaply.
    pub recent_sli: Option<f64>,
}

/// What a source is asked for while somebody writes a definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lookup {
    /// Names of its metrics.
    Metrics,
    /// Names of the labels of what a selector picks.
    Labels(Selector),
    /// Values of a label, over what a selector picks.
    Values(Selector, String),
}

/// A monitoring API, read only.
#[async_trait]
pub trait Source: Send + Sync {
    /// Reads many indicators in few round trips. Never fails as a whole: a fault of the source is every outcome's fault.
    async fn read(&self, requests: &[ReadRequest], now: DateTime<Utc>) -> ReadAnswer;
    /// Tells the truth about the connection.
    async fn test(&self, now: DateTime<Utc>) -> Vec<Check>;
    /// Proposes SLOs from what is there.
    async fn suggest(&self, now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault>;
    /// Names known to it, in the order of the alphabet and bounded; none where a source has no such names.
    async fn look_up(&self, _lookup: &Lookup, _now: DateTime<Utc>) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }
    /// The source's own page that graphs a query, where it has one.
    fn page(&self, query: &str) -> Option<String>;
    /// Firing alerts as they stand now, whole; none where this kind of source has none to tell. A fault says nothing about them.
    async fn alerts(&self, _now: DateTime<Utc>) -> Option<Result<AlertAnswer, Fault>> {
        None
    }
    /// Where a replayed story stands; real sources have none.
    fn story_line(&self, _now: DateTime<Utc>) -> Option<String> {
        None
    }
    /// Services of a replayed story: which, what they need, and whether somebody else runs what is needed; real sources tell none.
    fn needs(&self) -> Vec<(String, String, bool)> {
        Vec::new()
    }
    /// History can be read back.
    fn has_history(&self) -> bool;
    /// How far behind now the newest complete minute may lie, in seconds, before it is late.
    fn lag_s(&self) -> i64 {
        120
    }
}

/// Makes sources from their configuration; the shell and the CLI pass the real one.
pub trait Connect: Send + Sync + 'static {
    /// The adapter for a configuration; fails only on what can be seen without the network (no secret, bad address).
    fn connect(&self, config: &SourceConfig, secrets: &dyn SecretStore) -> Result<std::sync::Arc<dyn Source>, Fault>;
}

/// Why a secret could not be kept or found, with the cure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// No keyring answers.
    #[error("no keyring answers ({0}); start one (gnome-keyring, KWallet), or keep the secret in a variable")]
    NoKeyring(String),
    /// The keyring is locked or refused.
    #[error("the keyring is locked or refused ({0}); unlock it and try again")]
    Refused(String),
    /// It was said to be kept and is not there.
    #[error("the keyring took the secret but does not give it back; nothing relies on it")]
    NotKept,
    /// Nothing under this name.
    #[error("there is no secret under `{0}`; enter it again")]
    Missing(String),
}

/// Where secrets live. Calls block and may wait for a prompt: never call them on the runtime's threads.
pub trait SecretStore: Send + Sync {
    /// Keeps a secret and reads it back; answers where it is. Falls back to the session where no keyring is, and says so by the place.
    fn keep(&self, entry: &str, secret: SecretString) -> Result<SecretPlace, SecretError>;
    /// Finds a secret.
    fn find(&self, place: &SecretPlace) -> Result<SecretString, SecretError>;
    /// Forgets a secret; forgetting what is not there is no error.
    fn forget(&self, place: &SecretPlace) -> Result<(), SecretError>;
    /// How the keyring stands.
    fn check(&self) -> Check;
}

/// What the person did with a toast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastAct {
    /// Open what it is about.
    Open,
    /// Take it.
    Acknowledge,
    /// Declare an incident.
    Declare,
    /// Not for an hour.
    Snooze,
}

/// Shows toasts on the desktop. Returns once the server has taken it; acts arrive through the sender given at construction.
#[async_trait]
pub trait Announcer: Send + Sync {
    /// Shows or replaces (same `key`) a toast.
    async fn show(&self, toast: &Toast) -> Result<(), String>;
    /// Changes the text of a toast that still stands, without a sound. What was taken away stays away: an amendment is no news.
    async fn amend(&self, _toast: &Toast) -> Result<(), String> {
        Ok(())
    }
    /// Takes a toast away, where the server can.
    async fn close(&self, key: &str);
    /// What the notification server can do, and what it lacks.
    async fn check(&self) -> Check;
}

/// Carries acts to one destination. Every answer, and every silence, becomes one of the ends the outbox knows.
#[async_trait]
pub trait Courier: Send + Sync {
    /// What must be known before an act is sent so that it can be looked for afterwards; kept with the act as `seen`. Sends nothing.
    async fn before(&self, _act: &Act) -> Option<serde_json::Value> {
        None
    }
    /// Sends an act once. Never repeats by itself.
    async fn deliver(&self, act: &Act) -> Delivered;
    /// Looks whether an act arrived, `age_s` seconds after it was sent.
    async fn probe(&self, act: &Act, age_s: i64) -> Found;
    /// Tells the truth about the connection, sending nothing anybody would see.
    async fn test(&self) -> Vec<Check>;
}

/// Makes couriers from destinations; the shell and the CLI pass the real one.
pub trait Post: Send + Sync + 'static {
    /// The courier of a destination; fails only on what can be seen without the network (no secret, bad address).
    fn courier(&self, destination: &Destination, secrets: &dyn SecretStore) -> Result<std::sync::Arc<dyn Courier>, String>;
    /// The tracker behind a destination, for reading.
    fn tracker(&self, destination: &Destination, _secrets: &dyn SecretStore) -> Result<std::sync::Arc<dyn Tracker>, String> {
        Err(format!("`{}` is no tracker", destination.name))
    }
}

/// Reads a tracker. Nothing is concluded from an answer here: that is the engine's.
#[async_trait]
pub trait Tracker: Send + Sync {
    /// As whom we are signed in. An empty answer of anything else counts only beside this one.
    async fn me(&self) -> Result<Person, TrackerFault>;
    /// What is there, in the order a person needs it: deployment, account, projects, permissions, types, demands. An empty `project`
    /// or `issue_type` asks for the lists alone.
    async fn discover(&self, project: &str, issue_type: &str) -> Result<Discovery, TrackerFault>;
    /// Issues by id or key, in few requests; what is not there or not visible is left out.
    async fn read(&self, wanted: &[String]) -> Result<Vec<Issue>, TrackerFault>;
    /// One issue, asked for directly and past any index. `project`: key of its project, which tells a deleted issue from a hidden one.
    async fn look(&self, address: &str, project: &str) -> Result<Sight, TrackerFault>;
    /// The transitions that an issue offers right now.
    async fn ways(&self, address: &str) -> Result<Vec<Way>, TrackerFault>;
    /// People by a part of their name or address.
    async fn people(&self, query: &str) -> Result<Vec<Person>, TrackerFault>;
}

/// Tells an outside address that this machine is awake and watching.
#[async_trait]
pub trait Heartbeat: Send + Sync {
    /// One ping.
    async fn ping(&self, url: &str) -> Result<(), String>;
}

/// A calendar as read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarCopy {
    /// It has not changed since.
    Same,
    /// As it is now.
    New {
        /// The file, as it came.
        bytes: Vec<u8>,
        /// What tells a change the next time.
        mark: String,
    },
}

/// Reads calendars of shifts, from files and addresses, within bounds.
#[async_trait]
pub trait Calendars: Send + Sync {
    /// Reads one. `mark`: what came with the copy at hand, empty for none. The error never repeats an address.
    async fn read(&self, at: &str, mark: &str) -> Result<CalendarCopy, String>;
}

/// Something of the desktop that can be looked at: the tray, autostart.
#[async_trait]
pub trait Checkup: Send + Sync {
    /// How it stands.
    async fn check(&self) -> Check;
}

/// Reaches relays; the shell and the CLI pass the real one.
#[async_trait]
pub trait Carrier: Send + Sync + 'static {
    /// Opens the line of one document: connected, and let in where the relay asks for a token. Blocks nobody; ends within bounds.
    async fn open(&self, relay: &Relay, secrets: std::sync::Arc<dyn SecretStore>, document: &str) -> Result<Box<dyn Line>, RelayFault>;
    /// Which kind of relay answers at an address: `hocuspocus` or `y_websocket`.
    async fn recognise(&self, url: &url::Url) -> Result<&'static str, RelayFault>;
    /// A shared folder. Its calls block.
    fn folder(&self, path: &str) -> std::sync::Arc<dyn CaseFolder>;
}

/// An open line of one document.
#[async_trait]
pub trait Line: Send {
    /// Says something.
    async fn say(&mut self, said: Said) -> Result<(), RelayFault>;
    /// What is said next. Giving up waiting loses nothing.
    async fn hear(&mut self) -> Result<Said, RelayFault>;
}

/// A file of a shared folder, as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedFile {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// What changes when it does: its time, in nanoseconds.
    pub stamp: i128,
}

/// A folder that something else carries between machines. Every call blocks; every error names the place.
pub trait CaseFolder: Send + Sync {
    /// Incidents that somebody shares there.
    fn incidents(&self) -> Result<Vec<String>, String>;
    /// Files of an incident, by name; none where nobody shares it yet.
    fn files(&self, incident: &str) -> Result<Vec<SharedFile>, String>;
    /// A file's bytes, at most so many.
    fn read(&self, incident: &str, name: &str, most: u64) -> Result<Vec<u8>, String>;
    /// Puts bytes behind those of a file, which is made where it is missing; they are on disk when this answers.
    fn append(&self, incident: &str, name: &str, bytes: &[u8]) -> Result<(), String>;
}
