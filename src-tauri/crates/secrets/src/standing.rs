//! How the keyring stands, found out without making it ask for its password.

use firewatch_domain::ports::{Check, Verdict};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Secrets can be kept and found.
    Open,
    /// It will ask for its password.
    Locked,
    /// A service answers, but there is nothing it would keep secrets in.
    NoCollection,
    /// Nothing answers, and what was seen instead.
    Absent(String),
}

impl Standing {
    /// As shown by the doctor; `in_memory` secrets are kept for this session only.
    pub(crate) fn check(&self, in_memory: usize) -> Check {
        let memory = match in_memory {
            0 => "secrets entered now are kept until Firewatch quits".to_owned(),
            1 => "one secret is kept until Firewatch quits".to_owned(),
            n => format!("{n} secrets are kept until Firewatch quits"),
        };
        let (verdict, message, cure) = match self {
            Self::Open if in_memory == 0 => (Verdict::Ok, "the keyring answers and is unlocked".to_owned(), ""),
            Self::Open => (Verdict::Degraded, format!("the keyring answers; {memory}"), "enter them again, so that they go to the keyring"),
            Self::Locked => (
                Verdict::Degraded,
                "the keyring is locked; it asks for its password when a secret is needed".to_owned(),
                "unlock the keyring, or let it be unlocked at sign-in",
            ),
            Self::NoCollection => (
                Verdict::Degraded,
                format!("the keyring has no default collection to keep secrets in; {memory}"),
                "create a default keyring (Passwords and Keys, KWalletManager), then enter the secret again",
            ),
            Self::Absent(seen) => (
                Verdict::Degraded,
                format!("no keyring answers ({seen}); {memory}"),
                "start gnome-keyring or KWallet, then enter the secret again; or keep it in a variable",
            ),
        };
        Check { name: "keyring", verdict, message, cure: cure.to_owned() }
    }
}

/// Looks at the default collection's lock; never prompts. Blocks.
#[cfg(target_os = "linux")]
pub(crate) fn look(_vault: &crate::vault::Vault) -> Standing {
    use secret_service::blocking::SecretService;
    use secret_service::{EncryptionType, Error};
    let seen = SecretService::connect(EncryptionType::Plain).and_then(|service| service.get_default_collection()?.is_locked());
    match seen {
        Ok(false) => Standing::Open,
        Ok(true) => Standing::Locked,
        Err(Error::NoResult) => Standing::NoCollection,
        Err(Error::Unavailable) => Standing::Absent("no secret service on the session bus".to_owned()),
        Err(Error::Zbus(_) | Error::ZbusFdo(_)) => Standing::Absent("the session bus cannot be reached, or breaks off".to_owned()),
        Err(other) => Standing::Absent(firewatch_domain::words::plain(&other.to_string(), 200)),
    }
}

/// Asks for an entry that is not there: a keyring that works says so.
#[cfg(not(target_os = "linux"))]
pub(crate) fn look(vault: &crate::vault::Vault) -> Standing {
    match vault.on("check", |entry| entry.get_secret().map(drop)) {
        Ok(()) | Err(keyring::Error::NoEntry) => Standing::Open,
        Err(keyring::Error::NoStorageAccess(_)) => Standing::Locked,
        Err(other) => Standing::Absent(firewatch_domain::words::plain(&other.to_string(), 200)),
    }
}
