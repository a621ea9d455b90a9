//! One page of HTML: styles, charts and pictures inside, nothing that runs or is fetched.

use std::fmt::Write;

use super::{Block, Paper, clean};

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1d21;background:#fff}\
table{border-collapse:collapse;width:100%;margin:.8em 0}\
th,td{border:1px solid #c9cdd4;padding:.3em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}\
img,svg{max-width:100%;height:auto}figure{margin:1em 0}figcaption{color:#555b66}\
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#17191d}th,td{border-color:#444a54}figcaption{color:#a8afba}}\
@media print{body{max-width:none;margin:0;color:#000;background:#fff}tr,figure{break-inside:avoid}}";

/// Text between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

pub(super) fn written(paper: &Paper) -> String {
    let title = escaped(&paper.title);
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Whoever shows the page is told, too: no script, no request.
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n",
    );
    let _ = writeln!(out, "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<dl>");
    for (label, value) in &paper.facts {
        let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escaped(label), escaped(value));
    }
    out.push_str("</dl>\n");
    for part in &paper.parts {
        let _ = writeln!(out, "<h2>{}</h2>", escaped(part.title));
        part.blocks.iter().for_each(|one| block(one, &mut out));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn block(block: &Block, out: &mut String) {
    match block {
        Block::Text(text) => {
            let _ = writeln!(out, "<p>{}</p>", lines(text));
        }
        Block::Table { rows, .. } if rows.is_empty() => {}
        Block::Table { head, rows } => {
            out.push_str("<table>\n<thead><tr>");
            for label in *head {
                let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(label));
            }
            out.push_str("</tr></thead>\n<tbody>\n");
            for row in rows {
                out.push_str("<tr>");
                for cell in row {
                    let _ = write!(out, "<td>{}</td>", lines(cell));
                }
                out.push_str("</tr>\n");
            }
            out.push_str("</tbody>\n</table>\n");
        }
        Block::Drawing { svg, says } => {
            let _ = writeln!(out, "<figure>{svg}<figcaption>{}</figcaption></figure>", escaped(says));
        }
        Block::Picture { mime, base64, says } => {
            let says = escaped(says);
            let _ =
                writeln!(out, "<figure><img src=\"data:{mime};base64,{base64}\" alt=\"{says}\"><figcaption>{says}</figcaption></figure>");
        }
    }
}

fn lines(text: &str) -> String {
    escaped(text).replace('\n', "<br>")
}
