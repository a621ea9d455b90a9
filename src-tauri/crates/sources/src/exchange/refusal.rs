//! What a status other than success means, in the words of whoever refused.

use firewatch_domain::fault::{Fault, FaultKind};
use reqwest::StatusCode;
use serde_json::Value;

use super::front::Front;
use super::setback::Setback;

/// What the body of a refusal says.
#[derive(Default)]
struct Said {
    /// Prometheus's `errorType`.
    kind: Option<String>,
    /// Its `error`, Grafana's `message`, the first of Datadog's `errors`.
    text: Option<String>,
    /// It is Grafana that speaks, not what is behind it.
    by_grafana: bool,
}

/// What a status other than success means. `body` as far as it came.
pub(super) fn refusal(place: &str, front: &Front, status: StatusCode, body: &[u8]) -> Setback {
    let said = said(body);
    let setback = match front {
        Front::Grafana { uid, .. } => grafana(place, uid.as_deref(), status.as_u16(), &said),
        Front::Datadog => datadog(place, status.as_u16(), &said),
        Front::Server => None,
    };
    setback.unwrap_or_else(|| server(place, status.as_u16(), &said, body)).with(status)
}

fn server(place: &str, code: u16, said: &Said, body: &[u8]) -> Setback {
    match (code, &said.text) {
        (401 | 403, _) if String::from_utf8_lossy(body).to_lowercase().contains("no org id") => {
            let message = format!("{place} serves several tenants and wants to know which ({code}); add the header X-Scope-OrgID.");
            Setback::whole(Fault::new(FaultKind::SignInRefused, message))
        }
        (401 | 403, _) => {
            let message = format!("{place} refused the sign-in ({code}); check user and password or the token, and what it may read.");
            Setback::whole(Fault::new(FaultKind::SignInRefused, message))
        }
        (407, _) => {
            let message = format!("A proxy in front of {place} asks for a sign-in (407); set its user in the system's proxy settings.");
            Setback::whole(Fault::new(FaultKind::SignInRefused, message))
        }
        (408, _) => {
            let message = format!("{place} says that it waited too long for the question (408); the network may be slow.");
            Setback::whole(Fault::new(FaultKind::TimedOut, message))
        }
        (413 | 414 | 431, _) => Setback::part(Fault::new(FaultKind::TooLarge, format!("{place} found the query too long ({code})."))),
        (500..=599, Some(error)) => {
            let fault = Fault::new(FaultKind::ServerFailed, format!("{place} could not answer ({code}): {}", brief(error)));
            let this = matches!(said.kind.as_deref(), Some("timeout" | "canceled" | "execution"));
            if this { Setback::part(fault) } else { Setback::whole(fault) }
        }
        (500..=599, None) => {
            let message = format!("{place} failed ({code}); its own log knows why. Firewatch asks again at the next poll.");
            Setback::whole(Fault::new(FaultKind::ServerFailed, message))
        }
        (400 | 404 | 422, Some(error)) => refused_query(place, error),
        (400 | 422, None) => {
            Setback::part(Fault::new(FaultKind::QueryRefused, format!("{place} refused the query ({code}){}", plain_words(body))))
        }
        (404, None) => {
            let message = format!("{place} has no monitoring API at this address (404); check the path, such as /prometheus.");
            Setback::whole(Fault::new(FaultKind::NotTheApi, message))
        }
        _ => {
            let message =
                format!("{place} answered with status {code}, which the API never does; check the address and what is in front of it.");
            Setback::whole(Fault::new(FaultKind::NotTheApi, message))
        }
    }
}

