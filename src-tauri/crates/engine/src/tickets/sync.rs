//! From there to here: reading tickets in few requests, drawing conclusions with care.
//!
//! Issues are asked for by id, never by time: so no user's zone and no search index can hide a change. What is missing from an answer
//! is looked at directly before anything is concluded, an answer counts only while the sign-in holds, and one that would break more
//! links than is believable changes nothing until the person was asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use firewatch_domain::outbox::ActState;
use firewatch_domain::ports::Tracker;
use firewatch_domain::ticket::{Field, Fields, LinkState, Ticket, fields_of, marker_label};
use firewatch_domain::tracker::{Brake, Issue, Setup, Sight, TrackerFault};
use firewatch_store::Tx;
use serde::Serialize;
use serde_json::json;
use tokio::sync::watch::Receiver;

use crate::watch::pause;
use crate::{Engine, EngineError};

/// Everything is read this often, in seconds; what was just written at once.
const EVERY_S: i64 = 120;
/// The longest real time between two looks at what is to be read.
const TICK: std::time::Duration = std::time::Duration::from_secs(5);
/// Missing issues that are looked at one by one in a round.
const MOST_LOOKS: usize = 20;
/// New tickets that are read one by one in a round.
const MOST_ALONE: usize = 5;
/// Names that are looked up in a round.
const MOST_NAMES: usize = 10;
/// Tickets taken in one transaction.
const AT_ONCE: usize = 100;

/// What a round with a tracker came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SyncRow {
    /// Name of the tracker.
    pub tracker: String,
    /// Links there are.
    pub links: u32,
    /// Tickets that were read.
    pub read: u32,
    /// Follow-ups that changed.
    pub changed: u32,
    /// Links that broke.
    pub broken: u32,
    /// What stood in the way.
    pub trouble: Option<String>,
}

