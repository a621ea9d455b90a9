//! Why a document could not take what came.

/// Why a document could not take what came. Unless it says otherwise, the document is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// More bytes than any edit has.
    #[error("the update has {0} bytes, more than a document takes at once; nothing was changed")]
    TooLarge(usize),
    /// Bytes that are no update.
    #[error("the update does not read ({0}); nothing was changed")]
    Undecodable(String),
    /// A checksum that does not fit its bytes.
    #[error("the update was damaged on its way: its checksum does not fit; nothing was changed")]
    Damaged,
    /// It read, and could not be put in: the document must be read again from what is kept.
    #[error("the update does not fit the document ({0}); read the document again")]
    Unfit(String),
    /// A state vector that does not read.
    #[error("the state vector does not read ({0})")]
    StateVector(String),
}
