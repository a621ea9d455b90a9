use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};

use keyring_core::api::{CredentialApi, CredentialStoreApi};
use keyring_core::{Credential, CredentialStore, mock};

use super::*;

fn keyring(open: impl Fn() -> keyring::Result<Arc<CredentialStore>> + Send + Sync + 'static) -> Keyring {
    Keyring::over(Vault::opened_by(open), Duration::from_millis(200))
}

fn no_store() -> keyring::Result<Arc<CredentialStore>> {
    Err(keyring::Error::NoDefaultStore)
}

/// Takes everything, keeps nothing.
#[derive(Debug)]
struct Forgetful;

impl CredentialStoreApi for Forgetful {
    fn vendor(&self) -> String {
        String::new()
    }
    fn id(&self) -> String {
        String::new()
    }
    fn build(&self, _: &str, _: &str, _: Option<&HashMap<&str, &str>>) -> keyring::Result<keyring_core::Entry> {
        Ok(keyring_core::Entry::new_with_credential(Arc::new(Self)))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl CredentialApi for Forgetful {
    fn set_secret(&self, _: &[u8]) -> keyring::Result<()> {
        Ok(())
    }
    fn get_secret(&self) -> keyring::Result<Vec<u8>> {
        Err(keyring::Error::NoEntry)
    }
    fn delete_credential(&self) -> keyring::Result<()> {
        Err(keyring::Error::NoEntry)
    }
    fn get_credential(&self) -> keyring::Result<Option<Arc<Credential>>> {
        Ok(None)
    }
    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn in_keyring(entry: &str) -> SecretPlace {
    SecretPlace::Keyring { entry: entry.to_owned() }
}

#[test]
fn a_secret_goes_into_the_keyring_and_comes_back() {
    let store = mock::Store::new().unwrap();
    let ring = keyring(move || Ok(store.clone()));
    let place = ring.keep("source-1", "s3cret".into()).unwrap();
    assert_eq!(place, in_keyring("source-1"));
    assert_eq!(ring.find(&place).unwrap().expose_secret(), "s3cret");
    ring.forget(&place).unwrap();
    assert_eq!(ring.find(&place).unwrap_err(), SecretError::Missing("source-1".to_owned()));
    ring.forget(&place).unwrap();
}

#[test]
fn without_a_keyring_the_session_keeps_it_and_says_so() {
    let ring = keyring(no_store);
    let place = ring.keep("source-1", "s3cret".into()).unwrap();
    assert_eq!(place, SecretPlace::Session { entry: "source-1".to_owned() });
    assert_eq!(ring.find(&place).unwrap().expose_secret(), "s3cret");
    assert!(matches!(ring.find(&in_keyring("source-1")), Err(SecretError::NoKeyring(_))));
    assert!(!format!("{ring:?}").contains("s3cret"));
    ring.forget(&place).unwrap();
    assert_eq!(ring.find(&place).unwrap_err(), SecretError::Missing("source-1".to_owned()));
}

#[test]
fn a_keyring_that_comes_later_is_used() {
    let store = mock::Store::new().unwrap();
    let opened = AtomicUsize::new(0);
    let ring = keyring(move || if opened.fetch_add(1, Ordering::SeqCst) == 0 { no_store() } else { Ok(store.clone()) });
    assert!(matches!(ring.keep("a", "1".into()), Ok(SecretPlace::Session { .. })));
    let place = ring.keep("a", "2".into()).unwrap();
    assert_eq!(place, in_keyring("a"));
    assert!(ring.session().is_empty(), "the copy in memory is gone");
}

#[test]
fn a_lost_connection_is_opened_again() {
    let store = mock::Store::new().unwrap();
    let opens = Arc::new(AtomicUsize::new(0));
    let (counted, inner) = (Arc::clone(&opens), store.clone());
    let ring = keyring(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        Ok(inner.clone())
    });
    let place = ring.keep("a", "1".into()).unwrap();
    let lost = ring.vault.on("a", |entry| {
        let failing: &mock::Cred = entry.inner.as_any().downcast_ref().unwrap();
        if opens.load(Ordering::SeqCst) == 1 {
            failing.set_error(keyring::Error::PlatformFailure("gone".into()));
        }
        entry.get_password()
    });
    assert_eq!(lost.unwrap(), "1");
    assert_eq!(opens.load(Ordering::SeqCst), 2);
    assert_eq!(ring.find(&place).unwrap().expose_secret(), "1");
}

#[test]
fn a_keyring_that_loses_what_it_took_is_not_believed() {
    let ring = keyring(|| Ok(Arc::new(Forgetful)));
    assert_eq!(ring.keep("a", "1".into()), Err(SecretError::NotKept));
    assert!(ring.session().is_empty());
}

#[test]
fn a_prompt_nobody_answers_costs_the_patience_and_no_more() {
    let ring = keyring(|| {
        std::thread::sleep(Duration::from_secs(3));
        no_store()
    });
    assert!(matches!(ring.keep("a", "1".into()), Err(SecretError::Refused(text)) if text.contains("password")));
    assert!(ring.session().is_empty(), "a keyring that is there is not passed over");
}

#[tokio::test]
async fn it_may_even_be_called_on_a_runtime_thread() {
    let ring = keyring(no_store);
    assert!(matches!(ring.keep("a", "1".into()), Ok(SecretPlace::Session { .. })));
    assert_eq!(ring.check().name, "keyring");
}

#[test]
fn variables_are_read_as_they_are() {
    let ring = keyring(no_store);
    let variable = |name: &str| SecretPlace::Variable { name: name.to_owned() };
    assert!(ring.find(&variable("PATH")).is_ok());
    for missing in ["FIREWATCH_NO_SUCH_VARIABLE", "", "a=b", "a\0b"] {
        assert!(matches!(ring.find(&variable(missing)), Err(SecretError::Missing(_))), "{missing:?}");
    }
    ring.forget(&variable("PATH")).unwrap();
    assert!(std::env::var("PATH").is_ok());
}
