//! A tracker: where it is comes as a destination; what was found out about it and chosen for it is its [`Setup`]. How what it
//! says becomes [`Fields`] and back is decided here, so that adapters only carry.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::followup::{FollowUpStatus, Priority};
use crate::ticket::{Field, Fields, Remark};

/// Share of the links that one answer may break before the person is asked.
const BRAKE_SHARE: usize = 10;
/// Fewer than this many are believed at once: each was looked at by itself.
const BRAKE_LEAST: usize = 2;
/// A token's end is told this many days ahead.
pub const EXPIRY_WARNING_DAYS: i64 = 14;

/// A person as the tracker knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Account id (Cloud) or user name (Data Center).
    pub id: String,
    /// As shown there.
    pub name: String,
    /// Where the profile shows it.
    #[serde(default)]
    pub email: String,
}

/// Something with an id and a name: a project, a type of issue, a priority, a value of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Id there.
    pub id: String,
    /// Name there.
    pub name: String,
}

/// A field that the tracker demands for every new ticket and that we cannot fill: the person gives a constant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// Id of the field there.
    pub field: String,
    /// Its name.
    pub name: String,
    /// Its kind, as `string`, `option`, `array`, `number`, `user`, `date`.
    pub kind: String,
    /// Allowed values, where they are few.
    pub options: Vec<Named>,
}

/// What a look at a tracker found, before anything is kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discovery {
    /// `Cloud` or `Server`, as it says itself.
    pub deployment: String,
    /// Version, where it says one.
    pub version: String,
    /// As whom we are signed in.
    pub account: Person,
    /// Zone of that account.
    pub zone: String,
    /// Projects: id and key.
    pub projects: Vec<(Named, String)>,
    /// The project that was asked for: id, name and key.
    pub project: Option<(Named, String)>,
    /// Permissions in it that this account lacks, by their key.
    pub lacking: Vec<String>,
    /// Types of issue in it.
    pub types: Vec<Named>,
    /// The type that was asked for.
    pub issue_type: Option<Named>,
    /// Fields on the screen for new issues; none where the tracker does not tell.
    pub screen: Option<BTreeSet<String>>,
    /// What is demanded and cannot be filled.
    pub demands: Vec<Demand>,
    /// Priorities, the highest first.
    pub priorities: Vec<Named>,
    /// Statuses with their category.
    pub statuses: Vec<(Named, String)>,
    /// The highest number of any key seen in the project.
    pub highest_key: u64,
}

/// More links than are believable would have been broken by one answer: nothing was done, the person is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brake {
    /// Links there are.
    pub links: u32,
    /// Links that would have been changed.
    pub lost: u32,
    /// When, unix seconds.
    pub at_s: i64,
    /// The person said that it is true.
    #[serde(default)]
    pub released: bool,
}

/// What was found out about a tracker and chosen for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// Name of its destination.
    pub name: String,
    /// Base address, without a slash at its end.
    pub url: String,
    /// Id of the project.
    pub project_id: String,
    /// Key of the project.
    pub project_key: String,
    /// Type of new issues.
    pub issue_type: Named,
    /// As whom.
    pub account: Person,
    /// Fields that the screen for new issues has; none where the tracker does not tell: then everything is tried.
    pub screen: Option<BTreeSet<String>>,
    /// What is still demanded and has no constant.
    #[serde(default)]
    pub demands: Vec<Demand>,
    /// Constants for what is demanded, by field, as the tracker takes them.
    #[serde(default)]
    pub constants: BTreeMap<String, Value>,
    /// Priorities, the highest first.
    #[serde(default)]
    pub priorities: Vec<Named>,
    /// The status to go to for a category, chosen once for this project.
    #[serde(default)]
    pub ways: BTreeMap<String, String>,
    /// Who is who: our name to their person.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
    /// Names of ours that it was asked about in vain, or that fit several people there.
    #[serde(default)]
    pub unknown: BTreeSet<String>,
    /// Put a label on new tickets, where the screen takes labels.
    pub label: bool,
    /// New follow-ups become tickets without being asked for.
    #[serde(default)]
    pub automatic: bool,
    /// Last day of the token.
    #[serde(default)]
    pub expires: Option<NaiveDate>,
    /// The highest number of any key seen in the project.
    #[serde(default)]
    pub highest_key: u64,
    /// When everything was last read, unix seconds.
    #[serde(default)]
    pub read_s: Option<i64>,
    /// Not before, unix seconds: it asked to wait.
    #[serde(default)]
    pub wait_until_s: Option<i64>,
    /// What stands in the way of all its tickets.
    #[serde(default)]
    pub trouble: Option<String>,
    /// Set while the person is asked.
    #[serde(default)]
    pub brake: Option<Brake>,
}

