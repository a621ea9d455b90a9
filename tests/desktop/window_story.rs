//! The incident of the Settings story in the real window, from the first notification to resolved, with the keyboard only: every step
//! leaves a picture in light and dark, and the command line is asked at the end what is known of it. And lines that are caught into an
//! incident from anywhere by starting the program a second time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::process::Process;
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::window::Key;
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

use crate::desk::{self, CLASS, Desk, profile_of};

const FIRST_LOAD: &str = "First load of the settings page";
const SLO: &str = "settings-first-load-production";
/// At sixty times the story's pace it burns within a minute.
const BURN: Duration = Duration::from_secs(90);
const FOLLOW_UPS: [&str; 3] = ["Load the settings in parallel", "Cut the response down", "Defer secondary requests"];

#[tokio::test]
async fn the_incident_from_the_first_notification_to_resolved_by_keyboard() -> Result {
    let Some(program) = desk::program("the story", Furniture::FULL, &["convert"])? else { return Ok(()) };
    let desk = Desk::open(&program, Furniture::FULL).await?;
    let watch = wait::stopwatch();
    let notes = desk.session.folder().join("updates");
    std::fs::create_dir_all(&notes)?;
    desk.window.find(".choices button:focus").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("section[aria-label=Drill]", "nothing here is real").await?;
    somewhere_to_tell(&desk, &notes).await?;

    notified(&desk).await?;
    declare(&desk).await?;
    take_command(&desk).await?;
    split_into_streams(&desk).await?;
    open_the_room(&desk).await?;
    tell(&desk, &notes, "Half of the settings pages load within a second again.").await?;
    work(&desk).await?;
    star(&desk, "Release 4.2 is back").await?;
    write_follow_ups(&desk).await?;
    through_the_phases(&desk).await?;
    let took = watch.elapsed();
    known_at_the_end(&Cli::new(&desk.session, &desk.profile().join("drill"))?, &notes).await?;

    desk.choose("Stop the drill").await?;
    desk.says("[role=dialog] dt", "First status update").await?;
    ensure!(!desk.text_of("[role=dialog] dl").await?.unwrap_or_default().contains("not done"), "all of it was done in time");
    desk.shown("story-16-score").await?;
    ensure!(took < Duration::from_mins(4), "from the drill's start to resolved it took {took:?}");
    desk.window.close().await
}

/// A folder that takes updates, as a wiki's checkout does.
async fn somewhere_to_tell(desk: &Desk, notes: &Path) -> Result {
    desk.palette("Add a destination").await?;
    desk.tab_to("input[name=kind]", "").await?;
    desk.until("the folder to be chosen", async || {
        if desk.at("input[value=folder]:checked", "").await? {
            return Ok(Some(()));
        }
        desk.press(&[Key::Down]).await?;
        Ok(None)
    })
    .await?;
    desk.tab_to("form input", "Name").await?;
    desk.window.type_text("handbook").await?;
    desk.tab_to("form input", "Folder").await?;
    desk.window.type_text(&notes.to_string_lossy()).await?;
    desk.shown("story-01-destination").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("main", "handbook").await
}

/// One notification of many alerts; what is chosen on it leads to what burns.
async fn notified(desk: &Desk) -> Result {
    let told = desk.session.notified(1, BURN).await?;
    let first = told.first().context("nobody was told")?;
    ensure!(first.summary.starts_with("Drill: Customer settings is burning"), "{told:#?}");
    desk.session.screenshot(&pictures().join("story-02-notification.png")).await?;
    desk.session.click_notification().await?;
    desk.says("section[aria-label=SLO] h1", FIRST_LOAD).await?;
    desk.window.find("section[aria-label=SLO] canvas").await?;
    desk.shown("story-03-burning").await?;
    desk.press(&[Key::Char('a')]).await?;
    desk.says(".acts button", "Acknowledged").await
}

