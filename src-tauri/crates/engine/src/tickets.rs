//! Follow-ups and their tickets: what the person does with one. How the two are kept alike is in [`follow`] (from here to there) and
//! [`sync`] (from there to here); what became of acts in [`ended`].

mod ended;
mod follow;
mod sync;

use firewatch_domain::entry::Event;
use firewatch_domain::followup::{FollowUp, FollowUpChange, TicketRef};
use firewatch_domain::outbox::{Act, ActState, DROPPED};
use firewatch_domain::ticket::{Field, LinkState, Pick, Ticket, fields_of, put_fields, resolve};
use firewatch_domain::tracker::Setup;
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};
use serde_json::json;

use crate::incidents::required;
use crate::show::rfc3339;
use crate::view::{ConflictRow, RemarkRow, TicketRow, TicketView, WayRow};
use crate::{Engine, EngineError};

pub use sync::SyncRow;

/// Longest comment, in characters.
const LONGEST_COMMENT: usize = 20_000;

impl Engine {
    /// The ticket of a follow-up, whole; none where there is none.
    pub fn ticket(&self, followup: &str) -> Result<Option<TicketView>, EngineError> {
        self.read(|tx| {
            let followup = tx.followup(followup)?;
            tx.ticket(&followup.id)?.map(|ticket| ticket_view(tx, &ticket)).transpose()
        })
    }

    /// Has a ticket made for a follow-up. `tracker`: its name; empty where there is only one.
    pub fn make_ticket(&self, followup: &str, tracker: &str) -> Result<TicketView, EngineError> {
        self.write(|tx| {
            let followup = tx.followup(followup)?;
            let setup = chosen_tracker(tx, tracker)?;
            self.order_ticket(tx, &followup, &setup)?;
            Self::shown_ticket(tx, &followup.id)
        })
    }

    /// Joins a follow-up with an issue that is there already. What differs is shown side by side; nothing is written over.
    pub fn link_ticket(&self, followup: &str, tracker: &str, key: &str) -> Result<TicketView, EngineError> {
        let key = required(key, "key", 100)?;
        self.write(|tx| {
            let followup = tx.followup(followup)?;
            let setup = chosen_tracker(tx, tracker)?;
            if let Some(ticket) = tx.ticket(&followup.id)?.filter(|t| matches!(t.state, LinkState::Linked | LinkState::Unknown)) {
                return Err(EngineError::Invalid(format!("it has the ticket {} already; take that link away first", shown_key(&ticket))));
            }
            drop_create(tx, &followup.id)?;
            let mut ticket = Ticket::new(&followup.id, &setup.name);
            (ticket.state, ticket.stale, ticket.url) = (LinkState::Linked, true, setup.page(&key));
            ticket.key = key;
            self.joined(tx, &followup, &mut ticket, "joined with")?;
            Self::shown_ticket(tx, &followup.id)
        })
    }

    /// Takes the link away. The issue stays as it is, and so does the follow-up.
    pub fn unlink_ticket(&self, followup: &str) -> Result<(), EngineError> {
        self.write(|tx| {
            let followup = tx.followup(followup)?;
            let Some(ticket) = tx.ticket(&followup.id)? else { return Ok(()) };
            let acts = tx.acts_about(&followup.id)?;
            if acts.iter().any(|act| act.kind == "ticket_create" && matches!(act.state, ActState::Sending | ActState::Unknown)) {
                let how = "settle the act first: with its key if it is there, or drop it";
                return Err(EngineError::Invalid(format!("it is not known yet whether its ticket was made; {how}")));
            }
            for act in acts.into_iter().filter(|act| act.kind.starts_with("ticket_") && !act.state.settled()) {
                if act.state == ActState::Queued {
                    tx.remove_act(&act.id)?;
                }
            }
            tx.remove_ticket(&followup.id)?;
            tx.put_followup(&FollowUp { ticket: None, updated: self.now(), ..followup.clone() })?;
            self.tell_ticket(tx, &followup, &format!("its ticket {} is joined no more", shown_key(&ticket)))
        })
    }

