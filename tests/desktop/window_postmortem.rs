//! A postmortem in the real window, with the keyboard: from a resolved incident to a published document with chart, timeline,
//! follow-up and a comment that was resolved, and out again. And that what was typed is there whatever dies.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_casefile::CaseFile;
use firewatch_casefile::tree::Node;
use firewatch_store::{Store, StoreError};
use firewatch_tests::cli::Cli;
use firewatch_tests::process::Process;
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::window::Key;
use firewatch_tests::{Result, parts, wait};
use serde_json::json;

use crate::desk::{self, CLASS, Desk, profile_of};

const FIRST_LOAD: &str = "First load of the settings page";
const PROBLEM: &str = "Thirteen integrations were asked one after the other.";
const EARLIER: &str = "Alert on the slowest integration.";

#[tokio::test]
async fn from_a_resolved_incident_to_a_published_postmortem_by_keyboard() -> Result {
    let Some(program) = desk::program("the postmortem", Furniture::default(), &[])? else { return Ok(()) };
    let desk = Desk::open(&program, Furniture::default()).await?;
    resolved_incident(&desk).await?;

    desk.press(&[Key::Char('w')]).await?;
    desk.window.find(".choices button:focus").await?;
    desk.pictures("postmortem-1-templates").await?;
    desk.window.execute("document.querySelector('.choices button').focus()", &[]).await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.find(".prose:focus").await?;
    desk.window.find("section[aria-label='Budget chart, live block'] canvas").await?;
    desk.says("section[aria-label='Timeline, live block'] li", "phase").await?;

    // The first part: its hint is replaced by what it asks for.
    desk.press(&[Key::Down, Key::Home]).await?;
    // To its end and no further, over as many lines as the window's width makes of it.
    let hint = desk.window.execute("return document.querySelector('.prose h2 + p').innerText", &[]).await?;
    for _ in hint.as_str().context("a hint")?.chars() {
        desk.window.press(&[Key::Shift, Key::Right]).await?;
    }
    desk.window.type_text(PROBLEM).await?;
    desk.says(".saved", "Saved").await?;
    let first = desk.window.execute("return document.querySelector('.prose h2 + p').innerHTML", &[]).await?;
    ensure!(first == PROBLEM, "written over the hint, and upright: {first}");
    let incident = the_incident(&desk).await?;
    let cli = drill_cli(&desk)?;
    wait::until("the core to have it", desk::SOON, async || {
        Ok(cli.run(&["postmortem", "show", &incident]).await?.stdout.contains(PROBLEM).then_some(()))
    })
    .await?;

    comment_and_resolve(&desk).await?;
    follow_up(&desk).await?;
    desk.pictures("postmortem-2-written").await?;

    desk.window.press(&[Key::Alt, Key::Char('r')]).await?;
    desk.window.find("aside[aria-label=Review]:focus").await?;
    onto(&desk, "Publish").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("header .state", "published").await?;
    desk.says("section[aria-label='Timeline, as published'] .stand", "as published").await?;
    desk.window.find(".prose[contenteditable=false]").await?;
    desk.pictures("postmortem-3-published").await?;

    onto(&desk, "Export").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.find("[aria-label='The exported text']").await?;
    let text = desk.window.execute("return document.querySelector(\"[aria-label='The exported text']\").value", &[]).await?;
    let text = text.as_str().context("nothing was exported")?;
    ensure!(text.contains(PROBLEM) && text.contains(EARLIER), "{text}");
    desk.picture("postmortem-4-export").await?;

    let html = cli.run(&["postmortem", "show", &incident, "--format", "html"]).await?.stdout;
    ensure!(html.contains("<svg") && html.contains(PROBLEM) && html.contains(EARLIER), "the page has chart, text and follow-up");
    Ok(())
}

