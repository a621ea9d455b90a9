//! The paper in the wiki markup of Jira and Confluence.

use std::fmt::Write;

use super::Paper;
use super::normal::normal;
use crate::tree::{Mark, Node};

/// The whole paper.
pub fn written(paper: &Paper) -> String {
    let mut out = String::new();
    if !paper.title.is_empty() {
        let _ = writeln!(out, "h1. {}\n", escaped(&paper.title));
    }
    for (label, value) in &paper.facts {
        let _ = writeln!(out, "||{}|{}|", escaped(label), escaped(value));
    }
    for block in normal(&paper.blocks) {
        if !out.is_empty() && !out.ends_with("\n\n") {
            out.push('\n');
        }
        write_block(&block, "", &mut out);
    }
    out
}

fn write_block(block: &Node, list: &str, out: &mut String) {
    match block.kind.as_str() {
        "heading" => {
            let _ = writeln!(out, "h{}. {}", block.number_of("level").unwrap_or(1.0), line(&block.content));
        }
        "bulletList" | "taskList" => items(block, &format!("{list}*"), out),
        "orderedList" => items(block, &format!("{list}#"), out),
        "blockquote" => {
            out.push_str("{quote}\n");
            for inner in &block.content {
                write_block(inner, "", out);
            }
            out.push_str("{quote}\n");
        }
        "codeBlock" => {
            let text: String = block.content.iter().filter_map(|run| run.text.as_deref()).collect();
            let language = block.text_of("language").filter(|name| KNOWN.contains(name)).map_or(String::new(), |name| format!(":{name}"));
            // Its own end inside would end it.
            let _ = writeln!(out, "{{code{language}}}\n{}\n{{code}}", text.replace("{code", "{\u{200b}code"));
        }
        "horizontalRule" => out.push_str("----\n"),
        // Pictures are attachments there; their words stand in.
        "image" => {
            let _ = writeln!(out, "_{}_", escaped(&format!("picture: {}", block.text_of("alt").unwrap_or_default())));
        }
        "table" => {
            for row in &block.content {
                for cell in &row.content {
                    let bar = if cell.kind == "tableHeader" { "||" } else { "|" };
                    let words = cell_words(cell);
                    let _ = write!(out, "{bar}{}", if words.is_empty() { " " } else { &words });
                }
                let end = if row.content.last().is_some_and(|cell| cell.kind == "tableHeader") { "||\n" } else { "|\n" };
                out.push_str(end);
            }
        }
        _ => {
            let _ = writeln!(out, "{}", line(&block.content));
        }
    }
}

/// Languages the code macro of Jira knows.
const KNOWN: &[&str] = &["bash", "c", "css", "diff", "go", "html", "java", "javascript", "json", "python", "ruby", "sql", "xml", "yaml"];

fn items(block: &Node, marker: &str, out: &mut String) {
    for item in &block.content {
        let mut inside = item.content.iter();
        let tick = match (item.kind.as_str(), item.is("checked")) {
            ("taskItem", true) => "(/) ",
            ("taskItem", false) => "( ) ",
            _ => "",
        };
        let first = inside.next().map(|first| line(&first.content)).unwrap_or_default();
        let _ = writeln!(out, "{marker} {tick}{first}");
        for inner in inside {
            write_block(inner, marker, out);
        }
    }
}

fn cell_words(cell: &Node) -> String {
    let lines: Vec<String> = cell
        .content
        .iter()
        .map(|block| if block.kind == "paragraph" { line(&block.content) } else { escaped(&block.words()).replace('\n', "\\\\ ") })
        .collect();
    lines.join("\\\\ ")
}

fn line(runs: &[Node]) -> String {
    runs.iter().map(run).collect()
}

fn run(run: &Node) -> String {
    let Some(text) = &run.text else { return "\\\\\n".to_owned() };
    let mut out =
        if run.marks.iter().any(|mark| mark.kind == "code") { format!("{{{{{}}}}}", escaped(text)) } else { wrapped(text, &run.marks) };
    if let Some(href) = run.marks.iter().filter(|mark| mark.kind == "link").find_map(Mark::href) {
        out = format!("[{out}|{}]", address(href));
    }
    out
}

/// Signs must touch the words; white space stays outside of them.
fn wrapped(text: &str, marks: &[Mark]) -> String {
    let words = text.trim();
    if words.is_empty() {
        return escaped(text);
    }
    let (before, after) = (&text[..text.len() - text.trim_start().len()], &text[text.trim_end().len()..]);
    let mut out = escaped(words);
    for mark in marks {
        let sign = match mark.kind.as_str() {
            "bold" => '*',
            "italic" => '_',
            "strike" => '-',
            "underline" => '+',
            _ => continue,
        };
        // In braces it holds inside words, too.
        out = format!("{{{sign}}}{out}{{{sign}}}");
    }
    format!("{before}{out}{after}")
}

/// A link's end, without what would end the link.
fn address(href: &str) -> String {
    href.replace('|', "%7C").replace(']', "%5D").replace('[', "%5B").replace(['\n', ' '], "%20")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '\\' | '{' | '}' | '[' | ']' | '|' | '*' | '_' | '+' | '^' | '~' | '!' | '#' | '-' | '?') {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}
