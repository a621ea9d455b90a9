//! What is there, asked before the first incident: deployment, account, permissions, projects, types, demanded fields.

use std::collections::BTreeSet;

use firewatch_domain::ports::{Check, Verdict};
use firewatch_domain::tracker::{Demand, Discovery, Named, TrackerFault, key_number};
use reqwest::Method;
use serde_json::Value;

use crate::answer::readable;
use crate::jira::{Flavour, Jira, part, quoted};
use crate::wire::{named, text_or_number};

/// What keeping tickets needs.
const PERMISSIONS: [&str; 5] = ["BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ASSIGN_ISSUES"];
/// Fields of a new issue that are filled from the follow-up or by Jira itself.
const FILLED: [&str; 9] = ["project", "issuetype", "summary", "description", "labels", "priority", "duedate", "assignee", "reporter"];
/// Values offered for a demanded field.
const MOST_OPTIONS: usize = 200;

impl Jira {
    /// A look around. What one part refuses is left out of the answer, except the sign-in, without which nothing means anything.
    pub(crate) async fn look_around(&self, project: &str, issue_type: &str) -> Result<Discovery, TrackerFault> {
        let mut found = self.server().await?;
        let me = self.get("/myself", &[]).await?;
        found.account =
            self.person(&me).ok_or_else(|| TrackerFault::new(format!("{} does not say as whom we are signed in", self.place)))?;
        found.zone = me["timeZone"].as_str().unwrap_or_default().to_owned();
        found.projects = self.projects().await?;
        found.priorities = self.get("/priority", &[]).await?.as_array().into_iter().flatten().filter_map(named).collect();
        if project.trim().is_empty() {
            return Ok(found);
        }
        self.look_into(project.trim(), issue_type.trim(), &mut found).await?;
        Ok(found)
    }

    async fn server(&self) -> Result<Discovery, TrackerFault> {
        let info = self.get("/serverInfo", &[]).await?;
        let deployment = info["deploymentType"].as_str().unwrap_or("Server").to_owned();
        let cloud = deployment.eq_ignore_ascii_case("cloud");
        if cloud != self.cloud() {
            let (is, word) = if cloud { ("Jira Cloud", "cloud") } else { ("Jira Data Center", "datacenter") };
            return Err(TrackerFault::new(format!("{} is {is}; add it as {word}", self.place)));
        }
        let version = info["version"].as_str().unwrap_or_default().to_owned();
        Ok(Discovery { deployment, version, ..Discovery::default() })
    }

    async fn projects(&self) -> Result<Vec<(Named, String)>, TrackerFault> {
        let list = match self.flavour {
            Flavour::Cloud => self.pages("/project/search", &[], &["values"]).await?,
            Flavour::Datacenter => self.get("/project", &[]).await?.as_array().cloned().unwrap_or_default(),
        };
        Ok(list.iter().filter_map(|p| Some((named(p)?, p["key"].as_str()?.to_owned()))).collect())
    }

