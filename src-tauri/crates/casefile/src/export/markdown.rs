//! Blocks as Markdown, through comrak's writer. Markdown has no words for some of what an editor can do, and its emphasis has
//! rules of its own about what may stand beside a star. So each block is written in the plainest way that reads back as what it
//! was: with Markdown's own signs, else with tags for the marks, else as HTML.

use comrak::nodes::{
    AstNode, LineColumn, ListDelimType, ListType, NodeCode, NodeCodeBlock, NodeHeading, NodeLink, NodeList, NodeTable, NodeTaskItem,
    NodeValue, Sourcepos, TableAlignment,
};
use comrak::{Arena, format_commonmark};

use super::normal::normal;
use super::{Paper, html};
use crate::import;
use crate::tree::Node;

/// How the marks of a run are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marks {
    /// `**bold**`.
    Signs,
    /// `<strong>bold</strong>`.
    Tags,
}

/// The whole paper.
pub fn written(paper: &Paper) -> String {
    let blocks = [front(paper), normal(&paper.blocks)].concat();
    let mut out = String::new();
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            out.push('\n');
            // Two lists in a row would be one.
            if is_list(block) && is_list(&blocks[at - 1]) {
                out.push_str("<!-- end list -->\n\n");
            }
        }
        out.push_str(&one(paper, block));
    }
    out
}

/// Title and facts, the facts in one line.
pub fn front(paper: &Paper) -> Vec<Node> {
    let mut front = Vec::new();
    if !paper.title.is_empty() {
        front.push(Node::new("heading", vec![Node::text(&paper.title)]).with("level", 1));
    }
    let facts: Vec<String> = paper.facts.iter().map(|(label, value)| format!("{label}: {value}")).collect();
    if !facts.is_empty() {
        front.push(Node::paragraph(&facts.join(" · ")));
    }
    normal(&front)
}

fn is_list(block: &Node) -> bool {
    matches!(block.kind.as_str(), "bulletList" | "orderedList" | "taskList")
}

fn one(paper: &Paper, block: &Node) -> String {
    let wanted = std::slice::from_ref(block);
    for marks in [Marks::Signs, Marks::Tags] {
        if let Some(text) = signs(paper, block, marks).filter(|text| import::markdown(text).blocks == wanted) {
            return text;
        }
    }
    let mut out = String::new();
    html::blocks(paper, wanted, &mut out);
    out
}

fn signs(paper: &Paper, block: &Node, marks: Marks) -> Option<String> {
    let arena = Arena::new();
    let ink = Ink { arena: &arena, paper, marks };
    let root = ink.node(NodeValue::Document);
    root.append(ink.block(block)?);
    root.validate().ok()?;
    let mut out = String::new();
    format_commonmark(root, &import::github(), &mut out).ok()?;
    Some(out)
}

struct Ink<'a, 'p> {
    arena: &'a Arena<'a>,
    paper: &'p Paper,
    marks: Marks,
}

