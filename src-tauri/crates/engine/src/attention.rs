//! What the person says about a journey: I have it; not now; and about everything: pause.

use std::collections::BTreeSet;

use firewatch_domain::entry::Event;
use firewatch_domain::ports::ToastAct;
use firewatch_domain::slo;
use firewatch_store::{Topic, Tx};

use crate::nudges::incident_of_key;
use crate::remind::FOLLOW_UPS;
use crate::view::SloRow;
use crate::{Engine, EngineError};

const PAUSED: &str = "paused_until_s";

impl Engine {
    /// Acknowledges a journey: reminders stop until it worsens. An open incident about it notes that somebody has it.
    pub fn acknowledge(&self, journey_key: &str) -> Result<(), EngineError> {
        let now_s = self.now_s();
        self.write(|tx| {
            let mut attention = tx.attention()?.remove(journey_key).unwrap_or_default();
            attention.acknowledged_at_s = Some(now_s);
            tx.set_attention(journey_key, attention)?;
            tx.acknowledge_announcements(journey_key, now_s)?;
            let concerned: BTreeSet<String> = tx.slos()?.into_iter().filter(|s| s.journey_key() == journey_key).map(|s| s.id).collect();
            let author = Self::author(tx)?;
            for incident in self.open_incidents(tx)? {
                if incident.times.acknowledged.is_none() && incident.slos.iter().any(|s| concerned.contains(&s.id)) {
                    self.append(tx, &incident.id, &author, &Event::Acknowledged)?;
                }
            }
            Ok(())
        })
    }

    /// Snoozes a journey here, for some minutes: nothing of it is shown, the inbox keeps it.
    pub fn snooze(&self, journey_key: &str, minutes: u32) -> Result<(), EngineError> {
        let until = self.now_s() + i64::from(minutes.clamp(1, 7 * 24 * 60)) * 60;
        self.set_snooze(journey_key, Some(until))
    }

    /// Ends a snooze.
    pub fn unsnooze(&self, journey_key: &str) -> Result<(), EngineError> {
        self.set_snooze(journey_key, None)
    }

    fn set_snooze(&self, journey_key: &str, until: Option<i64>) -> Result<(), EngineError> {
        self.write(|tx| {
            let mut attention = tx.attention()?.remove(journey_key).unwrap_or_default();
            attention.snoozed_until_s = until;
            Ok(tx.set_attention(journey_key, attention)?)
        })
    }

    /// Pauses polling for some minutes. What is not polled goes blind, never calm.
    pub fn pause(&self, minutes: u32) -> Result<(), EngineError> {
        let until = self.now_s() + i64::from(minutes.clamp(1, 7 * 24 * 60)) * 60;
        self.write(|tx| {
            tx.set_meta(PAUSED, &until.to_string())?;
            tx.touch(Topic::Frame);
            tx.touch(Topic::Watch);
            Ok(())
        })
    }

    /// Ends a pause; what was missed is read back at once.
    pub fn resume(&self) -> Result<(), EngineError> {
        self.write(|tx| {
            tx.clear_meta(PAUSED)?;
            tx.touch(Topic::Frame);
            tx.touch(Topic::Watch);
            Ok(())
        })?;
        self.hurry.notify_waiters();
        Ok(())
    }

    pub(crate) fn paused_until(&self, tx: &Tx<'_>) -> Result<Option<i64>, EngineError> {
        let until = tx.meta(PAUSED)?.and_then(|text| text.parse().ok());
        Ok(until.filter(|until| *until > self.now_s()))
    }

    /// Marks one announcement of the inbox as looked at, or all of them.
    pub fn mark_read(&self, id: Option<&str>) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.mark_read(id)?))
    }

    pub(crate) fn author(tx: &Tx<'_>) -> Result<String, EngineError> {
        let name = tx.meta("name")?.filter(|name| !name.is_empty());
        Ok(name.unwrap_or_else(|| "me".to_owned()))
    }
}

impl Engine {
    /// Does what the person chose on a toast. Answers where to go in the window, if anywhere.
    pub fn heed(&self, toast_key: &str, act: ToastAct) -> Result<Option<String>, EngineError> {
        let Some(journey) = crate::announce::journey_of(toast_key) else { return Ok((act == ToastAct::Open).then(|| "/watch".to_owned())) };
        if let Some(incident) = incident_of_key(journey) {
            return match act {
                ToastAct::Open => Ok(Some(format!("/incident/{incident}"))),
                ToastAct::Snooze => self.snooze(journey, 60).map(|()| None),
                ToastAct::Acknowledge | ToastAct::Declare => Ok(None),
            };
        }
        if journey == FOLLOW_UPS {
            // Reminders can be opened, and nothing else.
            return Ok((act == ToastAct::Open).then(|| "/follow-ups".to_owned()));
        }
        match act {
            ToastAct::Acknowledge => self.acknowledge(journey).map(|()| None),
            ToastAct::Snooze => self.snooze(journey, 60).map(|()| None),
            ToastAct::Open => Ok(Some(self.worst_of(journey)?.map_or_else(|| "/watch".to_owned(), |slo| format!("/watch/{slo}")))),
            ToastAct::Declare => self.declare_for(journey).map(|id| Some(format!("/incident/{id}"))),
        }
    }

    /// Declares an incident about a journey, or answers the open one it has.
    pub fn declare_for(&self, journey_key: &str) -> Result<String, EngineError> {
        let page = self.watch_page()?;
        let mut members = page.slos.iter().filter(|s| slo::journey_key(&s.journey, &s.environment) == journey_key);
        let first = members.clone().next().ok_or_else(|| EngineError::Invalid("the journey is gone".to_owned()))?;
        let names: Vec<String> = members.clone().filter(|s| s.state != "calm").map(|s| s.name.clone()).collect();
        let open = self
            .incidents()?
            .into_iter()
            .find(|i| page.frame.incidents.iter().any(|o| o.id == i.id) && i.slos.iter().any(|n| members.any(|m| m.name == *n)));
        if let Some(open) = open {
            return Ok(open.id);
        }
        let title = format!("{}: {}", crate::show::journey_title(&first.journey, &first.environment), first.state);
        Ok(self.declare(&title, "SEV2", &names)?.id)
    }

    fn worst_of(&self, journey_key: &str) -> Result<Option<String>, EngineError> {
        let page = self.watch_page()?;
        let members = page.slos.into_iter().filter(|s| slo::journey_key(&s.journey, &s.environment) == journey_key);
        // A row whose data are late is blind on the list; what burned when it was told of is still what it is about.
        let spent = |s: &SloRow| s.remaining.is_some_and(|left| left <= 0.0);
        let fire = |s: &SloRow| (!spent(s), ["page", "ticket"].iter().position(|burn| s.burn == *burn).unwrap_or(2));
        Ok(members.min_by_key(fire).map(|s| s.id))
    }
}
