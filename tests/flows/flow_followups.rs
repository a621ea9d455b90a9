//! Follow-ups as the command line and the engine keep them: written down from an incident and from one of its entries, changed alone
//! and many at once, told in the timeline, reminded of on working days, once.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, ensure};
use chrono::{Local, NaiveDate, TimeZone};
use firewatch_engine::view::FollowUpForm;
use firewatch_engine::{Engine, World};
use firewatch_sources::Connector;
use firewatch_store::Store;
use firewatch_tests::Result;
use firewatch_tests::cli::Cli;
use serde_json::{Value, json};

use crate::stage::{self, Desk, NoHeartbeat, ScriptedClock};

/// An engine on an empty profile, its clock and its desk; no source is needed for this.
fn engine(folder: &std::path::Path, now_s: i64) -> Result<(Arc<Engine>, Arc<ScriptedClock>, Arc<Desk>)> {
    let clock = Arc::new(ScriptedClock::new(now_s));
    let desk = Arc::new(Desk::new(&clock));
    let world = World {
        clock: Arc::<ScriptedClock>::clone(&clock),
        ids: Arc::new(stage::Numbered::default()),
        connect: Arc::new(Connector::default()),
        post: Arc::new(firewatch_comms::Mailroom),
        secrets: Arc::new(stage::NoKeyring),
        announcer: Arc::<Desk>::clone(&desk),
        heartbeat: Arc::new(NoHeartbeat),
        calendars: Arc::new(stage::NoCalendars),
        carrier: Arc::new(firewatch_relays::Lines),
        checkups: Vec::new(),
    };
    Ok((Engine::new(Arc::new(Store::open(folder, "opened")?), world, false), clock, desk))
}

/// Noon of a day on the person's clock.
fn noon(day: &str) -> Result<i64> {
    let noon = day.parse::<NaiveDate>()?.and_hms_opt(12, 0, 0).context("no noon")?;
    Ok(Local.from_local_datetime(&noon).earliest().context("no such noon here")?.timestamp())
}

