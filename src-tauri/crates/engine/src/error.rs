//! Why a verb failed: a closed kind, what happened where, and the cure.

use firewatch_casefile::CaseError;
use firewatch_domain::fault::Fault;
use firewatch_domain::objective::ObjectiveError;
use firewatch_domain::policy::TriggerError;
use firewatch_domain::ports::SecretError;
use firewatch_domain::slo::NameError;
use firewatch_domain::source::AddressError;
use firewatch_domain::window::WindowError;
use firewatch_store::StoreError;

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Memory failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was given does not hold.
    #[error("{0}")]
    Invalid(String),
    /// What was entered in one field of a form does not hold.
    #[error("{message}")]
    Field {
        /// The field, by its name in the form.
        field: String,
        /// What, and the cure.
        message: String,
    },
    /// Something has to be done before the incident moves on.
    #[error("the incident cannot be {phase} yet: {}. Do what is open, or move on with a reason", open.join("; "))]
    Held {
        /// Where it was to go.
        phase: &'static str,
        /// What holds it.
        open: Vec<String>,
    },
    /// The source did not answer as it should.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The keyring did not.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A document could not take what came.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The engine of this profile runs elsewhere.
    #[error("Firewatch is running for this profile already: {holder}. Use its window, or stop it first")]
    Busy {
        /// Who holds the profile.
        holder: String,
    },
    /// A background task of ours was lost.
    #[error("an inner task was lost: {0}")]
    Lost(String),
}

macro_rules! invalid {
    ($($error:ty),*) => { $(
        impl From<$error> for EngineError {
            fn from(error: $error) -> Self {
                Self::Invalid(error.to_string())
            }
        }
    )* };
}
invalid!(ObjectiveError, WindowError, NameError, AddressError, TriggerError);
