//! Markdown as the wiki markup of Jira Data Center.

use super::{Block, Span, Style, inner, markdown, shallow};

/// A Markdown text in wiki markup; empty for an empty one.
pub fn to_wiki(text: &str) -> String {
    let blocks: Vec<String> = markdown::read(text).iter().map(block).collect();
    blocks.join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(spans) => line(spans),
        Block::Heading(level, spans) => format!("h{level}. {}", line(spans).replace('\n', " ")),
        Block::Rule => "----".to_owned(),
        Block::Code(language, text) if language.is_empty() => format!("{{code}}\n{text}\n{{code}}"),
        Block::Code(language, text) => format!("{{code:{language}}}\n{text}\n{{code}}"),
        Block::Quote(inside) => {
            let inside: Vec<String> = inner(inside).iter().map(self::block).collect();
            format!("{{quote}}\n{}\n{{quote}}", inside.join("\n\n"))
        }
        Block::List(start, items) => list(*start, &shallow(items, 1), "").join("\n"),
    }
}

fn list(start: Option<usize>, items: &[Vec<Block>], before: &str) -> Vec<String> {
    let bullets = format!("{before}{}", if start.is_some() { '#' } else { '*' });
    let mut lines = Vec::new();
    for item in items {
        let (mut first, mut rest) = (Vec::new(), Vec::new());
        for block in item {
            match block {
                Block::List(start, inside) => rest.extend(list(*start, inside, &bullets)),
                other => first.push(self::block(other)),
            }
        }
        // A second paragraph of an item is a line of it: an empty line would end the list.
        lines.push(format!("{bullets} {}", first.join("\n").trim_start()));
        lines.extend(rest);
    }
    lines
}

fn line(spans: &[Span]) -> String {
    let lines: String = spans
        .iter()
        .map(|span| match span {
            Span::Break => "\n".to_owned(),
            Span::Text(text, style) => marked(text, style),
        })
        .collect();
    lines.split('\n').map(guarded).collect::<Vec<_>>().join("\n")
}

fn marked(text: &str, style: &Style) -> String {
    let text = text.replace('\n', " ");
    if style.plain() {
        return escaped(&text);
    }
    let core = text.trim();
    let (lead, trail) = (&text[..text.len() - text.trim_start().len()], &text[text.trim_end().len()..]);
    if core.is_empty() {
        return text.clone();
    }
    let mut out = if style.code { format!("{{{{{}}}}}", core.replace('}', "\\}")) } else { escaped(core) };
    for (on, mark) in [(style.strike, '-'), (style.em, '_'), (style.strong, '*')] {
        if on {
            out = format!("{{{mark}}}{out}{{{mark}}}");
        }
    }
    if let Some(url) = &style.link {
        let url = url.replace('|', "%7C").replace(']', "%5D").replace(' ', "%20");
        out = if core == url { format!("[{url}]") } else { format!("[{out}|{url}]") };
    }
    format!("{lead}{out}{trail}")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\*_-+^~{}[]|!?".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A line of text that would begin something else.
fn guarded(line: &str) -> String {
    let heads = ["h1.", "h2.", "h3.", "h4.", "h5.", "h6.", "bq."];
    if line.starts_with('#') {
        return format!("\\{line}");
    }
    match heads.iter().find(|head| line.starts_with(**head)) {
        Some(head) => format!("{}\\.{}", &head[..2], &line[3..]),
        None => line.to_owned(),
    }
}
