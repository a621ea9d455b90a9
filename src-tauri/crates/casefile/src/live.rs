//! Live blocks: what the incident feeds into the text. While a postmortem is written, a block keeps only its kind and what it is
//! about; when it is published, also what it showed. Here is the shape of what they show, and how it reads on paper.

mod chart;
mod words;

use serde::{Deserialize, Serialize};
use specta::Type;

use yrs::{Any, Out, ReadTxn, Transact, Xml, XmlElementRef, XmlFragment, XmlOut};

use crate::CaseFile;
use crate::tree::Node;
use crate::vocabulary::LIVE_BLOCK;

pub use chart::{chart_svg, drawing};

/// What a block shows. `kind` is that of the block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Shown {
    /// Entries of the incident that tell its story.
    Timeline(TimelineShown),
    /// What was left of the budget.
    Budget(ChartShown),
    /// How good it was, against the objective.
    Indicator(ChartShown),
    /// How much of the budget the incident spent, counted.
    Arithmetic(ArithmeticShown),
    /// Follow-ups with their tickets and proofs.
    Followups(FollowUpsShown),
    /// Who did what.
    Roles(RolesShown),
    /// Impact, detection, mitigation, resolution.
    Times(TimesShown),
}

/// Kinds of blocks, with what each is about.
pub const KINDS: &[(&str, &str)] = &[
    ("timeline", "Timeline"),
    ("budget", "Budget"),
    ("indicator", "Indicator"),
    ("arithmetic", "Arithmetic"),
    ("followups", "Follow-ups"),
    ("roles", "Roles"),
    ("times", "Times"),
];

/// Entries of the incident.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct TimelineShown {
    /// Oldest first.
    pub rows: Vec<TimelineRow>,
}

/// One entry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct TimelineRow {
    /// Id of the entry.
    pub id: String,
    /// RFC 3339.
    pub at: String,
    /// Who.
    pub author: String,
    /// Kind of entry.
    pub kind: String,
    /// In words.
    pub text: String,
}

/// A chart of one SLO.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartShown {
    /// Name of the SLO; empty where the incident names none.
    pub slo: String,
    /// As people call it.
    pub title: String,
    /// Unix seconds, ascending.
    pub t: Vec<f64>,
    /// Ratio at each; null where it cannot be known. Budgets may be negative.
    pub y: Vec<Option<f64>>,
    /// Target ratio, for the indicator.
    pub objective: Option<f64>,
    /// When customers suffered, unix seconds.
    pub from: Option<f64>,
    /// Until when.
    pub to: Option<f64>,
    /// Deploys, mitigations, rollbacks and turns.
    pub marks: Vec<ChartMarkShown>,
}

/// A moment on a chart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ChartMarkShown {
    /// Unix seconds.
    pub at: f64,
    /// In words.
    pub text: String,
}

/// How the budget was spent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ArithmeticShown {
    /// Name of the SLO; empty where the incident names none.
    pub slo: String,
    /// As people call it.
    pub title: String,
    /// Each step: what, and its figure in words; a figure that cannot be known is null.
    pub lines: Vec<ArithmeticLine>,
}

/// One step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct ArithmeticLine {
    /// What.
    pub label: String,
    /// Figure with its unit.
    pub value: Option<String>,
}

/// Follow-ups.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct FollowUpsShown {
    /// In the order they were made.
    pub rows: Vec<FollowUpShown>,
}

/// One follow-up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct FollowUpShown {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who; empty for nobody.
    pub owner: String,
    /// Day it is due.
    pub due: Option<String>,
    /// Status.
    pub status: String,
    /// Key of its ticket.
    pub ticket: Option<String>,
    /// Where the ticket is.
    pub url: Option<String>,
    /// What was measured, in words.
    pub proof: Option<String>,
}

/// Roles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct RolesShown {
    /// Role and person.
    pub rows: Vec<RoleShown>,
}

/// One role.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct RoleShown {
    /// Role.
    pub role: String,
    /// Who held it.
    pub person: String,
}

