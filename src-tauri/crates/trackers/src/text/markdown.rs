//! Markdown, read by the same parser that shows it here, and written so that it reads back as the same tree.

use comrak::nodes::{ListType, Node, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::{Block, Span, Style, joined};

/// The deepest nesting that is followed; below it text is taken as it stands.
const DEEPEST: usize = 20;

/// The tree of a Markdown text.
pub(super) fn read(markdown: &str) -> Vec<Block> {
    let arena = Arena::new();
    let mut options = Options::default();
    options.extension.strikethrough = true;
    blocks(parse_document(&arena, markdown, &options), 0)
}

fn blocks(parent: Node<'_>, depth: usize) -> Vec<Block> {
    let mut out = Vec::new();
    if depth > DEEPEST {
        return out;
    }
    for node in parent.children() {
        let value = node.data.borrow().value.clone();
        match value {
            NodeValue::Heading(heading) => out.push(Block::Heading(heading.level.clamp(1, 6), line(node))),
            NodeValue::BlockQuote => {
                let inside = blocks(node, depth + 1);
                if !inside.is_empty() {
                    out.push(Block::Quote(inside));
                }
            }
            NodeValue::List(list) => {
                let items: Vec<_> = node.children().map(|item| blocks(item, depth + 1)).filter(|item| !item.is_empty()).collect();
                if !items.is_empty() {
                    out.push(Block::List((list.list_type == ListType::Ordered).then_some(list.start), items));
                }
            }
            NodeValue::CodeBlock(code) => {
                let language = code.info.split_whitespace().next().unwrap_or_default().to_owned();
                out.push(Block::Code(language, code.literal.trim_end_matches('\n').to_owned()));
            }
            NodeValue::HtmlBlock(html) => {
                let text = html.literal.trim_end();
                out.push(Block::Paragraph(text_lines(text)));
            }
            NodeValue::ThematicBreak => out.push(Block::Rule),
            _ => {
                let spans = line(node);
                if !spans.is_empty() {
                    out.push(Block::Paragraph(spans));
                }
            }
        }
    }
    out
}

fn text_lines(text: &str) -> Vec<Span> {
    let lines = text.lines().map(|line| vec![Span::Text(line.to_owned(), Style::default())]);
    joined(lines.collect::<Vec<_>>().join(&Span::Break))
}

fn line(node: Node<'_>) -> Vec<Span> {
    let mut out = Vec::new();
    spans(node, &Style::default(), &mut out, 0);
    joined(out)
}

fn spans(parent: Node<'_>, style: &Style, out: &mut Vec<Span>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    for node in parent.children() {
        let value = node.data.borrow().value.clone();
        let mut inside = style.clone();
        match value {
            NodeValue::Text(text) => out.push(Span::Text(text.to_string(), inside)),
            NodeValue::HtmlInline(text) | NodeValue::Raw(text) => out.push(Span::Text(text, inside)),
            NodeValue::SoftBreak => out.push(Span::Text(" ".to_owned(), inside)),
            NodeValue::LineBreak => out.push(Span::Break),
            NodeValue::Code(code) => {
                // Code takes no other mark but a link.
                out.push(Span::Text(code.literal, Style { code: true, link: inside.link, ..Style::default() }));
            }
            NodeValue::Link(link) | NodeValue::Image(link) => {
                inside.link = Some(link.url.clone()).filter(|url| !url.is_empty());
                let before = out.len();
                spans(node, &inside, out, depth + 1);
                if out.len() == before && inside.link.is_some() {
                    out.push(Span::Text(link.url, inside));
                }
            }
            mark => {
                match mark {
                    NodeValue::Strong => inside.strong = true,
                    NodeValue::Emph => inside.em = true,
                    NodeValue::Strikethrough => inside.strike = true,
                    _ => {}
                }
                spans(node, &inside, out, depth + 1);
            }
        }
    }
}

/// A tree as Markdown.
pub(super) fn write(blocks: &[Block]) -> String {
    write_blocks(blocks).join("\n")
}

