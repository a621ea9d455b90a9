//! Where passwords and tokens live: the operating system's keyring, and, where there is none, this session's memory.
//!
//! A keyring is the least reliable part of a desktop: it starts after us, restarts, is locked, or is not there at all. So
//! nothing is opened once for good ([`vault`]), no call can hold its caller for longer than some seconds ([`patience`]), every
//! write is read back, and what could not be kept is said to be kept for this session only. No plain-text file, ever.

mod patience;
mod ring;
mod standing;
mod vault;

pub use crate::ring::Keyring;

/// Under which service name the entries stand in the keyring.
pub const SERVICE: &str = "dev.firewatch.desktop";
