//! When this machine was away: asleep, off, or killed. The window says so, and one catch-up follows.

use firewatch_store::{Away, Topic};

use crate::engine::AWAKE;
use crate::{Engine, EngineError};

/// A sign of life is written this often, in seconds.
pub(crate) const BEAT_S: i64 = 10;
/// A hole of more than this many beats is an absence.
const BEATS_MISSED: i64 = 3;

/// What is remembered between beats.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Beat {
    wall_s: Option<i64>,
}

/// What a beat noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noticed {
    /// Nothing.
    Nothing,
    /// The machine was away and is back.
    Back,
}

impl Engine {
    /// One sign of life. The first after a start looks at the one before the start.
    pub(crate) fn beat(&self, beat: &mut Beat) -> Result<Noticed, EngineError> {
        let now_s = self.now_s();
        let before = beat.wall_s;
        let limit_s = (BEAT_S * BEATS_MISSED) as f64 * self.world.clock.pace();
        *beat = Beat { wall_s: Some(now_s) };
        self.write(|tx| {
            let last = match before {
                Some(last) => Some(last),
                None => tx.meta(AWAKE)?.and_then(|text| text.parse().ok()),
            };
            tx.set_meta(AWAKE, &now_s.to_string())?;
            let Some(last) = last.filter(|last| (now_s - last) as f64 > limit_s.max(60.0)) else { return Ok(Noticed::Nothing) };
            tx.add_away(Away { from_s: last, to_s: now_s })?;
            tx.touch(Topic::Frame);
            Ok(Noticed::Back)
        })
    }
}
