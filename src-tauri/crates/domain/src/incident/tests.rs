//! Folding, by table and by property.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::entry::{Event, Hlc, SloRef};
use crate::merging::{Begun, joined, same_burn, survivors};

fn entry(n: i64, event: &Event) -> Entry {
    let (kind, payload) = event.stored();
    let hlc = Hlc { wall_ms: n, counter: 0, replica: "r".to_owned() };
    let at = DateTime::from_timestamp(n, 0).unwrap();
    Entry { id: n.to_string(), incident: "i".to_owned(), at, hlc, author: "me".to_owned(), kind, version: 1, payload, corrects: None }
}

fn story() -> Vec<Entry> {
    let declared = Event::Declared {
        title: "Settings".to_owned(),
        severity: Grade::Sev2,
        slos: vec![],
        cause: Some(Cause { slo: "s".to_owned(), since_s: 1 }),
        drill: false,
        impact_s: None,
    };
    vec![
        entry(10, &declared),
        entry(20, &Event::Role { role: "commander".to_owned(), person: "me".to_owned() }),
        entry(30, &Event::Phase { phase: Phase::Monitoring }),
        entry(40, &Event::Phase { phase: Phase::Resolved }),
    ]
}

#[test]
fn times_are_derived() {
    let incident = fold(story()).unwrap();
    let s = |t: Option<DateTime<Utc>>| t.map(|t| t.timestamp());
    let t = incident.times;
    assert_eq!(
        [s(t.impact_start), s(t.detected), s(t.acknowledged), s(t.mitigated), s(t.resolved)],
        [Some(1), Some(1), Some(20), Some(30), Some(40)]
    );
    let mut reopened = story();
    reopened.push(entry(50, &Event::Phase { phase: Phase::Mitigating }));
    assert_eq!(fold(reopened).unwrap().times.resolved, None);
}

#[test]
fn corrections_go_before_what_the_entries_say() {
    let mut entries = story();
    let moment = Moment::Mitigated;
    entries.push(entry(50, &Event::Timed { moment, at_s: Some(25), reason: "the flag was off by then".to_owned() }));
    let corrected = fold(entries.clone()).unwrap();
    assert_eq!(corrected.times.mitigated.map(|t| t.timestamp()), Some(25));
    assert!(corrected.timed[&moment].1.contains("flag"));
    entries.push(entry(60, &Event::Timed { moment, at_s: None, reason: String::new() }));
    assert_eq!(fold(entries).unwrap().times.mitigated.map(|t| t.timestamp()), Some(30));
}

#[test]
fn what_was_struck_counts_no_more() {
    let mut entries = story();
    let strike = Entry { corrects: Some("40".to_owned()), ..entry(50, &Event::Struck { reason: "wrong window".to_owned() }) };
    entries.push(strike);
    let incident = fold(entries).unwrap();
    assert_eq!((incident.phase, incident.times.resolved), (Phase::Monitoring, None));
    assert_eq!(incident.struck["40"], "wrong window");
    assert!(incident.entries.iter().any(|e| e.id == "40"), "it stays in the list");
}

#[test]
fn streams_are_heard_and_go_quiet() {
    let opened = Event::StreamOpened { stream: "s1".to_owned(), title: "database".to_owned(), owner: String::new() };
    let said = Event::StreamSaid { stream: "s1".to_owned(), text: "locks".to_owned() };
    let mut entries = story();
    entries.extend([
        entry(50, &opened),
        entry(60, &Event::StreamOwned { stream: "s1".to_owned(), owner: "me".to_owned() }),
        entry(70, &said),
    ]);
    let stream = fold(entries).unwrap().streams.remove(0);
    assert_eq!((stream.owner.as_str(), stream.said.as_str(), stream.heard_at.timestamp()), ("me", "locks", 70));
    let at = |s| DateTime::from_timestamp(s, 0).unwrap();
    assert!(!stream.quiet(Grade::Sev2, at(70 + 29 * 60)) && stream.quiet(Grade::Sev2, at(70 + 30 * 60)));
}

#[test]
fn unknown_kinds_are_kept() {
    let mut entries = story();
    let mut strange = entry(35, &Event::Acknowledged);
    strange.kind = "hologram".to_owned();
    entries.push(strange);
    assert!(fold(entries).unwrap().entries.iter().any(|e| e.kind == "hologram"));
}

