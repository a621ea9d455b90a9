//! Markdown to Jira's two tongues and back: what is written is valid by Atlassian's own schema, and says the same words.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use std::path::Path;

use firewatch_domain::ticket::projection;
use firewatch_trackers::text::{from_adf, from_wiki, to_adf, to_wiki};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Atlassian's schema of documents, beside the checkout; without it a visible skip, in CI a failure.
fn schema() -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/specs/adf-schema.full.json");
    if let Ok(text) = std::fs::read_to_string(path) {
        return Some(serde_json::from_str(&text).unwrap());
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "the schema is missing, and CI=true allows no skip");
    std::io::Write::write_all(&mut std::io::stderr(), b"SKIP the schema of ADF: it is not beside the checkout\n").unwrap();
    None
}

/// The part of JSON schema (draft 4) that this schema uses. Answers the first fault.
fn fault(schema: &Value, rule: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(name) = rule["$ref"].as_str() {
        return fault(schema, schema.pointer(name.trim_start_matches('#')).unwrap(), value, at);
    }
    let kinds = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    };
    if rule["type"].as_str().is_some_and(|kind| !kinds(kind)) {
        return Some(format!("{at} is no {}", rule["type"]));
    }
    if rule["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        return Some(format!("{at} is none of {}", rule["enum"]));
    }
    if let Some(all) = rule["allOf"].as_array()
        && let Some(found) = all.iter().find_map(|one| fault(schema, one, value, at))
    {
        return Some(found);
    }
    if let Some(any) = rule["anyOf"].as_array()
        && any.iter().all(|one| fault(schema, one, value, at).is_some())
    {
        return Some(format!("{at} fits nothing: {value}"));
    }
    if value.as_str().is_some_and(|text| (text.chars().count() as u64) < rule["minLength"].as_u64().unwrap_or(0)) {
        return Some(format!("{at} is too short"));
    }
    if value.as_f64().is_some_and(|n| rule["minimum"].as_f64().is_some_and(|m| n < m) || rule["maximum"].as_f64().is_some_and(|m| n > m)) {
        return Some(format!("{at} is out of bounds"));
    }
    if let Some(list) = value.as_array() {
        let (least, most) = (rule["minItems"].as_u64().unwrap_or(0), rule["maxItems"].as_u64().unwrap_or(u64::MAX));
        if !(least..=most).contains(&(list.len() as u64)) {
            return Some(format!("{at} has {} items", list.len()));
        }
        if rule["items"].is_object() {
            return list.iter().enumerate().find_map(|(i, item)| fault(schema, &rule["items"], item, &format!("{at}/{i}")));
        }
    }
    let object = value.as_object()?;
    if let Some(name) = rule["required"].as_array().into_iter().flatten().find(|name| !object.contains_key(name.as_str().unwrap())) {
        return Some(format!("{at} lacks {name}"));
    }
    object.iter().find_map(|(name, inside)| {
        let known = rule["properties"].get(name);
        match known {
            Some(rule) => fault(schema, rule, inside, &format!("{at}/{name}")),
            None if rule["additionalProperties"] == false => Some(format!("{at} has {name}")),
            None => None,
        }
    })
}

#[test]
fn the_schema_is_read_with_care() {
    let Some(schema) = schema() else { return };
    let wrong = [
        json!({ "type": "doc", "content": [] }),
        json!({ "type": "doc", "version": 1, "content": [{ "type": "text", "text": "bare" }] }),
        json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "" }] }] }),
        json!({ "type": "doc", "version": 1, "content": [{ "type": "bulletList", "content": [] }] }),
        json!({ "type": "doc", "version": 1, "content": [{ "type": "heading", "attrs": { "level": 9 } }] }),
    ];
    for document in wrong {
        assert!(fault(&schema, &schema, &document, "").is_some(), "{document}");
    }
}

