//! When what happens, in minutes from the start of the story.

use firewatch_domain::minute::{DAY, HOUR};

/// Page loads become ten times slower than promised.
pub(super) const SLOW_AT: i64 = 3;
/// They are fast again.
pub(super) const WELL_AT: i64 = 4 * HOUR;
/// Staging has a short blip of its own.
pub(super) const BLIP: (i64, i64) = (-2 * DAY - 3 * HOUR, -2 * DAY - 3 * HOUR + 12);
/// About when the budget of the first load is gone.
const GONE_AT: i64 = 48;

/// How the settings page feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// As promised.
    Fast,
    /// Creeping slower since nine days before the start; not enough to alarm anybody.
    Creeping,
    /// A release of weeks ago made a day slow.
    Rough,
    /// Two days of a slow integration, long ago.
    Heavy,
    /// Ten times slower than promised.
    Stuck,
}

/// The mood of production at a minute.
pub(super) fn production(minute: i64) -> Mood {
    match minute {
        m if m >= WELL_AT => Mood::Fast,
        m if m >= SLOW_AT => Mood::Stuck,
        m if m >= -9 * DAY => Mood::Creeping,
        m if (-17 * DAY..-16 * DAY).contains(&m) => Mood::Rough,
        m if (-26 * DAY..-24 * DAY).contains(&m) => Mood::Heavy,
        _ => Mood::Fast,
    }
}

/// The mood of staging at a minute: fine but for a blip.
pub(super) fn staging(minute: i64) -> Mood {
    if (BLIP.0..BLIP.1).contains(&minute) { Mood::Rough } else { Mood::Fast }
}

/// Where the story stands, in one sentence.
pub(super) fn line(minute: i64) -> &'static str {
    match minute {
        m if m < 0 => "The story has not started yet.",
        m if m < SLOW_AT => "All is calm, though most of this month's budget for the first load is already spent.",
        m if m < GONE_AT => "Settings page loads take ten times longer than promised; the budget burns.",
        m if m < WELL_AT => {
            "The first load's budget is gone, pages are still ten times too slow, and several integrations falter under retries."
        }
        m if m < WELL_AT + HOUR => "Settings pages load fast again; watch it hold, then resolve.",
        _ => "Settings is well; prove the fixes, write the postmortem, tighten the objective.",
    }
}
