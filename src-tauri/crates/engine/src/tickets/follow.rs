//! From here to there: every change of a follow-up, every act that ended and every look at a ticket runs through [`Engine::ticket_follows`],
//! which compares the three halves anew and leaves exactly those acts in the outbox that are still to be done.

use firewatch_domain::followup::{FollowUp, FollowUpStatus};
use firewatch_domain::outbox::{Act, ActState, DROPPED};
use firewatch_domain::ticket::{Field, Fields, LinkState, Merge, Ticket, category, fields_of, marker_label, merge, put_fields};
use firewatch_domain::tracker::Setup;
use firewatch_domain::words;
use firewatch_store::Tx;
use serde_json::{Value, json};

use crate::{Engine, EngineError};

/// Edits of the same follow-up within so many seconds travel together.
const TOGETHER_S: i64 = 3;

impl Engine {
    /// Compares a follow-up with its ticket and orders what follows. Without a ticket nothing does.
    pub(crate) fn ticket_follows(&self, tx: &Tx<'_>, followup: &FollowUp) -> Result<(), EngineError> {
        let Some(mut ticket) = tx.ticket(&followup.id)? else { return Ok(()) };
        let Ok(setup) = tx.tracker(&ticket.tracker) else { return Ok(()) };
        match ticket.state {
            LinkState::Queued | LinkState::Rejected => self.correct_create(tx, &setup, followup, &mut ticket),
            LinkState::Unknown | LinkState::Deleted | LinkState::Forbidden => Ok(()),
            LinkState::Linked => self.reconcile(tx, &setup, followup, ticket),
        }
    }

    /// A create that was not sent yet, or was refused, says what the follow-up says now.
    fn correct_create(&self, tx: &Tx<'_>, setup: &Setup, followup: &FollowUp, ticket: &mut Ticket) -> Result<(), EngineError> {
        let wanted = create_payload(setup, followup);
        let last = tx.acts_about(&followup.id)?.into_iter().rev().find(|act| act.kind == "ticket_create");
        let Some(act) = last.filter(|act| !alike(&act.payload, &wanted)) else { return Ok(()) };
        match act.state {
            ActState::Queued => tx.set_act(&Act { payload: wanted, ..act })?,
            ActState::Rejected if act.reason.as_deref() != Some(DROPPED) => {
                let again = Act { payload: wanted, ..act }.retried(self.now_s());
                tx.set_act(&again.map_err(|error| EngineError::Invalid(error.to_string()))?)?;
                ticket.state = LinkState::Queued;
                tx.set_ticket(ticket)?;
                self.post_bell.notify_one();
            }
            _ => {}
        }
        Ok(())
    }

    fn reconcile(&self, tx: &Tx<'_>, setup: &Setup, followup: &FollowUp, mut ticket: Ticket) -> Result<(), EngineError> {
        let Some(theirs) = ticket.theirs.clone() else { return Ok(()) };
        let ours = fields_of(followup);
        let mut merged = merge(ticket.base.as_ref(), &ours, &theirs, &setup.synced());
        let (after, trouble) = taken(followup, &ticket, &mut merged);
        ticket.trouble = trouble;
        ticket.base.clone_from(&merged.base);
        ticket.conflicts.clone_from(&merged.conflicts);
        if after == *followup {
            let trouble = self.order_changes(tx, setup, followup, &ticket, &merged)?;
            ticket.trouble = ticket.trouble.or(trouble);
            tx.set_ticket(&ticket)?;
            return Ok(());
        }
        tx.set_ticket(&ticket)?;
        // Comes back here with nothing left to take.
        self.keep_followup(tx, Some(followup), &after, &setup.name)
    }

