//! Follow-ups: work that comes out of an incident, or stands alone. A follow-up is a row of its own; whatever changes one that
//! belongs to an incident is written into that incident's timeline too.

mod deadline;
mod effort;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::hypothesis::Hypothesis;
use crate::incident::Phase;
use crate::words;

pub use deadline::{Deadline, Reminder, Reminding, last_working_day, on_weekend, parse_due};
pub use effort::{effort_words, parse_effort};

/// Longest title, in characters: what trackers take as a summary.
pub const LONGEST_TITLE: usize = 255;
/// Longest text, in characters: what trackers take as a description.
pub const LONGEST_TEXT: usize = 32_000;
/// Longest label, in characters.
const LONGEST_LABEL: usize = 100;
/// Most labels.
const MOST_LABELS: usize = 50;
/// Most minutes of effort: a working year.
const MOST_EFFORT_MIN: u32 = 120_000;

/// A follow-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Id; also the marker of its ticket.
    pub id: String,
    /// What is to be done, in one line.
    pub title: String,
    /// The same at length, as Markdown.
    #[serde(default)]
    pub text: String,
    /// What it is for.
    pub kind: FollowUpKind,
    /// How soon it matters.
    pub priority: Priority,
    /// Who does it; empty for nobody yet.
    #[serde(default)]
    pub owner: String,
    /// Until the end of which day, as the owner's calendar has it.
    #[serde(default)]
    pub due: Option<NaiveDate>,
    /// Minutes it took, or is thought to take.
    #[serde(default)]
    pub effort_min: Option<u32>,
    /// Labels, without spaces.
    #[serde(default)]
    pub labels: BTreeSet<String>,
    /// Where it stands.
    pub status: FollowUpStatus,
    /// Incident it comes out of.
    #[serde(default)]
    pub incident: Option<String>,
    /// Entry of the timeline it was made from.
    #[serde(default)]
    pub entry: Option<String>,
    /// Block of the postmortem it was made from.
    #[serde(default)]
    pub passage: Option<String>,
    /// SLO it should help, by id.
    #[serde(default)]
    pub slo: Option<String>,
    /// Journey it should help.
    #[serde(default)]
    pub journey: Option<String>,
    /// Phase that the incident does not enter before this is settled: `resolved` or `reviewed`.
    #[serde(default)]
    pub required: Option<Phase>,
    /// What it should improve, and where.
    #[serde(default)]
    pub hypothesis: Option<Hypothesis>,
    /// Who wrote it.
    pub author: String,
    /// Where it was written: only this replica makes its ticket, so that two that share it never do both.
    #[serde(default)]
    pub replica: String,
    /// Its ticket, for those who did not make it.
    #[serde(default)]
    pub ticket: Option<TicketRef>,
    /// When.
    pub created: DateTime<Utc>,
    /// When it last changed.
    pub updated: DateTime<Utc>,
}

/// Where a follow-up's ticket is, as every replica may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRef {
    /// Address of the tracker and key of the project: the same for everybody.
    pub place: String,
    /// Key; empty until it was made.
    #[serde(default)]
    pub key: String,
    /// Its page; empty until it was made.
    #[serde(default)]
    pub url: String,
}

/// What a follow-up is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpKind {
    /// It should not happen again.
    #[default]
    Prevent,
    /// It should be noticed earlier.
    Detect,
    /// It should hurt less, or for a shorter time.
    Mitigate,
    /// It is to be understood.
    Investigate,
}

/// How soon a follow-up matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Before everything else.
    Highest,
    /// Soon.
    High,
    /// In its turn.
    #[default]
    Medium,
    /// Later.
    Low,
    /// Some day.
    Lowest,
}

/// Where a follow-up stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpStatus {
    /// Nobody is at it.
    #[default]
    Open,
    /// Somebody is.
    Doing,
    /// It is done.
    Done,
    /// It will not be done.
    Dropped,
}

