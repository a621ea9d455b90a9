//! Two profiles whose policies opened an incident for the same burn, a day apart from each other with clocks ten minutes apart: their
//! entries, exchanged in any order and repeatedly, make one incident, and who writes next writes after all of it.

use anyhow::ensure;
use firewatch_domain::entry::{Cause, Entry, Event, Hlc, SloRef};
use firewatch_domain::policy::Grade;
use firewatch_engine::view::IncidentView;
use firewatch_tests::Result;

use crate::dice::Dice;
use crate::paper::Paper;

const BEGIN_S: i64 = 1_800_000_000;
const APART_S: i64 = 600;

/// A declaration as a policy writes it, in a profile where the SLO has an id of its own.
fn declared(on: &str, at_s: i64, since_s: i64) -> Entry {
    let slo = SloRef { id: format!("slo-of-{on}"), name: "settings-first-load".to_owned() };
    let cause = Some(Cause { slo: slo.id.clone(), since_s });
    let event = Event::Declared {
        title: "Customer settings: burning".to_owned(),
        severity: Grade::Sev2,
        slos: vec![slo],
        cause,
        drill: false,
        impact_s: None,
    };
    let (kind, payload) = event.stored();
    Entry {
        id: format!("declared-on-{on}"),
        incident: format!("incident-of-{on}"),
        at: chrono::DateTime::from_timestamp(at_s, 0).unwrap_or_default(),
        hlc: Hlc { wall_ms: at_s * 1000, counter: 0, replica: on.to_owned() },
        author: "firewatch".to_owned(),
        kind,
        version: 1,
        payload,
        corrects: None,
    }
}

/// A day of command, minute by minute on this profile's own clock.
fn day(paper: &Paper, id: &str, from_s: i64, dice: &mut Dice) -> Result {
    let engine = &paper.engine;
    for hour in 0..24 {
        paper.clock.set(from_s + hour * 3600);
        match dice.roll(7) {
            0 => engine.set_phase(id, ["identified", "mitigating", "monitoring"][dice.roll(3) as usize])?,
            1 => engine.assign_role(id, "commander", ["ada", "bob"][dice.roll(2) as usize])?,
            2 => engine.open_stream(id, &format!("stream {hour}"), "")?,
            3 => engine.mark(id, "deploy", "flag on")?,
            4 => engine.post_update(id, "still at it", &[])?,
            _ => engine.add_entry(id, &format!("written in hour {hour}"))?,
        };
    }
    let note = engine.incident(id)?.entries.iter().find(|e| e.kind == "note").map(|e| e.id.clone());
    if let Some(note) = note {
        engine.strike_entry(id, &note, "was another system")?;
    }
    Ok(())
}

/// What must be the same on both: everything that is shown.
fn same(a: &Paper, b: &Paper) -> Result<IncidentView> {
    let (here, there) = (a.engine.incidents()?, b.engine.incidents()?);
    ensure!(here == there, "the two tell different stories:\n{here:#?}\n{there:#?}");
    let mut standing: Vec<IncidentView> = here.into_iter().filter(|i| i.phase != "merged").collect();
    ensure!(standing.len() == 1, "one incident stands: {standing:#?}");
    Ok(standing.remove(0))
}

#[test]
fn profiles_that_diverged_for_a_day_tell_one_story() -> Result {
    for seed in 1..=8_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (a, b) = (Paper::open("a", BEGIN_S)?, Paper::open("b", BEGIN_S + APART_S)?);
        a.engine.take_entries(&[declared("a", BEGIN_S, BEGIN_S - 300)])?;
        b.engine.take_entries(&[declared("b", BEGIN_S + APART_S, BEGIN_S - 240)])?;
        day(&a, "incident-of-a", BEGIN_S + 60, &mut dice)?;
        day(&b, "incident-of-b", BEGIN_S + APART_S + 60, &mut dice)?;

        let mut all = [a.engine.entries_of("incident-of-a")?, b.engine.entries_of("incident-of-b")?].concat();
        for _ in 0..3 {
            for paper in [&a, &b] {
                dice.shuffle(&mut all);
                let cut = 1 + dice.roll(all.len() as u64) as usize;
                paper.engine.take_entries(&all[..cut])?;
            }
        }
        for paper in [&a, &b] {
            let taken = paper.engine.take_entries(&all)?;
            ensure!(taken.refused.is_empty(), "{taken:?}");
            ensure!(paper.engine.take_entries(&all)?.new == 0, "seed {seed}: taken twice");
        }
        let one = same(&a, &b)?;
        ensure!(one.id == "incident-of-a", "the earlier declared stands: {}", one.id);
        ensure!(one.entries.len() == all.len() + 1, "seed {seed}: {} entries of {}", one.entries.len(), all.len());

        // The clock of `a` is ten minutes behind; what it writes now still comes last, also when it names the merged one.
        let after = a.engine.add_entry("incident-of-b", "after the contact")?;
        ensure!(after.id == "incident-of-a" && after.entries.last().is_some_and(|e| e.text == "after the contact"), "{after:#?}");
        b.engine.take_entries(&a.engine.entries_of("incident-of-a")?)?;
        same(&a, &b)?;
    }
    Ok(())
}

#[test]
fn what_does_not_hold_is_refused_by_itself() -> Result {
    let paper = Paper::open("hostile", BEGIN_S)?;
    let good = declared("a", BEGIN_S, BEGIN_S - 300);
    let ahead = Entry { id: "far".to_owned(), hlc: Hlc { wall_ms: i64::MAX, ..good.hlc.clone() }, ..good.clone() };
    let forged = Entry { author: "mallory".to_owned(), ..good.clone() };
    let nameless = Entry { id: String::new(), ..good.clone() };
    let huge = Entry { id: "huge".to_owned(), payload: serde_json::json!({ "text": "x".repeat(300_000) }), ..good.clone() };
    let strange = Entry { id: "strange".to_owned(), kind: "hologram".to_owned(), payload: serde_json::json!([1, 2]), ..good.clone() };
    let taken = paper.engine.take_entries(&[ahead, good, forged, nameless, huge, strange])?;
    ensure!(taken.new == 2 && taken.refused.len() == 4, "{taken:?}");
    ensure!(taken.refused[0].1.contains("ahead") && taken.refused[1].1.contains("has its id already"), "{taken:?}");
    let view = paper.engine.add_entry("incident-of-a", "goes on")?;
    ensure!(view.entries.iter().any(|e| e.kind == "hologram"), "what is not understood is kept: {view:#?}");
    Ok(())
}

#[test]
fn cancelled_before_they_met_stays_apart() -> Result {
    let paper = Paper::open("apart", BEGIN_S)?;
    paper.engine.take_entries(&[declared("a", BEGIN_S, BEGIN_S - 300)])?;
    paper.engine.set_phase("incident-of-a", "cancelled")?;
    paper.engine.take_entries(&[declared("b", BEGIN_S + 60, BEGIN_S - 300)])?;
    let open = paper.engine.incidents()?;
    ensure!(open.len() == 2 && open[0].id == "incident-of-b" && open[0].phase == "investigating", "{open:#?}");
    Ok(())
}
