//! Policies: what they order when their trigger holds, proposals taken or put away, and policies as the window edits them.

use std::sync::Arc;

use firewatch_domain::announcement::Urgency;
use firewatch_domain::entry::Cause;
use firewatch_domain::evaluation::Standing;
use firewatch_domain::minute::{MINUTE_S, Minute};
use firewatch_domain::policy::{Action, Grade, Policy, Trigger};
use firewatch_domain::slo::Stage;
use firewatch_domain::state::{Burn, State};
use firewatch_domain::words;
use firewatch_store::{Announcement, Tx};

use crate::incidents::grade;
use crate::page::Page;
use crate::show::journey_title;
use crate::view::{IncidentView, PolicyRow};
use crate::{Engine, EngineError};

/// The longest a trigger may have to hold, in minutes.
const LONGEST_HOLD: u32 = 7 * 24 * 60;

impl Engine {
    /// Policies in order.
    pub fn policies(&self) -> Result<Vec<PolicyRow>, EngineError> {
        self.read(|tx| Ok(tx.policies()?.into_iter().map(policy_row).collect()))
    }

    /// Adds (empty id) or changes a policy. One whose trigger changed, or that was switched on, is armed anew.
    pub fn save_policy(&self, row: &PolicyRow) -> Result<PolicyRow, EngineError> {
        let policy = self.policy_of(row)?;
        self.write(|tx| {
            let before = tx.policies()?.into_iter().find(|p| p.id == policy.id);
            if before.is_some_and(|before| before.trigger != policy.trigger || before.enabled != policy.enabled) {
                tx.forget_holds(&policy.id)?;
            }
            Ok(tx.put_policy(&policy)?)
        })?;
        Ok(policy_row(policy))
    }

    /// Removes a policy.
    pub fn remove_policy(&self, id: &str) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.remove_policy(id)?))
    }

    /// Opens the incident that a policy proposed, at its severity, and answers it.
    pub fn take_proposal(self: &Arc<Self>, announcement: &str) -> Result<IncidentView, EngineError> {
        let id = self.write(|tx| {
            let offer = tx.announcement(announcement)?;
            if let Some(opened) = offer.incident {
                return Ok(opened);
            }
            let (Some(severity), Some(slo)) = (&offer.proposal, &offer.slo) else {
                return Err(EngineError::Invalid("this announcement proposes no incident".to_owned()));
            };
            let slo = tx.slo(slo)?;
            let state = tx.state(&slo.id)?.unwrap_or_else(|| State::new(Minute::containing(self.now())));
            let cause = Cause { slo: slo.id.clone(), since_s: began_s(&state, Minute(offer.at_s / MINUTE_S)) };
            let incident = self.open_for(tx, &slo, state.word(), &Self::author(tx)?, grade(severity)?, cause)?;
            tx.settle_proposal(announcement, Some(&incident), self.now_s())?;
            Ok(incident)
        })?;
        self.incident(&id)
    }

    /// Puts a proposal away.
    pub fn drop_proposal(&self, announcement: &str) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.settle_proposal(announcement, None, self.now_s())?))
    }

    /// Carries out what policies order for an SLO after a look at it. SLOs of a journey share its open incident.
    pub(crate) fn carry_out(
        &self,
        tx: &Tx<'_>,
        policies: &[Policy],
        page: &Page,
        standing: Option<&Standing>,
        now: Minute,
    ) -> Result<(), EngineError> {
        if page.slo.stage == Stage::Testing {
            return Ok(());
        }
        let mut concerned = policies.iter().filter(|p| p.applies(&page.slo)).peekable();
        if concerned.peek().is_none() {
            return Ok(());
        }
        let holds = tx.holds(&page.slo.id)?;
        for policy in concerned {
            let before = holds.get(&policy.id).copied();
            let (after, due) = policy.step(before, policy.trigger.sign(&page.state, standing, now), now);
            if after != before {
                tx.set_hold(&page.slo.id, &policy.id, after)?;
            }
            if let (Some(held), true) = (after, due) {
                self.order_of(tx, policy, page, standing, held.since)?;
            }
        }
        Ok(())
    }

    fn order_of(&self, tx: &Tx<'_>, policy: &Policy, page: &Page, standing: Option<&Standing>, since: Minute) -> Result<(), EngineError> {
        match policy.action {
            // The turn itself has told it.
            Action::Notify if policy.trigger.is_told() && policy.hold_minutes == 0 => Ok(()),
            Action::Notify => self.tell_of(tx, policy, page, standing, None),
            Action::Propose { grade } => self.tell_of(tx, policy, page, standing, Some(grade)),
            Action::OpenIncident { grade } => {
                let key = order_key(policy, &page.slo.id, since);
                if !tx.claim_order(&key, self.now_s())? {
                    return Ok(());
                }
                let cause = Cause { slo: page.slo.id.clone(), since_s: began_s(&page.state, since) };
                let incident = self.open_for(tx, &page.slo, page.state.word(), "firewatch", grade, cause)?;
                Ok(tx.note_order(&key, &incident)?)
            }
        }
    }

    fn tell_of(
        &self,
        tx: &Tx<'_>,
        policy: &Policy,
        page: &Page,
        standing: Option<&Standing>,
        proposed: Option<Grade>,
    ) -> Result<(), EngineError> {
        let journey = journey_title(&page.slo.journey, &page.slo.environment);
        let happened = happened(policy, standing);
        let title = match proposed {
            Some(grade) => format!("{journey}: open a {} incident?", grade.word()),
            None => format!("{journey}: {happened}"),
        };
        let announcement = Announcement {
            id: self.world.ids.fresh(),
            journey_key: page.slo.journey_key(),
            slo: Some(page.slo.id.clone()),
            at_s: self.now_s(),
            urgency: if proposed.is_some_and(|g| g <= Grade::Sev1) { Urgency::Critical } else { Urgency::Normal }.word().to_owned(),
            title: self.titled(title),
            body: format!("{}: {happened}.", words::plain(&page.slo.title, 80)),
            worsens: true,
            why: format!("ordered by the policy on {}", policy.trigger),
            proposal: proposed.map(|grade| grade.word().to_owned()),
            ..Announcement::ordered()
        };
        Ok(tx.order_announcement(&announcement)?)
    }

    fn policy_of(&self, row: &PolicyRow) -> Result<Policy, EngineError> {
        let only = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let action = match row.action.as_str() {
            "notify" => Action::Notify,
            "propose" => Action::Propose { grade: grade(&row.severity)? },
            "open_incident" => Action::OpenIncident { grade: grade(&row.severity)? },
            other => {
                let message = format!("`{}` is no order; use notify, propose or open_incident", words::plain(other, 40));
                return Err(EngineError::Invalid(message));
            }
        };
        if row.hold_minutes > LONGEST_HOLD {
            return Err(EngineError::Invalid("a trigger may hold for a week at most before it acts".to_owned()));
        }
        let id = if row.id.is_empty() { self.world.ids.fresh() } else { row.id.clone() };
        Ok(Policy {
            id,
            journey: only(&row.journey),
            service: only(&row.service),
            environment: only(&row.environment),
            trigger: Trigger::parse(&row.trigger)?,
            hold_minutes: i64::from(row.hold_minutes),
            action,
            enabled: row.enabled,
        })
    }
}

