//! The outbox: every act toward the outside world, from the moment it was meant until its receipt.
//!
//! `queued → sending → done | rejected | unknown`. An act is written in the transaction of its cause and marked *sending*
//! before a byte leaves, so that a crash leaves a trace. Whatever ended unclear is *unknown*: it is looked for before anything
//! is sent again, and where the other side cannot be asked, the person decides. All rules here are pure; the engine only
//! carries out.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Seconds after sending at which an unclear end is looked for; then every [`LATE_PROBE_S`].
const PROBES_S: [i64; 4] = [5, 30, 120, 600];
const LATE_PROBE_S: i64 = 1800;
/// The longest wait between two attempts that never left this machine.
const LONGEST_BACKOFF_S: i64 = 300;
/// The longest any answer may make us wait.
const LONGEST_WAIT_S: i64 = 86_400;

/// Why an act that the person dropped is rejected.
pub const DROPPED: &str = "dropped by hand";

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    /// Waits for its turn.
    Queued,
    /// A byte may have left.
    Sending,
    /// The other side has it.
    Done,
    /// The other side refused it, or the person dropped it.
    Rejected,
    /// Nobody knows yet.
    Unknown,
}

impl ActState {
    /// All, in the order of an act's life.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Sending, Self::Done, Self::Rejected, Self::Unknown];

    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == text)
    }

    /// Nothing more will happen by itself.
    pub fn settled(self) -> bool {
        matches!(self, Self::Done | Self::Rejected)
    }
}

/// What the other side has of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its id there: a ticket's key, a message's timestamp; `accepted` where none comes back.
    pub id: String,
    /// Its address there, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What a person needs beside it: a passcode, a number to dial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The id there that never changes, where `id` is one for people that may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting: Option<String>,
}

impl Receipt {
    /// An id and nothing else.
    pub fn of(id: &str) -> Self {
        Self { id: id.to_owned(), url: None, note: None, lasting: None }
    }
}

/// One act toward the outside world.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Id; travels along as the marker where the other side can carry one.
    pub id: String,
    /// Name of the destination.
    pub destination: String,
    /// What it is about (an incident, a follow-up): acts on the same object keep their order.
    pub object: String,
    /// What is done, such as `post_update`.
    pub kind: String,
    /// What is sent, as the person saw it.
    pub payload: Value,
    /// Who wrote it: only this replica may send it.
    pub replica: String,
    /// Unix seconds at which it was meant.
    pub created_s: i64,
    /// Where it stands.
    pub state: ActState,
    /// Times it was sent, or tried to be.
    pub attempts: u32,
    /// Times it was looked for since it was last sent.
    pub probes: u32,
    /// Unix seconds of the latest attempt.
    pub sent_s: Option<i64>,
    /// Unix seconds of the next attempt or look; none when it waits for the person or is settled.
    pub due_s: Option<i64>,
    /// What stands in the way, or what was said.
    pub reason: Option<String>,
    /// What the other side has.
    pub receipt: Option<Receipt>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// The other side has it.
    Done(Receipt),
    /// The other side will not have it as it is; nothing was done.
    Refused(String),
    /// The same, with what was said about single fields, by their name there; kept with the act as `refused`.
    RefusedFields {
        /// Why.
        reason: String,
        /// Field to message.
        fields: std::collections::BTreeMap<String, String>,
    },
    /// Nothing was done, and another attempt may help: no connection, a limit, a sign-in that lapsed.
    NotSent {
        /// Why.
        reason: String,
        /// Seconds the other side asked us to wait.
        wait_s: Option<i64>,
        /// The same would happen to every act for this destination.
        holds_all: bool,
    },
    /// A byte may have left, and no clear answer came.
    Unsure(String),
}

