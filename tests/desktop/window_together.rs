//! Two real windows on two profiles write one postmortem through a Hocuspocus server as it comes from npm: each sees the other's words and
//! caret as they come, both go on when the network is cut, and it is one text when it is back. The same through a shared folder. How long a
//! word and a caret took from key to screen is printed.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::relay::Relay;
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::window::Key;
use firewatch_tests::{Result, wait};
use serde_json::json;

use crate::desk::{self, Desk, profile_of};

/// Keys that are followed from one window to the other.
const KEYS: &str = "Both of us write this at once, and neither waits for the other.";
/// Moves of the caret that are followed.
const MOVES: usize = 24;
/// The incident is carried, and the postmortem with it.
const CARRIED: Duration = Duration::from_mins(1);

/// Notes when a key was pressed here, when the text changed, and when somebody's caret stood elsewhere.
const NOTE: &str = "const seen = window.__seen = { keys: [], texts: [], carets: [] };
    addEventListener('keydown', () => seen.keys.push(Date.now()), true);
    const prose = document.querySelector('.prose');
    const place = () => {
        const caret = prose.querySelector('.caret');
        if (!caret) return -1;
        const range = new Range();
        range.setStart(prose, 0);
        range.setEndBefore(caret);
        return range.toString().length;
    };
    let [text, at] = [prose.textContent, place()];
    new MutationObserver(() => {
        const [now, there] = [prose.textContent, place()];
        if (now !== text) seen.texts.push(Date.now());
        if (there !== at && there !== -1) seen.carets.push(Date.now());
        [text, at] = [now, there];
    }).observe(prose, { subtree: true, childList: true, characterData: true });";

#[tokio::test]
async fn two_windows_write_one_text_through_a_relay() -> Result {
    let Some(program) = desk::program("two windows", Furniture::default(), &["node"])? else { return Ok(()) };
    if !Relay::present("two windows")? {
        return Ok(());
    }
    let mut server = Relay::start("hocuspocus", None).await?;
    let (ada, bob, incident) = both(&program, &server.address()).await?;
    for desk in [&ada, &bob] {
        desk.window.find(".prose .caret").await?;
        desk.window.execute(NOTE, &[]).await?;
    }
    words(&ada, &bob).await?;
    carets(&ada, &bob).await?;
    ada.pictures("together-1-live").await?;

    // Whoever is cut off goes on writing.
    server.cut()?;
    for desk in [&ada, &bob] {
        desk.until("the line to be lost", async || Ok(desk.window.find_all(".prose .caret").await?.is_empty().then_some(()))).await?;
    }
    begin(&ada, "Ada wrote this in a tunnel. ").await?;
    begin(&bob, "Bob wrote this in the cellar. ").await?;
    ada.says(".saved", "Saved").await?;
    server.again().await?;
    merged(&ada, &bob, &incident, &["Ada wrote this in a tunnel.", "Bob wrote this in the cellar.", KEYS]).await
}

#[tokio::test]
async fn two_windows_write_one_text_through_a_folder() -> Result {
    let Some(program) = desk::program("two windows, a folder", Furniture::default(), &[])? else { return Ok(()) };
    let shared = tempfile::tempdir()?;
    let (ada, bob, incident) = both(&program, &shared.path().display().to_string()).await?;
    begin(&ada, "Ada wrote this here. ").await?;
    begin(&bob, "Bob wrote this there. ").await?;
    merged(&ada, &bob, &incident, &["Ada wrote this here.", "Bob wrote this there."]).await
}

/// Two windows at the same postmortem, shared at `at`.
async fn both(program: &Path, at: &str) -> Result<(Desk, Desk, String)> {
    let mut incident = String::new();
    let mut desks = Vec::new();
    for name in ["Ada", "Bob"] {
        let session = Session::start(Furniture::default()).await?;
        let cli = firewatch_tests::cli::Cli::new(&session, &profile_of(&session))?;
        cli.json(&["whoami", "--name", name]).await?;
        if name == "Ada" {
            let declared = cli.json(&["incident", "declare", "Settings load slowly", "--severity", "SEV2"]).await?;
            declared["id"].as_str().context("an id")?.clone_into(&mut incident);
            cli.run(&["postmortem", "show", &incident]).await?;
        }
        let kind: &[&str] = if at.contains("://") { &[] } else { &["--kind", "folder"] };
        cli.json(&[&["relay", "set", at, "--name", "team"], kind].concat()).await?;
        desks.push(Desk::open_in(session, program, &[], &[]).await?);
    }
    let (bob, ada) = (desks.pop().context("a window")?, desks.pop().context("a window")?);
    let cli = bob.cli()?;
    wait::until("the incident to come", CARRIED, async || {
        Ok(cli.run(&["postmortem", "show", &incident]).await.ok().filter(|shown| shown.code == 0 && !shown.stdout.is_empty()))
    })
    .await?;
    for desk in [&ada, &bob] {
        desk.go(&format!("/postmortem/{incident}")).await?;
        desk.window.find(".prose:focus").await?;
    }
    Ok((ada, bob, incident))
}