/// Every customer feels it: the gravest.
async fn declare(desk: &Desk) -> Result {
    desk.press(&[Key::Char('d')]).await?;
    desk.window.find("[role=dialog] input:focus").await?;
    desk.tab_to("[role=dialog] input[name=severity]", "").await?;
    desk.press(&[Key::Left, Key::Left]).await?;
    desk.window.find("[role=dialog] input[value=SEV0]:checked").await?;
    desk.shown("story-04-declare").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("section[aria-label=Incident] h1", FIRST_LOAD).await?;
    desk.press(&[Key::Char('v')]).await?;
    desk.window.find("[role=dialog]").await?;
    desk.says("[role=dialog] h2", FIRST_LOAD).await?;
    desk.window.find("[role=dialog] canvas").await?;
    desk.shown("story-05-evidence").await?;
    desk.press(&[Key::Escape]).await?;
    desk.window.gone("[role=dialog]").await
}

/// Command is taken, a scribe named, and command handed over to somebody who reads it back.
async fn take_command(desk: &Desk) -> Result {
    for (role, person) in [("commander", "me"), ("communications", "Bob")] {
        desk.press(&[Key::Char('r')]).await?;
        desk.window.find("input.person:focus").await?;
        desk.window.type_text(person).await?;
        desk.press(&[Key::Enter]).await?;
        desk.says(".timeline", &format!("{role} is {person}")).await?;
    }
    desk.press(&[Key::Char('r')]).await?;
    desk.tab_back_to("input.person", "commander").await?;
    desk.window.press(&[Key::Control, Key::Char('a')]).await?;
    desk.window.type_text("Ada").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says(".offer", "not confirmed yet").await?;
    desk.press(&[Key::Char('r')]).await?;
    desk.tab_back_to("button", "Confirm commander").await?;
    desk.shown("story-06-hand-over").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.find(".offer input:focus").await?;
    desk.window.type_text("First load is ten times too slow; the release is suspected.").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.gone(".offer").await?;
    desk.until("command to have passed", async || Ok(holder(desk, "commander").await?.filter(|person| person == "Ada"))).await.map(drop)
}

/// Three lines of investigation with their owners; one is heard from.
async fn split_into_streams(desk: &Desk) -> Result {
    for stream in ["Integrations one by one", "Size of the answer", "Secondary requests"] {
        write(desk, &format!("/stream {stream}")).await?;
        desk.says(".facts strong", stream).await?;
    }
    desk.press(&[Key::Escape, Key::Char('r')]).await?;
    desk.tab_to("input", "Owner of Integrations one by one").await?;
    desk.window.type_text("Ada").await?;
    desk.press(&[Key::Enter]).await?;
    // A name is offered from its first letters; Enter takes it, and what is said comes behind.
    desk.press(&[Key::Escape, Key::Char('e')]).await?;
    desk.window.find("textarea:focus").await?;
    desk.window.type_text("@Integ").await?;
    desk.says("[role=option][aria-selected=true]", "Integrations one by one").await?;
    desk.shown("story-07-completion").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.type_text("thirteen are asked one after another").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says(".facts .said", "thirteen are asked one after another").await?;
    desk.shown("story-08-streams").await
}

/// The room comes from the template of the settings, and two points of the list are done.
async fn open_the_room(desk: &Desk) -> Result {
    write(desk, "/room").await?;
    desk.says(".facts", "Join the room").await?;
    desk.press(&[Key::Escape]).await?;
    for point in ["Somebody is commander", "Open the war room"] {
        check(desk, point).await?;
    }
    desk.shown("story-09-room-and-checklist").await
}

/// An update from its draft: the longer one, with a line of one's own, copied, and sent to the one place there is.
async fn tell(desk: &Desk, notes: &Path, line: &str) -> Result {
    desk.press(&[Key::Char('u')]).await?;
    desk.window.find("[role=dialog] textarea:focus").await?;
    desk.tab_back_to("[role=dialog] input[name=length]", "").await?;
    desk.press(&[Key::Right]).await?;
    desk.window.find("[role=dialog] input[value=technical]:checked").await?;
    desk.tab_to("[role=dialog] textarea", "").await?;
    desk.window.press(&[Key::Control, Key::End]).await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.type_text(line).await?;
    let written = desk.window.execute("return document.querySelector('[role=dialog] textarea').value", &[]).await?;
    let written = written.as_str().context("no text")?.trim().to_owned();
    for part in ["Conditions", "Actions", "Needs: an owner for Size of the answer", "thirteen are asked one after another", line] {
        ensure!(written.contains(part), "the update says nothing of {part}: {written}");
    }
    desk.tab_to("[role=dialog] button", "Copy").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("[role=dialog] button", "Copied").await?;
    desk.shown("story-10-update").await?;
    desk.tab_to("[role=dialog] button", "Send to 1 place").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.gone("[role=dialog]").await?;
    desk.says(".facts li", "handbook").await?;
    desk.says(".facts li a", "done").await?;
    let sent = files(notes)?;
    ensure!(sent.len() == 1 && sent[0].trim() == written, "it is there once, exactly as it stood: {sent:#?}");
    check(desk, "Send the first status update").await
}

