//! When what happens, in minutes from the start of the story.

use firewatch_domain::minute::{DAY, HOUR};

/// Page loads become ten times slower than promised.
pub(super) const SLOW_AT: i64 = 3;
/// They are fast again.
pub(super) const WELL_AT: i64 = 4 * HOUR;
/// The fix that works reaches staging; production has it when it is well again.
pub(super) const FIXED_ON_STAGING_AT: i64 = 150;
/// Days that a proof needs.
const PROOF_DAYS: i64 = 2;
/// Staging has a short blip of its own.
pub(super) const BLIP: (i64, i64) = (-2 * DAY - 3 * HOUR, -2 * DAY - 3 * HOUR + 12);
/// About when the budget of the first load is gone.
const GONE_AT: i64 = 48;

/// How the settings page feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// As promised.
    Fast,
    /// Better than ever: what was loaded one by one is loaded in parallel.
    Fixed,
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
        m if m >= WELL_AT => Mood::Fixed,
        m if m >= SLOW_AT => Mood::Stuck,
        m if m >= -9 * DAY => Mood::Creeping,
        m if (-17 * DAY..-16 * DAY).contains(&m) => Mood::Rough,
        m if (-26 * DAY..-24 * DAY).contains(&m) => Mood::Heavy,
        _ => Mood::Fast,
    }
}

/// The mood of staging at a minute: it creeps as production does, since it is the same program, has a blip, and is fixed first.
pub(super) fn staging(minute: i64) -> Mood {
    match minute {
        m if m >= FIXED_ON_STAGING_AT => Mood::Fixed,
        m if (BLIP.0..BLIP.1).contains(&m) => Mood::Rough,
        m if m >= -9 * DAY => Mood::Creeping,
        _ => Mood::Fast,
    }
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
        m if m < WELL_AT + HOUR => "The fixes have shipped and settings pages load fast again; watch it hold, then resolve.",
        m if m < WELL_AT + PROOF_DAYS * DAY => {
            "Settings is well. What was marked done is compared with the week before once two days are over."
        }
        _ => "Settings is well; prove the fixes, write the postmortem, tighten the objective.",
    }
}