/// What became of a follow-up, as its incident's timeline tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpChange {
    /// Written down.
    Added,
    /// Changed in some field.
    Changed,
    /// Done.
    Done,
    /// Will not be done.
    Dropped,
    /// Not done after all.
    Reopened,
    /// Its ticket was made, moved, lost.
    Ticket,
    /// Its effect was measured.
    Proof,
}

/// Why a follow-up cannot be as it was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FollowUpError {
    /// The field.
    pub field: &'static str,
    /// What, and the cure.
    pub message: String,
}

impl FollowUp {
    /// A title and nothing else; everything may be filled in before it is checked.
    pub fn new(id: String, title: &str, author: &str, now: DateTime<Utc>) -> Self {
        Self {
            id,
            title: title.trim().to_owned(),
            text: String::new(),
            kind: FollowUpKind::default(),
            priority: Priority::default(),
            owner: String::new(),
            due: None,
            effort_min: None,
            labels: BTreeSet::new(),
            status: FollowUpStatus::default(),
            incident: None,
            entry: None,
            passage: None,
            slo: None,
            journey: None,
            required: None,
            hypothesis: None,
            author: author.to_owned(),
            replica: String::new(),
            ticket: None,
            created: now,
            updated: now,
        }
    }

    /// Whether it holds; the first fault, by its field.
    pub fn check(&self) -> Result<(), FollowUpError> {
        let fault = |field, message: String| Err(FollowUpError { field, message });
        if self.title.trim().is_empty() {
            return fault("title", "the title is empty; say in one line what is to be done".to_owned());
        }
        if self.title.chars().count() > LONGEST_TITLE {
            return fault("title", format!("the title is longer than {LONGEST_TITLE} characters; put the rest into the text"));
        }
        if self.title.chars().any(char::is_control) {
            return fault("title", "the title is one line; put the rest into the text".to_owned());
        }
        if self.text.chars().count() > LONGEST_TEXT {
            return fault("text", format!("the text is longer than {LONGEST_TEXT} characters; shorten it"));
        }
        if self.labels.len() > MOST_LABELS {
            return fault("labels", format!("there are more than {MOST_LABELS} labels; leave some out"));
        }
        for label in &self.labels {
            if label.is_empty() || label.chars().any(|c| c.is_whitespace() || c.is_control()) {
                let shown = words::plain(label, 60);
                return fault("labels", format!("`{shown}` has a space, which no label may; write it as {}", shown.replace(' ', "-")));
            }
            if label.chars().count() > LONGEST_LABEL {
                return fault("labels", format!("`{}` is longer than {LONGEST_LABEL} characters; shorten it", words::plain(label, 40)));
            }
        }
        if self.effort_min.is_some_and(|minutes| minutes > MOST_EFFORT_MIN) {
            return fault("effort", format!("more than {} hours is no follow-up; divide it", MOST_EFFORT_MIN / 60));
        }
        match self.required {
            Some(_) if self.incident.is_none() => {
                fault("required", "it belongs to no incident, so it can hold none up; name the incident or require nothing".to_owned())
            }
            None | Some(Phase::Resolved | Phase::Reviewed) => Ok(()),
            Some(other) => fault("required", format!("nothing can be required before {}; use resolved or reviewed", other.word())),
        }
    }

