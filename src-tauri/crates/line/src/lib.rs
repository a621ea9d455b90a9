//! One HTTP exchange that may have done something on the other side: within bounds, never repeated by itself, following no redirect,
//! and judged by whether anything can have been done.

use std::time::Duration;

use firewatch_domain::outbox::Delivered;
use firewatch_domain::tracker::TrackerFault;
use firewatch_domain::words;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Request, RequestBuilder, redirect};
use serde_json::Value;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// Shorter pieces of an address are no secrets.
const LEAST_SECRET: usize = 6;

/// What an exchange may cost.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long it may take.
    pub whole: Duration,
    /// Megabytes of the longest answer that is read.
    pub megabytes: usize,
}

/// An answer that came whole.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub text: String,
    /// What of the request may be a secret: some servers say back what they were told.
    told: Vec<String>,
}

/// Why no whole answer came.
#[derive(Debug)]
pub enum Silence {
    /// No byte of the request can have arrived.
    NotSent(String),
    /// It may have arrived.
    Unsure(String),
}

/// A client for one place. `loopback`: it is on this machine, so no proxy stands between. `headers` go with each request.
///
/// # Errors
/// A sentence, where the system's certificates cannot be loaded.
pub fn client(loopback: bool, headers: HeaderMap, bounds: Bounds) -> Result<Client, String> {
    let builder = Client::builder()
        .user_agent(concat!("firewatch/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .connect_timeout(CONNECT)
        .timeout(bounds.whole)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .gzip(true);
    let built = if loopback { builder.no_proxy().build() } else { builder.build() };
    built.map_err(|_| "the system's certificates could not be loaded; see the Doctor".to_owned())
}

/// Sends and reads within bounds. `place` names the other side in messages: never by an address that is a secret.
///
/// # Errors
/// [`Silence`], with its sentence.
pub async fn exchange(request: RequestBuilder, place: &str, bounds: Bounds) -> Result<Answer, Silence> {
    let (client, request) = request.build_split();
    let request = request.map_err(|error| unsent(&error, place))?;
    let told = told(&request);
    let mut response = client.execute(request).await.map_err(|error| unsent(&error, place))?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() <= bounds.megabytes << 20 => bytes.extend_from_slice(&chunk),
            Ok(Some(_)) => {
                let most = bounds.megabytes;
                return Err(Silence::Unsure(format!("{place} answered with more than {most} MB, which it never does")));
            }
            Ok(None) => break,
            Err(_) => return Err(Silence::Unsure(format!("the connection to {place} broke in the middle of the answer"))),
        }
    }
    Ok(Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), told })
}

impl Answer {
    /// The status says that it was done.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body, where it is JSON. A sign-in page or a captive portal is HTML under any status.
    pub fn json(&self) -> Option<Value> {
        if self.calls_itself_html() { None } else { serde_json::from_str(&self.text).ok() }
    }

    /// A web page came.
    pub fn is_page(&self) -> bool {
        self.calls_itself_html() || self.text.trim_start().starts_with('<')
    }

    /// Seconds that it asks to wait.
    pub fn retry_after_s(&self) -> Option<i64> {
        let asked = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse::<f64>().ok()?;
        (asked.is_finite() && asked >= 0.0).then(|| asked.ceil() as i64)
    }

    /// Its own words, plain, at most `longest` characters, without what it was told. Empty where it said nothing.
    pub fn said(&self, longest: usize) -> String {
        words::plain(self.untold().trim(), longest)
    }

    /// Its body without what it was told.
    pub fn untold(&self) -> String {
        self.told.iter().fold(self.text.clone(), |text, piece| text.replace(piece.as_str(), "…"))
    }

    fn calls_itself_html(&self) -> bool {
        self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| kind.contains("html"))
    }
}

impl Silence {
    /// In words.
    pub fn reason(self) -> String {
        match self {
            Self::NotSent(reason) | Self::Unsure(reason) => reason,
        }
    }
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
        Self { message: silence.reason(), wait_s: None }
    }
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
