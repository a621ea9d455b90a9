//! Markdown as `CommonMark` and GitHub read it. Every punctuation mark of a text is escaped, so that no text can become mark-up, a link
//! or HTML; pictures and charts are inside as data.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Block, Paper, clean};

pub(super) fn written(paper: &Paper) -> String {
    let mut out = format!("# {}\n\n", line(&paper.title));
    for (label, value) in &paper.facts {
        let _ = writeln!(out, "- **{}**: {}", line(label), line(value));
    }
    for part in &paper.parts {
        let _ = write!(out, "\n## {}\n\n", line(part.title));
        part.blocks.iter().for_each(|one| block(one, &mut out));
    }
    out
}

fn block(block: &Block, out: &mut String) {
    match block {
        Block::Text(text) => {
            let _ = writeln!(out, "{}\n", line(text));
        }
        Block::Table { rows, .. } if rows.is_empty() => {}
        Block::Table { head, rows } => {
            let _ = writeln!(out, "| {} |", head.iter().map(|label| line(label)).collect::<Vec<_>>().join(" | "));
            let _ = writeln!(out, "|{}", " --- |".repeat(head.len()));
            for row in rows {
                let _ = writeln!(out, "| {} |", row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | "));
            }
            out.push('\n');
        }
        Block::Drawing { svg, says } => {
            let _ = writeln!(out, "![{}](data:image/svg+xml;base64,{})\n", line(says), STANDARD.encode(svg));
        }
        Block::Picture { mime, base64, says } => {
            let _ = writeln!(out, "![{}](data:{mime};base64,{base64})\n", line(says));
        }
    }
}

/// A text on one line.
fn line(text: &str) -> String {
    escaped(&clean(text).replace('\n', " "))
}

/// A text in a cell, where a line can only end with a tag; it is ours.
fn cell(text: &str) -> String {
    clean(text).split('\n').map(escaped).collect::<Vec<_>>().join("<br>")
}

/// Any punctuation mark of ASCII may be escaped (`CommonMark`, 2.4).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
