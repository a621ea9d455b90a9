//! Comments: each carries the id of its act, so that a lost reply can be looked up and our own words are known as ours.

use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::ticket::projection;
use firewatch_domain::tracker::TrackerFault;
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::Kind;
use crate::jira::{ACT_PROPERTY, Jira, part};
use crate::wire::{text_or_number, time};

/// A comment is read directly, past any index; one that is not there after so many seconds was never written.
const SETTLED_S: i64 = 60;
/// Seconds that the two clocks may be apart when a comment without a marker is recognised by its words.
const APART_S: i64 = 7200;

impl Jira {
    pub(crate) async fn comment(&self, act: &Act) -> Result<Receipt, Delivered> {
        let issue = act.payload["issue"].as_str().unwrap_or_default();
        let body = json!({
            "body": self.long_text(act.payload["text"].as_str().unwrap_or_default()),
            "properties": [{ "key": ACT_PROPERTY, "value": { "id": act.id } }],
        });
        let answer = self.write(Method::POST, &format!("/issue/{}/comment", part(issue)), &body, Kind::Again, true).await?;
        let made = answer.json().unwrap_or_default();
        let id = text_or_number(&made["id"]);
        id.map(|id| Receipt::of(&id)).ok_or_else(|| Delivered::Unsure(format!("{} took the comment without saying where", self.place)))
    }

    pub(crate) async fn find_comment(&self, act: &Act, age_s: i64) -> Found {
        let found = match self.own_comments(act).await {
            Ok(found) => found,
            Err(fault) => return Found::Failed(fault.message),
        };
        match found.as_slice() {
            [] if age_s >= SETTLED_S => Found::NotThere,
            [] => Found::NotSeen("the comment is not there yet".to_owned()),
            [one] => Found::There(Receipt::of(one)),
            several => Found::Several(several.iter().map(|id| Receipt::of(id)).collect()),
        }
    }

    async fn own_comments(&self, act: &Act) -> Result<Vec<String>, TrackerFault> {
        let me = self.whoami().await?;
        let issue = act.payload["issue"].as_str().unwrap_or_default();
        let query = [("expand", "properties".to_owned()), ("orderBy", "-created".to_owned())];
        let list = self.pages(&format!("/issue/{}/comment", part(issue)), &query, &["comments"]).await?;
        let marked = |comment: &&Value| {
            let own = |property: &Value| property["key"] == ACT_PROPERTY && property["value"]["id"] == act.id.as_str();
            comment["properties"].as_array().is_some_and(|all| all.iter().any(own))
        };
        let by_marker: Vec<String> = list.iter().filter(marked).filter_map(|comment| text_or_number(&comment["id"])).collect();
        if !by_marker.is_empty() {
            return Ok(by_marker);
        }
        // Some servers list no properties: the same words of the same person at that time.
        let words = projection(act.payload["text"].as_str().unwrap_or_default());
        let sent_s = act.sent_s.unwrap_or(act.created_s);
        let alike = |comment: &&Value| {
            let author = self.person(&comment["author"]).is_some_and(|person| person.id == me.id);
            let near = comment["created"].as_str().and_then(time).is_some_and(|at| at.timestamp() >= sent_s - APART_S);
            author && near && comment.get("properties").is_none() && projection(&self.read_text(&comment["body"]).markdown) == words
        };
        Ok(list.iter().filter(alike).filter_map(|comment| text_or_number(&comment["id"])).collect())
    }
}
