//! The text without what means nothing to a reader: two texts that read alike have the same normal form. It is what an export and
//! an import of it agree on.

use crate::import::is_openable;
use crate::tree::{Mark, Node};
use crate::vocabulary::LIVE_BLOCK;

/// The normal form of some blocks: live blocks are what they show, mentions are text, empty paragraphs are gone, white space is
/// as a browser shows it, marks and attributes are those a reader can tell.
pub fn normal(blocks: &[Node]) -> Vec<Node> {
    let mut out = Vec::new();
    for block in blocks {
        match block.kind.as_str() {
            LIVE_BLOCK => out.extend(normal(&block.content)),
            "paragraph" => out.extend(Some(Node::new("paragraph", line(&block.content))).filter(|p| !p.content.is_empty())),
            "heading" => {
                let level = block.number_of("level").unwrap_or(1.0).clamp(1.0, 4.0) as u64;
                out.push(Node::new("heading", line(&block.content)).with("level", level));
            }
            "codeBlock" => out.push(code(block)),
            "horizontalRule" => out.push(Node::new("horizontalRule", Vec::new())),
            "image" => out.push(image(block)),
            "blockquote" => out.push(Node::new("blockquote", filled(normal(&block.content)))),
            "bulletList" | "taskList" => out.extend(list(block)),
            "orderedList" => {
                let start = block.number_of("start").filter(|start| *start >= 0.0 && *start < 1e9).unwrap_or(1.0) as u64;
                out.extend(list(block).map(|list| if start == 1 { list } else { list.with("start", start) }));
            }
            "table" => out.extend(table(block)),
            "text" | "hardBreak" | "mention" => {
                out.extend(Some(Node::new("paragraph", line(std::slice::from_ref(block)))).filter(|p| !p.content.is_empty()));
            }
            // What a newer version wrote: its words.
            _ => match block.words() {
                words if words.is_empty() => {}
                words => out.extend(
                    words.lines().map(|words| Node::new("paragraph", line(&[Node::text(words)]))).filter(|p| !p.content.is_empty()),
                ),
            },
        }
    }
    out
}

fn filled(blocks: Vec<Node>) -> Vec<Node> {
    if blocks.is_empty() { vec![Node::paragraph("")] } else { blocks }
}

fn list(block: &Node) -> Option<Node> {
    let items: Vec<Node> = block.content.iter().map(item).collect();
    let kind = match items.first().map(|item| item.kind.as_str()) {
        Some("taskItem") => "taskList",
        _ if block.kind == "taskList" => "bulletList",
        _ => block.kind.as_str(),
    };
    (!items.is_empty()).then(|| Node::new(kind, items))
}

fn item(block: &Node) -> Node {
    let mut inside = normal(&block.content);
    if inside.first().is_none_or(|first| first.kind != "paragraph") {
        inside.insert(0, Node::paragraph(""));
    }
    if block.kind == "taskItem" {
        Node::new("taskItem", inside).with("checked", block.is("checked"))
    } else {
        Node::new("listItem", inside)
    }
}

fn table(block: &Node) -> Option<Node> {
    let rows = block.content.iter().map(|row| {
        let cells = row.content.iter().map(|cell| {
            let kind = if cell.kind == "tableHeader" { "tableHeader" } else { "tableCell" };
            let mut node = Node::new(kind, filled(normal(&cell.content)));
            for name in ["colspan", "rowspan"] {
                if let Some(span) = cell.number_of(name).filter(|span| (2.0..=1000.0).contains(span)) {
                    node = node.with(name, span as u64);
                }
            }
            node
        });
        Node::new("tableRow", cells.collect())
    });
    let rows: Vec<Node> = rows.filter(|row| !row.content.is_empty()).collect();
    (!rows.is_empty()).then(|| Node::new("table", rows))
}

fn code(block: &Node) -> Node {
    let text: String = block.content.iter().filter_map(|run| run.text.as_deref()).collect();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let inside = if text.is_empty() { Vec::new() } else { vec![Node::text(&text)] };
    let language = language(block);
    let node = Node::new("codeBlock", inside);
    if language.is_empty() { node } else { node.with("language", language) }
}

/// The language of some code, as one word.
pub fn language(block: &Node) -> String {
    let named = block.text_of("language").unwrap_or_default();
    named.chars().filter(|c| c.is_ascii_alphanumeric() || "+-_.#".contains(*c)).take(40).collect()
}

fn image(block: &Node) -> Node {
    let mut node = Node::new("image", Vec::new())
        .with("src", block.text_of("src").unwrap_or_default())
        .with("alt", spaced(block.text_of("alt").unwrap_or_default()));
    if let Some(title) = block.text_of("title").map(spaced).filter(|title| !title.is_empty()) {
        node = node.with("title", title);
    }
    node
}

/// The runs of a line: neighbours that read alike are one, white space is single, nothing hangs over the ends.
fn line(runs: &[Node]) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    for run in runs {
        if run.kind == "hardBreak" {
            trim_end(&mut out);
            out.push(Node::new("hardBreak", Vec::new()));
            continue;
        }
        let words = if run.kind == "mention" || !run.is_text() { run.words() } else { run.text.clone().unwrap_or_default() };
        let mut text = String::new();
        let mut after_space = match out.last() {
            None => true,
            Some(before) => before.text.as_deref().is_none_or(|text| text.ends_with(' ')),
        };
        for c in words.chars().filter(|c| *c != '\0') {
            let space = matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}');
            if !space {
                text.push(c);
            } else if !after_space {
                text.push(' ');
            }
            after_space = space;
        }
        if text.is_empty() {
            continue;
        }
        let marks = marks(&run.marks);
        match out.last_mut() {
            Some(Node { text: Some(before), marks: same, .. }) if *same == marks => before.push_str(&text),
            _ => out.push(Node::marked(&text, marks)),
        }
    }
    trim_end(&mut out);
    while out.last().is_some_and(|node| node.kind == "hardBreak") {
        out.pop();
        trim_end(&mut out);
    }
    out
}

fn trim_end(line: &mut Vec<Node>) {
    if let Some(Node { text: Some(text), .. }) = line.last_mut() {
        text.truncate(text.trim_end_matches(' ').len());
        if text.is_empty() {
            line.pop();
        }
    }
}

/// The marks a reader can tell, each once, in the order of their names.
pub fn marks(marks: &[Mark]) -> Vec<Mark> {
    let code = marks.iter().any(|mark| mark.kind == "code");
    let mut kept: Vec<Mark> = Vec::new();
    for mark in marks {
        let kept_mark = match mark.kind.as_str() {
            "link" => mark.href().filter(|href| is_openable(href)).map(Mark::link),
            "code" => Some(Mark::new("code")),
            "bold" | "italic" | "strike" | "underline" if !code => Some(Mark::new(&mark.kind)),
            _ => None,
        };
        kept.extend(kept_mark.filter(|mark| kept.iter().all(|known| known.kind != mark.kind)));
    }
    kept.sort_by(|a, b| a.kind.cmp(&b.kind));
    kept
}

/// Words with single spaces.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
