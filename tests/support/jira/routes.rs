//! Which question gets which answer.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::answers::{issue_type, missing, nothing, page, refused, reply};
use super::books::{Books, Comment};
use super::faults::End;
use super::query::found;
use super::{Face, ME, PROJECT, PROJECT_ID, TASK};
use crate::http::{Reply, Request, answer};

/// Answers one request.
pub fn serve(state: &Mutex<Books>, request: &Request) -> Reply {
    let mut books = state.lock().unwrap_or_else(PoisonError::into_inner);
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    // A list comes with commas, or as the same name again and again.
    let mut asked: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
        asked.entry(name).and_modify(|known| *known = format!("{known},{value}")).or_insert(value);
    }
    let query = asked;
    books.requests.push((request.method.clone(), path.to_owned()));
    let version = if books.face == Face::Cloud { "/rest/api/3/" } else { "/rest/api/2/" };
    let Some(rest) = path.strip_prefix(version) else { return missing() };
    let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if books.faults.portal {
        return page(200);
    }
    let writes = is_write(&request.method, &parts);
    if books.faults.signed_out || !signed_in(&books, request) {
        return refused(401, &[], &["Client must be authenticated to access this resource."]);
    }
    if books.faults.anonymous && parts[0] == "myself" {
        return refused(401, &[], &["Client must be authenticated to access this resource."]);
    }
    if !writes {
        return read(&books, &request.method, &parts, &query, &body);
    }
    if books.faults.forbidden {
        return refused(403, &[], &["You do not have permission to do this."]);
    }
    match books.faults.next_end() {
        End::Done => write(&mut books, &request.method, &parts, &body),
        End::ReplyLost => {
            write(&mut books, &request.method, &parts, &body);
            Reply::Close(Vec::new())
        }
        End::LateGateway => {
            write(&mut books, &request.method, &parts, &body);
            reply(504, &json!({ "errorMessages": ["upstream timed out"] }))
        }
        End::Refused => Reply::Close(Vec::new()),
        End::Limited => Reply::Send(answer(429, &[("Retry-After", "2"), ("RateLimit-Reason", "jira-burst-based")], b"")),
        End::LimitedSilently => Reply::Send(answer(429, &[], b"")),
        End::Unavailable(Some(after)) => Reply::Send(answer(503, &[("Retry-After", &after.to_string())], b"")),
        End::Unavailable(None) => Reply::Send(answer(503, &[], b"")),
        End::Portal => page(200),
        End::TooLong => refused(413, &[], &["Request entity too large"]),
    }
}

fn signed_in(books: &Books, request: &Request) -> bool {
    let begin = if books.face == Face::Cloud { "Basic " } else { "Bearer " };
    request.header("authorization").is_some_and(|value| value.starts_with(begin))
}

fn is_write(method: &str, parts: &[&str]) -> bool {
    !matches!((method, parts), ("GET", _) | ("POST", ["search", ..] | ["issue", "bulkfetch"]))
}

