//! Blocks as HTML, well-formed and escaped. Reads back through the import as what it was.

use std::fmt::Write;

use super::Paper;
use super::normal::{language, marks};
use crate::import::is_openable;
use crate::tree::{Mark, Node};
use crate::vocabulary::LIVE_BLOCK;

/// Blocks as HTML. `paper` has their pictures.
pub fn blocks(paper: &Paper, nodes: &[Node], out: &mut String) {
    for node in nodes {
        block(paper, node, out);
    }
}

/// Text between tags and in quoted attributes.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No document may hold them.
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
    out
}

fn block(paper: &Paper, node: &Node, out: &mut String) {
    match node.kind.as_str() {
        "paragraph" => wrapped(paper, "p", "", node, out),
        "heading" => {
            let level = node.number_of("level").unwrap_or(1.0).clamp(1.0, 4.0);
            wrapped(paper, &format!("h{level}"), "", node, out);
        }
        "bulletList" => wrapped(paper, "ul", "", node, out),
        "taskList" => wrapped(paper, "ul", " class=\"tasks\"", node, out),
        "orderedList" => {
            let start = node.number_of("start").filter(|start| *start >= 0.0 && *start < 1e9).unwrap_or(1.0) as u64;
            wrapped(paper, "ol", &if start == 1 { String::new() } else { format!(" start=\"{start}\"") }, node, out);
        }
        "listItem" => wrapped(paper, "li", "", node, out),
        "taskItem" => {
            let done = node.is("checked");
            let (state, word) = if done { (" checked", "Done: ") } else { ("", "Open: ") };
            let _ = write!(out, "<li><input type=\"checkbox\" disabled{state} aria-label=\"{word}{}\">", escaped(first_words(node)));
            blocks(paper, &node.content, out);
            out.push_str("</li>\n");
        }
        "blockquote" => wrapped(paper, "blockquote", "", node, out),
        "codeBlock" => code(node, out),
        "horizontalRule" => out.push_str("<hr>\n"),
        "image" => image(paper, node, out),
        "table" => table(paper, node, out),
        "tableRow" => wrapped(paper, "tr", "", node, out),
        "tableHeader" => wrapped(paper, "th", &spans(node), node, out),
        "tableCell" => wrapped(paper, "td", &spans(node), node, out),
        LIVE_BLOCK => {
            let known = crate::live::KINDS.iter().find(|(kind, _)| Some(*kind) == node.text_of("kind"));
            let _ = writeln!(out, "<figure class=\"live\" data-kind=\"{}\">", known.map_or("", |(kind, _)| kind));
            // Drawn here, never taken from the document.
            out.push_str(&crate::live::drawing(node));
            blocks(paper, &node.content, out);
            out.push_str("</figure>\n");
        }
        _ if inline(node, out) => {}
        _ => {
            for words in node.words().lines() {
                let _ = writeln!(out, "<p>{}</p>", escaped(words));
            }
        }
    }
}

fn wrapped(paper: &Paper, tag: &str, attributes: &str, node: &Node, out: &mut String) {
    let _ = write!(out, "<{tag}{attributes}>");
    let lines = matches!(node.kind.as_str(), "paragraph" | "heading");
    if lines {
        line(&node.content, out);
    } else {
        blocks(paper, &node.content, out);
    }
    let _ = writeln!(out, "</{tag}>");
}

fn first_words(node: &Node) -> &str {
    node.content.first().and_then(|first| first.content.first()).and_then(|run| run.text.as_deref()).unwrap_or("empty task")
}

fn code(node: &Node, out: &mut String) {
    let class = match language(node) {
        language if language.is_empty() => String::new(),
        language => format!(" class=\"language-{language}\""),
    };
    let mut text: String = escaped(&node.content.iter().filter_map(|run| run.text.as_deref()).collect::<String>());
    // An empty line would end the HTML where it stands inside Markdown; its number means the same.
    if text.ends_with('\n') || text.lines().any(|line| line.trim().is_empty()) {
        text = text.replace('\n', "&#10;");
    }
    let _ = writeln!(out, "<pre><code{class}>{text}\n</code></pre>");
}

fn image(paper: &Paper, node: &Node, out: &mut String) {
    let alt = escaped(node.text_of("alt").unwrap_or_default());
    let title = node.text_of("title").filter(|title| !title.is_empty()).map(|title| format!(" title=\"{}\"", escaped(title)));
    let title = title.unwrap_or_default();
    let _ = if let Some(address) = paper.picture(node) {
        writeln!(out, "<p><img src=\"{address}\" alt=\"{alt}\"{title}></p>")
    } else {
        writeln!(out, "<p>[missing picture: {alt}]</p>")
    };
}

fn table(paper: &Paper, node: &Node, out: &mut String) {
    out.push_str("<table>\n");
    let head =
        node.content.iter().take_while(|row| !row.content.is_empty() && row.content.iter().all(|cell| cell.kind == "tableHeader")).count();
    for (tag, rows) in [("thead", &node.content[..head]), ("tbody", &node.content[head..])] {
        if !rows.is_empty() {
            let _ = writeln!(out, "<{tag}>");
            blocks(paper, rows, out);
            let _ = writeln!(out, "</{tag}>");
        }
    }
    out.push_str("</table>\n");
}

fn spans(node: &Node) -> String {
    let mut out = String::new();
    for name in ["colspan", "rowspan"] {
        if let Some(span) = node.number_of(name).filter(|span| (2.0..=1000.0).contains(span)) {
            let _ = write!(out, " {name}=\"{span}\"");
        }
    }
    out
}

/// The runs of a line.
pub fn line(nodes: &[Node], out: &mut String) {
    for node in nodes {
        if !inline(node, out) {
            out.push_str(&escaped(&node.words()));
        }
    }
}

fn inline(node: &Node, out: &mut String) -> bool {
    match (node.kind.as_str(), &node.text) {
        (_, Some(text)) => {
            let tags: Vec<(String, &str)> = marks(&node.marks).iter().filter_map(tag).collect();
            for (open, _) in &tags {
                out.push_str(open);
            }
            out.push_str(&escaped(text));
            for (_, close) in tags.iter().rev() {
                out.push_str(close);
            }
        }
        ("hardBreak", _) => out.push_str("<br>"),
        ("mention", _) => {
            let _ = write!(out, "<span class=\"mention\">{}</span>", escaped(&node.words()));
        }
        _ => return false,
    }
    true
}

fn tag(mark: &Mark) -> Option<(String, &'static str)> {
    Some(match mark.kind.as_str() {
        "bold" => ("<strong>".to_owned(), "</strong>"),
        "italic" => ("<em>".to_owned(), "</em>"),
        "strike" => ("<s>".to_owned(), "</s>"),
        "underline" => ("<u>".to_owned(), "</u>"),
        "code" => ("<code>".to_owned(), "</code>"),
        "link" => {
            let href = mark.href().filter(|href| is_openable(href))?;
            (format!("<a href=\"{}\" rel=\"noopener noreferrer\">", escaped(href)), "</a>")
        }
        _ => return None,
    })
}
