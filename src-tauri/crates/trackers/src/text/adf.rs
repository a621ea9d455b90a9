//! Markdown as a document of Jira Cloud (ADF). Grammar: `@atlaskit/adf-schema`, the part of it that Jira's editor writes itself.

use serde_json::{Value, json};

use super::{Block, LIST_LEVELS, Span, Style, inner, markdown, shallow};

/// A Markdown text as an ADF document; null for an empty one, as Jira wants it.
pub fn to_adf(text: &str) -> Value {
    let content: Vec<Value> = markdown::read(text).iter().filter_map(block).collect();
    if content.is_empty() { Value::Null } else { json!({ "type": "doc", "version": 1, "content": content }) }
}

fn block(block: &Block) -> Option<Value> {
    Some(match block {
        Block::Paragraph(spans) => paragraph(spans),
        Block::Heading(level, spans) => json!({ "type": "heading", "attrs": { "level": level }, "content": line(spans) }),
        Block::Rule => json!({ "type": "rule" }),
        Block::Code(language, text) => code(language, text),
        Block::List(start, items) => list(*start, &shallow(items, 1), 1)?,
        Block::Quote(inside) => {
            let content: Vec<Value> = inner(inside).iter().filter_map(self::block).collect();
            if content.is_empty() {
                return None;
            }
            json!({ "type": "blockquote", "content": content })
        }
    })
}

fn paragraph(spans: &[Span]) -> Value {
    json!({ "type": "paragraph", "content": line(spans) })
}

fn code(language: &str, text: &str) -> Value {
    let mut node = json!({ "type": "codeBlock" });
    if !language.is_empty() {
        node["attrs"] = json!({ "language": language });
    }
    if !text.is_empty() {
        node["content"] = json!([{ "type": "text", "text": text }]);
    }
    node
}

fn list(start: Option<usize>, items: &[Vec<Block>], level: usize) -> Option<Value> {
    let item = |blocks: &Vec<Block>| {
        let content: Vec<Value> = blocks
            .iter()
            .filter_map(|block| match block {
                Block::List(start, inside) if level < LIST_LEVELS => list(*start, inside, level + 1),
                Block::Paragraph(spans) => Some(paragraph(spans)),
                Block::Code(language, text) => Some(code(language, text)),
                _ => None,
            })
            .collect();
        (!content.is_empty()).then(|| json!({ "type": "listItem", "content": content }))
    };
    let content: Vec<Value> = items.iter().filter_map(item).collect();
    if content.is_empty() {
        return None;
    }
    Some(match start {
        None => json!({ "type": "bulletList", "content": content }),
        Some(first) => json!({ "type": "orderedList", "attrs": { "order": first }, "content": content }),
    })
}

fn line(spans: &[Span]) -> Vec<Value> {
    spans
        .iter()
        .map(|span| match span {
            Span::Break => json!({ "type": "hardBreak" }),
            Span::Text(text, style) => {
                let marks = marks(style);
                let text = text.replace(['\n', '\r'], " ");
                if marks.is_empty() {
                    json!({ "type": "text", "text": text })
                } else {
                    json!({ "type": "text", "text": text, "marks": marks })
                }
            }
        })
        .collect()
}

fn marks(style: &Style) -> Vec<Value> {
    let plain = [(style.code, "code"), (style.strong, "strong"), (style.em, "em"), (style.strike, "strike")];
    let mut marks: Vec<Value> = plain.iter().filter(|(on, _)| *on).map(|(_, name)| json!({ "type": name })).collect();
    marks.extend(style.link.as_ref().map(|href| json!({ "type": "link", "attrs": { "href": href } })));
    marks
}
