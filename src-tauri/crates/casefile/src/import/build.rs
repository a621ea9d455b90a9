//! From a sanitised page to blocks. What comes here is written by the sanitiser: every tag is known and closed.

use std::cell::RefCell;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use sha2::{Digest, Sha256};

use super::Imported;
use super::sanitise::is_openable;
use crate::tree::{DEEPEST, Mark, Node};

/// Longest picture that is taken, in characters of its address.
const LARGEST_PICTURE: usize = 4 << 20;
/// Deepest heading of the editor.
const DEEPEST_HEADING: u64 = 4;

/// An element or a text of the page.
#[derive(Debug, Default)]
struct Piece {
    tag: String,
    attrs: Vec<(String, String)>,
    text: String,
    inside: Vec<Self>,
}

/// The blocks of a sanitised page.
pub fn imported(page: &str) -> Imported {
    let mut into = Imported::default();
    let pieces = pieces(page);
    into.blocks = blocks(&pieces, &mut into, 0);
    into
}

fn pieces(page: &str) -> Vec<Piece> {
    let sink = Sink { open: RefCell::new(vec![Piece::default()]) };
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(page));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut open = tokenizer.sink.open.into_inner();
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|root| root.inside).unwrap_or_default()
}

/// Puts the innermost open element into the one around it.
fn close(open: &mut Vec<Piece>) {
    if let Some(done) = open.pop()
        && let Some(around) = open.last_mut()
    {
        around.inside.push(done);
    }
}

