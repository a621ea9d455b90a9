//! Making an issue, once: with a marker that can be looked for, and looking for it when nobody knows how the making ended.

use std::collections::BTreeMap;

use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::ticket::marker_label;
use firewatch_domain::tracker::{Issue, key_number};
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::{Kind, field_messages, refusal};
use crate::jira::{Jira, PROPERTY, part};
use crate::wire::text_or_number;

/// Certainty that an issue was not made needs this many seconds since it was sent.
const SETTLED_S: i64 = 600;
/// Keys asked for at once in the probe by key, and how many times at most.
const KEYS_AT_ONCE: u64 = 100;
const MOST_KEY_PAGES: u64 = 40;
/// On Data Center keys are asked for one by one; so many missing in a row end the probe.
const MISSING_IN_A_ROW: u32 = 5;
const MOST_SINGLE_KEYS: u64 = 200;

impl Jira {
    /// The highest key number of the project, so that a later probe knows where to begin.
    pub(crate) async fn highest_key(&self, act: &Act) -> Option<Value> {
        let project = act.payload["project"].as_str()?;
        let found = self.search(&format!("project = {} ORDER BY created DESC, key DESC", crate::jira::quoted(project)), 1).await.ok()?;
        let highest = found.first().and_then(|issue| key_number(&issue.key))?;
        Some(json!({ "highest_key": highest }))
    }

    pub(crate) async fn create(&self, act: &Act) -> Result<Receipt, Delivered> {
        let payload = &act.payload;
        let mut fields = payload["constants"].as_object().cloned().unwrap_or_default();
        fields.insert("project".to_owned(), json!({ "id": payload["project"] }));
        fields.insert("issuetype".to_owned(), json!({ "id": payload["type"] }));
        fields.insert("summary".to_owned(), payload["summary"].clone());
        if let Some(markdown) = payload["description"].as_str().filter(|text| !text.trim().is_empty()) {
            fields.insert("description".to_owned(), self.long_text(markdown));
        }
        for (name, value) in [("labels", &payload["labels"]), ("duedate", &payload["due"])] {
            if !value.is_null() {
                fields.insert(name.to_owned(), value.clone());
            }
        }
        if let Some(id) = payload["priority"].as_str() {
            fields.insert("priority".to_owned(), json!({ "id": id }));
        }
        let marker = json!({ "uuid": payload["marker"], "v": 1 });
        let body = json!({ "fields": fields, "properties": [{ "key": PROPERTY, "value": marker }] });
        let answer = self.ask(Method::POST, "/issue", &[], Some(&body)).await.map_err(Delivered::from)?;
        match refusal(&answer, Kind::Create, &self.place, true) {
            Some(Delivered::Refused(reason)) => return Err(Delivered::RefusedFields { reason, fields: field_messages(&answer) }),
            Some(end) => return Err(end),
            None => {}
        }
        let made = answer.json().unwrap_or_default();
        match (text_or_number(&made["id"]), made["key"].as_str()) {
            (Some(id), Some(key)) => Ok(self.receipt(key, &id)),
            _ => Err(Delivered::Unsure(format!("{} took it without saying where; it is looked for", self.place))),
        }
    }

    /// Looks for an issue that may have been made: among the newest of this account, by its label, and by key, which no index
    /// delays. An empty answer counts only while the sign-in holds.
    pub(crate) async fn find_created(&self, act: &Act, age_s: i64) -> Found {
        match self.gather(act, age_s).await {
            Ok((found, _)) if found.len() == 1 => Found::There(self.receipt(&found[0].key, &found[0].id)),
            Ok((found, _)) if found.len() > 1 => Found::Several(found.iter().map(|issue| self.receipt(&issue.key, &issue.id)).collect()),
            Ok((_, covered)) if age_s >= SETTLED_S && covered => Found::NotThere,
            Ok((_, false)) if age_s >= SETTLED_S => Found::NotSeen(format!(
                "{} may have made it and cannot be asked for certain; look there, then settle it with its key, or send it again",
                self.place
            )),
            Ok(_) => Found::NotSeen(format!("not seen at {} yet; it is looked for again", self.place)),
            Err(fault) => Found::Failed(fault.message),
        }
    }

