//! A Slack bot in a channel. Each message carries its act's id as the name of a block, so that a lost reply can be looked up.

use async_trait::async_trait;
use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::ports::{Check, Courier, Verdict};
use reqwest::Client;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::line::{Answer, Silence, exchange, held, limited, refusal, said};

const PLACE: &str = "Slack";
/// Characters of one block.
const BLOCK: usize = 2900;
/// Blocks of one message.
const MOST_BLOCKS: usize = 40;
/// After this many seconds a message that is not in the channel's history was never posted.
const SETTLED_S: i64 = 60;
/// Pages of history that are looked through.
const MOST_PAGES: usize = 10;

/// A Slack bot.
pub(crate) struct SlackBot {
    client: Client,
    api: String,
    channel: String,
    token: SecretString,
}

impl SlackBot {
    pub(crate) fn new(client: Client, api: &str, channel: &str, token: SecretString) -> Self {
        Self { client, api: api.trim_end_matches('/').to_owned(), channel: channel.to_owned(), token }
    }

    /// Posts a form, which changes something.
    async fn call(&self, method: &str, form: &[(&str, String)]) -> Result<Answer, Silence> {
        let request = self.client.post(format!("{}/{method}", self.api)).bearer_auth(self.token.expose_secret()).form(form);
        exchange(request, PLACE).await
    }

    /// Reads; the description knows these methods by GET alone.
    async fn ask(&self, method: &str, query: &[(&str, String)]) -> Result<Answer, Silence> {
        let request = self.client.get(format!("{}/{method}", self.api)).bearer_auth(self.token.expose_secret()).query(query);
        exchange(request, PLACE).await
    }

    /// The page of history from just before the act was sent, and the cursor of the next.
    async fn history(&self, oldest_s: i64, cursor: Option<&str>) -> Result<(Vec<Value>, Option<String>), Found> {
        let mut query = vec![("channel", self.channel.clone()), ("oldest", format!("{oldest_s}.000000")), ("limit", "200".to_owned())];
        query.extend(cursor.map(|c| ("cursor", c.to_owned())));
        let answer = self.ask("conversations.history", &query).await.map_err(|silence| Found::Failed(silence.reason()))?;
        let Some(body) = object(&answer) else { return Err(Found::Failed(format!("{PLACE} answered: {}", said(&answer)))) };
        if body["ok"] != true {
            return Err(match body["error"].as_str().unwrap_or_default() {
                "missing_scope" | "not_in_channel" | "channel_not_found" | "not_allowed_token_type" => Found::CannotAsk,
                error => Found::Failed(explained(error)),
            });
        }
        let next = body["response_metadata"]["next_cursor"].as_str().filter(|c| !c.is_empty()).map(str::to_owned);
        Ok((body["messages"].as_array().cloned().unwrap_or_default(), next))
    }
}

#[async_trait]
impl Courier for SlackBot {
    async fn deliver(&self, act: &Act) -> Delivered {
        let blocks = blocks(act, Some(&marker(act))).to_string();
        let form = [("channel", self.channel.clone()), ("text", fallback(act)), ("blocks", blocks)];
        match self.call("chat.postMessage", &form).await {
            Ok(answer) => judged(&answer),
            Err(silence) => silence.into(),
        }
    }