/// The same fire never opens two incidents, whichever replica's policy sees it first.
fn order_key(policy: &Policy, slo: &str, since: Minute) -> String {
    format!("{}/{slo}/{}", policy.trigger, since.0)
}

/// Unix seconds at which the fire began that an order answers: the burn's, where it burns.
fn began_s(state: &State, since: Minute) -> i64 {
    if state.burn == Burn::None { since.start_s() } else { state.burn_since.max(Minute(0)).start_s().min(since.start_s()) }
}

/// What the policy saw, in words.
fn happened(policy: &Policy, standing: Option<&Standing>) -> String {
    let spent = standing.and_then(|s| s.consumed).map(words::percent);
    let left = standing.and_then(|s| s.time_to_exhaustion_s).map(words::duration);
    let held = if policy.hold_minutes > 0 {
        format!(" and that has held for {}", words::duration((policy.hold_minutes * MINUTE_S) as f64))
    } else {
        String::new()
    };
    let what = match policy.trigger {
        Trigger::Consumed(percent) => {
            format!("{} of the budget is spent (policy: {percent} %)", spent.unwrap_or_else(|| format!("{percent} %")))
        }
        Trigger::DaysLeft(days) => match left {
            Some(left) => format!("at this pace the budget is gone in {left} (policy: {days} d)"),
            None => "the budget is gone".to_owned(),
        },
        Trigger::BurnPage => "it burns fast enough to page".to_owned(),
        Trigger::BurnTicket => "it burns".to_owned(),
        Trigger::Exhausted => "the budget is exhausted".to_owned(),
        Trigger::Blind => "it cannot be seen".to_owned(),
    };
    format!("{what}{held}")
}

fn policy_row(p: Policy) -> PolicyRow {
    let (action, severity) = match p.action {
        Action::Notify => ("notify", "SEV2"),
        Action::Propose { grade } => ("propose", grade.word()),
        Action::OpenIncident { grade } => ("open_incident", grade.word()),
    };
    PolicyRow {
        id: p.id,
        journey: p.journey.unwrap_or_default(),
        service: p.service.unwrap_or_default(),
        environment: p.environment.unwrap_or_default(),
        trigger: p.trigger.to_string(),
        hold_minutes: p.hold_minutes as u32,
        action: action.to_owned(),
        severity: severity.to_owned(),
        enabled: p.enabled,
    }
}
