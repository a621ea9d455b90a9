//! Documents bent in every place: cut off, of another type, without a key, with a key twice.

use std::ops::RangeInclusive;

use firewatch_domain::fault::FaultKind::NotTheApi;
use serde_json::Value;

use crate::case::{Case, Expect, case, ok};

/// A bend: what is put in a place of the document, as raw JSON, and what must follow.
pub struct Bend {
    /// JSON pointer of the place, in an object or a list that exists.
    pub at: &'static str,
    /// What is put there, one after the other.
    pub put: &'static [&'static str],
    /// What must follow.
    pub expect: Expect,
}

const HERE: &str = "\"@here@\"";

/// The document with something else in a place.
pub fn bent(document: &Value, at: &str, raw: &str) -> String {
    let mut marked = document.clone();
    let (parent, key) = at.rsplit_once('/').unwrap_or(("", ""));
    if at.is_empty() {
        return raw.to_owned();
    }
    let mark = Value::from("@here@");
    match marked.pointer_mut(parent).expect(at) {
        Value::Object(object) => drop(object.insert(key.to_owned(), mark)),
        Value::Array(list) => match key.parse::<usize>() {
            Ok(place) if place < list.len() => list[place] = mark,
            _ => list.push(mark),
        },
        other => panic!("{at} leads into {other}"),
    }
    marked.to_string().replace(HERE, raw)
}

/// The document without a key.
fn without(document: &Value, at: &str) -> String {
    let mut less = document.clone();
    let (parent, key) = at.rsplit_once('/').expect("a key");
    less.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|object| object.remove(key)).expect(at);
    less.to_string()
}

/// The document with a key twice, the second time with something else.
fn twice(document: &Value, at: &str, raw: &str) -> String {
    let key = at.rsplit_once('/').expect("a key").1;
    let value = document.pointer(at).expect(at).to_string();
    bent(document, at, &format!("{value},\"{key}\":{raw}"))
}

/// Cut off after so many places, evenly spread.
pub fn cuts(document: &Value, places: usize) -> Vec<Case> {
    let text = document.to_string();
    let at = |i: usize| text.floor_char_boundary(1 + i * (text.len() - 2) / places);
    (0..places).map(|i| case(format!("cut after {} bytes", at(i)), ok(&text[..at(i)]), Expect::Blind(NotTheApi))).collect()
}

/// A row for each bend.
pub fn bends(document: &Value, table: &[Bend]) -> Vec<Case> {
    let of = |bend: &Bend| {
        let put = |raw: &&'static str| {
            let shown: String = raw.chars().take(40).collect();
            case(
                format!("{} is {shown}", if bend.at.is_empty() { "the document" } else { bend.at }),
                ok(&bent(document, bend.at, raw)),
                bend.expect,
            )
        };
        bend.put.iter().map(put).collect::<Vec<_>>()
    };
    table.iter().flat_map(of).collect()
}

/// Without each of these keys.
pub fn missing(document: &Value, table: &[(&'static str, Expect)]) -> Vec<Case> {
    table.iter().map(|(at, expect)| case(format!("without {at}"), ok(&without(document, at)), *expect)).collect()
}

/// With each of these keys twice.
pub fn doubled(document: &Value, table: &[(&'static str, &'static str, Expect)]) -> Vec<Case> {
    table.iter().map(|(at, raw, expect)| case(format!("{at} twice, then {raw}"), ok(&twice(document, at, raw)), *expect)).collect()
}

/// Something after the document, or around it.
pub fn surroundings(document: &Value) -> Vec<Case> {
    let text = document.to_string();
    let deep: RangeInclusive<usize> = 1..=20_000;
    let nested = format!("{}{}", deep.clone().map(|_| '[').collect::<String>(), deep.map(|_| ']').collect::<String>());
    let deep_key = format!("{},\"deep\":{nested}}}", &text[..text.len() - 1]);
    let rows = [
        ("a second document", format!("{text}{text}"), NotTheApi),
        ("a second document on its own line", format!("{text}\n{text}"), NotTheApi),
        ("a closing brace more", format!("{text}}}"), NotTheApi),
        ("words after it", format!("{text} and more"), NotTheApi),
        ("a zero byte after it", format!("{text}\0"), NotTheApi),
        ("a byte order mark before it", format!("\u{feff}{text}"), NotTheApi),
        ("a list around it", format!("[[{text}]]"), NotTheApi),
        ("a text around it", serde_json::to_string(&text).unwrap(), NotTheApi),
        ("a comma before its end", text.strip_suffix('}').map_or_else(|| format!("{text},"), |t| format!("{t},}}")), NotTheApi),
        ("single quotes", text.replace('"', "'"), NotTheApi),
        ("no quotes around keys", text.replace("\":", ":"), NotTheApi),
        ("a comment inside", text.replacen(':', ": /* odd */ ", 1), NotTheApi),
        ("a line break inside a text", text.replacen("\":\"", "\":\"\n", 1), NotTheApi),
        ("a broken escape", text.replacen("\":\"", "\":\"\\x", 1), NotTheApi),
    ];
    let mut cases: Vec<Case> =
        rows.into_iter().map(|(name, body, kind)| case(format!("around: {name}"), ok(&body), Expect::Blind(kind))).collect();
    if text.starts_with('{') {
        cases.push(case("around: twenty thousand brackets in a key nobody reads", ok(&deep_key), Expect::Same));
    }
    cases.push(case("around: twenty thousand brackets", ok(&nested), Expect::Blind(NotTheApi)));
    cases
}
