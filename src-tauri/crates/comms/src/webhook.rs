//! Slack's incoming webhooks: one address, plain-text answers, no id to ask for later.

use async_trait::async_trait;
use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::ports::{Check, Courier, Verdict};
use reqwest::{Client, Url};
use serde_json::json;

use crate::line::{exchange, held, refusal, said};
use crate::slack::{blocks, fallback};

const PLACE: &str = "Slack";

/// A Slack webhook.
pub(crate) struct SlackWebhook {
    client: Client,
    address: Url,
}

impl SlackWebhook {
    pub(crate) fn new(client: Client, address: Url) -> Self {
        Self { client, address }
    }
}

#[async_trait]
impl Courier for SlackWebhook {
    async fn deliver(&self, act: &Act) -> Delivered {
        let body = json!({ "text": fallback(act), "blocks": blocks(act, None) });
        let answer = match exchange(self.client.post(self.address.clone()).json(&body), PLACE).await {
            Ok(answer) => answer,
            Err(silence) => return silence.into(),
        };
        match (answer.status, answer.text.trim()) {
            (200, "ok") => Delivered::Done(Receipt::of("accepted")),
            (200..=299, _) => Delivered::Unsure(format!("{PLACE} answered something else than ok: {}", said(&answer))),
            (403, _) => Delivered::Refused(format!("{PLACE} does not allow this message: {}", said(&answer))),
            (404 | 410, _) => held(format!("the webhook or its channel is gone ({}); make a new one and enter it", said(&answer))),
            _ => refusal(&answer, PLACE).unwrap_or_else(|| Delivered::Unsure(said(&answer))),
        }
    }

    async fn probe(&self, _act: &Act, _age_s: i64) -> Found {
        Found::CannotAsk
    }

    async fn test(&self) -> Vec<Check> {
        // An empty body is refused with a text of Slack's own, and nobody in the channel sees anything.
        let (verdict, message, cure) = match exchange(self.client.post(self.address.clone()).json(&json!({})), PLACE).await {
            Ok(answer) if answer.status == 400 => (Verdict::Ok, "the webhook answers".to_owned(), ""),
            Ok(answer) => (Verdict::Broken, format!("it answered {}: {}", answer.status, said(&answer)), "make a new webhook and enter it"),
            Err(silence) => (Verdict::Broken, silence.reason(), "check the network"),
        };
        vec![Check { name: "webhook", verdict, message, cure: cure.to_owned() }]
    }
}
