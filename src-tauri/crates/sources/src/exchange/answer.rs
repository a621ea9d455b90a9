//! Judging what came back: is it the API at all, and if it refuses, in which words.

use std::sync::LazyLock;

use firewatch_domain::fault::{Fault, FaultKind};
use regex::Regex;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::Deserialize;

use super::setback::Setback;

static TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?is)<title[^>]*>\s*(.*?)\s*</title>").ok());

/// The part of an answer that explains a refusal.
#[derive(Deserialize)]
struct Explanation {
    #[serde(rename = "errorType")]
    kind: Option<String>,
    error: Option<String>,
}

/// Whether the body of a refusal is worth reading.
pub(super) fn may_explain(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 404 | 413 | 414 | 422) || status.is_server_error()
}

/// What a status other than success means.
pub(super) fn refusal(place: &str, status: StatusCode, body: Option<&[u8]>) -> Setback {
    let code = status.as_u16();
    let explained = body.and_then(|b| serde_json::from_slice::<Explanation>(b).ok()).and_then(|e| e.error.map(|error| (e.kind, error)));
    let setback = match (code, explained) {
        (401 | 403, _) => {
            let message = format!("{place} refused the sign-in ({code}); check user and password or the token, and what it may read.");
            Setback::whole(Fault::new(FaultKind::SignInRefused, message))
        }
        (407, _) => {
            let message = format!("A proxy in front of {place} asks for a sign-in (407); set its user in the system's proxy settings.");
            Setback::whole(Fault::new(FaultKind::SignInRefused, message))
        }
        (413 | 414 | 431, _) => Setback::part(Fault::new(FaultKind::TooLarge, format!("{place} found the query too long ({code})."))),
        (500..=599, Some((kind, error))) => {
            let fault = Fault::new(FaultKind::ServerFailed, format!("{place} could not answer ({code}): {}", brief(&error)));
            let this = matches!(kind.as_deref(), Some("timeout" | "canceled" | "execution"));
            if this { Setback::part(fault) } else { Setback::whole(fault) }
        }
        (500..=599, None) => {
            let message = format!("{place} failed ({code}); its own log knows why. Firewatch asks again at the next poll.");
            Setback::whole(Fault::new(FaultKind::ServerFailed, message))
        }
        (_, Some((_, error))) => Setback::part(refused_query(place, &error)),
        (400 | 422, None) => {
            Setback::part(Fault::new(FaultKind::QueryRefused, format!("{place} refused the query ({code}){}", said(body))))
        }
        (404, None) => {
            let message = format!("{place} has no monitoring API at this address (404); check the path, such as /prometheus.");
            Setback::whole(Fault::new(FaultKind::NotTheApi, message))
        }
        (_, None) => {
            let message =
                format!("{place} answered with status {code}, which the API never does; check the address and what is in front of it.");
            Setback::whole(Fault::new(FaultKind::NotTheApi, message))
        }
    };
    setback.with(status)
}

/// The server's own words about a query it will not answer.
pub(crate) fn refused_query(place: &str, error: &str) -> Fault {
    let lower = error.to_lowercase();
    let large = ["too many samples", "maximum number of", "too long", "maxquerylen", "max-samples", "exceeded maximum", "too many series"];
    let kind = if large.iter().any(|sign| lower.contains(sign)) { FaultKind::TooLarge } else { FaultKind::QueryRefused };
    Fault::new(kind, format!("{place} refused the query: {}", brief(error)))
}

/// A success must look like JSON; anything else is named.
pub(super) fn check_body(place: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Setback> {
    let kind = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(not_the_api(format!("{place} sent bytes that are no text; check the address and what is in front of it.")));
    };
    let start = text.trim_start();
    if start.is_empty() {
        return Err(not_the_api(format!("{place} sent an empty answer; check the address and what is in front of it.")));
    }
    if start.starts_with('<') || kind.starts_with("text/html") {
        let title = title_of(start).map_or_else(String::new, |title| format!(" titled \"{title}\""));
        let message = format!(
            "A web page{title} answered in place of the API at {place}: a sign-in page, a captive portal or a wrong path. Open it in a browser."
        );
        return Err(not_the_api(message));
    }
    if !start.starts_with('{') {
        let first: String = start.chars().take_while(|c| !c.is_control()).take(60).collect();
        return Err(not_the_api(format!("{place} answered \"{first}\", which is not the monitoring API; check the address and the path.")));
    }
    Ok(())
}

/// The title of a web page, cut short.
pub(crate) fn title_of(html: &str) -> Option<String> {
    let head: String = html.chars().take(20_000).collect();
    let title = TITLE.as_ref()?.captures(&head)?.get(1)?.as_str();
    let words: String = title.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(80).collect();
    (!words.is_empty()).then_some(words)
}

fn not_the_api(message: String) -> Setback {
    Setback::whole(Fault::new(FaultKind::NotTheApi, message))
}

fn said(body: Option<&[u8]>) -> String {
    let text = body.and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default().trim_start();
    if text.is_empty() || text.starts_with('<') { ".".to_owned() } else { format!(": {}", brief(text)) }
}

fn brief(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 240 { line.chars().take(239).chain(['…']).collect() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_its_title() {
        assert_eq!(title_of("<html><head><TITLE lang=en>\n Sign  in </title>").as_deref(), Some("Sign in"));
        assert_eq!(title_of("<html><title></title>"), None);
    }

    #[test]
    fn refusals_keep_the_servers_words() {
        let body = br#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#;
        let setback = refusal("p.example", StatusCode::SERVICE_UNAVAILABLE, Some(body));
        assert!(setback.this_question && setback.fault.kind == FaultKind::ServerFailed);
        assert!(setback.fault.message.contains("timed out in expression"), "{}", setback.fault);
        let body = br#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}"#;
        assert_eq!(refusal("p", StatusCode::UNPROCESSABLE_ENTITY, Some(body)).fault.kind, FaultKind::TooLarge);
    }
}