/// What is done to the system is marked, and stands on the charts.
async fn work(desk: &Desk) -> Result {
    write(desk, "Page loads take ten times longer since the release of 9:40.").await?;
    write(desk, "/deploy Release 4.2.1 asks integrations with a time limit").await?;
    write(desk, "/mitigation Secondary requests are switched off").await?;
    write(desk, "/rollback Release 4.2 is back").await?;
    for kind in ["deploy", "mitigation", "rollback"] {
        desk.says(".timeline .marked", kind).await?;
    }
    desk.press(&[Key::Escape]).await?;
    desk.shown("story-11-marks").await?;
    desk.press(&[Key::Char('r')]).await?;
    desk.tab_to("button", "Charts").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.find("[role=dialog] canvas").await?;
    desk.shown("story-12-charts").await?;
    desk.press(&[Key::Escape]).await?;
    desk.window.gone("[role=dialog]").await
}

/// From the line where one writes, back to the star of an entry.
async fn star(desk: &Desk, entry: &str) -> Result {
    desk.press(&[Key::Char('e')]).await?;
    desk.window.find("textarea:focus").await?;
    desk.until("the star", async || {
        desk.window.press(&[Key::Shift, Key::Tab]).await?;
        let script = "const { activeElement: at } = document;
            return at.innerText.includes('Star') && at.closest('[data-entry]')?.innerText.includes(arguments[0]) === true";
        Ok((desk.window.execute(script, &[json!(entry)]).await? == json!(true)).then_some(()))
    })
    .await?;
    desk.press(&[Key::Enter]).await?;
    desk.says(".entry.starred", entry).await
}

async fn write_follow_ups(desk: &Desk) -> Result {
    for title in FOLLOW_UPS {
        desk.press(&[Key::Escape, Key::Char('e')]).await?;
        desk.window.find("textarea:focus").await?;
        desk.window.type_text(&format!("/followup {title}")).await?;
        desk.press(&[Key::Enter]).await?;
        desk.window.find("[role=dialog] [name=title]:focus").await?;
        if title == FOLLOW_UPS[0] {
            desk.shown("story-13-follow-up").await?;
        }
        desk.press(&[Key::Enter]).await?;
        desk.window.gone("[role=dialog]").await?;
        desk.says(".facts", title).await?;
    }
    Ok(())
}

/// Phase by phase; the last is held by a point that must be done first.
async fn through_the_phases(desk: &Desk) -> Result {
    for phase in ["identified", "mitigating", "monitoring"] {
        desk.press(&[Key::Escape, Key::Char('p'), Key::Enter]).await?;
        desk.says(".timeline", &format!("phase is {phase}")).await?;
    }
    desk.press(&[Key::Char('p'), Key::Enter]).await?;
    desk.says("[role=dialog]", "Customers or support confirm").await?;
    desk.shown("story-14-held").await?;
    desk.press(&[Key::Escape]).await?;
    desk.window.gone("[role=dialog]").await?;
    check(desk, "Customers or support confirm").await?;
    desk.press(&[Key::Char('p'), Key::Enter]).await?;
    desk.says(".timeline", "phase is resolved").await?;
    desk.says("section[aria-label=Incident] header", "lasted").await?;
    desk.says(".facts", "Closed with the incident").await?;
    desk.shown("story-15-resolved").await
}

