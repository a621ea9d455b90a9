//! Against a real dunst under a virtual display, on a bus of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test program")]

#[path = "support/bus.rs"]
mod bus;

use std::process::{Command, Stdio};
use std::time::Duration;

use bus::{Process, within};
use firewatch_desktop::Desktop;
use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::ports::{Announcer, ToastAct, Verdict};
use tokio::sync::mpsc::unbounded_channel;

const NEEDS: [&str; 4] = ["dunst", "dunstctl", "busctl", "Xvfb"];
const SOON: Duration = Duration::from_secs(20);

fn toast(key: &str, title: &str) -> Toast {
    Toast {
        key: key.to_owned(),
        title: title.to_owned(),
        body: "first load 14× too fast & rising, budget <gone> Tue 04:37".to_owned(),
        urgency: Urgency::Critical,
        silent: false,
        sound: false,
        actions: true,
    }
}

fn ask(arguments: &[&str]) -> String {
    let output = Command::new("dunstctl").args(arguments).stderr(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn displayed(count: usize) -> bool {
    within(SOON, || ask(&["count", "displayed"]) == count.to_string())
}

/// What dunst remembers: summary and body, newest first.
fn history() -> Vec<(String, String)> {
    let value: serde_json::Value = serde_json::from_str(&ask(&["history"])).unwrap();
    let text = |entry: &serde_json::Value, name: &str| entry[name]["data"].as_str().unwrap_or_default().to_owned();
    let entries = value["data"][0].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| (text(entry, "summary"), text(entry, "body"))).collect()
}

#[test]
fn dunst_shows_replaces_acts_closes_and_survives_a_restart() {
    bus::on_a_bus("dunst_shows_replaces_acts_closes_and_survives_a_restart", &NEEDS, || {
        let (_screen, display) = bus::display();
        let start = || Process::start(Command::new("dunst").env("DISPLAY", &display).stdout(Stdio::null()).stderr(Stdio::null()));
        let dunst = start();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (acts, mut done) = unbounded_channel();
        let desktop = Desktop::new("Firewatch", acts);
        let check = || runtime.block_on(desktop.check());
        assert!(within(SOON, || check().verdict == Verdict::Ok), "{:?}", check());
        assert!(check().message.contains("dunst"), "{:?}", check());

        runtime.block_on(desktop.show(&toast("settings", "burning"))).unwrap();
        assert!(displayed(1));
        runtime.block_on(desktop.show(&Toast { silent: true, ..toast("settings", "exhausted") })).unwrap();
        runtime.block_on(desktop.show(&toast("checkout", "burning too"))).unwrap();
        assert!(displayed(2), "the second replaced the first, the third stands beside it");

        runtime.block_on(desktop.close("checkout"));
        assert!(displayed(1));
        ask(&["action", "0"]);
        let act = runtime.block_on(async { tokio::time::timeout(SOON, done.recv()).await });
        assert_eq!(act.unwrap().unwrap(), ("settings".to_owned(), ToastAct::Open));
        assert!(displayed(0));
        let seen = history();
        assert!(seen.iter().any(|(summary, _)| summary == "exhausted"), "{seen:?}");
        assert!(!seen.iter().any(|(summary, _)| summary == "burning"), "replaced, not stacked: {seen:?}");
        assert!(
            seen.iter().all(|(_, body)| body.contains("& rising, budget <gone>") || body.contains("&amp; rising, budget &lt;gone&gt;"))
        );

        drop(dunst);
        let error = runtime.block_on(desktop.show(&toast("settings", "again"))).unwrap_err();
        assert!(error.contains("no notification server answers") && error.contains("inbox"), "{error}");
        let _again = start();
        assert!(within(SOON, || runtime.block_on(desktop.show(&toast("settings", "after the restart"))).is_ok()));
        assert!(displayed(1));
        assert!(done.try_recv().is_err(), "nothing was done that nobody did");
    });
}