impl<'a> Ink<'a, '_> {
    fn node(&self, value: NodeValue) -> &'a AstNode<'a> {
        self.arena.alloc(value.into())
    }

    fn block(&self, block: &Node) -> Option<&'a AstNode<'a>> {
        let made = match block.kind.as_str() {
            "paragraph" => self.filled(NodeValue::Paragraph, self.line(&block.content, false)),
            "heading" => {
                let level = block.number_of("level")? as u8;
                self.filled(NodeValue::Heading(NodeHeading { level, ..NodeHeading::default() }), self.line(&block.content, false))
            }
            "blockquote" => self.filled(NodeValue::BlockQuote, self.blocks(&block.content)?),
            "codeBlock" => self.code(block),
            "horizontalRule" => self.node(NodeValue::ThematicBreak),
            "image" => self.filled(NodeValue::Paragraph, vec![self.image(block)?]),
            "bulletList" | "taskList" | "orderedList" => self.list(block)?,
            "table" => self.table(block)?,
            _ => return None,
        };
        Some(made)
    }

    fn blocks(&self, blocks: &[Node]) -> Option<Vec<&'a AstNode<'a>>> {
        blocks.iter().filter(|block| block.kind != "paragraph" || !block.content.is_empty()).map(|block| self.block(block)).collect()
    }

    fn filled(&self, value: NodeValue, inside: Vec<&'a AstNode<'a>>) -> &'a AstNode<'a> {
        let node = self.node(value);
        node.extend(inside);
        node
    }

    fn code(&self, block: &Node) -> &'a AstNode<'a> {
        let mut literal: String = block.content.iter().filter_map(|run| run.text.as_deref()).collect();
        literal.push('\n');
        let info = block.text_of("language").unwrap_or_default().to_owned();
        self.node(NodeValue::CodeBlock(Box::new(NodeCodeBlock {
            fenced: true,
            fence_char: b'`',
            fence_length: 3,
            fence_offset: 0,
            info,
            literal,
            closed: true,
        })))
    }

    fn image(&self, block: &Node) -> Option<&'a AstNode<'a>> {
        let url = self.paper.picture(block)?.to_owned();
        let title = block.text_of("title").unwrap_or_default().to_owned();
        let alt = block.text_of("alt").unwrap_or_default();
        let inside = if alt.is_empty() { Vec::new() } else { vec![self.text(alt)] };
        Some(self.filled(NodeValue::Image(Box::new(NodeLink { url, title })), inside))
    }

    fn list(&self, block: &Node) -> Option<&'a AstNode<'a>> {
        let ordered = block.kind == "orderedList";
        let list = NodeList {
            list_type: if ordered { ListType::Ordered } else { ListType::Bullet },
            start: block.number_of("start").unwrap_or(1.0) as usize,
            delimiter: ListDelimType::Period,
            bullet_char: b'-',
            padding: 2,
            tight: block.content.iter().all(is_tight),
            is_task_list: block.kind == "taskList",
            ..NodeList::default()
        };
        let items = block.content.iter().map(|item| {
            let value = match item.kind.as_str() {
                "taskItem" => NodeValue::TaskItem(NodeTaskItem {
                    symbol: item.is("checked").then_some('x'),
                    symbol_sourcepos: Sourcepos { start: LineColumn::default(), end: LineColumn::default() },
                }),
                _ => NodeValue::Item(list),
            };
            Some(self.filled(value, self.blocks(&item.content)?))
        });
        let items: Option<Vec<_>> = items.collect();
        Some(self.filled(NodeValue::List(list), items?))
    }

    fn table(&self, block: &Node) -> Option<&'a AstNode<'a>> {
        let columns = block.content.first()?.content.len();
        let mut rows = Vec::new();
        for (at, row) in block.content.iter().enumerate() {
            if row.content.len() != columns {
                return None;
            }
            let cells = row.content.iter().map(|cell| match cell.content.as_slice() {
                [only] if only.kind == "paragraph" && cell.attrs.is_empty() => {
                    Some(self.filled(NodeValue::TableCell, self.line(&only.content, true)))
                }
                _ => None,
            });
            let cells: Option<Vec<_>> = cells.collect();
            rows.push(self.filled(NodeValue::TableRow(at == 0), cells?));
        }
        let table = NodeTable {
            alignments: vec![TableAlignment::None; columns],
            num_columns: columns,
            num_rows: rows.len(),
            num_nonempty_cells: 0,
        };
        Some(self.filled(NodeValue::Table(Box::new(table)), rows))
    }

    fn text(&self, text: &str) -> &'a AstNode<'a> {
        self.node(NodeValue::Text(text.to_owned().into()))
    }

    fn line(&self, runs: &[Node], in_cell: bool) -> Vec<&'a AstNode<'a>> {
        self.nested(runs, &[], in_cell)
    }

    /// Runs with their marks as nodes around them: the mark that reaches furthest is the outermost.
    fn nested(&self, runs: &[Node], around: &[&str], in_cell: bool) -> Vec<&'a AstNode<'a>> {
        let mut out = Vec::new();
        let mut rest = runs;
        while let Some(first) = rest.first() {
            let open = first.marks.iter().filter(|mark| mark.kind != "code" && !around.contains(&mark.kind.as_str()));
            let reach = open.map(|mark| (rest.iter().take_while(|run| run.marks.contains(mark)).count(), mark));
            let Some((length, mark)) = reach.max_by_key(|(length, mark)| (*length, mark.kind == "link")) else {
                out.push(self.leaf(first, in_cell));
                rest = &rest[1..];
                continue;
            };
            let inside = self.nested(&rest[..length], &[around, &[mark.kind.as_str()]].concat(), in_cell);
            let sign = match mark.kind.as_str() {
                "link" => {
                    let url = mark.href().unwrap_or_default().to_owned();
                    Some(NodeValue::Link(Box::new(NodeLink { url, title: String::new() })))
                }
                "bold" => Some(NodeValue::Strong),
                "italic" => Some(NodeValue::Emph),
                "strike" => Some(NodeValue::Strikethrough),
                _ => None,
            };
            match (sign, self.marks) {
                (Some(link @ NodeValue::Link(_)), _) | (Some(link), Marks::Signs) => out.push(self.filled(link, inside)),
                _ => {
                    let tag = match mark.kind.as_str() {
                        "bold" => "strong",
                        "italic" => "em",
                        "strike" => "s",
                        _ => "u",
                    };
                    out.push(self.node(NodeValue::HtmlInline(format!("<{tag}>"))));
                    out.extend(inside);
                    out.push(self.node(NodeValue::HtmlInline(format!("</{tag}>"))));
                }
            }
            rest = &rest[length..];
        }
        out
    }

    fn leaf(&self, run: &Node, in_cell: bool) -> &'a AstNode<'a> {
        match &run.text {
            None if in_cell => self.node(NodeValue::HtmlInline("<br>".to_owned())),
            None => self.node(NodeValue::LineBreak),
            Some(text) if run.marks.iter().any(|mark| mark.kind == "code") => {
                self.node(NodeValue::Code(NodeCode { num_backticks: 1, literal: text.clone() }))
            }
            Some(text) => self.text(text),
        }
    }
}

/// One line, and lists below it: such items stand close.
fn is_tight(item: &Node) -> bool {
    let mut inside = item.content.iter();
    inside.next().is_none_or(|first| first.kind == "paragraph") && inside.all(is_list)
}