proptest::proptest! {
    #[test]
    fn any_order_and_any_repetition_fold_to_the_same(seed in proptest::collection::vec(0_usize..4, 4..24)) {
        let story = story();
        let mut shuffled: Vec<Entry> = seed.into_iter().map(|i| story[i].clone()).collect();
        shuffled.extend(story.iter().rev().cloned());
        proptest::prop_assert_eq!(fold(shuffled), fold(story));
    }
}

#[test]
fn a_role_passes_when_it_is_read_back() {
    let role = "commander".to_owned();
    let mut entries = story();
    entries.push(entry(50, &Event::RoleOffered { role: role.clone(), person: "you".to_owned() }));
    let offered = fold(entries.clone()).unwrap();
    assert_eq!((offered.roles["commander"].as_str(), offered.offered["commander"].person.as_str()), ("me", "you"));
    let declined = Event::RoleDeclined { role: role.clone(), person: "you".to_owned() };
    let refused = fold(entries.iter().cloned().chain([entry(60, &declined)])).unwrap();
    assert_eq!((refused.roles["commander"].as_str(), refused.offered.len()), ("me", 0));
    entries.push(entry(60, &Event::RoleConfirmed { role, person: "you".to_owned(), readback: "four streams, update at 4".to_owned() }));
    let taken = fold(entries).unwrap();
    assert_eq!((taken.roles["commander"].as_str(), taken.offered.len()), ("you", 0));
}

#[test]
fn it_is_reopened_by_an_entry() {
    let mut entries = story();
    entries.push(entry(50, &Event::Reopened { phase: Phase::Investigating, reason: "it is back".to_owned() }));
    let reopened = fold(entries).unwrap();
    assert_eq!((reopened.phase, reopened.reopened, reopened.times.resolved), (Phase::Investigating, 1, None));
}

/// The two declarations of a burn, the clocks of the replicas ten minutes apart, and a day of writing on both sides.
fn declared_on(replica: &str, ahead_ms: i64, since_s: i64) -> Entry {
    let slo = SloRef { id: format!("id of {replica}"), name: "first-load".to_owned() };
    let cause = Some(Cause { slo: slo.id.clone(), since_s });
    let event = Event::Declared {
        title: format!("Opened on {replica}"),
        severity: Grade::Sev2,
        slos: vec![slo],
        cause,
        drill: false,
        impact_s: None,
    };
    written(replica, replica, 0, 1_000_000 + ahead_ms, &event)
}

fn written(replica: &str, incident: &str, n: usize, wall_ms: i64, event: &Event) -> Entry {
    let (kind, payload) = event.stored();
    let at = DateTime::from_timestamp_millis(wall_ms).unwrap();
    let hlc = Hlc { wall_ms, counter: 0, replica: replica.to_owned() };
    let (id, incident, author) = (format!("{replica}-{n}"), incident.to_owned(), replica.to_owned());
    Entry { id, incident, at, hlc, author, kind, version: 1, payload, corrects: None }
}

fn some_event() -> impl Strategy<Value = Event> {
    let role = prop::sample::select(vec!["commander", "scribe"]).prop_map(str::to_owned);
    let person = prop::sample::select(vec!["", "ada", "bob"]).prop_map(str::to_owned);
    let phases = vec![Phase::Identified, Phase::Mitigating, Phase::Monitoring, Phase::Resolved, Phase::Cancelled];
    let phase = prop::sample::select(phases);
    let stream = prop::sample::select(vec!["s1", "s2"]).prop_map(str::to_owned);
    prop_oneof![
        "[a-z]{0,9}".prop_map(|text| Event::Note { text }),
        phase.clone().prop_map(|phase| Event::Phase { phase }),
        phase.prop_map(|phase| Event::Reopened { phase, reason: String::new() }),
        prop::sample::select(Grade::ALL.to_vec()).prop_map(|severity| Event::Severity { severity }),
        (role.clone(), person.clone()).prop_map(|(role, person)| Event::Role { role, person }),
        (role.clone(), person.clone()).prop_map(|(role, person)| Event::RoleOffered { role, person }),
        (role, person).prop_map(|(role, person)| Event::RoleConfirmed { role, person, readback: String::new() }),
        stream.clone().prop_map(|stream| Event::StreamOpened { stream, title: "t".to_owned(), owner: String::new() }),
        stream.prop_map(|stream| Event::StreamSaid { stream, text: "heard".to_owned() }),
        any::<bool>().prop_map(|done| Event::Checked { item: "scope".to_owned(), done }),
        (0_i64..9_000).prop_map(|s| Event::Timed { moment: Moment::Mitigated, at_s: (s > 500).then_some(s), reason: String::new() }),
        Just(Event::Struck { reason: "no".to_owned() }),
    ]
}

