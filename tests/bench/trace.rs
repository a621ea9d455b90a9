//! A published editing history as the updates an editor would have said, one for each edit.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use chrono::DateTime;
use firewatch_tests::Result;
use serde::Deserialize;
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, OffsetKind, Options, Text, Transact, Update, XmlElementPrelim, XmlFragment, XmlOut, XmlTextPrelim, XmlTextRef};

/// Seconds between two edits of a history that tells no times.
const PACE_S: i64 = 2;

/// A history.
pub struct Trace {
    pub edits: Vec<Edit>,
    /// What the text says in the end.
    pub end: String,
}

/// One edit.
pub struct Edit {
    pub update: Vec<u8>,
    /// Unix seconds.
    pub at_s: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    start_content: String,
    end_content: String,
    #[serde(default)]
    num_agents: usize,
    txns: Vec<Txn>,
}

#[derive(Deserialize)]
struct Txn {
    #[serde(default)]
    parents: Option<Vec<usize>>,
    #[serde(default)]
    agent: usize,
    time: String,
    patches: Vec<(u32, u32, String)>,
}

/// One author's machine: what it has seen, by the number of the edit.
struct Machine {
    doc: Doc,
    text: XmlTextRef,
    seen: Vec<bool>,
}

/// Reads a history and lives it through.
pub fn read(path: &Path) -> Result<Trace> {
    let file = std::fs::File::open(path).with_context(|| format!("open {}", path.display()))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).context("unpack the history")?;
    let file: File = serde_json::from_str(&text).context("read the history")?;
    ensure!(file.start_content.is_empty(), "a history that begins with text");
    ensure!(file.end_content.chars().all(|c| c.len_utf16() == 1), "places are counted in characters, which here would not be UTF-16 units");
    let begin = begun();
    let count = file.txns.len() + 1;
    let mut machines: Vec<Machine> = (0..file.num_agents.max(1)).map(|n| machine(n, &begin, count)).collect::<Result<_>>()?;
    let mut edits = vec![Edit { update: begin, at_s: 0 }];
    for (number, txn) in file.txns.iter().enumerate() {
        let machine = machines.get_mut(txn.agent).context("an author that is none")?;
        let parents = txn.parents.clone().unwrap_or_else(|| number.checked_sub(1).into_iter().collect());
        catch_up(machine, &parents, &file.txns, &edits)?;
        let mut change = machine.doc.transact_mut();
        for (at, deleted, inserted) in &txn.patches {
            if *deleted > 0 {
                machine.text.remove_range(&mut change, *at, *deleted);
            }
            machine.text.insert(&mut change, *at, inserted);
        }
        let update = change.encode_update_v1();
        drop(change);
        machine.seen[number] = true;
        let told = DateTime::parse_from_rfc3339(&txn.time).map(|at| at.timestamp()).unwrap_or_default();
        edits.push(Edit { update, at_s: if told > 0 { told } else { number as i64 * PACE_S } });
    }
    edits[0].at_s = edits.get(1).map_or(0, |first| first.at_s);
    Ok(Trace { edits, end: file.end_content })
}

/// An empty paragraph, the same for all.
fn begun() -> Vec<u8> {
    let doc = Doc::with_client_id(1_000_000);
    let text = doc.get_or_insert_xml_fragment("postmortem");
    let mut txn = doc.transact_mut();
    let block = text.push_back(&mut txn, XmlElementPrelim::empty("codeBlock"));
    block.push_back(&mut txn, XmlTextPrelim::new(""));
    txn.encode_update_v1()
}

fn machine(number: usize, begin: &[u8], count: usize) -> Result<Machine> {
    let mut options = Options::with_client_id(ClientID::new(1_000_001 + number as u64));
    options.offset_kind = OffsetKind::Utf16;
    let doc = Doc::with_options(options);
    let root = doc.get_or_insert_xml_fragment("postmortem");
    doc.transact_mut().apply_update(Update::decode_v1(begin)?)?;
    let Some(XmlOut::Element(block)) = root.get(&doc.transact(), 0) else { bail!("no block") };
    let Some(XmlOut::Text(text)) = block.get(&doc.transact(), 0) else { bail!("no text") };
    Ok(Machine { doc, text, seen: vec![false; count] })
}

/// Takes in what came before an edit and was not seen yet, in its order.
fn catch_up(machine: &mut Machine, parents: &[usize], txns: &[Txn], edits: &[Edit]) -> Result {
    let mut missed = Vec::new();
    let mut waiting = parents.to_vec();
    while let Some(number) = waiting.pop() {
        if !std::mem::replace(&mut machine.seen[number], true) {
            missed.push(number);
            waiting.extend(txns[number].parents.clone().unwrap_or_else(|| number.checked_sub(1).into_iter().collect()));
        }
    }
    missed.sort_unstable();
    for number in missed {
        machine.doc.transact_mut().apply_update(Update::decode_v1(&edits[number + 1].update)?)?;
    }
    Ok(())
}
