//! The tray as panels bring and take it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test program")]

#[path = "support/bus.rs"]
mod bus;

use std::time::Duration;

use firewatch_desktop::tray_host::{self, TrayHost};
use firewatch_domain::ports::Verdict;
use tokio::time::timeout;

struct Watcher {
    shown: bool,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.shown
    }
}

async fn panel(shown: bool) -> zbus::Connection {
    let builder = zbus::connection::Builder::session().unwrap().serve_at("/StatusNotifierWatcher", Watcher { shown }).unwrap();
    builder.name("org.kde.StatusNotifierWatcher").unwrap().build().await.unwrap()
}

#[test]
fn a_panel_is_noticed_when_it_comes_and_goes() {
    bus::on_a_bus("a_panel_is_noticed_when_it_comes_and_goes", &[], || {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut there = tray_host::watch();
            let soon = Duration::from_secs(20);
            assert_eq!(tray_host::look().await, TrayHost::Absent);
            for _ in 0..2 {
                let panel = panel(true).await;
                timeout(soon, there.wait_for(|present| *present)).await.unwrap().unwrap();
                assert_eq!(tray_host::check().await.verdict, Verdict::Ok);
                panel.close().await.unwrap();
                timeout(soon, there.wait_for(|present| !*present)).await.unwrap().unwrap();
                assert_eq!(tray_host::check().await.verdict, Verdict::Degraded);
            }
            let _unshown = panel(false).await;
            assert_eq!(tray_host::look().await, TrayHost::Unshown);
        });
    });
}
