//! What the person says about a journey: I have it; not now; and about everything: pause.

use std::collections::BTreeSet;

use firewatch_domain::entry::Event;
use firewatch_store::{Topic, Tx};

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
            let author = self.author(tx)?;
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

    /// Marks the inbox as looked at.
    pub fn mark_read(&self) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.mark_read()?))
    }

    pub(crate) fn author(&self, tx: &Tx<'_>) -> Result<String, EngineError> {
        let name = tx.meta("name")?.filter(|name| !name.is_empty());
        Ok(name.unwrap_or_else(|| "me".to_owned()))
    }
}
