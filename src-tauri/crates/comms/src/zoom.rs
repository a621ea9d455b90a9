//! Zoom by server-to-server OAuth. A meeting carries its act's id in the agenda, so that a lost reply can be looked up; what
//! failed is never dressed up as a link.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::ports::{Check, Courier, Verdict};
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::line::{Answer, Silence, exchange, held, refusal, said};

const PLACE: &str = "Zoom";
/// Minutes a meeting is planned for.
const PLANNED_MIN: u32 = 240;
/// After this many seconds a meeting that is not listed was never made.
const SETTLED_S: i64 = 60;
/// Pages of meetings that are looked through.
const MOST_PAGES: usize = 20;

/// A Zoom account.
pub(crate) struct Zoom {
    client: Client,
    place: Place,
    secret: SecretString,
    token: Mutex<Option<SecretString>>,
}

/// Where, and as whom.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub api: String,
    pub sign_in: String,
    pub account: String,
    pub client: String,
    pub user: String,
}

/// Why nothing was asked of the API.
enum Trouble {
    /// Nothing can have been done.
    Held(String),
    /// It may have been.
    Silent(Silence),
}

impl From<Trouble> for Delivered {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Held(reason) => held(reason),
            Trouble::Silent(silence) => silence.into(),
        }
    }
}

impl Trouble {
    fn reason(self) -> String {
        match self {
            Self::Held(reason) => reason,
            Self::Silent(silence) => silence.reason(),
        }
    }
}

impl Zoom {
    pub(crate) fn new(client: Client, place: Place, secret: SecretString) -> Self {
        Self { client, place, secret, token: Mutex::new(None) }
    }

    async fn token(&self) -> Result<SecretString, Trouble> {
        if let Some(token) = self.kept_token().clone() {
            return Ok(token);
        }
        let form = [("grant_type", "account_credentials"), ("account_id", self.place.account.as_str())];
        let address = format!("{}/oauth/token", self.place.sign_in.trim_end_matches('/'));
        let request = self.client.post(address).basic_auth(&self.place.client, Some(self.secret.expose_secret())).form(&form);
        // Signing in twice makes two tokens and nothing else, so an unclear end is a plain failure here.
        let answer = exchange(request, "Zoom's sign-in").await.map_err(|silence| Trouble::Held(silence.reason()))?;
        let body: Value = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
        let Some(token) = body["access_token"].as_str().filter(|_| answer.is_success()) else {
            let code = answer.status;
            return Err(Trouble::Held(format!("Zoom refused the sign-in ({code}); check account, client and secret of the app")));
        };
        let token = SecretString::from(token);
        *self.kept_token() = Some(token.clone());
        Ok(token)
    }

    fn kept_token(&self) -> MutexGuard<'_, Option<SecretString>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks once; once more with a fresh token when the kept one had lapsed, since a refused sign-in does nothing.
    async fn call(&self, method: Method, path: &str, query: &[(&str, String)], body: Option<&Value>) -> Result<Answer, Trouble> {
        let had_token = self.kept_token().is_some();
        let answer = self.ask(method.clone(), path, query, body).await?;
        if answer.status != 401 {
            return Ok(answer);
        }
        *self.kept_token() = None;
        if had_token { self.ask(method, path, query, body).await } else { Ok(answer) }
    }

    async fn ask(&self, method: Method, path: &str, query: &[(&str, String)], body: Option<&Value>) -> Result<Answer, Trouble> {
        let token = self.token().await?;
        let address = format!("{}/{path}", self.place.api.trim_end_matches('/'));
        let mut request = self.client.request(method, address).bearer_auth(token.expose_secret()).query(query);
        if let Some(body) = body {
            request = request.json(body);
        }
        exchange(request, PLACE).await.map_err(Trouble::Silent)
    }

    async fn open(&self, act: &Act) -> Delivered {
        let topic: String = act.payload["topic"].as_str().unwrap_or("Incident").chars().take(190).collect();
        // Nobody waits for a host at night; an account's policy may still say otherwise, and the answer is shown.
        let body = json!({
            "topic": topic, "agenda": agenda(act), "type": 2, "duration": PLANNED_MIN, "timezone": "UTC",
            "settings": { "join_before_host": true, "jbh_time": 0, "waiting_room": false, "mute_upon_entry": false },
        });
        let path = format!("users/{}/meetings", self.place.user);
        let answer = match self.call(Method::POST, &path, &[], Some(&body)).await {
            Ok(answer) => answer,
            Err(trouble) => return trouble.into(),
        };
        if answer.status == 300 {
            return Delivered::Refused(format!("Zoom refused the meeting: {}", said(&answer)));
        }
        if let Some(end) = refusal(&answer, PLACE) {
            return end;
        }
        let made = serde_json::from_str(&answer.text).ok().and_then(|body: Value| receipt(&body));
        made.map_or_else(|| Delivered::Unsure(format!("{PLACE} answered without a link: {}", said(&answer))), Delivered::Done)
    }