/// A row without its table comes while the text is being written: an editor would take it out, for everybody.
#[tokio::test]
async fn what_an_editor_would_take_out_is_only_read() -> Result {
    let Some(program) = desk::program("impossible places", Furniture::default(), &[])? else { return Ok(()) };
    let session = Session::start(Furniture::default()).await?;
    let cli = Cli::new(&session, &profile_of(&session))?;
    let declared = cli.json(&["incident", "declare", "Settings are slow", "--severity", "SEV2"]).await?;
    let incident = declared["id"].as_str().context("the incident has no id")?.to_owned();
    cli.json(&["postmortem", "show", &incident]).await?;
    let desk = Desk::open_in(session, &program, &[], &[]).await?;
    desk.go(&format!("/postmortem/{incident}")).await?;
    desk.window.find(".prose:focus").await?;
    desk.window.type_text("typed before it came").await?;
    wait::until("the core to have it", desk::SOON, async || {
        Ok(cli.run(&["postmortem", "show", &incident]).await?.stdout.contains("typed before it came").then_some(()))
    })
    .await?;

    let store = Store::open(&desk.profile(), "beside")?;
    let log = || store.read(|tx| tx.case_updates(&incident, 0));
    let elsewhere = CaseFile::new(77);
    for update in log()? {
        elsewhere.apply(&update.bytes.context("a kept update")?)?;
    }
    let row = Node::new("tableRow", vec![Node::new("tableCell", vec![Node::paragraph("stranded words")])]);
    let update = elsewhere.insert_blocks(0, &[row]);
    store.write::<_, StoreError>(|tx| tx.add_case_update(&incident, wait::now(), "Zoe", "folder", &update))?;
    let before = log()?;

    desk.says("[role=document]", "stranded words").await?;
    desk.says("[role=document]", "typed before it came").await?;
    desk.says("main", "stands directly in the document itself").await?;
    ensure!(desk.window.find_all(".prose[contenteditable=true]").await?.is_empty(), "nothing can be typed");
    desk.pictures("postmortem-impossible").await?;
    for route in ["/postmortem", &format!("/postmortem/{incident}")] {
        desk.go(route).await?;
    }
    desk.says("[role=document]", "stranded words").await?;
    ensure!(log()? == before, "opening it changed nothing");
    let text = cli.run(&["postmortem", "show", &incident]).await?.stdout;
    ensure!(text.contains("stranded words") && text.contains("typed before it came"), "{text}");
    Ok(())
}

/// The process of the page dies: the window comes back by itself, with the caret where it was.
#[tokio::test]
async fn a_page_that_dies_comes_back_to_the_paragraph_that_was_being_written() -> Result {
    let Some(program) = desk::program("a dying page", Furniture::default(), &[])? else { return Ok(()) };
    let stage = Stage::set(program).await?;
    let mut window = stage.open().await?;
    stage.session.type_text("before it ").await?;
    stage.holds("before it ").await?;
    for _ in 0..2 {
        // The caret is remembered a moment after it came to rest.
        tokio::time::sleep(Duration::from_secs(1)).await;
        std::fs::remove_file(stage.mark()).context("take away the mark")?;
        stage.session.run("kill", &["-9", &desk::page_of(window.id())?.to_string()]).await?;
        stage.painted(&mut window).await?;
        stage.session.type_text("again ").await?;
    }
    stage.holds("before it again again ").await
}

/// The program itself is killed 50 ms after an edit, again and again: what was typed half a second before is there.
#[tokio::test]
async fn a_window_that_is_killed_loses_nothing_that_is_older_than_a_moment() -> Result {
    let Some(program) = desk::program("a killed window", Furniture::default(), &[])? else { return Ok(()) };
    let stage = Stage::set(program).await?;
    for n in 0..parts::repeats(2, 50) {
        let window = stage.open().await?;
        let words = format!("kept{n} ");
        stage.session.type_text(&words).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        stage.session.type_text("x").await?;
        tokio::time::sleep(Duration::from_millis(50)).await;
        window.kill()?;
        stage.session.shows_windows(CLASS, 0).await?;
        let text = stage.text().await?;
        ensure!(text.contains(words.trim()), "{words} is lost: {text}");
    }
    Ok(())
}

async fn resolved_incident(desk: &Desk) -> Result {
    desk.window.find(".choices button:focus").await?;
    desk.press(&[Key::Enter]).await?;
    desk.becomes(FIRST_LOAD, "burning", Duration::from_secs(90)).await?;
    desk.press(&[Key::Char('j'), Key::Enter]).await?;
    desk.says("section[aria-label=SLO] h1", FIRST_LOAD).await?;
    desk.press(&[Key::Char('d')]).await?;
    desk.window.find("[role=dialog] input:focus").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("section[aria-label=Incident] h1", FIRST_LOAD).await?;
    desk.press(&[Key::Char('e')]).await?;
    desk.window.find("textarea:focus").await?;
    desk.window.type_text("Rolled the release back.").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says(".timeline", "Rolled the release back.").await?;
    // p stands on the next phase; three to the right of it is resolved.
    desk.press(&[Key::Escape, Key::Char('p'), Key::Right, Key::Right, Key::Right, Key::Enter]).await?;
    desk.says(".timeline", "phase is resolved").await
}

