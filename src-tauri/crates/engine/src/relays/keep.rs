//! Runs the relays: one task for each, and in it one line for each document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use firewatch_domain::relay::{LineState, Relay, RelayFault, RelayKind, Shares, is_shared_id};
use firewatch_store::Topic;
use tokio::sync::watch::{Receiver, Sender};
use tokio::task::{AbortHandle, JoinSet};

use super::board::Board;
use crate::{Engine, EngineError};

/// Least between two looks at which relays and which incidents there are.
const TICK: Duration = Duration::from_millis(500);
/// Most between two looks at which relays there are: a task that was lost is noticed by nobody else.
const LOOK_AGAIN: Duration = Duration::from_secs(15);
/// Incidents that keep their line: those that were written in last.
const ALWAYS: usize = 48;
/// Lines for all others, who take turns.
const BY_TURNS: usize = 16;
/// Looks for which a turn lasts.
const TURN: u32 = 60;
/// Said of an incident whose turn is not now.
const NOT_NOW: &str = "carried by turns: newer incidents keep their lines";
/// The first wait after a line was lost, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(300);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The first wait after a relay said no, and the longest.
const FIRST_WAIT_REFUSED: Duration = Duration::from_secs(20);
const LONGEST_WAIT_REFUSED: Duration = Duration::from_mins(5);

