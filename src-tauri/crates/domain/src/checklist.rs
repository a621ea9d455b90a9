//! Checklists: what is to be done in a phase of an incident, by whom, and what must be done before it moves on.
//!
//! Templates are the person's own; an incident keeps its list as an entry, so that it folds to the same on every replica and
//! stays as it was when the templates change. Gates bind when an entry is written, not when entries are folded.

use serde::{Deserialize, Serialize};

use crate::incident::{Incident, Phase};
use crate::policy::Grade;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Id; the same in every incident, so that a list can be renewed without losing what was done.
    pub id: String,
    /// What to do.
    pub text: String,
    /// Role that owns it; empty for whoever is there.
    pub role: String,
    /// In which phase.
    pub phase: Phase,
    /// It holds the incident in its phase until it is done.
    pub blocking: bool,
}

/// An item, and the severities it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// What to do.
    #[serde(flatten)]
    pub item: Item,
    /// For which severities.
    pub severities: Vec<Grade>,
}

/// The list of an incident of some severity.
pub fn items(templates: &[Template], severity: Grade) -> Vec<Item> {
    templates.iter().filter(|t| t.severities.contains(&severity)).map(|t| t.item.clone()).collect()
}

/// What holds an incident back from a phase: blocking items of the phases before it that are not done. Going back, or giving it
/// up, is always free.
pub fn held_by(incident: &Incident, to: Phase) -> Vec<&Item> {
    let forward = to > incident.phase && !matches!(to, Phase::Cancelled | Phase::Merged);
    incident.checklist.iter().filter(|item| forward && item.blocking && item.phase < to && !incident.done.contains_key(&item.id)).collect()
}

/// What is shipped.
pub fn shipped() -> Vec<Template> {
    use Grade::{Sev0, Sev1, Sev2, Sev3};
    use Phase::{Identified, Investigating, Mitigating, Monitoring, Resolved};
    let all: &[Grade] = &[Sev0, Sev1, Sev2, Sev3];
    let grave: &[Grade] = &[Sev0, Sev1];
    vec![
        item("commander", Investigating, all, "", false, "Somebody is commander and said so"),
        item("scope", Investigating, all, "commander", false, "Say what customers feel, and since when"),
        item("changes", Investigating, all, "operations", false, "Look at what changed: deploys, flags, configuration, traffic"),
        item("room", Investigating, grave, "commander", false, "Open the war room and post its link"),
        item("first-update", Investigating, grave, "communications", false, "Send the first status update"),
        item("escalate", Investigating, &[Sev0], "commander", false, "Tell those who must know at once: management, legal, support"),
        item("hypothesis", Identified, all, "commander", false, "Write down what it is, and what speaks for it"),
        item("way-back", Mitigating, all, "operations", false, "Know the way back before the mitigation goes out"),
        item("mark", Mitigating, all, "scribe", false, "Mark what was done to the system"),
        item("holds", Monitoring, all, "operations", false, "The indicators are back, and stay back"),
        item("confirmed", Monitoring, &[Sev0], "commander", true, "Customers or support confirm that it is over"),
        item("last-update", Resolved, grave, "communications", false, "Send the last status update"),
        item("times", Resolved, all, "scribe", false, "Check the times of the impact"),
        item("follow-ups", Resolved, all, "commander", false, "Write down the follow-ups, each with an owner"),
    ]
}

fn item(id: &str, phase: Phase, severities: &[Grade], role: &str, blocking: bool, text: &str) -> Template {
    let item = Item { id: id.to_owned(), text: text.to_owned(), role: role.to_owned(), phase, blocking };
    Template { item, severities: severities.to_vec() }
}
