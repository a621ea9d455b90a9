//! How a drill went: from the first notification to having it, to declaring, to the first update. Times are the person's own,
//! whatever the pace of the story.

use firewatch_domain::entry::Event;
use firewatch_store::Tx;

use crate::show::rfc3339_s;
use crate::view::DrillScore;
use crate::{Engine, EngineError};

const PACE: &str = "drill_pace";
/// Announcements looked through.
const INBOX: u32 = 1000;

impl Engine {
    /// The score of the drill in this profile, as far as it went; none where nobody was notified yet.
    pub fn drill_score(&self) -> Result<Option<DrillScore>, EngineError> {
        self.read(|tx| {
            let Some(pace) = tx.meta(PACE)?.and_then(|text| text.parse::<f64>().ok()).filter(|pace| *pace >= 1.0) else { return Ok(None) };
            let inbox = tx.inbox(INBOX)?;
            let Some(notified) = inbox.iter().filter(|a| a.worsens).filter_map(|a| a.shown_at_s).min() else { return Ok(None) };
            let incidents = self.all_incidents(tx)?;
            let acknowledged = inbox.iter().filter_map(|a| a.acknowledged_at_s);
            let taken = incidents.iter().filter_map(|i| i.times.acknowledged).map(|at| at.timestamp());
            let mut declared = incidents.iter().map(|i| i.declared_at.timestamp());
            let mut updates = incidents
                .iter()
                .flat_map(|i| &i.entries)
                .filter(|e| matches!(Event::of(e), Some(Event::Update { .. })))
                .map(|e| e.at.timestamp());
            let after =
                |times: &mut dyn Iterator<Item = i64>| times.filter(|at| *at >= notified).min().map(|at| (at - notified) as f64 / pace);
            Ok(Some(DrillScore {
                notified_at: rfc3339_s(notified),
                pace,
                acknowledged_s: after(&mut acknowledged.chain(taken)),
                declared_s: after(&mut declared),
                updated_s: after(&mut updates),
            }))
        })
    }

    pub(crate) fn remember_pace(&self, tx: &Tx<'_>) -> Result<(), EngineError> {
        Ok(tx.set_meta(PACE, &self.world.clock.pace().to_string())?)
    }
}
