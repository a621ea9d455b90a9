//! One server, asked over kept connections within bounds.
//!
//! Whatever answers in the server's place (a sign-in page, a captive portal, a redirect elsewhere, a gzip bomb) becomes a
//! fault that says what came and what to do. Credentials go to the configured origin and nowhere else.

mod answer;
mod cause;
mod front;
mod names;
mod refusal;
mod setback;

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::ports::ReadCost;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub(crate) use cause::transport;
pub(crate) use front::Front;
pub(crate) use names::{Outward, is_link_local};
pub(crate) use refusal::refused_query;
pub(crate) use setback::Setback;

use crate::limits::Limits;

/// Redirects within the same origin that are followed.
const MOST_REDIRECTS: usize = 5;
/// The longest a server may ask us to stay away.
const LONGEST_REST_S: i64 = 300;
/// How long we stay away when it does not say.
const USUAL_REST_S: i64 = 30;
/// Clocks may differ by this much.
const MOST_SKEW_S: i64 = 300;
/// Bytes of a refusal that are read for its words.
const MOST_WORDS: usize = 64 * 1024;

/// As whom we ask.
pub(crate) enum Credentials {
    /// Nobody.
    None,
    /// User and password.
    Basic(String, SecretString),
    /// A token.
    Bearer(SecretString),
}

/// What a round has cost so far.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    requests: AtomicU32,
    bytes: AtomicU64,
}

impl Meter {
    /// The sum.
    pub(crate) fn cost(&self) -> ReadCost {
        ReadCost { requests: self.requests.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed) }
    }
}

/// One question to the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// Path below the base address.
    pub path: &'a str,
    /// Parameters, in the body of a POST or in the address of a GET.
    pub form: &'a [(&'a str, String)],
    /// Ask by POST first: queries are longer than addresses may be.
    pub by_post: bool,
    /// Time for the whole answer.
    pub patience: Duration,
    /// Our clock.
    pub now: DateTime<Utc>,
}

/// A connection to one server.
pub(crate) struct Exchange {
    client: Client,
    base: String,
    front: Front,
    /// Parameters of the configured address, which go along with every question.
    parameters: Vec<(String, String)>,
    origin: url::Origin,
    place: String,
    credentials: Credentials,
    headers: HeaderMap,
    limits: Limits,
    get_only: AtomicBool,
    rest_until: Mutex<Option<DateTime<Utc>>>,
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Exchange {
    /// A connection to `base`; nothing is sent yet. Header values that must not be seen are marked sensitive by the caller.
    pub(crate) fn new(base: &Url, credentials: Credentials, headers: HeaderMap, limits: Limits) -> Result<Self, Fault> {
        let place = place_of(base);
        if is_link_local(base) {
            let message = format!("{place} is a link-local address, which Firewatch never asks; enter the server's own name or address.");
            return Err(Fault::new(FaultKind::Unreachable, message));
        }
        let client = client(limits, firewatch_domain::source::is_loopback(base), base.scheme() == "https")
            .map_err(|_| Fault::new(FaultKind::Unreachable, "The system's certificates could not be loaded; see the Doctor."))?;
        let address = front::base_of(base);
        // The page a person copies has parameters too, those of its own form.
        let page = base.path().ends_with("/graph");
        let parameters = base.query_pairs().filter(|_| !page).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Ok(Self {
            client,
            front: Front::of(&address),
            base: address,
            parameters,
            origin: base.origin(),
            place,
            credentials,
            headers,
            limits,
            get_only: AtomicBool::new(false),
            rest_until: Mutex::new(None),
        })
    }

    /// The same connection to a server that has words of its own for refusals.
    pub(crate) fn speaking(self, front: Front) -> Self {
        Self { front, ..self }
    }

    /// Host and port, for messages.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Base address without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The page where a person sees what a query gives.
    pub(crate) fn page(&self, query: &str) -> Option<String> {
        self.front.page(&self.base, query)
    }

    /// Whether long questions must travel in the address.
    pub(crate) fn get_only(&self) -> bool {
        self.get_only.load(Ordering::Relaxed)
    }

    /// The bounds.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Asks, and gives the body of a good answer.
    pub(crate) async fn ask(&self, question: Question<'_>, meter: &Meter) -> Result<Vec<u8>, Setback> {
        self.check_rest(question.now)?;
        let posts = question.by_post && !self.get_only();
        if !posts {
            return self.once(question, Method::GET, meter).await;
        }
        let first = self.once(question, Method::POST, meter).await;
        let Err(setback) = &first else { return first };
        if !matches!(setback.status, Some(StatusCode::METHOD_NOT_ALLOWED | StatusCode::FORBIDDEN)) {
            return first;
        }
        // A read-only proxy in front may take GET only; whichever refused more plainly is reported.
        let second = self.once(question, Method::GET, meter).await;
        if second.is_ok() {
            tracing::info!(place = self.place, "this server takes queries by GET only");
            self.get_only.store(true, Ordering::Relaxed);
        }
        second
    }

    async fn once(&self, question: Question<'_>, method: Method, meter: &Meter) -> Result<Vec<u8>, Setback> {
        let response = self.send(question, method, meter).await?;
        let status = response.status();
        let headers = response.headers().clone();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(self.rest(&headers, question.now));
        }
        // A part, or nothing, is no answer, however it was meant.
        if status != StatusCode::OK {
            return Err(refusal::refusal(&self.place, &self.front, status, &self.without_secrets(&words(response).await)));
        }
        let body = self.body(response, meter).await?;
        self.check_clock(&headers, question.now)?;
        answer::check_body(&self.place, &headers, &body)?;
        Ok(body)
    }

