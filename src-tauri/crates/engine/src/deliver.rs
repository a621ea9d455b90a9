//! Carrying acts out: one task for each destination that has something due, so that a slow one holds up no other. An act is
//! marked before a byte leaves and its end is written before the next begins; nothing is repeated that was not looked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use firewatch_domain::destination::Destination;
use firewatch_domain::outbox::{Act, ActState, Delivered, Found, probeable, sendable};
use firewatch_domain::ports::{Courier, Tracker};
use firewatch_store::Tx;
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;

use crate::watch::pause;
use crate::{Engine, EngineError};

/// The longest real time between two looks at what is due; the bell rings for what is new.
const TICK: Duration = Duration::from_secs(5);
/// The wait before an end is written again that could not be kept.
const AGAIN: Duration = Duration::from_secs(2);

/// What is held between rounds.
#[derive(Default)]
pub(crate) struct Rounds {
    couriers: BTreeMap<String, (Destination, Arc<dyn Courier>)>,
    readers: BTreeMap<String, (Destination, Arc<dyn Tracker>)>,
    /// Destinations a task is at work for.
    busy: BTreeSet<String>,
    /// Unix seconds until which a destination asked to be left alone.
    held_until_s: BTreeMap<String, i64>,
}

/// What is done with an act.
enum Errand {
    Send,
    Look,
}

impl Engine {
    /// Delivers until `stop` turns true. What was on its way when the program last ended is looked for first.
    pub(crate) async fn deliver(self: Arc<Self>, stop: Receiver<bool>) {
        if let Err(error) = self.blocking(|engine| engine.recover_acts()).await {
            tracing::error!(%error, "the outbox could not be read");
        }
        let mut tasks = JoinSet::new();
        while !*stop.borrow() {
            self.start_errands(&mut tasks).await;
            pause(&stop, TICK, &self.post_bell).await;
            while tasks.try_join_next().is_some() {}
        }
        // What is on its way comes to its end: cutting it off would make it unknown.
        while tasks.join_next().await.is_some() {}
    }

    /// Delivers everything that is due now, once.
    pub async fn deliver_once(self: &Arc<Self>) -> Result<(), EngineError> {
        self.blocking(|engine| engine.recover_acts()).await?;
        let mut tasks = JoinSet::new();
        self.start_errands(&mut tasks).await;
        while tasks.join_next().await.is_some() {}
        Ok(())
    }

    fn recover_acts(&self) -> Result<(), EngineError> {
        self.write(|tx| {
            let interrupted = tx.open_acts(&self.replica(tx)?)?.into_iter().filter(|act| act.state == ActState::Sending);
            for act in interrupted {
                let act = act.interrupted(self.now_s());
                tx.set_act(&act)?;
                self.ticket_act_ended(tx, &act, false)?;
            }
            Ok(())
        })
    }

    async fn start_errands(self: &Arc<Self>, tasks: &mut JoinSet<()>) {
        let Ok(destinations) = self.blocking(|engine| engine.due_destinations()).await else { return };
        for destination in destinations {
            if self.rounds().busy.insert(destination.clone()) {
                tasks.spawn(Self::run_errands(Arc::clone(self), destination));
            }
        }
    }

    fn due_destinations(&self) -> Result<BTreeSet<String>, EngineError> {
        let now_s = self.now_s();
        let acts = self.read(|tx| Ok(tx.open_acts(&self.replica(tx)?)?))?;
        let mut due: BTreeSet<String> =
            sendable(&acts, now_s).into_iter().chain(probeable(&acts, now_s)).map(|act| act.destination.clone()).collect();
        let mut rounds = self.rounds();
        // A clock set back must not hold a destination for longer than was ever asked.
        rounds.held_until_s.retain(|_, until| *until > now_s && *until - now_s < 2 * 86_400);
        due.retain(|name| !rounds.held_until_s.contains_key(name));
        Ok(due)
    }

    async fn run_errands(self: Arc<Self>, destination: String) {
        loop {
            match self.next_errand(&destination).await {
                Ok(Some((act, errand))) => {
                    if !self.run_errand(act, errand).await {
                        break;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, destination, "an act could not be taken from the outbox");
                    break;
                }
            }
        }
        self.rounds().busy.remove(&destination);
    }

    async fn next_errand(self: &Arc<Self>, destination: &str) -> Result<Option<(Act, Errand)>, EngineError> {
        let destination = destination.to_owned();
        self.blocking(move |engine| {
            let now_s = engine.now_s();
            engine.read(|tx| {
                let acts = tx.open_acts(&engine.replica(tx)?)?;
                let here = |act: &&Act| act.destination == destination;
                // A look may free what waits for it, so looks come first.
                let look = probeable(&acts, now_s).into_iter().find(here).map(|act| (act.clone(), Errand::Look));
                Ok(look.or_else(|| sendable(&acts, now_s).into_iter().find(here).map(|act| (act.clone(), Errand::Send))))
            })
        })
        .await
    }