impl Engine {
    /// Reads tickets until `stop` turns true.
    pub(crate) async fn keep_tickets(self: Arc<Self>, stop: Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.read_due().await {
                tracing::error!(%error, "tickets could not be read");
            }
            pause(&stop, TICK, &self.ticket_bell).await;
        }
    }

    /// What is due by now, with acts and with tickets.
    pub async fn sync_due(self: &Arc<Self>) -> Result<Vec<SyncRow>, EngineError> {
        self.deliver_once().await?;
        self.read_due().await
    }

    async fn read_due(self: &Arc<Self>) -> Result<Vec<SyncRow>, EngineError> {
        let due = self.blocking(|engine| {
            engine.read(|tx| {
                let now_s = engine.now_s();
                let mut due = Vec::new();
                for setup in tx.trackers()? {
                    let whole = setup.read_s.is_none_or(|read| now_s - read >= EVERY_S || read > now_s);
                    if whole || tx.tickets_at(&setup.name)?.iter().any(|ticket| ticket.stale && ticket.state == LinkState::Linked) {
                        due.push((setup.name, whole));
                    }
                }
                Ok(due)
            })
        });
        let mut rows = Vec::new();
        for (name, whole) in due.await? {
            rows.push(self.sync_tracker(&name, whole).await?);
        }
        Ok(rows)
    }

    /// Everything that is due with every tracker, once: what waits is delivered, tickets are read, what follows is delivered, too.
    pub async fn sync_once(self: &Arc<Self>) -> Result<Vec<SyncRow>, EngineError> {
        self.blocking(|engine| engine.hurry_ticket_acts()).await?;
        self.deliver_once().await?;
        let names = self.blocking(|engine| engine.read(|tx| Ok(tx.trackers()?.into_iter().map(|s| s.name).collect::<Vec<_>>()))).await?;
        let mut rows = Vec::new();
        for name in names {
            rows.push(self.sync_tracker(&name, true).await?);
        }
        if !rows.is_empty() {
            self.blocking(|engine| engine.hurry_ticket_acts()).await?;
            self.deliver_once().await?;
        }
        Ok(rows)
    }

    /// Edits that wait for company go now.
    fn hurry_ticket_acts(&self) -> Result<(), EngineError> {
        self.write(|tx| {
            for act in tx.open_acts(&self.replica(tx)?)? {
                let waits = act.state == ActState::Queued && act.attempts == 0 && act.kind.starts_with("ticket_");
                if waits && act.due_s.is_some_and(|due| due > self.now_s()) {
                    tx.set_act(&firewatch_domain::outbox::Act { due_s: Some(self.now_s()), ..act })?;
                }
            }
            Ok(())
        })
    }

    /// One round with a tracker. `whole`: everything, else only what was just written.
    pub async fn sync_tracker(self: &Arc<Self>, name: &str, whole: bool) -> Result<SyncRow, EngineError> {
        let asked = name.to_owned();
        let known = self.blocking(move |engine| {
            engine.read(|tx| {
                let mut tickets = tx.tickets_at(&asked)?;
                tickets.retain(|t| !t.address().is_empty() && (t.state == LinkState::Linked || whole && t.state.broken()));
                Ok((tx.tracker(&asked)?, tickets))
            })
        });
        let (setup, all) = known.await?;
        let mut row = SyncRow { tracker: name.to_owned(), links: all.len() as u32, ..SyncRow::default() };
        if setup.wait_until_s.is_some_and(|until| until > self.now_s() && until - self.now_s() < 2 * 86_400) {
            row.trouble = setup.trouble;
            return Ok(row);
        }
        let wanted: Vec<Ticket> = all.into_iter().filter(|t| whole || t.stale).collect();
        let outcome = self.read_round(&setup, &wanted, &mut row).await;
        let fault = outcome?.err();
        row.trouble = fault.as_ref().map(|fault| fault.message.clone());
        let (name, now_s) = (name.to_owned(), self.now_s());
        let all_read = whole && fault.is_none();
        self.blocking(move |engine| {
            engine.write(|tx| {
                let Ok(mut setup) = tx.tracker(&name) else { return Ok(()) };
                let before = setup.clone();
                setup.trouble = fault.as_ref().map(|fault| fault.message.clone());
                setup.wait_until_s = fault.as_ref().map(|fault| now_s + fault.wait_s.unwrap_or(30).clamp(1, 86_400));
                if all_read {
                    setup.read_s = Some(now_s);
                }
                if setup == before { Ok(()) } else { Ok(tx.set_tracker(&setup)?) }
            })
        })
        .await?;
        Ok(row)
    }

    async fn read_round(
        self: &Arc<Self>,
        setup: &Setup,
        wanted: &[Ticket],
        row: &mut SyncRow,
    ) -> Result<Result<(), TrackerFault>, EngineError> {
        if wanted.is_empty() {
            return Ok(Ok(()));
        }
        let tracker = match self.reader(&setup.name).await {
            Ok(tracker) => tracker,
            Err(reason) => return Ok(Err(TrackerFault::new(reason))),
        };
        let seen = match look_at(tracker.as_ref(), setup, wanted).await {
            Ok(seen) => seen,
            Err(fault) => return Ok(Err(fault)),
        };
        self.name_people(tracker.as_ref(), setup, wanted).await?;
        row.read = seen.issues.len() as u32;
        let (written, issues): (BTreeMap<String, u64>, _) = (wanted.iter().map(|t| (t.followup.clone(), t.written)).collect(), seen.issues);
        for chunk in issues.chunks(AT_ONCE) {
            let (chunk, written, name) = (chunk.to_vec(), written.clone(), setup.name.clone());
            let changed = self.blocking(move |engine| {
                engine.write(|tx| {
                    let setup = tx.tracker(&name)?;
                    let mut changed = 0;
                    for (followup, issue) in &chunk {
                        changed += u32::from(engine.take_issue(tx, &setup, followup, issue, written.get(followup).copied())?);
                    }
                    Ok(changed)
                })
            });
            row.changed += changed.await?;
        }
        let (lost, odd, name, links) = (seen.lost, seen.odd, setup.name.clone(), row.links);
        row.broken = self.blocking(move |engine| engine.write(|tx| engine.take_losses(tx, &name, links, &lost, odd))).await?;
        Ok(Ok(()))
    }

    /// Takes what was seen of one ticket. What was written since the look began makes it worthless: it is looked at again.
    fn take_issue(&self, tx: &Tx<'_>, setup: &Setup, followup: &str, issue: &Issue, written: Option<u64>) -> Result<bool, EngineError> {
        let (Some(mut ticket), Ok(before)) = (tx.ticket(followup)?, tx.followup(followup)) else { return Ok(false) };
        let acts = tx.acts_about(followup)?;
        let sending = acts.iter().any(|act| act.state == ActState::Sending && act.kind.starts_with("ticket_"));
        let older = ticket.updated.is_some_and(|known| issue.updated.is_some_and(|told| told < known));
        if sending || older || written.is_some_and(|written| written != ticket.written) {
            return Ok(false);
        }
        let first = ticket.theirs.is_none();
        let known = ticket.theirs.clone().or_else(|| ticket.base.clone()).unwrap_or_else(|| fields_of(&before));
        let theirs = setup.fields(issue, &marker_label(followup), &known);
        let had = ticket.clone();
        if ticket.key != issue.key && !ticket.key.is_empty() && !first {
            self.tell_ticket(tx, &before, &format!("its ticket {} moved and is {} now", ticket.key, issue.key))?;
        }
        if ticket.state.broken() {
            ticket.state = LinkState::Linked;
            self.tell_ticket(tx, &before, &format!("its ticket {} is there again", issue.key))?;
        }
        let page = setup.page(&issue.key);
        (ticket.id, ticket.key, ticket.url) = (issue.id.clone(), issue.key.clone(), page);
        (ticket.updated, ticket.stale, ticket.opaque) = (issue.updated.or(ticket.updated), false, issue.opaque);
        ticket.status_name.clone_from(&issue.status);
        if issue.told.contains(&Field::Priority) {
            ticket.their_priority = issue.priority.as_ref().map(|p| p.id.clone());
        }
        if issue.told.contains(&Field::Assignee) {
            ticket.their_assignee = issue.assignee.as_ref().map(|p| p.id.clone());
        }
        if !issue.remarks.is_empty() || ticket.remarks.is_empty() {
            ticket.remarks.clone_from(&issue.remarks);
        }
        for remark in &mut ticket.remarks {
            remark.ours = ticket.own_remarks.contains(&remark.id);
        }
        if first {
            first_agreement(&mut ticket, &theirs, &before);
            if issue.marker.is_none() && issue.marker_told {
                self.queue(tx, &setup.name, followup, "ticket_mark", json!({ "issue": issue.id, "marker": followup }))?;
            }
        }
        ticket.theirs = Some(theirs);
        if ticket != had {
            tx.set_ticket(&ticket)?;
            let known = before.ticket.as_ref().is_some_and(|known| known.key == ticket.key);
            if !known {
                self.joined(tx, &before, &mut ticket, "is")?;
            }
        }
        self.ticket_follows(tx, &tx.followup(followup)?)?;
        Ok(tx.followup(followup)? != before)
    }

    /// Marks links that broke, unless more broke than is believable.
    fn take_losses(&self, tx: &Tx<'_>, name: &str, links: u32, lost: &[(String, LinkState)], odd: usize) -> Result<u32, EngineError> {
        let mut setup = tx.tracker(name)?;
        if setup.brakes(links as usize, lost.len() + odd) {
            let brake = Brake { links, lost: (lost.len() + odd) as u32, at_s: self.now_s(), released: false };
            if setup.brake.as_ref().is_none_or(|known| (known.links, known.lost) != (brake.links, brake.lost)) {
                setup.brake = Some(brake);
                tx.set_tracker(&setup)?;
            }
            return Ok(0);
        }
        if setup.brake.take().is_some() {
            tx.set_tracker(&setup)?;
        }
        let mut broken = 0;
        for (followup, state) in lost {
            let (Some(mut ticket), Ok(before)) = (tx.ticket(followup)?, tx.followup(followup)) else { continue };
            if ticket.state == *state {
                continue;
            }
            (ticket.state, ticket.stale) = (*state, false);
            let (what, cure) = match state {
                LinkState::Forbidden => ("can be seen no more: this account lost its project", "ask for the permission, or sign in anew"),
                _ => ("was deleted, or hidden from this account", "join it with another issue, or take the link away"),
            };
            ticket.trouble = Some(format!("{} {what}; {cure}", ticket.key));
            tx.set_ticket(&ticket)?;
            self.tell_ticket(tx, &before, &format!("its ticket {} {what}", ticket.key))?;
            broken += 1;
        }
        Ok(broken)
    }

    /// Owners that the tracker may know: one of exactly this name or address is remembered; of several the person chooses.
    async fn name_people(self: &Arc<Self>, tracker: &dyn Tracker, setup: &Setup, tickets: &[Ticket]) -> Result<(), EngineError> {
        let ids: Vec<String> = tickets.iter().map(|ticket| ticket.followup.clone()).collect();
        let asked = setup.clone();
        let names = self.blocking(move |engine| {
            engine.read(|tx| {
                let mut names = std::collections::BTreeSet::new();
                for id in ids {
                    let owner = tx.followup(&id).map(|f| f.owner).unwrap_or_default();
                    if !owner.trim().is_empty() && asked.person(&owner).is_none() && !asked.unknown.contains(owner.trim()) {
                        names.insert(owner.trim().to_owned());
                    }
                }
                Ok(names)
            })
        });
        for name in names.await?.into_iter().take(MOST_NAMES) {
            let Ok(people) = tracker.people(&name).await else { return Ok(()) };
            let same = |text: &str| text.trim().to_lowercase() == name.to_lowercase();
            let fits: Vec<_> = people.into_iter().filter(|p| same(&p.name) || same(&p.email) || same(&p.id)).collect();
            let tracker_name = setup.name.clone();
            self.blocking(move |engine| {
                engine.write(|tx| {
                    let mut setup = tx.tracker(&tracker_name)?;
                    match fits.as_slice() {
                        [only] => drop(setup.people.insert(name.clone(), only.clone())),
                        _ => drop(setup.unknown.insert(name.clone())),
                    }
                    Ok(tx.set_tracker(&setup)?)
                })
            })
            .await?;
        }
        Ok(())
    }

    /// The reading side of a tracker.
    pub(crate) async fn reader(self: &Arc<Self>, name: &str) -> Result<Arc<dyn Tracker>, String> {
        let wanted = name.to_owned();
        let destination = self.blocking(move |engine| engine.read(|tx| Ok(tx.destination(&wanted)?))).await;
        let destination = destination.map_err(|error| error.to_string())?;
        if let Some(kept) = self.kept_reader(&destination) {
            return Ok(kept);
        }
        let (world, asked) = (self.world.clone(), destination.clone());
        let made = tokio::task::spawn_blocking(move || world.post.tracker(&asked, world.secrets.as_ref())).await;
        let tracker = made.map_err(|lost| format!("the keyring could not be asked: {lost}"))??;
        self.keep_reader(destination, &tracker);
        Ok(tracker)
    }
}

