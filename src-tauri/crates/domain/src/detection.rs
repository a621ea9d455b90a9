//! When a rule would fire, and for how long: constant error ratios, no events needed.
//!
//! Formulas of the Google SRE Workbook, chapter 5 (`f` factor, `B` budget, `e` error ratio during an incident, `e0` before and
//! after it, `w` look-back): a look-back crosses `w * (f*B - e0) / (e - e0)` after the begin and goes back
//! `w * (e - f*B) / (e - e0)` after the end of an incident that lasted at least until it crossed.

use crate::alerting::Rule;
use crate::minute::MINUTE_S;
use crate::objective::Objective;

impl Rule {
    /// The error ratio that both look-backs must exceed: `f * B`.
    pub fn threshold(&self, objective: Objective) -> f64 {
        self.factor() * objective.budget_ppb() as f64 / 1e9
    }

    /// Seconds until both look-backs exceed it; `None` when they never do.
    pub fn fires_after_s(&self, objective: Objective, during: f64, before: f64) -> Option<f64> {
        let threshold = self.threshold(objective);
        let share = (threshold - before).max(0.0) / (during - before);
        (during > threshold).then(|| self.long.max(self.short) as f64 * MINUTE_S as f64 * share)
    }

    /// Seconds after the end until one look-back no longer exceeds it; `None` when it never fired, or never clears.
    pub fn clears_after_s(&self, objective: Objective, during: f64, before: f64) -> Option<f64> {
        let threshold = self.threshold(objective);
        let share = (during - threshold) / (during - before);
        (during > threshold && before <= threshold).then(|| self.long.min(self.short) as f64 * MINUTE_S as f64 * share)
    }
}
