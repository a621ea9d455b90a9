//! A machine that edits at random the way an editor does: words, marks, blocks, rows, moves, undo.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use firewatch_casefile::{CaseError, CaseFile, seal};
use yrs::types::{AsPrelim, Attrs};
use yrs::undo::{Options, UndoManager};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    Any, ClientID, Doc, OffsetKind, Origin, ReadTxn, Text, Transact, TransactionMut, Update, Xml, XmlElementPrelim, XmlElementRef,
    XmlFragment, XmlFragmentRef, XmlOut, XmlTextPrelim, XmlTextRef,
};

/// Edits that the editor took from the core.
const CORE: &str = "core";

/// A xorshift generator: the same seed tells the same story.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 33) % u64::from(bound.max(1))) as u32
    }

    pub fn one_in(&mut self, chance: u32) -> bool {
        self.below(chance) == 0
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

/// One machine: an editor with undo as the window has it, and the core's document beside it.
pub struct Replica {
    editor: Doc,
    text: XmlFragmentRef,
    undo: UndoManager<()>,
    /// What the editor says, as it says it.
    out: Arc<Mutex<Vec<Vec<u8>>>>,
    pub core: CaseFile,
    number: u32,
    words: u32,
}

impl Replica {
    pub fn new(number: u32, seed: &[u8]) -> Self {
        let mut options = yrs::Options::with_client_id(ClientID::new(u64::from(1000 + number)));
        options.offset_kind = OffsetKind::Utf16;
        let editor = Doc::with_options(options);
        let text = editor.get_or_insert_xml_fragment("postmortem");
        let out = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&out);
        let heard = editor.observe_update_v1("out", move |txn, event| {
            if txn.origin() != Some(&Origin::from(CORE)) {
                sink.lock().unwrap().push(event.update.clone());
            }
        });
        heard.unwrap();
        let mut undo = UndoManager::with_options(Options { capture_timeout_millis: 0, ..Options::default() });
        undo.expand_scope(&editor, &text);
        let replica = Self { editor, text, undo, out, core: CaseFile::new(2000 + number), number, words: 0 };
        replica.core.apply(seed).unwrap();
        replica.show(seed);
        replica
    }

    /// The editor takes in what the core has.
    fn show(&self, update: &[u8]) {
        let mut txn = self.editor.transact_mut_with(CORE);
        txn.apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }

    /// One edit in the editor, acknowledged by the core; answers what it said, sealed, as it goes to others.
    pub fn edit(&mut self, dice: &mut Dice) -> Vec<Vec<u8>> {
        let word = format!(" w{}x{}", self.number, self.words);
        self.words += 1;
        if dice.one_in(9) {
            self.undo.undo_blocking();
        } else if dice.one_in(20) {
            self.undo.redo_blocking();
        } else {
            act(&self.editor, &self.text, dice, &word);
        }
        let said: Vec<Vec<u8>> = self.out.lock().unwrap().drain(..).collect();
        for update in &said {
            self.core.apply(update).unwrap();
        }
        said.iter().map(|update| seal::sealed(update)).collect()
    }

    /// What came from somewhere: sealed updates, some of them damaged. Answers how many were refused.
    pub fn hear(&self, sealed: &[u8]) -> Result<bool, CaseError> {
        let Some((update, _)) = seal::opened(sealed)? else { return Ok(false) };
        self.core.apply(update)?;
        Ok(true)
    }

    /// The editor sees what others wrote.
    pub fn catch_up(&self) {
        let known = self.editor.transact().state_vector();
        let missed = self.core.since(&known.encode_v1()).unwrap();
        self.show(&missed);
    }

    /// Words of this machine that stand in the text here.
    pub fn words(&self) -> BTreeSet<String> {
        let all: String = self.core.blocks().iter().map(|block| block.words() + "\n").collect();
        all.split_whitespace().filter(|word| word.starts_with('w')).map(str::to_owned).collect()
    }
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replica").field("number", &self.number).finish_non_exhaustive()
    }
}