fn texts(incident: &Value) -> Vec<&str> {
    let entries = incident["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter(|entry| entry["kind"] == "follow_up").filter_map(|entry| entry["text"].as_str()).collect()
}

#[tokio::test]
async fn the_command_line_keeps_followups_and_the_incident_tells_of_them() -> Result {
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?;
    let incident = cli.json(&["incident", "declare", "Settings load slowly", "--severity", "SEV2"]).await?;
    let id = incident["id"].as_str().context("an id")?;
    let incident = cli.json(&["incident", "entry", id, "Thirteen integrations are asked one after another"]).await?;
    let entries = incident["entries"].as_array().context("entries")?;
    let entry = entries.iter().find(|entry| entry["kind"] == "note").and_then(|entry| entry["id"].as_str()).context("the note")?;

    let added = cli
        .json(&[
            "followup",
            "add",
            id,
            "Load data in parallel",
            "--owner",
            "Ana",
            "--due",
            "2031-12-06",
            "--kind",
            "mitigate",
            "--priority",
            "high",
            "--effort",
            "3d",
            "--label",
            "settings",
            "--label",
            "speed",
            "--entry",
            entry,
            "--text",
            "One **round** trip.",
            "--required",
            "resolved",
        ])
        .await?;
    let followup = added["id"].as_str().context("an id")?;
    for (field, wanted) in [
        ("incident", json!(id)),
        ("title", json!("Load data in parallel")),
        ("owner", json!("Ana")),
        ("due", json!("2031-12-06")),
        ("due_on_weekend", json!(true)),
        ("deadline", json!("later")),
        ("kind", json!("mitigate")),
        ("priority", json!("high")),
        ("effort_min", json!(1440)),
        ("labels", json!(["settings", "speed"])),
        ("status", json!("open")),
        ("entry", json!(entry)),
        ("entry_text", json!("Thirteen integrations are asked one after another")),
        ("text", json!("One **round** trip.")),
        ("required", json!("resolved")),
        ("ticket", Value::Null),
        ("proof", Value::Null),
    ] {
        ensure!(added[field] == wanted, "{field} is {}, not {wanted}", added[field]);
    }
    let alone = cli.json(&["followup", "add", "-", "Write the runbook"]).await?;
    ensure!(alone["incident"].is_null() && alone["kind"] == "prevent" && alone["priority"] == "medium", "{alone}");

    let shown = cli.json(&["incident", "show", id]).await?;
    ensure!(shown["followups"].as_array().is_some_and(|all| all.len() == 1 && all[0]["id"] == followup), "{}", shown["followups"]);
    cli.json(&["followup", "done", followup]).await?;
    cli.json(&["followup", "edit", followup, "--status", "doing", "--due", "", "--add-label", "page"]).await?;
    cli.json(&["followup", "edit", followup, "--status", "doing"]).await?;
    cli.json(&["followup", "drop", followup]).await?;
    let told = cli.json(&["incident", "show", id]).await?;
    ensure!(
        texts(&told)
            == [
                "follow-up Load data in parallel, owned by Ana, due 2031-12-06, required before resolved",
                "follow-up Load data in parallel: done",
                "follow-up Load data in parallel: doing, without a due date, labelled page, settings, speed",
                "follow-up Load data in parallel: dropped",
            ],
        "a change is told once, and what changes nothing not at all: {:?}",
        texts(&told)
    );
    let rows = cli.json(&["followup", "list"]).await?;
    let statuses: Vec<&str> = rows.as_array().context("a list")?.iter().filter_map(|row| row["status"].as_str()).collect();
    ensure!(statuses == ["open", "dropped"], "open ones come first: {statuses:?}");
    ensure!(cli.json(&["followup", "list", "--incident", id]).await?.as_array().is_some_and(|rows| rows.len() == 1));
    ensure!(cli.json(&["followup", "list", "--status", "open", "--owner", ""]).await?.as_array().is_some_and(|rows| rows.len() == 1));
    Ok(())
}

#[tokio::test]
async fn what_does_not_hold_is_refused_with_place_and_cure_and_changes_nothing() -> Result {
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(&folder.path().join("profile"))?;
    let incident = cli.json(&["incident", "declare", "Settings load slowly", "--severity", "SEV2"]).await?;
    let id = incident["id"].as_str().context("an id")?;
    let long = "x".repeat(256);
    for (arguments, cure) in [
        (vec!["", "--owner", "Ana"], "the title is empty"),
        (vec![long.as_str()], "longer than 255"),
        (vec!["t", "--due", "2026-02-30"], "write the day as 2026-12-04"),
        (vec!["t", "--kind", "repair"], "use prevent, detect, mitigate, investigate"),
        (vec!["t", "--priority", "urgent"], "use highest, high, medium, low, lowest"),
        (vec!["t", "--effort", "much"], "write it as 45m, 2h or 3d"),
        (vec!["t", "--slo", "nothing"], "there is no SLO `nothing`"),
        (vec!["t", "--entry", "0000"], "has no entry `0000`"),
        (vec!["t", "--required", "mitigating"], "use resolved or reviewed"),
    ] {
        let said = cli.fails(1, &[&["followup", "add", id], arguments.as_slice()].concat()).await?;
        ensure!(said.contains(cure), "{arguments:?}: {said}");
    }
    ensure!(cli.fails(1, &["followup", "add", "-", "t", "--required", "resolved"]).await?.contains("belongs to no incident"));
    ensure!(cli.fails(1, &["followup", "add", "nowhere", "t"]).await?.contains("nowhere"));
    ensure!(cli.fails(1, &["followup", "show", "nothing"]).await?.contains("no follow-up"));
    ensure!(cli.json(&["followup", "list"]).await? == json!([]));
    ensure!(texts(&cli.json(&["incident", "show", id]).await?).is_empty(), "what was refused is told nowhere");
    Ok(())
}

#[tokio::test]
async fn many_are_changed_alike_or_none() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, ..) = engine(folder.path(), noon("2031-12-01")?)?;
    let incident = engine.declare("Settings load slowly", "SEV2", &[])?.id;
    let form = |title: &str| FollowUpForm { title: Some(title.to_owned()), incident: Some(incident.clone()), ..FollowUpForm::default() };
    let ids = (0..300).map(|n| Ok(engine.add_followup(&form(&format!("step {n}")))?.row.id)).collect::<Result<Vec<_>>>()?;
    let alone = engine.add_followup(&FollowUpForm { incident: None, ..form("alone") })?.row.id;

    let owned = FollowUpForm { owner: Some("Ana".to_owned()), due: Some("2w".to_owned()), ..FollowUpForm::default() };
    let rows = engine.change_followups(&ids, &owned)?;
    ensure!(rows.len() == 300 && rows.iter().all(|row| row.owner == "Ana" && row.due.as_deref() == Some("2031-12-15")));
    let told = engine.incident(&incident)?.entries.len();

    let everything: Vec<String> = ids.iter().chain([&alone]).cloned().collect();
    let required = FollowUpForm { required: Some("reviewed".to_owned()), ..FollowUpForm::default() };
    let refused = engine.change_followups(&everything, &required).err().context("one of them belongs to no incident")?.to_string();
    ensure!(refused.contains("“alone”") && refused.contains("belongs to no incident"), "{refused}");
    ensure!(engine.followups()?.iter().all(|row| row.required.is_none()), "one that cannot be so leaves all as they were");
    ensure!(engine.incident(&incident)?.entries.len() == told, "and nothing is told");
    Ok(())
}

