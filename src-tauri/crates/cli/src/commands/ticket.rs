//! `ticket …`

use anyhow::Result;
use firewatch_engine::view::TicketView;
use firewatch_outside::Profile;
use serde_json::json;

use crate::Outcome;
use crate::args::TicketCommand;
use crate::print::{Printer, table};

pub async fn run(command: TicketCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let ticket = match command {
        TicketCommand::Show { id } => {
            let ticket = engine.ticket(&id)?;
            printer.show(&ticket, || ticket.as_ref().map_or_else(|| vec!["it has no ticket".to_owned()], described))?;
            return Ok(Outcome::Done);
        }
        TicketCommand::Unlink { id } => {
            engine.unlink_ticket(&id)?;
            printer.show(&json!({ "unlinked": id }), || vec!["the link is gone; both sides stay as they are".to_owned()])?;
            return Ok(Outcome::Done);
        }
        TicketCommand::Step { id, category: None, .. } => {
            let ways = engine.ticket_ways(&id).await?;
            let cells = || ways.iter().map(|w| vec![w.category.clone(), w.status.clone(), w.name.clone()]).collect::<Vec<_>>();
            printer.show(&ways, || table(&["CATEGORY", "STATUS", "NAME"], &cells()))?;
            return Ok(Outcome::Done);
        }
        TicketCommand::Step { id, category: Some(category), status } => engine.choose_way(&id, &category, &status.unwrap_or_default())?,
        TicketCommand::Make { id, tracker } => engine.make_ticket(&id, &tracker)?,
        TicketCommand::Link { id, key, tracker } => engine.link_ticket(&id, &tracker, &key)?,
        TicketCommand::Settle { id, field, pick } => engine.settle_conflict(&id, &field, &pick)?,
        TicketCommand::Comment { id, text } => engine.comment_ticket(&id, &text)?,
    };
    printer.show(&ticket, || described(&ticket))?;
    Ok(Outcome::Done)
}

fn described(ticket: &TicketView) -> Vec<String> {
    let key = ticket.key.as_deref().unwrap_or("no key yet");
    let mut lines = vec![format!("{key} at {}: {}", ticket.tracker, ticket.state)];
    lines.extend(ticket.url.clone());
    lines.extend(ticket.status.as_ref().map(|status| format!("status there: {status}")));
    lines.extend(ticket.trouble.clone());
    lines.extend(ticket.refused.iter().map(|(field, text)| format!("  {field}: {text}")));
    lines.extend(ticket.conflicts.iter().map(|c| format!("{}: here `{}`, there `{}`, before `{}`", c.field, c.ours, c.theirs, c.base)));
    lines.extend(ticket.comments.iter().map(|c| format!("{} {}: {}", c.at, if c.ours { "from here" } else { &c.author }, c.text)));
    lines
}