/// What looking for an act found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is there.
    There(Receipt),
    /// It is there more than once; the one to keep comes first.
    Several(Vec<Receipt>),
    /// It is certainly not there: sending again doubles nothing.
    NotThere,
    /// Not seen, which proves nothing yet.
    NotSeen(String),
    /// The look itself failed.
    Failed(String),
    /// The other side cannot be asked.
    CannotAsk,
}

/// What the person decides of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is there, as this.
    Done(Receipt),
    /// It shall not be sent any more.
    Drop,
}

/// Why the person cannot do that with an act.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// It is on its way.
    #[error("it is being sent right now; wait for its end")]
    OnItsWay,
    /// It ended already.
    #[error("it is {0} already; nothing is left to do")]
    Settled(&'static str),
}

impl Act {
    /// A new act, due at once.
    pub fn new(id: String, destination: &str, object: &str, kind: &str, payload: Value, replica: &str, now_s: i64) -> Self {
        Self {
            id,
            destination: destination.to_owned(),
            object: object.to_owned(),
            kind: kind.to_owned(),
            payload,
            replica: replica.to_owned(),
            created_s: now_s,
            state: ActState::Queued,
            attempts: 0,
            probes: 0,
            sent_s: None,
            due_s: Some(now_s),
            reason: None,
            receipt: None,
        }
    }

    /// Marked before a byte leaves.
    pub fn claimed(mut self, now_s: i64) -> Self {
        (self.state, self.sent_s, self.due_s) = (ActState::Sending, Some(now_s), None);
        (self.attempts, self.probes, self.reason) = (self.attempts.saturating_add(1), 0, None);
        self
    }

    /// After an attempt.
    pub fn delivered(mut self, outcome: Delivered, now_s: i64) -> Self {
        match outcome {
            Delivered::Done(receipt) => self.done(receipt),
            Delivered::Refused(reason) => {
                (self.state, self.due_s, self.reason) = (ActState::Rejected, None, Some(reason));
            }
            Delivered::RefusedFields { reason, fields } => {
                (self.state, self.due_s, self.reason) = (ActState::Rejected, None, Some(reason));
                if let Some(payload) = self.payload.as_object_mut() {
                    payload.insert("refused".to_owned(), serde_json::json!(fields));
                }
            }
            Delivered::NotSent { reason, wait_s, .. } => {
                let wait = match wait_s {
                    // What was asked for is a least: never earlier, a little later.
                    Some(asked) => asked.clamp(1, LONGEST_WAIT_S) * (100 + self.spread(30)) / 100 + 1,
                    None => (2_i64 << self.attempts.clamp(1, 10)).min(LONGEST_BACKOFF_S) * (70 + self.spread(60)) / 100,
                };
                (self.state, self.due_s, self.reason) = (ActState::Queued, Some(now_s + wait), Some(reason));
            }
            Delivered::Unsure(reason) => self.unknown(reason, now_s),
        }
        self
    }

    /// Found *sending* at the start: the program ended in between.
    pub fn interrupted(mut self, now_s: i64) -> Self {
        if self.state == ActState::Sending {
            self.unknown("the program ended while it was being sent".to_owned(), now_s);
            self.due_s = Some(now_s);
        }
        self
    }

    /// After a look.
    pub fn probed(mut self, found: Found, now_s: i64) -> Self {
        if self.state != ActState::Unknown {
            return self;
        }
        self.probes = self.probes.saturating_add(1);
        match found {
            Found::There(receipt) => self.done(receipt),
            Found::Several(receipts) => {
                let all: Vec<&str> = receipts.iter().map(|r| r.id.as_str()).collect();
                self.reason = Some(format!("it is there {} times ({}); say which one counts", receipts.len(), all.join(", ")));
                self.due_s = None;
            }
            Found::NotThere => {
                (self.state, self.due_s) = (ActState::Queued, Some(now_s));
                self.reason = Some("it was looked for and is not there; it is sent again".to_owned());
            }
            Found::NotSeen(reason) | Found::Failed(reason) => {
                self.reason = Some(reason);
                self.due_s = Some(now_s.max(self.next_probe_s(now_s)));
            }
            Found::CannotAsk => self.due_s = None,
        }
        self
    }

