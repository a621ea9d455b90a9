//! A Prometheus that misbehaves on demand: it stands before a real one (or gives a canned answer) and spoils what comes back. Without a
//! fault it is a proxy that can add latency, which is how the bench plays a server far away.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::{Reply, Request, Server, answer};
use crate::{Result, wait};

mod present;
mod upstream;

use present::{Present, dated};
use upstream::{Answer, Upstream};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// Nothing: the answer passes as it is.
    #[default]
    None,
    /// 401: the password was changed.
    Unauthorized,
    /// 403: no permission.
    Forbidden,
    /// 404: the path is wrong.
    NotFound,
    /// 200 with a login page: a captive portal.
    Html,
    /// 200, and no series at all.
    EmptyVector,
    /// Every value is `NaN`.
    Nan,
    /// The first series is gone, the others are there.
    SeriesVanished,
    /// The answer carries `warnings`: it may be partial.
    Warnings,
    /// The `Date` header is this many seconds off.
    ClockOff(i64),
    /// Accepts the request and never answers.
    Hang,
    /// 500.
    ServerError,
    /// 503 with an error document of Prometheus's own.
    Unavailable,
    /// 429 with `Retry-After` in seconds.
    TooMany(u32),
    /// Half of the announced body, then the connection closes.
    Truncated,
    /// 200 with a document whose status is `error`.
    ErrorWith200,
    /// 200 with something that is no JSON.
    NotJson,
    /// A redirect to itself.
    RedirectLoop,
    /// 204: nothing.
    NoContent,
}

/// Where good answers come from.
#[derive(Debug, Clone)]
pub enum Behind {
    /// A real server.
    Real(SocketAddr),
    /// Always this document.
    Canned(Value),
}

/// The misbehaving server; dropping it closes its port.
#[derive(Debug)]
pub struct Hostile {
    server: Option<Server>,
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    behind: Behind,
    mood: Mutex<(Fault, Duration)>,
    present: Mutex<Present>,
    requests: AtomicU64,
    seen: Mutex<Vec<Request>>,
}

impl Hostile {
    /// Starts it, well-behaved.
    pub fn start(behind: Behind) -> Result<Self> {
        let shared =
            Shared { behind, mood: Mutex::default(), present: Mutex::default(), requests: AtomicU64::new(0), seen: Mutex::default() };
        let shared = Arc::new(shared);
        let server = listen(0, &shared)?;
        Ok(Self { address: server.address(), server: Some(server), shared })
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From the next request on, this goes wrong.
    pub fn set_fault(&self, fault: Fault) {
        self.shared.mood.lock().unwrap_or_else(PoisonError::into_inner).0 = fault;
    }

    /// From the next request on, every answer takes this much longer.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.mood.lock().unwrap_or_else(PoisonError::into_inner).1 = latency;
    }

    /// From the next request on it is this moment there, in unix seconds: the `Date` header says so, and later samples are not there yet.
    /// So a prepared history can be lived through with a test's own clock.
    pub fn set_present(&self, now_s: i64) {
        self.shared.present().now_s = Some(now_s);
    }

    /// From the next request on, the series of this job are gone, all others are there; `None` brings them back.
    pub fn hide_job(&self, job: Option<&str>) {
        self.shared.present().hidden_job = job.map(str::to_owned);
    }

