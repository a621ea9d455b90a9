//! Changing fields of an issue: looked at first, so that what somebody else changed meanwhile is never written over, and so that
//! sending twice leaves the same behind as sending once.

use std::collections::BTreeSet;

use firewatch_domain::outbox::{Act, Delivered, Receipt};
use firewatch_domain::ticket::projection;
use firewatch_domain::tracker::Issue;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::answer::{Kind, field_messages, refusal, said};
use crate::jira::{Jira, part};

impl Jira {
    /// The issue of an act, as it is now.
    pub(crate) async fn current(&self, act: &Act) -> Result<Issue, Delivered> {
        match self.one(address(act)).await {
            Ok(Some(issue)) => Ok(issue),
            Ok(None) => Err(Delivered::Refused(format!("{} shows this issue no more: deleted, or hidden from this account", self.place))),
            Err(fault) => Err(Delivered::NotSent { reason: fault.message, wait_s: fault.wait_s, holds_all: true }),
        }
    }

    pub(crate) async fn edit(&self, act: &Act) -> Result<Receipt, Delivered> {
        let issue = self.current(act).await?;
        let mut fields = Map::new();
        for (name, change) in act.payload["set"].as_object().into_iter().flatten() {
            let (from, to) = (change["from"].as_str(), change["to"].as_str());
            let now = current_value(&issue, name);
            if alike(name, now.as_deref(), to) {
                continue;
            }
            if !alike(name, now.as_deref(), from) {
                return Err(torn(name));
            }
            if name == "description" && issue.opaque {
                let why = "the description in Jira holds a table, a picture or a mention, which would be lost; say it in a comment instead";
                return Err(Delivered::Refused(why.to_owned()));
            }
            match name.as_str() {
                "summary" => fields.insert("summary".to_owned(), json!(to)),
                "description" => fields.insert("description".to_owned(), self.long_text(to.unwrap_or_default())),
                "due" => fields.insert("duedate".to_owned(), json!(to)),
                "priority" => fields.insert("priority".to_owned(), json!({ "id": to })),
                _ => None,
            };
        }
        let labels = label_changes(&issue.labels, &act.payload["labels"]);
        if fields.is_empty() && labels.is_empty() {
            return Ok(Receipt::of(&issue.key));
        }
        let mut body = json!({});
        if !fields.is_empty() {
            body["fields"] = Value::Object(fields);
        }
        if !labels.is_empty() {
            body["update"] = json!({ "labels": labels });
        }
        self.set(&format!("/issue/{}", part(address(act))), &body).await?;
        Ok(self.receipt(&issue.key, &issue.id))
    }

    pub(crate) async fn assign(&self, act: &Act) -> Result<Receipt, Delivered> {
        let issue = self.current(act).await?;
        let now = issue.assignee.as_ref().map(|person| person.id.as_str());
        let (from, to) = (act.payload["from"].as_str(), act.payload["to"].as_str());
        if now == to {
            return Ok(self.receipt(&issue.key, &issue.id));
        }
        if now != from {
            return Err(torn("assignee"));
        }
        self.set(&format!("/issue/{}/assignee", part(address(act))), &self.user(to)).await?;
        Ok(self.receipt(&issue.key, &issue.id))
    }

    /// A PUT whose refusals name fields.
    async fn set(&self, path: &str, body: &Value) -> Result<(), Delivered> {
        let answer = self.ask(Method::PUT, path, &[], Some(body)).await.map_err(|silence| Delivered::NotSent {
            reason: silence.reason(),
            wait_s: None,
            holds_all: false,
        })?;
        if answer.status == 409 {
            return Err(Delivered::NotSent {
                reason: format!("somebody changed it at the same time: {}", said(&answer)),
                wait_s: None,
                holds_all: false,
            });
        }
        match refusal(&answer, Kind::Set, &self.place, false) {
            Some(Delivered::Refused(reason)) => Err(Delivered::RefusedFields { reason, fields: field_messages(&answer) }),
            Some(end) => Err(end),
            None => Ok(()),
        }
    }
}

/// Id or key of the issue that an act is about.
pub(crate) fn address(act: &Act) -> &str {
    act.payload["issue"].as_str().unwrap_or_default()
}

/// Somebody changed it meanwhile: nothing was sent; after the next look the two are compared anew.
pub(crate) fn torn(what: &str) -> Delivered {
    Delivered::NotSent { reason: format!("{what} changed in Jira meanwhile; it is compared again"), wait_s: None, holds_all: false }
}

fn current_value(issue: &Issue, name: &str) -> Option<String> {
    match name {
        "summary" => Some(issue.summary.clone()),
        "description" => Some(issue.description.clone()),
        "due" => issue.due.map(|due| due.to_string()),
        "priority" => issue.priority.as_ref().map(|priority| priority.id.clone()),
        _ => None,
    }
}

fn alike(name: &str, one: Option<&str>, other: Option<&str>) -> bool {
    match name {
        "description" => projection(one.unwrap_or_default()) == projection(other.unwrap_or_default()),
        "summary" => one.unwrap_or_default().trim() == other.unwrap_or_default().trim(),
        _ => one == other,
    }
}

fn label_changes(now: &BTreeSet<String>, change: &Value) -> Vec<Value> {
    let listed =
        |name: &str| change[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    let add = listed("add").into_iter().filter(|label| !now.contains(label)).map(|label| json!({ "add": label }));
    let remove = listed("remove").into_iter().filter(|label| now.contains(label)).map(|label| json!({ "remove": label }));
    add.chain(remove).collect()
}