/// What the command line knows of it.
async fn known_at_the_end(cli: &Cli, notes: &Path) -> Result {
    let status = cli.status(SLO).await?;
    ensure!(["burning", "exhausted"].contains(&status["state"].as_str().unwrap_or_default()), "the story burns on: {status:#}");
    let all = cli.json(&["incident", "list"]).await?;
    ensure!(all.as_array().is_some_and(|all| all.len() == 1), "{all:#}");
    let incident = cli.json(&["incident", "show", all[0]["id"].as_str().context("an id")?]).await?;
    ensure!(incident["phase"] == "resolved" && incident["severity"] == "SEV0" && incident["drill"] == true, "{incident:#}");
    ensure!(incident["roles"]["commander"] == "Ada" && incident["roles"]["communications"] == "Bob", "{:#}", incident["roles"]);
    for moment in ["impact_start", "detected", "acknowledged", "mitigated", "resolved"] {
        ensure!(incident["times"][moment].is_string(), "{moment} is known: {:#}", incident["times"]);
    }
    ensure!(incident["slos"].to_string().contains(SLO), "{:#}", incident["slos"]);
    let streams = incident["streams"].as_array().context("no streams")?;
    ensure!(
        streams.len() == 3 && streams[0]["owner"] == "Ada" && streams[0]["said"] == "thirteen are asked one after another",
        "{streams:#?}"
    );
    ensure!(incident["room"]["closed"] == true, "{:#}", incident["room"]);
    ensure!(incident["room"]["url"].as_str().is_some_and(|url| url.starts_with("https://meet.jit.si/")), "{:#}", incident["room"]);
    let entries = incident["entries"].as_array().context("no entries")?;
    let count = |kind: &str| entries.iter().filter(|entry| entry["kind"] == kind).count();
    for (kind, wanted) in [("declared", 1), ("marked", 3), ("stream_opened", 3), ("role_confirmed", 1), ("room_opened", 1), ("update", 1)] {
        ensure!(count(kind) == wanted, "{} entries of {kind}, not {wanted}", count(kind));
    }
    ensure!(count("checked") == 4, "four points of the list were done: {}", count("checked"));
    let starred: Vec<&Value> = entries.iter().filter(|entry| entry["starred"] == true).map(|entry| &entry["text"]).collect();
    ensure!(starred.len() == 1 && starred[0].as_str().is_some_and(|text| text.contains("Release 4.2 is back")), "{starred:#?}");
    let followups = cli.json(&["followup", "list"]).await?;
    let titles: Vec<&str> = followups.as_array().into_iter().flatten().filter_map(|one| one["title"].as_str()).collect();
    ensure!(FOLLOW_UPS.iter().all(|title| titles.contains(title)) && titles.len() == 3, "{titles:?}");
    let outbox = cli.json(&["outbox", "list"]).await?;
    ensure!(outbox.as_array().is_some_and(|acts| acts.len() == 1) && outbox[0]["state"] == "done", "{outbox:#}");
    ensure!(files(notes)?.len() == 1, "told once");
    Ok(())
}

