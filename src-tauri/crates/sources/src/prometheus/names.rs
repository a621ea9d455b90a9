//! Names of metrics, labels and values, for whoever writes a definition. Asked over the last hour only: what is gone helps nobody.

use chrono::{DateTime, Utc};
use firewatch_domain::fault::Fault;
use firewatch_domain::ports::Lookup;
use firewatch_domain::selector::{NAME, Selector};

use super::inquiry::Inquiry;
use super::wire::open;
use crate::exchange::{Exchange, Setback};

/// Names kept of one answer; the server is asked for no more, where it can be.
const MOST: usize = 20_000;
/// Names and values longer than this are no help in a list.
const LONGEST: usize = 512;
/// How far back what is listed may lie, in seconds.
const RECENT_S: i64 = 3600;

/// What the server knows.
pub(super) async fn look_up(exchange: &Exchange, lookup: &Lookup, now: DateTime<Utc>) -> Result<Vec<String>, Fault> {
    names(exchange, lookup, now).await.map_err(|setback| setback.fault)
}

async fn names(exchange: &Exchange, lookup: &Lookup, now: DateTime<Utc>) -> Result<Vec<String>, Setback> {
    let inquiry = Inquiry::new(exchange, now);
    let mut form =
        vec![("start", (now.timestamp() - RECENT_S).to_string()), ("end", now.timestamp().to_string()), ("limit", MOST.to_string())];
    let path = match lookup {
        Lookup::Metrics => format!("api/v1/label/{NAME}/values"),
        Lookup::Labels(selector) => {
            form.extend(matching(selector));
            "api/v1/labels".to_owned()
        }
        Lookup::Values(selector, label) => {
            form.extend(matching(selector));
            format!("api/v1/label/{}/values", label_in_path(label))
        }
    };
    let body = inquiry.get_with(&path, &form).await?;
    let mut names: Vec<String> = open(exchange.place(), &body)?.data;
    names.retain(|name| name.len() <= LONGEST && !(matches!(lookup, Lookup::Labels(_)) && name == NAME));
    names.sort_unstable();
    names.dedup();
    names.truncate(MOST);
    Ok(names)
}

/// A selector without anything in it would pick the whole server.
fn matching(selector: &Selector) -> Option<(&'static str, String)> {
    (selector.metric.is_some() || !selector.matchers.is_empty()).then(|| ("match[]", selector.to_string()))
}

/// A label's name is a plain word; anything else must not leave its place in the path.
fn label_in_path(label: &str) -> String {
    label.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}
