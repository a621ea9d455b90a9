//! What it knows: issues, comments, users, and what its search has heard of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Face, Faults, LEAD, ME, Now, PROJECT, Screen};

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Id.
    pub id: String,
    /// Account.
    pub author: String,
    /// ADF on Cloud, wiki markup on Data Center.
    pub body: Value,
    /// Unix milliseconds.
    pub at: i64,
    /// Properties.
    pub properties: Value,
}

/// An issue.
#[derive(Debug, Clone)]
pub struct Issue {
    /// Id.
    pub id: String,
    /// Key.
    pub key: String,
    /// Keys it had before.
    pub former: Vec<String>,
    /// Plain fields: `summary`, `description`, `duedate`, `labels`, `priority` (id), `assignee` (account), `status` (id), and others.
    pub fields: BTreeMap<String, Value>,
    /// Properties.
    pub properties: BTreeMap<String, Value>,
    /// Comments.
    pub comments: Vec<Comment>,
    /// Unix milliseconds.
    pub created: i64,
    /// Unix milliseconds.
    pub updated: i64,
    /// Who made it.
    pub creator: String,
    /// This account may not see it.
    pub hidden: bool,
}

/// All it knows.
pub struct Books {
    /// Its face.
    pub face: Face,
    /// Issues by id.
    pub issues: BTreeMap<u64, Issue>,
    /// Number of the newest key, by project.
    pub newest: BTreeMap<String, u64>,
    /// How it misbehaves.
    pub faults: Faults,
    /// What its screens demand.
    pub screen: Screen,
    /// Zone of the token's user, for times that it writes.
    pub offset_s: i32,
    /// Projects that this account does not see.
    pub closed: BTreeSet<String>,
    /// Every request: method and path.
    pub requests: Vec<(String, String)>,
    next_id: u64,
    now: Now,
}

impl Books {
    /// Empty ones.
    pub fn new(face: Face, now: Now) -> Self {
        Self {
            face,
            issues: BTreeMap::new(),
            newest: BTreeMap::new(),
            faults: Faults { lag_ms: Some(0), ..Faults::default() },
            screen: Screen::default(),
            offset_s: 0,
            closed: BTreeSet::new(),
            requests: Vec::new(),
            next_id: 10_100,
            now,
        }
    }

    /// Unix milliseconds.
    pub fn now(&self) -> i64 {
        (self.now)()
    }

    /// Makes an issue; answers its id.
    pub fn make(&mut self, fields: BTreeMap<String, Value>, properties: BTreeMap<String, Value>, creator: &str) -> u64 {
        self.next_id += 1;
        let id = self.next_id;
        let number = self.newest.entry(PROJECT.to_owned()).or_default();
        *number += 1;
        let key = format!("{PROJECT}-{number}");
        let mut all: BTreeMap<String, Value> = [
            ("status", json!("1")),
            ("priority", json!("3")),
            ("labels", json!([])),
            ("assignee", Value::Null),
            ("description", Value::Null),
            ("duedate", Value::Null),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        all.extend(fields);
        let now = self.now();
        let issue = Issue {
            id: id.to_string(),
            key,
            former: Vec::new(),
            fields: all,
            properties,
            comments: Vec::new(),
            created: now,
            updated: now,
            creator: creator.to_owned(),
            hidden: false,
        };
        self.issues.insert(id, issue);
        id
    }

    /// An issue by id, key or former key.
    pub fn find(&self, address: &str) -> Option<&Issue> {
        let direct = address.parse::<u64>().ok().and_then(|id| self.issues.get(&id));
        direct.or_else(|| self.issues.values().find(|i| i.key == address || i.former.iter().any(|k| k == address)))
    }

    /// The same, to change.
    pub fn find_mut(&mut self, address: &str) -> Option<&mut Issue> {
        let id = self.find(address)?.id.parse().ok()?;
        self.issues.get_mut(&id)
    }

    /// Somebody changes a field in Jira's own window.
    pub fn change(&mut self, address: &str, field: &str, value: Value) {
        let now = self.now();
        if let Some(issue) = self.find_mut(address) {
            issue.fields.insert(field.to_owned(), value);
            issue.updated = now.max(issue.updated + 1);
        }
    }

    /// Somebody comments.
    pub fn say(&mut self, address: &str, author: &str, body: Value) {
        let now = self.now();
        self.next_id += 1;
        let id = self.next_id.to_string();
        if let Some(issue) = self.find_mut(address) {
            issue.comments.push(Comment { id, author: author.to_owned(), body, at: now, properties: json!([]) });
            issue.updated = now.max(issue.updated + 1);
        }
    }

    /// A number never given before.
    pub fn fresh(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Moves an issue to another project.
    pub fn relocate(&mut self, address: &str, project: &str) {
        let number = self.newest.entry(project.to_owned()).or_default();
        *number += 1;
        let key = format!("{project}-{number}");
        let now = self.now();
        if let Some(issue) = self.find_mut(address) {
            issue.former.push(std::mem::replace(&mut issue.key, key));
            issue.updated = now.max(issue.updated + 1);
        }
    }

    /// Whether this account sees an issue.
    pub fn sees(&self, issue: &Issue) -> bool {
        let project = issue.key.rsplit_once('-').map_or("", |(project, _)| project);
        !issue.hidden && !self.closed.contains(project)
    }

    /// Whether its search has heard of an issue.
    pub fn indexed(&self, issue: &Issue) -> bool {
        match self.faults.lag_ms {
            Some(lag) => !self.faults.lagging || issue.created + lag <= self.now(),
            None => !self.faults.lagging,
        }
    }

    /// A user as it tells one.
    pub fn user(&self, account: &str) -> Value {
        let (name, email) = match account {
            ME => ("Firewatch Bot", "bot@example.com"),
            LEAD => ("Lena Lead", "lena@example.com"),
            "ana" => ("Ana", "ana@example.com"),
            other => (other, ""),
        };
        let mut user =
            json!({ "accountId": account, "accountType": "atlassian", "displayName": name, "active": true, "timeZone": self.zone() });
        if self.face == Face::Datacenter {
            user = json!({ "name": account, "key": account, "displayName": name, "active": true, "timeZone": self.zone() });
        }
        if !email.is_empty() {
            user["emailAddress"] = json!(email);
        }
        user
    }

    /// The zone's name, near enough.
    pub fn zone(&self) -> String {
        match self.offset_s / 3600 {
            0 => "Etc/UTC".to_owned(),
            hours if hours > 0 => format!("Etc/GMT-{hours}"),
            hours => format!("Etc/GMT+{}", -hours),
        }
    }
}