    /// Settles a conflict in one field: `ours` or `theirs`.
    pub fn settle_conflict(&self, followup: &str, field: &str, pick: &str) -> Result<TicketView, EngineError> {
        let known = Field::parse(field).ok_or_else(|| {
            let all: Vec<&str> = Field::ALL.iter().map(|f| f.word()).collect();
            EngineError::Invalid(format!("`{}` is no field of a ticket; use {}", words::plain(field, 40), all.join(", ")))
        })?;
        let pick = match pick {
            "ours" => Pick::Ours,
            "theirs" => Pick::Theirs,
            other => return Err(EngineError::Invalid(format!("`{}` settles nothing; use ours or theirs", words::plain(other, 40)))),
        };
        self.write(|tx| {
            let followup = tx.followup(followup)?;
            let mut ticket = linked(tx, &followup.id)?;
            let Some(theirs) = ticket.theirs.clone().filter(|_| ticket.conflicts.iter().any(|c| c.field == known)) else {
                return Err(EngineError::Invalid(format!("there is no conflict in the {} any more", known.word())));
            };
            let ours = resolve(&mut ticket.base, &fields_of(&followup), &theirs, known, pick);
            tx.set_ticket(&ticket)?;
            let mut after = followup.clone();
            put_fields(&mut after, &ours);
            self.keep_followup(tx, Some(&followup), &after, &Self::author(tx)?)?;
            self.ticket_follows(tx, &tx.followup(&followup.id)?)?;
            Self::shown_ticket(tx, &followup.id)
        })
    }

    /// Comments on a ticket.
    pub fn comment_ticket(&self, followup: &str, text: &str) -> Result<TicketView, EngineError> {
        let text = required(text, "comment", LONGEST_COMMENT)?;
        self.write(|tx| {
            let followup = tx.followup(followup)?;
            self.comment_in(tx, &followup.id, &text)?;
            Self::shown_ticket(tx, &followup.id)
        })
    }

    /// Comments in the running transaction; without a ticket nothing happens.
    pub(crate) fn comment_in(&self, tx: &Tx<'_>, followup: &str, text: &str) -> Result<(), EngineError> {
        let Some(ticket) = tx.ticket(followup)?.filter(|ticket| ticket.state == LinkState::Linked) else { return Ok(()) };
        let payload = json!({ "issue": ticket.address(), "text": text });
        self.queue(tx, &ticket.tracker, followup, "ticket_comment", payload)?;
        Ok(())
    }

    /// Steps that the ticket's status offers right now.
    pub async fn ticket_ways(self: &std::sync::Arc<Self>, followup: &str) -> Result<Vec<WayRow>, EngineError> {
        let id = followup.to_owned();
        let ticket = self.blocking(move |engine| engine.read(|tx| linked(tx, &tx.followup(&id)?.id))).await?;
        let tracker = self.reader(&ticket.tracker).await.map_err(EngineError::Invalid)?;
        let ways = tracker.ways(ticket.address()).await.map_err(|fault| EngineError::Invalid(fault.message))?;
        let row = |way: firewatch_domain::tracker::Way| WayRow { status: way.to.id, name: way.to.name, category: way.category };
        Ok(ways.into_iter().map(row).collect())
    }

    /// Remembers which status stands for a category in the ticket's project, and goes on with it.
    pub fn choose_way(&self, followup: &str, category: &str, status: &str) -> Result<TicketView, EngineError> {
        if !["new", "indeterminate", "done"].contains(&category) {
            let shown = words::plain(category, 40);
            return Err(EngineError::Invalid(format!("`{shown}` is no category; use new, indeterminate or done")));
        }
        let status = required(status, "status", 100)?;
        self.write(|tx| {
            let followup = tx.followup(followup)?;
            let ticket = linked(tx, &followup.id)?;
            let mut setup = tx.tracker(&ticket.tracker)?;
            setup.ways.insert(category.to_owned(), status.clone());
            tx.set_tracker(&setup)?;
            self.ticket_follows(tx, &followup)?;
            Self::shown_ticket(tx, &followup.id)
        })
    }

