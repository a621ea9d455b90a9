//! Reads calendars of shifts: a file, or an address that is a secret. Bounded in size and time; redirects only within https, since
//! calendars are often served from elsewhere than their address says, and never with anything else we know.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use firewatch_domain::ports::{CalendarCopy, Calendars};
use firewatch_domain::source::{check_address, is_loopback};
use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::{Client, Response, StatusCode, redirect};
use serde::{Deserialize, Serialize};

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(20);
/// The longest calendar that is read.
const MOST_BYTES: usize = 5 * 1024 * 1024;
const HOPS: usize = 5;

/// Reads by HTTP and from files.
#[derive(Debug, Clone, Copy, Default)]
pub struct CalendarReader;

/// What a server said of the copy, for the next question.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Mark {
    etag: Option<String>,
    modified: Option<String>,
}

#[async_trait]
impl Calendars for CalendarReader {
    async fn read(&self, at: &str, mark: &str) -> Result<CalendarCopy, String> {
        if !at.contains("://") {
            let path = at.to_owned();
            let read = tokio::task::spawn_blocking(move || read_file(Path::new(&path))).await;
            return read.map_err(|_| "the file could not be read".to_owned())?;
        }
        let (scheme, rest) = at.split_once("://").unwrap_or_default();
        let address = if scheme.eq_ignore_ascii_case("webcal") { format!("https://{rest}") } else { at.to_owned() };
        let url = check_address(&address, true, false)
            .map_err(|_| "the calendar's address cannot be used; it must be https:// or webcal://".to_owned())?;
        let known: Mark = serde_json::from_str(mark).unwrap_or_default();
        let mut request = client(is_loopback(&url))?.get(url);
        if let Some(etag) = known.etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(modified) = known.modified {
            request = request.header(IF_MODIFIED_SINCE, modified);
        }
        answered(request.send().await.map_err(|error| without_address(&error))?).await
    }
}

async fn answered(mut response: Response) -> Result<CalendarCopy, String> {
    match response.status() {
        StatusCode::NOT_MODIFIED => return Ok(CalendarCopy::Same),
        status if status.is_success() => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
            return Err(format!(
                "the calendar's server answered {}; the secret address may have been renewed, enter it again",
                response.status().as_u16()
            ));
        }
        status => return Err(format!("the calendar's server answered {}; it is tried again", status.as_u16())),
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mark = Mark { etag: header(ETAG), modified: header(LAST_MODIFIED) };
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| without_address(&error))? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err("the calendar is longer than 5 MB; export a shorter span".to_owned());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(CalendarCopy::New { bytes, mark: serde_json::to_string(&mark).unwrap_or_default() })
}

fn client(loopback: bool) -> Result<Client, String> {
    let hop = redirect::Policy::custom(move |attempt| {
        let fine = attempt.previous().len() <= HOPS && (attempt.url().scheme() == "https" || loopback);
        if fine { attempt.follow() } else { attempt.stop() }
    });
    let builder = Client::builder()
        .user_agent(concat!("firewatch/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .redirect(hop)
        .gzip(true);
    let built = if loopback { builder.no_proxy().build() } else { builder.build() };
    built.map_err(|_| "the system's certificates could not be loaded; see the Doctor".to_owned())
}

fn without_address(error: &reqwest::Error) -> String {
    let why = if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "broke the connection"
    };
    format!("the calendar's server {why}; it is tried again")
}

fn read_file(path: &Path) -> Result<CalendarCopy, String> {
    let shown = firewatch_domain::words::plain(&path.display().to_string(), 160);
    let file = std::fs::File::open(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    if !file.metadata().is_ok_and(|meta| meta.is_file()) {
        return Err(format!("`{shown}` is no file; name the .ics file itself"));
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    if bytes.len() > MOST_BYTES {
        return Err(format!("`{shown}` is longer than 5 MB; export a shorter span"));
    }
    Ok(CalendarCopy::New { bytes, mark: String::new() })
}
