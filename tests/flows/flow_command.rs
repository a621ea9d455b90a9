//! Commanding: what was known is frozen with the declaration and read back without a source; the checklist holds the incident in its
//! phase until it is done or somebody says why not; roles pass when they are read back; after the mitigation nobody is hurried.

use anyhow::{Context, ensure};
use firewatch_engine::EngineError;
use firewatch_engine::view::{ChecklistRow, IncidentView};
use firewatch_tests::Result;

use crate::paper::Paper;

const BEGIN_S: i64 = 1_800_000_000;

fn last(incident: &IncidentView) -> Result<&str> {
    Ok(&incident.entries.last().context("an entry")?.kind)
}

#[test]
fn a_blocking_item_holds_the_phase_until_it_is_done_or_overridden() -> Result {
    let paper = Paper::open("gate", BEGIN_S)?;
    let engine = &paper.engine;
    let incident = engine.declare("Everything is down", "SEV0", &[])?;
    ensure!(incident.checklist.iter().any(|item| item.blocking && item.phase == "monitoring"), "{:#?}", incident.checklist);
    // Up to the phase of the item it moves freely, and over it it does not.
    engine.set_phase(&incident.id, "monitoring")?;
    let before = engine.incident(&incident.id)?;
    let Err(EngineError::Held { open, .. }) = engine.set_phase(&incident.id, "resolved") else { anyhow::bail!("not held") };
    ensure!(open.len() == 1 && open[0].contains("confirm that it is over"), "{open:?}");
    ensure!(engine.incident(&incident.id)? == before, "a refusal writes nothing");
    // Giving it up is free.
    engine.set_phase(&incident.id, "cancelled")?;
    engine.reopen(&incident.id, "it was one after all")?;
    engine.set_phase(&incident.id, "monitoring")?;

    let overridden = engine.override_phase(&incident.id, "resolved", "support is asleep, the figures are clear")?;
    ensure!(overridden.phase == "resolved" && overridden.reopened == 1, "{overridden:#?}");
    let gate = overridden.entries.iter().find(|e| e.kind == "gate_overridden").context("the override is an entry")?;
    ensure!(gate.text.contains("support is asleep") && gate.text.contains("confirm that it is over"), "{}", gate.text);

    // Done in time, nothing has to be overridden.
    engine.reopen(&incident.id, "it is back")?;
    engine.check_item(&incident.id, "confirmed", true)?;
    let twice = engine.check_item(&incident.id, "confirmed", true)?;
    ensure!(twice.entries.iter().filter(|e| e.kind == "checked").count() == 1, "said twice is said once");
    ensure!(engine.set_phase(&incident.id, "resolved")?.phase == "resolved");
    ensure!(engine.check_item(&incident.id, "no such item", true).is_err());
    Ok(())
}

#[test]
fn checklists_are_the_persons_own() -> Result {
    let paper = Paper::open("lists", BEGIN_S)?;
    let engine = &paper.engine;
    let old = engine.declare("Before", "SEV2", &[])?;
    let own = ChecklistRow {
        id: String::new(),
        text: "Call the bakery".to_owned(),
        role: "Liaison".to_owned(),
        phase: "investigating".to_owned(),
        blocking: true,
        severities: vec!["SEV2".to_owned()],
    };
    let kept = engine.save_checklists(std::slice::from_ref(&own))?;
    ensure!(kept.len() == 1 && !kept[0].id.is_empty() && kept[0].role == "liaison", "{kept:?}");
    for broken in [
        ChecklistRow { text: " ".to_owned(), ..own.clone() },
        ChecklistRow { phase: "merged".to_owned(), ..own.clone() },
        ChecklistRow { severities: Vec::new(), ..own.clone() },
    ] {
        let fault = engine.save_checklists(&[kept[0].clone(), broken]).err().context("refused")?;
        ensure!(fault.to_string().starts_with("item 2:"), "{fault}");
    }
    ensure!(engine.checklists()? == kept, "a refusal keeps nothing");

    let new = engine.declare("After", "SEV2", &[])?;
    ensure!(new.checklist.len() == 1 && engine.incident(&old.id)?.checklist.len() > 1, "open incidents keep theirs");
    let with = engine.assign_role(&new.id, "liaison", "ada")?;
    ensure!(with.checklist[0].owner == "ada", "{:?}", with.checklist);
    ensure!(matches!(engine.set_phase(&new.id, "identified"), Err(EngineError::Held { .. })));
    // Another severity, another list: here none, and nothing holds it.
    ensure!(engine.set_severity(&new.id, "SEV3")?.checklist.is_empty());
    engine.set_phase(&new.id, "identified")?;
    engine.save_checklists(&engine.shipped_checklists())?;
    ensure!(engine.declare("Shipped again", "SEV2", &[])?.checklist.len() > 1);
    Ok(())
}

