//! Nudges while people are hurried: a stream that has gone quiet, a status update that is due. Each is told once; after the mitigation
//! streams may be silent, and updates are due daily.

use firewatch_domain::announcement::Urgency;
use firewatch_domain::incident::Incident;
use firewatch_domain::update::due;
use firewatch_domain::words;
use firewatch_store::{Announcement, StoreError, Tx};

use crate::{Engine, EngineError};

/// Under which nudges of an incident fold, as messages of a journey do: this and its id.
const PREFIX: &str = "incident/";
/// What has been due for longer is told by the window; nobody is nudged about last week.
const LATE_S: i64 = 12 * 3600;

/// The incident that messages under a key are about.
pub(crate) fn incident_of_key(journey_key: &str) -> Option<&str> {
    journey_key.strip_prefix(PREFIX)
}

impl Engine {
    /// Orders the nudges that are due and were not told yet. Answers how many.
    pub fn nudge(&self) -> Result<usize, EngineError> {
        let fresh = self.read(|tx| {
            let mut fresh = Vec::new();
            // While nobody has it, it is the fire itself that calls.
            for incident in self.open_incidents(tx)?.into_iter().filter(|incident| incident.times.acknowledged.is_some()) {
                fresh.extend(self.untold(tx, &incident)?);
            }
            Ok(fresh)
        })?;
        if fresh.is_empty() {
            return Ok(0);
        }
        self.write(|tx| Ok(fresh.iter().try_for_each(|nudge| tx.order_announcement(nudge))?))?;
        self.bell.notify_one();
        Ok(fresh.len())
    }

    fn untold(&self, tx: &Tx<'_>, incident: &Incident) -> Result<Vec<Announcement>, EngineError> {
        let now = self.now();
        let recent = |due_s: i64| (0..LATE_S).contains(&(now.timestamp() - due_s));
        let about = words::plain(&incident.title, 120);
        let mut nudges = Vec::new();
        if let Some(at_s) = due(incident).map(|at| at.timestamp()).filter(|s| recent(*s)) {
            let body = format!("{}: {about}. Write it where you are; it waits if nothing can go out.", incident.severity.word());
            nudges.push(self.message(incident, &format!("update/{at_s}"), "A status update is due".to_owned(), body));
        }
        for stream in incident.quiet(now) {
            let heard_s = stream.heard_at.timestamp();
            if recent(heard_s) {
                let owner = if stream.owner.is_empty() {
                    "nobody owns it".to_owned()
                } else {
                    format!("owned by {}", words::plain(&stream.owner, 60))
                };
                let silent = words::duration((now - stream.heard_at).num_seconds() as f64);
                let title = format!("{} has gone quiet", words::plain(&stream.title, 80));
                nudges.push(self.message(
                    incident,
                    &format!("{}/{heard_s}", stream.id),
                    title,
                    format!("Not heard for {silent}, {owner}. {about}."),
                ));
            }
        }
        let mut untold = Vec::new();
        for nudge in nudges {
            match tx.announcement(&nudge.id) {
                Err(StoreError::Missing { .. }) => untold.push(nudge),
                told => drop(told?),
            }
        }
        Ok(untold)
    }

    fn message(&self, incident: &Incident, what: &str, title: String, body: String) -> Announcement {
        Announcement {
            id: format!("{PREFIX}{}/{what}", incident.id),
            journey_key: format!("{PREFIX}{}", incident.id),
            at_s: self.now_s(),
            urgency: Urgency::Normal.word().to_owned(),
            title: self.titled(title),
            body,
            why: "ordered by the clock of the incident".to_owned(),
            ..Announcement::ordered()
        }
    }
}
