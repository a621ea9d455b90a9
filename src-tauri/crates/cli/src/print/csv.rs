//! JSON objects as CSV (RFC 4180): one row each, nested figures under dotted names, lists as JSON.

use serde_json::Value;

/// Columns that come first, where they are; the rest follows by name.
const FIRST: [&str; 9] = ["name", "id", "at", "state", "definition", "what", "severity", "start", "end"];

/// A header and a row each.
pub fn lines(items: Vec<Value>) -> Vec<String> {
    let rows: Vec<Vec<(String, String)>> = items.into_iter().map(|item| flat("", item)).collect();
    let mut columns: Vec<&String> = rows.iter().flatten().map(|(name, _)| name).collect();
    columns.sort_by_key(|name| (FIRST.iter().position(|f| f == name).unwrap_or(FIRST.len()), *name));
    columns.dedup();
    if columns.is_empty() {
        return Vec::new();
    }
    let cell =
        |row: &[(String, String)], column: &String| row.iter().find(|(name, _)| name == column).map_or("", |(_, text)| text).to_owned();
    let header = columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",");
    let body = rows.iter().map(|row| columns.iter().map(|column| quoted(&cell(row, column))).collect::<Vec<_>>().join(","));
    std::iter::once(header).chain(body).collect()
}

fn flat(name: &str, value: Value) -> Vec<(String, String)> {
    let named = |key: &str| if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") };
    match value {
        Value::Object(fields) => fields.into_iter().flat_map(|(key, value)| flat(&named(&key), value)).collect(),
        Value::Null => vec![(named_or_value(name), String::new())],
        Value::String(text) => vec![(named_or_value(name), text)],
        other => vec![(named_or_value(name), other.to_string())],
    }
}

fn named_or_value(name: &str) -> String {
    if name.is_empty() { "value".to_owned() } else { name.to_owned() }
}

fn quoted(text: &str) -> String {
    let plain = !text.contains([',', '"', '\n', '\r']) && text.trim() == text;
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use serde_json::json;

    #[test]
    fn nested_figures_have_columns_of_their_own() {
        let items = vec![
            json!({ "zeal": 1, "name": "a", "budget": { "left": 0.5, "gone": null }, "alerts": [1, 2] }),
            json!({ "name": "b, \"c\"", "more": true }),
        ];
        assert_eq!(lines(items), ["name,alerts,budget.gone,budget.left,more,zeal", "a,\"[1,2]\",,0.5,,1", "\"b, \"\"c\"\"\",,,,true,"]);
        assert!(lines(vec![]).is_empty());
    }
}
