//! Against a server of our own that acts for the person, refuses, hangs, lacks what others have, and restarts.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test program")]

#[path = "support/bus.rs"]
mod bus;
#[path = "support/server.rs"]
mod server;

use std::time::Duration;

use firewatch_desktop::{Desktop, tray_host};
use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::ports::{Announcer, ToastAct, Verdict};
use server::{Mood, Server};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{sleep, timeout};

const ALL: [&str; 4] = ["actions", "body", "body-markup", "sound"];
const SOON: Duration = Duration::from_secs(20);

fn toast(key: &str) -> Toast {
    Toast {
        key: key.to_owned(),
        title: "Customer settings is burning".to_owned(),
        body: "a & b".to_owned(),
        urgency: Urgency::Critical,
        silent: false,
        sound: true,
        actions: true,
    }
}

fn desktop() -> (Desktop, UnboundedReceiver<(String, ToastAct)>) {
    let (acts, done) = unbounded_channel();
    (Desktop::new("Firewatch", acts), done)
}

fn run<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(story)
}

#[test]
fn every_action_arrives_whoever_hears_it() {
    bus::on_a_bus("every_action_arrives_whoever_hears_it", &[], || {
        run(async {
            let server = Server::start(Mood::Fine, &ALL).await;
            let (desktop, mut done) = desktop();
            let wanted = [
                ("default", ToastAct::Open),
                ("acknowledge", ToastAct::Acknowledge),
                ("declare", ToastAct::Declare),
                ("snooze", ToastAct::Snooze),
            ];
            let mut id = 0;
            for alone in [false, true] {
                for (action, act) in wanted {
                    desktop.show(&toast(action)).await.unwrap();
                    id += 1;
                    let sent = server.last();
                    assert!(sent.actions.iter().any(|a| a == action), "{:?}", sent.actions);
                    // The toast's own connection subscribes after it was shown; a person needs longer than this.
                    sleep(Duration::from_millis(200)).await;
                    let to = alone.then_some(sent.sender.as_str());
                    server.invoke(to, id, action).await;
                    server.invoke(to, id, action).await;
                    server.invoke(None, 999, action).await;
                    assert_eq!(timeout(SOON, done.recv()).await.unwrap().unwrap(), (action.to_owned(), act));
                }
            }
            sleep(Duration::from_millis(200)).await;
            assert!(done.try_recv().is_err(), "each act counted once, and foreign numbers never");
        });
    });
}

#[test]
fn a_toast_is_dressed_for_the_server_and_replaced_by_key() {
    bus::on_a_bus("a_toast_is_dressed_for_the_server_and_replaced_by_key", &[], || {
        run(async {
            let server = Server::start(Mood::Fine, &ALL).await;
            let (desktop, _done) = desktop();
            desktop.show(&toast("a")).await.unwrap();
            let first = server.last();
            assert_eq!((first.replaces, first.body.as_str(), first.expires), (0, "a &amp; b", 0));
            let has = |hints: &[String], name: &str| hints.iter().any(|hint| hint.starts_with(name));
            for hint in ["urgency=", "desktop-entry=", "x-dunst-stack-tag=", "sound-name="] {
                assert!(has(&first.hints, hint), "{hint} in {:?}", first.hints);
            }
            desktop.show(&Toast { silent: true, urgency: Urgency::Low, ..toast("a") }).await.unwrap();
            let second = server.last();
            assert_eq!((second.replaces, second.expires), (1, -1));
            assert!(has(&second.hints, "suppress-sound=") && !has(&second.hints, "sound-name="));
            desktop.show(&toast("b")).await.unwrap();
            assert_eq!(server.last().replaces, 0);
            server.dismiss(1).await;
            sleep(Duration::from_millis(300)).await;
            desktop.show(&toast("a")).await.unwrap();
            assert_eq!(server.last().replaces, 0, "the person had dismissed it");
        });
    });
}

#[test]
fn a_server_without_actions_is_degraded_and_gets_plain_text() {
    bus::on_a_bus("a_server_without_actions_is_degraded_and_gets_plain_text", &[], || {
        run(async {
            let server = Server::start(Mood::Fine, &["body"]).await;
            let (desktop, _done) = desktop();
            let check = desktop.check().await;
            assert_eq!(check.verdict, Verdict::Degraded);
            assert!(check.message.contains("oddity 0.1") && check.message.contains("actions"), "{check:?}");
            desktop.show(&toast("a")).await.unwrap();
            let sent = server.last();
            assert_eq!((sent.body.as_str(), sent.actions.len()), ("a & b", 0));
        });
    });
}