    /// The person wants it sent again, whatever may have happened before.
    pub fn retried(mut self, now_s: i64) -> Result<Self, ActError> {
        match self.state {
            ActState::Sending => Err(ActError::OnItsWay),
            ActState::Done => Err(ActError::Settled("done")),
            ActState::Queued | ActState::Rejected | ActState::Unknown => {
                (self.state, self.due_s, self.reason) = (ActState::Queued, Some(now_s), None);
                Ok(self)
            }
        }
    }

    /// The person says how it ended.
    pub fn settled(mut self, settlement: Settlement) -> Result<Self, ActError> {
        match (self.state, settlement) {
            (ActState::Sending, _) => Err(ActError::OnItsWay),
            (ActState::Done, _) => Err(ActError::Settled("done")),
            (_, Settlement::Done(receipt)) => {
                self.done(receipt);
                Ok(self)
            }
            (_, Settlement::Drop) => {
                (self.state, self.due_s) = (ActState::Rejected, None);
                self.reason = Some(DROPPED.to_owned());
                Ok(self)
            }
        }
    }

    fn done(&mut self, receipt: Receipt) {
        (self.state, self.due_s, self.reason, self.receipt) = (ActState::Done, None, None, Some(receipt));
    }

    fn unknown(&mut self, reason: String, now_s: i64) {
        (self.state, self.reason, self.probes) = (ActState::Unknown, Some(reason), 0);
        self.due_s = Some(self.next_probe_s(now_s));
    }

    fn next_probe_s(&self, now_s: i64) -> i64 {
        let sent = self.sent_s.unwrap_or(now_s);
        PROBES_S.get(self.probes as usize).map_or(now_s + LATE_PROBE_S, |after| sent + after)
    }

