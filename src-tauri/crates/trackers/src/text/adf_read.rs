//! A document of Jira Cloud (ADF) as Markdown. Unknown nodes become their plain text and make the document opaque.

use serde_json::Value;

use super::{Block, ReadText, Span, Style, joined, markdown};

/// The deepest nesting that is followed.
const DEEPEST: usize = 40;

/// An ADF document as Markdown; text where a server sends text instead.
pub fn from_adf(document: &Value) -> ReadText {
    if let Some(text) = document.as_str() {
        return ReadText { markdown: text.to_owned(), opaque: false };
    }
    let mut reader = Reader { opaque: false };
    let blocks = reader.blocks(document, 0);
    ReadText { markdown: markdown::write(&blocks), opaque: reader.opaque }
}

struct Reader {
    opaque: bool,
}

impl Reader {
    fn blocks(&mut self, parent: &Value, depth: usize) -> Vec<Block> {
        let mut out = Vec::new();
        if depth > DEEPEST {
            self.opaque = true;
            return out;
        }
        for node in content(parent) {
            match kind(node) {
                "paragraph" => self.keep(Block::Paragraph, node, &mut out),
                "heading" => {
                    let level = node["attrs"]["level"].as_u64().unwrap_or(1).clamp(1, 6) as u8;
                    self.keep(|spans| Block::Heading(level, spans), node, &mut out);
                }
                "bulletList" => out.extend(self.list(None, node, depth)),
                "orderedList" => {
                    let start = node["attrs"]["order"].as_u64().unwrap_or(1) as usize;
                    out.extend(self.list(Some(start), node, depth));
                }
                "codeBlock" => {
                    let text: String = content(node).filter_map(|t| t["text"].as_str()).collect();
                    out.push(Block::Code(node["attrs"]["language"].as_str().unwrap_or_default().to_owned(), text));
                }
                "blockquote" => {
                    let inside = self.blocks(node, depth + 1);
                    if !inside.is_empty() {
                        out.push(Block::Quote(inside));
                    }
                }
                "rule" => out.push(Block::Rule),
                // Panels, tables, media, expands, macros: their words, and a mark that they are more than words.
                _ => {
                    self.opaque = true;
                    if content(node).any(is_inline) {
                        self.keep(Block::Paragraph, node, &mut out);
                    } else {
                        out.extend(self.blocks(node, depth + 1));
                    }
                }
            }
        }
        out
    }

    fn keep(&mut self, block: impl FnOnce(Vec<Span>) -> Block, node: &Value, out: &mut Vec<Block>) {
        let spans = self.spans(node);
        if !spans.is_empty() {
            out.push(block(spans));
        }
    }

    fn list(&mut self, start: Option<usize>, node: &Value, depth: usize) -> Option<Block> {
        let items: Vec<_> = content(node).map(|item| self.blocks(item, depth + 1)).filter(|item| !item.is_empty()).collect();
        (!items.is_empty()).then_some(Block::List(start, items))
    }

    fn spans(&mut self, parent: &Value) -> Vec<Span> {
        let mut out = Vec::new();
        for node in content(parent) {
            match kind(node) {
                "text" => {
                    let style = self.style(node);
                    out.push(Span::Text(node["text"].as_str().unwrap_or_default().replace('\n', " "), style));
                }
                "hardBreak" => out.push(Span::Break),
                "inlineCard" => {
                    let url = node["attrs"]["url"].as_str().unwrap_or_default().to_owned();
                    out.push(Span::Text(url.clone(), Style { link: Some(url), ..Style::default() }));
                }
                other => {
                    self.opaque = true;
                    let attrs = &node["attrs"];
                    let said = attrs["text"].as_str().or(attrs["shortName"].as_str()).or(attrs["url"].as_str()).or(attrs["title"].as_str());
                    let text = said.map_or_else(|| format!("({other})"), str::to_owned);
                    out.push(Span::Text(text, Style::default()));
                }
            }
        }
        joined(out)
    }

    fn style(&mut self, node: &Value) -> Style {
        let mut style = Style::default();
        for mark in node["marks"].as_array().into_iter().flatten() {
            match kind(mark) {
                "strong" => style.strong = true,
                "em" => style.em = true,
                "strike" => style.strike = true,
                "code" => style.code = true,
                "link" => style.link = mark["attrs"]["href"].as_str().map(str::to_owned),
                _ => self.opaque = true,
            }
        }
        style
    }
}

fn content(node: &Value) -> impl Iterator<Item = &Value> {
    node["content"].as_array().into_iter().flatten()
}

fn kind(node: &Value) -> &str {
    node["type"].as_str().unwrap_or_default()
}

fn is_inline(node: &Value) -> bool {
    matches!(kind(node), "text" | "hardBreak" | "mention" | "emoji" | "inlineCard" | "date" | "status")
}