    /// Every issue that carries the marker, the first made first; and whether the search by key covered all that could be there.
    async fn gather(&self, act: &Act, age_s: i64) -> Result<(Vec<Issue>, bool), firewatch_domain::tracker::TrackerFault> {
        self.whoami().await?;
        let marker = act.payload["marker"].as_str().unwrap_or(&act.object);
        let project = crate::jira::quoted(act.payload["project"].as_str().unwrap_or_default());
        let minutes = age_s.max(0) / 60 + 10;
        let mut candidates: BTreeMap<String, Issue> = BTreeMap::new();
        let recent = format!("project = {project} AND creator = currentUser() AND created >= -{minutes}m ORDER BY created ASC, key ASC");
        let mut queries = vec![recent];
        if act.payload["label"] == true {
            queries.push(format!("project = {project} AND labels = {}", crate::jira::quoted(&marker_label(marker))));
        }
        for jql in queries {
            for issue in self.search(&jql, 1000).await? {
                candidates.insert(issue.id.clone(), issue);
            }
        }
        let (by_key, covered) = self.by_key(act).await?;
        candidates.extend(by_key.into_iter().map(|issue| (issue.id.clone(), issue)));
        let label = marker_label(marker);
        let (mut found, mut labelled) = (Vec::new(), Vec::new());
        for issue in candidates.into_values() {
            // Data Center's search shows no properties: each candidate is asked for its own.
            let known = issue.marker.clone().or(if self.cloud() { None } else { self.marker_of(&issue.id).await? });
            if known.as_deref() == Some(marker) {
                found.push(issue);
            } else if known.is_none() && issue.labels.contains(&label) {
                labelled.push(issue);
            }
        }
        // A clone made in Jira carries the label and not the property: labels speak only where no property does.
        if found.is_empty() {
            found = labelled;
        }
        found.sort_by_key(|issue| (key_number(&issue.key), issue.key.clone()));
        Ok((found, covered))
    }

    /// Issues by the keys that follow the highest one known before. The second: nothing can have been overlooked.
    async fn by_key(&self, act: &Act) -> Result<(Vec<Issue>, bool), firewatch_domain::tracker::TrackerFault> {
        let Some(project) = act.payload["project_key"].as_str() else { return Ok((Vec::new(), false)) };
        let known = [&act.payload["seen"]["highest_key"], &act.payload["highest_key"]];
        let from = known.iter().filter_map(|n| n.as_u64()).max().unwrap_or(0) + 1;
        let mut found = Vec::new();
        if self.cloud() {
            for page in 0..MOST_KEY_PAGES {
                let first = from + page * KEYS_AT_ONCE;
                let keys: Vec<String> = (first..first + KEYS_AT_ONCE).map(|n| format!("{project}-{n}")).collect();
                let Ok(issues) = self.fetch(&keys).await else { return Ok((found, false)) };
                if issues.is_empty() {
                    return Ok((found, true));
                }
                found.extend(issues);
            }
            return Ok((found, false));
        }
        let mut missing = 0;
        for number in from..from + MOST_SINGLE_KEYS {
            match self.one(&format!("{project}-{number}")).await {
                Ok(Some(issue)) => {
                    missing = 0;
                    found.push(issue);
                }
                Ok(None) => missing += 1,
                Err(_) => return Ok((found, false)),
            }
            if missing >= MISSING_IN_A_ROW {
                return Ok((found, true));
            }
        }
        Ok((found, false))
    }

    pub(crate) fn receipt(&self, key: &str, id: &str) -> Receipt {
        let url = Some(format!("{}/browse/{}", self.base, part(key)));
        Receipt { id: key.to_owned(), url, note: None, lasting: Some(id.to_owned()) }
    }

    /// The follow-up that an issue's property names.
    async fn marker_of(&self, id: &str) -> Result<Option<String>, firewatch_domain::tracker::TrackerFault> {
        let answer = self.ask(Method::GET, &format!("/issue/{}/properties/{PROPERTY}", part(id)), &[], None).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let body = crate::answer::readable(&answer, &self.place)?;
        Ok(body["value"]["uuid"].as_str().map(str::to_owned))
    }

    /// Writes the marker into an issue that came without it.
    pub(crate) async fn mark(&self, act: &Act) -> Result<Receipt, Delivered> {
        let issue = act.payload["issue"].as_str().unwrap_or_default();
        let path = format!("/issue/{}/properties/{PROPERTY}", part(issue));
        let value = json!({ "uuid": act.payload["marker"], "v": 1 });
        self.write(Method::PUT, &path, &value, Kind::Set, false).await?;
        Ok(Receipt::of(issue))
    }
}
