//! One entry of an incident's append-only list, and the clock that orders entries of several machines.
//!
//! Entries are never edited: a correction is an entry that names what it corrects. Unknown kinds are kept as they came, so
//! that an older version never loses what a newer one wrote.

use chrono::{DateTime, Utc};
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checklist::Item;
use crate::followup::FollowUpChange;
use crate::hours::Spell;
use crate::incident::Phase;
use crate::policy::Grade;
use crate::postmortem::PostmortemState;

/// A hybrid logical clock: wall time where clocks behave, a counter where they do not; the replica breaks ties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hlc {
    /// Unix milliseconds, never smaller than any seen before.
    pub wall_ms: i64,
    /// Order within one millisecond.
    pub counter: u32,
    /// Who wrote it.
    pub replica: String,
}

impl Hlc {
    /// The reading after `latest` at `now_ms`; moves on even when the wall clock went back.
    pub fn after(latest: Option<&Self>, now_ms: i64, replica: &str) -> Self {
        let (wall_ms, counter) = match latest {
            Some(last) if last.wall_ms >= now_ms => match last.counter.checked_add(1) {
                Some(counter) => (last.wall_ms, counter),
                None => (last.wall_ms.saturating_add(1), 0),
            },
            _ => (now_ms, 0),
        };
        Self { wall_ms, counter, replica: replica.to_owned() }
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Id.
    pub id: String,
    /// Incident it belongs to.
    pub incident: String,
    /// When it happened, as claimed by who wrote it.
    pub at: DateTime<Utc>,
    /// Order among entries.
    pub hlc: Hlc,
    /// Person who wrote it.
    pub author: String,
    /// Kind, as stored.
    pub kind: String,
    /// Version of the payload's shape.
    pub version: u32,
    /// What it says.
    pub payload: Value,
    /// Entry it corrects.
    pub corrects: Option<String>,
}

/// What an entry says, where this version knows its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Event {
    /// The incident begins.
    Declared {
        /// Title.
        title: String,
        /// How grave.
        severity: Grade,
        /// SLOs concerned, as id and name.
        slos: Vec<SloRef>,
        /// SLO and minute of the fire, when a policy opened it.
        cause: Option<Cause>,
        /// Declared in the drill.
        drill: bool,
        /// Unix seconds at which customers began to suffer, where an SLO told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        impact_s: Option<i64>,
    },
    /// Somebody wrote something.
    Note {
        /// Text.
        text: String,
    },
    /// It moved on.
    Phase {
        /// To.
        phase: Phase,
    },
    /// It is graver, or less.
    Severity {
        /// Now.
        severity: Grade,
    },
    /// Somebody took a role.
    Role {
        /// Role.
        role: String,
        /// Who; empty when given up.
        person: String,
    },
    /// An SLO concerned turned.
    Turned {
        /// Which.
        slo: SloRef,
        /// How, in words.
        text: String,
        /// State after it.
        state: String,
    },
    /// An SLO suffered from it in a span: what was spent there is this incident's.
    Impact {
        /// Which.
        slo: SloRef,
        /// Unix seconds.
        from_s: i64,
        /// Unix seconds, exclusive.
        to_s: i64,
    },
    /// Somebody said it is theirs.
    Acknowledged,
    /// A line of investigation was begun.
    StreamOpened {
        /// Its id.
        stream: String,
        /// What it looks into.
        title: String,
        /// Who owns it; empty for nobody yet.
        owner: String,
    },
    /// A stream has another owner.
    StreamOwned {
        /// Which.
        stream: String,
        /// Who.
        owner: String,
    },
    /// Something was heard from a stream.
    StreamSaid {
        /// Which.
        stream: String,
        /// What.
        text: String,
    },
    /// A stream came to its end.
    StreamClosed {
        /// Which.
        stream: String,
        /// What it found.
        outcome: String,
    },
    /// Something was done to the system, drawn on the charts.
    Marked {
        /// What.
        mark: Mark,
        /// In words.
        text: String,
    },
    /// The text of the corrected entry reads otherwise.
    Corrected {
        /// How.
        text: String,
    },
    /// The corrected entry does not hold: it stays, struck through, and counts no more.
    Struck {
        /// Why.
        reason: String,
    },
    /// A time of the incident is another than the entries say.
    Timed {
        /// Which.
        moment: Moment,
        /// Unix seconds; none takes an earlier correction back.
        at_s: Option<i64>,
        /// Why.
        reason: String,
    },
    /// People meet there.
    RoomOpened {
        /// Link.
        url: String,
        /// Passcode, a number to dial; empty for none.
        note: String,
        /// Destination that made it; empty for a link.
        destination: String,
        /// Its id at the destination; empty for a link.
        meeting: String,
    },
    /// Nobody meets there any more.
    RoomClosed,
    /// What was known at a moment was kept as it was.
    Evidence {
        /// SHA-256 of its bytes, in hexadecimal.
        hash: String,
        /// What it holds, in words.
        text: String,
    },
    /// What is to be done; takes the place of the list before, what was done stays done.
    Checklist {
        /// All of it.
        items: Vec<Item>,
    },
    /// An item of the checklist was done, or is open again.
    Checked {
        /// Its id.
        item: String,
        /// Done.
        done: bool,
    },
    /// The incident moved on although something stood against it.
    GateOverridden {
        /// To.
        phase: Phase,
        /// What stood against it, in words.
        open: Vec<String>,
        /// Why it was right all the same.
        reason: String,
    },
    /// A role is to pass to a person, who has not confirmed yet.
    RoleOffered {
        /// Role.
        role: String,
        /// To whom.
        person: String,
    },
    /// The person read back what they took over: the role is theirs.
    RoleConfirmed {
        /// Role.
        role: String,
        /// Whose it is.
        person: String,
        /// What they read back; empty where it was said aloud.
        readback: String,
    },
    /// The hand-over of a role does not happen.
    RoleDeclined {
        /// Role.
        role: String,
        /// Who will not have it.
        person: String,
    },
    /// It was over, and is not.
    Reopened {
        /// Back to.
        phase: Phase,
        /// Why.
        reason: String,
    },
    /// It is another incident's: the entries of both are one story from here on.
    Merged {
        /// The other.
        into: String,
        /// Why.
        reason: String,
    },
    /// Somebody worked on it, and shared that.
    Effort {
        /// Who, when, how long.
        spell: Spell,
    },
    /// A picture; its bytes are kept by their hash.
    Attached {
        /// SHA-256 of its bytes, in hexadecimal.
        hash: String,
        /// `image/png`, …
        mime: String,
        /// Bytes.
        size: u64,
        /// What it shows; may be empty.
        text: String,
    },
    /// The corrected entry was starred, or the star taken back.
    Starred {
        /// Starred.
        starred: bool,
    },
    /// A status update was written.
    Update {
        /// As it was sent.
        text: String,
        /// Names of the destinations; none when it was only written.
        to: Vec<String>,
    },
    /// Work that comes out of it was written down, or changed.
    FollowUp {
        /// Id of the follow-up.
        followup: String,
        /// What became of it.
        change: FollowUpChange,
        /// The same in words, with its title as it was then.
        text: String,
    },
    /// The postmortem moved on, or back.
    PostmortemState {
        /// To.
        state: PostmortemState,
    },
    /// Somebody is to read the postmortem, or has.
    Reviewer {
        /// Who.
        person: String,
        /// Read it, and holds it to be right; false for asked, or for taken back.
        approved: bool,
    },
    /// Somebody need not read the postmortem after all.
    ReviewerReleased {
        /// Who.
        person: String,
    },
    /// A point of the postmortem's checklist was looked at, or is open again.
    PostmortemChecked {
        /// The point, in its words.
        item: String,
        /// Looked at.
        done: bool,
    },
}