fn listed(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn apart(query: &BTreeMap<String, String>, name: &str) -> Vec<String> {
    query.get(name).map(|text| text.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect()).unwrap_or_default()
}

fn read(books: &Books, method: &str, parts: &[&str], query: &BTreeMap<String, String>, body: &Value) -> Reply {
    let cloud = books.face == Face::Cloud;
    match (method, parts) {
        ("GET", ["serverInfo"]) => reply(200, &books.server()),
        ("GET", ["myself"]) => reply(200, &books.user(ME)),
        ("GET", ["mypermissions"]) => permissions(books),
        ("GET", ["project", "search"]) if cloud => {
            reply(200, &json!({ "values": [books.project()], "startAt": 0, "maxResults": 50, "total": 1, "isLast": true }))
        }
        ("GET", ["project"]) if !cloud => reply(200, &json!([books.project()])),
        ("GET", ["project", PROJECT | PROJECT_ID]) if !books.closed.contains(PROJECT) => reply(200, &books.project()),
        ("GET", ["project", PROJECT | PROJECT_ID, "statuses"]) => {
            let all: Vec<Value> = super::screens::STATUSES.iter().map(|(id, _, _)| super::screens::status(id)).collect();
            let mut own = issue_type();
            own["statuses"] = json!(all);
            reply(200, &json!([own]))
        }
        ("GET", ["priority"]) => reply(200, &json!((1..=5).map(|n: u32| books.priority(&n.to_string())).collect::<Vec<_>>())),
        ("GET", ["issue", "createmeta", PROJECT | PROJECT_ID, "issuetypes", rest @ ..]) if !books.screen.blocked => {
            let list = if rest.is_empty() { vec![issue_type()] } else { books.screen.metadata() };
            let name = if !cloud {
                "values"
            } else if rest.is_empty() {
                "issueTypes"
            } else {
                "fields"
            };
            reply(200, &json!({ name: list, "startAt": 0, "maxResults": 50, "total": list.len() }))
        }
        ("GET", ["user", "search"]) => {
            let asked = query.get(if cloud { "query" } else { "username" }).cloned().unwrap_or_default().to_lowercase();
            let all = [ME, super::LEAD, "ana"].map(|account| books.user(account));
            let fits = |user: &&Value| user.to_string().to_lowercase().contains(&asked);
            reply(200, &json!(all.iter().filter(fits).collect::<Vec<_>>()))
        }
        ("POST", ["issue", "bulkfetch"]) if cloud => {
            let by_key = listed(&body["issueIdsOrKeys"]).iter().any(|address| address.contains('-'));
            if books.faults.no_key_probe && by_key {
                return refused(403, &[], &["This operation is not allowed here."]);
            }
            let wanted = listed(&body["issueIdsOrKeys"]);
            let (fields, properties) = (listed(&body["fields"]), listed(&body["properties"]));
            let found = wanted.iter().filter_map(|address| books.find(address)).filter(|issue| books.sees(issue));
            let found: Vec<Value> = found.map(|issue| books.shown(issue, &fields, &properties)).collect();
            let found = if books.faults.empty || books.faults.anonymous { Vec::new() } else { found };
            reply(200, &json!({ "issues": found, "issueErrors": [] }))
        }
        ("POST", ["search", "jql"]) if cloud => search(books, body, true),
        ("POST", ["search"]) if !cloud => search(books, body, false),
        ("POST" | "GET", ["search"]) => {
            refused(410, &[], &["The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."])
        }
        ("GET", ["issue", address, rest @ ..]) => {
            let issue = books.find(address).filter(|issue| books.sees(issue) && !books.faults.anonymous);
            let by_key = address.contains('-') && books.faults.no_key_probe;
            let Some(issue) = issue.filter(|_| !by_key) else {
                return if by_key { refused(403, &[], &["This operation is not allowed here."]) } else { missing() };
            };
            match rest {
                [] => reply(200, &books.shown(issue, &apart(query, "fields"), &apart(query, "properties"))),
                ["transitions"] => {
                    let from = issue.fields["status"].as_str().unwrap_or("1");
                    reply(200, &json!({ "expand": "transitions", "transitions": books.screen.transitions(from) }))
                }
                ["comment"] => {
                    let start = query.get("startAt").and_then(|n| n.parse::<usize>().ok()).unwrap_or(0);
                    let all: Vec<Value> =
                        issue.comments.iter().skip(start).take(50).map(|c| books.comment(c, query.contains_key("expand"))).collect();
                    reply(200, &json!({ "comments": all, "startAt": start, "maxResults": 50, "total": issue.comments.len() }))
                }
                ["properties", key] => match issue.properties.get(*key) {
                    Some(value) => reply(200, &json!({ "key": key, "value": value })),
                    None => missing(),
                },
                _ => missing(),
            }
        }
        _ => missing(),
    }
}

fn permissions(books: &Books) -> Reply {
    let names = ["BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ASSIGN_ISSUES"];
    let one = |name: &str| json!({ "id": "1", "key": name, "name": name, "type": "PROJECT", "description": "", "havePermission": !books.closed.contains(PROJECT) });
    let all: serde_json::Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), one(name))).collect();
    reply(200, &json!({ "permissions": all }))
}

