//! A schedule from an address that is a secret: asked with what it said last, kept when the network is gone, and announcements that
//! wait while the person is certainly off shift, never silently.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};
use chrono::{DateTime, Duration, Utc};
use firewatch_tests::cli::Cli;
use firewatch_tests::http::{Reply, Server, answer};
use firewatch_tests::{Result, parts};
use serde_json::Value;

const SECRET: &str = "planted-calendar-7f3a";

/// Jane has been on call since yesterday, I will be tomorrow.
fn calendar(now: DateTime<Utc>) -> String {
    let event = |uid: &str, from: i64, to: i64, who: &str| {
        let at = |hours: i64| (now + Duration::hours(hours)).format("%Y%m%dT%H%M%SZ").to_string();
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART:{}\r\nDTEND:{}\r\nSUMMARY:On Call - {who} - Settings\r\nEND:VEVENT\r\n",
            at(from),
            at(to)
        )
    };
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}{}END:VCALENDAR\r\n", event("1", -24, 24, "Jane Doe"), event("2", 24, 48, "Ola Me"))
}

/// The machine's time, as the program itself says it.
async fn now(cli: &Cli) -> Result<DateTime<Utc>> {
    let view = cli.json(&["oncall", "who"]).await?;
    Ok(view["at"].as_str().context("a time")?.parse()?)
}

fn part<'a>(doctor: &'a Value, name: &str) -> Option<&'a Value> {
    doctor.as_array()?.iter().find(|line| line["part"] == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_read_kept_and_asked() -> Result {
    if parts::firewatchctl().is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let text = calendar(now(&Cli::alone(folder.path())?).await?);
    let asked: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let log = Arc::clone(&asked);
    let server = Server::start(0, move || {
        let (text, log) = (text.clone(), Arc::clone(&log));
        Box::new(move |request| {
            if request.path != format!("/private/{SECRET}.ics") {
                return Reply::Send(answer(200, &[("Content-Type", "text/html")], b"<!doctype html><title>Sign in</title>"));
            }
            let known = request.header("if-none-match").map(str::to_owned);
            let same = known.as_deref() == Some("\"one\"");
            log.lock().unwrap_or_else(PoisonError::into_inner).push(known);
            Reply::Send(if same { answer(304, &[], b"") } else { answer(200, &[("ETag", "\"one\"")], text.as_bytes()) })
        })
    })?;
    let base = format!("http://{}", server.address());
    let cli = Cli::alone(folder.path())?
        .with_env("CAL", &format!("{base}/private/{SECRET}.ics"))
        .with_env("PAGE", &format!("{base}/login?{SECRET}"))
        .with_env("PLAIN", &format!("http://calendar.example.com/{SECRET}.ics"));

    let page = cli.fails(1, &["oncall", "add", "page", "--address-env", "PAGE"]).await?;
    ensure!(page.contains("no iCalendar file") && !page.contains(SECRET), "{page}");
    let plain = cli.fails(1, &["oncall", "add", "plain", "--address-env", "PLAIN"]).await?;
    ensure!(plain.contains("https") && !plain.contains(SECRET), "{plain}");
    ensure!(cli.json(&["oncall", "list"]).await? == serde_json::json!([]), "a calendar that could not be read was kept");

    cli.json(&["oncall", "add", "settings", "--address-env", "CAL"]).await?;
    let who = cli.json(&["oncall", "who"]).await?;
    ensure!(who["people"][0]["person"] == "Jane Doe" && who["duty"] == "unknown", "{who}");
    let twice = cli.fails(1, &["oncall", "add", "settings", "--address-env", "CAL"]).await?;
    ensure!(twice.contains("settings"), "{twice}");

    // Whoever is not found in the calendar is told always: what is not known holds nothing back.
    cli.json(&["oncall", "only", "on"]).await?;
    let unknown = cli.json(&["oncall", "me", "Nobody Here"]).await?;
    ensure!(unknown["duty"] == "unknown" && unknown["held"].is_null(), "{unknown}");
    let off = cli.json(&["oncall", "me", "ola me, ola@example.com"]).await?;
    ensure!(
        off["duty"] == "off" && off["held"].as_str().is_some_and(|text| text.starts_with("off shift: announcements held until")),
        "{off}"
    );
    let doctor = cli.json(&["doctor"]).await?;
    let line = part(&doctor, "shifts").context("the doctor says nothing of shifts")?;
    ensure!(
        line["verdict"] == "degraded" && line["message"].as_str().is_some_and(|text| text.contains("off shift: announcements held")),
        "{line}"
    );
    let on = cli.json(&["oncall", "me", "Jane Doe"]).await?;
    ensure!(on["duty"] == "on" && on["held"].is_null(), "{on}");

    cli.json(&["oncall", "read"]).await?;
    ensure!(
        asked.lock().unwrap_or_else(PoisonError::into_inner).last() == Some(&Some("\"one\"".to_owned())),
        "it is asked with what it said last"
    );
    drop(server);
    let gone = cli.json(&["oncall", "read"]).await?;
    let error = gone[0]["error"].as_str().unwrap_or_default();
    ensure!(error.contains("cannot be reached") && gone[0]["shifts"] == 2, "{gone}");
    ensure!(cli.json(&["oncall", "who"]).await?["people"][0]["person"] == "Jane Doe", "the copy serves while there is no network");
    ensure!(part(&cli.json(&["doctor"]).await?, "calendar settings").is_some(), "the doctor names a calendar that cannot be read");

    super::secrets::none_of(&[SECRET], folder.path(), &[gone.to_string(), doctor.to_string()])?;
    cli.json(&["oncall", "remove", "settings"]).await?;
    ensure!(cli.json(&["oncall", "list"]).await? == serde_json::json!([]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hand_over_note_says_what_happened() -> Result {
    if parts::firewatchctl().is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(folder.path())?;
    let file = folder.path().join("shifts.ics");
    std::fs::write(&file, calendar(now(&cli).await?))?;
    cli.json(&["oncall", "add", "settings", &file.display().to_string()]).await?;
    cli.json(&["oncall", "me", "Jane Doe"]).await?;
    let id = super::incident(&cli).await?;
    cli.json(&["incident", "role", &id, "commander", "Jane <b>Doe</b>"]).await?;
    cli.json(&["incident", "stream", &id, "database", "--owner", "Kim"]).await?;
    let note = cli.json(&["oncall", "handover"]).await?;
    let text = note["text"].as_str().context("a note")?;
    for words in [
        "On call: Jane Doe",
        "Incidents (1)",
        "SEV2 Settings slow (investigating)",
        "commander Jane <b>Doe</b>",
        "open streams: database (Kim)",
    ] {
        ensure!(text.contains(words), "`{words}` is not in\n{text}");
    }
    let before = cli.fails(1, &["oncall", "handover", "--from", "2026-03-02T00:00:00Z", "--to", "2026-03-01T00:00:00Z"]).await?;
    ensure!(before.contains("at most 35 days"), "{before}");
    Ok(())
}