/// What a replica wrote over a day into an incident, after its declaration.
fn day(replica: &'static str, incident: &'static str, ahead_ms: i64) -> impl Strategy<Value = Vec<Entry>> {
    let moments = prop::collection::vec((1_i64..86_400_000, some_event(), any::<prop::sample::Index>()), 0..14);
    moments.prop_map(move |mut all| {
        all.sort_by_key(|(at, ..)| *at);
        let mut entries: Vec<Entry> = Vec::new();
        for (n, (at, event, other)) in all.into_iter().enumerate() {
            let mut entry = written(replica, incident, n + 1, 1_000_000 + ahead_ms + at, &event);
            if matches!(event, Event::Struck { .. }) {
                entry.corrects = (!entries.is_empty()).then(|| entries[other.index(entries.len())].id.clone());
            }
            entries.push(entry);
        }
        entries
    })
}

/// What a replica makes of the entries it has, arrived in this order: everything joined that is to be, each family as one story.
fn seen_by(arrived: &[Entry]) -> Vec<Incident> {
    let mut have: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in arrived {
        let declared: Vec<Entry> = have.values().filter(|e| e.kind == "declared").cloned().collect();
        for other in declared.iter().filter(|other| same_burn(entry, other)) {
            let join = joined(entry, other);
            have.entry(join.id.clone()).or_insert(join);
        }
        have.entry(entry.id.clone()).or_insert_with(|| entry.clone());
    }
    let begun: Vec<Begun> =
        have.values().filter(|e| e.kind == "declared").map(|e| Begun { hlc: e.hlc.clone(), incident: e.incident.clone() }).collect();
    let merges: Vec<(String, String)> = have
        .values()
        .filter_map(|e| match Event::of(e) {
            Some(Event::Merged { into, .. }) => Some((e.incident.clone(), into)),
            _ => None,
        })
        .collect();
    let gone = survivors(&begun, &merges);
    let standing = begun.iter().map(|b| &b.incident).filter(|id| !gone.contains_key(*id));
    let of = |id: &String| have.values().filter(|e| gone.get(&e.incident).unwrap_or(&e.incident) == id).cloned().collect::<Vec<_>>();
    standing.filter_map(|id| fold_family(id, of(id))).collect()
}

proptest! {
    #[test]
    fn two_replicas_that_diverged_for_a_day_tell_one_story(
        mine in day("a", "a", 0),
        theirs in day("b", "b", 600_000),
        // Written on one side into the incident of the other, after a first contact.
        more in day("c", "b", 300_000),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..80),
        since in -600_i64..600,
    ) {
        let mut all = vec![declared_on("a", 0, 10_000), declared_on("b", 600_000, 10_000 + since)];
        all.extend(mine.into_iter().chain(theirs).chain(more));
        // Any order, any repetition, and everything at least once.
        let mut arrived: Vec<Entry> = picks.iter().map(|pick| all[pick.index(all.len())].clone()).collect();
        arrived.extend(all.iter().rev().cloned());
        let (here, there) = (seen_by(&arrived), seen_by(&all));
        prop_assert_eq!(&here, &there);
        prop_assert_eq!(here.len(), 1);
        prop_assert_eq!(&here[0].id, "a");
        prop_assert_eq!(&here[0].absorbed, &["b".to_owned()]);
        prop_assert_eq!(here[0].entries.len(), all.len() + 1, "each entry once, and the one that joins them");
    }

    #[test]
    fn folding_on_is_folding_all(entries in day("a", "a", 0), late in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let mut all = vec![declared_on("a", 0, 10_000)];
        all.extend(entries);
        let whole = fold(all.clone());
        // One entry may come late, from another machine.
        let moved = all.remove(1.min(all.len() - 1) + late.index(all.len()).min(all.len().saturating_sub(2)));
        all.push(moved);
        let (first, rest) = all.split_at(1 + cut.index(all.len()));
        prop_assume!(fold(first.to_vec()).is_some());
        prop_assert_eq!(fold(first.to_vec()).map(|incident| incident.with(rest.to_vec())), whole);
    }
}
