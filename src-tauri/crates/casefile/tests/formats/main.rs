//! Out and in again: what an export says, an import reads back. Hostile content is inert everywhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod grow;

use firewatch_casefile::export::{Paper, normal};
use firewatch_casefile::import;
use firewatch_casefile::tree::{Mark, Node};
use proptest::prelude::*;

fn paper(blocks: Vec<Node>) -> Paper {
    Paper { blocks, ..Paper::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn markdown_reads_back_as_the_same_structure(blocks in grow::blocks()) {
        let wanted = normal(&blocks);
        let text = paper(blocks).markdown();
        prop_assert_eq!(import::markdown(&text).blocks, wanted, "{}", text);
    }

    #[test]
    fn html_reads_back_as_the_same_structure(blocks in grow::blocks()) {
        let wanted = normal(&blocks);
        let page = paper(blocks).html();
        let body = page.split_once("</h1>").map(|(_, body)| body.to_owned()).unwrap_or_default();
        prop_assert_eq!(import::html(&body).blocks, wanted, "{}", page);
    }

    #[test]
    fn the_normal_form_is_its_own(blocks in grow::blocks()) {
        let once = normal(&blocks);
        prop_assert_eq!(normal(&once), once);
    }
}

/// `FIREWATCH_SOAK` runs many.
fn cases() -> u32 {
    if std::env::var_os("FIREWATCH_SOAK").is_some() { 20_000 } else { 200 }
}

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">here</a>",
    "<a href=\" jAvAsCrIpT:alert(1)\">here</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">here</a>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+\">",
    "<object data=\"javascript:alert(1)\"></object><embed src=\"javascript:alert(1)\">",
    "<form action=\"javascript:alert(1)\"><button>go</button></form>",
    "<style>@import 'http://evil.example/x.css'</style>",
    "<div style=\"background:url(javascript:alert(1))\">x</div>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<base href=\"http://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=http://evil.example/\">",
    "[here](javascript:alert(1))",
    "![x](javascript:alert(1))",
    "[here](<data:text/html;base64,PHNjcmlwdD4=>)",
    "<javascript:alert(1)>",
];

#[test]
fn hostile_pages_come_in_inert() {
    for hostile in HOSTILE {
        for blocks in [import::html(hostile).blocks, import::markdown(hostile).blocks] {
            let kept = serde_json::to_string(&blocks).unwrap().to_lowercase();
            for mark in blocks.iter().flat_map(all_marks) {
                let href = mark.href().unwrap_or("https:");
                assert!(import::is_openable(href), "{hostile} gave {kept}");
            }
            assert!(!kept.contains("\"src\""), "{hostile} gave {kept}");
            inert(&paper(blocks), hostile);
        }
    }
}

#[test]
fn hostile_documents_go_out_inert() {
    for hostile in HOSTILE {
        // As somebody with another program would put it into the shared document.
        let blocks = vec![
            Node::paragraph(hostile),
            Node::new(
                "paragraph",
                vec![Node::marked("here", vec![Mark::link(hostile)]), Node::marked("b", vec![Mark::link("javascript:alert(1)")])],
            ),
            Node::new("codeBlock", vec![Node::text(hostile)]).with("language", *hostile),
            Node::new("image", Vec::new()).with("src", *hostile).with("alt", *hostile),
            Node::new("mention", Vec::new()).with("label", *hostile),
            Node::new("liveBlock", Vec::new()).with("kind", *hostile).with("data", *hostile),
            Node::new("heading", vec![Node::text(hostile)]).with("level", *hostile),
            Node::new(hostile, vec![Node::text(hostile)]),
        ];
        let mut hostile_paper = paper(blocks);
        hostile_paper.title = (*hostile).to_owned();
        hostile_paper.facts = vec![((*hostile).to_owned(), (*hostile).to_owned())];
        hostile_paper.images.insert("x".to_owned(), (*hostile).to_owned());
        inert(&hostile_paper, hostile);
    }
}

/// Elements we write.
const OURS: &[&str] = &[
    "main",
    "h1",
    "h2",
    "h3",
    "h4",
    "dl",
    "dt",
    "dd",
    "p",
    "a",
    "strong",
    "em",
    "s",
    "u",
    "code",
    "pre",
    "br",
    "span",
    "figure",
    "ul",
    "ol",
    "li",
    "input",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
    "img",
    "body",
    "html",
    "svg",
    "title",
    "rect",
    "line",
    "text",
    "path",
    "g",
    "circle",
];