    async fn end(&self, act: &Act) -> Delivered {
        let meeting = act.payload["meeting"].as_str().unwrap_or_default();
        let path = format!("meetings/{meeting}/status");
        match self.call(Method::PUT, &path, &[], Some(&json!({ "action": "end" }))).await {
            // A meeting that is over or gone is what was wanted.
            Ok(answer) if answer.is_success() || matches!(answer.status, 400 | 404) => Delivered::Done(Receipt::of(meeting)),
            Ok(answer) => refusal(&answer, PLACE).unwrap_or_else(|| Delivered::Unsure(said(&answer))),
            Err(trouble) => trouble.into(),
        }
    }

    async fn look(&self, act: &Act, age_s: i64) -> Found {
        let path = format!("users/{}/meetings", self.place.user);
        let (mut next, mut found) = (String::new(), Vec::new());
        for _ in 0..MOST_PAGES {
            let mut query = vec![("type", "scheduled".to_owned()), ("page_size", "300".to_owned())];
            if !next.is_empty() {
                query.push(("next_page_token", next.clone()));
            }
            let answer = match self.call(Method::GET, &path, &query, None).await {
                Ok(answer) if answer.is_success() => answer,
                Ok(answer) => return Found::Failed(format!("Zoom's meetings could not be listed: {}", said(&answer))),
                Err(trouble) => return Found::Failed(trouble.reason()),
            };
            let Ok(body) = serde_json::from_str::<Value>(&answer.text) else { return Found::Failed(said(&answer)) };
            let ours = |m: &&Value| m["agenda"].as_str().is_some_and(|agenda| agenda.contains(&act.id));
            found.extend(body["meetings"].as_array().into_iter().flatten().filter(ours).filter_map(receipt));
            body["next_page_token"].as_str().unwrap_or_default().clone_into(&mut next);
            if next.is_empty() {
                return match found.len() {
                    0 if age_s >= SETTLED_S => Found::NotThere,
                    0 => Found::NotSeen("Zoom does not list the meeting yet".to_owned()),
                    1 => Found::There(found.remove(0)),
                    _ => Found::Several(found),
                };
            }
        }
        Found::NotSeen("there are more meetings than are looked through".to_owned())
    }
}

#[async_trait]
impl Courier for Zoom {
    async fn deliver(&self, act: &Act) -> Delivered {
        match act.kind.as_str() {
            "open_room" => self.open(act).await,
            "end_room" => self.end(act).await,
            other => Delivered::Refused(format!("Zoom cannot do `{}`", firewatch_domain::words::plain(other, 40))),
        }
    }

    async fn probe(&self, act: &Act, age_s: i64) -> Found {
        // Ending twice ends nothing more.
        if act.kind == "end_room" { Found::NotThere } else { self.look(act, age_s).await }
    }

    async fn test(&self) -> Vec<Check> {
        let listed = self.call(Method::GET, &format!("users/{}/meetings", self.place.user), &[("page_size", "1".to_owned())], None).await;
        let (verdict, message, cure) = match listed {
            Ok(answer) if answer.is_success() => (Verdict::Ok, "signed in; meetings can be listed".to_owned(), ""),
            Ok(answer) => {
                (Verdict::Broken, format!("Zoom answered: {}", said(&answer)), "give the app the scopes to read and write meetings")
            }
            Err(trouble) => (Verdict::Broken, trouble.reason(), "check account, client and secret"),
        };
        vec![Check { name: "sign-in", verdict, message, cure: cure.to_owned() }]
    }
}

fn agenda(act: &Act) -> String {
    format!("Firewatch {}", act.id)
}

/// Id, link, and what a person dials. The link that makes its holder the host stays where it is.
fn receipt(meeting: &Value) -> Option<Receipt> {
    let id = match &meeting["id"] {
        Value::Number(n) => n.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let url = meeting["join_url"].as_str().filter(|u| u.starts_with("https://") || u.starts_with("http://127.0.0.1"))?;
    let passcode = meeting["password"].as_str().filter(|p| !p.is_empty()).map(|p| format!("passcode {p}"));
    let numbers = meeting["settings"]["global_dial_in_numbers"].as_array();
    let dial = numbers.and_then(|all| all.first()).and_then(|n| n["number"].as_str()).map(|n| format!("dial {n}, meeting {id}"));
    let waiting = (meeting["settings"]["waiting_room"] == true).then(|| "a waiting room is on by the account's policy".to_owned());
    let note: Vec<String> = [passcode, dial, waiting].into_iter().flatten().collect();
    Some(Receipt { id, url: Some(url.to_owned()), note: (!note.is_empty()).then(|| note.join("; ")), lasting: None })
}
