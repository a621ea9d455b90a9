//! The few queries that it understands, in the server's own time: an unknown word is a 400, as at Jira.

use super::books::{Books, Issue};
use super::{ME, PROJECT, PROJECT_ID};

/// Issues that a query finds in the index, in its order; none for a query that it does not understand.
pub fn found<'a>(books: &'a Books, jql: &str) -> Option<Vec<&'a Issue>> {
    let (conditions, order) = jql.split_once(" ORDER BY ").unwrap_or((jql, "created DESC"));
    let mut issues: Vec<&Issue> = books.issues.values().filter(|i| books.indexed(i) && books.sees(i)).collect();
    for condition in conditions.split(" AND ") {
        let keep = matcher(books, condition.trim())?;
        issues.retain(|issue| keep(issue));
    }
    issues.sort_by_key(|issue| (issue.created, issue.id.parse::<u64>().unwrap_or(0)));
    if order.contains("created DESC") {
        issues.reverse();
    }
    Some(issues)
}

/// Whether an issue is meant.
type Matcher = Box<dyn Fn(&Issue) -> bool>;

fn matcher(books: &Books, condition: &str) -> Option<Matcher> {
    if let Some(list) = condition.strip_prefix("id in (").and_then(|rest| rest.strip_suffix(')')) {
        let wanted: Vec<String> = list.split(',').map(|id| bare(id).to_owned()).collect();
        // Data Center: one unknown id fails the whole query.
        if wanted.iter().any(|id| books.find(id).is_none_or(|issue| !books.sees(issue))) {
            return None;
        }
        return Some(Box::new(move |issue| wanted.iter().any(|id| issue.id == *id || issue.key == *id)));
    }
    if let Some(value) = condition.strip_prefix("project = ") {
        let value = bare(value).to_owned();
        let known = value == PROJECT || value == PROJECT_ID;
        return known.then(|| Box::new(|issue: &Issue| issue.key.starts_with(&format!("{PROJECT}-"))) as Matcher);
    }
    if condition == "creator = currentUser()" {
        return Some(Box::new(|issue| issue.creator == ME));
    }
    if let Some(value) = condition.strip_prefix("labels = ") {
        let value = bare(value).to_owned();
        return Some(Box::new(move |issue| issue.fields["labels"].as_array().is_some_and(|all| all.iter().any(|l| *l == value.as_str()))));
    }
    let minutes = condition.strip_prefix("created >= -")?.strip_suffix('m')?.parse::<i64>().ok()?;
    let since = books.now() - minutes * 60_000;
    Some(Box::new(move |issue| issue.created >= since))
}

fn bare(text: &str) -> &str {
    text.trim().trim_matches('"')
}
