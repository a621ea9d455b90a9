//! Counts minute by minute over a stretch of time, as a replay or an evaluation from a file takes them.

use crate::indicator::Meaning;
use crate::minute::{Minute, Span};

/// Longest stretch that is held at once, in minutes: three years, so that a year's window can be replayed over two.
pub const LONGEST: i64 = 3 * 366 * 24 * 60;

/// What was counted in each minute of a stretch; `None` where nobody looked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// First minute.
    pub from: Minute,
    /// Minute by minute two figures, as `meaning` reads them; a total of 0 is a minute without traffic.
    pub minutes: Vec<Option<(u64, u64)>>,
    /// How the two figures make good and total.
    pub meaning: Meaning,
    /// What happened across unobserved minutes: where, and the two figures.
    pub carries: Vec<(Span, u64, u64)>,
    /// Minutes that do not count: maintenance and corrections.
    pub excluded: Vec<Span>,
    /// The server summed.
    pub estimated: bool,
}

impl History {
    /// All of it.
    pub fn span(&self) -> Span {
        Span::new(self.from, self.from.plus(self.minutes.len() as i64))
    }

    /// The first minute ever observed.
    pub fn born(&self) -> Option<Minute> {
        self.minutes.iter().position(Option::is_some).map(|i| self.from.plus(i as i64))
    }

    /// Exclusive end of the last observed minute.
    pub fn newest(&self) -> Option<Minute> {
        self.minutes.iter().rposition(Option::is_some).map(|i| self.from.plus(i as i64 + 1))
    }

    /// The same as it was known at `at`: minutes from then on are unobserved, carries that end later are not known yet.
    pub fn until(&self, at: Minute) -> Self {
        let kept = at.since(self.from).clamp(0, self.minutes.len() as i64) as usize;
        Self {
            from: self.from,
            minutes: self.minutes[..kept].to_vec(),
            meaning: self.meaning,
            carries: self.carries.iter().filter(|(span, ..)| span.to <= at).copied().collect(),
            excluded: self.excluded.clone(),
            estimated: self.estimated,
        }
    }
}
