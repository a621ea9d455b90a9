//! Reminders of due dates: announcements like all others, each ordered once, on working days.

use std::collections::BTreeMap;

use firewatch_domain::announcement::Urgency;
use firewatch_domain::followup::{FollowUp, Reminder, Reminding, on_weekend};
use firewatch_domain::words;
use firewatch_store::Announcement;

use crate::{Engine, EngineError};

/// Under which reminders fold, as messages of a journey do.
pub(crate) const FOLLOW_UPS: &str = "follow-ups";
/// Follow-ups that are named in one message.
const NAMED: usize = 5;

impl Engine {
    /// Orders the reminders that are due by today and concern the person: what is theirs, nobody's, or was written by them.
    /// What comes due together is one message. Answers how many were not told before.
    pub fn remind(&self) -> Result<usize, EngineError> {
        let today = self.today();
        let due = self.read(|tx| {
            let me = Self::author(tx)?;
            let mine = |f: &FollowUp| f.owner.is_empty() || f.owner.eq_ignore_ascii_case(&me) || f.author == me;
            let all = tx.followups()?.into_iter().filter(mine);
            Ok(all.filter_map(|f| f.reminder(today).map(|reminder| (f, reminder))).collect::<Vec<_>>())
        })?;
        if due.is_empty() {
            return Ok(0);
        }
        let told = self.write(|tx| {
            let mut fresh = Vec::new();
            for (followup, reminder) in due {
                if tx.claim_order(&reminder.key(&followup.id), self.now_s())? {
                    fresh.push((followup, reminder));
                }
            }
            let message = match fresh.as_slice() {
                [] => return Ok(0),
                [(followup, reminder)] => self.reminder_of_one(followup, *reminder, &tx.incident_titles()?),
                several => reminder_of_several(several),
            };
            tx.order_announcement(&self.announcement(message))?;
            Ok(fresh.len())
        })?;
        self.bell.notify_one();
        Ok(told)
    }

    fn reminder_of_one(&self, followup: &FollowUp, reminder: Reminder, incidents: &BTreeMap<String, String>) -> (String, String) {
        let name = words::plain(&followup.title, 100);
        let title = match reminder.which {
            Reminding::Before if reminder.due == self.today() => format!("Due today: {name}"),
            Reminding::Before => format!("Due {}: {name}", reminder.due.format("%A")),
            Reminding::After => format!("Overdue: {name}"),
        };
        let owner = match followup.owner.as_str() {
            "" => ", and nobody owns it".to_owned(),
            owner => format!(", owned by {owner}"),
        };
        let incident = followup.incident.as_ref().and_then(|id| incidents.get(id));
        let from = incident.map(|title| format!(" From “{}”.", words::plain(title, 100))).unwrap_or_default();
        (title, format!("It {}{owner}.{from}", stands(reminder)))
    }

    fn announcement(&self, (title, body): (String, String)) -> Announcement {
        Announcement {
            id: self.world.ids.fresh(),
            journey_key: FOLLOW_UPS.to_owned(),
            at_s: self.now_s(),
            urgency: Urgency::Normal.word().to_owned(),
            title: self.titled(title),
            body,
            why: "ordered by a due date".to_owned(),
            ..Announcement::ordered()
        }
    }
}

fn reminder_of_several(due: &[(FollowUp, Reminder)]) -> (String, String) {
    let overdue = due.iter().filter(|(_, reminder)| reminder.which == Reminding::After).count();
    let title = match due.len() - overdue {
        0 => format!("{overdue} follow-ups are overdue"),
        soon if overdue == 0 => format!("{soon} follow-ups are due"),
        soon => format!("{} follow-ups: {soon} due, {overdue} overdue", due.len()),
    };
    let named: Vec<String> =
        due.iter().take(NAMED).map(|(followup, reminder)| format!("{} {}", words::plain(&followup.title, 80), stands(*reminder))).collect();
    let more = if due.len() > NAMED { format!("; and {} more", due.len() - NAMED) } else { String::new() };
    (title, format!("{}{more}.", named.join("; ")))
}

/// `is due on Saturday 5 December, a weekend`.
fn stands(reminder: Reminder) -> String {
    let day = reminder.due.format("%A %-d %B");
    match reminder.which {
        Reminding::Before if on_weekend(reminder.due) => format!("is due on {day}, a weekend"),
        Reminding::Before => format!("is due on {day}"),
        Reminding::After => format!("was due on {day}"),
    }
}
