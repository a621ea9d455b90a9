//! What a destination's answers mean, wherever it has no way of its own to say them.

use std::time::Duration;

use firewatch_domain::outbox::Delivered;
use firewatch_line::Bounds;
pub(crate) use firewatch_line::{Answer, Silence};
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder};

const BOUNDS: Bounds = Bounds { whole: Duration::from_secs(20), megabytes: 1 };
/// The wait when a limit is hit and nothing is said about how long.
const USUAL_WAIT_S: i64 = 30;
/// Longest words of a destination that are passed on.
const LONGEST: usize = 200;

/// A client for one destination. `loopback`: it is on this machine.
pub(crate) fn client(loopback: bool) -> Result<Client, String> {
    firewatch_line::client(loopback, HeaderMap::new(), BOUNDS)
}

/// Sends and reads within the bounds of a destination.
pub(crate) async fn exchange(request: RequestBuilder, place: &str) -> Result<Answer, Silence> {
    firewatch_line::exchange(request, place, BOUNDS).await
}

/// What every service means by a status that is no success. `None` for a success.
pub(crate) fn refusal(answer: &Answer, place: &str) -> Option<Delivered> {
    let code = answer.status;
    Some(match code {
        200..=299 => return None,
        429 => limited(answer, place),
        401 => held(format!("{place} refused the sign-in (401); enter the secret again")),
        408 | 500..=599 => Delivered::Unsure(format!("{place} failed ({code}); it may have arrived all the same")),
        300..=399 => held(format!("{place} redirects to a sign-in page or another address; check the network and the address")),
        _ => Delivered::Refused(format!("{place} refused it ({code}): {}", said(answer))),
    })
}

/// Too many requests: nothing was done.
pub(crate) fn limited(answer: &Answer, place: &str) -> Delivered {
    let wait = answer.retry_after_s().unwrap_or(USUAL_WAIT_S);
    Delivered::NotSent { reason: format!("{place} asks to wait {wait} s (429)"), wait_s: Some(wait), holds_all: true }
}

/// Its own words, short and plain, without what it was told.
pub(crate) fn said(answer: &Answer) -> String {
    if answer.is_page() {
        return "a web page came instead of an answer".to_owned();
    }
    let said = answer.said(LONGEST);
    if said.is_empty() { "nothing else was said".to_owned() } else { said }
}

/// Nothing was done, and the same would happen to all others.
pub(crate) fn held(reason: String) -> Delivered {
    Delivered::NotSent { reason, wait_s: None, holds_all: true }
}
