//! From looks minute by minute to stretches with a start and an end.

use crate::minute::Minute;
use crate::turn::RELEASE;

/// From the first minute at which something was seen to hold to the first at which it was seen not to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First minute at which it holds.
    pub start: Minute,
    /// First minute at which it does not; `None` while it holds.
    pub end: Option<Minute>,
}

/// What one look says of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// It does not hold.
    Quiet,
    /// Too little was observed to say.
    Nothing,
    /// It holds.
    Holding,
}

/// Follows one rule, one severity or the budget.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch {
    stretches: Vec<(Stretch, Option<f64>)>,
    /// The latest stretch is not let go yet.
    open: bool,
    quiet_since: Option<Minute>,
}

impl Watch {
    /// One look; `spent` is kept with a stretch that begins.
    pub fn look(&mut self, at: Minute, seen: Seen, spent: Option<f64>) {
        match seen {
            Seen::Holding => self.hold(at, spent),
            Seen::Quiet if self.open => {
                let since = *self.quiet_since.get_or_insert(at);
                if at.since(since) >= RELEASE {
                    self.let_go();
                }
            }
            Seen::Nothing | Seen::Quiet => {}
        }
    }

    /// Follows a state that has its own way of being let go: `kept` while it is not.
    pub fn keep(&mut self, at: Minute, holds: bool, kept: bool, spent: Option<f64>) {
        if holds {
            self.hold(at, spent);
        } else if self.open {
            self.quiet_since.get_or_insert(at);
            if !kept {
                self.let_go();
            }
        }
    }

    /// It holds, as far as was seen last.
    pub fn held(&self) -> bool {
        self.open && self.quiet_since.is_none()
    }

    /// What was found, in order of time, each with what was spent when it began.
    pub fn ended(mut self) -> Vec<(Stretch, Option<f64>)> {
        if self.open && self.quiet_since.is_some() {
            self.let_go();
        }
        self.stretches
    }

    fn hold(&mut self, at: Minute, spent: Option<f64>) {
        self.quiet_since = None;
        if !self.open {
            self.open = true;
            self.stretches.push((Stretch { start: at, end: None }, spent));
        }
    }

    fn let_go(&mut self) {
        if let Some((stretch, _)) = self.stretches.last_mut() {
            stretch.end = self.quiet_since;
        }
        self.open = false;
        self.quiet_since = None;
    }
}
