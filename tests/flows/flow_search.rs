//! The library over the command line: what was written down is found by words, beginnings and phrases, and hostile text stays text.

use anyhow::{Context, ensure};
use firewatch_tests::Result;
use firewatch_tests::cli::Cli;
use serde_json::Value;

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
