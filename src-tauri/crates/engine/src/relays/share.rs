//! What a line asks of a document of ours.

use firewatch_casefile::{CaseFile, Drawer};

use crate::{Engine, EngineError};

impl Engine {
    /// What somebody at a state vector lacks, and how far the log is with it.
    pub(super) fn missing_of(&self, id: &str, theirs: &[u8]) -> Result<(Vec<u8>, i64), EngineError> {
        self.read_case(id, |_, _, held| Ok((held.case.since(theirs)?, held.last)))
    }

    /// Updates of the log after a position that did not come from a relay itself, and how far the log is with them.
    pub(super) fn news_after(&self, id: &str, after: i64, via: &str) -> Result<(Vec<Vec<u8>>, i64), EngineError> {
        let log = self.read(|tx| Ok(tx.case_updates(id, after)?))?;
        let head = log.last().map_or(after, |update| update.id);
        Ok((log.into_iter().filter(|update| update.origin != via).filter_map(|update| update.bytes).collect(), head))
    }

    /// Takes an update in that came from elsewhere, under the names of those who wrote it as far as the document knows them.
    pub(crate) fn merge_from(&self, id: &str, update: &[u8], via: &str) -> Result<bool, EngineError> {
        let author = self.read_case(id, |_, _, held| {
            let clients = held.case.clients_of(update)?;
            let mut names: Vec<String> = clients.iter().filter_map(|client| held.case.get(Drawer::People, &client.to_string())).collect();
            names.sort();
            names.dedup();
            Ok(names.join(", "))
        })?;
        self.merge_case(id, update, if author.is_empty() { via } else { &author }, via)
    }

    /// Takes the document of an incident that was not here, once its declaration is in it. Answers whether it came.
    pub(crate) fn admit(&self, id: &str, foreign: &CaseFile, via: &str) -> Result<bool, EngineError> {
        if !self.take_foreign(id, foreign)? {
            return Ok(false);
        }
        self.merge_from(id, &foreign.whole(), via)?;
        Ok(true)
    }
}