/// Key after key here, each waited for there.
async fn words(ada: &Desk, bob: &Desk) -> Result {
    begin(ada, "").await?;
    forget(ada, bob).await?;
    let mut took = Vec::new();
    for (typed, key) in KEYS.chars().enumerate() {
        ada.press(&[Key::Char(key)]).await?;
        took.push(passed(ada, bob, "texts", typed + 1).await?);
    }
    bob.says(".prose", KEYS).await?;
    println!("a word, from key to the other's screen: {}", told(&mut took));
    Ok(())
}

/// Step by step here, each waited for there.
async fn carets(ada: &Desk, bob: &Desk) -> Result {
    forget(ada, bob).await?;
    let mut took = Vec::new();
    for step in 0..MOVES {
        ada.press(&[Key::Left]).await?;
        took.push(passed(ada, bob, "carets", step + 1).await?);
    }
    println!("a caret, from key to the other's screen: {}", told(&mut took));
    Ok(())
}

async fn forget(ada: &Desk, bob: &Desk) -> Result {
    // What is under way has arrived by then.
    tokio::time::sleep(Duration::from_secs(1)).await;
    for desk in [ada, bob] {
        desk.window.execute("for (const list of Object.values(window.__seen)) list.length = 0", &[]).await?;
    }
    Ok(())
}

/// Milliseconds from the `count`th key here to the first change there after it.
async fn passed(ada: &Desk, bob: &Desk, what: &str, count: usize) -> Result<f64> {
    let pressed = ada.window.execute("return window.__seen.keys[arguments[0]]", &[json!(count - 1)]).await?;
    let pressed = pressed.as_f64().context("no key was noted")?;
    let script = "return window.__seen[arguments[0]].find((at) => at >= arguments[1]) ?? null";
    let waited = format!("the {count}th change of the {what}");
    let seen = bob.until(&waited, async || Ok(bob.window.execute(script, &[json!(what), json!(pressed)]).await?.as_f64())).await?;
    Ok(seen - pressed)
}

fn told(took: &mut [f64]) -> String {
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    format!("median {:.0} ms, p95 {:.0} ms, at most {:.0} ms, of {}", at(0.5), at(0.95), at(1.0), took.len())
}

/// Types at the beginning of a paragraph of one's own.
async fn begin(desk: &Desk, words: &str) -> Result {
    desk.window.find(".prose:focus").await?;
    desk.window.press(&[Key::Control, Key::Home]).await?;
    desk.window.type_text(words).await
}

/// Both show the same, with all of these words, and so do both profiles.
async fn merged(ada: &Desk, bob: &Desk, incident: &str, words: &[&str]) -> Result {
    let text = "const copy = document.querySelector('.prose').cloneNode(true);
        for (const one of copy.querySelectorAll('.caret, [data-live]')) one.remove();
        return copy.textContent";
    ada.until("both to show the same", async || {
        let here = ada.window.execute(text, &[]).await?;
        let there = bob.window.execute(text, &[]).await?;
        let all = here.as_str().is_some_and(|here| words.iter().all(|word| here.contains(word)));
        Ok((all && here == there).then_some(()))
    })
    .await
    .with_context(|| format!("{words:?}"))?;
    ada.pictures("together-2-merged").await?;
    let show = async |desk: &Desk| Ok::<_, anyhow::Error>(desk.cli()?.run(&["postmortem", "show", incident]).await?.stdout);
    let (here, there) = (show(ada).await?, show(bob).await?);
    ensure!(here == there && words.iter().all(|word| here.contains(word)), "{here}\n---\n{there}");
    Ok(())
}