    /// What is different in `after`, in the words of a timeline; empty when nothing a person would see is.
    pub fn differences(&self, after: &Self) -> Vec<String> {
        let mut said = Vec::new();
        let mut say = |differs: bool, text: &dyn Fn() -> String| {
            if differs {
                said.push(text());
            }
        };
        say(self.title != after.title, &|| format!("it is now called {}", words::plain(&after.title, LONGEST_TITLE)));
        say(self.status != after.status, &|| after.status.word().to_owned());
        say(self.owner != after.owner, &|| match after.owner.as_str() {
            "" => "owned by nobody".to_owned(),
            owner => format!("owned by {}", words::plain(owner, 80)),
        });
        say(self.due != after.due, &|| after.due.map_or_else(|| "without a due date".to_owned(), |due| format!("due {due}")));
        say(self.priority != after.priority, &|| format!("priority {}", after.priority.word()));
        say(self.kind != after.kind, &|| format!("meant to {}", after.kind.word()));
        say(self.effort_min != after.effort_min, &|| {
            after.effort_min.map_or_else(|| "without an effort".to_owned(), |m| format!("effort {}", effort_words(m)))
        });
        say(self.labels != after.labels, &|| match after.labels.len() {
            0 => "without labels".to_owned(),
            _ => format!("labelled {}", after.labels.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        });
        say(self.required != after.required, &|| {
            after.required.map_or_else(|| "required no more".to_owned(), |phase| format!("required before {}", phase.word()))
        });
        say(self.text != after.text, &|| "its text changed".to_owned());
        say(self.slo != after.slo || self.journey != after.journey, &|| "about another SLO".to_owned());
        say(self.hypothesis != after.hypothesis, &|| hypothesis_words(self.hypothesis.as_ref(), after.hypothesis.as_ref()));
        said
    }

    /// What the change to `after` is called.
    pub fn change_to(&self, after: &Self) -> FollowUpChange {
        match (self.status.open(), after.status) {
            (true, FollowUpStatus::Done) => FollowUpChange::Done,
            (true, FollowUpStatus::Dropped) => FollowUpChange::Dropped,
            (false, status) if status.open() => FollowUpChange::Reopened,
            _ => FollowUpChange::Changed,
        }
    }
}

/// `shipped to staging`, `with the hypothesis SLO errors improve 10×`.
fn hypothesis_words(before: Option<&Hypothesis>, after: Option<&Hypothesis>) -> String {
    let Some(after) = after else { return "without a hypothesis".to_owned() };
    let claimed = before.is_some_and(|before| before.to_string() == after.to_string());
    if !claimed {
        return format!("with the hypothesis “{}”", words::plain(&after.to_string(), 300));
    }
    let known = before.map(|before| &before.shipped);
    let shipped = after.shipped.iter().filter(|(environment, at)| known.and_then(|known| known.get(*environment)) != Some(*at));
    match shipped.map(|(environment, _)| words::plain(environment, 60)).collect::<Vec<_>>().join(", ") {
        to if to.is_empty() => "to be shipped anew".to_owned(),
        to => format!("shipped to {to}"),
    }
}

/// Those of an incident's follow-ups that must be settled before it enters a phase, the most urgent first. Done and dropped ones
/// are settled; what is required before *resolved* is required before *reviewed* too.
pub fn followups_in_the_way(phase: Phase, followups: &[FollowUp]) -> Vec<&FollowUp> {
    let gated = matches!(phase, Phase::Resolved | Phase::Reviewed);
    let mut waiting: Vec<&FollowUp> =
        followups.iter().filter(|f| gated && f.status.open() && f.required.is_some_and(|required| required <= phase)).collect();
    waiting.sort_by(|a, b| (a.priority, a.created, &a.id).cmp(&(b.priority, b.created, &b.id)));
    waiting
}

/// Words of a closed set, both ways.
macro_rules! words_of {
    ($name:ident, $count:literal: $($case:ident = $word:literal),+) => {
        impl $name {
            /// All, in order.
            pub const ALL: [Self; $count] = [$(Self::$case),+];

            /// As in the contract.
            pub fn word(self) -> &'static str {
                match self { $(Self::$case => $word),+ }
            }

            /// From its word.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.word() == text.trim().to_ascii_lowercase())
            }
        }
    };
}
words_of!(FollowUpKind, 4: Prevent = "prevent", Detect = "detect", Mitigate = "mitigate", Investigate = "investigate");
words_of!(Priority, 5: Highest = "highest", High = "high", Medium = "medium", Low = "low", Lowest = "lowest");
words_of!(FollowUpStatus, 4: Open = "open", Doing = "doing", Done = "done", Dropped = "dropped");

