//! One document at a relay that answers. Both sides say how far they are and send what the other lacks; after that, each edit goes out
//! as it is written. What is written while there is no line waits in the document itself: the next meeting carries it.

use std::sync::Arc;
use std::time::Duration;

use firewatch_casefile::{CaseError, CaseFile, client_of};
use firewatch_domain::ports::Line;
use firewatch_domain::relay::{LineState, Relay, RelayFault, Said};
use firewatch_store::StoreError;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch::Receiver;
use tokio::time::Instant;

use super::board::Board;
use super::keep::ended;
use super::room::Seen;
use crate::{Engine, EngineError};

/// Before the id of an incident, in the name of its document.
const PREFIX: &str = "firewatch-";
/// What others put into the room is looked through this soon after it came.
const GATHERED: Duration = Duration::from_millis(150);
/// A relay that tells nothing of a document for this long is none.
pub(super) const ANSWERING: Duration = Duration::from_secs(20);
/// Updates that say nothing.
pub(super) const NOTHING: [u8; 2] = [0, 0];

/// What a line holds while it stands.
struct Served {
    /// The log of the document is known to the relay up to here; none before it said how far it is.
    told: Option<i64>,
    /// What is known of the room.
    seen: Seen,
    /// The document of an incident that is not here yet.
    foreign: Option<CaseFile>,
}

impl Engine {
    /// Keeps the line of one incident until `stop` turns true.
    pub(super) async fn keep_line(self: Arc<Self>, relay: Relay, incident: String, board: Arc<Board>, stop: Receiver<bool>) {
        let mut attempt = 0;
        while !*stop.borrow() {
            board.incident(&incident, LineState::Connecting, None, self.now_s());
            let begun = self.world.clock.steady();
            let ended = self.serve(&relay, &incident, &board, &stop).await;
            self.presence_lost(&incident, &relay.name);
            let Err(fault) = ended else { return };
            // One that stood for a while was a good one.
            if self.world.clock.steady().saturating_sub(begun) > Duration::from_secs(30) {
                attempt = 0;
            }
            let (state, why) = told(&fault);
            board.incident(&incident, state, Some(why), self.now_s());
            tracing::info!(relay = %relay.name, incident, why, "a line to a relay ended");
            self.wait(&stop, self.wait_after(&fault, attempt)).await;
            attempt += 1;
        }
    }

    /// One line from its opening to its end; well ended only by `stop`.
    async fn serve(self: &Arc<Self>, relay: &Relay, incident: &str, board: &Board, stop: &Receiver<bool>) -> Result<(), RelayFault> {
        let document = format!("{PREFIX}{incident}");
        let mut line = self.world.carrier.open(relay, Arc::clone(&self.world.secrets), &document).await?;
        let (mut rings, mut room, mut spoken) = (self.case_bell.subscribe(), self.room_bell.subscribe(), self.presence_spoken());
        let mut stop = stop.clone();
        let mut served = self.begin_line(incident).await?;
        let foreign = served.foreign.as_ref().map(CaseFile::state_vector);
        let vector = match foreign {
            Some(vector) => vector,
            None => self.ours(incident, Self::case_state_vector).await?,
        };
        line.say(Said::StateVector(vector)).await?;
        line.say(Said::AskPresence).await?;
        if let Some(there) = self.presence_beside(incident, &relay.name) {
            line.say(Said::Presence(there)).await?;
        }
        let (mut gather, mut met) = (None, false);
        let silence = tokio::time::sleep(ANSWERING);
        tokio::pin!(silence);
        loop {
            tokio::select! {
                heard = line.hear() => match heard? {
                    Said::StateVector(theirs) => self.answer(&mut *line, incident, theirs, &mut served).await?,
                    Said::Missing(update) => {
                        self.hear_update(relay, incident, &update, &mut served).await?;
                        board.incident(incident, LineState::Connected, None, self.now_s());
                        (gather, met) = (gather.or_else(|| Some(soon())), true);
                    }
                    Said::Update(update) => {
                        self.hear_update(relay, incident, &update, &mut served).await?;
                        gather = gather.or_else(|| Some(soon()));
                    }
                    Said::Presence(update) => {
                        if self.hear_presence(incident, &update, &relay.name).is_err() {
                            return Err(RelayFault::Refused("the relay tells nonsense about who is there; it may be of another kind".to_owned()));
                        }
                    }
                    Said::AskPresence => {
                        if let Some(there) = self.presence_beside(incident, &relay.name) {
                            line.say(Said::Presence(there)).await?;
                        }
                    }
                    Said::Kept(true) => {}
                    Said::Kept(false) => return Err(RelayFault::Refused("the relay does not keep what is written here; the token may only read".to_owned())),
                },
                _ = rings.changed() => self.tell_news(&mut *line, relay, incident, &mut served).await?,
                _ = room.changed() => self.put_room(incident, &mut served).await?,
                // Counted from the first of them: others who type without a pause must not put it off.
                () = tokio::time::sleep_until(gather.unwrap_or_else(Instant::now)), if gather.is_some() => {
                    gather = None;
                    self.take_room(incident, &mut served).await?;
                }
                heard = spoken.recv() => match heard {
                    Ok(heard) if heard.incident == incident && heard.via != relay.name => line.say(Said::Presence(heard.update)).await?,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Ok(()),
                },
                () = &mut silence, if !met => return Err(mute()),
                () = ended(&mut stop) => return Ok(()),
            }
        }
    }

