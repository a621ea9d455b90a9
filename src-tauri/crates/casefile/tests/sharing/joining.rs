//! Joining what was written in one sitting.

use firewatch_casefile::CaseFile;
use firewatch_casefile::history::{Logged, joined, sittings};
use firewatch_casefile::tree::Node;

#[test]
fn a_sitting_of_any_length_becomes_one_update_that_says_the_same() {
    // Around what is merged at once, and many times that.
    for length in [2_usize, 127, 128, 129, 700] {
        let case = CaseFile::new(7);
        let updates: Vec<Vec<u8>> = (0..length).map(|n| case.insert_blocks(n % 5, &[Node::paragraph(&format!("line {n}"))])).collect();
        let logged = updates.iter().enumerate().map(|(n, bytes)| {
            let (id, at_s) = (n as i64 + 1, 1_800_000_000 + n as i64);
            Logged { id, from_s: at_s, at_s, author: "Ada", bytes }
        });
        let log: Vec<Logged<'_>> = logged.collect();
        let made = joined(&log, &sittings(&log)).unwrap().unwrap();
        assert_eq!(made.len(), 1, "{length} updates are one sitting");
        let read = CaseFile::new(8);
        read.apply(&made[0].1).unwrap();
        assert_eq!(read.blocks(), case.blocks(), "{length} updates");
    }
}