fn search(books: &Books, body: &Value, cloud: bool) -> Reply {
    if books.faults.search_gone {
        return refused(410, &[], &["The requested API has been removed."]);
    }
    let Some(all) = body["jql"].as_str().and_then(|jql| found(books, jql)) else {
        return refused(400, &[], &["A value with ID does not exist for the field 'id', or the query is not understood."]);
    };
    let all = if books.faults.empty || books.faults.anonymous { Vec::new() } else { all };
    let size = body["maxResults"].as_u64().unwrap_or(50).min(100) as usize;
    let start = if cloud {
        body["nextPageToken"].as_str().and_then(|token| token.parse().ok()).unwrap_or(0)
    } else {
        body["startAt"].as_u64().unwrap_or(0) as usize
    };
    let (fields, properties) = (listed(&body["fields"]), listed(&body["properties"]));
    let shown: Vec<Value> = all.iter().skip(start).take(size).map(|issue| books.shown(issue, &fields, &properties)).collect();
    let mut out = json!({ "issues": shown });
    if cloud {
        let last = start + size >= all.len();
        out["isLast"] = json!(last);
        if !last {
            out["nextPageToken"] = json!((start + size).to_string());
        }
    } else {
        (out["startAt"], out["maxResults"], out["total"]) = (json!(start), json!(size), json!(all.len()));
    }
    reply(200, &out)
}

fn write(books: &mut Books, method: &str, parts: &[&str], body: &Value) -> Reply {
    if let ("POST", ["issue"]) = (method, parts) {
        return create(books, body);
    }
    let ["issue", address, rest @ ..] = parts else { return missing() };
    let Some(issue) = books.find(address).filter(|issue| books.sees(issue)).cloned() else { return missing() };
    match (method, rest) {
        ("PUT", []) => edit(books, &issue.id, body),
        ("PUT", ["assignee"]) => {
            let name = if books.face == Face::Cloud { "accountId" } else { "name" };
            books.change(&issue.id, "assignee", body[name].clone());
            nothing(204)
        }
        ("POST", ["transitions"]) => transition(books, &issue.id, body),
        ("PUT", ["properties", key]) => {
            let known = issue.properties.contains_key(*key);
            if let Some(issue) = books.find_mut(&issue.id) {
                issue.properties.insert((*key).to_owned(), body.clone());
            }
            reply(if known { 200 } else { 201 }, &json!({}))
        }
        ("POST", ["comment"]) => {
            books.say(&issue.id, ME, body["body"].clone());
            let Some(own) = books.find_mut(&issue.id).and_then(|issue| issue.comments.last_mut()) else { return missing() };
            own.properties = if body["properties"].is_null() { json!([]) } else { body["properties"].clone() };
            let own: Comment = own.clone();
            reply(201, &books.comment(&own, false))
        }
        ("POST", ["remotelink"]) => {
            reply(201, &json!({ "id": books.fresh(), "self": "https://jira.example.com/rest/api/2/issue/1/remotelink/1" }))
        }
        _ => missing(),
    }
}

