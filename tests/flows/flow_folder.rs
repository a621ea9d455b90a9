//! A folder as the source of truth: what its files say is what is watched, a file that breaks or goes loses nothing, and what
//! a file defines is changed only there. Documents go out and come back through the command line.

use std::path::Path;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::{Result, parts};
use serde_json::Value;

use crate::wanted;

/// A profile with one source, which nothing answers.
async fn profile(folder: &Path) -> Result<Cli> {
    let cli = Cli::alone(&folder.join("profile"))?;
    cli.json(&["source", "add", "prometheus", "prom", "http://127.0.0.1:9"]).await?;
    Ok(cli)
}

async fn folder(cli: &Cli) -> Result<Value> {
    cli.json(&["slo", "folders"]).await?.get(0).cloned().context("a watched folder")
}

#[tokio::test]
async fn files_are_the_source_of_truth() -> Result {
    if parts::firewatchctl().is_none() && !parts::absent("files_are_the_source_of_truth", "firewatchctl")? {
        return Ok(());
    }
    let home = tempfile::tempdir()?;
    let (cli, docs) = (profile(home.path()).await?, home.path().join("docs"));
    std::fs::create_dir_all(docs.join("web"))?;
    let (one, two) = (docs.join("web/one.yaml"), docs.join("two.yml"));
    std::fs::write(&one, wanted::availability("one", "shop", "0.99", "30d"))?;
    std::fs::write(&two, wanted::availability("two", "shop", "0.95", "7d"))?;
    let path = docs.to_str().context("a path")?;
    let row = cli.json(&["slo", "watch-folder", path, "--source", "prom"]).await?;
    ensure!(row["slos"] == 2 && row["remarks"] == Value::Array(Vec::new()), "{row}");
    let shown = cli.json(&["slo", "show", "one"]).await?;
    ensure!(shown["file"].as_str().is_some_and(|file| file.ends_with("web/one.yaml:1")), "{shown}");
    let id = shown["id"].clone();

    // What a file defines is changed only there.
    let refused = cli.fails(1, &["slo", "remove", "one"]).await?;
    ensure!(refused.contains("web/one.yaml:1; remove it there"), "{refused}");
    let other = home.path().join("one.yaml");
    std::fs::write(&other, wanted::availability("one", "shop", "0.5", "30d"))?;
    let refused = cli.run(&["--json", "slo", "import", other.to_str().context("a path")?, "--source", "prom"]).await?;
    ensure!(refused.code == 1 && refused.stdout.contains("change it there"), "{refused:?}");

    // A changed file changes its SLO, which stays the same one.
    std::fs::write(&one, wanted::availability("one", "shop", "0.999", "30d"))?;
    cli.json(&["poll", "--once"]).await?;
    let shown = cli.json(&["slo", "show", "one"]).await?;
    ensure!(shown["objective"] == 0.999 && shown["id"] == id, "{shown}");

    // A broken file is named with its line and loses nothing.
    std::fs::write(&one, "apiVersion: openslo/v1\nkind: [\n")?;
    cli.json(&["poll", "--once"]).await?;
    let row = folder(&cli).await?;
    ensure!(row["slos"] == 2 && row["gone"] == Value::Array(Vec::new()), "{row}");
    ensure!(row["remarks"][0]["outcome"] == "rejected" && row["remarks"][0]["file"] == "web/one.yaml", "{row}");
    ensure!(row["remarks"][0]["line"].as_i64().is_some_and(|line| line >= 2), "{row}");
    let doctor = cli.run(&["--json", "doctor"]).await?.json()?;
    let line = doctor.as_array().into_iter().flatten().find(|line| line["part"].as_str().is_some_and(|part| part.starts_with("folder ")));
    let line = line.context("a line of the doctor")?;
    ensure!(line["verdict"] == "degraded" && line["message"].as_str().is_some_and(|m| m.contains("web/one.yaml:")), "{line}");

    // A file that is gone marks its SLO; a file that comes back takes it up again; a folder that is gone marks nothing.
    std::fs::remove_file(&one)?;
    cli.json(&["poll", "--once"]).await?;
    ensure!(folder(&cli).await?["gone"] == serde_json::json!(["one"]), "{}", folder(&cli).await?);
    std::fs::write(&one, wanted::availability("one", "shop", "0.999", "30d"))?;
    cli.json(&["poll", "--once"]).await?;
    ensure!(folder(&cli).await?["slos"] == 2, "{}", folder(&cli).await?);
    std::fs::rename(&docs, home.path().join("elsewhere"))?;
    cli.json(&["poll", "--once"]).await?;
    let row = folder(&cli).await?;
    ensure!(row["slos"] == 2 && row["error"].as_str().is_some_and(|error| error.contains("cannot be read")), "{row}");
    std::fs::rename(home.path().join("elsewhere"), &docs)?;
    std::fs::remove_file(&one)?;
    cli.json(&["poll", "--once"]).await?;
    cli.json(&["slo", "remove", "one"]).await?;

    // Not watched any more, its SLOs stay and are changed by hand.
    cli.json(&["slo", "unwatch-folder", path]).await?;
    ensure!(cli.json(&["slo", "folders"]).await? == Value::Array(Vec::new()));
    cli.json(&["slo", "remove", "two"]).await?;
    Ok(())
}

#[tokio::test]
async fn what_goes_out_comes_back() -> Result {
    if parts::firewatchctl().is_none() && !parts::absent("what_goes_out_comes_back", "firewatchctl")? {
        return Ok(());
    }
    let home = tempfile::tempdir()?;
    let cli = profile(home.path()).await?;
    let document = home.path().join("slos.yaml");
    let calculated = wanted::ratio("calculated", "calculated", "good", ["max(a) / 2", "max(b)"], "0.9", "4w");
    std::fs::write(&document, format!("{}---\n{calculated}---\nkind: SLO\n", wanted::availability("plain.one", "shop", "0.99", "30d")))?;
    let path = document.to_str().context("a path")?;
    let ended = cli.run(&["--json", "slo", "import", path, "--source", "prom"]).await?;
    let lines = ended.json()?;
    let outcomes: Vec<&str> = lines.as_array().into_iter().flatten().filter_map(|line| line["outcome"].as_str()).collect();
    ensure!(ended.code == 3 && outcomes == ["imported", "warned", "rejected"], "{ended:?}");
    ensure!(lines[2]["line"].is_number() && lines[2]["messages"][0].as_str().is_some_and(|m| m.contains("apiVersion")), "{lines}");
    let out = home.path().join("out");
    let out_text = out.to_str().context("a path")?;
    ensure!(cli.json(&["slo", "export", "--out", out_text]).await?.as_array().is_some_and(|files| files.len() == 2));
    let shown = |cli: Cli| async move {
        let mut all = Vec::new();
        for name in ["plain.one", "calculated"] {
            let mut one = cli.json(&["slo", "show", name]).await?;
            one.as_object_mut().context("an object")?.remove("id");
            all.push(one);
        }
        Ok::<_, anyhow::Error>(all)
    };
    let before = shown(cli.clone()).await?;
    let again = Cli::alone(&home.path().join("other"))?;
    again.json(&["source", "add", "prometheus", "prom", "http://127.0.0.1:9"]).await?;
    again.json(&["slo", "import", out_text, "--source", "prom"]).await?;
    ensure!(shown(again).await? == before, "{before:?}");
    Ok(())
}
