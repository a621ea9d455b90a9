//! Issues as Jira writes them, read with patience: unknown keys are passed over, a missing field is a field that was not told.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use firewatch_domain::ticket::{Field, MOST_REMARKS, Remark};
use firewatch_domain::tracker::{Issue, Named, Person};
use serde_json::Value;

use crate::jira::{Jira, PROPERTY};

/// What is asked of every issue.
pub(crate) const FIELDS: [&str; 11] =
    ["summary", "description", "status", "assignee", "priority", "duedate", "labels", "updated", "created", "project", "comment"];

impl Jira {
    /// An issue from its JSON; none without id and key.
    pub(crate) fn issue(&self, value: &Value) -> Option<Issue> {
        let (id, key) = (text_or_number(&value["id"])?, value["key"].as_str()?.to_owned());
        let fields = &value["fields"];
        let status = &fields["status"];
        let description = self.read_text(&fields["description"]);
        let told = [
            (Field::Summary, "summary"),
            (Field::Description, "description"),
            (Field::Status, "status"),
            (Field::Assignee, "assignee"),
            (Field::Priority, "priority"),
            (Field::Due, "duedate"),
            (Field::Labels, "labels"),
        ];
        let told = told.into_iter().filter(|(_, name)| fields.get(*name).is_some()).map(|(field, _)| field);
        Some(Issue {
            id,
            key,
            summary: fields["summary"].as_str().unwrap_or_default().to_owned(),
            description: description.markdown,
            opaque: description.opaque,
            category: status["statusCategory"]["key"].as_str().unwrap_or("undefined").to_owned(),
            status: status["name"].as_str().unwrap_or_default().to_owned(),
            assignee: self.person(&fields["assignee"]),
            priority: named(&fields["priority"]),
            due: fields["duedate"].as_str().and_then(|text| text.parse().ok()),
            labels: fields["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
            updated: fields["updated"].as_str().and_then(time),
            remarks: self.remarks(&fields["comment"]["comments"]),
            marker: value["properties"][PROPERTY]["uuid"].as_str().map(str::to_owned),
            marker_told: value["properties"].is_object(),
            told: told.collect::<BTreeSet<_>>(),
        })
    }

    /// A user.
    pub(crate) fn person(&self, value: &Value) -> Option<Person> {
        let id = if self.cloud() { &value["accountId"] } else { &value["name"] };
        Some(Person {
            id: id.as_str()?.to_owned(),
            name: value["displayName"].as_str().unwrap_or_default().to_owned(),
            email: value["emailAddress"].as_str().unwrap_or_default().to_owned(),
        })
    }

    /// Comments, the newest of them, oldest first.
    pub(crate) fn remarks(&self, list: &Value) -> Vec<Remark> {
        let all = list.as_array().map_or(&[][..], Vec::as_slice);
        all[all.len().saturating_sub(MOST_REMARKS)..]
            .iter()
            .filter_map(|comment| {
                Some(Remark {
                    id: text_or_number(&comment["id"])?,
                    author: comment["author"]["displayName"].as_str().unwrap_or_default().to_owned(),
                    at: comment["created"].as_str().and_then(time).unwrap_or_default(),
                    text: self.read_text(&comment["body"]).markdown,
                    ours: false,
                })
            })
            .collect()
    }
}

/// Something with id and name.
pub(crate) fn named(value: &Value) -> Option<Named> {
    Some(Named { id: text_or_number(&value["id"])?, name: value["name"].as_str().unwrap_or_default().to_owned() })
}

/// Ids are texts by contract; some servers write numbers.
pub(crate) fn text_or_number(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|n| n.to_string()))
}

/// `2021-01-17T12:34:00.000+0000`: an offset without a colon, which RFC 3339 does not have.
pub(crate) fn time(text: &str) -> Option<DateTime<Utc>> {
    let parsed = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").or_else(|_| DateTime::parse_from_rfc3339(text));
    parsed.ok().map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times_come_with_and_without_a_colon() {
        let expected = time("2021-01-17T12:34:00Z");
        assert!(expected.is_some());
        assert_eq!(time("2021-01-17T12:34:00.000+0000"), expected);
        assert_eq!(time("2021-01-18T02:34:00.000+1400"), expected);
        assert_eq!(time("2021-01-17T01:34:00.000-11:00"), expected);
        assert_eq!(time("17/Jan/21"), None);
    }
}