    /// Requests so far, also those of [`Self::take_seen`].
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// The requests since the last call (at most the newest thousand): what the other side is asked, with which headers.
    pub fn take_seen(&self) -> Vec<Request> {
        std::mem::take(&mut *self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Refuses connections until [`Self::reappear`].
    pub fn vanish(&mut self) {
        self.server = None;
    }

    /// Listens again on the same port.
    pub fn reappear(&mut self) -> Result {
        self.vanish();
        self.server = Some(listen(self.address.port(), &self.shared)?);
        Ok(())
    }

    /// Cuts the open connections; new ones are served.
    pub fn cut(&self) {
        if let Some(server) = &self.server {
            server.cut();
        }
    }
}

impl Shared {
    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn listen(port: u16, shared: &Arc<Shared>) -> Result<Server> {
    let shared = Arc::clone(shared);
    Server::start(port, move || {
        let shared = Arc::clone(&shared);
        let mut upstream = match &shared.behind {
            Behind::Real(address) => Upstream::real(*address),
            Behind::Canned(document) => Upstream::canned(document),
        };
        Box::new(move |request| respond(request, &shared, &mut upstream))
    })
}

fn respond(request: &Request, shared: &Shared, upstream: &mut Upstream) -> Reply {
    shared.requests.fetch_add(1, Ordering::SeqCst);
    remember(request, shared);
    let (fault, latency) = *shared.mood.lock().unwrap_or_else(PoisonError::into_inner);
    let present = shared.present().clone();
    std::thread::sleep(latency);
    let html: &[(&str, &str)] = &[("Content-Type", "text/html; charset=utf-8")];
    let json: &[(&str, &str)] = &[("Content-Type", "application/json")];
    let error = |kind: &str| json!({ "status": "error", "errorType": kind, "error": "as ordered by the test" }).to_string();
    match fault {
        Fault::None if present.is_ours() => pass(upstream.fetch(request)),
        Fault::Unauthorized => Reply::Send(answer(401, &[("WWW-Authenticate", "Basic")], b"Unauthorized\n")),
        Fault::Forbidden => Reply::Send(answer(403, html, b"<h1>Forbidden</h1>")),
        Fault::NotFound => Reply::Send(answer(404, html, b"404 page not found\n")),
        Fault::Html => Reply::Send(answer(200, html, b"<!doctype html><title>Hotel guest network</title><form>Room number</form>")),
        Fault::Hang => Reply::Hang,
        Fault::ServerError => Reply::Send(answer(500, html, b"Internal Server Error\n")),
        Fault::Unavailable => Reply::Send(answer(503, json, error("unavailable").as_bytes())),
        Fault::TooMany(seconds) => Reply::Send(answer(429, &[("Retry-After", &seconds.to_string())], b"")),
        Fault::ErrorWith200 => Reply::Send(answer(200, json, error("execution").as_bytes())),
        Fault::NotJson => Reply::Send(answer(200, json, b"{\"status\":\"success\",\"data\":{]}")),
        Fault::RedirectLoop => Reply::Send(answer(302, &[("Location", &request.path)], b"")),
        Fault::NoContent => Reply::Send(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        Fault::Truncated => truncate(upstream.fetch(request)),
        Fault::None | Fault::EmptyVector | Fault::Nan | Fault::SeriesVanished | Fault::Warnings | Fault::ClockOff(_) => {
            // What is to be changed must not come compressed.
            let mut plain = request.clone();
            plain.headers.retain(|(name, _)| name != "accept-encoding");
            spoil(upstream.fetch(&plain), fault, &present)
        }
    }
}

fn remember(request: &Request, shared: &Shared) {
    let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.len() >= 1000 {
        seen.remove(0);
    }
    seen.push(request.clone());
}

fn pass(fetched: io::Result<Answer>) -> Reply {
    match fetched {
        Ok(answer) => Reply::Send(answer.bytes()),
        Err(_) => Reply::Close(Vec::new()),
    }
}

fn truncate(fetched: io::Result<Answer>) -> Reply {
    let Ok(answer) = fetched else { return Reply::Close(Vec::new()) };
    let bytes = answer.bytes();
    Reply::Close(bytes[..bytes.len() - answer.body.len().div_ceil(2)].to_vec())
}

fn spoil(fetched: io::Result<Answer>, fault: Fault, present: &Present) -> Reply {
    let Ok(mut answer) = fetched else { return Reply::Close(Vec::new()) };
    let now_s = present.now_s.unwrap_or_else(wait::now);
    if let Fault::ClockOff(seconds) = fault {
        answer.set_header("Date", &dated(now_s + seconds));
    } else if present.now_s.is_some() {
        answer.set_header("Date", &dated(now_s));
    }
    if let Ok(mut document) = serde_json::from_slice(&answer.body) {
        present.clip(&mut document);
        spoil_document(&mut document, fault);
        answer.body = document.to_string().into_bytes();
    }
    Reply::Send(answer.bytes())
}

fn spoil_document(document: &mut Value, fault: Fault) {
    if fault == Fault::Warnings {
        document["warnings"] = json!(["some stores did not answer; the result may be partial"]);
        return;
    }
    let Some(series) = document.pointer_mut("/data/result").and_then(Value::as_array_mut) else { return };
    match fault {
        Fault::EmptyVector => series.clear(),
        Fault::SeriesVanished if !series.is_empty() => drop(series.remove(0)),
        Fault::Nan => series.iter_mut().for_each(without_numbers),
        _ => {}
    }
}

fn without_numbers(series: &mut Value) {
    if let Some(value) = series.pointer_mut("/value/1") {
        *value = json!("NaN");
    }
    for pair in series.get_mut("values").and_then(Value::as_array_mut).into_iter().flatten() {
        pair[1] = json!("NaN");
    }
}
