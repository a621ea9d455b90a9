//! Hours of the Settings story: more than eighty over five people and four days, nights apart, private until shared.

use anyhow::ensure;
use firewatch_tests::cli::Cli;
use firewatch_tests::{Result, parts};
use serde_json::json;

/// Person, zone, and spells: beginning, length, minutes of it at night by that person's clocks.
type Work = (&'static str, &'static str, &'static [(&'static str, &'static str, u32)]);

/// What everybody did, from Tuesday 03:00 in Berlin on. Reckoned by hand.
const STORY: &[Work] = &[
    ("ana", "Europe/Berlin", &[("2026-03-10T02:00:00Z", "10h", 240), ("2026-03-11T08:00:00Z", "9h30m", 0)]),
    ("ben", "Europe/Berlin", &[("2026-03-10T03:00:00Z", "8h", 180), ("2026-03-10T20:00:00Z", "5:30", 270)]),
    ("cy", "America/New_York", &[("2026-03-10T13:00:00Z", "9h", 0), ("2026-03-11T01:00:00Z", "4h", 180)]),
    ("dee", "Asia/Kolkata", &[("2026-03-11T04:30:00Z", "9h", 0), ("2026-03-12T04:30:00Z", "9h", 0)]),
    ("eva", "Europe/London", &[("2026-03-12T09:00:00Z", "8h15m", 0), ("2026-03-13T09:00:00Z", "8.5", 0)]),
];

#[tokio::test(flavor = "multi_thread")]
async fn eighty_hours_add_up_and_stay_private_until_they_are_shared() -> Result {
    if parts::firewatchctl().is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(folder.path())?;
    let id = super::incident(&cli).await?;
    let mut view = json!(null);
    for (person, zone, spells) in STORY {
        for (from, length, night) in *spells {
            let before = view["night_minutes"].as_u64().unwrap_or_default();
            view = cli
                .json(&["hours", "add", &id, length, "--person", person, "--from", from, "--zone", zone, "--note", "night-work"])
                .await?;
            let added = view["night_minutes"].as_u64().unwrap_or_default() - before;
            ensure!(added == u64::from(*night), "{person} at {from}: {added} minutes at night instead of {night}");
        }
    }
    ensure!(view["minutes"] == 4845 && view["night_minutes"] == 870 && view["private_minutes"] == 4845, "{view}");
    let people: Vec<(&str, u64)> =
        view["people"].as_array().into_iter().flatten().filter_map(|p| Some((p["person"].as_str()?, p["minutes"].as_u64()?))).collect();
    ensure!(people == [("ana", 1170), ("dee", 1080), ("eva", 1005), ("ben", 810), ("cy", 780)], "{people:?}");
    let show = cli.json(&["incident", "show", &id]).await?;
    ensure!(!show.to_string().contains("night-work"), "private hours are no entries: {show}");

    let rows: Vec<String> = view["rows"].as_array().into_iter().flatten().filter_map(|row| row["id"].as_str().map(str::to_owned)).collect();
    for row in &rows {
        view = cli.json(&["hours", "share", &id, row]).await?;
    }
    ensure!(view["minutes"] == 4845 && view["night_minutes"] == 870 && view["private_minutes"] == 0, "{view}");
    cli.fails(1, &["hours", "share", &id, &rows[0]]).await?;
    let show = cli.json(&["incident", "show", &id]).await?;
    let efforts = show["entries"].as_array().into_iter().flatten().filter(|e| e["kind"] == "effort").count();
    ensure!(efforts == 10, "{show}");

    // What was shared by mistake is struck, and counts no more.
    let entry =
        show["entries"].as_array().into_iter().flatten().find(|e| e["kind"] == "effort").and_then(|e| e["id"].as_str()).unwrap_or_default();
    cli.json(&["incident", "strike", &id, entry, "--reason", "entered twice"]).await?;
    let struck = cli.json(&["hours", "list", &id]).await?;
    ensure!(struck["minutes"] == 4845 - 600, "{struck}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_runs_once_and_nonsense_is_refused() -> Result {
    if parts::firewatchctl().is_none() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(folder.path())?;
    let id = super::incident(&cli).await?;
    let running = cli.json(&["hours", "start", &id, "reading traces"]).await?;
    ensure!(running["rows"][0]["running"] == true, "{running}");
    let twice = cli.fails(1, &["hours", "start", &id]).await?;
    ensure!(twice.contains("runs already"), "{twice}");
    let row = running["rows"][0]["id"].as_str().unwrap_or_default().to_owned();
    cli.fails(1, &["hours", "share", &id, &row]).await?;
    cli.json(&["hours", "stop", &id]).await?;
    cli.fails(1, &["hours", "stop", &id]).await?;
    for (args, word) in [
        (["hours", "add", &id, "soon"].as_slice(), "no length of work"),
        (&["hours", "add", &id, "49h"], "no length of work"),
        (&["hours", "add", &id, "1h", "--from", "2199-01-01T00:00:00Z"], "in the past"),
        (&["hours", "add", &id, "1h", "--zone", "Middle-earth/Shire"], "no time zone"),
        (&["hours", "remove", &id, "nothing"], "no private ones"),
    ] {
        let said = cli.fails(1, args).await?;
        ensure!(said.contains(word), "{args:?}: {said}");
    }
    Ok(())
}