#[test]
fn refusal_and_silence_are_said_with_their_cure() {
    bus::on_a_bus("refusal_and_silence_are_said_with_their_cure", &[], || {
        run(async {
            let (desktop, _done) = desktop();
            let refusing = Server::start(Mood::Refuses, &ALL).await;
            let error = desktop.show(&toast("a")).await.unwrap_err();
            assert!(error.contains("not in the mood") && error.contains("restart it"), "{error}");
            refusing.stop().await;

            let hanging = Server::start(Mood::Hangs, &ALL).await;
            let error = timeout(Duration::from_secs(8), desktop.show(&toast("a"))).await.expect("bounded").unwrap_err();
            assert!(error.contains("does not answer within 5 s") && error.contains("inbox"), "{error}");
            hanging.stop().await;

            let fine = Server::start(Mood::Fine, &ALL).await;
            desktop.show(&toast("a")).await.unwrap();
            assert_eq!(fine.last().replaces, 0);
        });
    });
}

#[test]
fn numbers_of_a_former_server_are_not_used() {
    bus::on_a_bus("numbers_of_a_former_server_are_not_used", &[], || {
        run(async {
            let (desktop, mut done) = desktop();
            let former = Server::start(Mood::Fine, &ALL).await;
            desktop.show(&toast("a")).await.unwrap();
            former.stop().await;
            let next = Server::start(Mood::Fine, &ALL).await;
            sleep(Duration::from_millis(300)).await;
            next.invoke(None, 1, "declare").await;
            desktop.show(&toast("a")).await.unwrap();
            assert_eq!(next.last().replaces, 0);
            assert!(done.try_recv().is_err());
        });
    });
}

#[test]
fn an_act_faster_than_the_answer_is_not_lost() {
    bus::on_a_bus("an_act_faster_than_the_answer_is_not_lost", &[], || {
        run(async {
            let _server = Server::start(Mood::Hasty, &ALL).await;
            let (desktop, mut done) = desktop();
            desktop.show(&toast("a")).await.unwrap();
            assert_eq!(timeout(SOON, done.recv()).await.unwrap().unwrap(), ("a".to_owned(), ToastAct::Snooze));
        });
    });
}

fn nothing_works_and_says_so() {
    run(async {
        let (desktop, _done) = desktop();
        let quick = Duration::from_secs(3);
        let error = timeout(quick, desktop.show(&toast("a"))).await.expect("quick").unwrap_err();
        assert!(error.contains("inbox"), "{error}");
        timeout(quick, desktop.close("a")).await.expect("quick");
        assert_eq!(timeout(quick, desktop.check()).await.expect("quick").verdict, Verdict::Broken);
        let tray = timeout(quick, tray_host::check()).await.expect("quick");
        assert_eq!(tray.verdict, Verdict::Degraded, "{tray:?}");
        assert!(!*tray_host::watch().borrow());
    });
}

#[test]
fn it_may_end_outside_of_its_runtime_and_after_it() {
    bus::on_a_bus("it_may_end_outside_of_its_runtime_and_after_it", &[], || {
        for runtime_first in [false, true] {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let (desktop, _done) = desktop();
            let server = runtime.block_on(async {
                let server = Server::start(Mood::Fine, &ALL).await;
                desktop.show(&toast("a")).await.unwrap();
                desktop.show(&toast("b")).await.unwrap();
                server
            });
            runtime.block_on(server.stop());
            if runtime_first {
                drop(runtime);
                drop(desktop);
            } else {
                drop(desktop);
                drop(runtime);
            }
        }
    });
}

#[test]
fn without_a_bus_everything_returns_at_once() {
    bus::without_a_bus("without_a_bus_everything_returns_at_once", nothing_works_and_says_so);
}

#[test]
fn with_a_dead_bus_everything_returns_at_once() {
    bus::on_a_dead_bus("with_a_dead_bus_everything_returns_at_once", nothing_works_and_says_so);
}

#[test]
fn on_an_empty_bus_everything_returns_at_once() {
    bus::on_a_bus("on_an_empty_bus_everything_returns_at_once", &[], nothing_works_and_says_so);
}
