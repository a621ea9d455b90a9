//! The window starts wherever it is started: with parts of a desktop missing, with a profile it cannot write or a database that is
//! damaged, beside itself, and after it was closed. Nothing is lost, and what is wrong is said where a person looks.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::process::Process;
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::{Result, wait};

use crate::desk::{self, CLASS, Desk, profile_of};

const BARE: Furniture = Furniture { notifications: false, panel: false, keyring: false };
const FIRST_START: &str = "Firewatch watches error budgets";

#[tokio::test]
async fn without_a_bus_a_keyring_or_a_tray_it_opens_and_says_what_is_missing() -> Result {
    let Some(program) = desk::program("the bare desktop", BARE, &[])? else { return Ok(()) };
    // The session's LANG is C.UTF-8 already; here there is no language at all, and --hidden has no tray to hide in.
    let session = Session::start(BARE).await?;
    let nothing = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent"), ("LANG", "C"), ("LC_ALL", "C")];
    let desk = Desk::open_in(session, &program, &nothing, &["--hidden"]).await?;
    desk.says("main", FIRST_START).await?;
    // It has looked at its parts a moment later.
    desk.says("section[aria-label=Degraded]", "parts work less").await?;
    desk.picture("bare-desktop").await?;
    desk.go("/doctor").await?;
    for part in ["notifications", "tray", "keyring"] {
        desk.says("li", part).await?;
    }
    ensure!(desk.text_of("main").await?.unwrap_or_default().matches("degraded").count() >= 2, "the doctor names what is missing");
    desk.picture("bare-desktop-doctor").await?;
    desk.window.close().await
}

#[tokio::test]
async fn without_a_compositor_it_is_drawn_when_its_page_comes() -> Result {
    let Some(program) = desk::program("no compositor", BARE, &[])? else { return Ok(()) };
    let session = Session::start(BARE).await?;
    let mut command = session.command(&program);
    // As a person without a graphics card has it: the driver of the other tests wants a compositor.
    command.env_remove("WEBKIT_FORCE_COMPOSITING_MODE").arg("--data").arg(profile_of(&session));
    let mut process = Process::start("firewatch", command, session.folder())?;
    session.shows_windows(CLASS, 1).await?;
    process.until("a page on the screen", wait::PATIENCE, async || Ok((session.colours().await? > 20).then_some(()))).await?;
    process.end(Duration::from_secs(20)).await
}

#[tokio::test]
async fn a_profile_that_cannot_be_written_is_explained_in_the_window() -> Result {
    let Some(program) = desk::program("the unwritable profile", BARE, &[])? else { return Ok(()) };
    let session = Session::start(BARE).await?;
    // Later arguments win: this one lies where not even an administrator can write.
    let desk = Desk::open_in(session, &program, &[], &["--data", "/proc/firewatch"]).await?;
    desk.says("main", "cannot be").await?;
    let words = desk.text_of("body").await?.unwrap_or_default();
    ensure!(words.contains("/proc/firewatch"), "the place is named: {words}");
    ensure!(!words.contains("calm"), "nothing is green where nothing is seen: {words}");
    desk.picture("unwritable").await?;
    desk.window.close().await
}

#[tokio::test]
async fn a_damaged_database_is_kept_and_said() -> Result {
    let Some(program) = desk::program("the damaged database", BARE, &[])? else { return Ok(()) };
    let session = Session::start(BARE).await?;
    let profile = profile_of(&session);
    std::fs::create_dir_all(&profile)?;
    let damaged: Vec<u8> = b"SQLite format 3\0".iter().copied().chain((0..40_000_u32).map(|n| (n * 31 % 251) as u8)).collect();
    std::fs::write(profile.join("firewatch.db"), &damaged)?;
    let desk = Desk::open_in(session, &program, &[], &[]).await?;
    desk.says("main", FIRST_START).await?;
    desk.go("/doctor").await?;
    desk.says("li", "was damaged and is kept").await?;
    desk.picture("damaged").await?;
    let kept = std::fs::read_dir(&profile)?.filter_map(|entry| Some(entry.ok()?.path()));
    let kept = kept.filter(|path| path.to_string_lossy().contains("damaged")).find(|path| std::fs::read(path).is_ok_and(|b| b == damaged));
    ensure!(kept.is_some(), "the damaged file is not kept byte for byte");
    desk.window.close().await
}

