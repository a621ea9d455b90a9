//! A stateful Jira with two faces, Cloud (REST v3) and Data Center (REST v2), that misbehaves when told to: replies lost after the deed,
//! refusals before it, limits, a search index that lags or never catches up, users in other zones, screens without fields.
//!
//! It is judged by strangers, not by us: jira.js with its schema checks on, and Prism over the vendor's tightened description
//! (see `flow_jira_judges`). Time is the test's: a clock that it moves.

mod answers;
mod books;
mod faults;
mod query;
mod routes;
mod screens;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

pub use books::{Books, Comment, Issue};
pub use faults::{End, Faults};
pub use screens::Screen;

use crate::Result;
use crate::http::Server;

/// Project key, and the id of its type of issue.
pub const PROJECT: &str = "OPS";
/// Id of the project.
pub const PROJECT_ID: &str = "10000";
/// Id of the type `Task`.
pub const TASK: &str = "10001";
/// Account of the token's user.
pub const ME: &str = "5b10a2844c20165700ede21g";
/// Another user.
pub const LEAD: &str = "5b10ac8d82e05b22cc7d4ef5";

/// Which face it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Jira Cloud.
    Cloud,
    /// Jira Data Center.
    Datacenter,
}

/// A moment, in unix milliseconds, from the test.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A running Jira.
pub struct Jira {
    /// Its face.
    pub face: Face,
    state: Arc<Mutex<Books>>,
    server: Server,
}

impl Jira {
    /// Starts one on a free port.
    pub fn start(face: Face, now: Now) -> Result<Self> {
        Self::start_at(0, face, now)
    }

    /// Starts one on a port.
    pub fn start_at(port: u16, face: Face, now: Now) -> Result<Self> {
        let state = Arc::new(Mutex::new(Books::new(face, now)));
        let shared = Arc::clone(&state);
        let server = Server::start(port, move || {
            let shared = Arc::clone(&shared);
            Box::new(move |request| routes::serve(&shared, request))
        })?;
        Ok(Self { face, state, server })
    }

    /// Its base address.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Its books, to look at and to write in.
    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many issues carry a follow-up's marker, as a property.
    pub fn marked(&self, followup: &str) -> usize {
        let marked = |issue: &&Issue| issue.properties.get("firewatch.followup").is_some_and(|v| v["uuid"] == followup);
        self.books().issues.values().filter(marked).count()
    }

    /// Requests since the last time this was asked: method and path.
    pub fn take_requests(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.books().requests)
    }

    /// The only issue with a summary.
    pub fn issue_called(&self, summary: &str) -> Option<Issue> {
        self.books().issues.values().find(|issue| issue.fields["summary"] == summary).cloned()
    }
}

/// A paragraph of ADF.
pub fn paragraph(text: &str) -> Value {
    serde_json::json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }] })
}
