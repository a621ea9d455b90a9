//! Full-text search. Triggers of the schema keep the documents; here they are asked, and what has no table of its own is put in.

use rusqlite::params;

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

/// A postmortem, and how far the search has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPaper {
    /// Id of its incident.
    pub incident: String,
    /// Where its log ends.
    pub head: i64,
    /// Unix seconds of the last edit.
    pub at_s: i64,
    /// Where the log ended when the search read it, and the title it had then.
    pub read: Option<(i64, String)>,
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

    /// Every postmortem, with how far the search has read it.
    pub fn found_papers(&self) -> Result<Vec<FoundPaper>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT u.incident, u.id, u.at_s, d.head, d.title FROM case_update u LEFT JOIN document d ON d.kind = 'postmortem' AND d.ref = u.incident
             WHERE u.id IN (SELECT max(id) FROM case_update GROUP BY incident)",
        )?;
        let rows = query.query_map([], |row| {
            let read: Option<i64> = row.get(3)?;
            let title: Option<String> = row.get(4)?;
            Ok(FoundPaper { incident: row.get(0)?, head: row.get(1)?, at_s: row.get(2)?, read: read.zip(title) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Puts the words of a postmortem in, as they were at an update of its log. The index is written only where they differ.
    pub fn put_paper(&self, incident: &str, head: i64, at_s: i64, title: &str, body: &str) -> Result<(), StoreError> {
        let same = "UPDATE document SET head = ?2, at_s = ?3 WHERE kind = 'postmortem' AND ref = ?1 AND title = ?4 AND body = ?5";
        if self.conn.prepare_cached(same)?.execute(params![incident, head, at_s, title, body])? > 0 {
            return Ok(());
        }
        let mut put = self.conn.prepare_cached(
            "INSERT INTO document (kind, ref, incident, at_s, title, body, head) VALUES ('postmortem', ?1, ?1, ?3, ?4, ?5, ?2)
             ON CONFLICT (kind, ref) DO UPDATE SET head = excluded.head, at_s = excluded.at_s, title = excluded.title, body = excluded.body",
        )?;
        put.execute(params![incident, head, at_s, title, body])?;
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
                tx.put_paper("i-1", 1, 5, "Customer fire", "The bottleneck was the address lookup.")
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
    fn a_paper_says_how_far_it_was_read_and_is_found_as_it_was_then() {
        let store = Store::in_memory().unwrap();
        let paper = |head, read: Option<(i64, &str)>| FoundPaper {
            incident: "i".to_owned(),
            head,
            at_s: head * 10,
            read: read.map(|(head, title)| (head, title.to_owned())),
        };
        let seen = store
            .write(|tx| {
                tx.add_case_update("i", 10, "ada", "window", b"one")?;
                let new = tx.found_papers()?;
                tx.put_paper("i", 1, 10, "Fire", "thirteen integrations")?;
                let read = tx.found_papers()?;
                tx.add_case_update("i", 20, "ada", "window", b"two")?;
                let grown = tx.found_papers()?;
                // Bold letters: the words are the same, only the log is longer.
                tx.put_paper("i", 2, 20, "Fire", "thirteen integrations")?;
                Ok::<_, StoreError>([new, read, grown, tx.found_papers()?].map(|mut papers| papers.remove(0)))
            })
            .unwrap();
        assert_eq!(seen, [paper(1, None), paper(1, Some((1, "Fire"))), paper(2, Some((1, "Fire"))), paper(2, Some((2, "Fire")))]);
        assert_eq!(found(&store, "thirteen"), [pair("postmortem", "i")]);
        store.write(|tx| tx.put_paper("i", 2, 20, "Smoke", "one request")).unwrap();
        assert_eq!((found(&store, "thirteen"), found(&store, "smoke")), (vec![], vec![pair("postmortem", "i")]));
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