/// What is inside tags of the page is ours: no element but those we write, no handler, no address but those that may be opened.
fn inert(paper: &Paper, hostile: &str) {
    let page = paper.html();
    let inside = page.split_once("<body>").unwrap().1;
    for tag in inside.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
        let name = tag.trim_start_matches('/').split(|c: char| c.is_whitespace()).next().unwrap_or_default();
        assert!(OURS.contains(&name), "{hostile} wrote <{tag}>");
        let tag = tag.to_lowercase();
        assert!(!tag.contains("javascript:") || tag.contains("aria-label"), "{hostile} wrote <{tag}>");
        for attribute in [" onerror", " onload", " onclick", " style", "srcdoc"] {
            assert!(!outside_quotes(&tag).contains(attribute), "{hostile} wrote <{tag}>");
        }
    }
    // What a Markdown reader makes of it goes through the same sieve.
    let back = serde_json::to_string(&import::markdown(&paper.markdown()).blocks).unwrap();
    for mark in import::markdown(&paper.markdown()).blocks.iter().flat_map(all_marks) {
        assert!(mark.href().is_none_or(import::is_openable), "{back}");
    }
    let rendered = comrak::markdown_to_html(&paper.markdown(), &comrak::Options::default());
    assert!(!rendered.to_lowercase().contains("<script"), "{rendered}");
    assert!(!rendered.to_lowercase().contains("href=\"javascript"), "{rendered}");
}

fn outside_quotes(tag: &str) -> String {
    tag.split('"').step_by(2).collect()
}

fn all_marks(node: &Node) -> Vec<Mark> {
    node.marks.iter().cloned().chain(node.content.iter().flat_map(all_marks)).collect()
}

#[test]
fn every_node_type_goes_out_and_comes_back() {
    let blocks = every_node();
    let text = paper(blocks.clone()).markdown();
    assert_eq!(import::markdown(&text).blocks, normal(&blocks), "{text}");
    for sign in ["## Head", "- [x] done", "1. one", "> said", "```rust", "| a", "**bold**", "~~gone~~", "[link](https://example.com/a?b=c)"]
    {
        assert!(text.contains(sign), "{sign} is not in\n{text}");
    }
    let wiki = paper(blocks).wiki();
    for sign in ["h2. Head", "* (/) done", "# one", "{quote}", "{code", "||a||", "{*}bold{*}", "[link|https://example.com/a?b=c]"] {
        assert!(wiki.contains(sign), "{sign} is not in\n{wiki}");
    }
}

fn every_node() -> Vec<Node> {
    let cell = |kind: &str, text: &str| Node::new(kind, vec![Node::paragraph(text)]);
    let item = |kind: &str, text: &str| Node::new(kind, vec![Node::paragraph(text)]);
    vec![
        Node::new("heading", vec![Node::text("Head")]).with("level", 2),
        Node::new(
            "paragraph",
            vec![
                Node::marked("bold", vec![Mark::new("bold")]),
                Node::text(" and "),
                Node::marked("both", vec![Mark::new("bold"), Mark::new("italic")]),
                Node::text(" and "),
                Node::marked("gone", vec![Mark::new("strike")]),
                Node::text(" "),
                Node::marked("under", vec![Mark::new("underline")]),
                Node::text(" "),
                Node::marked("a*b`c", vec![Mark::new("code")]),
                Node::new("hardBreak", Vec::new()),
                Node::marked("link", vec![Mark::link("https://example.com/a?b=c")]),
                Node::new("mention", Vec::new()).with("id", "ada").with("label", "Ada"),
            ],
        ),
        Node::new(
            "bulletList",
            vec![
                item("listItem", "dot"),
                Node::new("listItem", vec![Node::paragraph("in"), Node::new("orderedList", vec![item("listItem", "deep")])]),
            ],
        ),
        Node::new("orderedList", vec![item("listItem", "one"), item("listItem", "two")]),
        Node::new("taskList", vec![item("taskItem", "done").with("checked", true), item("taskItem", "open").with("checked", false)]),
        Node::new("blockquote", vec![Node::paragraph("said")]),
        Node::new("codeBlock", vec![Node::text("fn main() {\n\n}")]).with("language", "rust"),
        Node::new("horizontalRule", Vec::new()),
        Node::new(
            "table",
            vec![
                Node::new("tableRow", vec![cell("tableHeader", "a"), cell("tableHeader", "b")]),
                Node::new("tableRow", vec![cell("tableCell", "1 | 2"), cell("tableCell", "")]),
            ],
        ),
        Node::new("table", vec![Node::new("tableRow", vec![cell("tableCell", "wide").with("colspan", 2)])]),
    ]
}
