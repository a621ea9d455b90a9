//! What history teaches: after the fire of the drill a tighter promise is proposed that would have warned days earlier, with the arithmetic
//! that a replay of the same gives; it is adopted by one act, written down with who and why, and taken back by another. The same holds
//! under the slice methods, and where an SLO only cried wolf a looser one is proposed.

use anyhow::{Context, ensure};
use firewatch_engine::view::{AdoptForm, Backtest, BacktestForm, ChangeForm, MethodForm, Tightening, TighteningForm, Tightenings};
use firewatch_tests::{Result, wait};

use crate::stage::{Stage, whole_minute};

const SLO: &str = "settings-first-load-production";
const JOURNEY: [&str; 3] = [SLO, "settings-save-production", "settings-api-availability-production"];
const DAY_S: f64 = 86_400.0;

/// An hour into the story, with the SLOs of the settings page alone; the incident that was declared for it.
async fn an_hour_in(folder: &std::path::Path) -> Result<(Stage, String)> {
    let start = whole_minute(wait::now()) - 7_200;
    let stage = Stage::open_drill(folder, start).await?;
    for slo in stage.engine.slos()?.into_iter().filter(|slo| !JOURNEY.contains(&slo.name.as_str())) {
        stage.engine.remove_slo(&slo.name).await?;
    }
    for minute in [1, 20, 60] {
        stage.play(start + minute * 60 + 5).await?;
    }
    ensure!(stage.status(SLO)?.state == "exhausted", "the fire of the story: {:?}", stage.status(SLO)?);
    let incident = stage.engine.declare("Customer settings: first load ten times too slow", "SEV2", &[SLO.to_owned()])?;
    Ok((stage, incident.id))
}

fn asked(slo: Option<&str>, incident: Option<&str>) -> TighteningForm {
    TighteningForm { slo: slo.map(str::to_owned), incident: incident.map(str::to_owned), days: 90.0, zone: Some("UTC".to_owned()) }
}

/// A proposal replayed by itself.
fn replayed(stage: &Stage, one: &Tightening) -> Result<Backtest> {
    let under = one.under_s.map(|under| format!("{}ms", under * 1000.0));
    let change = ChangeForm { objective: Some(one.objective_percent.clone()), under, ..ChangeForm::default() };
    Ok(stage.engine.backtest(&BacktestForm { slo: one.slo.clone(), change, days: 90.0, zone: Some("UTC".to_owned()) })?)
}

