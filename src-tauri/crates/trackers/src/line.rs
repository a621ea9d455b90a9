//! One HTTP exchange within bounds, judged by whether anything can have been done on the other side.

use std::time::Duration;

use firewatch_domain::outbox::Delivered;
use firewatch_domain::tracker::TrackerFault;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, redirect};
use serde_json::Value;

/// The longest answer that is read.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an exchange may take.
const WHOLE: Duration = Duration::from_secs(30);

/// An answer that came whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

/// Why no whole answer came.
#[derive(Debug)]
pub(crate) enum Silence {
    /// No byte of the request can have arrived.
    NotSent(String),
    /// It may have arrived.
    Unsure(String),
}

impl From<Silence> for Delivered {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::NotSent(reason) => Self::NotSent { reason, wait_s: None, holds_all: true },
            Silence::Unsure(reason) => Self::Unsure(reason),
        }
    }
}

impl From<Silence> for TrackerFault {
    fn from(silence: Silence) -> Self {
        let (Silence::NotSent(message) | Silence::Unsure(message)) = silence;
        Self { message, wait_s: None }
    }
}

/// A client for one tracker. `loopback`: it is on this machine, so no proxy stands between.
pub(crate) fn client(loopback: bool) -> Result<Client, String> {
    // Jira answers in the language of the account; what its field messages say is told to people here in ours.
    let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static("en"))]);
    let builder = Client::builder()
        .user_agent(concat!("firewatch/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .gzip(true);
    let built = if loopback { builder.no_proxy().build() } else { builder.build() };
    built.map_err(|_| "the system's certificates could not be loaded; see the Doctor".to_owned())
}

/// Sends and reads within bounds. `place` names the other side in messages.
pub(crate) async fn exchange(request: RequestBuilder, place: &str) -> Result<Answer, Silence> {
    let mut response = request.send().await.map_err(|error| unsent(&error, place))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= MOST_BYTES => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Silence::Unsure(format!("{place} answered with more than 8 megabytes, which it never does"))),
            Ok(None) => break,
            Err(_) => return Err(Silence::Unsure(format!("the connection to {place} broke in the middle of the answer"))),
        }
    }
    Ok(Answer { status: status.as_u16(), headers, text: String::from_utf8_lossy(&bytes).into_owned() })
}

fn unsent(error: &reqwest::Error, place: &str) -> Silence {
    if error.is_builder() {
        return Silence::NotSent(format!("the address of {place} cannot be used; enter it again"));
    }
    if error.is_connect() {
        let why = if error.is_timeout() { "takes no connection in time" } else { "cannot be reached" };
        return Silence::NotSent(format!("{place} {why}; it is tried again by itself"));
    }
    let why = if error.is_timeout() { "did not answer in time" } else { "broke the connection without an answer" };
    Silence::Unsure(format!("{place} {why}; it may have arrived all the same"))
}

impl Answer {
    /// The body, where it is the JSON that was to come. A sign-in page or a captive portal is HTML under any status.
    pub(crate) fn json(&self) -> Option<Value> {
        let html = self.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|kind| kind.contains("html"));
        if html { None } else { serde_json::from_str(&self.text).ok() }
    }

    /// A web page came.
    pub(crate) fn is_page(&self) -> bool {
        let html = self.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|kind| kind.contains("html"));
        html || self.text.trim_start().starts_with('<')
    }
}
