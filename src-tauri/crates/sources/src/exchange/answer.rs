//! Judging what came back with a success: is it the API at all, or something that answers in its place?

use std::sync::LazyLock;

use firewatch_domain::fault::{Fault, FaultKind};
use regex::Regex;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::setback::Setback;

static TITLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?is)<title[^>]*>\s*(.*?)\s*</title>").ok());

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
    if !start.starts_with(['{', '[']) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_its_title() {
        assert_eq!(title_of("<html><head><TITLE lang=en>\n Sign  in </title>").as_deref(), Some("Sign in"));
        assert_eq!(title_of("<html><title></title>"), None);
    }
}
