//! Teams by a *Workflows* webhook: the answer says only that the flow was started.

use async_trait::async_trait;
use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::ports::{Check, Courier, Verdict};
use reqwest::{Client, Url};
use serde_json::{Value, json};

use crate::line::{exchange, held, refusal, said};

const PLACE: &str = "Teams";
/// The service's bound, less room for its own envelope.
const MOST_BYTES: usize = 26_000;

/// A Teams workflow.
pub(crate) struct TeamsWorkflow {
    client: Client,
    address: Url,
}

impl TeamsWorkflow {
    pub(crate) fn new(client: Client, address: Url) -> Self {
        Self { client, address }
    }
}

#[async_trait]
impl Courier for TeamsWorkflow {
    async fn deliver(&self, act: &Act) -> Delivered {
        let body = card(act.payload["text"].as_str().unwrap_or_default());
        let bytes = body.to_string().len();
        if bytes > MOST_BYTES {
            return Delivered::Refused(format!("{PLACE} takes at most {MOST_BYTES} bytes and this is {bytes}; shorten the text"));
        }
        match exchange(self.client.post(self.address.clone()).json(&body), PLACE).await {
            Ok(answer) if matches!(answer.status, 200 | 202) && !answer.text.trim_start().starts_with('<') => {
                Delivered::Done(Receipt::of("accepted"))
            }
            Ok(answer) if matches!(answer.status, 403 | 404 | 410) => {
                held(format!("the workflow is gone or switched off ({}); make a new one and enter it", answer.status))
            }
            Ok(answer) => refusal(&answer, PLACE).unwrap_or_else(|| Delivered::Unsure(format!("{PLACE} answered: {}", said(&answer)))),
            Err(silence) => silence.into(),
        }
    }

    async fn probe(&self, _act: &Act, _age_s: i64) -> Found {
        Found::CannotAsk
    }

    async fn test(&self) -> Vec<Check> {
        // Whatever is posted starts the flow and is seen, so only the address is looked at.
        let host = self.address.host_str().unwrap_or_default();
        let known = host.ends_with(".logic.azure.com") || host.ends_with(".environment.api.powerplatform.com");
        let (verdict, message, cure) = if known {
            (Verdict::Ok, "the address is one of Teams' workflows; only a message proves the rest", "")
        } else {
            (Verdict::Degraded, "the address is none that Teams gives out", "copy the address of a workflow's webhook")
        };
        vec![Check { name: "workflow", verdict, message: message.to_owned(), cure: cure.to_owned() }]
    }
}

/// An adaptive card, a block of text for each paragraph.
fn card(text: &str) -> Value {
    let paragraphs: Vec<Value> = text
        .split('\n')
        .filter(|line| !line.trim().is_empty())
        .map(|line| json!({ "type": "TextBlock", "text": line, "wrap": true }))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.2",
                "body": paragraphs,
            },
        }],
    })
}