/// What a look at many tickets found.
struct Seen {
    /// Follow-up and issue.
    issues: Vec<(String, Issue)>,
    /// Follow-up and how its link broke.
    lost: Vec<(String, LinkState)>,
    /// Missing ones nobody looked at, and answers that cannot be true.
    odd: usize,
}

async fn look_at(tracker: &dyn Tracker, setup: &Setup, wanted: &[Ticket]) -> Result<Seen, TrackerFault> {
    // Many reads also answer nobody in particular, with nothing in it: first of all, who are we?
    tracker.me().await?;
    // New ones are read one by one, with the marker that a list does not always show.
    let (fresh, known): (Vec<&Ticket>, Vec<&Ticket>) = wanted.iter().partition(|ticket| ticket.theirs.is_none());
    let (alone, wanted) = if fresh.len() <= MOST_ALONE { (fresh, known) } else { (Vec::new(), wanted.iter().collect()) };
    let addresses: Vec<String> = wanted.iter().map(|ticket| ticket.address().to_owned()).collect();
    let answered = if addresses.is_empty() { Vec::new() } else { tracker.read(&addresses).await? };
    let (mut by_id, mut by_key) = (BTreeMap::new(), BTreeMap::new());
    for issue in &answered {
        by_id.insert(issue.id.as_str(), issue);
        by_key.insert(issue.key.as_str(), issue);
    }
    let mut seen = Seen { issues: Vec::new(), lost: Vec::new(), odd: 0 };
    let mut missing = Vec::new();
    for ticket in wanted {
        let found = if ticket.id.is_empty() { by_key.get(ticket.key.as_str()) } else { by_id.get(ticket.id.as_str()) };
        match found {
            Some(issue) if believable(issue) => seen.issues.push((ticket.followup.clone(), (*issue).clone())),
            Some(_) => seen.odd += 1,
            // What is known to be gone is not looked for again: it shows itself when it comes back.
            None if ticket.state.broken() => {}
            None => missing.push(ticket),
        }
    }
    let believed = setup.brake.as_ref().is_some_and(|brake| brake.released);
    let most = if believed { usize::MAX } else { MOST_LOOKS };
    let unseen = missing.len().saturating_sub(most);
    for ticket in alone.into_iter().chain(missing.into_iter().take(most)) {
        let project = ticket.key.rsplit_once('-').map_or(setup.project_key.as_str(), |(project, _)| project);
        match tracker.look(ticket.address(), project).await? {
            Sight::There(issue) if believable(&issue) => seen.issues.push((ticket.followup.clone(), *issue)),
            Sight::There(_) => seen.odd += 1,
            Sight::Gone => seen.lost.push((ticket.followup.clone(), LinkState::Deleted)),
            Sight::Forbidden => seen.lost.push((ticket.followup.clone(), LinkState::Forbidden)),
        }
    }
    // Where every one that was looked at is lost, the others are likely to be, too.
    if seen.lost.len() >= MOST_LOOKS {
        seen.odd += unseen;
    }
    Ok(seen)
}

/// No issue is without a summary and a status.
fn believable(issue: &Issue) -> bool {
    !issue.summary.trim().is_empty() && issue.told.contains(&Field::Summary) && issue.told.contains(&Field::Status)
}

/// At the first look: whom Jira gave it to by itself counts as agreed on, so that an owner of ours is a change to be written.
fn first_agreement(ticket: &mut Ticket, theirs: &Fields, followup: &firewatch_domain::followup::FollowUp) {
    if let Some(base) = ticket.base.as_mut().filter(|base| base.assignee.is_empty() && !followup.owner.trim().is_empty()) {
        base.assignee.clone_from(&theirs.assignee);
    }
}
