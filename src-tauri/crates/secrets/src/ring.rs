//! The secret store the engine is given: keyring first, this session's memory where there is none, variables as they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firewatch_domain::ports::{Check, SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};

use crate::patience::{Impatient, Patience};
use crate::standing;
use crate::vault::{Vault, refusal};

/// How long a keyring may take. A person who has to type its password tries again afterwards.
const PATIENCE: Duration = Duration::from_secs(10);

/// Secrets in the operating system's keyring, with a fallback in memory that says so.
pub struct Keyring {
    vault: Arc<Vault>,
    session: Mutex<HashMap<String, SecretString>>,
    patience: Patience,
}

impl Keyring {
    /// The keyring of this desktop. Opens nothing yet and never fails: it may start later than we do.
    pub fn new() -> Self {
        Self::over(Vault::of_this_platform(), PATIENCE)
    }

    fn over(vault: Vault, patience: Duration) -> Self {
        Self { vault: Arc::new(vault), session: Mutex::default(), patience: Patience::new(patience) }
    }

    /// Does something with the vault on a thread of its own.
    fn ask<T: Send + 'static>(&self, work: impl FnOnce(&Vault) -> Result<T, SecretError> + Send + 'static) -> Result<T, SecretError> {
        let vault = Arc::clone(&self.vault);
        self.patience.call(move || work(&vault)).unwrap_or_else(|impatient| {
            // The hanging call keeps its store; the next one gets a new connection.
            self.vault.reopen_later();
            Err(SecretError::Refused(impatient.to_string()))
        })
    }

    fn session(&self) -> MutexGuard<'_, HashMap<String, SecretString>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("in_memory", &self.session().len()).finish_non_exhaustive()
    }
}

impl SecretStore for Keyring {
    fn keep(&self, entry: &str, secret: SecretString) -> Result<SecretPlace, SecretError> {
        let (name, sent) = (entry.to_owned(), secret.clone());
        match self.ask(move |vault| write(vault, &name, &sent)) {
            Ok(()) => {
                self.session().remove(entry);
                Ok(SecretPlace::Keyring { entry: entry.to_owned() })
            }
            Err(SecretError::NoKeyring(seen)) => {
                tracing::warn!(seen, "no keyring: the secret is kept for this session only");
                self.session().insert(entry.to_owned(), secret);
                Ok(SecretPlace::Session { entry: entry.to_owned() })
            }
            Err(refused) => Err(refused),
        }
    }

    fn find(&self, place: &SecretPlace) -> Result<SecretString, SecretError> {
        match place {
            SecretPlace::Keyring { entry } => {
                let name = entry.clone();
                self.ask(move |vault| read(vault, &name))
            }
            SecretPlace::Session { entry } => self.session().get(entry).cloned().ok_or_else(|| SecretError::Missing(entry.clone())),
            SecretPlace::Variable { name } => variable(name).ok_or_else(|| SecretError::Missing(place.text())),
        }
    }

    fn forget(&self, place: &SecretPlace) -> Result<(), SecretError> {
        match place {
            SecretPlace::Keyring { entry } => {
                let name = entry.clone();
                self.ask(move |vault| erase(vault, &name))
            }
            SecretPlace::Session { entry } => {
                self.session().remove(entry);
                Ok(())
            }
            // Not ours to unset.
            SecretPlace::Variable { .. } => Ok(()),
        }
    }

    fn check(&self) -> Check {
        let vault = Arc::clone(&self.vault);
        match self.patience.call(move || standing::look(&vault)) {
            Ok(standing) => standing.check(self.session().len()),
            Err(impatient) => silent(impatient),
        }
    }
}

/// Writes, and believes it only when it can be read back.
fn write(vault: &Vault, name: &str, secret: &SecretString) -> Result<(), SecretError> {
    vault.on(name, |entry| entry.set_password(secret.expose_secret())).map_err(|error| refusal(name, &error))?;
    match read(vault, name) {
        Ok(kept) if kept.expose_secret() == secret.expose_secret() => Ok(()),
        Ok(_) | Err(SecretError::Missing(_)) => Err(SecretError::NotKept),
        Err(other) => Err(other),
    }
}

fn read(vault: &Vault, name: &str) -> Result<SecretString, SecretError> {
    let mut bytes = vault.on(name, keyring::Entry::get_secret).map_err(|error| refusal(name, &error))?;
    let secret = std::str::from_utf8(&bytes).map(SecretString::from);
    bytes.zeroize();
    secret.map_err(|_| refusal(name, &keyring::Error::BadEncoding(Vec::new())))
}

fn erase(vault: &Vault, name: &str) -> Result<(), SecretError> {
    match vault.on(name, keyring::Entry::delete_credential) {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(refusal(name, &error)),
    }
}

/// Unset, empty and unreadable are the same to whoever has to set it.
fn variable(name: &str) -> Option<SecretString> {
    let named = !name.is_empty() && !name.contains(['=', '\0']);
    let value = if named { std::env::var(name).ok()? } else { return None };
    let trimmed = value.trim_end_matches(['\r', '\n']);
    (!trimmed.is_empty()).then(|| SecretString::from(trimmed))
}

fn silent(impatient: Impatient) -> Check {
    Check {
        name: "keyring",
        verdict: Verdict::Broken,
        message: format!("the keyring does not answer: {impatient}"),
        cure: "look for its password prompt; if there is none, restart it".to_owned(),
    }
}

#[cfg(test)]
mod tests;