    /// Runs one errand; false when the destination is to be left alone for now.
    async fn run_errand(self: &Arc<Self>, act: Act, errand: Errand) -> bool {
        let courier = match self.courier(&act.destination).await {
            Ok(courier) => courier,
            Err(reason) => {
                let held = Delivered::NotSent { reason, wait_s: None, holds_all: true };
                return match errand {
                    Errand::Send => self.keep_end(act, held).await,
                    Errand::Look => self.keep_look(act, Found::Failed("the destination cannot be used".to_owned())).await,
                };
            }
        };
        match errand {
            Errand::Look => {
                let age_s = self.now_s() - act.sent_s.unwrap_or(act.created_s);
                let found = courier.probe(&act, age_s).await;
                self.keep_look(act, found).await
            }
            Errand::Send => {
                let seen = courier.before(&act).await;
                let Some(act) = self.claim(act, seen).await else { return true };
                let outcome = courier.deliver(&act).await;
                self.keep_end(act, outcome).await
            }
        }
    }

    /// Marks an act as being sent, unless the person changed it meanwhile.
    async fn claim(self: &Arc<Self>, act: Act, seen: Option<serde_json::Value>) -> Option<Act> {
        let claimed = self.blocking(move |engine| {
            engine.write(|tx| {
                // Gone: what it was to do is not wanted any more.
                let Ok(now) = tx.act(&act.id) else { return Ok(None) };
                if now.state != ActState::Queued {
                    return Ok(None);
                }
                let mut claimed = now.claimed(engine.now_s());
                if let (Some(seen), Some(payload)) = (seen, claimed.payload.as_object_mut()) {
                    payload.insert("seen".to_owned(), seen);
                }
                tx.set_act(&claimed)?;
                Ok(Some(claimed))
            })
        });
        claimed.await.unwrap_or_else(|error| {
            tracing::error!(%error, "an act could not be marked as being sent, so it is not sent");
            None
        })
    }

    async fn keep_end(self: &Arc<Self>, act: Act, outcome: Delivered) -> bool {
        let holds = matches!(&outcome, Delivered::NotSent { holds_all: true, .. });
        let act = act.delivered(outcome, self.now_s());
        if let (true, Some(due)) = (holds, act.due_s) {
            self.rounds().held_until_s.insert(act.destination.clone(), due);
        }
        self.keep(act).await;
        !holds
    }

    async fn keep_look(self: &Arc<Self>, act: Act, found: Found) -> bool {
        let failed = matches!(found, Found::Failed(_));
        let act = act.probed(found, self.now_s());
        self.keep(act).await;
        !failed
    }

    /// Writes how it ended, again and again: the other side may have it, and only this program knows.
    async fn keep(self: &Arc<Self>, act: Act) {
        loop {
            let ended = act.clone();
            let kept = self.blocking(move |engine| engine.write(|tx| engine.keep_act(tx, &ended))).await;
            match kept {
                Ok(()) => return,
                Err(error) => tracing::error!(%error, act = %act.id, "the end of an act could not be written; trying again"),
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    fn keep_act(&self, tx: &Tx<'_>, act: &Act) -> Result<(), EngineError> {
        // Settled, or to be sent again by the person's word, while it was looked for: their word stands.
        let now = tx.act(&act.id)?;
        if now.state.settled() || now.state == ActState::Queued && act.state == ActState::Unknown {
            return Ok(());
        }
        tx.set_act(act)?;
        self.take_receipt(tx, act)?;
        if act.kind.starts_with("ticket_") {
            self.ticket_act_ended(tx, act, false)?;
            self.ticket_bell.notify_one();
        }
        Ok(())
    }

    async fn courier(self: &Arc<Self>, name: &str) -> Result<Arc<dyn Courier>, String> {
        let wanted = name.to_owned();
        let destination = self.blocking(move |engine| engine.read(|tx| Ok(tx.destination(&wanted)?))).await;
        let destination = destination.map_err(|error| format!("{error}; add it again, or drop the act"))?;
        if let Some((kept, courier)) = self.rounds().couriers.get(name)
            && *kept == destination
        {
            return Ok(Arc::clone(courier));
        }
        let (world, asked) = (self.world.clone(), destination.clone());
        let made = tokio::task::spawn_blocking(move || world.post.courier(&asked, world.secrets.as_ref())).await;
        let courier = made.map_err(|lost| format!("the keyring could not be asked: {lost}"))??;
        self.rounds().couriers.insert(name.to_owned(), (destination, Arc::clone(&courier)));
        Ok(courier)
    }

    /// Lets a destination be tried at once, with its secret read anew.
    pub(crate) fn forget_courier(&self, name: &str) {
        let mut rounds = self.rounds();
        rounds.couriers.remove(name);
        rounds.readers.remove(name);
        rounds.held_until_s.remove(name);
    }

    /// The reading side of a tracker, if it was made already from this configuration.
    pub(crate) fn kept_reader(&self, destination: &Destination) -> Option<Arc<dyn Tracker>> {
        let rounds = self.rounds();
        rounds.readers.get(&destination.name).filter(|(kept, _)| kept == destination).map(|(_, reader)| Arc::clone(reader))
    }

    /// Keeps the reading side of a tracker.
    pub(crate) fn keep_reader(&self, destination: Destination, reader: &Arc<dyn Tracker>) {
        self.rounds().readers.insert(destination.name.clone(), (destination, Arc::clone(reader)));
    }

    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