/// The figures of every proposal are those of its own replay, and its sentence says them.
fn hold(stage: &Stage, found: &Tightenings) -> Result {
    for one in &found.proposals {
        let run = replayed(stage, one)?;
        ensure!(run.run.alerts.len() == one.alerts as usize, "{} alerts, not {}: {one:?}", run.run.alerts.len(), one.alerts);
        ensure!(run.compared_with.alerts.len() == one.present_alerts as usize, "{one:?}");
        let more = i64::from(one.alerts) - i64::from(one.present_alerts);
        let said = match more {
            0 => "no more alerts".to_owned(),
            1 => "1 more alert ".to_owned(),
            2.. => format!("{more} more alerts "),
            -1 => "1 alert fewer".to_owned(),
            _ => format!("{} alerts fewer", -more),
        };
        ensure!(one.sentence.contains(&said), "{more} more alerts: {}", one.sentence);
        for figure in ["alerts", "most consumed", "nights woken"] {
            ensure!(one.arithmetic.iter().any(|line| line.figure == figure && !line.numbers.is_empty()), "no {figure}: {one:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_fire_a_tighter_promise_is_proposed_adopted_and_taken_back() -> Result {
    let folder = tempfile::tempdir()?;
    let (stage, incident) = an_hour_in(folder.path()).await?;
    let engine = &stage.engine;
    let watch = wait::stopwatch();
    let found = engine.tightenings(&asked(None, Some(&incident)))?;
    println!("{} definitions tried over {:.0} days in {:?}", found.tried, found.days, watch.elapsed());
    for one in &found.proposals {
        println!("{}", one.sentence);
    }
    hold(&stage, &found)?;
    ensure!((found.days - 90.0).abs() < 0.5 && found.notes.is_empty(), "ninety days are there: {} {:?}", found.days, found.notes);
    let best = found.proposals.first().context("nothing is proposed")?.clone();
    ensure!(best.name == SLO && best.direction == "tighter" && best.incident.as_ref() == Some(&incident), "{best:?}");
    let earlier = best.earlier_s.context("not earlier")?;
    ensure!((8.0 * DAY_S..10.0 * DAY_S).contains(&earlier), "about nine days: {} d", earlier / DAY_S);
    let sentence = format!("you would have been warned {:.0} days earlier, with ", earlier / DAY_S);
    ensure!(best.sentence.starts_with("At 9") && best.sentence.contains(&sentence), "{}", best.sentence);
    ensure!(best.sentence.ends_with("in 90 days."), "{}", best.sentence);
    let run = replayed(&stage, &best)?;
    let seen = run.incidents.iter().find(|one| one.id == incident).context("the replay does not know the incident")?;
    ensure!(seen.verdict == "earlier" && seen.would_warn.is_some(), "{seen:?}");
    let line = best.arithmetic.iter().find(|line| line.figure == "earlier").context("no arithmetic")?;
    ensure!(seen.would_warn.as_ref().is_some_and(|at| line.numbers.ends_with(at.as_str())), "{line:?} {seen:?}");

    // Adopted: who, when and why are kept, the timeline says it, history stays.
    engine.set_name("Ada Example")?;
    let before = engine.slo(SLO)?;
    let counted = stage.status(SLO)?.total;
    let form = AdoptForm {
        slo: best.slo.clone(),
        objective_percent: best.objective_percent.clone(),
        under_s: best.under_s,
        incident: Some(incident.clone()),
        why: best.sentence.clone(),
    };
    let adopted = engine.adopt(form.clone()).await?;
    let status = stage.status(SLO)?;
    ensure!((status.objective * 100.0 - best.objective_percent.parse::<f64>()?).abs() < 1e-9 && status.total == counted, "{status:?}");
    let revisions = engine.slo_editor(Some(SLO), false)?.revisions;
    let newest = revisions.first().context("no revision")?;
    ensure!(newest.author == "Ada Example" && newest.at as i64 == stage.clock.get(), "{newest:?}");
    ensure!(newest.note == format!("{}. {}", adopted.change, best.sentence), "{newest:?}");
    let entries = engine.incident(&incident)?.entries;
    ensure!(entries.iter().any(|entry| entry.text.contains(&adopted.change) && entry.author == "Ada Example"), "{entries:?}");
    let again = engine.adopt(form.clone()).await;
    ensure!(again.is_err_and(|why| why.to_string().contains("already")), "adopting twice changes nothing");

    engine.adopt(adopted.undo).await?;
    ensure!(engine.slo(SLO)? == before, "it is as before");
    let back = engine.slo_editor(Some(SLO), false)?.revisions;
    ensure!(back.len() == revisions.len() + 1 && back[0].note.ends_with("Taken back."), "{back:?}");

    // What cannot be adopted changes nothing and says why.
    for (wrong, said) in [
        (AdoptForm { objective_percent: "0.99".to_owned(), ..form.clone() }, "percent"),
        (AdoptForm { under_s: Some(0.42), ..form.clone() }, "0.5"),
        (AdoptForm { incident: Some("none-such".to_owned()), ..form.clone() }, "none-such"),
        (AdoptForm { slo: "none-such".to_owned(), ..form.clone() }, "none-such"),
    ] {
        let Err(why) = engine.adopt(wrong.clone()).await else { anyhow::bail!("{wrong:?} was adopted") };
        ensure!(why.to_string().contains(said), "{why} does not say {said}");
        ensure!(
            engine.slo(SLO)? == before && engine.slo_editor(Some(SLO), false)?.revisions.len() == back.len(),
            "{wrong:?} left something"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slice_methods_are_proposed_for_by_their_own_replays() -> Result {
    let folder = tempfile::tempdir()?;
    let (stage, incident) = an_hour_in(folder.path()).await?;
    for (kind, target) in [("timeslices", "95"), ("ratio_timeslices", "")] {
        let mut form = stage.engine.slo_editor(Some(SLO), false)?.form;
        form.method = MethodForm { kind: kind.to_owned(), slice: "5m".to_owned(), target: target.to_owned() };
        form.note = format!("counted as {kind}");
        stage.engine.save_slo(form).await?;
        let watch = wait::stopwatch();
        let found = stage.engine.tightenings(&asked(Some(SLO), None))?;
        println!("{kind}: {} definitions tried in {:?}", found.tried, watch.elapsed());
        for one in &found.proposals {
            println!("{}", one.sentence);
        }
        hold(&stage, &found)?;
        let best = found.proposals.iter().find(|one| one.direction == "tighter").context("nothing tighter is proposed")?;
        ensure!(best.incident.as_ref() == Some(&incident) && best.earlier_s.is_none_or(|earlier| earlier >= 3_600.0), "{best:?}");
        let form = AdoptForm {
            slo: best.slo.clone(),
            objective_percent: best.objective_percent.clone(),
            under_s: best.under_s,
            incident: None,
            why: String::new(),
        };
        let adopted = stage.engine.adopt(form).await?;
        let now = stage.status(SLO)?;
        ensure!(now.method == kind && now.slice.as_deref() == Some("5m"), "the method stays: {now:?}");
        let alerts = stage.engine.backtest(&BacktestForm {
            slo: SLO.to_owned(),
            change: ChangeForm::default(),
            days: 90.0,
            zone: Some("UTC".to_owned()),
        })?;
        ensure!(alerts.run.alerts.len() == best.alerts as usize, "what was adopted does what was promised: {best:?}");
        stage.engine.adopt(adopted.undo).await?;
    }
    Ok(())
}