    /// Leaves those acts in the outbox that the merge asks for. Answers what cannot be written.
    fn order_changes(
        &self,
        tx: &Tx<'_>,
        setup: &Setup,
        followup: &FollowUp,
        ticket: &Ticket,
        merged: &Merge,
    ) -> Result<Option<String>, EngineError> {
        let Some(theirs) = &ticket.theirs else { return Ok(None) };
        let acts = tx.acts_about(&followup.id)?;
        let mut trouble = None;
        let edit = edit_payload(setup, ticket, merged, theirs, &mut trouble);
        let assign = merged.push.contains(&Field::Assignee).then(|| assign_payload(setup, ticket, merged, &mut trouble)).flatten();
        let transition = merged.push.contains(&Field::Status).then(|| {
            let (from, to) = (category(theirs.status), category(merged.ours.status));
            let dropped = merged.ours.status == FollowUpStatus::Dropped;
            json!({ "issue": ticket.address(), "from": from, "to": to, "way": setup.ways.get(to), "dropped": dropped, "fields": merged.ours })
        });
        for (kind, wanted) in [("ticket_edit", edit), ("ticket_assign", assign), ("ticket_transition", transition)] {
            self.keep_one_act(tx, ticket, &acts, kind, wanted)?;
        }
        Ok(trouble)
    }

    /// Makes the outbox hold exactly this act of a kind about a ticket. One that is on its way, or in doubt, is left to its end.
    fn keep_one_act(&self, tx: &Tx<'_>, ticket: &Ticket, acts: &[Act], kind: &str, wanted: Option<Value>) -> Result<(), EngineError> {
        let last = acts.iter().rev().find(|act| act.kind == kind && act.destination == ticket.tracker);
        match (last, wanted) {
            (Some(act), _) if matches!(act.state, ActState::Sending | ActState::Unknown) => {}
            (Some(act), Some(payload)) if act.state == ActState::Queued => {
                if !alike(&act.payload, &payload) {
                    tx.set_act(&Act { payload, ..act.clone() })?;
                }
            }
            (Some(act), None) if act.state == ActState::Queued => tx.remove_act(&act.id)?,
            (Some(act), Some(payload)) if act.state == ActState::Rejected => {
                // What was refused is not sent again as it is; corrected, it is resent in its place.
                if !alike(&act.payload, &payload) && act.reason.as_deref() != Some(DROPPED) {
                    let again = Act { payload, ..act.clone() }.retried(self.now_s());
                    tx.set_act(&again.map_err(|error| EngineError::Invalid(error.to_string()))?)?;
                    self.post_bell.notify_one();
                } else if !alike(&act.payload, &payload) {
                    self.queue_soon(tx, ticket, kind, payload)?;
                }
            }
            (Some(act), None) if act.state == ActState::Rejected && act.reason.as_deref() != Some(DROPPED) => {
                tx.set_act(&Act { reason: Some(DROPPED.to_owned()), ..act.clone() })?;
            }
            (_, Some(payload)) => self.queue_soon(tx, ticket, kind, payload)?,
            (_, None) => {}
        }
        Ok(())
    }

    fn queue_soon(&self, tx: &Tx<'_>, ticket: &Ticket, kind: &str, payload: Value) -> Result<(), EngineError> {
        let act = self.queue(tx, &ticket.tracker, &ticket.followup, kind, payload)?;
        Ok(tx.set_act(&Act { due_s: Some(self.now_s() + TOGETHER_S), ..act })?)
    }
}

/// The follow-up with what the merge takes from the tracker. A value that cannot be one of ours stays there, and is named.
fn taken(followup: &FollowUp, ticket: &Ticket, merged: &mut Merge) -> (FollowUp, Option<String>) {
    let mut trouble = None;
    let mut after = followup.clone();
    put_fields(&mut after, &merged.ours);
    if after.check().is_ok() || followup.check().is_err() {
        return (after, None);
    }
    after = followup.clone();
    for field in Field::ALL {
        let mut one = fields_of(&after);
        one.take(&merged.ours, field);
        let mut tried = after.clone();
        put_fields(&mut tried, &one);
        match tried.check() {
            Ok(()) => after = tried,
            Err(fault) => {
                trouble = Some(format!("the ticket's {} cannot be taken: {fault}", field.word()));
                if let (Some(base), Some(before)) = (&mut merged.base, &ticket.base) {
                    base.take(before, field);
                }
                let kept = fields_of(followup);
                merged.ours.take(&kept, field);
            }
        }
    }
    (after, trouble)
}

