//! The library: what was written down is found by words, beginnings and phrases, and hostile text stays text. A postmortem is found
//! with its comments as soon as it was typed, also after a kill and where it came from elsewhere.

use anyhow::{Context, ensure};
use firewatch_casefile::Drawer;
use firewatch_engine::Engine;
use firewatch_engine::view::HitRow;
use firewatch_tests::Result;
use firewatch_tests::cli::Cli;
use serde_json::{Value, json};
use yrs::{Text, Transact};

use crate::alone::alone;
use crate::typist::Typist;

const NOW_S: i64 = 1_795_000_000;

fn kinds(hits: &Value) -> Vec<&str> {
    hits.as_array().into_iter().flatten().filter_map(|hit| hit["kind"].as_str()).collect()
}

#[tokio::test]
async fn what_was_written_down_is_found() -> Result {
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?;
    cli.json(&["slo", "probe", "checkout-page", "http://127.0.0.1:9/", "--under", "500ms", "--objective", "99.5", "--window", "30d"])
        .await?;
    let incident = cli.json(&["incident", "declare", "Customer settings load slowly", "--severity", "SEV2"]).await?;
    let id = incident["id"].as_str().context("an id")?;
    cli.json(&["incident", "entry", id, "Thirteen integrations are asked one after another <script>alert(1)</script>"]).await?;
    cli.json(&["followup", "add", id, "Ask integrations in parallel", "--label", "first-load"]).await?;
    let none: Vec<&str> = Vec::new();

    let found = cli.json(&["search", "integrations"]).await?;
    ensure!(kinds(&found) == ["followup", "entry", "entry"], "{found:#}");
    ensure!(found[0]["incident_title"] == "Customer settings load slowly" && found[0]["note"] == "open", "{found:#}");
    ensure!(kinds(&cli.json(&["search", "\"one after another\""]).await?) == ["entry"]);
    let hostile = cli.json(&["search", "thirt"]).await?;
    ensure!(hostile[0]["excerpt"].as_str().is_some_and(|text| text.contains("<script>alert(1)</script>")), "{hostile:#}");
    ensure!(hostile[0]["excerpt_pieces"][0]["hit"] == true && hostile[0]["excerpt_pieces"][0]["text"] == "Thirteen", "{hostile:#}");
    ensure!(kinds(&cli.json(&["search", "sett"]).await?).contains(&"incident"));
    ensure!(kinds(&cli.json(&["search", "checkout"]).await?) == ["slo"]);
    ensure!(kinds(&cli.json(&["search", "first-load"]).await?) == ["followup"]);
    ensure!(kinds(&cli.json(&["search", "integrations", "--limit", "1"]).await?).len() == 1);
    // Nothing has both words: what has one of them is better than nothing.
    ensure!(!kinds(&cli.json(&["search", "integrations zebra"]).await?).is_empty());
    for typed in ["zebra", "\"", "NEAR(", "* OR -", "title:"] {
        ensure!(kinds(&cli.json(&["search", typed]).await?) == none, "{typed}");
    }
    Ok(())
}

#[tokio::test]
async fn a_postmortem_is_found_and_leads_to_its_paper() -> Result {
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?;
    let incident = cli.json(&["incident", "declare", "Customer settings load slowly", "--severity", "SEV2"]).await?;
    let id = incident["id"].as_str().context("an id")?;
    let text = folder.path().join("text.md");
    std::fs::write(
        &text,
        "## Cause\n\nThe **address lookup** waits for thirteen partners.\n\n| Partner | Waits |\n|---|---|\n| Zürich | 3 s |\n",
    )?;
    cli.json(&["postmortem", "import", id, &text.to_string_lossy()]).await?;

    let found = cli.json(&["search", "address lookup"]).await?;
    ensure!(kinds(&found) == ["postmortem"], "{found:#}");
    ensure!(found[0]["id"] == id && found[0]["incident"] == id && found[0]["note"] == "draft", "{found:#}");
    ensure!(found[0]["title"] == "Customer settings load slowly", "{found:#}");
    ensure!(found[0]["excerpt"].as_str().is_some_and(|said| said.contains("address lookup")), "{found:#}");
    ensure!(kinds(&cli.json(&["search", "zurich"]).await?) == ["postmortem"], "what stands in a table");
    ensure!(kinds(&cli.json(&["search", "customer settings"]).await?).contains(&"postmortem"), "its title");
    let shown = cli.run(&["search", "address"]).await?.stdout;
    ensure!(shown.contains("postmortem") && shown.contains(id), "{shown}");

    // A timeline says nothing in the paper of its own; what it said when that was published stays in it.
    cli.json(&["incident", "entry", id, "Quokka release rolled back"]).await?;
    ensure!(kinds(&cli.json(&["search", "quokka"]).await?) == ["entry"]);
    cli.json(&["postmortem", "publish", id]).await?;
    let published = cli.json(&["search", "quokka"]).await?;
    ensure!(kinds(&published).contains(&"postmortem"), "{published:#}");
    let paper = published.as_array().into_iter().flatten().find(|hit| hit["kind"] == "postmortem").context("the paper")?;
    ensure!(paper["note"] == "published", "{paper:#}");
    Ok(())
}