impl Engine {
    /// Carries documents to relays and back until `stop` turns true.
    pub(crate) async fn keep_relays(self: Arc<Self>, stop: Receiver<bool>) {
        let mut tasks = JoinSet::new();
        let mut running: BTreeMap<String, (Relay, AbortHandle)> = BTreeMap::new();
        let mut rings = self.case_bell.subscribe();
        while !*stop.borrow() && !self.drill {
            rings.mark_unchanged();
            let Ok(relays) = self.blocking(|engine| engine.read(|tx| Ok(tx.relays()?))).await else {
                self.wait(&stop, TICK).await;
                continue;
            };
            running.retain(|name, (relay, task)| {
                let kept = !task.is_finished() && relays.iter().any(|(one, _)| one == relay);
                if !kept {
                    task.abort();
                    self.lose_presence(name);
                }
                kept
            });
            for (relay, _) in relays {
                running.entry(relay.name.clone()).or_insert_with(|| {
                    let task = tasks.spawn(Arc::clone(&self).run_relay(relay.clone(), stop.clone()));
                    (relay, task)
                });
            }
            while tasks.try_join_next().is_some() {}
            self.wait(&stop, TICK).await;
            tokio::select! {
                _ = rings.changed() => {}
                () = self.wait(&stop, LOOK_AGAIN) => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Lets relays know when something is written, by whomever.
    pub(crate) fn listen_for_relays(self: &Arc<Self>) {
        let engine = Arc::downgrade(self);
        self.store.on_change(move |topics| {
            let Some(engine) = engine.upgrade() else { return };
            if topics.contains(&Topic::Incidents) || topics.contains(&Topic::FollowUps) {
                engine.room_bell.send_modify(|rings| *rings = rings.wrapping_add(1));
            }
            if topics.contains(&Topic::Postmortem) {
                engine.ring_relays();
            }
        });
    }

    /// Incidents that are shared at a relay, the ones written in last first: those that are here, and those that others offer.
    pub(super) fn shared_at(&self, relay: &Relay, offered: &BTreeMap<String, String>) -> Result<Vec<String>, EngineError> {
        self.read(|tx| {
            let latest = tx.latest_by_incident()?;
            let wanted: BTreeSet<&String> = match &relay.shares {
                Shares::All => latest.keys().chain(offered.keys()).collect(),
                Shares::Chosen { incidents } => incidents.iter().collect(),
            };
            // What was merged is one story in one document.
            let standing =
                |id: &String| if latest.contains_key(id) { self.incident_of(tx, id).map(|one| one.id.clone()) } else { Ok(id.clone()) };
            let unique = wanted.into_iter().filter(|id| is_shared_id(id)).map(standing).collect::<Result<BTreeSet<_>, _>>()?;
            let mut shared: Vec<String> = unique.into_iter().collect();
            shared.sort_by_key(|id| std::cmp::Reverse(latest.get(id).copied().unwrap_or(i64::MAX)));
            Ok(shared)
        })
    }

    async fn run_relay(self: Arc<Self>, relay: Relay, stop: Receiver<bool>) {
        let board = Arc::new(Board::default());
        board.relay(LineState::Connecting, None, self.now_s());
        if let RelayKind::Folder { path } = &relay.kind {
            self.clone().run_folder(&relay, path, &board, &stop).await;
        } else {
            self.clone().run_lines(&relay, &board, &stop).await;
        }
    }

    async fn run_lines(self: Arc<Self>, relay: &Relay, board: &Arc<Board>, stop: &Receiver<bool>) {
        let mut tasks = JoinSet::new();
        let index = tasks.spawn(Arc::clone(&self).keep_index(relay.clone(), Arc::clone(board), stop.clone()));
        let mut lines: BTreeMap<String, AbortHandle> = BTreeMap::new();
        let mut looks = 0_u32;
        let (mut rings, mut room) = (Heard::of(&self.case_bell), Heard::of(&self.room_bell));
        let (mut offered, mut shared) = (BTreeMap::new(), Vec::new());
        while !*stop.borrow() && !index.is_finished() {
            let offers = board.offers();
            let rung = [rings.again(), room.again(), offers != offered];
            if rung.contains(&true) {
                let (wanted, named) = (relay.clone(), offers.clone());
                match Arc::clone(&self).blocking(move |engine| engine.shared_at(&wanted, &named)).await {
                    Ok(now) => (offered, shared) = (offers, now),
                    // A disk that does not answer is asked again.
                    Err(_) => rings.forget(),
                }
            }
            let carried = carried(&shared, (looks / TURN) as usize);
            lines.retain(|incident, line| {
                let kept = carried.contains(incident);
                if !kept {
                    line.abort();
                    board.gone(incident);
                    self.presence_lost(incident, &relay.name);
                }
                kept && !line.is_finished()
            });
            for incident in shared.iter().filter(|incident| !carried.contains(*incident)) {
                board.incident(incident, LineState::Waiting, Some(NOT_NOW), self.now_s());
            }
            for incident in carried {
                lines
                    .entry(incident.clone())
                    .or_insert_with(|| tasks.spawn(Arc::clone(&self).keep_line(relay.clone(), incident, Arc::clone(board), stop.clone())));
            }
            while tasks.try_join_next().is_some() {}
            if let Err(error) = self.write_board(&relay.name, board).await {
                tracing::warn!(%error, relay = %relay.name, "how the relay stands could not be written down");
            }
            looks = looks.wrapping_add(1);
            self.wait(stop, TICK).await;
        }
    }

    /// How long to wait before a line is tried again, with some jitter: machines that lost the same relay must not come back at once.
    pub(super) fn wait_after(&self, fault: &RelayFault, attempt: u32) -> Duration {
        let (first, longest) = match fault {
            RelayFault::Away(_) => (FIRST_WAIT, LONGEST_WAIT),
            RelayFault::Refused(_) => (FIRST_WAIT_REFUSED, LONGEST_WAIT_REFUSED),
        };
        let wait = first.saturating_mul(1 << attempt.min(12)).min(longest);
        let chance = f64::from(firewatch_casefile::client_of(&self.world.ids.fresh()) % 1000) / 1000.0;
        wait.mul_f64(0.75 + chance / 2.0)
    }

    /// Waits for a while, or for the end.
    pub(super) async fn wait(&self, stop: &Receiver<bool>, span: Duration) {
        let mut stop = stop.clone();
        tokio::select! {
            () = tokio::time::sleep(span) => {}
            () = ended(&mut stop) => {}
        }
    }
}

/// A bell, and how often it had rung when it was last asked.
pub(super) struct Heard(Receiver<u64>, Option<u64>);

impl Heard {
    /// A bell that was never asked yet.
    pub(super) fn of(bell: &Sender<u64>) -> Self {
        Self(bell.subscribe(), None)
    }

    /// Whether it rang since it was asked; at first it did.
    pub(super) fn again(&mut self) -> bool {
        let rings = *self.0.borrow();
        self.1.replace(rings) != Some(rings)
    }

    /// What it told came to nothing.
    pub(super) fn forget(&mut self) {
        self.1 = None;
    }
}

/// Of incidents that are shared, newest first, those that have a line in a turn.
fn carried(shared: &[String], turn: usize) -> BTreeSet<String> {
    let (always, others) = shared.split_at(shared.len().min(ALWAYS));
    let turns = others.len().div_ceil(BY_TURNS).max(1);
    let now = others.chunks(BY_TURNS).nth(turn % turns).unwrap_or_default();
    always.iter().chain(now).cloned().collect()
}

/// Waits for the end.
pub(super) async fn ended(stop: &mut Receiver<bool>) {
    stop.wait_for(|stop| *stop).await.ok();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everybody_has_a_line_in_some_turn_and_the_newest_always() {
        for count in [0, 1, ALWAYS, ALWAYS + 1, 500] {
            let shared: Vec<String> = (0..count).map(|n| format!("incident-{n:04}")).collect();
            let mut had = BTreeSet::new();
            for turn in 0..count.div_ceil(BY_TURNS) {
                let now = carried(&shared, turn);
                assert!(now.len() <= ALWAYS + BY_TURNS && shared.iter().take(ALWAYS).all(|id| now.contains(id)));
                had.extend(now);
            }
            assert_eq!(had.len(), count);
        }
    }

    #[test]
    fn ids_of_ours_are_names_of_documents_and_folders() {
        assert!(is_shared_id("01995f7a-1111-7222-8333-444455556666"));
        for bad in ["", "short", "../../etc/passwd", "with space in it", &"x".repeat(101)] {
            assert!(!is_shared_id(bad), "{bad}");
        }
    }
}