/// An issue as a tracker tells it, in words of ours but with its ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Issue {
    /// Id; never changes.
    pub id: String,
    /// Key; changes when it moves.
    pub key: String,
    /// One line.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// The description holds what we cannot write back.
    pub opaque: bool,
    /// `new`, `indeterminate`, `done` or `undefined`.
    pub category: String,
    /// Name of the status.
    pub status: String,
    /// Who has it.
    pub assignee: Option<Person>,
    /// Its priority.
    pub priority: Option<Named>,
    /// Due date.
    pub due: Option<NaiveDate>,
    /// All labels.
    pub labels: BTreeSet<String>,
    /// When it last changed, by the tracker's clock.
    pub updated: Option<DateTime<Utc>>,
    /// Comments it came with, oldest first.
    pub remarks: Vec<Remark>,
    /// Follow-up that its property names; none where it has no such property.
    pub marker: Option<String>,
    /// The answer would have told the property.
    pub marker_told: bool,
    /// Fields that the answer held at all.
    pub told: BTreeSet<Field>,
}

/// How one issue stands when it is looked at directly.
#[derive(Debug, Clone, PartialEq)]
pub enum Sight {
    /// It is there, maybe moved.
    There(Box<Issue>),
    /// Its project can be seen, the issue cannot: deleted, or hidden by a security level.
    Gone,
    /// The project itself cannot be seen any more.
    Forbidden,
}

/// A transition that is offered right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Id of the transition.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Status it leads to.
    pub to: Named,
    /// Category it leads to.
    pub category: String,
}

/// Why a tracker did not answer as it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TrackerFault {
    /// What, and the cure.
    pub message: String,
    /// Seconds it asked us to wait.
    pub wait_s: Option<i64>,
}

impl TrackerFault {
    /// Without a wait.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), wait_s: None }
    }
}

impl Setup {
    /// What can be kept alike with this tracker: what its screen has, or everything where it does not tell.
    pub fn synced(&self) -> BTreeSet<Field> {
        let listed = |id: &str| self.screen.as_ref().is_none_or(|screen| screen.contains(id));
        let on = |field: &Field| match field {
            Field::Summary | Field::Status | Field::Assignee => true,
            Field::Description => listed("description"),
            Field::Priority => listed("priority") && !self.priorities.is_empty(),
            Field::Due => listed("duedate"),
            Field::Labels => listed("labels"),
        };
        Field::ALL.into_iter().filter(on).collect()
    }

    /// The tracker's priority for ours: of the same name, else of the same rank.
    pub fn priority_id(&self, priority: Priority) -> Option<&Named> {
        let by_name = self.priorities.iter().find(|p| p.name.eq_ignore_ascii_case(priority.word()));
        let rank = Priority::ALL.iter().position(|p| *p == priority).unwrap_or(2);
        by_name.or_else(|| self.priorities.get((rank * self.priorities.len().saturating_sub(1) + 2) / 4))
    }

    /// Ours for the tracker's priority.
    pub fn priority_of(&self, theirs: &Named) -> Priority {
        let by_name = Priority::parse(&theirs.name);
        let at = self.priorities.iter().position(|p| p.id == theirs.id);
        let by_rank = || {
            let fits = |p: &Priority| self.priority_id(*p).is_some_and(|own| own.id == theirs.id);
            let nearest =
                || at.and_then(|at| Priority::ALL.get((at * 4).div_ceil(self.priorities.len().saturating_sub(1).max(1))).copied());
            Priority::ALL.into_iter().find(fits).or_else(nearest)
        };
        by_name.or_else(by_rank).unwrap_or_default()
    }

    /// The tracker's person for a name of ours: chosen before, or the account itself.
    pub fn person(&self, name: &str) -> Option<&Person> {
        let name = name.trim();
        let own = || (name == self.account.name || name == self.account.email && !name.is_empty()).then_some(&self.account);
        self.people.get(name).or_else(own)
    }

    /// Our name for a person of the tracker.
    pub fn name_of(&self, person: &Person) -> String {
        let known = self.people.iter().find(|(_, p)| p.id == person.id).map(|(name, _)| name.clone());
        known.unwrap_or_else(|| if person.name.is_empty() { person.id.clone() } else { person.name.clone() })
    }

    /// An issue as the synced half of a follow-up. What the answer did not hold is taken from `before`.
    pub fn fields(&self, issue: &Issue, marker: &str, before: &Fields) -> Fields {
        let mut fields = before.clone();
        let read = Fields {
            summary: issue.summary.clone(),
            description: issue.description.clone(),
            status: match issue.category.as_str() {
                "done" => FollowUpStatus::Done,
                "indeterminate" => FollowUpStatus::Doing,
                _ => FollowUpStatus::Open,
            },
            assignee: issue.assignee.as_ref().map(|person| self.name_of(person)).unwrap_or_default(),
            priority: issue.priority.as_ref().map_or(before.priority, |theirs| self.priority_of(theirs)),
            due: issue.due,
            labels: issue.labels.iter().filter(|label| *label != marker).cloned().collect(),
        };
        issue.told.iter().for_each(|field| fields.take(&read, *field));
        fields
    }