#[test]
fn what_was_typed_is_found_as_it_is_now_after_a_kill_and_where_it_was_merged() -> Result {
    let (home, train) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let incident = {
        let (ada, _) = alone(home.path(), "Ada", NOW_S)?;
        let incident = ada.declare("Slow settings", "SEV2", &[])?.id;
        let typist = Typist::new(11, &ada.open_postmortem(&incident)?.update)?;
        let text = typist.paragraph();
        typist.type_into(&text, "wallabies everywhere");
        sent(&ada, &incident, &typist)?;
        ensure!(papers(&ada, "wallab")? == [incident.clone()], "as soon as it was typed");
        text.remove_range(&mut typist.doc.transact_mut(), 0, 9);
        typist.type_into(&text, ", said the numbat");
        sent(&ada, &incident, &typist)?;
        let said = json!({ "kind": "thread", "id": "c", "author": "Ada", "at": "", "text": "since which bandicoot?", "quote": "numbat" });
        ada.share_in_case(&incident, Drawer::Comments, &[("c".to_owned(), said.to_string()), ("odd".to_owned(), "no JSON".to_owned())])?;
        incident
        // Nobody searched since: the engine goes as a killed one does.
    };
    let (ada, _) = alone(home.path(), "Ada", NOW_S)?;
    let none: [String; 0] = [];
    ensure!(papers(&ada, "numbat")? == [incident.clone()] && papers(&ada, "everywhere")? == [incident.clone()]);
    ensure!(papers(&ada, "bandicoot")? == [incident.clone()], "comments are found");
    ensure!(papers(&ada, "wallab")? == none, "what was deleted is not");
    ensure!(papers(&ada, "quote")? == none && papers(&ada, "thread")? == none, "nor how a comment is kept");

    let (bob, _) = alone(train.path(), "Bob", NOW_S)?;
    let entries = ada.store().read(|tx| tx.entries(&incident))?;
    bob.store().write(|tx| entries.iter().try_for_each(|entry| tx.append_entry(entry).map(drop)))?;
    bob.open_postmortem(&incident)?;
    ensure!(papers(&bob, "numbat")? == none);
    bob.merge_case(&incident, &ada.pull_postmortem(&incident, &[])?, "Ada", "folder")?;
    ensure!(papers(&bob, "numbat")? == [incident.clone()] && papers(&bob, "bandicoot")? == [incident.clone()]);

    // Something similar half a year later: what the paper says makes it alike.
    let later = bob.declare("The numbat again", "SEV2", &[])?.id;
    let alike: Vec<String> = bob.looks_like(&later)?.into_iter().map(|one| one.id).collect();
    ensure!(alike == [incident], "{alike:?}");
    Ok(())
}

fn sent(engine: &Engine, incident: &str, typist: &Typist) -> Result {
    typist.said().iter().try_for_each(|update| engine.edit_postmortem(incident, update))?;
    Ok(())
}

/// The postmortems that are found.
fn papers(engine: &Engine, typed: &str) -> Result<Vec<String>> {
    Ok(engine.search(typed, 20)?.into_iter().filter(|hit: &HitRow| hit.kind == "postmortem").map(|hit| hit.id).collect())
}
