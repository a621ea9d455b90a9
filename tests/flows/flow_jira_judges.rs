//! Strangers judge: jira.js (its schema checks on) judges the fake Jira, Prism over the vendor's tightened description judges our
//! requests and the fake's answers, and jira820 is a Data Center that somebody else wrote.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_domain::ports::Post;
use firewatch_engine::view::TrackerForm;
use firewatch_tests::jira::{Face, Jira, PROJECT, TASK};
use firewatch_tests::process::Process;
use firewatch_tests::{Result, parts, wait};
use serde_json::json;

use crate::jira_stage::{self, Side, form, only};

const SOON: Duration = Duration::from_mins(1);

/// A folder of packages under `tests/judges`, as the set-up installs them.
fn judge(path: &str) -> Option<PathBuf> {
    Some(parts::checkout().join("tests/judges").join(path)).filter(|path| path.exists())
}

/// A file of the vendors' descriptions, beside the checkout.
fn specification(name: &str) -> Option<PathBuf> {
    Some(parts::checkout().join("../shared/specs").join(name)).filter(|path| path.exists())
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_js_finds_the_fake_to_be_a_jira() -> Result {
    let name = "jira.js judging the fake";
    let (Some(packages), Some(contract)) = (judge("node_modules/jira.js"), specification("tools/jirajs_contract.mjs")) else {
        parts::absent(name, "jira.js, or the contract beside the checkout")?;
        return Ok(());
    };
    if !parts::present(name, &["node"])? {
        return Ok(());
    }
    let jira = Jira::start(Face::Cloud, Arc::new(|| wait::now() * 1000))?;
    let folder = tempfile::tempdir()?;
    // Packages are looked for from where the script lies.
    let script = folder.path().join("contract.mjs");
    std::fs::copy(contract, &script)?;
    std::os::unix::fs::symlink(packages.parent().context("the packages' folder")?, folder.path().join("node_modules"))?;
    let ran = Command::new("node").arg(&script).args([&jira.url(), PROJECT, TASK, "--state"]).output()?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success() && said.matches("ok  ").count() >= 14, "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn prism_finds_nothing_in_our_requests_nor_in_the_fakes_answers() -> Result {
    let name = "Prism over the vendor's description";
    let (Some(prism), Some(description)) = (judge("node_modules/.bin/prism"), specification("jira-cloud-v3.strict.json")) else {
        parts::absent(name, "Prism, or the description beside the checkout")?;
        return Ok(());
    };
    let mut side = Side::without_tracker(Face::Cloud, 0)?;
    let (folder, port) = (tempfile::tempdir()?, free_port()?);
    let mut command = Command::new(prism);
    command.args(["proxy", "-p", &port.to_string(), "-h", "127.0.0.1", "--errors"]).arg(description).arg(side.jira.url());
    let mut proxy = Process::start("prism", command, folder.path())?;
    let asked = format!("http://127.0.0.1:{port}/rest/api/3/serverInfo");
    proxy.until("Prism", SOON, async || Ok(reqwest::get(&asked).await.ok().map(drop))).await?;
    side.engine.add_tracker(TrackerForm { url: format!("http://127.0.0.1:{port}"), ..form(&side.jira) }, None).await?;
    let id = side.add("Load in parallel")?;
    let text = "# Why\n\nEight requests **in a row**, see [trace](<https://trace.example.com/1>).\n\n- one\n  - two\n    - three\n      - four\n\n```sql\nselect 1;\n```\n\n> quoted\n\n1. `curl`\n2. ~~wait~~\n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    side.change(
        &id,
        &only(|f| (f.text, f.due, f.labels) = (Some(text.to_owned()), Some("2027-02-01".to_owned()), Some("settings".to_owned()))),
    )?;
    side.settle().await?;
    let judged = |side: &Side| -> Result {
        let acts = side.engine.outbox()?;
        ensure!(acts.iter().all(|act| act.state == "done"), "{acts:?}");
        Ok(())
    };
    judged(&side)?;
    let changes = only(|f| {
        (f.title, f.text, f.priority) = (Some("Load settings in parallel".to_owned()), Some(String::new()), Some("high".to_owned()));
        (f.due, f.add_labels, f.remove_labels) = (Some(String::new()), Some("web".to_owned()), Some("settings".to_owned()));
        (f.owner, f.status) = (Some("Lena Lead".to_owned()), Some("done".to_owned()));
    });
    side.change(&id, &changes)?;
    side.settle().await?;
    side.engine.comment_ticket(&id, "Proven, **10.2×**.")?;
    side.settle().await?;
    side.engine.test_tracker(jira_stage::TRACKER).await?;
    side.engine.ticket_ways(&id).await?;
    judged(&side)?;
    let issue = side.jira.issue_called("Load settings in parallel").context("it")?;
    ensure!(issue.fields["status"] == "5" && issue.fields["description"].is_null() && issue.comments.len() == 1, "{issue:?}");
    let ticket = side.ticket(&id)?;
    ensure!(ticket.trouble.is_none() && side.followup(&id)?.row.owner == "Lena Lead", "{ticket:?}");
    let said = proxy.output();
    ensure!(!said.contains("Violation") && !said.contains("violation"), "Prism found something: {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_center_of_somebody_elses_takes_our_tickets() -> Result {
    let name = "jira820 as a foreign Data Center";
    let Some(program) = judge("venv/bin/jira820") else {
        parts::absent(name, "jira820")?;
        return Ok(());
    };
    let (folder, port) = (tempfile::tempdir()?, free_port()?);
    let mut command = Command::new(program);
    command.env("JIRA820_PORT", port.to_string()).current_dir(folder.path());
    let mut server = Process::start("jira820", command, folder.path())?;
    let base = format!("http://127.0.0.1:{port}");
    server.until("jira820", SOON, async || Ok(reqwest::get(format!("{base}/rest/api/2/serverInfo")).await.ok().map(drop))).await?;
    // It knows neither the lists of the wizard nor POST /search, so the courier alone meets it: make, edit, move, read back.
    let courier = foreign(&base)?;
    let types: serde_json::Value = reqwest::get(format!("{base}/rest/api/2/issuetype")).await?.json().await?;
    let task = types.as_array().into_iter().flatten().find(|t| t["name"] == "Task").context("a type Task")?;
    let payload = json!({ "project": "10000", "project_key": "JIRA820", "type": task["id"], "summary": "Load in parallel", "description": "Why **not**?",
        "marker": "0199aa", "label": true, "labels": ["fw-0199aa"] });
    let made = courier.deliver(&act("ticket_create", payload)).await;
    let firewatch_domain::outbox::Delivered::Done(receipt) = made else { anyhow::bail!("{made:?}: {}", server.output()) };
    let key = receipt.id;
    let edit =
        json!({ "issue": key, "set": { "summary": { "from": "Load in parallel", "to": "Load settings in parallel" } }, "labels": {} });
    let edited = courier.deliver(&act("ticket_edit", edit)).await;
    ensure!(matches!(edited, firewatch_domain::outbox::Delivered::Done(_)), "{edited:?}");
    let tracker = reader(&base)?;
    // Some of its steps demand an assignee, which only a person can give; the first that demands nothing is taken.
    let (mut moved, mut refused) = (None, Vec::new());
    for way in tracker.ways(&key).await? {
        let step = json!({ "issue": key, "from": "new", "to": way.category, "way": way.to.id });
        match courier.deliver(&act("ticket_transition", step)).await {
            firewatch_domain::outbox::Delivered::Done(_) => {
                moved = Some(way.category);
                break;
            }
            other => refused.push(other),
        }
    }
    let firewatch_domain::tracker::Sight::There(issue) = tracker.look(&key, "JIRA820").await? else { anyhow::bail!("it is not there") };
    ensure!(issue.summary == "Load settings in parallel", "{issue:?}");
    ensure!(moved.is_some_and(|category| category != "new" && issue.category == category), "{refused:?} {issue:?}");
    Ok(())
}

fn act(kind: &str, payload: serde_json::Value) -> firewatch_domain::outbox::Act {
    firewatch_domain::outbox::Act::new("act-1".to_owned(), "jira", "followup", kind, payload, "replica", wait::now())
}

fn destination(base: &str) -> firewatch_domain::destination::Destination {
    let token = firewatch_domain::source::SecretPlace::Session { entry: "one".to_owned() };
    let kind = firewatch_domain::destination::DestinationKind::JiraDatacenter { url: base.to_owned(), token, allow_plain_http: false };
    firewatch_domain::destination::Destination { id: "1".to_owned(), name: "jira".to_owned(), kind }
}

fn foreign(base: &str) -> Result<Arc<dyn firewatch_domain::ports::Courier>> {
    jira_stage::office().courier(&destination(base), &jira_stage::OneSecret).map_err(anyhow::Error::msg)
}

fn reader(base: &str) -> Result<Arc<dyn firewatch_domain::ports::Tracker>> {
    jira_stage::office().tracker(&destination(base), &jira_stage::OneSecret).map_err(anyhow::Error::msg)
}
