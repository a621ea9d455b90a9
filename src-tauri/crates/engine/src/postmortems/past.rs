//! A document's past: its moments, what changed between two of them, who wrote what, and bringing something back. Old updates of
//! one sitting are joined; nothing is purged.

use firewatch_casefile::CaseFile;
use firewatch_casefile::history::{self, Change, Logged, Sitting};
use firewatch_casefile::tree::Node;
use firewatch_domain::words;
use firewatch_store::CaseUpdate;

use super::barred;
use crate::show::rfc3339_s;
use crate::view::{ComparedBlock, HistoryRow, WrittenBy};
use crate::{Engine, EngineError};

/// A sitting is joined once it is this long over, in seconds.
const SETTLED_S: i64 = 900;

impl Engine {
    /// Moments of a document, newest first.
    pub fn postmortem_history(&self, id: &str) -> Result<Vec<HistoryRow>, EngineError> {
        let log = self.log(id)?;
        let row = |sitting: Sitting| HistoryRow {
            id: sitting.last.to_string(),
            from: rfc3339_s(sitting.from_s),
            at: rfc3339_s(sitting.at_s),
            authors: sitting.authors,
            edits: sitting.updates as f64,
        };
        Ok(history::sittings(&logged(&log)).into_iter().rev().map(row).collect())
    }

    /// What changed from one moment to another, or to now. Moments are named as in the history.
    pub fn compare_postmortem(&self, id: &str, from: &str, to: Option<&str>) -> Result<Vec<ComparedBlock>, EngineError> {
        let log = self.log(id)?;
        let before = as_of(&log, Some(from))?.blocks();
        let after = as_of(&log, to)?.blocks();
        let (mut old, mut new) = (0usize, 0usize);
        let mut rows = Vec::new();
        for change in history::compare(&before, &after) {
            let (word, was, is) = match change {
                Change::Same(node) => ("same", Some(node.clone()), Some(node)),
                Change::Added(node) => ("added", None, Some(node)),
                Change::Removed(node) => ("removed", Some(node), None),
                Change::Changed { before, after } => ("changed", Some(before), Some(after)),
            };
            rows.push(ComparedBlock {
                change: word.to_owned(),
                before_at: was.as_ref().map(|_| old as f64),
                after_at: is.as_ref().map(|_| new as f64),
                before: was.as_ref().map(said),
                after: is.as_ref().map(said),
            });
            old += usize::from(was.is_some());
            new += usize::from(is.is_some());
        }
        Ok(rows)
    }

    /// Who wrote what stands there now.
    pub fn postmortem_written(&self, id: &str) -> Result<Vec<WrittenBy>, EngineError> {
        let log = self.log(id)?;
        let told = history::written(&logged(&log))?.into_iter().map(|stretch| WrittenBy {
            block: stretch.block as f64,
            author: stretch.author,
            at: rfc3339_s(stretch.at_s),
            text: stretch.text,
        });
        Ok(told.collect())
    }

    /// Brings blocks of a moment back: those from `first` on, `count` of them, before the present block `at`. What stands there
    /// stays; an edit like any other, which can be undone.
    pub fn restore_postmortem(&self, id: &str, moment: &str, first: usize, count: usize, at: usize) -> Result<(), EngineError> {
        let was = as_of(&self.log(id)?, Some(moment))?.blocks();
        let wanted: Vec<Node> = was.into_iter().skip(first).take(count).collect();
        if wanted.is_empty() {
            return Err(EngineError::Invalid("that moment has no such passage; choose one that the comparison shows".to_owned()));
        }
        self.edit_case(id, |tx, id, held| {
            if let Some(why) = barred(tx, id, held)? {
                return Err(EngineError::Invalid(why));
            }
            let author = Self::author(tx)?;
            let update = held.case.insert_blocks(at, &wanted);
            self.note_edit(tx, id, held, &author, Some(update))
        })
    }

    /// Joins the updates of sittings that are over, in every document that has some. Answers how many updates became fewer.
    pub fn tidy_postmortems(&self) -> Result<usize, EngineError> {
        let heads = self.read(|tx| Ok(tx.case_heads()?))?;
        let mut fewer = 0;
        for (incident, head) in heads {
            // One that nobody wrote in since was looked through already, unless its last sitting was not over then.
            let looked = (head.id, head.at_s < self.now_s() - SETTLED_S);
            if self.shelf().tidied(&incident) != Some(looked) {
                fewer += self.tidy_postmortem(&incident)?;
                self.shelf().note_tidied(&incident, looked);
            }
        }
        Ok(fewer)
    }

    fn tidy_postmortem(&self, incident: &str) -> Result<usize, EngineError> {
        let log = self.read(|tx| Ok(tx.case_updates(incident, 0)?))?;
        let over = self.now_s() - SETTLED_S;
        // What is damaged stays where it is, and nothing is joined across it.
        if log.iter().any(|update| update.bytes.is_none()) {
            return Ok(0);
        }
        let known = logged(&log);
        let sittings: Vec<Sitting> = history::sittings(&known).into_iter().filter(|s| s.updates > 1 && s.at_s < over).collect();
        if sittings.is_empty() {
            return Ok(0);
        }
        let Some(joined) = history::joined(&known, &sittings)? else { return Ok(0) };
        let fewer = joined.iter().map(|(sitting, _)| sitting.updates - 1).sum();
        self.write(|tx| {
            for (sitting, bytes) in joined {
                let joined = CaseUpdate {
                    id: sitting.last,
                    from_s: sitting.from_s,
                    at_s: sitting.at_s,
                    author: sitting.authors.join(", "),
                    origin: "joined".to_owned(),
                    bytes: Some(bytes),
                };
                tx.join_case_updates(incident, sitting.first, &joined)?;
            }
            Ok(fewer)
        })
    }

    /// The log of a document, without what is damaged.
    fn log(&self, id: &str) -> Result<Vec<CaseUpdate>, EngineError> {
        self.read(|tx| {
            let incident = self.incident_of(tx, id)?;
            let log = tx.case_updates(&incident.id, 0)?;
            if log.is_empty() {
                return Err(EngineError::Invalid("there is no postmortem yet; open it and write one first".to_owned()));
            }
            Ok(log)
        })
    }
}

fn logged(log: &[CaseUpdate]) -> Vec<Logged<'_>> {
    let sound = log.iter().filter_map(|update| {
        let bytes = update.bytes.as_deref()?;
        Some(Logged { id: update.id, from_s: update.from_s, at_s: update.at_s, author: &update.author, bytes })
    });
    sound.collect()
}

/// The document at a moment; now without one.
fn as_of(log: &[CaseUpdate], moment: Option<&str>) -> Result<CaseFile, EngineError> {
    let all = logged(log);
    let until = match moment {
        None => all.len(),
        Some(moment) => {
            let id = moment.parse().ok().and_then(|id: i64| all.iter().position(|update| update.id == id));
            id.ok_or_else(|| EngineError::Invalid(format!("there is no moment `{}`; the history lists them", words::plain(moment, 40))))?
                + 1
        }
    };
    Ok(history::as_of(&all[..until])?)
}

/// A block in words; one that follows the incident by its name.
fn said(node: &Node) -> String {
    match node.text_of("kind") {
        Some(kind) if node.content.is_empty() => format!("[{}]", words::plain(kind, 40)),
        _ => node.words(),
    }
}
