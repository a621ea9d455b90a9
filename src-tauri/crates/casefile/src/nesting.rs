//! What may stand in what. An editor takes a node out of the shared document, for everybody, when its schema allows no such content
//! there: not only a node that it does not know, but also a known one in a place where no editor puts it. So a document is looked
//! through by the same rules before an editor may open it.
//!
//! The rules are those of the editor's schema, kept as data in `schema.json`; a test of the editor's holds both against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use yrs::{Transact, XmlFragment, XmlOut};

use crate::CaseFile;
use crate::tree::{DEEPEST, Node};
use crate::vocabulary::{LIVE_BLOCK, MARKS, NODES};

/// Root of every text, as the rules call it.
const ROOT: &str = "doc";

/// Why an editor of this version must not open a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strange {
    /// A node or mark that this version does not know.
    Unknown(String),
    /// Something known, in a place where no editor puts it.
    Misplaced {
        /// The node, or `text`; or a mark.
        what: String,
        /// What it stands in; `doc` is the document itself.
        within: String,
    },
    /// It is nested deeper than this version looks.
    TooDeep,
}

impl CaseFile {
    /// What keeps an editor of this version from opening the document, if anything does. Nodes without any content are nothing
    /// that could be lost, wherever they stand.
    pub fn strange(&self) -> Option<Strange> {
        let blocks = self.blocks();
        if let Some(name) = unknown_in(&blocks).pop_first() {
            return Some(Strange::Unknown(name));
        }
        // No editor can begin with one at the root, not even with an empty one.
        if self.text.children(&self.doc.transact()).any(|child| matches!(child, XmlOut::Text(_))) {
            return Some(Strange::misplaced("text", ROOT));
        }
        if depth(&blocks) >= DEEPEST {
            return Some(Strange::TooDeep);
        }
        look(ROOT, &blocks).err()
    }

    /// Names in the text that this version does not know, each once, in the order of the alphabet.
    pub fn unknown(&self) -> Vec<String> {
        unknown_in(&self.blocks()).into_iter().collect()
    }
}

impl Strange {
    fn misplaced(what: &str, within: &str) -> Self {
        Self::Misplaced { what: what.to_owned(), within: within.to_owned() }
    }
}

impl std::fmt::Display for Strange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = |within: &str| if within == ROOT { "the document itself".to_owned() } else { format!("a `{}`", short(within)) };
        match self {
            Self::Unknown(name) => write!(f, "it holds `{}`, which only a newer Firewatch knows", short(name)),
            Self::Misplaced { what, within } => {
                write!(f, "`{}` stands directly in {}, where an editor cannot keep it", short(what), place(within))
            }
            Self::TooDeep => write!(f, "it is nested more than {DEEPEST} deep"),
        }
    }
}

/// Names come from whoever wrote the document.
fn short(name: &str) -> String {
    firewatch_domain::words::plain(name, 40)
}

/// The rule of one node.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// What may be inside, in order; nothing where it says nothing.
    #[serde(default)]
    content: String,
    /// Names it also goes by, apart by spaces.
    #[serde(default)]
    group: String,
    /// Whether its text may have marks.
    #[serde(default = "yes")]
    marks: bool,
}

fn yes() -> bool {
    true
}

static RULES: LazyLock<BTreeMap<String, Rule>> = LazyLock::new(|| serde_json::from_str(include_str!("schema.json")).unwrap_or_default());

/// Looks through what is inside a node; answers the kinds of the children that an editor would keep. Those that it would take out
/// without a loss are left out.
fn look<'a>(within: &str, children: &'a [Node]) -> Result<Vec<&'a str>, Strange> {
    let rule = RULES.get(within);
    let mut kept = Vec::new();
    for child in children {
        let kind = if child.is_text() { "text" } else { child.kind.as_str() };
        let inside = look(kind, &child.content)?;
        if let Some(mark) = child.marks.first().filter(|_| rule.is_some_and(|rule| !rule.marks)) {
            return Err(Strange::misplaced(&mark.kind, within));
        }
        match unfit(kind, &inside) {
            Some(what) if holds_something(child) => return Err(Strange::misplaced(what, kind)),
            Some(_) => {}
            // What the root does not allow is taken out alone; anywhere else it takes what it stands in along.
            None if within == ROOT && unfit(ROOT, &[kind]).is_some() => {
                if holds_something(child) {
                    return Err(Strange::misplaced(kind, ROOT));
                }
            }
            None => kept.push(kind),
        }
    }
    Ok(kept)
}