    /// The page of an issue.
    pub fn page(&self, key: &str) -> String {
        format!("{}/browse/{key}", self.url)
    }

    /// Takes what a look found; constants and choices stay. Names what stands in the way of new tickets.
    pub fn learn(&mut self, found: &Discovery) {
        if let Some((project, key)) = &found.project {
            (self.project_id, self.project_key) = (project.id.clone(), key.clone());
        }
        if let Some(issue_type) = &found.issue_type {
            self.issue_type = issue_type.clone();
        }
        self.account = found.account.clone();
        self.screen.clone_from(&found.screen);
        self.demands = found.demands.iter().filter(|d| !self.constants.contains_key(&d.field)).cloned().collect();
        self.priorities.clone_from(&found.priorities);
        self.highest_key = self.highest_key.max(found.highest_key);
    }

    /// Whether one answer would break more links than is believable without a person's word.
    pub fn brakes(&self, links: usize, lost: usize) -> bool {
        let released = self.brake.as_ref().is_some_and(|brake| brake.released);
        !released && lost >= BRAKE_LEAST && lost * BRAKE_SHARE > links
    }

    /// Days until the token ends, where that is known and near.
    pub fn expires_in(&self, today: NaiveDate) -> Option<i64> {
        self.expires.map(|day| (day - today).num_days()).filter(|days| *days <= EXPIRY_WARNING_DAYS)
    }
}

impl Demand {
    /// A constant for it, as the tracker takes it; an option by its name or id. The message names the allowed values.
    pub fn value(&self, typed: &str) -> Result<Value, String> {
        let typed = typed.trim();
        let option = || {
            let found = self.options.iter().find(|o| o.name.eq_ignore_ascii_case(typed) || o.id == typed);
            found.map(|o| serde_json::json!({ "id": o.id })).ok_or_else(|| {
                let known: Vec<&str> = self.options.iter().take(12).map(|o| o.name.as_str()).collect();
                format!("`{}` takes {}, not `{}`", self.name, known.join(", "), crate::words::plain(typed, 60))
            })
        };
        match self.kind.as_str() {
            _ if typed.is_empty() => Err(format!("`{}` needs a value", self.name)),
            "number" => typed
                .parse::<f64>()
                .ok()
                .filter(|n| n.is_finite())
                .map(Value::from)
                .ok_or_else(|| format!("`{}` takes a number", self.name)),
            "array" if self.options.is_empty() => Ok(serde_json::json!([typed])),
            "array" => Ok(serde_json::json!([option()?])),
            "user" => Ok(serde_json::json!({ "id": typed })),
            _ if self.options.is_empty() => Ok(Value::from(typed)),
            _ => option(),
        }
    }
}

/// The number of a key: 17 of `OPS-17`.
pub fn key_number(key: &str) -> Option<u64> {
    key.rsplit_once('-').and_then(|(_, digits)| digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<Named> {
        names.iter().enumerate().map(|(i, name)| Named { id: i.to_string(), name: (*name).to_owned() }).collect()
    }

    #[test]
    fn priorities_go_there_and_back() {
        let english = Setup { priorities: named(&["Highest", "High", "Medium", "Low", "Lowest"]), ..Setup::default() };
        let german = Setup { priorities: named(&["Blocker", "Hoch", "Mittel", "Niedrig", "Trivial"]), ..Setup::default() };
        let three = Setup { priorities: named(&["P1", "P2", "P3"]), ..Setup::default() };
        for priority in Priority::ALL {
            assert_eq!(english.priority_of(english.priority_id(priority).unwrap()), priority);
            assert_eq!(german.priority_of(german.priority_id(priority).unwrap()), priority);
        }
        for theirs in &three.priorities {
            let ours = three.priority_of(theirs);
            assert_eq!(three.priority_id(ours), Some(theirs), "what was read is written back as it was");
        }
        assert_eq!(Setup::default().priority_id(Priority::High), None);
    }

    #[test]
    fn what_an_answer_lacks_is_no_change() {
        let before = Fields { summary: "s".to_owned(), assignee: "Ana".to_owned(), ..Fields::default() };
        let issue = Issue { summary: "new".to_owned(), told: [Field::Summary].into(), ..Issue::default() };
        let read = Setup::default().fields(&issue, "fw-1", &before);
        assert_eq!((read.summary.as_str(), read.assignee.as_str()), ("new", "Ana"));
    }

    #[test]
    fn the_brake_holds_what_is_not_believable() {
        let setup = Setup::default();
        assert!(!setup.brakes(1, 1) && !setup.brakes(30, 2) && !setup.brakes(2000, 200));
        assert!(setup.brakes(10, 2) && setup.brakes(2000, 201) && setup.brakes(2, 2));
        let told = Brake { links: 10, lost: 10, at_s: 0, released: true };
        assert!(!Setup { brake: Some(told), ..Setup::default() }.brakes(10, 10));
    }
}