impl FollowUpStatus {
    /// Somebody should still be at it.
    pub fn open(self) -> bool {
        matches!(self, Self::Open | Self::Doing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followup(title: &str) -> FollowUp {
        let mut new = FollowUp::new(title.to_owned(), title, "me", DateTime::UNIX_EPOCH);
        new.incident = Some("i".to_owned());
        new
    }

    #[test]
    fn what_does_not_hold_is_named_by_its_field() {
        let faulty = |change: &dyn Fn(&mut FollowUp)| {
            let mut one = followup("Load in parallel");
            change(&mut one);
            one.check().map_err(|fault| fault.field)
        };
        assert_eq!(faulty(&|_| ()), Ok(()));
        assert_eq!(faulty(&|f| f.title = " ".to_owned()), Err("title"));
        assert_eq!(faulty(&|f| f.title = "ü".repeat(LONGEST_TITLE)), Ok(()));
        assert_eq!(faulty(&|f| f.title = "ü".repeat(LONGEST_TITLE + 1)), Err("title"));
        assert_eq!(faulty(&|f| f.title = "two\nlines".to_owned()), Err("title"));
        assert_eq!(faulty(&|f| f.text = "x".repeat(LONGEST_TEXT + 1)), Err("text"));
        assert_eq!(faulty(&|f| f.labels.extend(["two words".to_owned()])), Err("labels"));
        assert_eq!(faulty(&|f| f.effort_min = Some(u32::MAX)), Err("effort"));
        assert_eq!(faulty(&|f| f.required = Some(Phase::Mitigating)), Err("required"));
        assert_eq!(faulty(&|f| f.required = Some(Phase::Reviewed)), Ok(()));
        assert_eq!(faulty(&|f| (f.required, f.incident) = (Some(Phase::Reviewed), None)), Err("required"));
    }

    #[test]
    fn only_what_is_open_and_required_by_then_is_in_the_way() {
        let mut all = vec![followup("free"), followup("before resolved"), followup("before reviewed"), followup("dropped")];
        all[1].required = Some(Phase::Resolved);
        all[2].required = Some(Phase::Reviewed);
        all[3].required = Some(Phase::Resolved);
        all[3].status = FollowUpStatus::Dropped;
        let titles = |phase, all: &[FollowUp]| followups_in_the_way(phase, all).iter().map(|f| f.title.clone()).collect::<Vec<_>>();
        assert!(titles(Phase::Monitoring, &all).is_empty());
        assert!(titles(Phase::Cancelled, &all).is_empty());
        assert_eq!(titles(Phase::Resolved, &all), ["before resolved"]);
        assert_eq!(titles(Phase::Reviewed, &all), ["before resolved", "before reviewed"]);
        all[1].status = FollowUpStatus::Done;
        assert!(titles(Phase::Resolved, &all).is_empty());
    }

    #[test]
    fn a_change_is_told_in_words() {
        let before = followup("Load in parallel");
        let mut after = before.clone();
        (after.owner, after.status) = ("Ana".to_owned(), FollowUpStatus::Done);
        assert_eq!(before.differences(&after), ["done", "owned by Ana"]);
        assert_eq!(before.change_to(&after), FollowUpChange::Done);
        assert_eq!(after.change_to(&before), FollowUpChange::Reopened);
        assert!(before.differences(&before).is_empty());
    }

    #[test]
    fn a_stored_one_of_an_older_shape_is_read() {
        let least = r#"{"id":"1","title":"t","kind":"detect","priority":"high","status":"doing","author":"me",
            "created":"2026-11-22T00:00:00Z","updated":"2026-11-22T00:00:00Z"}"#;
        let read: FollowUp = serde_json::from_str(least).unwrap();
        assert_eq!((read.kind, read.priority, read.status), (FollowUpKind::Detect, Priority::High, FollowUpStatus::Doing));
        assert_eq!(FollowUpKind::parse(" Prevent "), Some(FollowUpKind::Prevent));
        assert_eq!(Priority::parse("urgent"), None);
    }
}
