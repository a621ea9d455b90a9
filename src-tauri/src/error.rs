//! What went wrong, for the window: a closed code it may branch on, and words a person can act on.

use firewatch_engine::EngineError;
use firewatch_store::StoreError;
use serde::Serialize;
use specta::Type;

/// What the window branches on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum WireCode {
    /// What was entered does not hold; the message belongs beside the field.
    Invalid,
    /// It is not there any more.
    NotFound,
    /// The world said no.
    Refused,
    /// Something has to be done before, or a reason given.
    Held,
    /// Our own fault.
    Internal,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct WireError {
    /// What to branch on.
    pub code: WireCode,
    /// What, where, cure.
    pub message: String,
    /// A further step, where there is one.
    pub hint: Option<String>,
    /// The field of the form it belongs beside, where it is about one.
    pub field: Option<String>,
}

impl WireError {
    /// The world said no.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { code: WireCode::Refused, message: message.into(), hint: None, field: None }
    }

    /// What was entered does not hold.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { code: WireCode::Invalid, message: message.into(), hint: None, field: None }
    }

    /// Our own fault.
    pub fn internal(message: impl Into<String>) -> Self {
        let hint = "Start Firewatch again; if it stays, look at the Doctor page.".to_owned();
        Self { code: WireCode::Internal, message: message.into(), hint: Some(hint), field: None }
    }
}

impl From<EngineError> for WireError {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        match error {
            EngineError::Field { field, .. } => Self { field: Some(field), ..Self::invalid(message) },
            EngineError::Invalid(_) | EngineError::Store(StoreError::Taken { .. }) => Self::invalid(message),
            EngineError::Store(StoreError::Missing { .. }) => Self { code: WireCode::NotFound, message, hint: None, field: None },
            EngineError::Held { .. } => Self { code: WireCode::Held, message, hint: None, field: None },
            EngineError::Fault(_)
            | EngineError::Secret(_)
            | EngineError::Busy { .. }
            | EngineError::Store(StoreError::ReadOnly { .. } | StoreError::DiskFull) => Self::refused(message),
            EngineError::Case(_) | EngineError::Store(_) | EngineError::Lost(_) => Self::internal(message),
        }
    }
}