/// Times.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct TimesShown {
    /// In the order they should come in.
    pub rows: Vec<TimeShown>,
}

/// One time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct TimeShown {
    /// What.
    pub label: String,
    /// RFC 3339; null while it is not known.
    pub at: Option<String>,
    /// Seconds after the impact began.
    pub after_s: Option<f64>,
}

impl Shown {
    /// From the text a block keeps; none where it does not read.
    pub fn parse(data: &str) -> Option<Self> {
        serde_json::from_str(data).ok()
    }

    /// As the text a block keeps.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Live blocks in some blocks, wherever they stand: kind and SLO of those that follow the incident still.
pub fn wanted(blocks: &[Node]) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for node in blocks {
        if node.kind == LIVE_BLOCK && node.text_of("data").is_none() {
            let wanted = (node.text_of("kind").unwrap_or_default().to_owned(), node.text_of("slo").map(str::to_owned));
            if !found.contains(&wanted) {
                found.push(wanted);
            }
        }
        found.extend(wanted_inside(node).into_iter().filter(|wanted| !found.contains(wanted)).collect::<Vec<_>>());
    }
    found
}

fn wanted_inside(node: &Node) -> Vec<(String, Option<String>)> {
    wanted(&node.content)
}

/// The same blocks with the live ones filled: those that are frozen with what they hold, the others with what `shown` answers.
pub fn filled(blocks: Vec<Node>, shown: &impl Fn(&str, Option<&str>) -> Option<Shown>) -> Vec<Node> {
    let fill = |mut node: Node| {
        if node.kind == LIVE_BLOCK {
            let now = match node.text_of("data") {
                Some(data) => Shown::parse(data),
                None => shown(node.text_of("kind").unwrap_or_default(), node.text_of("slo")),
            };
            if let Some(now) = now {
                node.content = words::on_paper(&now);
                node.attrs.insert("data".to_owned(), now.text().into());
            }
        } else {
            node.content = filled(node.content, shown);
        }
        node
    };
    blocks.into_iter().map(fill).collect()
}

impl CaseFile {
    /// Puts what `shown` answers into every live block that still follows the incident; answers the update, or none where there
    /// was nothing to do.
    pub fn freeze_blocks(&self, shown: impl Fn(&str, Option<&str>) -> Option<String>) -> Option<Vec<u8>> {
        let blocks = self.live_blocks();
        let (changed, update) = self.edit(|txn| {
            let mut changed = false;
            for block in blocks {
                let kind = attribute(&block, txn, "kind").unwrap_or_default();
                let slo = attribute(&block, txn, "slo");
                if attribute(&block, txn, DATA).is_none()
                    && let Some(data) = shown(&kind, slo.as_deref())
                {
                    block.insert_attribute(txn, DATA, data);
                    changed = true;
                }
            }
            changed
        });
        changed.then_some(update)
    }

    /// Lets every live block follow the incident again; answers the update, or none where there was nothing to do.
    pub fn thaw_blocks(&self) -> Option<Vec<u8>> {
        let blocks = self.live_blocks();
        let (changed, update) = self.edit(|txn| {
            let frozen: Vec<_> = blocks.into_iter().filter(|block| attribute(block, txn, DATA).is_some()).collect();
            for block in &frozen {
                block.remove_attribute(txn, &DATA);
            }
            !frozen.is_empty()
        });
        changed.then_some(update)
    }

    fn live_blocks(&self) -> Vec<XmlElementRef> {
        let txn = self.doc.transact();
        let elements = self.text.successors(&txn).filter_map(XmlOut::into_xml_element);
        elements.filter(|element| element.try_tag().is_some_and(|tag| **tag == *LIVE_BLOCK)).collect()
    }
}

/// What a block shows, once it is published.
const DATA: &str = "data";

fn attribute<T: ReadTxn>(block: &XmlElementRef, txn: &T, name: &str) -> Option<String> {
    match block.get_attribute(txn, name) {
        Some(Out::Any(Any::String(text))) => Some(text.to_string()),
        _ => None,
    }
}
