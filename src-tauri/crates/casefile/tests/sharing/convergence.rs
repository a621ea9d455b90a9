//! Random histories of three to eight machines, some of them offline for a while, over a wire that doubles, reorders, cuts and
//! damages what it carries. In the end all hold the same, nothing acknowledged is missing, and damage changed nothing.

use firewatch_casefile::template::all;
use firewatch_casefile::{CaseError, CaseFile};

use crate::replica::{Dice, Replica};

/// Histories: a few on each commit, ten thousand under `make soak`.
fn histories() -> u64 {
    if std::env::var_os("FIREWATCH_SOAK").is_some() { 10_000 } else { 120 }
}

#[test]
fn machines_that_heard_the_same_hold_the_same() {
    let mut refused = 0;
    for seed in 1..=histories() {
        refused += history(seed);
    }
    assert!(refused > 0, "the wire damaged nothing, so nothing was shown");
}

/// One history; answers how many damaged updates were refused.
fn history(seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let count = 3 + dice.below(6);
    let begun = all()[dice.below(3) as usize].seed();
    let mut machines: Vec<Replica> = (0..count).map(|number| Replica::new(number, &begun)).collect();
    // What is on the wire to each machine.
    let mut wire: Vec<Vec<Vec<u8>>> = vec![Vec::new(); machines.len()];
    let mut said: Vec<Vec<u8>> = Vec::new();
    let mut refused = 0;
    for _ in 0..(6 + dice.below(30)) {
        let who = dice.below(count) as usize;
        let updates = machines[who].edit(&mut dice);
        said.extend(updates.iter().cloned());
        for (to, waiting) in wire.iter_mut().enumerate().filter(|(to, _)| *to != who) {
            for update in &updates {
                let copies = if dice.one_in(5) { 2 } else { 1 };
                for _ in 0..copies {
                    // Lost for now; the settling below brings it again.
                    if !dice.one_in(7) {
                        waiting.push(garbled(update, &mut dice));
                    }
                }
            }
            if dice.one_in(3) {
                dice.shuffle(waiting);
            }
            // Offline more often than not.
            if dice.one_in(3) {
                refused += deliver(&machines[to], waiting, seed);
                machines[to].catch_up();
            }
        }
    }
    // Everybody hears everything, whole, in an order of their own.
    for machine in &machines {
        let mut all = said.clone();
        dice.shuffle(&mut all);
        for update in &all {
            assert!(machine.hear(update).unwrap(), "seed {seed}");
        }
        machine.catch_up();
    }
    settle(&machines, seed);
    // Somebody who was never there, from one machine alone.
    let late = CaseFile::new(7);
    late.apply(&machines[0].core.whole()).unwrap();
    assert_eq!(late.blocks(), machines[0].core.blocks(), "seed {seed}");
    // And it goes on: one more edit reaches all.
    for update in machines[0].edit(&mut dice) {
        for machine in machines.iter().skip(1) {
            assert!(machine.hear(&update).unwrap(), "seed {seed}");
        }
    }
    settle(&machines, seed);
    refused
}

fn settle(machines: &[Replica], seed: u64) {
    let first = &machines[0];
    for machine in machines {
        assert!(!machine.core.waits(), "seed {seed}: nothing waits any more");
        assert_eq!(machine.core.state_vector().len(), first.core.state_vector().len(), "seed {seed}");
        assert_eq!(machine.core.blocks(), first.core.blocks(), "seed {seed}: {machine:?}");
        assert_eq!(machine.words(), first.words(), "seed {seed}");
    }
}

/// Now and then cut short or with a bit the other way.
fn garbled(update: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut update = update.to_vec();
    if dice.one_in(6) {
        let at = dice.below(update.len() as u32) as usize;
        if dice.one_in(2) {
            update.truncate(at);
        } else {
            update[at] ^= 1 << dice.below(8);
        }
    }
    update
}

fn deliver(machine: &Replica, waiting: &mut Vec<Vec<u8>>, seed: u64) -> usize {
    let mut refused = 0;
    for update in waiting.drain(..) {
        let before = machine.core.state_vector();
        let text = machine.core.blocks();
        match machine.hear(&update) {
            Ok(true) => {}
            Ok(false) | Err(CaseError::Damaged | CaseError::TooLarge(_)) => {
                refused += 1;
                assert_eq!(machine.core.state_vector(), before, "seed {seed}: a damaged update moved the document");
                assert_eq!(machine.core.blocks(), text, "seed {seed}: a damaged update changed the document");
            }
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    refused
}
