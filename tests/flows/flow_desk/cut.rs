//! The cable is out: a network namespace of its own with nothing but loopback, where even this machine's own servers cannot be
//! reached. A whole incident is commanded in it. Then the network is back, and Slack is on a bad day: everything goes out, in order,
//! once; only what was swallowed without a reply is left to the person.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::http::{Reply, Server, answer};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

/// How namespaces are asked for, the first that the kernel allows.
const WAYS: [&[&str]; 2] = [&["-rn"], &["-n"]];
const INCIDENTS: usize = 3;
const UPDATES: usize = 4;

/// The command line inside a namespace without a network.
struct Cut {
    way: &'static [&'static str],
    program: std::path::PathBuf,
    data: std::path::PathBuf,
    env: Vec<(OsString, OsString)>,
}

impl Cut {
    /// None where the kernel refuses namespaces.
    fn new(data: &Path, address: SocketAddr) -> Option<Self> {
        let way = WAYS.into_iter().find(|way| {
            Command::new("unshare").args(*way).args(["sh", "-c", "ip link set lo up"]).output().is_ok_and(|out| out.status.success())
        })?;
        let env = [
            ("HOOK", format!("http://{address}/services/hook")),
            ("BOT", "xoxb-planted".to_owned()),
            ("DISPLAY", String::new()),
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent".to_owned()),
            ("HOME", data.display().to_string()),
        ];
        let env = env.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Some(Self { way, program: parts::firewatchctl()?, data: data.to_owned(), env })
    }

    fn json(&self, args: &[&str]) -> Result<Value> {
        let mut command = Command::new("unshare");
        command
            .args(self.way)
            .args(["sh", "-c", "ip link set lo up && exec \"$@\"", "sh"])
            .arg(&self.program)
            .arg("--data")
            .arg(&self.data);
        let ran = command.arg("--json").args(args).envs(self.env.iter().cloned()).output().context("run in the namespace")?;
        let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        ensure!(ran.status.success(), "{args:?} ended with {}: {err}{out}", ran.status);
        serde_json::from_str(&out).with_context(|| format!("{args:?}: no JSON: {out}{err}"))
    }
}

