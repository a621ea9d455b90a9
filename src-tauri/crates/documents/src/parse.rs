//! Text to trees: YAML streams and JSON, with lines, within a fixed budget.
//!
//! The parser behind serde-saphyr is used by its events instead of through serde: numbers keep their text, every value its
//! line, and aliases are charged before they are copied, so that an alias bomb costs no more than honest text. A stream is
//! cut at its `---` lines first (nothing else may stand there in YAML), so that a fault in one document leaves the others.

use std::collections::{HashMap, HashSet};

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, StrInput};

use crate::field::shown;
use crate::node::{Node, Value};
use crate::outcome::Remark;

/// Longest file that is read, in bytes.
pub(crate) const LONGEST_FILE: usize = 1 << 20;
/// Most documents of one file.
const MOST_DOCUMENTS: usize = 2000;
/// Deepest nesting of one document.
const DEEPEST: usize = 48;
/// What a file may weigh with its aliases written out: bytes of text, and [`NODE_WEIGHT`] per value.
const MOST_WEIGHT: usize = 4 << 20;
const NODE_WEIGHT: usize = 64;

/// Most counted repetitions (`{3}`) and character classes (`\w`) of one file: what makes a regular expression slow to build.
const MOST_REPETITIONS: usize = 300;
const MOST_CLASSES: usize = 2000;

/// One document, or why it is none.
pub(crate) type Document = Result<Node, Remark>;

/// All documents of a text, in order; empty ones are left out, but a text without any is a fault.
pub(crate) fn documents(text: &str) -> Vec<Document> {
    if let Some(fault) = unfit(text) {
        return vec![Err(fault)];
    }
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut budget = MOST_WEIGHT;
    let mut found = Vec::new();
    for (first_line, piece) in pieces(text) {
        Reader::new(&piece, first_line, &mut budget).read(&mut found);
        if budget == 0 {
            break;
        }
    }
    if found.is_empty() {
        found.push(Err(fault(1, "the file holds no document".to_owned(), "write an SLO, or leave the file out")));
    }
    found
}

/// What makes a text unfit before it is parsed.
fn unfit(text: &str) -> Option<Remark> {
    if text.len() > LONGEST_FILE {
        let message = format!("the file is larger than {} KiB", LONGEST_FILE / 1024);
        return Some(fault(1, message, "definitions are small: split the file, or choose another"));
    }
    let pairs = |first: u8, second: fn(u8) -> bool| text.as_bytes().windows(2).filter(|pair| pair[0] == first && second(pair[1])).count();
    let repetitions = pairs(b'{', |c| c.is_ascii_digit());
    let classes = pairs(b'\\', |c| b"dDwWsSpP".contains(&c));
    if repetitions > MOST_REPETITIONS || classes > MOST_CLASSES {
        let message = "the file holds too many counted repetitions or character classes in its regular expressions".to_owned();
        return Some(fault(1, message, "split the file, or write plainer expressions such as 5.."));
    }
    let at = text.find('\0')?;
    let line = text[..at].matches('\n').count() as u32 + 1;
    Some(fault(line, "there is a NUL character, so this is no text file".to_owned(), "choose a YAML or JSON file saved as UTF-8"))
}

/// The text cut before each `---` line, with the line each piece starts on.
fn pieces(text: &str) -> Vec<(u32, String)> {
    let flow = text.trim_start().starts_with(['{', '[']);
    let mut pieces = vec![(1, String::new())];
    for (i, line) in text.split_inclusive('\n').enumerate() {
        if line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            pieces.push((i as u32 + 1, String::new()));
        }
        if let Some((_, piece)) = pieces.last_mut() {
            piece.push_str(&if flow { untabbed(line) } else { line.to_owned() });
        }
    }
    pieces.retain(|(_, piece)| piece.lines().any(says_something));
    pieces
}

/// JSON may be indented with tabs, YAML may not.
fn untabbed(line: &str) -> String {
    let rest = line.trim_start_matches([' ', '\t']);
    " ".repeat(line.len() - rest.len()) + rest
}

/// Whether a line is more than blank, a comment, a directive or a marker.
fn says_something(line: &str) -> bool {
    let line = line.strip_prefix("---").unwrap_or(line).trim();
    !(line.is_empty() || line.starts_with('#') || line.starts_with('%') || line == "...")
}

fn fault(line: u32, message: String, cure: &str) -> Remark {
    Remark { line: Some(line), message, cure: cure.to_owned() }
}

/// Reads the documents of one piece.
struct Reader<'t, 'b> {
    parser: Parser<'t, StrInput<'t>>,
    first_line: u32,
    budget: &'b mut usize,
    anchors: HashMap<usize, Node>,
}

impl<'t, 'b> Reader<'t, 'b> {
    fn new(text: &'t str, first_line: u32, budget: &'b mut usize) -> Self {
        let mut options = Options::default();
        options.set_emit_comments(false);
        options.flow_nesting_limit = DEEPEST;
        options.block_nesting_limit = DEEPEST;
        let parser = Parser::new_from_str_with_options(text, options);
        Self { parser, first_line, budget, anchors: HashMap::new() }
    }