/// Lines, with an empty one between blocks.
fn write_blocks(blocks: &[Block]) -> Vec<String> {
    let (mut lines, mut other): (Vec<String>, bool) = (Vec::new(), false);
    for (i, block) in blocks.iter().enumerate() {
        if i > 0 {
            lines.push(String::new());
        }
        // Two lists that follow each other would be one, had they the same bullets.
        let again = matches!((i.checked_sub(1).map(|before| &blocks[before]), block), (Some(Block::List(..)), Block::List(..)));
        other = again && !other;
        match block {
            Block::Paragraph(spans) => lines.extend(write_spans(spans).split('\n').map(guarded)),
            Block::Heading(level, spans) => {
                lines.push(format!("{} {}", "#".repeat(usize::from(*level)), write_spans(spans).replace("\\\n", " ").replace('\n', " ")));
            }
            Block::Rule => lines.push("---".to_owned()),
            Block::Code(language, text) => {
                let fence = "`".repeat(longest_run(text).max(2) + 1);
                lines.push(format!("{fence}{language}"));
                lines.extend(text.split('\n').map(str::to_owned));
                lines.push(fence);
            }
            Block::Quote(inside) => lines.extend(write_blocks(inside).iter().map(|line| format!("> {line}").trim_end().to_owned())),
            Block::List(start, items) => {
                for (n, item) in items.iter().enumerate() {
                    let (dot, dash) = if other { (')', "* ") } else { ('.', "- ") };
                    let bullet = start.map_or_else(|| dash.to_owned(), |first| format!("{}{dot} ", first + n));
                    let indent = " ".repeat(bullet.len());
                    let tight = item.iter().all(|b| matches!(b, Block::Paragraph(_) | Block::List(..)));
                    let inside = write_blocks(item);
                    let inside = inside.iter().filter(|line| !(tight && line.is_empty()));
                    lines.extend(inside.enumerate().map(|(k, line)| {
                        let lead = if k == 0 { &bullet } else { &indent };
                        format!("{lead}{line}").trim_end().to_owned()
                    }));
                }
            }
        }
    }
    lines
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A line of text that would begin something else is escaped.
fn guarded(line: &str) -> String {
    let trimmed = line.trim_start();
    let digits = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    if digits.len() < trimmed.len() && digits.starts_with(['.', ')']) {
        let number = &trimmed[..trimmed.len() - digits.len()];
        return format!("{number}\\{digits}");
    }
    if trimmed.starts_with(['#', '+', '-', '=', '|']) { format!("\\{trimmed}") } else { trimmed.to_owned() }
}

fn write_spans(spans: &[Span]) -> String {
    let mut out = String::new();
    for span in spans {
        match span {
            Span::Break => out.push_str("\\\n"),
            Span::Text(text, style) => out.push_str(&write_text(text, style)),
        }
    }
    out
}

fn write_text(text: &str, style: &Style) -> String {
    let text = text.replace('\n', " ");
    if style.plain() {
        return escaped(&text);
    }
    // White space at the edges of a mark would unmake it.
    let core = text.trim();
    let (lead, trail) = (&text[..text.len() - text.trim_start().len()], &text[text.trim_end().len()..]);
    if core.is_empty() {
        return text.clone();
    }
    let mut marked = if style.code {
        let fence = "`".repeat(longest_run(core) + 1);
        let pad = if core.starts_with('`') || core.ends_with('`') { " " } else { "" };
        format!("{fence}{pad}{core}{pad}{fence}")
    } else {
        escaped(core)
    };
    for (on, mark) in [(style.strike, "~~"), (style.em, "*"), (style.strong, "**")] {
        if on {
            marked = format!("{mark}{marked}{mark}");
        }
    }
    if let Some(url) = &style.link {
        let bare = !style.code && core == url && url.contains("://") && !url.contains([' ', '<', '>']);
        let place = url.replace(' ', "%20").replace('<', "%3C").replace('>', "%3E").replace('\\', "%5C");
        marked = if bare { format!("<{url}>") } else { format!("[{marked}](<{place}>)") };
    }
    format!("{lead}{marked}{trail}")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>~&!".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
