//! The operating system's store, opened by us and opened again after it failed.
//!
//! `keyring::Entry::new` opens the store once per process and remembers a failure for good: started before the keyring daemon
//! (as at autostart), it would never find a secret. Its entries take any store, though; so the store is ours and the entries
//! are the library's.

use std::sync::{Arc, Mutex, PoisonError};

use firewatch_domain::ports::SecretError;
use keyring::{Entry, Error};
use keyring_core::CredentialStore;

/// Opens the store of this platform.
pub(crate) type Opener = dyn Fn() -> keyring::Result<Arc<CredentialStore>> + Send + Sync;

/// A store that survives restarts of what is behind it.
pub(crate) struct Vault {
    open: Box<Opener>,
    store: Mutex<Option<Arc<CredentialStore>>>,
}

impl Vault {
    /// A vault on this platform's store; nothing is opened yet.
    pub(crate) fn of_this_platform() -> Self {
        Self::opened_by(open)
    }

    /// A vault whose store is opened by `open`.
    pub(crate) fn opened_by(open: impl Fn() -> keyring::Result<Arc<CredentialStore>> + Send + Sync + 'static) -> Self {
        Self { open: Box::new(open), store: Mutex::new(None) }
    }

    /// Acts on an entry. A store that was opened earlier and fails now is opened again, once.
    pub(crate) fn on<T>(&self, name: &str, act: impl Fn(&Entry) -> keyring::Result<T>) -> keyring::Result<T> {
        if let Some(store) = self.opened() {
            match act(&entry(&store, name)?) {
                Err(error) if is_lost(&error) => self.reopen_later(),
                answer => return answer,
            }
        }
        let store = (self.open)()?;
        let answer = act(&entry(&store, name)?);
        if !answer.as_ref().is_err_and(is_lost) {
            *self.store.lock().unwrap_or_else(PoisonError::into_inner) = Some(store);
        }
        answer
    }

    /// Opens the store anew at the next call.
    pub(crate) fn reopen_later(&self) {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn opened(&self) -> Option<Arc<CredentialStore>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The store's client waits for its own threads when it ends, and may not do so on a runtime's thread, where engines end.
impl Drop for Vault {
    fn drop(&mut self) {
        let store = self.store.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if store.is_some() {
            // Without a thread to spare the process is ending anyway.
            std::thread::Builder::new().name("keyring-end".to_owned()).spawn(move || drop(store)).ok();
        }
    }
}

fn entry(store: &Arc<CredentialStore>, name: &str) -> keyring::Result<Entry> {
    Ok(Entry { inner: store.build(crate::SERVICE, name, None)? })
}

/// The connection behind the store may be gone; everything else is an answer.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::PlatformFailure(_) | Error::NoDefaultStore)
}

/// What a failure of the store means for the person. Never shows what was stored.
pub(crate) fn refusal(name: &str, error: &Error) -> SecretError {
    match error {
        Error::NoEntry => SecretError::Missing(name.to_owned()),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => SecretError::Refused("what stands there is not text".to_owned()),
        Error::Ambiguous(found) => SecretError::Refused(format!("{} entries are called `{name}`; remove all but one", found.len())),
        Error::TooLong(_, most) => SecretError::Refused(format!("it takes at most {most} characters")),
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => refused_by(cause.as_ref()),
        Error::NoDefaultStore => SecretError::NoKeyring("none is known on this platform".to_owned()),
        other => SecretError::Refused(short(other)),
    }
}

#[cfg(target_os = "linux")]
fn refused_by(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> SecretError {
    use secret_service::Error as Service;
    match cause.downcast_ref::<Service>() {
        Some(Service::Locked) => SecretError::Refused("it is locked".to_owned()),
        Some(Service::Prompt | Service::PromptDisconnected) => SecretError::Refused("its prompt was dismissed".to_owned()),
        Some(Service::NoResult) => SecretError::NoKeyring("it has no default collection".to_owned()),
        Some(Service::Unavailable) => SecretError::NoKeyring("no secret service on the session bus".to_owned()),
        _ => SecretError::NoKeyring(short(cause)),
    }
}

#[cfg(not(target_os = "linux"))]
fn refused_by(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> SecretError {
    SecretError::Refused(short(cause))
}

fn short(error: impl std::fmt::Display) -> String {
    firewatch_domain::words::plain(&error.to_string(), 200)
}

/// The Secret Service is named: the kernel's key store, which others fall back to, forgets at reboot.
#[cfg(target_os = "linux")]
fn open() -> keyring::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn open() -> keyring::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(windows)]
fn open() -> keyring::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn open() -> keyring::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}
