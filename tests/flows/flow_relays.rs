//! Two people write one postmortem through a relay as it comes from npm: live, with carets; apart while the network is cut, and merged
//! when it is back; with their room beside it. Through Hocuspocus and through y-websocket.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_casefile::presence::{self, Heard};
use firewatch_engine::view::FollowUpForm;
use firewatch_tests::relay::Relay;
use firewatch_tests::{Result, wait};
use tokio::time::Instant;

use crate::relay_stage::{Machine, SOON};

#[tokio::test(flavor = "multi_thread")]
async fn two_write_together_through_hocuspocus() -> Result {
    println!("{}", together("hocuspocus").await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_write_together_through_y_websocket() -> Result {
    println!("{}", together("y_websocket").await?);
    Ok(())
}

async fn together(kind: &'static str) -> Result<String> {
    if !Relay::present("writing together")? {
        return Ok(String::new());
    }
    let mut server = Relay::start(kind, None).await?;
    let (mut ada, mut bob) = (Machine::new("ada")?, Machine::new("bob")?);
    let incident = ada.engine.declare("Settings load slowly", "SEV2", &[])?.id;
    // The same template is begun on both before they meet, as two do who were offline.
    let folder = tempfile::tempdir()?;
    let file = ada.engine.write_incident(&incident, "case", folder.path())?;
    bob.engine.read_case_file(std::path::Path::new(&file))?;
    ada.engine.open_postmortem(&incident)?;
    bob.engine.open_postmortem(&incident)?;
    let template = ada.text(&incident);

    // Without a word about the kind, the one that answers is found out.
    ensure!(ada.share("", &server.address(), None).await?.kind == kind);
    ensure!(bob.share(kind, &server.address(), None).await?.all);
    ada.watch();
    bob.watch();
    ada.stands(&incident, "connected").await?;
    bob.stands(&incident, "connected").await?;
    let seen_by_the_doctor = async || {
        let lines = ada.engine.doctor().await?;
        let line = lines.into_iter().find(|line| line.part == "relay team").context("no line for the relay")?;
        Ok::<_, anyhow::Error>((line.verdict, line.cure))
    };
    ensure!(seen_by_the_doctor().await? == ("ok".to_owned(), String::new()));

    let words = live(kind, &ada, &bob, &incident).await?;
    let begun = |text: &str| template.lines().filter(|line| line.starts_with("## ")).all(|line| text.matches(line).count() == 1);
    for machine in [&ada, &bob] {
        let text = machine.text(&incident);
        ensure!(begun(&text), "the template stands there once:\n{text}");
    }
    let caret = carets(&ada, &bob, &incident).await?;
    room(&ada, &bob, &incident).await?;

    // The network is cut; both go on.
    server.cut()?;
    ada.stands(&incident, "waiting").await?;
    bob.stands(&incident, "waiting").await?;
    ensure!(bob.engine.presence(&incident)?.is_empty(), "who cannot be heard is not there");
    let (verdict, cure) = seen_by_the_doctor().await?;
    ensure!(verdict == "broken" && cure.contains("waits here until it answers"), "{verdict}: {cure}");
    let (by_ada, by_bob) = (ada.editor(&incident)?, bob.editor(&incident)?);
    by_ada.types("written by Ada on the train")?;
    by_bob.types("written by Bob in the cellar")?;
    bob.engine.add_entry(&incident, "rebooted the cache from the cellar")?;
    ada.start_again().await?;
    ada.watch();
    // The server remembers nothing; the two remember everything.
    server.again().await?;
    for machine in [&ada, &bob] {
        machine.reads(&incident, "written by Ada on the train").await?;
        machine.reads(&incident, "written by Bob in the cellar").await?;
    }
    alike(&ada, &bob, &incident).await?;
    let told = ada.engine.incident(&incident)?;
    ensure!(told.entries.iter().any(|entry| entry.text == "rebooted the cache from the cellar"), "{told:#?}");
    ensure!(begun(&ada.text(&incident)), "still once");
    ada.rest().await?;
    bob.rest().await?;
    Ok(format!("{words}; a caret after {caret:?}"))
}

/// Words typed here are read there within the blink of an eye, and the other way round.
async fn live(kind: &str, ada: &Machine, bob: &Machine, incident: &str) -> Result<String> {
    let (by_ada, by_bob) = (ada.editor(incident)?, bob.editor(incident)?);
    let mut took = Vec::new();
    for turn in 0..30 {
        let (editor, reader) = if turn % 2 == 0 { (&by_ada, bob) } else { (&by_bob, ada) };
        let word = format!("word{turn}end ");
        let begun = Instant::now();
        editor.types(&word)?;
        while !reader.text(incident).contains(word.trim()) {
            ensure!(begun.elapsed() < SOON, "`{word}` never came; {:?}", reader.relay());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        took.push(begun.elapsed());
    }
    took.sort();
    let (half, most) = (took[took.len() / 2], took[took.len() - 1]);
    ensure!(half < Duration::from_secs(2), "{took:?}");
    by_ada.refresh()?;
    alike(ada, bob, incident).await?;
    Ok(format!("{kind}: a word typed here was read there after {half:?} (median of {}), at most {most:?}", took.len()))
}

/// A caret set here is seen there, and gone when its window is.
async fn carets(ada: &Machine, bob: &Machine, incident: &str) -> Result<Duration> {
    let says = |clock, state: &str| presence::written(&[Heard { client: 4711, clock, state: state.to_owned() }]).context("somebody");
    let mut heard = bob.engine.presence_spoken();
    let caret = r#"{"user":{"name":"ada"},"cursor":{"anchor":1,"head":2}}"#;
    let begun = Instant::now();
    ada.engine.set_presence(incident, &says(1, caret)?)?;
    let spoken = tokio::time::timeout(SOON, heard.recv()).await.context("no caret came")??;
    let took = begun.elapsed();
    let people = presence::read(&spoken.update)?;
    ensure!(spoken.incident == incident && people.iter().any(|one| one.client == 4711 && one.state == caret), "{people:?}");
    ensure!(presence::read(&bob.engine.presence(incident)?)?.len() == 1);
    ensure!(ada.engine.presence(incident)?.is_empty(), "one's own window is nobody else");
    ada.engine.set_presence(incident, &says(2, "null")?)?;
    wait::until("the caret to go", SOON, async || Ok(bob.engine.presence(incident)?.is_empty().then_some(()))).await?;
    ada.engine.set_presence(incident, &says(3, caret)?)?;
    wait::until("the caret to be back", SOON, async || Ok((!bob.engine.presence(incident)?.is_empty()).then_some(()))).await?;
    Ok(took)
}

/// Entries, follow-ups, evidence and incidents that only one of them had.
async fn room(ada: &Machine, bob: &Machine, incident: &str) -> Result {
    bob.engine.add_entry(incident, "the cache was cold")?;
    ada.engine.assign_role(incident, "commander", "ada")?;
    let form = FollowUpForm { title: Some("Warm the cache".to_owned()), incident: Some(incident.to_owned()), ..FollowUpForm::default() };
    let followup = ada.engine.add_followup(&form)?.row.id;
    wait::until("the same room", SOON, async || {
        let (here, there) = (ada.engine.incident(incident)?, bob.engine.incident(incident)?);
        Ok((here == there && here.entries.iter().any(|e| e.text == "the cache was cold") && here.followups.len() == 1).then_some(()))
    })
    .await?;
    bob.engine.change_followup(&followup, &FollowUpForm { owner: Some("bob".to_owned()), ..FollowUpForm::default() })?;
    wait::until("the owner", SOON, async || Ok((ada.engine.followup(&followup)?.row.owner == "bob").then_some(()))).await?;
    // One that is declared there comes by itself, with what was frozen for it.
    let other = bob.engine.declare("Mail is late", "SEV3", &[])?;
    let came = wait::until("the other incident", SOON, async || Ok(ada.engine.incident(&other.id).ok())).await?;
    ensure!(came.title == "Mail is late", "{came:#?}");
    if let Some(frozen) = other.evidence.first() {
        wait::until("its evidence", SOON, async || Ok(ada.engine.evidence(&frozen.hash).ok())).await?;
    }
    Ok(())
}

/// Both hold the same document and the same room.
async fn alike(ada: &Machine, bob: &Machine, incident: &str) -> Result {
    let both = async || {
        let same = ada.engine.case_state_vector(incident)?.len() == bob.engine.case_state_vector(incident)?.len()
            && ada.text(incident) == bob.text(incident)
            && ada.engine.incident(incident)?.entries == bob.engine.incident(incident)?.entries;
        Ok(same.then_some(()))
    };
    wait::until("both to be alike", SOON, both).await.with_context(|| format!("{}\n---\n{}", ada.text(incident), bob.text(incident)))
}