    async fn look_into(&self, project: &str, issue_type: &str, found: &mut Discovery) -> Result<(), TrackerFault> {
        let answer = self.ask(Method::GET, &format!("/project/{}", part(project)), &[("expand", "issueTypes".to_owned())], None).await?;
        if answer.status == 404 && !answer.is_page() {
            let known: Vec<&str> = found.projects.iter().take(12).map(|(_, key)| key.as_str()).collect();
            let shown = firewatch_domain::words::plain(project, 40);
            let hint =
                if known.is_empty() { "this account sees none".to_owned() } else { format!("this account sees {}", known.join(", ")) };
            return Err(TrackerFault::new(format!("there is no project `{shown}` at {}; {hint}", self.place)));
        }
        let body = readable(&answer, &self.place)?;
        let key = body["key"].as_str().unwrap_or(project).to_owned();
        found.project = named(&body).map(|own| (own, key.clone()));
        found.lacking = self.lacking(&key).await?;
        let types = self.pages(&format!("/issue/createmeta/{}/issuetypes", part(&key)), &[], &["issueTypes", "values"]).await;
        // Some companies block this list: the project itself tells its types, though not their fields.
        let (types, told) = match types {
            Ok(list) if !list.is_empty() => (list, true),
            _ => (body["issueTypes"].as_array().cloned().unwrap_or_default(), false),
        };
        found.types = types.iter().filter(|t| t["subtask"] != true).filter_map(named).collect();
        found.issue_type = found.types.iter().find(|t| t.id == issue_type || t.name.eq_ignore_ascii_case(issue_type)).cloned();
        if let (Some(issue_type), true) = (&found.issue_type, told) {
            let path = format!("/issue/createmeta/{}/issuetypes/{}", part(&key), part(&issue_type.id));
            let fields = self.pages(&path, &[], &["fields", "values"]).await?;
            found.screen = Some(fields.iter().filter_map(field_id).collect::<BTreeSet<_>>());
            found.demands = fields.iter().filter_map(demand).collect();
        }
        let statuses = self.get(&format!("/project/{}/statuses", part(&key)), &[]).await.unwrap_or_default();
        let mut seen = BTreeSet::new();
        for status in statuses.as_array().into_iter().flatten().flat_map(|t| t["statuses"].as_array().into_iter().flatten()) {
            if let Some(own) = named(status).filter(|own| seen.insert(own.id.clone())) {
                found.statuses.push((own, status["statusCategory"]["key"].as_str().unwrap_or("undefined").to_owned()));
            }
        }
        let project_id = found.project.as_ref().map(|(own, _)| own.id.clone()).unwrap_or_default();
        let newest = self.search(&format!("project = {} ORDER BY created DESC, key DESC", quoted(&project_id)), 1).await?;
        found.highest_key = newest.iter().filter_map(|issue| key_number(&issue.key)).max().unwrap_or(0);
        Ok(())
    }

    async fn lacking(&self, project: &str) -> Result<Vec<String>, TrackerFault> {
        let mut query = vec![("projectKey", project.to_owned())];
        if self.cloud() {
            query.push(("permissions", PERMISSIONS.join(",")));
        }
        let body = self.get("/mypermissions", &query).await?;
        let have = |name: &str| body["permissions"][name]["havePermission"] == true;
        Ok(PERMISSIONS.into_iter().filter(|name| !have(name)).map(str::to_owned).collect())
    }

    /// The sign-in, checked.
    pub(crate) async fn check(&self, project: &str, issue_type: &str) -> Vec<Check> {
        let (verdict, message, cure) = match self.look_around(project, issue_type).await {
            Ok(found) => (Verdict::Ok, format!("signed in as {} at Jira {} {}", found.account.name, found.deployment, found.version), ""),
            Err(fault) => (Verdict::Broken, fault.message, "see what it says, and enter the address or the token again"),
        };
        vec![Check { name: "sign-in", verdict, message: firewatch_domain::words::plain(&message, 300), cure: cure.to_owned() }]
    }
}

fn field_id(field: &Value) -> Option<String> {
    text_or_number(&field["fieldId"]).or_else(|| text_or_number(&field["key"]))
}

/// A field without which no issue can be made, and that nothing of ours fills.
fn demand(field: &Value) -> Option<Demand> {
    let id = field_id(field)?;
    let open = field["required"] == true && field["hasDefaultValue"] != true && !FILLED.contains(&id.as_str());
    let values = field["allowedValues"].as_array().into_iter().flatten();
    let option = |value: &Value| {
        let name = value["name"].as_str().or(value["value"].as_str()).unwrap_or_default().to_owned();
        Some(Named { id: text_or_number(&value["id"])?, name })
    };
    open.then(|| Demand {
        name: firewatch_domain::words::plain(field["name"].as_str().unwrap_or(&id), 120),
        kind: field["schema"]["type"].as_str().unwrap_or("string").to_owned(),
        options: values.filter_map(option).take(MOST_OPTIONS).collect(),
        field: id,
    })
}