/// What was done to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Something new went out.
    Deploy,
    /// Something was done against it.
    Mitigation,
    /// Something old came back.
    Rollback,
}

impl Mark {
    /// As shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Mitigation => "mitigation",
            Self::Rollback => "rollback",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Deploy, Self::Mitigation, Self::Rollback].into_iter().find(|mark| mark.word() == text)
    }
}

/// A time of an incident that can be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Customers began to suffer.
    ImpactStart,
    /// A machine or a person noticed.
    Detected,
    /// A person took it.
    Acknowledged,
    /// Customers stopped suffering.
    Mitigated,
    /// It was over.
    Resolved,
}

impl Moment {
    /// All, in the order they should come in.
    pub const ALL: [Self; 5] = [Self::ImpactStart, Self::Detected, Self::Acknowledged, Self::Mitigated, Self::Resolved];

    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::ImpactStart => "impact_start",
            Self::Detected => "detected",
            Self::Acknowledged => "acknowledged",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|moment| moment.word() == text)
    }
}

/// An SLO as an entry remembers it: the name stays readable when the SLO is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SloRef {
    /// Id.
    pub id: String,
    /// Unique name.
    pub name: String,
}

/// What made a policy open an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// SLO id.
    pub slo: String,
    /// Unix seconds at which the fire began.
    pub since_s: i64,
}

impl Event {
    /// Kind and payload as stored.
    pub fn stored(&self) -> (String, Value) {
        let value = serde_json::to_value(self).unwrap_or(Value::Null);
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or("unknown").to_owned();
        (kind, value.get("payload").cloned().unwrap_or(Value::Null))
    }

    /// Reads a stored entry; `None` for a kind or shape this version does not know.
    pub fn of(entry: &Entry) -> Option<Self> {
        let kind = Value::String(entry.kind.clone());
        let payload = (!entry.payload.is_null()).then_some(("payload", &entry.payload));
        let whole = [("kind", &kind)].into_iter().chain(payload);
        Self::deserialize(MapDeserializer::<_, serde_json::Error>::new(whole)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_never_goes_back() {
        let first = Hlc::after(None, 1000, "a");
        let second = Hlc::after(Some(&first), 400, "a");
        let third = Hlc::after(Some(&second), 2000, "a");
        assert!(first < second && second < third);
    }

    #[test]
    fn it_moves_on_from_the_last_reading_there_can_be() {
        let full = Hlc { wall_ms: 1000, counter: u32::MAX, replica: "z".to_owned() };
        assert!(Hlc::after(Some(&full), 400, "a") > full);
    }

    #[test]
    fn events_survive_storing() {
        for event in [
            Event::Note { text: "hello".to_owned() },
            Event::Acknowledged,
            Event::FollowUp { followup: "f".to_owned(), change: FollowUpChange::Done, text: "Load in parallel: done".to_owned() },
            Event::Phase { phase: Phase::Mitigating },
            Event::Declared { title: "t".to_owned(), severity: Grade::Sev2, slos: vec![], cause: None, drill: true, impact_s: Some(5) },
        ] {
            let (kind, payload) = event.stored();
            let entry = Entry {
                id: "1".to_owned(),
                incident: "i".to_owned(),
                at: DateTime::UNIX_EPOCH,
                hlc: Hlc::after(None, 0, "r"),
                author: "me".to_owned(),
                kind,
                version: 1,
                payload,
                corrects: None,
            };
            assert_eq!(Event::of(&entry), Some(event));
        }
    }
}