    async fn probe(&self, act: &Act, age_s: i64) -> Found {
        let oldest = act.sent_s.unwrap_or(act.created_s) - 300;
        let (mut cursor, mut found) = (None, Vec::new());
        for _ in 0..MOST_PAGES {
            let (messages, next) = match self.history(oldest, cursor.as_deref()).await {
                Ok(page) => page,
                Err(found) => return found,
            };
            found.extend(messages.iter().filter(|m| carries(m, &marker(act))).filter_map(receipt));
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        match (found.len(), cursor) {
            (0, Some(_)) => Found::NotSeen("the channel has more messages since than are looked through".to_owned()),
            (0, None) if age_s >= SETTLED_S => Found::NotThere,
            (0, None) => Found::NotSeen("it is not in the channel yet".to_owned()),
            (1, _) => Found::There(found.remove(0)),
            (_, _) => Found::Several(found),
        }
    }

    async fn test(&self) -> Vec<Check> {
        let (verdict, message, cure) = match self.ask("auth.test", &[]).await {
            Ok(answer) => match object(&answer) {
                Some(body) if body["ok"] == true => {
                    let who = body["user"].as_str().unwrap_or("the bot");
                    let team = body["team"].as_str().unwrap_or("the workspace");
                    let told = firewatch_domain::words::plain(&format!("signed in as {who} in {team}"), 160);
                    (Verdict::Ok, told, "")
                }
                Some(body) => (Verdict::Broken, explained(body["error"].as_str().unwrap_or("?")), "enter the bot's token again"),
                None => (Verdict::Broken, format!("{PLACE} answered: {}", said(&answer)), "check the network"),
            },
            Err(silence) => (Verdict::Broken, silence.reason(), "check the network"),
        };
        vec![Check { name: "sign-in", verdict, message, cure: cure.to_owned() }]
    }
}

/// The plain text of a message, for notifications and old clients.
pub(crate) fn fallback(act: &Act) -> String {
    let cut: String = act.payload["text"].as_str().unwrap_or_default().chars().take(BLOCK).collect();
    escaped(&cut)
}

/// The text as blocks within Slack's bounds; the first one named, where a marker is given.
pub(crate) fn blocks(act: &Act, marker: Option<&str>) -> Value {
    let characters: Vec<char> = act.payload["text"].as_str().unwrap_or_default().chars().collect();
    let section = |(i, part): (usize, &[char])| {
        let mut block = json!({ "type": "section", "text": { "type": "mrkdwn", "text": escaped(&part.iter().collect::<String>()) } });
        if let Some(marker) = marker.filter(|_| i == 0) {
            block["block_id"] = Value::String(marker.to_owned());
        }
        block
    };
    Value::Array(characters.chunks(BLOCK).take(MOST_BLOCKS).enumerate().map(section).collect())
}

/// Slack reads `&`, `<` and `>` as mark-up, and with them mentions of everybody.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn marker(act: &Act) -> String {
    format!("firewatch-{}", act.id)
}

fn carries(message: &Value, marker: &str) -> bool {
    message["blocks"].as_array().is_some_and(|blocks| blocks.iter().any(|b| b["block_id"] == marker))
}

fn receipt(message: &Value) -> Option<Receipt> {
    message["ts"].as_str().map(Receipt::of)
}

fn object(answer: &Answer) -> Option<Value> {
    serde_json::from_str::<Value>(&answer.text).ok().filter(Value::is_object)
}

fn judged(answer: &Answer) -> Delivered {
    if let Some(end) = refusal(answer, PLACE) {
        return end;
    }
    let Some(body) = object(answer) else { return Delivered::Unsure(format!("{PLACE} answered: {}", said(answer))) };
    if body["ok"] == true {
        return receipt(&body).map_or_else(|| Delivered::Unsure(format!("{PLACE} took it without saying where")), Delivered::Done);
    }
    let error = body["error"].as_str().unwrap_or("unknown_error");
    match error {
        "rate_limited" | "ratelimited" => limited(answer, PLACE),
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" | "missing_scope" => held(explained(error)),
        "internal_error" | "fatal_error" | "request_timeout" | "service_unavailable" => Delivered::Unsure(explained(error)),
        _ => Delivered::Refused(explained(error)),
    }
}

/// Slack's word for what is wrong, with the cure.
fn explained(error: &str) -> String {
    let cure = match error {
        "channel_not_found" => "check the channel's id",
        "not_in_channel" => "invite the bot to the channel",
        "is_archived" => "the channel is archived; choose another",
        "msg_too_long" => "shorten the text",
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => "enter the bot's token again",
        "missing_scope" => "give the bot the scope chat:write",
        _ => "see Slack's documentation of this word",
    };
    format!("{PLACE} says {}: {cure}", firewatch_domain::words::plain(error, 60))
}
