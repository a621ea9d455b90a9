//! How an SLO is: three axes, each with the minute since when, and the one word people see.

use serde::{Deserialize, Serialize};

use crate::alerting::{Rule, Severity};
use crate::fault::{Fault, FaultKind};
use crate::minute::Minute;

/// Whether we can see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sight", rename_all = "snake_case")]
pub enum Sight {
    /// Fresh and complete.
    Seen,
    /// Not, and why.
    Blind {
        /// Why.
        fault: Fault,
    },
}

/// Whether budget is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spent {
    /// Something is left.
    Within,
    /// Nothing is left.
    Exhausted,
}

/// How fast it burns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Burn {
    /// No rule holds.
    None,
    /// A ticket rule holds.
    Ticket,
    /// A page rule holds.
    Page,
}

impl Burn {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ticket => "ticket",
            Self::Page => "page",
        }
    }
}

impl From<Severity> for Burn {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Ticket => Self::Ticket,
            Severity::Page => Self::Page,
        }
    }
}

/// The one word, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Seen, within, not burning.
    Calm,
    /// A rule holds.
    Burning,
    /// Nothing is left.
    Exhausted,
    /// We cannot see.
    Blind,
}

impl Word {
    /// As in the contract.
    pub fn text(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Burning => "burning",
            Self::Exhausted => "exhausted",
            Self::Blind => "blind",
        }
    }
}

/// A rule that was seen to hold, kept until it was seen not to hold for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latch {
    /// The rule.
    pub rule: Rule,
    /// First minute since which it was seen not to hold.
    pub quiet_since: Option<Minute>,
}

/// The state of an SLO.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Sight.
    pub sight: Sight,
    /// Since when.
    pub sight_since: Minute,
    /// Budget.
    pub spent: Spent,
    /// Since when.
    pub spent_since: Minute,
    /// Burn.
    pub burn: Burn,
    /// Since when it burns at all; the start of this fire.
    pub burn_since: Minute,
    /// Since when it burns this fast.
    pub level_since: Minute,
    /// Rules that hold.
    pub latches: Vec<Latch>,
    /// Faults in a row.
    pub faults: u32,
    /// The latest fault, also before it blinds.
    pub last_fault: Option<Fault>,
}

impl State {
    /// A new SLO: blind until its history was read.
    pub fn new(now: Minute) -> Self {
        let fault = Fault::new(FaultKind::ReadingHistory, "history has not been read yet");
        Self {
            sight: Sight::Blind { fault },
            sight_since: now,
            spent: Spent::Within,
            spent_since: now,
            burn: Burn::None,
            burn_since: now,
            level_since: now,
            latches: Vec::new(),
            faults: 0,
            last_fault: None,
        }
    }

    /// The one word: blind before exhausted before burning before calm.
    pub fn word(&self) -> Word {
        match (&self.sight, self.spent, self.burn) {
            (Sight::Blind { .. }, ..) => Word::Blind,
            (Sight::Seen, Spent::Exhausted, _) => Word::Exhausted,
            (Sight::Seen, Spent::Within, Burn::Ticket | Burn::Page) => Word::Burning,
            (Sight::Seen, Spent::Within, Burn::None) => Word::Calm,
        }
    }

    /// Why it is blind.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.sight {
            Sight::Seen => None,
            Sight::Blind { fault } => Some(fault),
        }
    }
}
