//! Proof over real parts: counts that Prometheus serves, a follow-up that claims something of them, and what the command line says came
//! of it; then the Settings story, in which one fix works and another does not.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use firewatch_engine::view::{FollowUpForm, FollowUpView, ShipForm};
use firewatch_engine::{Engine, World};
use firewatch_sources::Connector;
use firewatch_store::Store;
use firewatch_tests::Result;
use firewatch_tests::cli::Cli;
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::prometheus::{Prometheus, Setup};
use firewatch_tests::wait;
use serde_json::Value;

use crate::stage::{self, Desk, NoHeartbeat, ScriptedClock, whole_minute};

const DAY_S: i64 = 86_400;

fn document(job: &str) -> String {
    format!(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: {job}-production\nspec:\n  service: {job}\n  budgetingMethod: Occurrences\n  \
         timeWindow:\n    - duration: 30d\n      isRolling: true\n  indicator:\n    metadata:\n      name: {job}\n    spec:\n      ratioMetric:\n        \
         counter: true\n        bad:\n          metricSource:\n            type: Prometheus\n            spec:\n              query: \
         http_requests_total{{job=\"{job}\",code=\"500\"}}\n        total:\n          metricSource:\n            type: Prometheus\n            spec:\n              \
         query: http_requests_total{{job=\"{job}\"}}\n  objectives:\n    - target: 0.99\n"
    )
}

#[tokio::test]
async fn the_command_line_proves_what_the_counts_say() -> Result {
    let now = whole_minute(wait::now());
    let shipped = now - 7 * DAY_S;
    let before = |bad_ppm| vec![Incident { from: now - 32 * DAY_S, to: shipped, bad_ppm, slow_ppm: 0 }];
    let job = |name: &str, bad_ppm, incidents| Job { name: name.to_owned(), rate: 10, bad_ppm, incidents, ..Job::default() };
    let jobs = vec![job("fixed", 5_000, before(51_000)), job("unmoved", 20_000, Vec::new())];
    let history = History { start: now - 31 * DAY_S, end: now, step: 60, seed: 3, jobs };
    let server = Prometheus::start(&Setup { history: Some(history.write()?.text), ..Setup::default() }).await?;
    let folder = tempfile::tempdir()?;
    for name in ["fixed", "unmoved"] {
        std::fs::write(folder.path().join(format!("{name}.yaml")), document(name))?;
    }
    let cli = Cli::alone(&folder.path().join("profile"))?;
    cli.json(&["source", "add", "prometheus", "prom", &server.url()]).await?;
    let path = folder.path().to_string_lossy().into_owned();
    let (fixed, unmoved) = (format!("{path}/fixed.yaml"), format!("{path}/unmoved.yaml"));
    cli.json(&["slo", "import", &fixed, &unmoved, "--source", "prom"]).await?;
    cli.json(&["poll", "--once"]).await?;

    let incident = cli.json(&["incident", "declare", "Slow", "--severity", "SEV2", "--slo", "fixed-production"]).await?;
    let incident = incident["id"].as_str().context("an id")?;
    let add = async |title: &str, hypothesis: &str| {
        let added = cli.json(&["followup", "add", incident, title, "--hypothesis", hypothesis]).await?;
        anyhow::Ok(added["id"].as_str().context("an id")?.to_owned())
    };
    // `SLO` is the incident's own; nothing is proven of what has not shipped.
    let worked = add("Load in parallel", "SLO improves 10x").await?;
    let refused = cli.fails(1, &["followup", "prove", &worked]).await?;
    ensure!(refused.contains("has not shipped anywhere yet"), "{refused}");
    let when = chrono::DateTime::from_timestamp(shipped, 0).context("a time")?.to_rfc3339();
    let proven = cli.json(&["followup", "prove", &worked, "--shipped", &when]).await?;
    let proof = &proven["proof"];
    ensure!(proof["verdict"] == "proven" && proof["environment"] == "production", "{proof:#}");
    let figure = |of: &Value| of.as_f64().unwrap_or(f64::NAN);
    ensure!((figure(&proof["factor"]) - 10.2).abs() < 0.3, "{proof:#}");
    ensure!((figure(&proof["before"]) - 0.051).abs() < 0.001 && (figure(&proof["after"]) - 0.005).abs() < 0.0002, "{proof:#}");
    ensure!(figure(&proof["interval"][0]) > 9.5 && figure(&proof["interval"][1]) < 11.0 && proof["level"] == 0.95, "{proof:#}");
    ensure!(proof["days"] == 7 && figure(&proof["samples"]["before"]["total"]) > 5_000_000.0, "{proof:#}");

    let idle = add("Cut the answer down", "unmoved improves 2x on production").await?;
    let idle_proof = cli.json(&["followup", "prove", &idle, "--shipped", &shipped.to_string()]).await?;
    ensure!(idle_proof["proof"]["verdict"] == "not_proven", "{idle_proof:#}");

    // An exclusion takes its minutes from both sides, at the next look.
    let (from, to) = ((shipped - 7 * DAY_S).to_string(), now.to_string());
    let excluded = cli.json(&["exclude", "fixed-production", "--from", &from, "--to", &to, "--reason", "a test"]).await?;
    let blank = cli.json(&["followup", "prove", &worked]).await?;
    ensure!(blank["proof"]["verdict"] == "not_enough_data" && blank["proof"]["factor"].is_null(), "{blank:#}");
    cli.json(&["exclude", "undo", excluded["id"].as_str().context("an id")?]).await?;
    ensure!(cli.json(&["followup", "prove", &worked]).await?["proof"]["verdict"] == "proven");

    // The incident tells it, and the list has it.
    let shown = cli.json(&["incident", "show", incident]).await?;
    let texts: Vec<&str> = shown["entries"].as_array().into_iter().flatten().filter_map(|entry| entry["text"].as_str()).collect();
    ensure!(texts.iter().any(|text| text.contains("Load in parallel: proven, 10.") && text.contains("on production")), "{texts:#?}");
    ensure!(texts.iter().any(|text| text.contains("Cut the answer down: not proven")), "{texts:#?}");
    let list = cli.json(&["followup", "list"]).await?;
    ensure!(list.as_array().is_some_and(|rows| rows.iter().all(|row| row["proof"]["verdict"].is_string())), "{list:#}");

    // What cannot be meant is refused by name.
    for (hypothesis, said) in [
        ("SLO improves 10", "write 10x"),
        ("nowhere improves 10x", "there is no SLO `nowhere`"),
        ("fixed improves 10x on staging", "it is on production"),
    ] {
        let refused = cli.fails(1, &["followup", "add", incident, "Anything", "--hypothesis", hypothesis]).await?;
        ensure!(refused.contains(said), "{hypothesis}: {refused}");
    }
    Ok(())
}

/// The drill's engine with a clock that the test moves.
fn drill(folder: &Path, start_s: i64) -> Result<(Arc<Engine>, Arc<ScriptedClock>)> {
    let clock = Arc::new(ScriptedClock::new(start_s));
    let drill_start = chrono::DateTime::from_timestamp(start_s, 0);
    let world = World {
        clock: Arc::<ScriptedClock>::clone(&clock),
        ids: Arc::new(stage::Numbered::default()),
        connect: Arc::new(Connector { drill_start, ..Connector::default() }),
        post: Arc::new(firewatch_comms::Mailroom),
        secrets: Arc::new(stage::NoKeyring),
        announcer: Arc::new(Desk::new(&clock)),
        heartbeat: Arc::new(NoHeartbeat),
        calendars: Arc::new(stage::NoCalendars),
        carrier: Arc::new(firewatch_relays::Lines),
        checkups: Vec::new(),
    };
    Ok((Engine::new(Arc::new(Store::open(folder, "opened")?), world, true), clock))
}

fn verdict(view: &FollowUpView, environment: &str) -> Option<String> {
    let places = &view.claimed.as_ref()?.places;
    Some(places.iter().find(|place| place.environment == environment)?.proof.as_ref()?.row.headline.clone())
}

#[tokio::test]
async fn in_the_settings_story_one_fix_is_proven_and_the_other_is_not() -> Result {
    let folder = tempfile::tempdir()?;
    let start = whole_minute(wait::now()) - 20 * DAY_S;
    let (engine, clock) = drill(folder.path(), start)?;
    engine.set_the_stage().await?;
    engine.poll_once().await?;
    let incident = engine.declare("Customer settings is burning", "SEV2", &["settings-first-load-production".to_owned()])?.id;
    let add = |title: &str, hypothesis: &str| {
        let form = FollowUpForm {
            title: Some(title.to_owned()),
            incident: Some(incident.clone()),
            hypothesis: Some(hypothesis.to_owned()),
            ..FollowUpForm::default()
        };
        anyhow::Ok(engine.add_followup(&form)?.row.id)
    };
    let parallel = add("Load data in parallel", "settings first load improves 10x on staging then production")?;
    let smaller = add("Cut the response down", "settings-save improves 10x on production")?;

    // It reaches staging two and a half hours into the story, production after four.
    clock.set(start + 150 * 60);
    engine.ship_followup(&parallel, &ShipForm { environment: Some("staging".to_owned()), at: None })?;
    clock.set(start + 240 * 60);
    let done = FollowUpForm { status: Some("done".to_owned()), ..FollowUpForm::default() };
    engine.change_followups(&[parallel.clone(), smaller.clone()], &done)?;
    engine.poll_once().await?;
    let early = engine.followup(&parallel)?;
    ensure!(early.row.proof.as_ref().is_some_and(|proof| proof.verdict == "not_enough_data"), "{early:#?}");

    // Day by day, as a drill that plays on does.
    for day in 1..=6 {
        clock.set(start + 240 * 60 + day * DAY_S + 1800);
        engine.poll_once().await?;
    }
    let (parallel_view, smaller_view) = (engine.followup(&parallel)?, engine.followup(&smaller)?);
    let heads = [verdict(&parallel_view, "staging"), verdict(&parallel_view, "production"), verdict(&smaller_view, "production")];
    println!("after six days: {heads:?}");
    let proof = parallel_view.row.proof.clone().context("a proof")?;
    ensure!(proof.verdict == "proven" && proof.environment == "production", "{proof:#?}");
    ensure!(heads[0].as_deref().is_some_and(|head| head.starts_with("proven")), "{heads:?}");
    ensure!(proof.headline == "proven, 10.2×", "{}", proof.headline);
    let refuted = smaller_view.row.proof.clone().context("a proof")?;
    ensure!(refuted.verdict == "not_proven", "{refuted:#?}");
    let entries = engine.incident(&incident)?.entries;
    ensure!(
        entries.iter().any(|entry| entry.text.contains("Load data in parallel: proven, ") && entry.text.contains(" on production. ")),
        "{entries:#?}"
    );

    // Not proven, it is taken up again; once it ships anew, it is measured anew.
    let again = engine.change_followup(&smaller, &FollowUpForm { status: Some("open".to_owned()), ..FollowUpForm::default() })?;
    ensure!(again.row.proof.is_none(), "{:#?}", again.row.proof);
    let claimed = again.claimed.context("a hypothesis")?;
    ensure!(claimed.earlier.iter().any(|proof| proof.verdict == "not_proven") && claimed.places[0].shipped.is_none(), "{claimed:#?}");
    Ok(())
}