#[tokio::test]
async fn reminders_come_once_on_working_days_and_together() -> Result {
    let folder = tempfile::tempdir()?;
    // The 5th of December 2031 is a Friday.
    let (engine, clock, desk) = engine(folder.path(), noon("2031-12-01")?)?;
    let add = |title: &str, due: &str| {
        let form = FollowUpForm { title: Some(title.to_owned()), due: Some(due.to_owned()), ..FollowUpForm::default() };
        engine.add_followup(&form).map(|view| view.row.id)
    };
    add("on Saturday", "2031-12-06")?;
    let monday = add("on Monday", "2031-12-08")?;
    add("next year", "2032-06-01")?;
    let owned =
        |id: &str, owner: &str| engine.change_followup(id, &FollowUpForm { owner: Some(owner.to_owned()), ..FollowUpForm::default() });
    owned(&add("another's, written by another", "2031-12-06")?, "Ana")?;
    engine.set_name("Maya")?;
    owned(&add("another's, written by me", "2031-12-06")?, "Ana")?;
    let mut told = Vec::new();
    for day in ["2031-12-03", "2031-12-04", "2031-12-05", "2031-12-06", "2031-12-07", "2031-12-08", "2031-12-09", "2031-12-10"] {
        clock.set(noon(day)?);
        let before = desk.count();
        for _ in 0..3 {
            engine.remind()?;
            engine.announce().await?;
        }
        let shown = desk.shown();
        told.extend(shown[before..].iter().map(|(_, toast)| (day, toast.title.clone(), toast.body.clone())));
        if day == "2031-12-08" {
            engine.change_followup(&monday, &FollowUpForm { status: Some("done".to_owned()), ..FollowUpForm::default() })?;
        }
    }
    let days: Vec<&str> = told.iter().map(|(day, ..)| *day).collect();
    ensure!(days == ["2031-12-05", "2031-12-08"], "Friday for the weekend and Monday, Monday for what is overdue: {told:?}");
    ensure!(told[0].1 == "3 follow-ups are due" && told[0].2.contains("on Saturday is due on Saturday 6 December, a weekend"), "{told:?}");
    ensure!(told[1].1 == "2 follow-ups are overdue" && !told[1].2.contains("on Monday") && !told[1].2.contains("by another"), "{told:?}");
    let kept: BTreeSet<String> = engine.inbox()?.into_iter().map(|item| item.title).collect();
    ensure!(kept.len() == 2, "the inbox keeps both: {kept:?}");
    ensure!(engine.heed("follow-ups#any", firewatch_domain::ports::ToastAct::Open)?.as_deref() == Some("/follow-ups"));
    Ok(())
}
