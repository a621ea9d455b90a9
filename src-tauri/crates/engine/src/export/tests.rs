//! Hostile text through both writers, read back by a parser of the format.

use std::collections::BTreeMap;

use firewatch_casefile::live::{ChartMarkShown, ChartShown, chart_svg};
use proptest::prelude::*;

use super::{Block, Paper, Part, html, markdown};

const HOSTILE: &[&str] = &[
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "\"><svg onload=alert(1)>",
    "</td></tr></table><iframe src=//evil.example>",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "javascript:alert(1) https://evil.example www.evil.example",
    "| a | b |\n|---|---|\n# heading\n- list\n> quote\n```\ncode",
    "*bold* _it_ `code` ~~gone~~ \\ \\\\ &lt;b&gt; &#60;script&#62; <!-- -->",
    "\u{202E}gnp.exe\u{2066}",
    "[x]: http://evil.example 'x'\n[^1]: note\n1. one\n<b>",
    "a\r\nb\u{0}c\u{7}",
    "]]> --> {{x}} ${x} %s",
];

fn paper(text: &str) -> Paper {
    let chart = ChartShown {
        title: text.to_owned(),
        t: vec![0.0, 60.0, 120.0],
        y: vec![Some(0.9), None, Some(0.5)],
        objective: Some(0.95),
        from: Some(30.0),
        marks: vec![ChartMarkShown { at: 60.0, text: text.to_owned() }],
        ..ChartShown::default()
    };
    let svg = chart_svg(&chart, "indicator");
    let table = |rows| Block::Table { head: &["At", "What"], rows };
    Paper {
        title: text.to_owned(),
        facts: vec![("Severity", text.to_owned())],
        parts: vec![Part {
            title: "Timeline",
            blocks: vec![
                Block::Text(text.to_owned()),
                table(vec![vec![text.to_owned(), text.to_owned()]]),
                Block::Drawing { svg: svg.unwrap(), says: text.to_owned() },
                Block::Picture { mime: "image/png".to_owned(), base64: "iVBORw0KGgo=".to_owned(), says: text.to_owned() },
                table(Vec::new()),
            ],
        }],
    }
}

/// Names of all tags with how often they come, and all their attributes.
fn tags(html: &str) -> (BTreeMap<String, usize>, Vec<String>) {
    let (mut counts, mut attributes) = (BTreeMap::new(), Vec::new());
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).collect();
        // Quoted values are ours or escaped; what is left are the names.
        let bare: String = tag.split('"').step_by(2).collect();
        attributes.extend(bare.split_whitespace().skip(1).map(|a| a.trim_end_matches(['=', '/']).to_owned()));
        *counts.entry(name).or_insert(0) += 1;
    }
    (counts, attributes)
}

fn check_html(text: &str) {
    let (harmless, _) = tags(&html::written(&paper("calm")));
    let page = html::written(&paper(text));
    let (found, attributes) = tags(&page);
    let without_breaks = |mut counts: BTreeMap<String, usize>| {
        counts.remove("br");
        counts
    };
    assert_eq!(without_breaks(found), without_breaks(harmless), "{text:?}");
    assert!(attributes.iter().all(|name| !name.to_lowercase().starts_with("on") && name != "href"), "{text:?}: {attributes:?}");
}

fn check_markdown(text: &str) {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    // Everything that is mark-up for the parser is let through, so that it shows.
    options.render.r#unsafe = true;
    let read = |text: &str| tags(&comrak::markdown_to_html(&markdown::written(&paper(text)), &options)).0;
    let plain = |mut counts: BTreeMap<String, usize>| {
        counts.remove("br");
        // An address of mail becomes a link to write one, whatever is escaped.
        counts.remove("a");
        counts.remove("/a");
        counts
    };
    assert_eq!(plain(read(text)), plain(read("calm")), "{text:?}\n{}", markdown::written(&paper(text)));
    let html = comrak::markdown_to_html(&markdown::written(&paper(text)), &options);
    assert!(html.match_indices("href=\"").all(|(at, _)| html[at..].starts_with("href=\"mailto:")), "{text:?}\n{html}");
}

#[test]
fn hostile_text_stays_text() {
    for text in HOSTILE {
        check_html(text);
        check_markdown(text);
    }
}

#[test]
fn what_was_written_is_there() {
    let text = "5 < 6 & \"so\" | it_is *so*";
    let page = html::written(&paper(text));
    assert!(page.contains("5 &lt; 6 &amp; &quot;so&quot; | it_is *so*"));
    let options = comrak::Options::default();
    let read = comrak::markdown_to_html(&markdown::written(&paper(text)), &options);
    assert!(read.contains("5 &lt; 6 &amp; &quot;so&quot; | it_is *so*"), "{read}");
}

#[test]
fn a_line_stops_where_nothing_is_known() {
    let chart =
        |y: &[Option<f64>]| chart_svg(&ChartShown { t: vec![0.0, 60.0, 120.0], y: y.to_vec(), ..ChartShown::default() }, "budget left");
    let gap = chart(&[Some(1.0), None, Some(0.5)]).unwrap();
    assert_eq!(gap.matches('M').count() - chart(&[Some(1.0), Some(0.7), Some(0.5)]).unwrap().matches('M').count(), 1);
    assert_eq!(chart(&[None, None, Some(f64::NAN)]), None);
    assert!(!chart(&[Some(f64::INFINITY), Some(0.5), None]).unwrap().contains("inf"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_becomes_mark_up(text in "a[<>&\"'`*_~|#\\-\\[\\]()!.:/\\\\a-z0-9 \n@{}=+$^%]{0,60}") {
        check_html(&text);
        check_markdown(&text);
    }
}
