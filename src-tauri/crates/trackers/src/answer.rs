//! What each answer of Jira means for what was asked. One table, by kind of request.

use std::collections::BTreeMap;

use firewatch_domain::outbox::Delivered;
use firewatch_domain::tracker::TrackerFault;
use firewatch_domain::words;
use firewatch_line::Answer;
use serde_json::Value;

/// Longest message of Jira's that is passed on.
const LONGEST: usize = 300;

/// What a request does if it is carried out twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Makes one more issue.
    Create,
    /// Leaves the same state behind.
    Set,
    /// Does something once more: a transition, a comment.
    Again,
}

/// The end of a write that was no success; none for a success with the JSON that belongs to it, or with no body where none is due.
pub(crate) fn refusal(answer: &Answer, kind: Kind, place: &str, body_due: bool) -> Option<Delivered> {
    let held = |reason: String| Some(Delivered::NotSent { reason, wait_s: None, holds_all: true });
    if answer.is_page() && !matches!(answer.status, 429 | 401 | 403) {
        let reason = format!("{place} answered with a web page ({}): a sign-in page or a network's portal stands between", answer.status);
        let cure = "sign in to the network, or check the address";
        // A page under a success may come after the deed; a redirect to one comes before any.
        return match (kind, answer.status) {
            (Kind::Set, _) | (_, 300..=399) => held(format!("{reason}; {cure}")),
            _ => Some(Delivered::Unsure(format!("{reason}; {cure}; it may have arrived all the same"))),
        };
    }
    Some(match answer.status {
        200..=299 if !body_due || answer.json().is_some() => return None,
        200..=299 if kind == Kind::Set => return held(format!("{place} answered something else than Jira does; check the address")),
        200..=299 => Delivered::Unsure(format!("{place} answered something else than Jira does; it may have arrived all the same")),
        300..=399 => return held(format!("{place} redirects ({}) to another address or a sign-in page; check the address", answer.status)),
        401 | 403 => return held(format!("{place} {}", sign_in(answer))),
        429 => limited(answer, place),
        404 | 410 if kind == Kind::Create => {
            Delivered::Refused(format!("{place} knows this project or operation no more ({}): {}", answer.status, said(answer)))
        }
        404 | 410 => {
            Delivered::Refused(format!("{place} shows this issue no more ({}): deleted, or hidden from this account", answer.status))
        }
        408 | 500..=599 if kind == Kind::Set => {
            let wait_s = answer.retry_after_s();
            Delivered::NotSent { reason: format!("{place} failed ({}); it is tried again", answer.status), wait_s, holds_all: false }
        }
        408 | 500..=599 => Delivered::Unsure(format!("{place} failed ({}); it may have arrived all the same", answer.status)),
        413 => Delivered::Refused(format!("{place} says it is too long (413); shorten the text")),
        code => Delivered::Refused(format!("{place} refused it ({code}): {}", said(answer))),
    })
}

/// What a read came to; the JSON where it is one.
pub(crate) fn readable(answer: &Answer, place: &str) -> Result<Value, TrackerFault> {
    let fault = |message: String| Err(TrackerFault { message, wait_s: answer.retry_after_s() });
    match answer.status {
        200..=299 => match answer.json() {
            Some(json) => Ok(json),
            None if answer.is_page() => fault(format!(
                "{place} answered with a web page: a sign-in page or a network's portal stands between; sign in to the network, or check the address"
            )),
            None => fault(format!("{place} answered something else than Jira does; check the address")),
        },
        300..=399 => fault(format!("{place} redirects ({}) to another address or a sign-in page; check the address", answer.status)),
        401 | 403 => fault(format!("{place} {}", sign_in(answer))),
        429 => fault(format!("{place} asks to slow down (429); it is read again later")),
        410 => fault(format!("{place} took this operation away (410): {}; a newer Firewatch may know the next one", said(answer))),
        code => fault(format!("{place} answered {code}: {}", said(answer))),
    }
}

/// Jira's messages about single fields, by field.
pub(crate) fn field_messages(answer: &Answer) -> BTreeMap<String, String> {
    let body = answer.json().unwrap_or_default();
    let errors = body["errors"].as_object().cloned().unwrap_or_default();
    errors.iter().filter_map(|(field, text)| Some((field.clone(), words::plain(text.as_str()?, LONGEST)))).collect()
}

/// Jira's own words, short, with what helps.
pub(crate) fn said(answer: &Answer) -> String {
    if answer.is_page() {
        return "a web page came instead of an answer".to_owned();
    }
    let body = answer.json().unwrap_or_default();
    let general = body["errorMessages"].as_array().into_iter().flatten().filter_map(Value::as_str).map(|m| words::plain(m, LONGEST));
    let fields = field_messages(answer).into_iter().map(|(field, text)| format!("{field}: {text}{}", cure(&text)));
    let all: Vec<String> = general.map(|text| format!("{text}{}", cure(&text))).chain(fields).take(6).collect();
    if !all.is_empty() {
        return all.join("; ");
    }
    let text = answer.said(LONGEST);
    if text.is_empty() { "nothing else was said".to_owned() } else { text }
}

/// What a person can do about a message of Jira's.
fn cure(text: &str) -> &'static str {
    let text = text.to_lowercase();
    if text.contains("not on the appropriate screen") {
        " (test the tracker again: it then leaves this field out, or ask your Jira admin to put it on the screen)"
    } else if text.contains("is required") {
        " (give a constant for it in the tracker's settings)"
    } else if text.contains("issue type selected is invalid") || text.contains("issuetype") {
        " (choose another type of issue in the tracker's settings)"
    } else if text.contains("do not have permission") || text.contains("permission") {
        " (ask your Jira admin for the permission, or sign in with another account)"
    } else if text.contains("resolution") {
        " (close it in Jira, where the form asks for a resolution)"
    } else {
        ""
    }
}

fn sign_in(answer: &Answer) -> String {
    match answer.status {
        401 => "refused the sign-in (401): the token may have expired; make a new one and enter it".to_owned(),
        _ => format!("does not allow this (403): {}; ask for the permission, or enter a token with it", said(answer)),
    }
}

fn limited(answer: &Answer, place: &str) -> Delivered {
    let why = answer.headers.get("RateLimit-Reason").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let wait_s = answer.retry_after_s();
    let reason = match wait_s {
        Some(wait) => format!("{place} asks to wait {wait} s (429)"),
        None => format!("{place} asks to slow down (429)"),
    };
    // A burst on one issue says nothing about the others.
    Delivered::NotSent { reason, wait_s, holds_all: why != "jira-per-issue-on-write" }
}
