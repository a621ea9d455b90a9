//! Answers as Jira writes them.

use chrono::{DateTime, FixedOffset, Offset};
use serde_json::{Value, json};

use super::books::{Books, Comment, Issue};
use super::screens::status;
use super::{Face, PROJECT, PROJECT_ID, TASK};
use crate::http::{Reply, answer};

/// JSON with a status.
pub fn reply(code: u16, body: &Value) -> Reply {
    Reply::Send(answer(code, &[("Content-Type", "application/json;charset=UTF-8")], body.to_string().as_bytes()))
}

/// No body.
pub fn nothing(code: u16) -> Reply {
    Reply::Send(answer(code, &[], b""))
}

/// A page that a captive portal or a sign-in shows.
pub fn page(code: u16) -> Reply {
    Reply::Send(answer(code, &[("Content-Type", "text/html")], b"<html><body>Welcome to the hotel. Please sign in.</body></html>"))
}

/// Refused, with messages about fields.
pub fn refused(code: u16, fields: &[(&str, &str)], general: &[&str]) -> Reply {
    let errors: serde_json::Map<String, Value> = fields.iter().map(|(field, text)| ((*field).to_owned(), json!(text))).collect();
    reply(code, &json!({ "errorMessages": general, "errors": errors }))
}

/// No such issue, or not for this account: Jira tells them apart no better.
pub fn missing() -> Reply {
    refused(404, &[], &["Issue does not exist or you do not have permission to see it."])
}

impl Books {
    /// A moment in the zone of the token's user, with an offset without colon.
    pub fn time(&self, at_ms: i64) -> String {
        let zone = FixedOffset::east_opt(self.offset_s).unwrap_or_else(|| chrono::Utc.fix());
        DateTime::from_timestamp_millis(at_ms).unwrap_or_default().with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
    }

    /// An issue with the fields and properties asked for.
    pub fn shown(&self, issue: &Issue, fields: &[String], properties: &[String]) -> Value {
        let wanted = |name: &str| fields.is_empty() || fields.iter().any(|f| f == name || f == "*all");
        let mut out =
            json!({ "id": issue.id, "key": issue.key, "self": format!("https://jira.example.com/rest/api/2/issue/{}", issue.id) });
        let mut shown = json!({});
        for (name, value) in issue.fields.iter().filter(|(name, _)| wanted(name)) {
            shown[name] = match name.as_str() {
                "status" => status(value.as_str().unwrap_or("1")),
                "priority" => self.priority(value.as_str().unwrap_or("3")),
                "assignee" => value.as_str().map_or(Value::Null, |account| self.user(account)),
                _ => value.clone(),
            };
        }
        for (name, at) in [("created", issue.created), ("updated", issue.updated)] {
            if wanted(name) {
                shown[name] = json!(self.time(at));
            }
        }
        if wanted("comment") {
            let all: Vec<Value> = issue.comments.iter().map(|c| self.comment(c, false)).collect();
            shown["comment"] = json!({ "comments": all, "total": all.len(), "maxResults": all.len(), "startAt": 0 });
        }
        out["fields"] = shown;
        if !properties.is_empty() {
            let own = issue.properties.iter().filter(|(name, _)| properties.contains(name));
            out["properties"] = Value::Object(own.map(|(name, value)| (name.clone(), value.clone())).collect());
        }
        out
    }

    /// A comment.
    pub fn comment(&self, comment: &Comment, properties: bool) -> Value {
        let mut out = json!({ "id": comment.id, "author": self.user(&comment.author), "body": comment.body,
            "created": self.time(comment.at), "updated": self.time(comment.at) });
        if properties {
            out["properties"] = comment.properties.clone();
        }
        out
    }

    /// A priority by id.
    pub fn priority(&self, id: &str) -> Value {
        let names = ["Highest", "High", "Medium", "Low", "Lowest"];
        let name = id.parse::<usize>().ok().and_then(|n| names.get(n.wrapping_sub(1))).copied().unwrap_or("Medium");
        json!({ "id": id, "name": name })
    }

    /// The project.
    pub fn project(&self) -> Value {
        json!({ "id": PROJECT_ID, "key": PROJECT, "name": "Operations", "issueTypes": [issue_type()] })
    }

    /// What it says of itself.
    pub fn server(&self) -> Value {
        let cloud = self.face == Face::Cloud;
        json!({ "baseUrl": "https://jira.example.com", "version": if cloud { "1001.0.0-SNAPSHOT" } else { "10.3.24" },
            "deploymentType": if cloud { "Cloud" } else { "Server" }, "serverTime": self.time(self.now()), "serverTitle": "Jira" })
    }
}

/// The type `Task`.
pub fn issue_type() -> Value {
    json!({ "id": TASK, "name": "Task", "description": "", "subtask": false })
}
