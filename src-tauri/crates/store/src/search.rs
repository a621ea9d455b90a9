//! Full-text search. Triggers of the schema keep the documents; here they are asked, and what has no table of its own is put in.

use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Tx};

/// Where a hit begins and ends within its text.
const MARKS: (char, char) = ('\u{1}', '\u{2}');
/// Words of an excerpt.
const WORDS: u32 = 24;

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// `incident`, `entry`, `followup`, `slo` or `postmortem`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Incident it belongs to.
    pub incident: Option<String>,
    /// Unix seconds at which it was written.
    pub at_s: i64,
    /// Title in pieces; true where it was hit.
    pub title: Vec<(String, bool)>,
    /// Excerpt in pieces.
    pub excerpt: Vec<(String, bool)>,
}

impl Tx<'_> {
    /// What fits an expression ([`firewatch_domain::search::Query`]), the best first. `kind`: only that; `but`: not that incident.
    pub fn search(&self, expression: &str, kind: Option<&str>, but: Option<&str>, limit: u32) -> Result<Vec<Hit>, StoreError> {
        if expression.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = self.conn.prepare_cached(
            "SELECT d.kind, d.ref, d.incident, d.at_s, highlight(search, 0, char(1), char(2)), snippet(search, 1, char(1), char(2), '…', ?5)
             FROM search JOIN document d ON d.id = search.rowid
             WHERE search MATCH ?1 AND (?2 IS NULL OR d.kind = ?2) AND (?3 IS NULL OR d.incident IS NULL OR d.incident <> ?3)
             ORDER BY bm25(search, 6.0, 1.0), d.at_s DESC LIMIT ?4",
        )?;
        let rows = query.query_map(params![expression, kind, but, limit, WORDS], |row| {
            Ok(Hit {
                kind: row.get(0)?,
                id: row.get(1)?,
                incident: row.get(2)?,
                at_s: row.get(3)?,
                title: pieces(&row.get::<_, String>(4)?),
                excerpt: pieces(&row.get::<_, String>(5)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Puts the text of something that has no trigger, such as a postmortem.
    pub fn put_document(&self, kind: &str, id: &str, incident: Option<&str>, at_s: i64, title: &str, body: &str) -> Result<(), StoreError> {
        let same = "SELECT 1 FROM document WHERE kind = ?1 AND ref = ?2 AND title = ?3 AND body = ?4";
        if self.conn.prepare_cached(same)?.query_row([kind, id, title, body], |_| Ok(())).optional()?.is_some() {
            return Ok(());
        }
        let mut put = self.conn.prepare_cached(
            "INSERT INTO document (kind, ref, incident, at_s, title, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (kind, ref) DO UPDATE SET incident = excluded.incident, at_s = excluded.at_s, title = excluded.title, body = excluded.body",
        )?;
        put.execute(params![kind, id, incident, at_s, title, body])?;
        Ok(())
    }
}

/// A marked text in pieces.
fn pieces(marked: &str) -> Vec<(String, bool)> {
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut hit = false;
    for part in marked.split_inclusive([MARKS.0, MARKS.1]) {
        let text = part.trim_end_matches([MARKS.0, MARKS.1]);
        if !text.is_empty() {
            pieces.push((text.to_owned(), hit));
        }
        hit = if part.ends_with(MARKS.0) {
            true
        } else if part.ends_with(MARKS.1) {
            false
        } else {
            hit
        };
    }
    pieces
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use firewatch_domain::entry::{Entry, Hlc};
    use firewatch_domain::followup::FollowUp;
    use firewatch_domain::search::Query;
    use serde_json::{Value, json};

    use super::*;
    use crate::Store;
    use crate::slices::tests::an_slo;

    fn entry(id: &str, incident: &str, kind: &str, payload: Value) -> Entry {
        Entry {
            id: id.to_owned(),
            incident: incident.to_owned(),
            at: DateTime::UNIX_EPOCH,
            hlc: Hlc { wall_ms: 1000, counter: 0, replica: "r".to_owned() },
            author: "me".to_owned(),
            kind: kind.to_owned(),
            version: 1,
            payload,
            corrects: None,
        }
    }

    fn found(store: &Store, typed: &str) -> Vec<(String, String)> {
        let hits = store.read(|tx| tx.search(&Query::parse(typed).all(), None, None, 20)).unwrap();
        hits.into_iter().map(|hit| (hit.kind, hit.id)).collect()
    }

    fn pair(kind: &str, id: &str) -> (String, String) {
        (kind.to_owned(), id.to_owned())
    }

    #[test]
    fn what_was_written_is_found_and_what_changed_is_found_as_it_is() {
        let store = Store::in_memory().unwrap();
        let mut followup = FollowUp::new("f-1".to_owned(), "Ask all integrations at once", "me", DateTime::UNIX_EPOCH);
        followup.incident = Some("i-1".to_owned());
        store
            .write::<_, StoreError>(|tx| {
                let declared = json!({ "title": "Customer settings burn", "slos": [{ "id": "s", "name": "settings-first-load" }] });
                tx.append_entry(&entry("e-1", "i-1", "declared", declared))?;
                tx.append_entry(&entry("e-2", "i-1", "note", json!({ "text": "Zürich asks thirteen integrations one after another" })))?;
                tx.append_entry(&entry("e-3", "i-1", "acknowledged", Value::Null))?;
                tx.put_followup(&followup)?;
                tx.put_slo(&an_slo("checkout-errors"), 0)?;
                tx.put_document("postmortem", "i-1", Some("i-1"), 5, "Postmortem", "The bottleneck was the address lookup.")
            })
            .unwrap();
        assert_eq!(found(&store, "settings"), [pair("incident", "i-1")]);
        assert_eq!(found(&store, "first-load"), [pair("incident", "i-1")]);
        assert_eq!(found(&store, "zurich"), [pair("entry", "e-2")]);
        assert_eq!(found(&store, "integra"), [pair("followup", "f-1"), pair("entry", "e-2")]);
        assert_eq!(found(&store, "\"integrations one\""), [pair("entry", "e-2")]);
        assert_eq!(found(&store, "check"), [pair("slo", "id-checkout-errors")]);
        assert_eq!(found(&store, "bottleneck lookup"), [pair("postmortem", "i-1")]);
        "Call them in parallel".clone_into(&mut followup.title);
        store.write(|tx| tx.put_followup(&followup)).unwrap();
        assert_eq!(found(&store, "parallel"), [pair("followup", "f-1")]);
        assert_eq!(found(&store, "integra"), [pair("entry", "e-2")]);
        store.write(|tx| tx.remove_slo("id-checkout-errors")).unwrap();
        assert_eq!(found(&store, "check"), []);
        assert!(found(&store, "").is_empty() && found(&store, "nowhere").is_empty());
    }

    #[test]
    fn hits_are_marked_in_pieces_and_markup_stays_text() {
        let store = Store::in_memory().unwrap();
        let text = "<b>one</b> \u{1}two\u{2} \"three\" NEAR(four) five*";
        store.write(|tx| tx.append_entry(&entry("e", "i", "note", json!({ "text": text })))).unwrap();
        let hits = store.read(|tx| tx.search(&Query::parse("five").all(), None, None, 5)).unwrap();
        assert!(hits[0].excerpt.contains(&("five".to_owned(), true)), "{:?}", hits[0].excerpt);
        assert!(hits[0].excerpt.iter().any(|(text, _)| text.contains("<b>one</b>")));
        for typed in ["\"", "a\"b\"c", "NEAR(", "x OR", "-five", "five*", "title:five", "{}", "^five", "'"] {
            store.read(|tx| tx.search(&Query::parse(typed).all(), None, None, 5)).unwrap();
        }
    }
}
