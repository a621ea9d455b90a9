//! Finding issues: by query, by many keys, one by one. Queries lag behind on Cloud and never prove an absence; direct reads do not.

use std::collections::BTreeSet;

use firewatch_domain::tracker::{Issue, Person, TrackerFault};
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::readable;
use crate::jira::{Jira, PROPERTY, part};
use crate::wire::FIELDS;

/// Issues of one page.
pub(crate) const PAGE: usize = 100;
/// Pages of one query at most.
const MOST_PAGES: usize = 20;

impl Jira {
    /// As whom we are signed in.
    pub(crate) async fn whoami(&self) -> Result<Person, TrackerFault> {
        let body = self.get("/myself", &[]).await?;
        self.person(&body)
            .ok_or_else(|| TrackerFault::new(format!("{} does not say as whom we are signed in; check the token", self.place)))
    }

    /// Issues by query, `most` at most.
    pub(crate) async fn search(&self, jql: &str, most: usize) -> Result<Vec<Issue>, TrackerFault> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        let (mut token, mut tokens) = (None::<String>, BTreeSet::new());
        for _ in 0..MOST_PAGES {
            let size = PAGE.min(most);
            let body = if self.cloud() {
                let mut body = json!({ "jql": jql, "fields": FIELDS, "properties": [PROPERTY], "maxResults": size });
                if let Some(token) = &token {
                    body["nextPageToken"] = json!(token);
                }
                self.post("/search/jql", &body).await?
            } else {
                self.post("/search", &json!({ "jql": jql, "startAt": seen.len(), "maxResults": size, "fields": FIELDS })).await?
            };
            let issues =
                body["issues"].as_array().ok_or_else(|| TrackerFault::new(format!("{} answered a query without issues", self.place)))?;
            let fresh: Vec<Issue> =
                issues.iter().filter_map(|value| self.issue(value)).filter(|issue| seen.insert(issue.id.clone())).collect();
            let more = if self.cloud() {
                token = body["nextPageToken"].as_str().map(str::to_owned);
                body["isLast"] != true && token.clone().is_some_and(|token| tokens.insert(token))
            } else {
                !fresh.is_empty() && (seen.len() as u64) < body["total"].as_u64().unwrap_or(0)
            };
            found.extend(fresh);
            if !more || found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// Issues by id or key, [`PAGE`] at a time; what is not visible is left out.
    pub(crate) async fn fetch(&self, wanted: &[String]) -> Result<Vec<Issue>, TrackerFault> {
        let mut found = Vec::new();
        for chunk in wanted.chunks(PAGE) {
            if self.cloud() {
                let body = json!({ "issueIdsOrKeys": chunk, "fields": FIELDS, "properties": [PROPERTY] });
                let answer = self.post("/issue/bulkfetch", &body).await?;
                let issues = answer["issues"].as_array();
                let issues = issues.ok_or_else(|| TrackerFault::new(format!("{} answered without issues", self.place)))?;
                found.extend(issues.iter().filter_map(|value| self.issue(value)));
            } else {
                found.extend(Box::pin(self.by_ids(chunk)).await?);
            }
        }
        Ok(found)
    }

    /// Data Center refuses a whole list for one id it does not know: such a list is halved.
    async fn by_ids(&self, wanted: &[String]) -> Result<Vec<Issue>, TrackerFault> {
        let list: Vec<String> = wanted.iter().map(|id| crate::jira::quoted(id)).collect();
        let body = json!({ "jql": format!("id in ({})", list.join(",")), "startAt": 0, "maxResults": PAGE, "fields": FIELDS });
        let answer = self.ask(Method::POST, "/search", &[], Some(&body)).await?;
        if answer.status == 400 {
            if wanted.len() <= 1 {
                return Ok(Vec::new());
            }
            let (left, right) = wanted.split_at(wanted.len() / 2);
            let mut found = Box::pin(self.by_ids(left)).await?;
            found.extend(Box::pin(self.by_ids(right)).await?);
            return Ok(found);
        }
        let body = readable(&answer, &self.place)?;
        let issues = body["issues"].as_array().ok_or_else(|| TrackerFault::new(format!("{} answered without issues", self.place)))?;
        Ok(issues.iter().filter_map(|value| self.issue(value)).collect())
    }

    /// One issue by id or key, past any index; none for a 404.
    pub(crate) async fn one(&self, address: &str) -> Result<Option<Issue>, TrackerFault> {
        let query = [("fields", FIELDS.join(",")), ("properties", PROPERTY.to_owned())];
        let answer = self.ask(Method::GET, &format!("/issue/{}", part(address)), &query, None).await?;
        if answer.status == 404 && !answer.is_page() {
            return Ok(None);
        }
        let body = readable(&answer, &self.place)?;
        let issue = self.issue(&body);
        issue.map(Some).ok_or_else(|| TrackerFault::new(format!("{} answered something that is no issue", self.place)))
    }

    /// A list that comes in pages, whatever its array is called.
    pub(crate) async fn pages(&self, path: &str, query: &[(&str, String)], arrays: &[&str]) -> Result<Vec<Value>, TrackerFault> {
        let mut all: Vec<Value> = Vec::new();
        for _ in 0..MOST_PAGES {
            let mut asked = query.to_vec();
            asked.extend([("startAt", all.len().to_string()), ("maxResults", "50".to_owned())]);
            let body = self.get(path, &asked).await?;
            let list = if body.is_array() { Some(&body) } else { arrays.iter().map(|name| &body[*name]).find(|list| list.is_array()) };
            let list = list.and_then(Value::as_array).ok_or_else(|| TrackerFault::new(format!("{} answered no list", self.place)))?;
            let (count, before) = (list.len(), all.len());
            all.extend(list.iter().cloned());
            let total = body["total"].as_u64().unwrap_or(0) as usize;
            if body.is_array()
                || body["isLast"] == true
                || count == 0
                || body["isLast"].is_null() && all.len() >= total
                || all.len() == before
            {
                break;
            }
        }
        Ok(all)
    }
}