/// The first child that a node's rule does not allow where it stands, or the name of the node itself where one is missing.
fn unfit<'a>(within: &'a str, children: &[&'a str]) -> Option<&'a str> {
    let mut rest = children;
    for term in terms(RULES.get(within).map(|rule| rule.content.as_str()).unwrap_or_default()) {
        let fitting = rest.iter().take(term.most).take_while(|kind| term.names.iter().any(|name| goes_by(kind, name))).count();
        if fitting < term.least {
            return Some(rest.first().copied().unwrap_or(within));
        }
        rest = &rest[fitting..];
    }
    rest.first().copied()
}

fn goes_by(kind: &str, name: &str) -> bool {
    kind == name || RULES.get(kind).is_some_and(|rule| rule.group.split(' ').any(|group| group == name))
}

/// One part of a content expression, such as `block+` or `(tableCell | tableHeader)*`.
#[derive(Debug, PartialEq, Eq)]
struct Term<'a> {
    names: BTreeSet<&'a str>,
    least: usize,
    most: usize,
}

/// The parts of a content expression, of the kinds that the schema uses: names or alternatives between brackets, each with at most one
/// sign of how many.
fn terms(expression: &str) -> Vec<Term<'_>> {
    let mut terms = Vec::new();
    let mut rest = expression.trim();
    while !rest.is_empty() {
        let end = if rest.starts_with('(') {
            rest.find(')').map_or(rest.len(), |at| at + 1)
        } else {
            rest.find([' ', '*', '+', '?']).unwrap_or(rest.len())
        };
        let (names, after) = rest.split_at(end);
        let (least, most) = match after.chars().next() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            _ => (1, 1),
        };
        let names = names.trim_matches(['(', ')']).split('|').map(str::trim).collect();
        terms.push(Term { names, least, most });
        rest = after.trim_start_matches(['*', '+', '?']).trim_start();
    }
    terms
}

fn unknown_in(blocks: &[Node]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&Node> = blocks.iter().collect();
    while let Some(node) = waiting.pop() {
        if !node.is_text() && !NODES.contains(&node.kind.as_str()) {
            found.insert(node.kind.clone());
        }
        found.extend(node.marks.iter().filter(|mark| !MARKS.contains(&mark.kind.as_str())).map(|mark| mark.kind.clone()));
        waiting.extend(&node.content);
    }
    found
}

/// Whether anything would be lost with a node.
fn holds_something(node: &Node) -> bool {
    node.is_text()
        || matches!(node.kind.as_str(), "image" | "mention" | "horizontalRule" | LIVE_BLOCK)
        || node.content.iter().any(holds_something)
}