/// A line, caught from anywhere into the open incident by starting the program again, taken back, and asked for by the window.
#[tokio::test]
async fn lines_are_caught_from_anywhere_and_taken_back() -> Result {
    let Some(program) = desk::program("capture", Furniture::FULL, &[])? else { return Ok(()) };
    let session = Session::start(Furniture::FULL).await?;
    let cli = Cli::new(&session, &profile_of(&session))?;
    let again = async |args: &[&str]| {
        let profile = profile_of(&session);
        let mut second = session.spawn("second", &program, &[&["--data", &profile.to_string_lossy()], args].concat())?;
        wait::until("the second start to end", wait::PATIENCE, async || second.ended()).await
    };
    ensure!(!again(&["--capture", "too early"]).await?.success(), "no incident is open, and that is a failure");
    let incident = cli.json(&["incident", "declare", "Settings load slowly", "--severity", "SEV2"]).await?;
    let id = incident["id"].as_str().context("an id")?;
    ensure!(again(&["--capture", "written without a window"]).await?.success());
    noted(&cli, id, "written without a window", false).await?;

    // In the tray, as after a start at login.
    let hidden = ["--data", &profile_of(&session).to_string_lossy(), "--hidden"].map(str::to_owned);
    let mut first: Process = session.spawn("first", &program, &hidden.each_ref().map(String::as_str))?;
    wait::until("the icon in the tray", wait::PATIENCE, async || Ok(session.tray_items().await.unwrap_or_default().into_iter().next()))
        .await?;
    ensure!(again(&["--capture", "Support counts forty calls"]).await?.success());
    noted(&cli, id, "Support counts forty calls", false).await?;
    let told = session.notified(1, desk::SOON).await?;
    ensure!(told.iter().any(|one| one.summary.contains("Noted in Settings load slowly")), "{told:#?}");
    ensure!(session.windows(CLASS).await?.is_empty(), "a line needs no window");
    ensure!(again(&["--capture-undo"]).await?.success());
    noted(&cli, id, "Support counts forty calls", true).await?;
    noted(&cli, id, "written without a window", false).await?;

    ensure!(again(&["--capture"]).await?.success());
    session.shows_windows(CLASS, 1).await?;
    // The page is there a moment after its window; what was typed too early is typed again.
    let mut looks = 0;
    wait::until("the line that was typed", wait::PATIENCE, async || {
        tokio::time::sleep(Duration::from_secs(2)).await;
        session.focus(CLASS).await?;
        looks += 1;
        session.screenshot(&pictures().join(format!("story-capture-{looks}.png"))).await?;
        session.type_text("asked for by the window").await?;
        session.key("Return").await?;
        Ok(entries(&cli, id).await?.into_iter().find(|(text, _)| text.contains("asked for by the window")))
    })
    .await?;
    ensure!(first.ended()?.is_none(), "it goes on watching");
    Ok(())
}

/// Waits until the timeline has a line, struck or not.
async fn noted(cli: &Cli, incident: &str, line: &str, struck: bool) -> Result {
    let found = wait::until(format!("{line:?}, struck: {struck}"), desk::SOON, async || {
        Ok(entries(cli, incident).await?.contains(&(line.to_owned(), struck)).then_some(()))
    });
    match found.await {
        Err(error) => Err(error.context(format!("{:#?}", entries(cli, incident).await?))),
        found => found,
    }
}

/// Notes of the timeline, and whether each was struck.
async fn entries(cli: &Cli, incident: &str) -> Result<Vec<(String, bool)>> {
    let shown = cli.json(&["incident", "show", incident]).await?;
    let notes = shown["entries"].as_array().into_iter().flatten().filter(|entry| entry["kind"] == "note");
    Ok(notes.map(|entry| (entry["text"].as_str().unwrap_or_default().to_owned(), !entry["struck"].is_null())).collect())
}

/// A line into the one input.
async fn write(desk: &Desk, line: &str) -> Result {
    desk.press(&[Key::Escape, Key::Char('e')]).await?;
    desk.window.find("textarea:focus").await?;
    desk.window.type_text(line).await?;
    desk.press(&[Key::Enter]).await?;
    // It is emptied when the core has it.
    let empty = "return document.querySelector(\"textarea[aria-label='New entry']\").value === ''";
    desk.until(&format!("{line:?} to be taken"), async || Ok((desk.window.execute(empty, &[]).await? == json!(true)).then_some(()))).await
}

/// Does a point of the checklist.
async fn check(desk: &Desk, point: &str) -> Result {
    desk.press(&[Key::Escape, Key::Char('r')]).await?;
    desk.window.find("input.person:focus").await?;
    desk.tab_to("input[type=checkbox]", point).await?;
    desk.press(&[Key::Char(' ')]).await?;
    desk.says("label.done", point).await
}

async fn holder(desk: &Desk, role: &str) -> Result<Option<String>> {
    let script = "return [...document.querySelectorAll('.facts label')].find((one) => one.innerText.trim() === arguments[0])?.querySelector('input').value";
    Ok(desk.window.execute(script, &[json!(role)]).await?.as_str().map(str::to_owned))
}

/// The texts in a folder.
fn files(folder: &Path) -> Result<Vec<String>> {
    std::fs::read_dir(folder)?.map(|file| Ok(std::fs::read_to_string(file?.path())?)).collect()
}

/// Where the other pictures are, for those of the whole screen.
fn pictures() -> PathBuf {
    parts::checkout().join("target/screenshots")
}