    /// 0 to `most`, the same for the same attempt of the same act: senders that failed together do not return together.
    fn spread(&self, most: i64) -> i64 {
        let seed = self.id.bytes().fold(u64::from(self.attempts) + 0x9E37, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
        (seed >> 17) as i64 % (most + 1)
    }
}

/// The acts that may be sent now, oldest first: of each object only the first that is not settled or unknown, so that order is
/// kept, while an unknown one holds up nothing. `acts`: all of one replica that are not settled, oldest first.
pub fn sendable(acts: &[Act], now_s: i64) -> Vec<&Act> {
    let mut seen = std::collections::BTreeSet::new();
    acts.iter()
        .filter(|act| matches!(act.state, ActState::Queued | ActState::Sending))
        .filter(|act| seen.insert((&act.destination, &act.object)))
        .filter(|act| act.state == ActState::Queued && act.due_s.is_some_and(|due| due <= now_s))
        .collect()
}

/// The acts that are to be looked for now.
pub fn probeable(acts: &[Act], now_s: i64) -> Vec<&Act> {
    acts.iter().filter(|act| act.state == ActState::Unknown && act.due_s.is_some_and(|due| due <= now_s)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn act(id: &str, object: &str) -> Act {
        Act::new(id.to_owned(), "ops", object, "post_update", Value::Null, "r", 100)
    }

    fn receipt() -> Receipt {
        Receipt::of("OPS-1")
    }

    #[test]
    fn order_is_kept_per_object_and_unknown_holds_up_nothing() {
        let mut acts = vec![act("1", "a"), act("2", "a"), act("3", "b")];
        let ids = |acts: &[Act]| sendable(acts, 100).iter().map(|a| a.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&acts), ["1", "3"]);
        acts[0] = acts[0].clone().claimed(100);
        assert_eq!(ids(&acts), ["3"]);
        acts[0] = acts[0].clone().delivered(Delivered::Unsure("lost".to_owned()), 101);
        assert_eq!(ids(&acts), ["2", "3"]);
        assert!(probeable(&acts, 104).is_empty());
        assert_eq!(probeable(&acts, 105).len(), 1);
    }

    #[test]
    fn a_wait_that_was_asked_for_is_a_least() {
        for n in 0..50 {
            let waits = act(&n.to_string(), "a").claimed(100);
            let asked = Delivered::NotSent { reason: "429".to_owned(), wait_s: Some(30), holds_all: true };
            let due = waits.clone().delivered(asked, 100).due_s.unwrap();
            assert!((131..=140).contains(&due), "{due}");
            let offline = Delivered::NotSent { reason: "no route".to_owned(), wait_s: None, holds_all: true };
            let due = waits.delivered(offline, 100).due_s.unwrap();
            assert!((102..=106).contains(&due), "{due}");
        }
    }

    #[test]
    fn an_unclear_end_is_looked_for_and_never_resent_by_a_timer() {
        let mut lost = act("1", "a").claimed(100).delivered(Delivered::Unsure("reply lost".to_owned()), 120);
        for due in [105, 130, 220, 700] {
            assert_eq!(lost.due_s.map(|d| d.max(120)), Some(due.max(120)));
            lost = lost.probed(Found::NotSeen("not seen yet".to_owned()), due.max(120));
            assert_eq!(lost.state, ActState::Unknown);
        }
        assert_eq!(lost.due_s, Some(700 + LATE_PROBE_S));
        assert_eq!(lost.clone().probed(Found::CannotAsk, 800).due_s, None);
        assert_eq!(lost.clone().probed(Found::There(receipt()), 800).state, ActState::Done);
        assert_eq!(lost.probed(Found::NotThere, 800).state, ActState::Queued);
    }

    #[test]
    fn the_person_decides_only_what_is_open() {
        let sending = act("1", "a").claimed(100);
        assert_eq!(sending.clone().retried(101), Err(ActError::OnItsWay));
        let done = sending.clone().delivered(Delivered::Done(receipt()), 101);
        assert_eq!(done.clone().settled(Settlement::Drop), Err(ActError::Settled("done")));
        let unknown = sending.interrupted(200);
        assert_eq!((unknown.state, unknown.due_s), (ActState::Unknown, Some(200)));
        assert_eq!(unknown.clone().settled(Settlement::Done(receipt())).unwrap().state, ActState::Done);
        assert_eq!(unknown.settled(Settlement::Drop).unwrap().state, ActState::Rejected);
    }

    /// What can happen to an act.
    fn happening() -> impl Strategy<Value = u8> {
        0_u8..9
    }

    proptest! {
        /// Between two sendings of the same act lies a certain "not there", a certain "nothing was done", or the person.
        #[test]
        fn nothing_is_sent_twice_unasked(happenings in proptest::collection::vec(happening(), 1..40)) {
            let mut now = 100;
            let mut act = act("1", "a");
            let mut may_send = true;
            for happening in happenings {
                now += 700;
                act = match happening {
                    0 | 1 if !sendable(std::slice::from_ref(&act), now).is_empty() => {
                        prop_assert!(may_send);
                        may_send = false;
                        act.claimed(now)
                    }
                    2 if act.state == ActState::Sending => act.delivered(Delivered::Unsure("?".to_owned()), now),
                    3 if act.state == ActState::Sending => {
                        may_send = true;
                        act.delivered(Delivered::NotSent { reason: "no route".to_owned(), wait_s: None, holds_all: true }, now)
                    }
                    4 => act.interrupted(now),
                    5 => act.probed(Found::NotSeen("not yet".to_owned()), now),
                    6 if act.state == ActState::Unknown => {
                        may_send = true;
                        act.probed(Found::NotThere, now)
                    }
                    7 => act.probed(Found::Failed("offline".to_owned()), now),
                    8 if act.state == ActState::Unknown => {
                        may_send = true;
                        act.retried(now).unwrap()
                    }
                    _ => act,
                };
            }
        }
    }
}
