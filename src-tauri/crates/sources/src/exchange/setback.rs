//! Why a question got no answer, and whether a smaller question might.

use firewatch_domain::fault::Fault;
use reqwest::StatusCode;

/// A question without an answer.
#[derive(Debug, Clone)]
pub(crate) struct Setback {
    /// What to tell.
    pub fault: Fault,
    /// It concerns this question only: halves of it, or others, may be answered.
    pub this_question: bool,
    /// Status of the answer, where one came.
    pub status: Option<StatusCode>,
}

impl Setback {
    /// Nothing can be asked of this server now.
    pub(crate) fn whole(fault: Fault) -> Self {
        Self { fault, this_question: false, status: None }
    }

    /// This question was too much or wrong; others may work.
    pub(crate) fn part(fault: Fault) -> Self {
        Self { fault, this_question: true, status: None }
    }

    /// With the status it came with.
    pub(crate) fn with(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }
}