/// What Grafana itself refused; `None` where the refusal is that of the data source behind it.
fn grafana(place: &str, uid: Option<&str>, code: u16, said: &Said) -> Option<Setback> {
    let which = uid.map_or_else(|| "the data source".to_owned(), |uid| format!("the data source `{uid}`"));
    let own = said.by_grafana.then_some(said.text.as_deref().unwrap_or_default());
    let (kind, message) = match (code, own) {
        (401, Some(words)) => {
            let cure = "give this source a token of a service account (Administration, Service accounts), or a new one if it ran out.";
            (FaultKind::SignInRefused, format!("Grafana at {place} refused the sign-in (401: {}); {cure}", brief(words)))
        }
        (401, None) => {
            let cure = "the credentials kept in Grafana for it are wrong, or the token was not sent as Bearer.";
            (FaultKind::SignInRefused, format!("What is behind {which} of Grafana at {place} refused the sign-in (401): {cure}"))
        }
        (403, Some(words)) => {
            let cure = "the service account needs datasources:query on it, which the role Viewer has.";
            let message = format!("Grafana at {place} does not let this token query {which} (403: {}); {cure}", brief(words));
            (FaultKind::SignInRefused, message)
        }
        (404, Some(words)) => {
            let cure = "its uid stands in the address of its settings page, and the token must be of its organisation.";
            (FaultKind::NotTheApi, format!("Grafana at {place} does not have {which} (404: {}); {cure}", brief(words)))
        }
        (502..=504, _) if said.kind.is_none() => {
            let cure = "that server is down, or the address kept in Grafana is wrong.";
            (FaultKind::ServerFailed, format!("Grafana at {place} cannot reach what is behind {which} ({code}); {cure}"))
        }
        _ => return None,
    };
    Some(Setback::whole(Fault::new(kind, message)))
}

/// What Datadog refuses in its own way.
fn datadog(place: &str, code: u16, said: &Said) -> Option<Setback> {
    let words = said.text.as_deref().map_or_else(String::new, |text| format!(": {}", brief(text)));
    let (kind, message) = match code {
        // A wrong site answers like a wrong key.
        401 | 403 => {
            let cure = "check the API key, the application key with its scopes, and whether both belong to this site.";
            (FaultKind::SignInRefused, format!("{place} refused the keys ({code}{words}); {cure}"))
        }
        404 if said.text.is_some() => {
            return Some(Setback::part(Fault::new(
                FaultKind::QueryRefused,
                format!("{place} does not know it (404{words}); was it deleted?"),
            )));
        }
        _ => return None,
    };
    Some(Setback::whole(Fault::new(kind, message)))
}

/// The server's own words about a query it will not answer. Stores it cannot reach are missing from every other answer too.
pub(crate) fn refused_query(place: &str, error: &str) -> Setback {
    let lower = error.to_lowercase();
    let large = [
        "too many samples",
        "maximum number of",
        "max number of series",
        "too long",
        "maxquerylen",
        "max-samples",
        "exceeded maximum",
        "too many series",
        "err-mimir-max",
        "-search.max",
    ];
    let away = ["code = unavailable", "code = deadlineexceeded", "no store matched"];
    if away.iter().any(|sign| lower.contains(sign)) {
        return Setback::whole(Fault::new(FaultKind::Partial, format!("{place} cannot reach all of its stores: {}", brief(error))));
    }
    let kind = if large.iter().any(|sign| lower.contains(sign)) { FaultKind::TooLarge } else { FaultKind::QueryRefused };
    Setback::part(Fault::new(kind, format!("{place} refused the query: {}", brief(error))))
}

fn said(body: &[u8]) -> Said {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return Said::default() };
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let first = || body.get("errors").and_then(Value::as_array).and_then(|list| list.first()?.as_str()).map(str::to_owned);
    Said {
        kind: text("errorType"),
        by_grafana: body.get("message").is_some_and(Value::is_string) && !body.contains_key("status"),
        text: text("error").or_else(|| text("message")).or_else(first),
    }
}

fn plain_words(body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap_or_default().trim_start();
    if text.is_empty() || text.starts_with('<') { ".".to_owned() } else { format!(": {}", brief(text)) }
}

fn brief(text: &str) -> String {
    let line = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    if line.chars().count() > 240 { line.chars().take(239).chain(['…']).collect() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: u16, body: &str) -> Setback {
        refusal("p.example", &Front::Server, StatusCode::from_u16(code).unwrap(), body.as_bytes())
    }

    #[test]
    fn refusals_keep_the_servers_words() {
        let setback = of(503, r#"{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#);
        assert!(setback.this_question && setback.fault.kind == FaultKind::ServerFailed);
        assert!(setback.fault.message.contains("timed out in expression"), "{}", setback.fault);
        let body = r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}"#;
        assert_eq!(of(422, body).fault.kind, FaultKind::TooLarge);
        assert!(of(401, "no org id").fault.message.contains("X-Scope-OrgID"));
    }

    #[test]
    fn a_store_out_of_reach_is_a_part_that_is_missing() {
        let words = "expand series set: proxy Series(): rpc error: code = Unavailable desc = connection refused";
        let body = serde_json::json!({ "status": "error", "errorType": "execution", "error": words }).to_string();
        assert_eq!(of(422, &body).fault.kind, FaultKind::Partial);
    }
}