/// How deep some nodes are nested.
fn depth(nodes: &[Node]) -> usize {
    nodes.iter().map(|node| 1 + depth(&node.content)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use yrs::{Doc, ReadTxn, StateVector, XmlElementPrelim, XmlTextPrelim};

    use super::*;
    use crate::template::all;
    use crate::tree::Mark;

    fn node(kind: &str, content: Vec<Node>) -> Node {
        Node::new(kind, content)
    }

    fn words() -> Node {
        Node::paragraph("words")
    }

    fn looked(blocks: &[Node]) -> Option<Strange> {
        let case = CaseFile::new(1);
        case.insert_blocks(0, blocks);
        case.strange()
    }

    #[test]
    fn the_rules_read_and_know_every_node() {
        let known: BTreeSet<&str> = NODES.iter().copied().chain([ROOT, "text"]).collect();
        assert_eq!(RULES.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
        let names = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(
            terms("paragraph block*"),
            [Term { names: names(&["paragraph"]), least: 1, most: 1 }, Term { names: names(&["block"]), least: 0, most: usize::MAX }]
        );
        assert_eq!(terms("(tableCell | tableHeader)*"), [Term { names: names(&["tableCell", "tableHeader"]), least: 0, most: usize::MAX }]);
        assert_eq!(terms(""), []);
    }

    #[test]
    fn what_editors_write_is_not_strange() {
        for template in all() {
            assert_eq!(looked(&template.blocks), None, "{}", template.key);
        }
        let cell = |kind: &str| node(kind, vec![words()]);
        let item = node("listItem", vec![words(), node("bulletList", vec![node("listItem", vec![Node::paragraph("")])])]);
        let blocks = [
            node("blockquote", vec![node("table", vec![node("tableRow", vec![cell("tableHeader"), cell("tableCell")])])]),
            node("orderedList", vec![item]),
            node("taskList", vec![node("taskItem", vec![words()])]),
            node("codeBlock", vec![Node::text("let x = 1;")]),
            node("paragraph", vec![Node::text("a"), node("hardBreak", vec![]), node("mention", vec![])]),
            node("liveBlock", vec![]),
            node("image", vec![]),
            node("horizontalRule", vec![]),
        ];
        assert_eq!(looked(&blocks), None);
        assert_eq!(looked(&[]), None);
    }

    #[test]
    fn what_an_editor_would_take_out_is_named_with_its_place() {
        let row = || node("tableRow", vec![node("tableCell", vec![words()])]);
        let cases = [
            (vec![words(), row()], Strange::misplaced("tableRow", "doc")),
            (vec![Node::text("bare")], Strange::misplaced("text", "doc")),
            (vec![node("listItem", vec![words()])], Strange::misplaced("listItem", "doc")),
            (vec![node("bulletList", vec![words()])], Strange::misplaced("paragraph", "bulletList")),
            (
                vec![node("bulletList", vec![node("listItem", vec![node("codeBlock", vec![Node::text("x")])])])],
                Strange::misplaced("codeBlock", "listItem"),
            ),
            (vec![node("bulletList", vec![node("taskItem", vec![words()])])], Strange::misplaced("taskItem", "bulletList")),
            (vec![node("table", vec![node("tableCell", vec![words()])])], Strange::misplaced("tableCell", "table")),
            (vec![node("table", vec![node("tableRow", vec![words()])])], Strange::misplaced("paragraph", "tableRow")),
            (vec![node("paragraph", vec![words()])], Strange::misplaced("paragraph", "paragraph")),
            (vec![node("paragraph", vec![node("image", vec![])])], Strange::misplaced("image", "paragraph")),
            (vec![node("blockquote", vec![Node::text("bare")])], Strange::misplaced("text", "blockquote")),
            (vec![node("horizontalRule", vec![words()])], Strange::misplaced("paragraph", "horizontalRule")),
            (vec![node("liveBlock", vec![words()])], Strange::misplaced("paragraph", "liveBlock")),
            (vec![node("codeBlock", vec![Node::marked("x", vec![Mark::new("bold")])])], Strange::misplaced("bold", "codeBlock")),
            (vec![node("blockquote", vec![node("blockquote", vec![row()])])], Strange::misplaced("tableRow", "blockquote")),
            (vec![node("hologram", vec![row()])], Strange::Unknown("hologram".to_owned())),
            (vec![node("doc", vec![words()])], Strange::Unknown("doc".to_owned())),
        ];
        for (blocks, expected) in cases {
            assert_eq!(looked(&blocks), Some(expected), "{blocks:?}");
        }
    }

    #[test]
    fn what_is_empty_is_no_loss() {
        let emptied = [
            node("bulletList", vec![node("listItem", vec![words()]), node("listItem", vec![])]),
            node("table", vec![node("tableRow", vec![node("tableCell", vec![]), node("tableCell", vec![words()])])]),
            node("blockquote", vec![]),
            node("tableRow", vec![]),
        ];
        assert_eq!(looked(&emptied), None, "two who delete at once leave such things");
        let case = CaseFile::new(1);
        case.edit(|txn| case.text.push_back(txn, XmlTextPrelim::new("")));
        assert_eq!(case.strange(), Some(Strange::misplaced("text", "doc")), "an editor cannot even begin with it");
    }

    #[test]
    fn what_lies_too_deep_to_be_seen_is_not_passed() {
        let newer = Doc::with_client_id(7);
        let text = newer.get_or_insert_xml_fragment(crate::vocabulary::TEXT);
        {
            let mut txn = newer.transact_mut();
            let mut place = text.push_back(&mut txn, XmlElementPrelim::empty("blockquote"));
            for _ in 0..DEEPEST + 3 {
                place = place.push_back(&mut txn, XmlElementPrelim::empty("blockquote"));
            }
            place.push_back(&mut txn, XmlElementPrelim::empty("hologram"));
        }
        let case = CaseFile::new(1);
        case.apply(&newer.transact().encode_state_as_update_v1(&StateVector::default())).unwrap();
        assert_eq!(case.strange(), Some(Strange::TooDeep));
        let quoted = (0..DEEPEST - 4).fold(words(), |inside, _| node("blockquote", vec![inside]));
        assert_eq!(looked(&[quoted]), None, "what can be seen whole is no stranger for its depth");
    }
}
