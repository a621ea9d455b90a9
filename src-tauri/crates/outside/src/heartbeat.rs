//! The outside heartbeat: one GET, so that somebody learns when this machine is off.

use std::time::Duration;

use async_trait::async_trait;
use firewatch_domain::ports::Heartbeat;
use reqwest::Client;
use reqwest::redirect::Policy;

const PATIENCE: Duration = Duration::from_secs(10);

/// Pings by HTTP.
#[derive(Debug, Clone, Default)]
pub struct Pinger;

#[async_trait]
impl Heartbeat for Pinger {
    async fn ping(&self, url: &str) -> Result<(), String> {
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).build().map_err(|e| without_address(&e))?;
        let answer = client.get(url).send().await.map_err(|e| without_address(&e))?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("it answered {}", answer.status())) }
    }
}

/// Such addresses are secrets: whoever has one can pretend that this machine is awake.
fn without_address(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the request failed"
    };
    kind.to_owned()
}