    async fn send(&self, question: Question<'_>, method: Method, meter: &Meter) -> Result<Response, Setback> {
        let address = format!("{}/{}", self.base, question.path);
        let mut url = Url::parse(&address).map_err(|_| {
            Setback::whole(Fault::new(FaultKind::Unreachable, format!("The address of {} cannot be used; enter it again.", self.place)))
        })?;
        let own = self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let form: Vec<(&str, &str)> = own.chain(question.form.iter().map(|(name, value)| (*name, value.as_str()))).collect();
        if method == Method::GET && !form.is_empty() {
            url.query_pairs_mut().extend_pairs(&form);
        }
        for _ in 0..=MOST_REDIRECTS {
            let mut request = self.client.request(method.clone(), url.clone()).timeout(question.patience).headers(self.headers.clone());
            if method == Method::POST {
                request = request.form(&form);
            }
            meter.requests.fetch_add(1, Ordering::Relaxed);
            let response = self.identify(request).send().await;
            let response = response.map_err(|error| Setback::whole(transport(&self.place, &error, question.patience)))?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            url = self.next_stop(&url, response.headers())?;
        }
        Err(Setback::whole(Fault::new(FaultKind::Redirected, format!("{} redirects in a circle; check the address.", self.place))))
    }

    fn identify(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.credentials {
            Credentials::None => request,
            Credentials::Basic(user, password) => request.basic_auth(user, Some(password.expose_secret())),
            Credentials::Bearer(token) => request.bearer_auth(token.expose_secret()),
        }
    }

    /// Some servers say back what they were told.
    fn without_secrets(&self, words: &[u8]) -> Vec<u8> {
        let request = self.identify(self.client.get(&self.base)).build().ok();
        let signed = request.as_ref().and_then(|r| r.headers().get(AUTHORIZATION)?.to_str().ok());
        let token = signed.and_then(|text| text.split_once(' ')).map(|(_, token)| token.to_owned());
        let password =
            if let Credentials::Basic(_, password) = &self.credentials { Some(password.expose_secret().to_owned()) } else { None };
        let marked = self.headers.values().filter(|value| value.is_sensitive()).filter_map(|value| value.to_str().ok()).map(str::to_owned);
        let secrets = token.into_iter().chain(password).chain(marked).filter(|secret| !secret.is_empty());
        secrets.fold(String::from_utf8_lossy(words).into_owned(), |text, secret| text.replace(&secret, "…")).into_bytes()
    }

    /// Where a redirect leads, if it stays with this server.
    fn next_stop(&self, from: &Url, headers: &HeaderMap) -> Result<Url, Setback> {
        let target = headers.get(LOCATION).and_then(|v| v.to_str().ok()).and_then(|text| from.join(text).ok());
        match target {
            Some(target) if target.origin() == self.origin => Ok(target),
            Some(target) => {
                let there = format!("{}://{}", target.scheme(), place_of(&target));
                let message = format!(
                    "{} redirects to {there}, where Firewatch does not follow with your credentials. If that is the server, enter its \
                     address; if it is a sign-in page, use an address that takes a token.",
                    self.place
                );
                Err(Setback::whole(Fault::new(FaultKind::Redirected, message)))
            }
            None => {
                let message = format!("{} redirects without saying where; check the address.", self.place);
                Err(Setback::whole(Fault::new(FaultKind::Redirected, message)))
            }
        }
    }

