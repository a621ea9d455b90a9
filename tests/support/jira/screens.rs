//! What its screens and workflow demand.

use serde_json::{Value, json};

/// The screens and the workflow of the project.
#[derive(Debug, Clone)]
pub struct Screen {
    /// Fields for new issues, beside project and type.
    pub fields: Vec<String>,
    /// A custom field demanded for every new issue.
    pub demanded: Option<(String, String)>,
    /// The type of issue is not taken any more.
    pub type_gone: bool,
    /// Two statuses lead to done.
    pub two_ways: bool,
    /// Steps to done ask for a resolution, and say so.
    pub resolution: bool,
    /// Steps to done ask for a resolution without saying so.
    pub hidden_resolution: bool,
    /// No steps at all.
    pub no_ways: bool,
    /// The metadata of creates is blocked.
    pub blocked: bool,
}

impl Default for Screen {
    fn default() -> Self {
        let fields = ["summary", "description", "labels", "priority", "duedate", "assignee"];
        Self {
            fields: fields.map(str::to_owned).to_vec(),
            demanded: None,
            type_gone: false,
            two_ways: false,
            resolution: false,
            hidden_resolution: false,
            no_ways: false,
            blocked: false,
        }
    }
}

/// Status id, name and category.
pub const STATUSES: [(&str, &str, &str); 4] =
    [("1", "To Do", "new"), ("3", "In Progress", "indeterminate"), ("5", "Done", "done"), ("6", "Won't Do", "done")];

impl Screen {
    /// Transitions from a status, as Jira tells them. Ids differ by status.
    pub fn transitions(&self, from: &str) -> Vec<Value> {
        if self.no_ways {
            return Vec::new();
        }
        let base = from.parse::<u32>().unwrap_or(1) * 10;
        let reachable = STATUSES.iter().filter(|(id, _, _)| *id != from && (*id != "6" || self.two_ways));
        reachable
            .map(|(id, name, category)| {
                let mut fields = json!({});
                if *category == "done" && self.resolution {
                    let allowed = json!([{ "id": "1", "name": "Won't Do" }, { "id": "10000", "name": "Done" }]);
                    fields["resolution"] = json!({ "required": true, "name": "Resolution", "key": "resolution", "hasDefaultValue": false, "operations": ["set"], "schema": { "type": "resolution", "system": "resolution" }, "allowedValues": allowed });
                }
                let number = base + id.parse::<u32>().unwrap_or(0);
                json!({ "id": number.to_string(), "name": format!("to {name}"), "to": status(id), "hasScreen": self.resolution, "isGlobal": true,
                    "isInitial": false, "isConditional": false, "isAvailable": true, "fields": fields })
            })
            .collect()
    }

    /// Fields for new issues, as the metadata lists them.
    pub fn metadata(&self) -> Vec<Value> {
        let field = |id: &str, name: &str, kind: &str, required: bool| json!({ "fieldId": id, "key": id, "name": name, "required": required, "hasDefaultValue": false, "operations": ["set"], "schema": { "type": kind, "system": id } });
        let mut all = vec![field("project", "Project", "project", true), field("issuetype", "Issue Type", "issuetype", true)];
        all.extend(self.fields.iter().map(|id| field(id, id, "string", id == "summary")));
        if let Some((id, name)) = &self.demanded {
            let mut demanded = field(id, name, "option", true);
            demanded["schema"] =
                json!({ "type": "option", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:select", "customId": 10010 });
            demanded["allowedValues"] = json!([{ "id": "20", "value": "Payments" }, { "id": "21", "value": "Settings" }]);
            all.push(demanded);
        }
        all
    }
}

/// A status as Jira tells it.
pub fn status(id: &str) -> Value {
    let (id, name, category) = STATUSES.iter().find(|(known, _, _)| *known == id).copied().unwrap_or(STATUSES[0]);
    let (number, colour, spoken) = match category {
        "new" => (2, "blue-gray", "To Do"),
        "indeterminate" => (4, "yellow", "In Progress"),
        _ => (3, "green", "Done"),
    };
    json!({ "id": id, "name": name, "description": "", "statusCategory": { "id": number, "key": category, "colorName": colour, "name": spoken } })
}