/// What arrived, in order: channel, and text.
type Arrived = Arc<Mutex<Vec<(&'static str, String)>>>;

fn arrived(log: &Arrived) -> Vec<(&'static str, String)> {
    log.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A Slack on a bad day. By turns: too many requests, a failure before and after taking the message, a late answer, and one reply
/// that never comes though the message was taken.
fn slack(port: u16, log: &Arrived) -> Result<Server> {
    let (log, turn) = (Arc::clone(log), Arc::new(Mutex::new(0_u32)));
    Server::start(port, move || {
        let (log, turn) = (Arc::clone(&log), Arc::clone(&turn));
        Box::new(move |request| {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            if request.path.contains("conversations.history") {
                let messages = arrived(&log).into_iter().filter(|(channel, _)| *channel == "bot").enumerate();
                let messages: Vec<Value> =
                    messages.map(|(i, (_, text))| json!({ "ts": format!("{i}.0"), "blocks": [{ "block_id": marker(&text) }] })).collect();
                return Reply::Send(answer(200, &[], json!({ "ok": true, "messages": messages }).to_string().as_bytes()));
            }
            let bot = request.path.contains("chat.postMessage");
            if !bot && !request.path.contains("/services/") {
                return Reply::Send(answer(404, &[], b"no_service"));
            }
            let mut turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            *turn += 1;
            let take = || log.lock().unwrap_or_else(PoisonError::into_inner).push((if bot { "bot" } else { "hook" }, body.clone()));
            let fine = if bot { r#"{"ok":true,"ts":"1.2"}"# } else { "ok" };
            match *turn % 9 {
                1 => Reply::Send(answer(429, &[("Retry-After", "1")], b"slow down")),
                // Whether a failure took the message cannot be told from its answer.
                3 => {
                    if bot {
                        take();
                    }
                    Reply::Send(answer(500, &[], b"rollup_error"))
                }
                5 => {
                    take();
                    Reply::Close(Vec::new())
                }
                7 => {
                    take();
                    std::thread::sleep(Duration::from_millis(1500));
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

/// The bot's mark in a message as it was sent.
fn marker(body: &str) -> String {
    let form: BTreeMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let blocks: Value = form.get("blocks").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    blocks[0]["block_id"].as_str().unwrap_or_default().to_owned()
}

fn add_destinations(cut: &Cut, address: SocketAddr) -> Result {
    cut.json(&["destination", "add", "slack-webhook", "hook", "--address-env", "HOOK"])?;
    cut.json(&[
        "destination",
        "add",
        "slack-bot",
        "bot",
        "--channel",
        "C1",
        "--token-env",
        "BOT",
        "--api",
        &format!("http://{address}/api"),
    ])?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_incident_without_a_network_then_everything_goes_out_once() -> Result {
    let test = "a_whole_incident_without_a_network_then_everything_goes_out_once";
    if parts::firewatchctl().is_none() || !parts::present(test, &["unshare", "ip"])? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    // A port that is free again when the network is back.
    let address = Server::start(0, || Box::new(|_| Reply::Hang))?.address();
    let Some(cut) = Cut::new(folder.path(), address) else {
        return parts::absent(test, "a kernel that allows network namespaces").map(drop);
    };
    let log = Arrived::default();
    // It listens outside all the while; from inside nobody reaches it.
    let server = slack(address.port(), &log)?;
    add_destinations(&cut, address)?;
    let mut ids = Vec::new();
    for incident in 0..INCIDENTS {
        let id = super::id_of(&cut.json(&["incident", "declare", &format!("incident {incident}"), "--severity", "SEV1"])?)?;
        let room = cut.json(&["incident", "room", &id])?;
        let link = room["room"]["url"].as_str().unwrap_or_default();
        ensure!(link.starts_with("https://meet.jit.si/incident-"), "the room by its template: {room}");
        cut.json(&["incident", "stream", &id, "database", "--owner", "kim"])?;
        cut.json(&["incident", "stream", &id, "database", "--said", "locks"])?;
        cut.json(&["incident", "entry", &id, "rolled back"])?;
        for update in 0..UPDATES {
            cut.json(&["incident", "update", &id, &format!("update {incident}/{update}."), "--to", "hook", "--to", "bot"])?;
        }
        cut.json(&["incident", "phase", &id, "monitoring"])?;
        cut.json(&["incident", "stream", &id, "database", "--close", "an index was missing"])?;
        ids.push(id);
    }
    let offline = cut.json(&["sync", "--once"])?;
    let rows = offline.as_array().context("rows")?;
    ensure!(rows.len() == INCIDENTS * UPDATES * 2, "{offline}");
    for row in rows {
        ensure!(row["state"] == "queued", "without a network everything waits: {row}");
    }
    ensure!(rows.iter().any(|row| row["reason"].as_str().is_some_and(|reason| reason.contains("cannot be reached"))), "{offline}");
    ensure!(arrived(&log).is_empty(), "something got out of the namespace");
    for id in &ids {
        let shown = cut.json(&["incident", "show", id])?;
        ensure!(shown["streams"][0]["outcome"] == "an index was missing" && shown["times"]["mitigated"].is_string(), "{shown}");
    }

    // The network is back.
    let cli = Cli::alone(folder.path())?.with_env("HOOK", &format!("http://{address}/services/hook")).with_env("BOT", "xoxb-planted");
    let settled = wait::until("everything to go out", Duration::from_mins(3), async || {
        cli.json(&["sync", "--once"]).await?;
        let rows = cli.json(&["outbox", "list"]).await?;
        let open = |row: &&Value| !(row["state"] == "done" || row["state"] == "unknown" && row["due"].is_null());
        let left = rows.as_array().into_iter().flatten().filter(open).count();
        if left > 0 {
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
        Ok((left == 0).then_some(rows))
    })
    .await?;
    drop(server);
    let got = arrived(&log);
    for (channel, by_bot) in [("hook", false), ("bot", true)] {
        for (incident, _) in ids.iter().enumerate() {
            let texts: Vec<String> = got
                .iter()
                .filter(|(to, _)| *to == channel)
                .filter_map(|(_, body)| said(body))
                .filter(|text| text.starts_with(&format!("{incident}/")))
                .collect();
            ensure!(texts.is_sorted(), "{channel} was told out of order: {texts:?}");
            for update in 0..UPDATES {
                let wanted = format!("{incident}/{update}");
                let times = texts.iter().filter(|text| **text == wanted).count();
                let row = settled
                    .as_array()
                    .into_iter()
                    .flatten()
                    .find(|row| row["destination"] == channel && row["text"] == format!("update {wanted}."));
                let state = row.and_then(|row| row["state"].as_str()).unwrap_or_default();
                ensure!(times <= 1, "{channel} was told {wanted} {times} times");
                // The bot's channel can be asked, so nothing stays unknown there; a webhook's cannot.
                ensure!(
                    state == "done" && times == 1 || state == "unknown" && !by_bot,
                    "{channel} {wanted} is {state}, and arrived {times} times"
                );
            }
        }
    }
    let unknown =
        settled.as_array().into_iter().flatten().find(|row| row["state"] == "unknown").context("a webhook's lost reply stays unknown")?;
    let settled = cli.json(&["outbox", "settle", unknown["id"].as_str().unwrap_or_default(), "--as", "done:seen"]).await?;
    ensure!(settled["state"] == "done", "{settled}");
    for id in &ids {
        let resolved = cli.json(&["incident", "resolve", id]).await?;
        ensure!(resolved["phase"] == "resolved" && resolved["room"]["closed"] == true, "{resolved}");
    }
    Ok(())
}

/// `1/2` of a message that says `update 1/2.`, in either form.
fn said(body: &str) -> Option<String> {
    let text = match serde_json::from_str::<Value>(body) {
        Ok(json) => json["text"].as_str()?.to_owned(),
        Err(_) => url::form_urlencoded::parse(body.as_bytes()).find(|(name, _)| name == "text")?.1.into_owned(),
    };
    Some(text.strip_prefix("update ")?.trim_end_matches('.').to_owned())
}
