//! One Jira: its address, its flavour, as whom. Every operation goes through [`Jira::ask`].

use std::time::Duration;

use firewatch_domain::outbox::Delivered;
use firewatch_domain::tracker::TrackerFault;
use firewatch_line::{Answer, Bounds, Silence, exchange};
use reqwest::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::answer::{Kind, readable, refusal};
use crate::text::{ReadText, from_adf, from_wiki, to_adf, to_wiki};

const BOUNDS: Bounds = Bounds { whole: Duration::from_secs(30), megabytes: 8 };
/// The property that names the follow-up of an issue.
pub(crate) const PROPERTY: &str = "firewatch.followup";
/// The property that names the act of a comment.
pub(crate) const ACT_PROPERTY: &str = "firewatch.act";

/// Which of the two it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Cloud,
    Datacenter,
}

/// As whom.
#[derive(Debug)]
pub(crate) enum Auth {
    Basic(String, SecretString),
    Bearer(SecretString),
}

/// A Jira.
#[derive(Debug)]
pub(crate) struct Jira {
    pub client: Client,
    /// Without a slash at its end.
    pub base: String,
    pub flavour: Flavour,
    pub auth: Auth,
    /// Host, for messages.
    pub place: String,
}

impl Jira {
    pub(crate) fn cloud(&self) -> bool {
        self.flavour == Flavour::Cloud
    }

    /// One exchange. `path` comes after `/rest/api/N` and is made of parts that are escaped already.
    pub(crate) async fn ask(&self, method: Method, path: &str, query: &[(&str, String)], body: Option<&Value>) -> Result<Answer, Silence> {
        let version = if self.cloud() { 3 } else { 2 };
        let mut request = self.client.request(method, format!("{}/rest/api/{version}{path}", self.base)).query(query);
        request = match &self.auth {
            Auth::Basic(user, token) => request.basic_auth(user, Some(token.expose_secret())),
            Auth::Bearer(token) => request.bearer_auth(token.expose_secret()),
        };
        // Jira's guard against forged forms looks for this where a cookie came along.
        request = request.header("X-Atlassian-Token", "no-check").header("Accept", "application/json");
        if let Some(body) = body {
            request = request.json(body);
        }
        exchange(request, &self.place, BOUNDS).await
    }

    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, TrackerFault> {
        readable(&self.ask(Method::GET, path, query, None).await?, &self.place)
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Value, TrackerFault> {
        readable(&self.ask(Method::POST, path, &[], Some(body)).await?, &self.place)
    }

    /// A write: its answer, or how it ended when that was no success.
    pub(crate) async fn write(&self, method: Method, path: &str, body: &Value, kind: Kind, body_due: bool) -> Result<Answer, Delivered> {
        let answer = match self.ask(method, path, &[], Some(body)).await {
            Ok(answer) => answer,
            // A value that is set stays the same if it is set again: no doubt is left behind.
            Err(Silence::Unsure(reason)) if kind == Kind::Set => {
                return Err(Delivered::NotSent { reason, wait_s: None, holds_all: false });
            }
            Err(silence) => return Err(silence.into()),
        };
        match refusal(&answer, kind, &self.place, body_due) {
            Some(end) => Err(end),
            None => Ok(answer),
        }
    }

    /// Long text as this flavour takes it; null for none.
    pub(crate) fn long_text(&self, markdown: &str) -> Value {
        if self.cloud() {
            return to_adf(markdown);
        }
        let wiki = to_wiki(markdown);
        if wiki.is_empty() { Value::Null } else { Value::String(wiki) }
    }

    /// Long text of this flavour as Markdown.
    pub(crate) fn read_text(&self, value: &Value) -> ReadText {
        match value {
            Value::Null => ReadText::default(),
            Value::String(text) if !self.cloud() => from_wiki(text),
            other => from_adf(other),
        }
    }

    /// A user as this flavour names one.
    pub(crate) fn user(&self, id: Option<&str>) -> Value {
        if self.cloud() { json!({ "accountId": id }) } else { json!({ "name": id }) }
    }
}

/// A client for one Jira. `loopback`: it is on this machine.
pub(crate) fn client(loopback: bool) -> Result<Client, String> {
    // Jira answers in the language of the account; what its field messages say is told to people here in ours.
    firewatch_line::client(loopback, HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static("en"))]), BOUNDS)
}

/// A part of a path, escaped.
pub(crate) fn part(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    out
}

fn hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase()
}

/// A value in a query, quoted.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
