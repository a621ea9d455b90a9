//! How a postmortem stands: its state, who is to read it, what was checked. The text itself is a shared document; these are
//! entries of the incident, so that they say who and when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::entry::{Entry, Event};

/// Where a postmortem is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostmortemState {
    /// Being written.
    #[default]
    Draft,
    /// Being read.
    InReview,
    /// Done: its blocks hold what they showed then.
    Published,
}

impl PostmortemState {
    /// All, in order.
    pub const ALL: [Self; 3] = [Self::Draft, Self::InReview, Self::Published];

    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Published => "published",
        }
    }

    /// As people say it.
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Draft => "a draft",
            Self::InReview => "in review",
            Self::Published => "published",
        }
    }

    /// From its word.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// How the postmortem of an incident stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: PostmortemState,
    /// When it was published; none while it is not.
    pub published: Option<DateTime<Utc>>,
    /// Who is to read it, and whether they approved of it as it stands.
    pub reviewers: BTreeMap<String, bool>,
    /// Points of the checklist that were ticked, with who did.
    pub checked: BTreeMap<String, String>,
}

/// Folds the entries of one incident, which come in clock order. A postmortem that goes back to draft is approved by nobody.
pub fn standing<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Standing {
    let mut standing = Standing::default();
    for entry in entries {
        match Event::of(entry) {
            Some(Event::PostmortemState { state }) => {
                standing.published = (state == PostmortemState::Published).then_some(entry.at);
                if state == PostmortemState::Draft {
                    for approved in standing.reviewers.values_mut() {
                        *approved = false;
                    }
                }
                standing.state = state;
            }
            Some(Event::Reviewer { person, approved }) => drop(standing.reviewers.insert(person, approved)),
            Some(Event::ReviewerReleased { person }) => drop(standing.reviewers.remove(&person)),
            Some(Event::PostmortemChecked { item, done: true }) => drop(standing.checked.insert(item, entry.author.clone())),
            Some(Event::PostmortemChecked { item, done: false }) => drop(standing.checked.remove(&item)),
            _ => {}
        }
    }
    standing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Hlc;

    fn entries(events: &[Event]) -> Vec<Entry> {
        let entry = |(n, event): (usize, &Event)| {
            let (kind, payload) = event.stored();
            Entry {
                id: n.to_string(),
                incident: "i".to_owned(),
                at: DateTime::from_timestamp(n as i64, 0).unwrap(),
                hlc: Hlc { wall_ms: n as i64, counter: 0, replica: "r".to_owned() },
                author: "ada".to_owned(),
                kind,
                version: 1,
                payload,
                corrects: None,
            }
        };
        events.iter().enumerate().map(entry).collect()
    }

    #[test]
    fn it_is_a_draft_until_somebody_says_otherwise() {
        assert_eq!(standing(&[]), Standing::default());
    }

    #[test]
    fn going_back_to_draft_takes_approvals_back() {
        let bob = |approved| Event::Reviewer { person: "bob".to_owned(), approved };
        let to = |state| Event::PostmortemState { state };
        let mut story = vec![bob(false), to(PostmortemState::InReview), bob(true), to(PostmortemState::Published)];
        let published = standing(&entries(&story));
        assert_eq!((published.state, published.reviewers["bob"]), (PostmortemState::Published, true));
        assert_eq!(published.published.map(|at| at.timestamp()), Some(3));
        story.push(to(PostmortemState::Draft));
        let reopened = standing(&entries(&story));
        assert_eq!((reopened.state, reopened.reviewers["bob"], reopened.published), (PostmortemState::Draft, false, None));
    }

    #[test]
    fn words_read_back() {
        for state in PostmortemState::ALL {
            assert_eq!(PostmortemState::parse(state.word()), Some(state));
        }
        assert_eq!(PostmortemState::parse("In review"), Some(PostmortemState::InReview));
        assert_eq!(PostmortemState::parse("done"), None);
    }
}