    /// Reads the body, counting decompressed bytes: a small answer may unpack to a huge one.
    async fn body(&self, mut response: Response, meter: &Meter) -> Result<Vec<u8>, Setback> {
        let announced = response.content_length().unwrap_or(0).min(self.limits.body as u64) as usize;
        let mut body = Vec::with_capacity(announced);
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    meter.bytes.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                    if body.len() + chunk.len() > self.limits.body {
                        return Err(Setback::part(self.too_large()));
                    }
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => return Ok(body),
                Err(error) => return Err(Setback::whole(cause::broken(&self.place, &error, body.len(), self.limits.answer))),
            }
        }
    }

    fn too_large(&self) -> Fault {
        let bound = self.limits.body / (1024 * 1024);
        let message = format!("{} answered with more than {bound} MB; narrow the selector so that it picks fewer series.", self.place);
        Fault::new(FaultKind::TooLarge, message)
    }

    fn check_rest(&self, now: DateTime<Utc>) -> Result<(), Setback> {
        let until = *self.rest_until.lock().unwrap_or_else(PoisonError::into_inner);
        match until.filter(|until| now < *until) {
            // A clock set back must not keep us away for longer than ever asked.
            Some(until) if (until - now).num_seconds() <= LONGEST_REST_S => Err(Setback::whole(self.resting((until - now).num_seconds()))),
            _ => Ok(()),
        }
    }

    fn rest(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Setback {
        let seconds = headers
            .get("retry-after")
            .or_else(|| headers.get("x-ratelimit-reset"))
            .and_then(|v| retry_after_s(v, now))
            .unwrap_or(USUAL_REST_S)
            .clamp(1, LONGEST_REST_S);
        *self.rest_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(now + chrono::Duration::seconds(seconds));
        tracing::warn!(place = self.place, seconds, "the server asks us to stay away for a while");
        Setback::whole(self.resting(seconds))
    }

    fn resting(&self, seconds: i64) -> Fault {
        let message = format!(
            "{} refused for too many requests (429); Firewatch asks again in {} s. If this repeats, poll less often or ask for a higher limit.",
            self.place,
            seconds.max(1)
        );
        Fault::new(FaultKind::RateLimited, message)
    }

    fn check_clock(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Result<(), Setback> {
        let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
        let Some(there) = text("date").and_then(|d| DateTime::parse_from_rfc2822(d).ok()) else { return Ok(()) };
        // A cache between us says how old its copy is.
        let age = text("age").and_then(|a| a.trim().parse::<i64>().ok()).unwrap_or(0).clamp(0, 86_400);
        let ahead = (now - there.with_timezone(&Utc)).num_seconds() - age;
        if ahead.abs() <= MOST_SKEW_S { Ok(()) } else { Err(Setback::whole(skewed(&self.place, ahead))) }
    }
}

/// The fault of clocks that disagree: ours is `ahead_s` seconds ahead of the server's.
pub(crate) fn skewed(place: &str, ahead_s: i64) -> Fault {
    let way = if ahead_s > 0 { "ahead of" } else { "behind" };
    let minutes = (ahead_s.abs() + 30) / 60;
    let message = format!(
        "This machine's clock is {minutes} min {way} {place}; set the clock of whichever is wrong, minutes cannot be matched until then."
    );
    Fault::new(FaultKind::ClockSkew, message)
}

/// Host, and port where it is written.
pub(crate) fn place_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("the server");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The words of a refusal, as far as they come: the status stands, whatever becomes of them.
async fn words(mut response: Response) -> Vec<u8> {
    let mut words = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        words.extend_from_slice(&chunk);
        if words.len() >= MOST_WORDS {
            break;
        }
    }
    words
}

/// A client within bounds that follows no redirect by itself. `secure`: it speaks TLS, and trusts what the operating system trusts.
pub(crate) fn client(limits: Limits, loopback: bool, secure: bool) -> reqwest::Result<Client> {
    let builder = Client::builder()
        .user_agent(concat!("firewatch/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        .timeout(limits.history)
        .redirect(redirect::Policy::none())
        .dns_resolver(Arc::new(Outward))
        .gzip(true);
    // The system's certificates take a while to load; a client that only speaks plain http trusts nobody.
    let builder = if secure { builder } else { builder.tls_certs_only([]) };
    // What runs on this machine is asked without a detour over the system's proxy, and packing costs more than it saves.
    let plain = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
    if loopback { builder.no_proxy().default_headers(plain).build() } else { builder.build() }
}

/// Seconds to wait, written as a number or as a date.
fn retry_after_s(value: &HeaderValue, now: DateTime<Utc>) -> Option<i64> {
    let text = value.to_str().ok()?.trim();
    let date = || DateTime::parse_from_rfc2822(text).ok().map(|at| (at.with_timezone(&Utc) - now).num_seconds());
    text.parse::<i64>().ok().or_else(date)
}
