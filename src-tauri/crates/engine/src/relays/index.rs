//! The document in which the incidents of a relay are named, so that a machine learns of those it does not have. It is a copy of what
//! the relay holds, kept in memory alone: everybody names again what they share.

use std::collections::BTreeMap;
use std::sync::Arc;

use firewatch_casefile::{CaseFile, Drawer, client_of};
use firewatch_domain::relay::{LineState, Relay, RelayFault, Said, is_shared_id};
use firewatch_domain::words;
use tokio::sync::watch::Receiver;

use super::INDEX;
use super::board::Board;
use super::keep::ended;
use super::line::{ANSWERING, mute, told};
use crate::{Engine, EngineError};

/// Incidents of one relay that are looked at.
const MOST: usize = 5000;

impl Engine {
    /// Keeps the line of the index until `stop` turns true; as it stands, the relay stands.
    pub(super) async fn keep_index(self: Arc<Self>, relay: Relay, board: Arc<Board>, stop: Receiver<bool>) {
        let mut attempt = 0;
        while !*stop.borrow() {
            let mut met = false;
            let ended = self.serve_index(&relay, &board, &stop, &mut met).await;
            let Err(fault) = ended else { return };
            attempt = if met { 0 } else { attempt + 1 };
            let (state, why) = told(&fault);
            board.relay(state, Some(why), self.now_s());
            self.wait(&stop, self.wait_after(&fault, attempt)).await;
        }
    }

    async fn serve_index(self: &Arc<Self>, relay: &Relay, board: &Board, stop: &Receiver<bool>, met: &mut bool) -> Result<(), RelayFault> {
        let mut line = self.world.carrier.open(relay, Arc::clone(&self.world.secrets), INDEX).await?;
        let mut room = self.room_bell.subscribe();
        let mut stop = stop.clone();
        let index = Index(CaseFile::new(client_of(&self.world.ids.fresh())));
        line.say(Said::StateVector(index.0.state_vector())).await?;
        let silence = tokio::time::sleep(ANSWERING);
        tokio::pin!(silence);
        loop {
            let mut name = false;
            tokio::select! {
                heard = line.hear() => match heard? {
                    Said::StateVector(theirs) => {
                        let missing = index.0.since(&theirs).map_err(|error| RelayFault::Refused(error.to_string()))?;
                        line.say(Said::Missing(missing)).await?;
                    }
                    Said::Missing(update) | Said::Update(update) => {
                        index.0.apply(&update).map_err(|error| RelayFault::Refused(format!("the relay sent what is no edit of a document: {error}")))?;
                        board.offered(index.named());
                        if !*met {
                            board.relay(LineState::Connected, None, self.now_s());
                            (*met, name) = (true, true);
                        }
                    }
                    Said::Kept(false) => return Err(RelayFault::Refused("the relay does not keep what is written here; the token may only read".to_owned())),
                    Said::Presence(_) | Said::AskPresence | Said::Kept(true) => {}
                },
                _ = room.changed() => name = *met,
                () = &mut silence, if !*met => return Err(mute()),
                () = ended(&mut stop) => return Ok(()),
            }
            if name {
                let wanted = relay.clone();
                let ours =
                    self.blocking(move |engine| engine.named_at(&wanted)).await.map_err(|error| RelayFault::Away(error.to_string()))?;
                if let Some(update) = index.name(&ours) {
                    line.say(Said::Update(update)).await?;
                    board.offered(index.named());
                }
            }
        }
    }

    /// Incidents that are here and shared at a relay, with their titles.
    fn named_at(&self, relay: &Relay) -> Result<Vec<(String, String)>, EngineError> {
        let titles = self.read(|tx| Ok(tx.incident_titles()?))?;
        Ok(titles.into_iter().filter(|(id, _)| is_shared_id(id) && relay.shares.hold(id)).collect())
    }
}

struct Index(CaseFile);

impl Index {
    /// Names incidents that are not named yet; answers the edit.
    fn name(&self, ours: &[(String, String)]) -> Option<Vec<u8>> {
        let known = self.named();
        let new = ours.iter().filter(|(id, _)| !known.contains_key(id)).map(|(id, title)| (id.as_str(), title.as_str()));
        self.0.put(Drawer::Entries, new.collect::<Vec<_>>())
    }

    /// All that are named, with their titles.
    fn named(&self) -> BTreeMap<String, String> {
        let all = self.0.list(Drawer::Entries).into_iter().filter(|(id, _)| is_shared_id(id)).take(MOST);
        all.map(|(id, title)| (id, words::plain(&title, 200))).collect()
    }
}