#[test]
fn a_role_is_whose_it_was_until_the_other_reads_back() -> Result {
    let paper = Paper::open("roles", BEGIN_S)?;
    let engine = &paper.engine;
    let id = engine.declare("Slow", "SEV1", &[])?.id;
    ensure!(engine.confirm_role(&id, "commander", "").is_err(), "nobody was handed anything");
    engine.assign_role(&id, "commander", "ada")?;
    let offered = engine.offer_role(&id, "Commander", "bob")?;
    ensure!(offered.roles["commander"] == "ada" && offered.offered["commander"].person == "bob", "{offered:#?}");
    let declined = engine.decline_role(&id, "commander")?;
    ensure!(declined.roles["commander"] == "ada" && declined.offered.is_empty());
    engine.offer_role(&id, "commander", "bob")?;
    let taken = engine.confirm_role(&id, "commander", "three streams, next update at 4")?;
    ensure!(taken.roles["commander"] == "bob" && taken.offered.is_empty());
    ensure!(last(&taken)? == "role_confirmed" && taken.entries.last().is_some_and(|e| e.text.contains("three streams")));
    ensure!(engine.assign_role(&id, "customer liaison", "cy")?.roles["customer liaison"] == "cy", "own roles");
    Ok(())
}

#[test]
fn an_incident_of_weeks_hurries_nobody_after_the_mitigation() -> Result {
    let paper = Paper::open("weeks", BEGIN_S)?;
    let engine = &paper.engine;
    let id = engine.declare("Slow", "SEV1", &[])?.id;
    engine.open_stream(&id, "database", "ada")?;
    paper.clock.set(BEGIN_S + 3600);
    let open = &engine.frame()?.incidents[0];
    ensure!(open.quiet_at == [(BEGIN_S + 15 * 60) as f64] && open.update_due == Some((BEGIN_S + 30 * 60) as f64), "{open:?}");
    engine.set_phase(&id, "monitoring")?;
    let calm = &engine.frame()?.incidents[0];
    ensure!(calm.quiet_at.is_empty() && calm.update_due == Some((BEGIN_S + 86_400) as f64), "daily from here on: {calm:?}");
    paper.clock.set(BEGIN_S + 21 * 86_400);
    let weeks = engine.incident(&id)?;
    ensure!(!weeks.pressing && weeks.phase == "monitoring");
    let back = engine.reopen(&id, "as bad as before").err().map(|e| e.to_string());
    ensure!(back.is_none(), "{back:?}");
    Ok(())
}

#[test]
fn what_is_due_is_told_once_and_after_the_mitigation_only_daily() -> Result {
    let paper = Paper::open("nudges", BEGIN_S)?;
    let engine = &paper.engine;
    let id = engine.declare("Slow", "SEV1", &[])?.id;
    engine.open_stream(&id, "database", "ada")?;
    ensure!(engine.nudge()? == 0, "nothing is due yet");
    paper.clock.set(BEGIN_S + 16 * 60);
    ensure!(engine.nudge()? == 1 && engine.nudge()? == 0, "a quiet stream, once");
    let told = engine.inbox()?;
    ensure!(told[0].title == "database has gone quiet" && told[0].body.contains("owned by ada"), "{told:?}");
    engine.hear_stream(&id, "database", "locks")?;
    paper.clock.set(BEGIN_S + 31 * 60);
    ensure!(engine.nudge()? == 2, "the update, and the stream again: it was heard and is quiet once more");
    engine.set_phase(&id, "monitoring")?;
    paper.clock.set(BEGIN_S + 5 * 3600);
    ensure!(engine.nudge()? == 0, "nobody is hurried any more");
    paper.clock.set(BEGIN_S + 86_400 + 60);
    ensure!(engine.nudge()? == 1 && engine.nudge()? == 0, "an update a day");
    engine.set_phase(&id, "resolved")?;
    paper.clock.set(BEGIN_S + 3 * 86_400);
    ensure!(engine.nudge()? == 0, "over is over");
    Ok(())
}

#[test]
fn two_are_merged_by_hand_and_told_apart_again() -> Result {
    let paper = Paper::open("merge", BEGIN_S)?;
    let engine = &paper.engine;
    let first = engine.declare("Settings slow", "SEV2", &[])?.id;
    let second = engine.declare("Login slow", "SEV1", &[])?.id;
    engine.add_entry(&second, "the same database")?;
    let one = engine.merge_incident(&second, &first, "one cause")?;
    ensure!(one.id == first && one.severity == "SEV1" && one.absorbed == [second.clone()], "{one:#?}");
    ensure!(one.entries.iter().any(|e| e.text == "the same database"), "entries are shown together");
    let gone = engine.incident(&second)?;
    ensure!(gone.phase == "merged" && gone.merged_into.as_ref() == Some(&first), "{gone:#?}");
    ensure!(engine.add_entry(&second, "written into the merged one")?.id == first, "goes where people look");
    ensure!(engine.merge_incident(&second, &first, "again").is_err());
    let strike = one.entries.iter().find(|e| e.kind == "merged").context("the merge is an entry")?;
    engine.strike_entry(&first, &strike.id, "two causes after all")?;
    let (a, b) = (engine.incident(&first)?, engine.incident(&second)?);
    ensure!(a.absorbed.is_empty() && b.phase == "investigating" && b.merged_into.is_none(), "{a:#?}\n{b:#?}");
    Ok(())
}
