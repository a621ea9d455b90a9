//! The paper as one page of HTML for people: it needs nothing from anywhere, and nothing in it runs.

use std::fmt::Write;

use super::Paper;
use super::html::{blocks, escaped};
use super::normal::normal;
use crate::tree::Node;
use crate::vocabulary::LIVE_BLOCK;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.55 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1b1d21;background:#fff}\
h1{line-height:1.2}h2{margin-top:2em}table{border-collapse:collapse;width:100%;margin:1em 0}\
th,td{border:1px solid #c9cdd4;padding:.3em .6em;text-align:left;vertical-align:top}th p,td p{margin:0}\
pre{overflow:auto;padding:.8em;background:#f3f4f6;border-radius:6px}code{font-family:ui-monospace,monospace;font-size:.92em}\
blockquote{margin:1em 0;padding-left:1em;border-left:3px solid #c9cdd4}img,svg{max-width:100%;height:auto}\
figure{margin:1.5em 0}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em}dt{font-weight:600}dd{margin:0}\
ul.tasks{list-style:none;padding-left:.4em}ul.tasks>li{display:flex;gap:.5em;align-items:baseline}ul.tasks p{margin:.2em 0}\
.chart{color:#1b1d21}.mention{font-weight:600}\
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#17191d}pre{background:#22252b}th,td,blockquote{border-color:#444a54}\
.chart{color:#e6e8eb}a{color:#8ab4ff}}\
@media print{body{max-width:none;margin:0;color:#000;background:#fff}figure,tr,pre{break-inside:avoid}}";

/// The whole page.
pub fn written(paper: &Paper) -> String {
    let title = if paper.title.trim().is_empty() { "Postmortem" } else { paper.title.as_str() };
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Whoever shows the page is told, too: no script, no request.
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n",
    );
    let _ =
        writeln!(out, "<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{}</h1>", escaped(title), escaped(title));
    if !paper.facts.is_empty() {
        out.push_str("<dl>\n");
        for (label, value) in &paper.facts {
            let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escaped(label), escaped(value));
        }
        out.push_str("</dl>\n");
    }
    // In their normal form: what a foreign program nested against the rules would not be valid here.
    for block in &paper.blocks {
        if block.kind == LIVE_BLOCK {
            blocks(paper, &[Node { content: normal(&block.content), ..block.clone() }], &mut out);
        } else {
            blocks(paper, &normal(std::slice::from_ref(block)), &mut out);
        }
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}