    fn read(mut self, found: &mut Vec<Document>) {
        loop {
            match self.next() {
                Ok((Event::StreamEnd, _)) => return,
                Ok((Event::DocumentStart(..) | Event::DocumentEnd | Event::StreamStart, _)) => self.anchors.clear(),
                Ok((_, line)) if found.len() >= MOST_DOCUMENTS => {
                    *self.budget = 0;
                    let message = format!("the file holds more than {MOST_DOCUMENTS} documents; nothing from here on was read");
                    return found.push(Err(fault(line, message, "split the file")));
                }
                Ok((event, line)) => match self.node(event, line, 0) {
                    Ok(node) if node.value == Value::Null => {}
                    Ok(node) => found.push(Ok(node)),
                    Err(fault) => return found.push(Err(fault)),
                },
                Err(fault) => return found.push(Err(fault)),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, u32), Remark> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.first_line + (span.start.line() as u32).saturating_sub(1))),
            Some(Err(error)) => Err(self.unreadable(&error)),
            None => Ok((Event::StreamEnd, self.first_line)),
        }
    }

    fn unreadable(&self, error: &ScanError) -> Remark {
        let line = self.first_line + (error.marker().line() as u32).saturating_sub(1);
        let message = format!("this is neither YAML nor JSON: {}, column {}", shown(&error.info()), error.marker().col() + 1);
        fault(line, message, "mend the line; YAML is indented with spaces, never tabs")
    }

    fn node(&mut self, event: Event<'t>, line: u32, depth: usize) -> Result<Node, Remark> {
        if depth > DEEPEST {
            return Err(fault(line, format!("the document is nested deeper than {DEEPEST} levels"), "flatten it; no SLO needs that"));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.charge(NODE_WEIGHT + text.len(), line)?;
                let null = style == ScalarStyle::Plain && tag.is_none() && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                (if null { Value::Null } else { Value::Scalar(text.into_owned()) }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => (self.list(line, depth)?, anchor),
            Event::MappingStart(_, anchor, _) => (self.map(line, depth)?, anchor),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    return Err(fault(line, "an alias refers to itself".to_owned(), "write the value out"));
                };
                let node = node.clone();
                self.charge(weight(&node), line)?;
                return Ok(Node { line, ..node });
            }
            _ => return Err(fault(line, "a value is expected".to_owned(), "mend the line")),
        };
        let node = Node { line, value };
        if anchor != 0 {
            self.charge(weight(&node), line)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, line: u32, depth: usize) -> Result<Value, Remark> {
        self.charge(NODE_WEIGHT, line)?;
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, line) => items.push(self.node(event, line, depth + 1)?),
            }
        }
    }

    fn map(&mut self, line: u32, depth: usize) -> Result<Value, Remark> {
        self.charge(NODE_WEIGHT, line)?;
        let (mut entries, mut merged): (Vec<(String, Node)>, Vec<Node>) = (Vec::new(), Vec::new());
        let mut keys = HashSet::new();
        loop {
            let (event, line) = self.next()?;
            if event == Event::MappingEnd {
                break;
            }
            let key = match self.node(event, line, depth + 1)?.value {
                Value::Scalar(key) => key,
                Value::Null => "null".to_owned(),
                _ => return Err(fault(line, "a key is a list or a mapping".to_owned(), "use plain text as keys")),
            };
            let (event, value_line) = self.next()?;
            let value = self.node(event, value_line, depth + 1)?;
            if key == "<<" {
                merged.push(value);
            } else if keys.insert(key.clone()) {
                // A field's remarks point at its key: a block below it starts a line later.
                entries.push((key, Node { line, ..value }));
            } else {
                return Err(fault(line, format!("the key `{}` stands twice in one mapping", shown(&key)), "remove one of them"));
            }
        }
        for value in merged {
            merge(&mut entries, &mut keys, value);
        }
        Ok(Value::Map(entries))
    }

    fn charge(&mut self, weight: usize, line: u32) -> Result<(), Remark> {
        if weight > *self.budget {
            *self.budget = 0;
            let message = "the file holds too much, aliases counted as written out; nothing from here on was read".to_owned();
            return Err(fault(line, message, "split the file, and use fewer aliases"));
        }
        *self.budget -= weight;
        Ok(())
    }
}

/// `<<: *defaults`: keys of the merged mapping that are not given.
fn merge(entries: &mut Vec<(String, Node)>, keys: &mut HashSet<String>, value: Node) {
    match value.value {
        Value::Map(more) => entries.extend(more.into_iter().filter(|(key, _)| keys.insert(key.clone()))),
        Value::List(items) => items.into_iter().filter(|i| matches!(i.value, Value::Map(_))).for_each(|i| merge(entries, keys, i)),
        Value::Null | Value::Scalar(_) => {}
    }
}

fn weight(node: &Node) -> usize {
    NODE_WEIGHT
        + match &node.value {
            Value::Null => 0,
            Value::Scalar(text) => text.len(),
            Value::List(items) => items.iter().map(weight).sum(),
            Value::Map(entries) => entries.iter().map(|(key, value)| key.len() + weight(value)).sum(),
        }
}
