//! What follows from an act about a ticket, in the transaction of its end.

use firewatch_domain::followup::FollowUp;
use firewatch_domain::outbox::{Act, ActState, DROPPED};
use firewatch_domain::ticket::{Field, Fields, LinkState, Ticket};
use firewatch_domain::tracker::key_number;
use firewatch_store::Tx;

use crate::{Engine, EngineError};

impl Engine {
    /// Takes what an act about a ticket came to. `by_hand`: the person said so.
    pub(crate) fn ticket_act_ended(&self, tx: &Tx<'_>, act: &Act, by_hand: bool) -> Result<(), EngineError> {
        if !act.kind.starts_with("ticket_") {
            return Ok(());
        }
        let (Some(mut ticket), Ok(followup)) = (tx.ticket(&act.object)?, tx.followup(&act.object)) else { return Ok(()) };
        if act.kind == "ticket_create" {
            return self.create_ended(tx, act, &followup, ticket, by_hand);
        }
        ticket.written += 1;
        ticket.stale = true;
        if act.state == ActState::Done {
            let sent: Option<Fields> = serde_json::from_value(act.payload["fields"].clone()).ok();
            match (act.kind.as_str(), sent) {
                ("ticket_edit", Some(sent)) => {
                    let set = act.payload["set"].as_object().cloned().unwrap_or_default();
                    let named = set.keys().filter_map(|name| Field::parse(name));
                    let labels = act.payload["labels"].as_object().is_some_and(|l| !l.is_empty()).then_some(Field::Labels);
                    named.chain(labels).for_each(|field| agree(&mut ticket, &sent, field));
                    if set.contains_key("priority") {
                        ticket.their_priority = act.payload["set"]["priority"]["to"].as_str().map(str::to_owned);
                    }
                }
                ("ticket_assign", Some(sent)) => {
                    agree(&mut ticket, &sent, Field::Assignee);
                    ticket.their_assignee = act.payload["to"].as_str().map(str::to_owned);
                }
                ("ticket_transition", Some(sent)) => agree(&mut ticket, &sent, Field::Status),
                ("ticket_comment", _) => {
                    ticket.own_remarks.extend(act.receipt.as_ref().map(|receipt| receipt.id.clone()));
                }
                _ => {}
            }
        }
        tx.set_ticket(&ticket)?;
        self.ticket_follows(tx, &followup)
    }

    fn create_ended(&self, tx: &Tx<'_>, act: &Act, followup: &FollowUp, mut ticket: Ticket, by_hand: bool) -> Result<(), EngineError> {
        if ticket.state == LinkState::Linked {
            return Ok(());
        }
        match (act.state, &act.receipt) {
            (ActState::Done, Some(receipt)) => {
                let mut setup = tx.tracker(&ticket.tracker)?;
                (ticket.state, ticket.stale) = (LinkState::Linked, true);
                (ticket.key, ticket.trouble) = (receipt.id.clone(), None);
                ticket.id = receipt.lasting.clone().unwrap_or_default();
                ticket.url = receipt.url.clone().unwrap_or_else(|| setup.page(&receipt.id));
                // What the person points at may be another issue: nothing is agreed on before the two were compared.
                ticket.base = if by_hand { None } else { serde_json::from_value(act.payload["fields"].clone()).ok() };
                ticket.written += 1;
                setup.highest_key = setup.highest_key.max(key_number(&receipt.id).unwrap_or(0));
                tx.set_tracker(&setup)?;
                return self.joined(tx, followup, &mut ticket, "became");
            }
            (ActState::Rejected, _) if act.reason.as_deref() == Some(DROPPED) => {
                tx.remove_ticket(&followup.id)?;
                return Ok(tx.put_followup(&FollowUp { ticket: None, updated: self.now(), ..followup.clone() })?);
            }
            (ActState::Rejected, _) => ticket.state = LinkState::Rejected,
            (ActState::Unknown, _) => ticket.state = LinkState::Unknown,
            _ => ticket.state = LinkState::Queued,
        }
        tx.set_ticket(&ticket)?;
        // What changed while it was on its way is in the next attempt.
        if act.state == ActState::Queued { self.ticket_follows(tx, followup) } else { Ok(()) }
    }
}

/// Both sides have this value now.
fn agree(ticket: &mut Ticket, sent: &Fields, field: Field) {
    if let Some(base) = &mut ticket.base {
        base.take(sent, field);
    }
    if let Some(theirs) = &mut ticket.theirs {
        theirs.take(sent, field);
    }
}