    fn shown_ticket(tx: &Tx<'_>, followup: &str) -> Result<TicketView, EngineError> {
        let ticket = tx.ticket(followup)?.ok_or_else(|| no_ticket(followup))?;
        ticket_view(tx, &ticket)
    }

    /// A ticket for a new follow-up, where a tracker makes them by itself.
    pub(crate) fn ticket_by_itself(&self, tx: &Tx<'_>, followup: &FollowUp) -> Result<(), EngineError> {
        let automatic: Vec<Setup> = tx.trackers()?.into_iter().filter(|setup| setup.automatic).collect();
        match automatic.as_slice() {
            [only] if followup.ticket.is_none() => self.order_ticket(tx, followup, only),
            _ => Ok(()),
        }
    }

    /// Orders a ticket in the running transaction, once per follow-up and only where the follow-up was written.
    fn order_ticket(&self, tx: &Tx<'_>, followup: &FollowUp, setup: &Setup) -> Result<(), EngineError> {
        if let Some(known) = &followup.ticket {
            let key = if known.key.is_empty() { "a ticket already, on its way" } else { &known.key };
            return Err(EngineError::Invalid(format!("it has {key}")));
        }
        if !followup.replica.is_empty() && followup.replica != self.replica(tx)? {
            let how = "have it made there, or join it with an issue by its key";
            return Err(EngineError::Invalid(format!("{} wrote it on another machine, which makes its ticket; {how}", followup.author)));
        }
        let place = format!("{}/{}", setup.url, setup.project_key);
        tx.put_followup(&FollowUp { ticket: Some(TicketRef { place, key: String::new(), url: String::new() }), ..followup.clone() })?;
        tx.set_ticket(&Ticket::new(&followup.id, &setup.name))?;
        self.queue(tx, &setup.name, &followup.id, "ticket_create", follow::create_payload(setup, followup))?;
        Ok(())
    }

    /// The link is there: written down where everybody who shares the follow-up sees it.
    fn joined(&self, tx: &Tx<'_>, followup: &FollowUp, ticket: &mut Ticket, how: &str) -> Result<(), EngineError> {
        tx.set_ticket(ticket)?;
        let setup = tx.tracker(&ticket.tracker).ok();
        let place = setup.map(|s| format!("{}/{}", s.url, s.project_key)).unwrap_or_default();
        let known = TicketRef { place, key: ticket.key.clone(), url: ticket.url.clone() };
        if followup.ticket.as_ref() != Some(&known) {
            tx.put_followup(&FollowUp { ticket: Some(known), updated: self.now(), ..followup.clone() })?;
            self.tell_ticket(tx, followup, &format!("{how} {}", ticket.key))?;
        }
        Ok(())
    }

    /// Something about a ticket, for the incident's timeline.
    fn tell_ticket(&self, tx: &Tx<'_>, followup: &FollowUp, what: &str) -> Result<(), EngineError> {
        let Some(incident) = &followup.incident else { return Ok(()) };
        let text = format!("{}: {}", words::plain(&followup.title, 120), words::plain(what, 200));
        let event = Event::FollowUp { followup: followup.id.clone(), change: FollowUpChange::Ticket, text };
        self.append(tx, incident, "firewatch", &event)
    }
}

/// The tracker of a name; with no name the only one.
fn chosen_tracker(tx: &Tx<'_>, name: &str) -> Result<Setup, EngineError> {
    if !name.trim().is_empty() {
        return Ok(tx.tracker(name.trim())?);
    }
    let mut all = tx.trackers()?;
    match all.len() {
        1 => Ok(all.remove(0)),
        0 => Err(EngineError::Invalid("no tracker is set up; add one first".to_owned())),
        _ => Err(EngineError::Invalid("there are several trackers; name one".to_owned())),
    }
}

fn linked(tx: &Tx<'_>, followup: &str) -> Result<Ticket, EngineError> {
    let ticket = tx.ticket(followup)?.ok_or_else(|| no_ticket(followup))?;
    if ticket.key.is_empty() {
        return Err(EngineError::Invalid("its ticket was not made yet".to_owned()));
    }
    Ok(ticket)
}

