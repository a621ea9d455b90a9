//! Documents at random, of every node and mark the editor has, with the signs that trouble Markdown and HTML in their words.

use firewatch_casefile::tree::{Mark, Node};
use proptest::collection::vec;
use proptest::prelude::*;

/// Some blocks.
pub fn blocks() -> impl Strategy<Value = Vec<Node>> {
    vec(block(3), 0..6)
}

fn block(depth: u32) -> BoxedStrategy<Node> {
    let leaf = prop_oneof![
        4 => line().prop_map(|runs| Node::new("paragraph", runs)),
        1 => (1u64..=4, line()).prop_map(|(level, runs)| Node::new("heading", runs).with("level", level)),
        1 => (proptest::option::of("[a-z+]{1,8}"), code()).prop_map(|(language, text)| {
            let inside = if text.is_empty() { Vec::new() } else { vec![Node::text(&text)] };
            let node = Node::new("codeBlock", inside);
            match language {
                Some(language) => node.with("language", language),
                None => node,
            }
        }),
        1 => Just(Node::new("horizontalRule", Vec::new())),
        1 => table(),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    prop_oneof![
        4 => leaf,
        1 => vec(block(depth - 1), 1..3).prop_map(|inside| Node::new("blockquote", inside)),
        1 => vec(item("listItem", depth), 1..4).prop_map(|items| Node::new("bulletList", items)),
        1 => (1u32..200, vec(item("listItem", depth), 1..4)).prop_map(|(start, items)| Node::new("orderedList", items).with("start", start)),
        1 => vec(item("taskItem", depth), 1..4).prop_map(|items| Node::new("taskList", items)),
    ]
    .boxed()
}

fn item(kind: &'static str, depth: u32) -> BoxedStrategy<Node> {
    let first = line().prop_map(|runs| Node::new("paragraph", runs));
    (first, vec(block(depth - 1), 0..2), any::<bool>())
        .prop_map(move |(first, rest, done)| {
            let node = Node::new(kind, std::iter::once(first).chain(rest).collect());
            if kind == "taskItem" { node.with("checked", done) } else { node }
        })
        .boxed()
}

fn table() -> impl Strategy<Value = Node> {
    (1usize..4, 1usize..4, any::<bool>(), any::<bool>()).prop_flat_map(|(rows, columns, head, odd)| {
        vec(vec(line(), columns), rows).prop_map(move |rows| {
            let rows = rows.into_iter().enumerate().map(|(at, cells)| {
                let kind = if head && at == 0 { "tableHeader" } else { "tableCell" };
                let cells = cells.into_iter().enumerate().map(|(column, runs)| {
                    let cell = Node::new(kind, vec![Node::new("paragraph", runs)]);
                    if odd && at == 0 && column == 0 { cell.with("rowspan", 2) } else { cell }
                });
                Node::new("tableRow", cells.collect())
            });
            Node::new("table", rows.collect())
        })
    })
}

fn line() -> impl Strategy<Value = Vec<Node>> {
    vec(run(), 0..5)
}

fn run() -> impl Strategy<Value = Node> {
    prop_oneof![
        8 => (words(), marks()).prop_map(|(text, marks)| Node::marked(&text, marks)),
        1 => Just(Node::new("hardBreak", Vec::new())),
        1 => "[A-Za-z]{1,8}".prop_map(|name| Node::new("mention", Vec::new()).with("id", name.clone()).with("label", name)),
    ]
}

fn marks() -> impl Strategy<Value = Vec<Mark>> {
    let one = prop_oneof![
        Just(Mark::new("bold")),
        Just(Mark::new("italic")),
        Just(Mark::new("strike")),
        Just(Mark::new("underline")),
        Just(Mark::new("code")),
        "[a-z]{1,6}(\\?[a-z]=[a-z%&()*_]{0,4})?".prop_map(|path| Mark::link(&format!("https://example.com/{path}"))),
    ];
    prop_oneof![3 => Just(Vec::new()), 2 => vec(one, 1..4)]
}

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-zA-Z]{1,8}".prop_map(String::from),
        3 => " {1,2}".prop_map(String::from),
        3 => proptest::sample::select(vec![
            "*", "**", "_", "`", "``", "~", "~~", "[", "]", "](x)", "<b>", "<", ">", "&", "&amp;", "#", "1.", "1)", "-", "+", "=", "|", "\\", "!", "![",
            "\"", "'", "://", "https://example.org", "www.x.org", "a@b.cc", "\u{1F642}", "ä", "\u{a0}", "\t", "---", "```", "<!--", "[x]", "$", "{*}", "%%",
        ]).prop_map(str::to_owned),
    ];
    vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

fn code() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![words(), Just("\n".to_owned()), Just("\n\n".to_owned()), Just("    ".to_owned()), Just("</code></pre>".to_owned())],
        0..6,
    )
    .prop_map(|pieces| pieces.concat())
}
