//! Against a real gnome-keyring-daemon on a bus of its own, with its own home folder.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test program")]

#[path = "../../desktop/tests/support/bus.rs"]
mod bus;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use bus::Process;
use firewatch_domain::ports::{SecretError, SecretStore, Verdict};
use firewatch_domain::source::SecretPlace;
use firewatch_secrets::Keyring;
use secrecy::ExposeSecret;

fn start_daemon() -> Process {
    let mut command = Command::new("gnome-keyring-daemon");
    command.args(["--foreground", "--unlock", "--components=secrets"]).stdin(Stdio::piped());
    let mut daemon = Process::start(&mut command);
    daemon.0.stdin.take().unwrap().write_all(b"\n").unwrap();
    daemon
}

/// The daemon needs a moment to own its name.
fn until_open(ring: &Keyring) {
    let open = bus::within(Duration::from_secs(20), || ring.check().verdict == Verdict::Ok);
    assert!(open, "the keyring never opened: {:?}", ring.check());
}

#[test]
fn secrets_survive_a_restart_of_the_program_and_of_the_daemon() {
    bus::on_a_bus("secrets_survive_a_restart_of_the_program_and_of_the_daemon", &["gnome-keyring-daemon"], || {
        let daemon = start_daemon();
        let ring = Keyring::new();
        until_open(&ring);
        let place = ring.keep("source-1", "žluťoučký s3cret".into()).unwrap();
        assert_eq!(place, SecretPlace::Keyring { entry: "source-1".to_owned() });
        assert_eq!(ring.find(&place).unwrap().expose_secret(), "žluťoučký s3cret");
        ring.keep("source-1", "changed".into()).unwrap();
        assert_eq!(Keyring::new().find(&place).unwrap().expose_secret(), "changed");

        drop(daemon);
        let _again = start_daemon();
        until_open(&Keyring::new());
        assert_eq!(ring.find(&place).unwrap().expose_secret(), "changed", "the same store object after the daemon's restart");

        ring.forget(&place).unwrap();
        ring.forget(&place).unwrap();
        assert_eq!(ring.find(&place).unwrap_err(), SecretError::Missing("source-1".to_owned()));
    });
}

#[test]
fn a_daemon_started_later_is_found_without_a_restart() {
    bus::on_a_bus("a_daemon_started_later_is_found_without_a_restart", &["gnome-keyring-daemon"], || {
        let ring = Keyring::new();
        assert_eq!(ring.check().verdict, Verdict::Degraded);
        assert!(matches!(ring.keep("a", "1".into()), Ok(SecretPlace::Session { .. })));
        let _daemon = start_daemon();
        until_open(&Keyring::new());
        assert!(matches!(ring.keep("a", "2".into()), Ok(SecretPlace::Keyring { .. })));
        assert_eq!(ring.check().verdict, Verdict::Ok);
    });
}

#[test]
fn a_daemon_without_a_collection_keeps_nothing_and_we_say_so() {
    bus::on_a_bus("a_daemon_without_a_collection_keeps_nothing_and_we_say_so", &["gnome-keyring-daemon"], || {
        let mut command = Command::new("gnome-keyring-daemon");
        let _daemon = Process::start(command.args(["--foreground", "--start", "--components=secrets"]));
        let ring = Keyring::new();
        let seen = bus::within(Duration::from_secs(20), || ring.check().message.contains("no default collection"));
        assert!(seen, "{:?}", ring.check());
        assert!(matches!(ring.keep("a", "1".into()), Ok(SecretPlace::Session { .. })));
    });
}

#[test]
fn a_locked_keyring_is_told_apart_and_holds_nobody_for_long() {
    bus::on_a_bus("a_locked_keyring_is_told_apart_and_holds_nobody_for_long", &["gnome-keyring-daemon"], || {
        let _daemon = start_daemon();
        let ring = Keyring::new();
        until_open(&ring);
        let place = ring.keep("a", "1".into()).unwrap();
        let service = secret_service::blocking::SecretService::connect(secret_service::EncryptionType::Plain).unwrap();
        service.get_default_collection().unwrap().lock().unwrap();
        let check = ring.check();
        assert!(check.message.contains("locked"), "{check:?}");
        // No prompter is installed on this bus: refused at once or after the patience, but never for ever.
        assert!(matches!(ring.find(&place), Err(SecretError::Refused(_))), "{:?}", ring.find(&place).map(|_| ()));
        let kept = ring.keep("b", "2".into());
        assert!(matches!(kept, Err(SecretError::Refused(_))), "{kept:?}");
    });
}

#[test]
fn without_any_bus_the_session_keeps_it_at_once() {
    bus::without_a_bus("without_any_bus_the_session_keeps_it_at_once", || {
        let ring = Keyring::new();
        let place = ring.keep("a", "1".into()).unwrap();
        assert_eq!(place, SecretPlace::Session { entry: "a".to_owned() });
        let check = ring.check();
        assert_eq!(check.verdict, Verdict::Degraded);
        assert!(check.message.contains("until Firewatch quits"), "{}", check.message);
        assert!(matches!(ring.find(&SecretPlace::Keyring { entry: "a".to_owned() }), Err(SecretError::NoKeyring(_))));
    });
}