/// What is sent to make a ticket. `fields` is what both sides agree on once it is made.
pub(crate) fn create_payload(setup: &Setup, followup: &FollowUp) -> Value {
    let (synced, ours) = (setup.synced(), fields_of(followup));
    let label = setup.label && synced.contains(&Field::Labels);
    let mut labels: Vec<String> = ours.labels.iter().cloned().collect();
    labels.extend(label.then(|| marker_label(&followup.id)));
    let priority = setup.priority_id(ours.priority).filter(|_| synced.contains(&Field::Priority)).map(|p| p.id.clone());
    // What a create does not send begins as Jira begins it, so that ours is then a change to be written.
    let agreed = Fields { status: FollowUpStatus::Open, assignee: String::new(), ..ours.clone() };
    json!({
        "project": setup.project_id, "project_key": setup.project_key, "type": setup.issue_type.id, "text": ours.summary,
        "summary": ours.summary, "description": if synced.contains(&Field::Description) { ours.description.as_str() } else { "" },
        "labels": synced.contains(&Field::Labels).then_some(labels).filter(|l| !l.is_empty()),
        "due": ours.due.filter(|_| synced.contains(&Field::Due)), "priority": priority, "constants": setup.constants,
        "marker": followup.id, "label": label, "highest_key": setup.highest_key, "fields": agreed,
    })
}

fn edit_payload(setup: &Setup, ticket: &Ticket, merged: &Merge, theirs: &Fields, trouble: &mut Option<String>) -> Option<Value> {
    let mut set = serde_json::Map::new();
    for field in [Field::Summary, Field::Description, Field::Due, Field::Priority] {
        if !merged.push.contains(&field) {
            continue;
        }
        let change = match field {
            Field::Summary => json!({ "from": theirs.summary, "to": merged.ours.summary }),
            Field::Description if ticket.opaque => {
                let why = "the description in Jira holds a table, a picture or a mention, which would be lost; say it in a comment instead";
                *trouble = Some(why.to_owned());
                continue;
            }
            Field::Description => json!({ "from": theirs.description, "to": merged.ours.description }),
            Field::Due => json!({ "from": theirs.due, "to": merged.ours.due }),
            _ => match setup.priority_id(merged.ours.priority) {
                Some(priority) => json!({ "from": ticket.their_priority, "to": priority.id }),
                None => continue,
            },
        };
        set.insert(field.word().to_owned(), change);
    }
    let mut labels = json!({});
    if merged.push.contains(&Field::Labels) {
        let add: Vec<&String> = merged.ours.labels.difference(&theirs.labels).collect();
        let remove: Vec<&String> = theirs.labels.difference(&merged.ours.labels).collect();
        labels = json!({ "add": add, "remove": remove });
    }
    let wanted = !set.is_empty() || merged.push.contains(&Field::Labels);
    wanted.then(|| json!({ "issue": ticket.address(), "set": set, "labels": labels, "fields": merged.ours }))
}

fn assign_payload(setup: &Setup, ticket: &Ticket, merged: &Merge, trouble: &mut Option<String>) -> Option<Value> {
    let owner = merged.ours.assignee.trim();
    let to = setup.person(owner).map(|person| person.id.clone());
    if !owner.is_empty() && to.is_none() {
        let shown = words::plain(owner, 60);
        trouble.get_or_insert(format!("nobody at {} is known as {shown}; choose who that is", setup.name));
        return None;
    }
    Some(json!({ "issue": ticket.address(), "from": ticket.their_assignee, "to": to, "fields": merged.ours }))
}

/// Whether two payloads ask for the same, whatever was kept with them since.
fn alike(one: &Value, other: &Value) -> bool {
    let bare = |value: &Value| {
        let mut value = value.clone();
        if let Some(object) = value.as_object_mut() {
            for key in ["refused", "seen", "fields", "highest_key"] {
                object.remove(key);
            }
        }
        value
    };
    bare(one) == bare(other)
}
