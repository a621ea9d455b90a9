//! Postmortems as the search finds them.
//!
//! A keystroke is a row in the log of its document and nothing else: whoever searches first has the documents read whose logs have
//! grown since they were read last. That is known from the log itself, so nothing is lost by a kill, and what came from elsewhere
//! or was written by another program takes the same way.

use firewatch_domain::words;
use firewatch_store::FoundPaper;

use crate::{Engine, EngineError};

/// Documents whose words are written in one transaction.
const AT_ONCE: usize = 20;
/// Words of one document that are found, in bytes: those of some six hundred pages.
const LONGEST: usize = 2 << 20;

impl Engine {
    /// Brings the search up to date with every postmortem. One that cannot be read is found as it was before.
    pub(crate) fn find_postmortems(&self) -> Result<(), EngineError> {
        let (papers, titles) = self.read(|tx| Ok((tx.found_papers()?, tx.incident_titles()?)))?;
        let mut grown: Vec<(FoundPaper, String)> = Vec::new();
        for paper in papers {
            let title = titles.get(&paper.incident).map(|title| words::plain(title, 300)).unwrap_or_default();
            if paper.read.as_ref().is_none_or(|(head, then)| *head != paper.head || *then != title) {
                grown.push((paper, title));
            }
        }
        for some in grown.chunks(AT_ONCE) {
            let mut read = Vec::new();
            for (paper, title) in some {
                match self.words_to_find(&paper.incident) {
                    Ok(Some((head, body))) => read.push((paper, title, head, body)),
                    Ok(None) => {}
                    Err(error) => tracing::warn!(incident = paper.incident, %error, "a postmortem could not be read for the search"),
                }
            }
            self.write(|tx| -> Result<(), EngineError> {
                for (paper, title, head, body) in read {
                    tx.put_paper(&paper.incident, head, paper.at_s, title, &body)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Where the log of a document ends, and its words. None for that of an incident that was merged: what is found must open.
    fn words_to_find(&self, incident: &str) -> Result<Option<(i64, String)>, EngineError> {
        self.read_case(incident, |_, id, held| {
            let mut body = held.case.said();
            body.truncate(body.floor_char_boundary(LONGEST));
            Ok((id == incident).then_some((held.last, body)))
        })
    }
}