struct Sink {
    open: RefCell<Vec<Piece>>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut open = self.open.borrow_mut();
        match token {
            Token::CharacterTokens(text) => {
                if let Some(around) = open.last_mut() {
                    around.inside.push(Piece { text: text.to_string(), ..Piece::default() });
                }
            }
            Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) => {
                let attrs = attrs.into_iter().map(|attr| (attr.name.local.to_string(), attr.value.to_string())).collect();
                open.push(Piece { tag: name.to_string(), attrs, ..Piece::default() });
                // Deeper than anything is read: what is inside goes beside it.
                if is_void(&name) || open.len() > 2 * DEEPEST {
                    close(&mut open);
                }
            }
            Token::TagToken(Tag { kind: TagKind::EndTag, name, .. })
                if open.len() > 1 && open.last().is_some_and(|innermost| *innermost.tag == *name) =>
            {
                close(&mut open);
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn is_void(tag: &str) -> bool {
    matches!(tag, "br" | "hr" | "img" | "input")
}

impl Piece {
    fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn words(&self, out: &mut String) {
        out.push_str(&self.text);
        for piece in &self.inside {
            piece.words(out);
        }
    }

    fn is_block(&self) -> bool {
        !matches!(
            self.tag.as_str(),
            "" | "a" | "b" | "br" | "code" | "del" | "em" | "i" | "ins" | "input" | "s" | "strike" | "strong" | "u"
        )
    }

    fn holds_blocks(&self) -> bool {
        self.inside.iter().any(|piece| piece.is_block() || piece.holds_blocks())
    }
}

/// Blocks of a row of pieces; text that stands among blocks becomes paragraphs of its own.
fn blocks(pieces: &[Piece], into: &mut Imported, depth: usize) -> Vec<Node> {
    let mut out = Vec::new();
    let mut line = Vec::new();
    for piece in pieces {
        if piece.is_block() {
            paragraph(&mut line, &mut out);
            block(piece, into, depth, &mut out);
        } else if piece.holds_blocks() {
            // A link around a picture, bold around paragraphs: the blocks count.
            paragraph(&mut line, &mut out);
            out.extend(blocks(&piece.inside, into, depth + 1));
        } else {
            runs(piece, &[], &mut line);
        }
    }
    paragraph(&mut line, &mut out);
    out
}

fn block(piece: &Piece, into: &mut Imported, depth: usize, out: &mut Vec<Node>) {
    if depth >= DEEPEST {
        return;
    }
    match piece.tag.as_str() {
        "hr" => out.push(Node::new("horizontalRule", Vec::new())),
        "img" => picture(piece, into, out),
        "pre" => out.push(code(piece)),
        "blockquote" => out.push(Node::new("blockquote", filled(blocks(&piece.inside, into, depth + 1)))),
        "ul" | "ol" => lists(piece, into, depth, out),
        "table" => out.extend(table(piece, into, depth)),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if !piece.holds_blocks() => {
            let level = piece.tag[1..].parse::<u64>().unwrap_or(1).min(DEEPEST_HEADING);
            out.push(Node::new("heading", inline(&piece.inside)).with("level", level));
        }
        _ => out.extend(blocks(&piece.inside, into, depth + 1)),
    }
}

/// At least one paragraph, where blocks must be.
fn filled(blocks: Vec<Node>) -> Vec<Node> {
    if blocks.is_empty() { vec![Node::paragraph("")] } else { blocks }
}

fn paragraph(line: &mut Vec<Node>, out: &mut Vec<Node>) {
    let inside = trimmed(std::mem::take(line));
    if !inside.is_empty() {
        out.push(Node::new("paragraph", inside));
    }
}

fn inline(pieces: &[Piece]) -> Vec<Node> {
    let mut line = Vec::new();
    for piece in pieces {
        runs(piece, &[], &mut line);
    }
    trimmed(line)
}

/// Without white space at the ends of lines, where it means nothing.
fn trimmed(mut line: Vec<Node>) -> Vec<Node> {
    let breaks = |node: Option<&Node>| node.is_none_or(|node| node.kind == "hardBreak");
    for at in 0..line.len() {
        let (first, last) = (breaks(at.checked_sub(1).and_then(|before| line.get(before))), breaks(line.get(at + 1)));
        if let Some(text) = &mut line[at].text {
            let kept = if first { text.trim_start_matches(is_space) } else { text.as_str() };
            let kept = if last { kept.trim_end_matches(is_space) } else { kept };
            *text = kept.to_owned();
        }
    }
    line.retain(|node| node.text.as_deref() != Some(""));
    while line.last().is_some_and(|node| node.kind == "hardBreak") {
        line.pop();
    }
    line
}

fn runs(piece: &Piece, marks: &[Mark], line: &mut Vec<Node>) {
    let mark = match piece.tag.as_str() {
        "" => return run(&collapsed(&piece.text, line), marks, line),
        "br" => return line.push(Node::new("hardBreak", Vec::new())),
        "b" | "strong" => Some(Mark::new("bold")),
        "i" | "em" => Some(Mark::new("italic")),
        "del" | "s" | "strike" => Some(Mark::new("strike")),
        "u" | "ins" => Some(Mark::new("underline")),
        "code" => Some(Mark::new("code")),
        "a" => piece.attr("href").filter(|href| is_openable(href)).map(Mark::link),
        _ => None,
    };
    let mut all = marks.to_vec();
    if let Some(mark) = mark
        && all.iter().all(|known| known.kind != mark.kind)
    {
        all.push(mark);
        all.sort_by(|a, b| a.kind.cmp(&b.kind));
    }
    for inner in &piece.inside {
        runs(inner, &all, line);
    }
}

fn run(text: &str, marks: &[Mark], line: &mut Vec<Node>) {
    if text.is_empty() {
        return;
    }
    // Code carries no other mark in the editor but a link.
    let plain = marks.iter().any(|mark| mark.kind == "code");
    let marks: Vec<Mark> = marks.iter().filter(|mark| !plain || matches!(mark.kind.as_str(), "code" | "link")).cloned().collect();
    match line.last_mut() {
        Some(Node { text: Some(before), marks: same, .. }) if *same == marks => before.push_str(text),
        _ => line.push(Node::marked(text, marks)),
    }
}

/// White space as a browser shows it: any of it is one space, none follows another.
fn collapsed(text: &str, line: &[Node]) -> String {
    let mut after_space = line.last().and_then(|node| node.text.as_deref()).is_some_and(|before| before.ends_with(is_space));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !is_space(c) {
            out.push(c);
        } else if !after_space {
            out.push(' ');
        }
        after_space = is_space(c);
    }
    out
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}')
}

fn code(piece: &Piece) -> Node {
    let mut text = String::new();
    piece.words(&mut text);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let inside = if text.is_empty() { Vec::new() } else { vec![Node::text(text)] };
    let language = piece.inside.iter().find(|inner| inner.tag == "code").and_then(|inner| inner.attr("class"));
    let node = Node::new("codeBlock", inside);
    match language.filter(|name| !name.is_empty()) {
        Some(name) => node.with("language", name),
        None => node,
    }
}