fn act(editor: &Doc, root: &XmlFragmentRef, dice: &mut Dice, word: &str) {
    let mut txn = editor.transact_mut();
    let (mut texts, mut tables) = (Vec::new(), Vec::new());
    gather(root, &txn, &mut texts, &mut tables);
    let blocks = root.len(&txn);
    match dice.below(12) {
        0 | 1 => new_block(root, &mut txn, dice, word),
        2 if blocks > 2 => root.remove_range(&mut txn, dice.below(blocks), 1),
        3 if blocks > 1 => move_block(root, &mut txn, dice),
        4 => {
            if let Some(table) = pick(&tables, dice) {
                let at = dice.below(table.len(&txn) + 1);
                let row = table.insert(&mut txn, at, XmlElementPrelim::empty("tableRow"));
                for _ in 0..2 {
                    cell(&row, &mut txn, word);
                }
            }
        }
        5 => {
            if let Some(table) = pick(&tables, dice).filter(|table| table.len(&txn) > 1) {
                let at = dice.below(table.len(&txn));
                table.remove_range(&mut txn, at, 1);
            }
        }
        6 | 7 => {
            if let Some(text) = pick(&texts, dice).filter(|text| text.len(&txn) > 0) {
                let (at, length) = part(text.len(&txn), dice);
                let mark = ["bold", "italic", "strike", "code", "link"][dice.below(5) as usize];
                let value = match (dice.one_in(3), mark) {
                    (true, _) => Any::Null,
                    (_, "link") => Any::Map(Arc::new([("href".to_owned(), Any::from("https://example.com"))].into())),
                    _ => Any::Map(Arc::default()),
                };
                text.format(&mut txn, at, length, Attrs::from([(mark.into(), value)]));
            }
        }
        8 => {
            if let Some(text) = pick(&texts, dice).filter(|text| text.len(&txn) > 3) {
                let (at, length) = part(text.len(&txn), dice);
                text.remove_range(&mut txn, at, length.min(4));
            }
        }
        _ => {
            if let Some(text) = pick(&texts, dice) {
                let at = dice.below(text.len(&txn) + 1);
                text.insert(&mut txn, at, word);
            } else {
                new_block(root, &mut txn, dice, word);
            }
        }
    }
}

fn new_block(root: &XmlFragmentRef, txn: &mut TransactionMut<'_>, dice: &mut Dice, word: &str) {
    let at = dice.below(root.len(txn) + 1);
    match dice.below(5) {
        0 => {
            let heading = root.insert(txn, at, XmlElementPrelim::empty("heading"));
            heading.insert_attribute(txn, "level", i64::from(1 + dice.below(4)));
            heading.push_back(txn, XmlTextPrelim::new(word));
        }
        1 => {
            let list = root.insert(txn, at, XmlElementPrelim::empty("taskList"));
            let item = list.push_back(txn, XmlElementPrelim::empty("taskItem"));
            item.insert_attribute(txn, "checked", dice.one_in(2));
            paragraph(&item, txn, word);
        }
        2 => {
            let table = root.insert(txn, at, XmlElementPrelim::empty("table"));
            let row = table.push_back(txn, XmlElementPrelim::empty("tableRow"));
            cell(&row, txn, word);
            cell(&row, txn, "");
        }
        _ => {
            let paragraph = root.insert(txn, at, XmlElementPrelim::empty("paragraph"));
            paragraph.push_back(txn, XmlTextPrelim::new(word));
        }
    }
}

fn cell(row: &XmlElementRef, txn: &mut TransactionMut<'_>, word: &str) {
    let cell = row.push_back(txn, XmlElementPrelim::empty("tableCell"));
    paragraph(&cell, txn, word);
}

fn paragraph(parent: &XmlElementRef, txn: &mut TransactionMut<'_>, word: &str) {
    let paragraph = parent.push_back(txn, XmlElementPrelim::empty("paragraph"));
    paragraph.push_back(txn, XmlTextPrelim::new(word));
}

/// As an editor moves: the block goes, and a copy of it comes elsewhere.
fn move_block(root: &XmlFragmentRef, txn: &mut TransactionMut<'_>, dice: &mut Dice) {
    let from = dice.below(root.len(txn));
    let Some(XmlOut::Element(block)) = root.get(txn, from) else { return };
    let copy = block.as_prelim(txn);
    root.remove_range(txn, from, 1);
    let to = dice.below(root.len(txn) + 1);
    root.insert(txn, to, copy);
}

fn gather<T: ReadTxn>(parent: &impl XmlFragment, txn: &T, texts: &mut Vec<XmlTextRef>, tables: &mut Vec<XmlElementRef>) {
    for child in parent.children(txn) {
        match child {
            XmlOut::Text(text) => texts.push(text),
            XmlOut::Element(element) => {
                gather(&element, txn, texts, tables);
                if &**element.tag() == "table" {
                    tables.push(element);
                }
            }
            XmlOut::Fragment(_) => {}
        }
    }
}

fn pick<T: Clone>(items: &[T], dice: &mut Dice) -> Option<T> {
    items.get(dice.below(items.len() as u32) as usize).cloned()
}

fn part(length: u32, dice: &mut Dice) -> (u32, u32) {
    let at = dice.below(length);
    (at, 1 + dice.below(length - at))
}
