//! How the lines of a relay stand, gathered for whoever looks, and written down when it changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use firewatch_domain::relay::{LineState, Standing};

use super::RelayStanding;
use crate::{Engine, EngineError};

/// The standing of one relay while it runs.
#[derive(Debug, Default)]
pub(crate) struct Board {
    now: Mutex<RelayStanding>,
    written: Mutex<Option<RelayStanding>>,
}

impl Board {
    /// The relay itself stands so.
    pub fn relay(&self, state: LineState, why: Option<&str>, now_s: i64) {
        note(&mut self.now().relay, state, why, now_s);
    }

    /// An incident stands so there.
    pub fn incident(&self, incident: &str, state: LineState, why: Option<&str>, now_s: i64) {
        note(self.now().incidents.entry(incident.to_owned()).or_default(), state, why, now_s);
    }

    /// An incident is not carried any more.
    pub fn gone(&self, incident: &str) {
        self.now().incidents.remove(incident);
    }

    /// What others share there, with titles.
    pub fn offered(&self, offered: BTreeMap<String, String>) {
        self.now().offered = offered;
    }

    /// Incidents that are named there.
    pub fn offers(&self) -> BTreeMap<String, String> {
        self.now().offered.clone()
    }

    fn now(&self) -> MutexGuard<'_, RelayStanding> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Writes a standing down where it is another than the last.
    pub(super) async fn write_board(self: &Arc<Self>, name: &str, board: &Arc<Board>) -> Result<(), EngineError> {
        let now = board.now().clone();
        if board.written.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&now) {
            return Ok(());
        }
        let (name, board) = (name.to_owned(), Arc::clone(board));
        self.blocking(move |engine| {
            let text = serde_json::to_string(&now).map_err(firewatch_store::StoreError::from)?;
            engine.write(|tx| Ok(tx.relay_stands(&name, &text)?))?;
            *board.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
            Ok(())
        })
        .await
    }
}

fn note(standing: &mut Standing, state: LineState, why: Option<&str>, now_s: i64) {
    if standing.since_s == 0 || standing.state != state {
        standing.since_s = now_s;
    }
    (standing.state, standing.why) = (state, why.map(str::to_owned));
}