/// A list; where tasks and plain items stand together, one list for each stretch.
fn lists(piece: &Piece, into: &mut Imported, depth: usize, out: &mut Vec<Node>) {
    let items = piece.inside.iter().filter(|item| item.tag == "li");
    for item in items {
        let task = checkbox(item);
        let kind = match (task, piece.tag.as_str()) {
            (Some(_), _) => "taskList",
            (None, "ol") => "orderedList",
            _ => "bulletList",
        };
        let node = list_item(item, task, into, depth);
        match out.last_mut() {
            Some(list) if list.kind == kind && list.attrs.contains_key(JOINED) => list.content.push(node),
            _ => {
                let mut list = Node::new(kind, vec![node]).with(JOINED, true);
                let start = piece.attr("start").and_then(|start| start.parse::<u32>().ok()).filter(|start| *start != 1);
                if let Some(start) = start.filter(|_| kind == "orderedList") {
                    list = list.with("start", start);
                }
                out.push(list);
            }
        }
    }
    for list in out {
        list.attrs.remove(JOINED);
    }
}

/// Marks a list that still takes items.
const JOINED: &str = "joined";

/// Whether an item is a task, and done.
fn checkbox(item: &Piece) -> Option<bool> {
    let first = item.inside.iter().find(|piece| !piece.text.trim().is_empty() || !piece.tag.is_empty())?;
    match first.tag.as_str() {
        "input" => Some(first.attr("checked").is_some()),
        "p" => checkbox(first),
        _ => None,
    }
}

fn list_item(item: &Piece, task: Option<bool>, into: &mut Imported, depth: usize) -> Node {
    let mut inside = blocks(&item.inside, into, depth + 1);
    if inside.first().is_none_or(|first| first.kind != "paragraph") {
        inside.insert(0, Node::paragraph(""));
    }
    match task {
        Some(done) => Node::new("taskItem", inside).with("checked", done),
        None => Node::new("listItem", inside),
    }
}

fn table(piece: &Piece, into: &mut Imported, depth: usize) -> Option<Node> {
    let mut rows = Vec::new();
    gather_rows(piece, &mut rows);
    let rows = rows.into_iter().map(|row| {
        let cells = row.inside.iter().filter(|cell| matches!(cell.tag.as_str(), "td" | "th"));
        let cells = cells.map(|cell| {
            let kind = if cell.tag == "th" { "tableHeader" } else { "tableCell" };
            let mut node = Node::new(kind, filled(blocks(&cell.inside, into, depth + 1)));
            for name in ["colspan", "rowspan"] {
                let span = cell.attr(name).and_then(|span| span.parse::<u32>().ok()).filter(|span| (2..=1000).contains(span));
                if let Some(span) = span {
                    node = node.with(name, span);
                }
            }
            node
        });
        Node::new("tableRow", cells.collect())
    });
    let rows: Vec<Node> = rows.filter(|row| !row.content.is_empty()).collect();
    (!rows.is_empty()).then(|| Node::new("table", rows))
}

fn gather_rows<'a>(piece: &'a Piece, rows: &mut Vec<&'a Piece>) {
    for inner in &piece.inside {
        match inner.tag.as_str() {
            "tr" => rows.push(inner),
            "thead" | "tbody" | "tfoot" => gather_rows(inner, rows),
            _ => {}
        }
    }
}

/// A picture that is inside comes in; one from the network would have to be fetched, so its address stays as a link.
fn picture(piece: &Piece, into: &mut Imported, out: &mut Vec<Node>) {
    let (src, alt) = (piece.attr("src").unwrap_or_default(), piece.attr("alt").unwrap_or_default());
    if is_picture(src) && src.len() <= LARGEST_PICTURE {
        let hash = hash_of(src);
        let mut node = Node::new("image", Vec::new()).with("src", format!("sha256:{hash}")).with("alt", alt);
        if let Some(title) = piece.attr("title").filter(|title| !title.is_empty()) {
            node = node.with("title", title);
        }
        into.images.insert(hash, src.to_owned());
        out.push(node);
    } else if is_openable(src) {
        let words = if alt.is_empty() { src } else { alt };
        into.notes.push(format!("the picture `{}` is not fetched; a link stands in its place", bounded(words)));
        out.push(Node::new("paragraph", vec![Node::marked(words, vec![Mark::link(src)])]));
    } else if !alt.is_empty() {
        into.notes.push(format!("the picture `{}` was left out; only its words are kept", bounded(alt)));
        out.push(Node::paragraph(alt));
    }
}

fn bounded(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Whether an address holds a picture that cannot run anything: no SVG.
pub fn is_picture(address: &str) -> bool {
    ["png", "jpeg", "gif", "webp"].iter().any(|kind| {
        let body =
            address.strip_prefix("data:image/").and_then(|rest| rest.strip_prefix(kind)).and_then(|rest| rest.strip_prefix(";base64,"));
        body.is_some_and(|body| !body.is_empty() && body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')))
    })
}

/// How a picture is called inside the document.
fn hash_of(address: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(address.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