fn no_ticket(followup: &str) -> EngineError {
    StoreError::Missing { what: "ticket of follow-up", name: words::plain(followup, 60) }.into()
}

fn shown_key(ticket: &Ticket) -> &str {
    if ticket.key.is_empty() { "that is still to be made" } else { &ticket.key }
}

/// A create that was never in doubt is taken back.
fn drop_create(tx: &Tx<'_>, followup: &str) -> Result<(), EngineError> {
    for act in tx.acts_about(followup)?.into_iter().filter(|act| act.kind == "ticket_create") {
        match act.state {
            ActState::Queued => tx.remove_act(&act.id)?,
            ActState::Rejected => tx.set_act(&Act { reason: Some(DROPPED.to_owned()), ..act })?,
            ActState::Sending | ActState::Unknown => {
                let how = "settle that act with the key, if it is the one";
                return Err(EngineError::Invalid(format!("it is not known yet whether its ticket was made; {how}")));
            }
            ActState::Done => {}
        }
    }
    Ok(())
}

/// A ticket in a list: of this machine, or as another told it.
pub(crate) fn ticket_row(tx: &Tx<'_>, followup: &FollowUp) -> Result<Option<TicketRow>, EngineError> {
    let own = tx.ticket(&followup.id)?.map(|ticket| TicketRow {
        key: Some(ticket.key.clone()).filter(|key| !key.is_empty()),
        url: Some(ticket.url.clone()).filter(|url| !url.is_empty()),
        state: ticket.word().to_owned(),
    });
    let told = || {
        followup.ticket.as_ref().map(|known| TicketRow {
            key: Some(known.key.clone()).filter(|key| !key.is_empty()),
            url: Some(known.url.clone()).filter(|url| !url.is_empty()),
            state: if known.key.is_empty() { "elsewhere" } else { "linked" }.to_owned(),
        })
    };
    Ok(own.or_else(told))
}

/// A ticket whole, with what its acts said.
fn ticket_view(tx: &Tx<'_>, ticket: &Ticket) -> Result<TicketView, EngineError> {
    let acts = tx.acts_about(&ticket.followup)?;
    let open: Vec<&Act> = acts.iter().filter(|a| a.kind.starts_with("ticket_") && a.state != ActState::Done).collect();
    let spoken = |act: &&&Act| act.reason.as_deref().is_some_and(|reason| reason != DROPPED);
    let latest = open.iter().rev().find(spoken);
    let refused = latest.and_then(|act| act.payload["refused"].as_object().cloned()).unwrap_or_default();
    Ok(TicketView {
        followup: ticket.followup.clone(),
        tracker: ticket.tracker.clone(),
        key: Some(ticket.key.clone()).filter(|key| !key.is_empty()),
        url: Some(ticket.url.clone()).filter(|url| !url.is_empty()),
        state: ticket.word().to_owned(),
        status: Some(ticket.status_name.clone()).filter(|name| !name.is_empty()),
        trouble: latest.and_then(|act| act.reason.clone()).or_else(|| ticket.trouble.clone()).map(|t| words::plain(&t, 600)),
        refused: refused.into_iter().filter_map(|(f, text)| Some((f, words::plain(text.as_str()?, 300)))).collect(),
        act: latest.map(|act| act.id.clone()),
        waiting: open.iter().filter(|act| act.state != ActState::Rejected).count() as u32,
        conflicts: ticket
            .conflicts
            .iter()
            .map(|c| ConflictRow { field: c.field.word().to_owned(), base: c.base.clone(), ours: c.ours.clone(), theirs: c.theirs.clone() })
            .collect(),
        opaque: ticket.opaque,
        comments: ticket
            .remarks
            .iter()
            .map(|r| RemarkRow { author: words::plain(&r.author, 80), at: rfc3339(r.at), text: r.text.clone(), ours: r.ours })
            .collect(),
    })
}