async fn comment_and_resolve(desk: &Desk) -> Result {
    desk.press(&[Key::Home]).await?;
    desk.window.press(&[Key::Shift, Key::End]).await?;
    desk.window.press(&[Key::Alt, Key::Char('m')]).await?;
    desk.window.find("textarea[aria-label='New comment']:focus").await?;
    desk.window.type_text("Since which release?").await?;
    desk.window.press(&[Key::Control, Key::Enter]).await?;
    desk.says("article", "Since which release?").await?;
    desk.window.find(".prose .anchor.comment").await?;
    desk.pictures("postmortem-comment").await?;
    desk.window.press(&[Key::Alt, Key::Char('c')]).await?;
    desk.window.find("aside[aria-label=Comments]:focus").await?;
    onto(desk, "Resolve").await?;
    desk.press(&[Key::Enter]).await?;
    desk.says("aside[aria-label=Comments]", "Every comment is resolved").await?;
    desk.window.gone(".prose .anchor.comment").await?;
    desk.window.press(&[Key::Alt, Key::Char('c')]).await?;
    desk.window.find("aside[aria-label=Comments]:focus").await.map(drop)
}

async fn follow_up(desk: &Desk) -> Result {
    desk.window.press(&[Key::Alt, Key::Char('c')]).await?;
    desk.window.find(".prose:focus").await?;
    desk.press(&[Key::End, Key::Enter]).await?;
    desk.window.type_text(EARLIER).await?;
    desk.press(&[Key::Home]).await?;
    desk.window.press(&[Key::Shift, Key::End]).await?;
    desk.window.press(&[Key::Alt, Key::Char('f')]).await?;
    desk.window.find("[role=dialog] input:focus").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.gone("[role=dialog]").await?;
    desk.window.find(".prose .anchor.followup").await?;
    desk.says("section[aria-label='Follow-ups, live block'] li", "Alert on the slowest integration").await
}

/// Tab by Tab to a button that begins with these words.
async fn onto(desk: &Desk, words: &str) -> Result {
    let script = "const { activeElement: at } = document; return at?.tagName === 'BUTTON' && at.innerText.trim().startsWith(arguments[0])";
    for _ in 0..80 {
        if desk.window.execute(script, &[json!(words)]).await? == json!(true) {
            return Ok(());
        }
        desk.press(&[Key::Tab]).await?;
    }
    anyhow::bail!("no Tab leads to {words}")
}

fn drill_cli(desk: &Desk) -> Result<Cli> {
    Cli::new(&desk.session, &desk.profile().join("drill"))
}

/// The id of the incident whose postmortem is on screen.
async fn the_incident(desk: &Desk) -> Result<String> {
    let id = desk.window.execute("return decodeURIComponent(location.hash.split('/')[2])", &[]).await?;
    id.as_str().map(str::to_owned).context("no postmortem is on screen")
}

/// A desktop without a driver: windows that may die, keys of the keyboard, and the command line beside.
struct Stage {
    session: Session,
    program: PathBuf,
    cli: Cli,
    incident: String,
}

impl Stage {
    /// An incident with a postmortem that was begun.
    async fn set(program: PathBuf) -> Result<Self> {
        let session = Session::start(Furniture::default()).await?;
        let cli = Cli::new(&session, &profile_of(&session))?;
        let declared = cli.json(&["incident", "declare", "Settings are slow", "--severity", "SEV2"]).await?;
        let incident = declared["id"].as_str().context("the incident has no id")?.to_owned();
        // Showing it begins it.
        cli.json(&["postmortem", "show", &incident]).await?;
        Ok(Self { session, program, cli, incident })
    }

    /// The window on the postmortem, with the caret in it.
    async fn open(&self) -> Result<Process> {
        std::fs::remove_file(self.mark()).ok();
        let mut command = self.session.command(&self.program);
        command.args([Path::new("--data"), &profile_of(&self.session)]).env("FIREWATCH_PAINTED", self.mark());
        let mut window = Process::start("firewatch", command, self.session.folder())?;
        self.painted(&mut window).await?;
        self.session.focus(CLASS).await?;
        // The fourth page is the list of postmortems; j goes to its first line.
        for key in ["4", "j", "Return"] {
            self.session.key(key).await?;
            tokio::time::sleep(Duration::from_millis(1_500)).await;
        }
        Ok(window)
    }

    fn mark(&self) -> PathBuf {
        self.session.folder().join("painted")
    }

    async fn painted(&self, window: &mut Process) -> Result {
        let mark = self.mark();
        window.until("the page to be painted", wait::PATIENCE, async || Ok(mark.exists().then_some(()))).await?;
        // From there to the caret in the text it takes the editor's script.
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(())
    }

    /// What the core keeps.
    async fn text(&self) -> Result<String> {
        Ok(self.cli.run(&["postmortem", "show", &self.incident, "--format", "md"]).await?.stdout)
    }

    async fn holds(&self, words: &str) -> Result {
        let held = wait::until(format!("{words:?} in the document"), desk::SOON, async || {
            Ok(self.text().await?.contains(words.trim()).then_some(()))
        });
        match held.await {
            Err(error) => Err(error.context(self.text().await?)),
            held => held,
        }
    }
}