    /// What a line begins with: our side of the room in the document, or an empty document for an incident that is not here.
    async fn begin_line(self: &Arc<Self>, incident: &str) -> Result<Served, RelayFault> {
        let id = incident.to_owned();
        let begun = self.blocking(move |engine| {
            if !engine.is_here(&id)? {
                let foreign = CaseFile::new(client_of(&engine.world.ids.fresh()));
                return Ok(Served { told: None, seen: Seen::default(), foreign: Some(foreign) });
            }
            let mut seen = Seen::default();
            engine.room_out(&id, &mut seen)?;
            Ok(Served { told: None, seen, foreign: None })
        });
        begun.await.map_err(|error| away(&error))
    }

    /// They said how far they are: they get what they lack, and from here on all that is new.
    async fn answer(self: &Arc<Self>, line: &mut dyn Line, incident: &str, theirs: Vec<u8>, served: &mut Served) -> Result<(), RelayFault> {
        if served.foreign.is_some() {
            return line.say(Said::Missing(NOTHING.to_vec())).await;
        }
        let missing = self.ours(incident, move |engine, id| engine.missing_of(id, &theirs)).await?;
        served.told = Some(missing.1);
        line.say(Said::Missing(missing.0)).await
    }

    /// Sends what was written here since, one update after another, but not what came from there.
    async fn tell_news(
        self: &Arc<Self>,
        line: &mut dyn Line,
        relay: &Relay,
        incident: &str,
        served: &mut Served,
    ) -> Result<(), RelayFault> {
        let Some(after) = served.told else { return Ok(()) };
        let via = relay.name.clone();
        let (updates, head) = self.ours(incident, move |engine, id| engine.news_after(id, after, &via)).await?;
        served.told = Some(head);
        for update in updates {
            line.say(Said::Update(update)).await?;
        }
        Ok(())
    }

    async fn hear_update(self: &Arc<Self>, relay: &Relay, incident: &str, update: &[u8], served: &mut Served) -> Result<(), RelayFault> {
        if update == NOTHING {
            return Ok(());
        }
        let via = relay.name.clone();
        let Some(foreign) = served.foreign.take() else {
            let update = update.to_vec();
            return self.ours(incident, move |engine, id| engine.merge_from(id, &update, &via).map(drop)).await;
        };
        foreign.apply(update).map_err(|error| refused(&error))?;
        let admitted = self.ours(incident, move |engine, id| {
            if !engine.admit(id, &foreign, &via)? {
                return Ok((Some(foreign), None));
            }
            // All of it came from there: what is written from here on is news to them.
            engine.missing_of(id, &foreign.state_vector()).map(|(_, head)| (None, Some(head)))
        });
        (served.foreign, served.told) = admitted.await?;
        Ok(())
    }

    async fn put_room(self: &Arc<Self>, incident: &str, served: &mut Served) -> Result<(), RelayFault> {
        if served.foreign.is_some() {
            return Ok(());
        }
        let mut seen = std::mem::take(&mut served.seen);
        served.seen = self.ours(incident, move |engine, id| engine.room_out(id, &mut seen).map(|()| seen)).await?;
        Ok(())
    }

    async fn take_room(self: &Arc<Self>, incident: &str, served: &mut Served) -> Result<(), RelayFault> {
        if served.foreign.is_some() {
            return Ok(());
        }
        let mut seen = std::mem::take(&mut served.seen);
        served.seen = self.ours(incident, move |engine, id| engine.room_in(id, &mut seen).map(|()| seen)).await?;
        Ok(())
    }

    /// A verb on a document of ours, off the runtime's threads.
    async fn ours<T: Send + 'static>(
        self: &Arc<Self>,
        incident: &str,
        verb: impl FnOnce(&Self, &str) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, RelayFault> {
        let id = incident.to_owned();
        self.blocking(move |engine| verb(engine, &id)).await.map_err(|error| away(&error))
    }
}

/// When to look through what begins to come.
fn soon() -> Instant {
    Instant::now() + GATHERED
}

/// Whether a fault passes by itself, and its words.
pub(super) fn told(fault: &RelayFault) -> (LineState, &str) {
    match fault {
        RelayFault::Away(why) => (LineState::Waiting, why),
        RelayFault::Refused(why) => (LineState::Refused, why),
    }
}

/// What stood in the way on our side, or in what came.
pub(super) fn away(error: &EngineError) -> RelayFault {
    match error {
        EngineError::Case(error) => refused(error),
        EngineError::Store(StoreError::DiskFull) => RelayFault::Away("the disk is full: what others write cannot be kept".to_owned()),
        other => RelayFault::Away(other.to_string()),
    }
}

/// It took the connection and says nothing.
pub(super) fn mute() -> RelayFault {
    RelayFault::Refused("it takes the connection and says nothing that a relay would; it may be of another kind".to_owned())
}

fn refused(error: &CaseError) -> RelayFault {
    RelayFault::Refused(format!("the relay sent what is no edit of a document: {error}"))
}