#[test]
fn every_construct_has_its_place() {
    let text = "# Head\n\nWith **strong**, *em*, ~~gone~~, `code` and [a link](<https://x.example/a_b>).\\\nNext line.\n\n- one\n  - two\n    - three\n      - four\n- ## head in a list\n\n1. first\n2. second\n\n> quote\n> > deeper\n\n```rust\nlet x = 1;\n```\n\n---\n\n<b>html</b> & 5 < 6";
    let document = to_adf(text);
    if let Some(schema) = schema() {
        assert_eq!(fault(&schema, &schema, &document, ""), None);
    }
    let kinds: Vec<&str> = document["content"].as_array().unwrap().iter().map(|node| node["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["heading", "paragraph", "bulletList", "orderedList", "blockquote", "codeBlock", "rule", "paragraph"]);
    assert_eq!(projection(&from_adf(&document).markdown), projection(text));
    assert_eq!(to_adf(" \n\n "), Value::Null);
    let wiki = to_wiki(text);
    for mark in [
        "h1. Head",
        "{*}strong{*}",
        "{_}em{_}",
        "{-}gone{-}",
        "{{code}}",
        "[a link|https://x.example/a_b]",
        "** two",
        "*** three",
        "*** four",
        "# first",
        "{quote}",
        "{code:rust}",
        "----",
    ] {
        assert!(wiki.contains(mark), "{mark} in\n{wiki}");
    }
    assert_eq!(projection(&from_wiki(&wiki).markdown), projection(text));
    assert!(!from_wiki(&wiki).opaque && !from_adf(&document).opaque);
}

#[test]
fn what_cannot_be_written_back_is_known() {
    let table = json!({ "type": "doc", "version": 1, "content": [{ "type": "table", "content": [{ "type": "tableRow", "content": [
        { "type": "tableCell", "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "cell" }] }] }] }] }] });
    let mention = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "mention", "attrs": { "id": "1", "text": "@Ana" } }] }] });
    for (document, words) in [(table, "cell"), (mention, "@Ana")] {
        let read = from_adf(&document);
        assert!(read.opaque && read.markdown.contains(words), "{read:?}");
    }
    for wiki in ["||head||\n|cell|", "!picture.png|thumbnail!", "[~ana] said", "{panel}x{panel}", "{color:red}x{color}"] {
        assert!(from_wiki(wiki).opaque, "{wiki}");
    }
    for broken in [json!(null), json!(7), json!({ "content": { "a": 1 } }), json!({ "type": "doc", "content": [{ "type": 3 }] })] {
        from_adf(&broken);
    }
}

/// Words that mean nothing else.
fn words() -> impl Strategy<Value = String> {
    "[a-zäß]{1,6}( [a-z]{1,5}){0,3}"
}

fn inline() -> impl Strategy<Value = String> {
    let marked = (words(), 0..6_u8).prop_map(|(text, mark)| match mark {
        0 => format!("**{text}**"),
        1 => format!("*{text}*"),
        2 => format!("~~{text}~~"),
        3 => format!("`{text}`"),
        4 => format!("[{text}](<https://x.example/{}>)", text.len()),
        _ => text,
    });
    proptest::collection::vec(marked, 1..4).prop_map(|parts| parts.join(" and "))
}

fn block() -> impl Strategy<Value = String> {
    (inline(), inline(), words(), 0..7_u8).prop_map(|(one, two, code, kind)| match kind {
        0 => format!("## {one}"),
        1 => format!("- {one}\n- {two}\n  - {code}"),
        2 => format!("1. {one}\n2. {two}"),
        3 => format!("> {one}"),
        4 => format!("```\n{code}\n```"),
        5 => "---".to_owned(),
        _ => format!("{one}\\\n{two}"),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_valid_and_says_the_same(blocks in proptest::collection::vec(block(), 1..6)) {
        let text = blocks.join("\n\n");
        let document = to_adf(&text);
        if let Some(schema) = schema() {
            prop_assert_eq!(fault(&schema, &schema, &document, ""), None);
        }
        prop_assert_eq!(projection(&from_adf(&document).markdown), projection(&text));
        prop_assert_eq!(to_adf(&from_adf(&document).markdown), document.clone(), "read back, it is written as before");
        prop_assert_eq!(projection(&from_wiki(&to_wiki(&text)).markdown), projection(&text), "{}", to_wiki(&text));
    }

    #[test]
    fn whatever_is_typed_becomes_a_valid_document(text in "[ a-c*_~`#>\\-+!\\[\\]()<>{}|&\\\\\n0-9.]{0,60}") {
        let document = to_adf(&text);
        if let (Some(schema), false) = (schema(), document.is_null()) {
            prop_assert_eq!(fault(&schema, &schema, &document, ""), None, "{}", document);
        }
        from_adf(&document);
        from_wiki(&to_wiki(&text));
        from_wiki(&text);
    }
}