fn create(books: &mut Books, body: &Value) -> Reply {
    let fields = body["fields"].as_object().cloned().unwrap_or_default();
    let mut errors: Vec<(String, String)> = Vec::new();
    let project = &fields.get("project").cloned().unwrap_or_default();
    if project["id"] != PROJECT_ID && project["key"] != PROJECT {
        errors.push(("project".to_owned(), "Specify a valid project ID or key".to_owned()));
    }
    if fields.get("issuetype").is_none_or(|t| t["id"] != TASK) || books.screen.type_gone {
        errors.push(("issuetype".to_owned(), "The issue type selected is invalid.".to_owned()));
    }
    if fields.get("summary").and_then(Value::as_str).is_none_or(|s| s.trim().is_empty()) {
        errors.push(("summary".to_owned(), "You must specify a summary of the issue.".to_owned()));
    }
    if let Some((id, name)) = books.screen.demanded.as_ref().filter(|(id, _)| !fields.contains_key(id)) {
        errors.push((id.clone(), format!("{name} is required.")));
    }
    errors.extend(off_screen(books, &fields));
    if !errors.is_empty() {
        let errors: Vec<(&str, &str)> = errors.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
        return refused(400, &errors, &[]);
    }
    let mut kept: BTreeMap<String, Value> = BTreeMap::new();
    for (name, value) in fields {
        match name.as_str() {
            "project" | "issuetype" => {}
            "priority" => drop(kept.insert(name, value["id"].clone())),
            "assignee" => drop(kept.insert(name, value["accountId"].clone())),
            // Jira trims what people type.
            "summary" => drop(kept.insert(name, json!(value.as_str().unwrap_or_default().trim()))),
            _ => drop(kept.insert(name, value)),
        }
    }
    if books.faults.default_assignee {
        kept.insert("assignee".to_owned(), json!(super::LEAD));
    }
    let given = body["properties"].as_array().into_iter().flatten();
    let mut properties: BTreeMap<String, Value> = given.filter_map(|p| Some((p["key"].as_str()?.to_owned(), p["value"].clone()))).collect();
    if books.faults.drops_properties {
        properties.clear();
    }
    let id = books.make(kept, properties, ME);
    let key = books.issues[&id].key.clone();
    reply(201, &json!({ "id": id.to_string(), "key": key, "self": format!("https://jira.example.com/rest/api/2/issue/{id}") }))
}

fn off_screen(books: &Books, fields: &serde_json::Map<String, Value>) -> Vec<(String, String)> {
    let custom = books.screen.demanded.as_ref().map(|(id, _)| id.as_str());
    let on = |name: &str| ["project", "issuetype"].contains(&name) || custom == Some(name) || books.screen.fields.iter().any(|f| f == name);
    let text = |name: &String| format!("Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.");
    fields.keys().filter(|name| !on(name)).map(|name| (name.clone(), text(name))).collect()
}

fn edit(books: &mut Books, id: &str, body: &Value) -> Reply {
    let fields = body["fields"].as_object().cloned().unwrap_or_default();
    let errors = off_screen(books, &fields);
    if !errors.is_empty() {
        let errors: Vec<(&str, &str)> = errors.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
        return refused(400, &errors, &[]);
    }
    for (name, value) in fields {
        let value = match name.as_str() {
            "priority" => value["id"].clone(),
            "summary" => json!(value.as_str().unwrap_or_default().trim()),
            _ => value,
        };
        books.change(id, &name, value);
    }
    if let Some(changes) = body["update"]["labels"].as_array() {
        let mut labels = books.find(id).map(|issue| listed(&issue.fields["labels"])).unwrap_or_default();
        for change in changes {
            if let Some(label) = change["add"].as_str().filter(|label| !labels.iter().any(|l| l == label)) {
                labels.push(label.to_owned());
            }
            labels.retain(|label| change["remove"] != label.as_str());
        }
        books.change(id, "labels", json!(labels));
    }
    nothing(204)
}

fn transition(books: &mut Books, id: &str, body: &Value) -> Reply {
    let from = books.find(id).map(|issue| issue.fields["status"].as_str().unwrap_or("1").to_owned()).unwrap_or_default();
    let offered = books.screen.transitions(&from);
    let Some(way) = offered.iter().find(|way| way["id"] == body["transition"]["id"]) else {
        let code = if books.face == Face::Cloud { 400 } else { 500 };
        return refused(
            code,
            &[],
            &["It seems that you have tried to perform a workflow operation that is not valid for the current state of this issue."],
        );
    };
    let done = way["to"]["statusCategory"]["key"] == "done";
    if done && (books.screen.hidden_resolution || books.screen.resolution) && body["fields"]["resolution"].is_null() {
        return refused(400, &[("resolution", "Resolution is required.")], &[]);
    }
    books.change(id, "status", way["to"]["id"].clone());
    if done {
        books.change(id, "resolution", body["fields"]["resolution"].clone());
    }
    nothing(204)
}
