//! What was noticed while an object was read: faults, which reject it, and warnings, which do not.
//!
//! Faults are gathered instead of ending at the first, so that a file can be cured in one round.

use crate::field::Field;
use crate::outcome::{Draft, Remark, Verdict};

/// Most remarks kept for one object; a person reads the first few.
const MOST: usize = 20;

/// Faults and warnings of one object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    faults: Vec<Remark>,
    warnings: Vec<Remark>,
}

impl Notes {
    /// Notes a reason to reject.
    pub(crate) fn fault(&mut self, at: &Field<'_>, message: impl AsRef<str>, cure: impl Into<String>) {
        push(&mut self.faults, remark(at, message.as_ref(), cure.into()));
    }

    /// Notes something to look at.
    pub(crate) fn warn(&mut self, at: &Field<'_>, message: impl AsRef<str>, cure: impl Into<String>) {
        push(&mut self.warnings, remark(at, message.as_ref(), cure.into()));
    }

    /// The verdict over an SLO; without a draft something was missing, which is among the faults.
    pub(crate) fn verdict(self, draft: Option<Draft>) -> Verdict {
        match draft {
            Some(draft) if self.faults.is_empty() && self.warnings.is_empty() => Verdict::Imported(Box::new(draft)),
            Some(draft) if self.faults.is_empty() => Verdict::Warned(Box::new(draft), self.warnings),
            _ if self.faults.is_empty() => Verdict::Rejected(vec![Remark {
                line: None,
                message: "the object is incomplete".to_owned(),
                cure: "compare it with the format's own examples".to_owned(),
            }]),
            _ => Verdict::Rejected(self.faults),
        }
    }

    /// The verdict over an object that is no SLO.
    pub(crate) fn understood(self, kind: &str) -> Verdict {
        if self.faults.is_empty() {
            Verdict::Understood { kind: kind.to_owned(), remarks: self.warnings }
        } else {
            Verdict::Rejected(self.faults)
        }
    }
}

fn remark(at: &Field<'_>, message: &str, cure: String) -> Remark {
    let message = if at.path().is_empty() { message.to_owned() } else { format!("`{}` {message}", at.path()) };
    Remark { line: Some(at.line()), message, cure }
}

fn push(remarks: &mut Vec<Remark>, remark: Remark) {
    if remarks.len() < MOST && !remarks.contains(&remark) {
        remarks.push(remark);
    }
}