#[tokio::test]
async fn closing_keeps_the_watch_and_a_second_start_brings_it_back() -> Result {
    let Some(program) = desk::program("closing", Furniture::FULL, &[])? else { return Ok(()) };
    let mut session = Session::start(Furniture::FULL).await?;
    let profile = profile_of(&session);
    let mut first = start(&session, "first", &program, &profile, &["--hidden"])?;
    let item = tray_item(&session).await?;
    ensure!(session.windows(CLASS).await?.is_empty(), "with a tray it starts hidden");

    ensure!(second_start(&session, &program, &profile).await?.success(), "a second start ends well");
    session.shows_windows(CLASS, 1).await?;
    session.close_windows(CLASS).await?;
    session.shows_windows(CLASS, 0).await?;
    let told = session.notified(1, desk::SOON).await?;
    ensure!(told[0].summary.contains("goes on watching") && told[0].body.contains("icon in the panel"), "{told:#?}");
    ensure!(first.ended()?.is_none(), "closing the window ended the program");

    session.tray_choose(&item, "Open Firewatch").await?;
    session.shows_windows(CLASS, 1).await?;
    let other = session.folder().join("other");
    let mut beside = start(&session, "beside", &program, &other, &[])?;
    session.shows_windows(CLASS, 2).await?;
    ensure!(beside.ended()?.is_none() && first.ended()?.is_none(), "two profiles run beside each other");
    drop(beside);
    session.shows_windows(CLASS, 1).await?;
    session.close_windows(CLASS).await?;
    session.shows_windows(CLASS, 0).await?;

    session.start_panel().await?;
    // Lost and found: a panel that restarts has its icons back without being asked.
    tray_item(&session).await?;
    ensure!(second_start(&session, &program, &profile).await?.success(), "a second start ends well");
    quit_from_the_palette(&session, &mut first).await?;
    ensure!(session.notifications()?.len() == 1, "closing is said once: {:#?}", session.notifications());
    Ok(())
}

#[tokio::test]
async fn a_page_whose_process_dies_comes_back_by_itself() -> Result {
    let Some(program) = desk::program("a dying page", BARE, &[])? else { return Ok(()) };
    let session = Session::start(BARE).await?;
    let (profile, mark) = (profile_of(&session), session.folder().join("painted"));
    let mut command = session.command(&program);
    command.args([Path::new("--data"), &profile]).env("FIREWATCH_PAINTED", &mark);
    let mut process = Process::start("firewatch", command, session.folder())?;
    for _ in 0..2 {
        process.until("the page to be painted", wait::PATIENCE, async || Ok(mark.exists().then_some(()))).await?;
        std::fs::remove_file(&mark).context("take away the mark")?;
        session.run("kill", &["-9", &desk::page_of(process.id())?.to_string()]).await?;
    }
    process.until("the page to be painted again", wait::PATIENCE, async || Ok(mark.exists().then_some(()))).await?;
    session.shows_windows(CLASS, 1).await
}

fn start(session: &Session, name: &str, program: &Path, profile: &Path, more: &[&str]) -> Result<Process> {
    let profile = profile.to_str().context("the profile's path is no text")?;
    session.spawn(name, program, &[&["--data", profile], more].concat())
}

/// Starts the program once more and waits for it to hand over and end.
async fn second_start(session: &Session, program: &Path, profile: &Path) -> Result<ExitStatus> {
    let mut second = start(session, "second", program, profile, &[])?;
    wait::until("the second start to end", wait::PATIENCE, async || second.ended()).await
}

async fn tray_item(session: &Session) -> Result<String> {
    wait::until("the icon in the tray", wait::PATIENCE, async || Ok(session.tray_items().await.unwrap_or_default().into_iter().next()))
        .await
}

async fn quit_from_the_palette(session: &Session, program: &mut Process) -> Result {
    session.shows_windows(CLASS, 1).await?;
    session.focus(CLASS).await?;
    // The page is there a moment after its window; a key that comes too early is pressed again.
    let ended = wait::until("the program to quit", Duration::from_mins(1), async || {
        session.key("ctrl+k").await?;
        tokio::time::sleep(Duration::from_millis(700)).await;
        session.type_text("quit").await?;
        tokio::time::sleep(Duration::from_millis(700)).await;
        session.key("Return").await?;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        if let Some(status) = program.ended()? {
            return Ok(Some(status));
        }
        session.key("Escape").await?;
        Ok(None)
    });
    ensure!(ended.await?.success(), "quitting is no failure");
    Ok(())
}
