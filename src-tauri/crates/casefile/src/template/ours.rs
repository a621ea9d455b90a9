//! The templates that come with Firewatch.

use super::Template;
use crate::tree::Node;
use crate::vocabulary::LIVE_BLOCK;

/// The key of the one a postmortem begins with when nobody chose.
pub const DEFAULT: &str = "three-questions";

/// All that come with Firewatch, the default first.
pub fn all() -> Vec<Template> {
    vec![three_questions(), sre(), short()]
}

fn three_questions() -> Template {
    let blocks = vec![
        heading("What was the problem?"),
        hint("What did customers notice, since when, and how many of them? What did it cost of the budget?"),
        live("times"),
        live("budget"),
        live("arithmetic"),
        heading("How was it addressed?"),
        hint("What was tried, what helped, and what did we believe at the time?"),
        live("timeline"),
        live("roles"),
        heading("How are such bottlenecks found earlier?"),
        hint("What would have told us sooner: an objective, an alert, a test, a review? What is done about it?"),
        live("followups"),
    ];
    Template {
        key: DEFAULT.to_owned(),
        title: "Three questions".to_owned(),
        about: "What the problem was, how it was addressed, how such bottlenecks are found earlier.".to_owned(),
        blocks,
        checklist: checklist(&[
            "Times and impact are right",
            "The timeline tells the story without us",
            "Each follow-up has an owner",
            "Nobody is blamed",
        ]),
    }
}

fn sre() -> Template {
    let blocks = vec![
        heading("Summary"),
        hint("Two sentences that somebody who was not there understands."),
        heading("Impact"),
        hint("Who was affected, for how long, and what it cost of the budget."),
        live("times"),
        live("budget"),
        live("arithmetic"),
        heading("Root causes and trigger"),
        hint("What made it possible, and what set it off?"),
        heading("Detection"),
        hint("How did we learn of it, and what should have told us before?"),
        heading("Resolution"),
        hint("What ended it?"),
        heading("Lessons learned"),
        subheading("What went well"),
        bullets(),
        subheading("What went wrong"),
        bullets(),
        subheading("Where we got lucky"),
        bullets(),
        heading("Action items"),
        live("followups"),
        heading("Timeline"),
        live("timeline"),
        live("roles"),
    ];
    Template {
        key: "sre".to_owned(),
        title: "SRE postmortem".to_owned(),
        about: "In the form that Google's site reliability book made common: impact, causes, lessons, action items.".to_owned(),
        blocks,
        checklist: checklist(&[
            "Impact is stated in numbers",
            "Causes and trigger are told apart",
            "Each action item has an owner and a due date",
            "Reviewed by somebody who was not there",
        ]),
    }
}

fn short() -> Template {
    let blocks = vec![
        heading("What happened"),
        Node::paragraph(""),
        live("times"),
        heading("What we change"),
        Node::paragraph(""),
        live("followups"),
    ];
    Template {
        key: "short".to_owned(),
        title: "Short form".to_owned(),
        about: "For what was small: what happened, and what we change.".to_owned(),
        blocks,
        checklist: checklist(&["Each follow-up has an owner"]),
    }
}

fn heading(text: &str) -> Node {
    Node::new("heading", vec![Node::text(text)]).with("level", 2)
}

fn subheading(text: &str) -> Node {
    Node::new("heading", vec![Node::text(text)]).with("level", 3)
}

/// A question to write over.
fn hint(text: &str) -> Node {
    Node::new("paragraph", vec![Node::marked(text, vec![crate::tree::Mark::new("italic")])])
}

fn bullets() -> Node {
    Node::new("bulletList", vec![Node::new("listItem", vec![Node::paragraph("")])])
}

fn live(kind: &str) -> Node {
    Node::new(LIVE_BLOCK, Vec::new()).with("kind", kind)
}

fn checklist(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}
