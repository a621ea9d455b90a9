//! Looking back: the document as it was, what changed between two moments, who wrote what; and joining old updates without
//! losing any of it.
//!
//! The log itself is the history. Text that was deleted stays in it, and joining takes together what was written in one sitting.

mod compare;
mod join;

use std::collections::BTreeMap;

use yrs::types::text::ChangeKind;
use yrs::{Out, ReadTxn, Snapshot, Text, Transact, TransactionMut, XmlFragment, XmlOut};

use crate::{CaseError, CaseFile, Drawer};

pub use compare::{Change, compare};
pub use join::{Joined, Sitting, TEMPLATE, joined, sittings};

/// Client id of documents that only look back; they write nothing.
const LOOKING: u32 = 1;

/// One update of the log, as history needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged<'a> {
    /// Position.
    pub id: i64,
    /// Unix seconds of the first edit in it.
    pub from_s: i64,
    /// Unix seconds of the last.
    pub at_s: i64,
    /// Who wrote it, as far as the log knows.
    pub author: &'a str,
    /// The update.
    pub bytes: &'a [u8],
}

/// The document as it was after these updates.
pub fn as_of(log: &[Logged<'_>]) -> Result<CaseFile, CaseError> {
    let case = CaseFile::keeping_deleted(LOOKING);
    for update in log {
        case.apply(update.bytes)?;
    }
    Ok(case)
}

/// A stretch of a block that one person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Which block of the text, from 0.
    pub block: usize,
    /// Who; empty where nobody said.
    pub author: String,
    /// Unix seconds at which it came here.
    pub at_s: i64,
    /// The words.
    pub text: String,
}

/// Who wrote what stands in the text now, and when it came here, in the order of the text.
pub fn written(log: &[Logged<'_>]) -> Result<Vec<Stretch>, CaseError> {
    let case = CaseFile::keeping_deleted(LOOKING);
    // For each client: from which clock on, when and by whom.
    let mut origins: BTreeMap<u64, Vec<(u32, i64, &str)>> = BTreeMap::new();
    let mut known: BTreeMap<u64, u32> = BTreeMap::new();
    for update in log {
        case.apply(update.bytes)?;
        for (client, clock) in case.doc.transact().state_vector().iter() {
            let before = known.insert(client.get(), *clock).unwrap_or(0);
            if *clock > before {
                origins.entry(client.get()).or_default().push((before, update.at_s, update.author));
            }
        }
    }
    let people: BTreeMap<String, String> = case.list(Drawer::People).into_iter().collect();
    let mut txn = case.doc.transact_mut();
    let now = txn.snapshot();
    let mut out: Vec<Stretch> = Vec::new();
    let count = case.text.len(&txn);
    for block in 0..count {
        let Some(child) = case.text.get(&txn, block) else { continue };
        let mut texts = Vec::new();
        texts_of(&child, &txn, 0, &mut texts);
        for text in texts {
            for (client, clock, words) in pieces(&text, &mut txn, &now) {
                let origin = origins.get(&client).and_then(|known| known.iter().rev().find(|(from, ..)| *from <= clock));
                let author =
                    people.get(&client.to_string()).map(String::as_str).or(origin.map(|(_, _, author)| *author)).unwrap_or_default();
                let at_s = origin.map_or(0, |(_, at_s, _)| *at_s);
                match out.last_mut() {
                    Some(last) if last.block == block as usize && last.author == author && last.at_s == at_s => last.text.push_str(&words),
                    _ => out.push(Stretch { block: block as usize, author: author.to_owned(), at_s, text: words }),
                }
            }
        }
    }
    Ok(out)
}

fn texts_of<T: ReadTxn>(node: &XmlOut, txn: &T, depth: usize, into: &mut Vec<yrs::XmlTextRef>) {
    match node {
        XmlOut::Text(text) => into.push(text.clone()),
        XmlOut::Element(element) if depth < crate::tree::DEEPEST => {
            for child in element.children(txn) {
                texts_of(&child, txn, depth + 1, into);
            }
        }
        _ => {}
    }
}

/// The runs of a text with who put them there: client and clock.
fn pieces(text: &yrs::XmlTextRef, txn: &mut TransactionMut<'_>, now: &Snapshot) -> Vec<(u64, u32, String)> {
    let before = Snapshot::default();
    let runs = text.diff_range(txn, Some(now), Some(&before), |change| change);
    let told = runs.into_iter().filter_map(|run| {
        let change = run.ychange.filter(|change| change.kind == ChangeKind::Added)?;
        match run.insert {
            Out::Any(yrs::Any::String(words)) => Some((change.id.client.get(), change.id.clock, words.to_string())),
            _ => None,
        }
    });
    told.collect()
}
