//! One HTTP exchange within bounds, judged by whether anything can have been done on the other side.

use std::time::Duration;

use firewatch_domain::outbox::Delivered;
use reqwest::header::{AUTHORIZATION, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Request, RequestBuilder, StatusCode, redirect};

/// The longest answer that is read.
const MOST_BYTES: usize = 1024 * 1024;
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an exchange may take.
const WHOLE: Duration = Duration::from_secs(20);
/// Shorter pieces of an address are no secrets.
const LEAST_SECRET: usize = 6;
/// The wait when a limit is hit and nothing is said about how long.
const USUAL_WAIT_S: i64 = 30;

/// An answer that came whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    /// What of the request may be a secret: some servers say back what they were told.
    told: Vec<String>,
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

impl Silence {
    /// In words.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::NotSent(reason) | Self::Unsure(reason) => reason,
        }
    }
}

/// A client for one destination. `loopback`: it is on this machine, so no proxy stands between.
pub(crate) fn client(loopback: bool) -> Result<Client, String> {
    let builder = Client::builder()
        .user_agent(concat!("firewatch/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .gzip(true);
    let built = if loopback { builder.no_proxy().build() } else { builder.build() };
    built.map_err(|_| "the system's certificates could not be loaded; see the Doctor".to_owned())
}

/// Sends and reads within bounds. `place` names the other side in messages: never by an address that is a secret.
pub(crate) async fn exchange(request: RequestBuilder, place: &str) -> Result<Answer, Silence> {
    let (client, request) = request.build_split();
    let request = request.map_err(|error| unsent(&error, place))?;
    let told = told(&request);
    let mut response = client.execute(request).await.map_err(|error| unsent(&error, place))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= MOST_BYTES => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => return Err(Silence::Unsure(format!("{place} answered with more than a megabyte, which it never does"))),
            Ok(None) => break,
            Err(_) => return Err(Silence::Unsure(format!("the connection to {place} broke in the middle of the answer"))),
        }
    }
    Ok(Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), told })
}

/// Address and credentials of a request, in pieces.
fn told(request: &Request) -> Vec<String> {
    let url = request.url();
    let address =
        url.path_segments().into_iter().flatten().map(str::to_owned).chain(url.query_pairs().map(|(_, value)| value.into_owned()));
    let signed = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).into_iter().flat_map(str::split_whitespace);
    address.chain(signed.map(str::to_owned)).filter(|piece| piece.len() >= LEAST_SECRET).collect()
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
    /// What every service means by a status that is no success. `None` for a success.
    pub(crate) fn refusal(&self, place: &str) -> Option<Delivered> {
        let code = self.status.as_u16();
        Some(match code {
            200..=299 => return None,
            429 => self.limited(place),
            401 => held(format!("{place} refused the sign-in (401); enter the secret again")),
            408 | 500..=599 => Delivered::Unsure(format!("{place} failed ({code}); it may have arrived all the same")),
            300..=399 => held(format!("{place} redirects to a sign-in page or another address; check the network and the address")),
            _ => Delivered::Refused(format!("{place} refused it ({code}): {}", self.said())),
        })
    }

    /// Too many requests: nothing was done.
    pub(crate) fn limited(&self, place: &str) -> Delivered {
        let asked = self.headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|text| text.trim().parse::<f64>().ok());
        let wait = asked.filter(|s| s.is_finite() && *s >= 0.0).map_or(USUAL_WAIT_S, |s| s.ceil() as i64);
        Delivered::NotSent { reason: format!("{place} asks to wait {wait} s (429)"), wait_s: Some(wait), holds_all: true }
    }

    /// Its own words, short and plain, without what it was told.
    pub(crate) fn said(&self) -> String {
        let text = self.told.iter().fold(self.text.clone(), |text, piece| text.replace(piece.as_str(), "…"));
        let text = text.trim();
        if text.starts_with('<') {
            return "a web page came instead of an answer".to_owned();
        }
        let said = firewatch_domain::words::plain(text, 200);
        if said.is_empty() { "nothing else was said".to_owned() } else { said }
    }
}

/// Nothing was done, and the same would happen to all others.
pub(crate) fn held(reason: String) -> Delivered {
    Delivered::NotSent { reason, wait_s: None, holds_all: true }
}
