//! Moving an issue to another category of status, by a transition that it offers right now. Names are translated and ids differ by
//! status, so neither is relied on.

use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::tracker::{TrackerFault, Way};
use reqwest::Method;
use serde_json::{Value, json};

use crate::answer::{Kind, field_messages, refusal};
use crate::edit::{address, torn};
use crate::jira::{Jira, part};
use crate::wire::named;

/// Resolutions that say the same everywhere, for what is done and for what is dropped.
const DONE: [&str; 4] = ["done", "fixed", "resolved", "complete"];
const DROPPED: [&str; 5] = ["won't do", "won't fix", "wont fix", "cancelled", "declined"];

impl Jira {
    pub(crate) async fn move_on(&self, act: &Act) -> Result<Receipt, Delivered> {
        let issue = self.current(act).await?;
        let (from, to) = (act.payload["from"].as_str().unwrap_or("new"), act.payload["to"].as_str().unwrap_or_default());
        let now = if issue.category == "undefined" { "new" } else { issue.category.as_str() };
        if now == to {
            return Ok(self.receipt(&issue.key, &issue.id));
        }
        if now != from {
            return Err(torn("the status"));
        }
        let offered = self.offered(address(act)).await.map_err(|fault| Delivered::NotSent {
            reason: fault.message,
            wait_s: fault.wait_s,
            holds_all: false,
        })?;
        let chosen = choose(&offered, to, act.payload["way"].as_str()).map_err(|why| {
            let status = firewatch_domain::words::plain(&issue.status, 60);
            Delivered::Refused(format!("{why} from `{status}`"))
        })?;
        let mut body = json!({ "transition": { "id": chosen["id"] } });
        if let Some(fields) = form(chosen, act.payload["dropped"] == true)? {
            body["fields"] = fields;
        }
        let answer = match self.ask(Method::POST, &format!("/issue/{}/transitions", part(address(act))), &[], Some(&body)).await {
            Ok(answer) => answer,
            Err(silence) => return Err(silence.into()),
        };
        match refusal(&answer, Kind::Again, &self.place, false) {
            None => Ok(self.receipt(&issue.key, &issue.id)),
            Some(Delivered::Refused(reason)) => Err(Delivered::RefusedFields { reason, fields: field_messages(&answer) }),
            Some(end) => Err(end),
        }
    }

    /// Whether it got there. One that did not is moved again, after another look.
    pub(crate) async fn find_moved(&self, act: &Act) -> Found {
        match self.one(address(act)).await {
            Ok(Some(issue)) if act.payload["to"] == issue.category.as_str() => Found::There(self.receipt(&issue.key, &issue.id)),
            Ok(_) => Found::NotThere,
            Err(fault) => Found::Failed(fault.message),
        }
    }

    /// Transitions on offer, as Jira tells them.
    async fn offered(&self, address: &str) -> Result<Vec<Value>, TrackerFault> {
        let query = [("expand", "transitions.fields".to_owned())];
        let body = self.get(&format!("/issue/{}/transitions", part(address)), &query).await?;
        Ok(body["transitions"].as_array().cloned().unwrap_or_default())
    }

    /// Transitions on offer.
    pub(crate) async fn transitions(&self, address: &str) -> Result<Vec<Way>, TrackerFault> {
        let offered = self.offered(address).await?;
        Ok(offered
            .iter()
            .filter_map(|way| {
                let own = named(way)?;
                let category = way["to"]["statusCategory"]["key"].as_str().unwrap_or("undefined").to_owned();
                Some(Way { id: own.id, name: own.name, to: named(&way["to"])?, category })
            })
            .collect())
    }
}

fn choose<'a>(offered: &'a [Value], category: &str, way: Option<&str>) -> Result<&'a Value, String> {
    let fits: Vec<&Value> = offered.iter().filter(|w| w["to"]["statusCategory"]["key"] == category).collect();
    let spoken = match category {
        "done" => "done",
        "indeterminate" => "in progress",
        _ => "to do",
    };
    let remembered = way.and_then(|status| fits.iter().find(|w| w["to"]["id"] == status));
    match (remembered, fits.as_slice()) {
        (Some(way), _) | (None, [way]) => Ok(*way),
        (None, []) => {
            Err(format!("Jira offers this account no step to {spoken}; take it in Jira, or ask for the permission to move issues"))
        }
        (None, several) => {
            let names: Vec<&str> = several.iter().filter_map(|w| w["to"]["name"].as_str()).collect();
            let names = firewatch_domain::words::plain(&names.join(", "), 200);
            Err(format!("several steps lead to {spoken} ({names}); choose one, it is remembered for the project"))
        }
    }
}

/// What the form of a transition demands: a resolution we can give; anything else only a person can.
fn form(way: &Value, dropped: bool) -> Result<Option<Value>, Delivered> {
    let fields = way["fields"].as_object().cloned().unwrap_or_default();
    let demanded = |field: &Value| field["required"] == true && field["hasDefaultValue"] != true;
    if let Some((id, field)) = fields.iter().find(|(id, field)| *id != "resolution" && demanded(field)) {
        let name = firewatch_domain::words::plain(field["name"].as_str().unwrap_or(id), 80);
        return Err(Delivered::Refused(format!("this step asks for `{name}`; take it in Jira, where the form is")));
    }
    let Some(resolution) = fields.get("resolution") else { return Ok(None) };
    let allowed = resolution["allowedValues"].as_array().cloned().unwrap_or_default();
    let wanted: &[&str] = if dropped { &DROPPED } else { &DONE };
    let spoken = |value: &Value| value["name"].as_str().unwrap_or_default().to_lowercase().replace('’', "'");
    let by_name = wanted.iter().find_map(|name| allowed.iter().find(|value| spoken(value) == *name));
    let Some(chosen) = by_name.or(allowed.first().filter(|_| demanded(resolution))) else { return Ok(None) };
    Ok(Some(json!({ "resolution": { "id": chosen["id"] } })))
}
