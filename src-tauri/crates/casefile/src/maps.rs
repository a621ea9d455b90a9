//! What travels with the text: entries, follow-ups, comments, names and pictures, each by its id. Two people who add different ids both keep theirs.

use serde_json::Value;
use yrs::{Any, Map, Out, Transact};

use crate::CaseFile;
use crate::live::filled;
use crate::tree::Node;

/// One of the maps beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawer {
    /// Entries of the incident: id to JSON.
    Entries,
    /// Follow-ups: id to JSON.
    FollowUps,
    /// Threads of comments and their replies: id to JSON.
    Comments,
    /// Who edits under a client id: its number to a name.
    People,
    /// Pictures: SHA-256 of the text to a `data:` address.
    Images,
    /// Evidence: SHA-256 of the text to the text, JSON.
    Evidence,
    /// Pictures of the timeline: SHA-256 of their bytes to those in base64.
    Pictures,
}

impl Drawer {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Entries, Self::FollowUps, Self::Comments, Self::People, Self::Images, Self::Evidence, Self::Pictures];

    /// Its name in the document.
    pub fn root(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::FollowUps => "followups",
            Self::Comments => "comments",
            Self::People => "people",
            Self::Images => "images",
            Self::Evidence => "evidence",
            Self::Pictures => "pictures",
        }
    }
}

impl CaseFile {
    /// Puts texts by their ids, those that say something new; answers the update that carries them, or none where all was there.
    pub fn put<'a>(&self, drawer: Drawer, texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Vec<u8>> {
        let map = self.drawer(drawer);
        let (changed, update) = self.edit(|txn| {
            let mut changed = false;
            for (id, text) in texts {
                if !matches!(map.get(txn, id), Some(Out::Any(Any::String(kept))) if *kept == *text) {
                    map.insert(txn, id, text);
                    changed = true;
                }
            }
            changed
        });
        changed.then_some(update)
    }

    /// All texts of a drawer by their ids, in the order of the ids. What is no text is passed over.
    pub fn list(&self, drawer: Drawer) -> Vec<(String, String)> {
        self.list_but(drawer, |_| false)
    }

    /// The same without the ids that are known.
    pub fn list_but(&self, drawer: Drawer, known: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let txn = self.doc.transact();
        let texts = self.drawer(drawer).iter(&txn).filter(|(id, _)| !known(id)).filter_map(|(id, value)| match value {
            Out::Any(Any::String(text)) => Some((id.to_owned(), text.to_string())),
            _ => None,
        });
        let mut texts: Vec<_> = texts.collect();
        texts.sort();
        texts
    }

    /// One text of a drawer.
    pub fn get(&self, drawer: Drawer, id: &str) -> Option<String> {
        match self.drawer(drawer).get(&self.doc.transact(), id) {
            Some(Out::Any(Any::String(text))) => Some(text.to_string()),
            _ => None,
        }
    }

    /// Everything that was said in it, for a search: the text, what live blocks showed when they were frozen, and the comments.
    pub fn said(&self) -> String {
        let blocks = filled(self.blocks(), &|_, _| None);
        let comments = self.list(Drawer::Comments).into_iter().filter_map(|(_, text)| {
            let comment: Value = serde_json::from_str(&text).ok()?;
            comment["text"].as_str().map(str::to_owned)
        });
        let said: Vec<String> = blocks.iter().map(Node::words).chain(comments).filter(|words| !words.is_empty()).collect();
        said.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_that_add_different_ids_both_keep_theirs() {
        let (here, there) = (CaseFile::new(1), CaseFile::new(2));
        let a = here.put(Drawer::Entries, [("1", "one"), ("2", "two")]).unwrap();
        let b = there.put(Drawer::Entries, [("2", "two"), ("3", "three")]).unwrap();
        here.apply(&b).unwrap();
        there.apply(&a).unwrap();
        assert_eq!(here.list(Drawer::Entries), there.list(Drawer::Entries));
        assert_eq!(here.list(Drawer::Entries).len(), 3);
        assert_eq!(here.put(Drawer::Entries, [("1", "one")]), None, "what is there is not said again");
        assert_eq!(here.get(Drawer::Entries, "3").as_deref(), Some("three"));
        assert_eq!(here.list(Drawer::Comments), []);
    }
}
