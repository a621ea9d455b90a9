//! Alerts that begin after the announcement: the toast that stands gets the new count, silently. It is never a new notification.

use std::sync::Arc;

use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::words;
use firewatch_store::Announcement;

use crate::announce::{folded, folded_text};
use crate::{Engine, EngineError};

/// Seconds of the person's time between two amendments of a toast: a storm is no flicker.
const AT_MOST_EVERY_S: i64 = 30;
/// A toast older than this is amended no more; the window has the count.
const AMENDED_FOR_S: i64 = 3600;

impl Engine {
    /// Amends the toasts whose count has changed.
    pub(crate) async fn amend_counts(self: &Arc<Self>) -> Result<(), EngineError> {
        for (id, alerts, toast) in self.blocking(|engine| engine.counts_to_amend()).await? {
            if let Err(why) = self.world.announcer.amend(&toast).await {
                tracing::debug!(%why, "a notification could not be amended");
                continue;
            }
            self.blocking(move |engine| engine.write(|tx| Ok(tx.mark_amended(&id, alerts, engine.now_s())?))).await?;
        }
        Ok(())
    }

    fn counts_to_amend(&self) -> Result<Vec<(String, u32, Toast)>, EngineError> {
        let (now_s, pace) = (self.now_s(), self.world.clock.pace());
        let story = |seconds: i64| (seconds as f64 * pace) as i64;
        self.read(|tx| {
            let standing = tx.standing_announcements(now_s - story(AMENDED_FOR_S))?;
            if standing.is_empty() {
                return Ok(Vec::new());
            }
            let folded = folded(tx)?;
            let due = standing.into_iter().filter_map(|a| {
                let alerts = folded.get(&a.journey_key).copied().unwrap_or_default();
                let rested = now_s - a.amended_at_s.or(a.shown_at_s)? >= story(AT_MOST_EVERY_S);
                // Those that resolved are no reason to touch it: what was told was true.
                (alerts > a.alerts && rested).then(|| Some((a.id.clone(), alerts, amended(&a, alerts)?)))?
            });
            Ok(due.collect())
        })
    }
}

/// None for a part of a summary, which counts nothing.
fn amended(a: &Announcement, alerts: u32) -> Option<Toast> {
    let key = a.toast.clone().filter(|key| crate::announce::journey_of(key).is_some())?;
    Some(Toast {
        key,
        title: words::plain(&a.title, 160),
        body: words::plain(&format!("{}{}", a.body, folded_text(a.turns, alerts)), 500),
        urgency: match a.urgency.as_str() {
            "critical" => Urgency::Critical,
            "low" => Urgency::Low,
            _ => Urgency::Normal,
        },
        silent: true,
        sound: false,
        actions: a.worsens,
    })
}
