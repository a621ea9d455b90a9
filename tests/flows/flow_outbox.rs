//! What goes out goes out once: a Slack that answers late, refuses for a while, fails, and drops the reply after it took the message,
//! while the program is cut off again and again. Nothing is posted twice unasked; what cannot be known is left to the person.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_comms::Mailroom;
use firewatch_domain::ports::{Check, Ids, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use firewatch_engine::view::{ActRow, DestinationForm};
use firewatch_engine::{Engine, World};
use firewatch_sources::Connector;
use firewatch_store::Store;
use firewatch_tests::cli::Cli;
use firewatch_tests::http::{Reply, Request, Server, answer};
use firewatch_tests::{Result, parts};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::stage::{self, Desk, ScriptedClock};

const BEGIN_S: i64 = 1_800_000_000;
const SECRET: &str = "xoxb-planted-secret";

/// A generator small enough to be read; the seed is in every message of a failing test.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// What people in the channel see, oldest first: text, and the marker where one came along.
type Channel = Arc<Mutex<Vec<(String, String)>>>;

fn posted(channel: &Channel) -> Vec<(String, String)> {
    channel.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A Slack that misbehaves in all the ways the outbox must bear.
fn slack(channel: &Channel, seed: u64) -> Result<Server> {
    let (channel, dice) = (Arc::clone(channel), Arc::new(Mutex::new(Dice(seed))));
    Server::start(0, move || {
        let (channel, dice) = (Arc::clone(&channel), Arc::clone(&dice));
        Box::new(move |request| {
            if request.path.contains("conversations.history") {
                return Reply::Send(answer(200, &[], history(&channel).to_string().as_bytes()));
            }
            let roll = dice.lock().unwrap_or_else(PoisonError::into_inner).roll(12);
            let by_bot = request.path.ends_with("chat.postMessage");
            let take = || channel.lock().unwrap_or_else(PoisonError::into_inner).push(message(request));
            let fine = if by_bot { json!({ "ok": true, "ts": "1.2" }).to_string() } else { "ok".to_owned() };
            match roll {
                0 => Reply::Send(answer(429, &[("Retry-After", "3")], b"slow down")),
                1 => Reply::Send(answer(500, &[], b"rollup_error")),
                2 => {
                    take();
                    Reply::Send(answer(500, &[], b"rollup_error"))
                }
                3 => {
                    take();
                    Reply::Close(Vec::new())
                }
                4 => Reply::Close(Vec::new()),
                5 => {
                    take();
                    std::thread::sleep(Duration::from_millis(40));
                    Reply::Send(answer(200, &[], fine.as_bytes()))
                }
                _ => {
                    take();
                    Reply::Send(answer(200, &[], fine.as_bytes()))
                }
            }
        })
    })
}

fn message(request: &Request) -> (String, String) {
    if request.path.ends_with("chat.postMessage") {
        let form: BTreeMap<_, _> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let blocks: Value = form.get("blocks").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let marker = blocks[0]["block_id"].as_str().unwrap_or_default().to_owned();
        return (form.get("text").cloned().unwrap_or_default(), marker);
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    (body["text"].as_str().unwrap_or_default().to_owned(), String::new())
}

fn history(channel: &Channel) -> Value {
    let messages = posted(channel)
        .into_iter()
        .enumerate()
        .map(|(i, (text, marker))| json!({ "ts": format!("{i}.0"), "text": text, "blocks": [{ "type": "section", "block_id": marker }] }));
    json!({ "ok": true, "messages": messages.collect::<Vec<_>>(), "response_metadata": { "next_cursor": "" } })
}

/// One secret, kept in a variable that only this test knows.
struct OneSecret(String);

impl SecretStore for OneSecret {
    fn keep(&self, _entry: &str, _secret: SecretString) -> std::result::Result<SecretPlace, SecretError> {
        Ok(SecretPlace::Keyring { entry: "one".to_owned() })
    }
    fn find(&self, _place: &SecretPlace) -> std::result::Result<SecretString, SecretError> {
        Ok(SecretString::from(self.0.clone()))
    }
    fn forget(&self, _place: &SecretPlace) -> std::result::Result<(), SecretError> {
        Ok(())
    }
    fn check(&self) -> Check {
        Check { name: "keyring", verdict: Verdict::Ok, message: String::new(), cure: String::new() }
    }
}

/// Ids that stay unique over every start of the program.
struct Unique;

static IDS: AtomicU64 = AtomicU64::new(0);

impl Ids for Unique {
    fn fresh(&self) -> String {
        format!("id-{:08}", IDS.fetch_add(1, Ordering::SeqCst))
    }
}

/// The program, started on a profile.
fn start(folder: &Path, clock: &Arc<ScriptedClock>, secret: &str) -> Result<Arc<Engine>> {
    let world = World {
        clock: Arc::<ScriptedClock>::clone(clock),
        ids: Arc::new(Unique),
        connect: Arc::new(Connector::default()),
        post: Arc::new(Mailroom),
        secrets: Arc::new(OneSecret(secret.to_owned())),
        announcer: Arc::new(Desk::new(clock)),
        heartbeat: Arc::new(stage::NoHeartbeat),
        calendars: Arc::new(stage::NoCalendars),
        carrier: Arc::new(firewatch_relays::Lines),
        checkups: Vec::new(),
    };
    Ok(Engine::new(Arc::new(Store::open(folder, "opened")?), world, false))
}

/// Incidents with updates for one destination, delivered through faults and cut-offs until nothing moves any more.
async fn played(seed: u64, form: DestinationForm, secret: &str) -> Result<Vec<ActRow>> {
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(ScriptedClock::new(BEGIN_S));
    let mut engine = start(folder.path(), &clock, secret)?;
    engine.add_destination(form, None).await?;
    let mut dice = Dice(seed * 7 + 1);
    for incident in 0..4 {
        let id = engine.declare(&format!("incident {incident}"), "SEV2", &[])?.id;
        for update in 0..4 {
            engine.post_update(&id, &format!("{incident}/{update}"), &["ops".to_owned()])?;
        }
    }
    for _ in 0..400 {
        clock.set(clock.get() + 1 + dice.roll(40).cast_signed());
        let delivering = tokio::spawn({
            let engine = Arc::clone(&engine);
            async move { engine.deliver_once().await }
        });
        if dice.roll(4) == 0 {
            tokio::time::sleep(Duration::from_millis(dice.roll(12))).await;
            delivering.abort();
            let _ended = delivering.await;
            engine = start(folder.path(), &clock, secret)?;
        } else {
            delivering.await??;
        }
        let acts = engine.outbox()?;
        // An unknown act that nobody can be asked about has no next look.
        if acts.iter().all(|act| act.state == "done" || act.state == "unknown" && act.due.is_none()) {
            break;
        }
    }
    let mut acts = engine.outbox()?;
    acts.reverse();
    Ok(acts)
}

/// What was posted of each incident, in order.
fn by_incident(channel: &Channel) -> BTreeMap<String, Vec<String>> {
    let mut incidents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (text, _) in posted(channel) {
        let (incident, update) = text.split_once('/').map_or(("", ""), |parts| parts);
        incidents.entry(incident.to_owned()).or_default().push(update.to_owned());
    }
    incidents
}

fn seeds() -> std::ops::Range<u64> {
    if std::env::var_os("FIREWATCH_SOAK").is_some() { 1..200 } else { 1..7 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_never_told_twice_and_only_lost_replies_stay_unknown() -> Result {
    for seed in seeds() {
        let channel = Channel::default();
        let server = slack(&channel, seed)?;
        let form = DestinationForm {
            name: "ops".to_owned(),
            kind: "slack_webhook".to_owned(),
            secret: Some(format!("http://{}/services/planted", server.address())),
            ..DestinationForm::default()
        };
        let secret = form.secret.clone().unwrap_or_default();
        let acts = played(seed, form, &secret).await?;
        let texts = posted(&channel);
        for act in &acts {
            let text = act.text.clone().context("an update has a text")?;
            let times = texts.iter().filter(|(posted, _)| *posted == text).count();
            match act.state.as_str() {
                "done" => ensure!(times == 1, "seed {seed}: {act:?} was posted {times} times"),
                "unknown" => ensure!(times <= 1, "seed {seed}: {act:?} was posted {times} times"),
                other => anyhow::bail!("seed {seed}: {act:?} ended as {other}"),
            }
        }
        for (incident, updates) in by_incident(&channel) {
            ensure!(updates.is_sorted(), "seed {seed}: incident {incident} was told in the order {updates:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_can_be_asked_leaves_nothing_unknown() -> Result {
    for seed in seeds() {
        let channel = Channel::default();
        let server = slack(&channel, seed)?;
        let form = DestinationForm {
            name: "ops".to_owned(),
            kind: "slack_bot".to_owned(),
            secret: Some(SECRET.to_owned()),
            channel: Some("C1".to_owned()),
            api: Some(format!("http://{}", server.address())),
            ..DestinationForm::default()
        };
        let acts = played(seed, form, SECRET).await?;
        ensure!(acts.len() == 16);
        for act in &acts {
            let times = posted(&channel).iter().filter(|(text, _)| Some(text) == act.text.as_ref()).count();
            ensure!(act.state == "done" && times == 1, "seed {seed}: {act:?} was posted {times} times");
        }
    }
    Ok(())
}

/// A profile with one destination called ops.
async fn with_destination(form: DestinationForm) -> Result<(tempfile::TempDir, Arc<ScriptedClock>, Arc<Engine>)> {
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(ScriptedClock::new(BEGIN_S));
    let engine = start(folder.path(), &clock, SECRET)?;
    engine.add_destination(DestinationForm { name: "ops".to_owned(), secret: Some(SECRET.to_owned()), ..form }, None).await?;
    Ok((folder, clock, engine))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_persons_word_stands_though_a_look_ends_later() -> Result {
    let server = Server::start(0, || {
        Box::new(|request| {
            if request.path.ends_with("chat.postMessage") {
                return Reply::Close(Vec::new());
            }
            std::thread::sleep(Duration::from_millis(600));
            Reply::Send(answer(200, &[], br#"{"ok":true,"messages":[]}"#))
        })
    })?;
    let api = Some(format!("http://{}", server.address()));
    let form = DestinationForm { kind: "slack_bot".to_owned(), channel: Some("C1".to_owned()), api, ..DestinationForm::default() };
    let (_folder, clock, engine) = with_destination(form).await?;
    let incident = engine.declare("slow", "SEV2", &[])?.id;
    engine.post_update(&incident, "We look into it.", &["ops".to_owned()])?;
    engine.deliver_once().await?;
    let act = engine.outbox()?.remove(0);
    ensure!(act.state == "unknown", "{act:?}");
    clock.set(clock.get() + 10);
    let looking = tokio::spawn({
        let engine = Arc::clone(&engine);
        async move { engine.deliver_once().await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    engine.retry_act(&act.id)?;
    clock.set(clock.get() - 1); // what is queued again is not due within this round
    looking.await??;
    let after = engine.outbox()?.remove(0);
    ensure!(after.state == "queued", "{after:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_written_down_once_and_ends_with_its_incident() -> Result {
    for too_late in [false, true] {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&asked);
        let server = Server::start(0, move || {
            let log = Arc::clone(&log);
            Box::new(move |request| {
                log.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{} {}", request.method, request.path));
                match (request.method.as_str(), request.path.as_str()) {
                    ("POST", "/oauth/token") => Reply::Send(answer(200, &[], br#"{"access_token":"t","expires_in":3600}"#)),
                    ("POST", _) => {
                        let made = json!({ "id": 81_234_567_890_u64, "join_url": "https://zoom.us/j/81234567890", "password": "q7", "settings": {} });
                        Reply::Send(answer(201, &[], made.to_string().as_bytes()))
                    }
                    _ => Reply::Send(answer(204, &[], b"")),
                }
            })
        })?;
        let base = format!("http://{}", server.address());
        let form = DestinationForm {
            kind: "zoom".to_owned(),
            account: Some("a".to_owned()),
            client: Some("c".to_owned()),
            api: Some(format!("{base}/v2")),
            sign_in: Some(base),
            ..DestinationForm::default()
        };
        let (_folder, _clock, engine) = with_destination(form).await?;
        let id = engine.declare("slow", "SEV2", &[])?.id;
        engine.open_room(&id, "ops")?;
        ensure!(engine.incident(&id)?.room.is_none(), "a link before there is one");
        if !too_late {
            engine.deliver_once().await?;
            let room = engine.incident(&id)?.room.context("a room")?;
            ensure!(room.url == "https://zoom.us/j/81234567890" && room.note == "passcode q7" && !room.closed, "{room:?}");
        }
        engine.set_phase(&id, "resolved")?;
        engine.deliver_once().await?;
        engine.deliver_once().await?;
        let incident = engine.incident(&id)?;
        ensure!(incident.room.as_ref().is_some_and(|room| room.closed), "{too_late}: {incident:?}");
        ensure!(incident.entries.iter().filter(|e| e.kind == "room_opened").count() == 1, "{incident:?}");
        let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ensure!(asked.iter().filter(|a| *a == "POST /v2/users/me/meetings").count() == 1, "{asked:?}");
        ensure!(asked.last().is_some_and(|a| a == "PUT /v2/meetings/81234567890/status"), "{asked:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_is_queued_and_the_person_decides_what_nobody_knows() -> Result {
    if parts::firewatchctl().is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let address = {
        // A port that nobody listens on, until later.
        let server = Server::start(0, || Box::new(|_| Reply::Hang))?;
        server.address()
    };
    let cli = Cli::alone(folder.path())?.with_env("HOOK", &format!("http://{address}/services/{SECRET}"));
    cli.json(&["destination", "add", "slack-webhook", "ops", "--address-env", "HOOK"]).await?;
    let incident = cli.json(&["incident", "declare", "Settings slow", "--severity", "SEV2"]).await?;
    let id = incident["id"].as_str().context("an id")?;
    cli.json(&["incident", "update", id, "We look into it.", "--to", "ops"]).await?;
    let offline = cli.json(&["sync", "--once"]).await?;
    ensure!(offline[0]["state"] == "queued" && offline[0]["reason"].as_str().is_some_and(|r| r.contains("cannot be reached")), "{offline}");
    // It comes back, takes the message, and loses the reply.
    let server = Server::start(address.port(), || Box::new(|_| Reply::Close(Vec::new())))?;
    let act = offline[0]["id"].as_str().context("an id")?.to_owned();
    cli.json(&["outbox", "retry", &act]).await?;
    let lost = cli.json(&["sync", "--once"]).await?;
    ensure!(lost[0]["state"] == "unknown", "{lost}");
    drop(server);
    let nonsense = cli.run(&["outbox", "settle", &act, "--as", "maybe"]).await?;
    ensure!(nonsense.code == 1 && nonsense.stderr.contains("done:KEY or drop"), "{nonsense:?}");
    let settled = cli.json(&["outbox", "settle", &act, "--as", "done:seen"]).await?;
    ensure!(settled["state"] == "done" && settled["receipt"] == "seen", "{settled}");
    let again = cli.run(&["outbox", "retry", &act]).await?;
    ensure!(again.code == 1, "{again:?}");
    for file in std::fs::read_dir(folder.path())?.flatten().filter(|f| f.path().is_file()) {
        let bytes = std::fs::read(file.path())?;
        ensure!(!bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()), "the secret is in {}", file.path().display());
    }
    Ok(())
}
